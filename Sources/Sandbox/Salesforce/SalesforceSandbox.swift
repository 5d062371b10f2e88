/// A strict stand-in for one Salesforce organisation: OAuth, the REST API with its query language
/// and collections, and what of the tooling API makes a field.
///
/// Everything in it is a value: copy it to keep a world as it was. Times come from the requests.
package struct SalesforceSandbox: SimulatedVendor {
  package static let name = "salesforce"

  var org = Org()
  var tokens = Tokens()
  var meter = Meter()
  var cursors = Cursors()
  /// Rows that answer “locked” so many more times.
  var locks: [String: Int] = [:]
  var rules: [Rule] = []
  /// Requests answered so far, by method and resource, for example `GET query`.
  package internal(set) var requestCounts: [String: Int] = [:]

  private var stores: [Kind: Store] = [:]
  private var fieldLists: [Kind: [Field]] = [:]
  private var counters: [Kind: Int] = [:]
  let withSyncFields: Bool

  /// Settings and users, but no record. `withSyncFields` adds the custom fields that
  /// `xerosync doctor --fix` would make.
  package static func empty(withSyncFields: Bool = false) -> SalesforceSandbox {
    SalesforceSandbox(withSyncFields: withSyncFields)
  }

  private init(withSyncFields: Bool) {
    self.withSyncFields = withSyncFields
    for kind in Kind.allCases { fieldLists[kind] = Field.standard(kind) }
    addSettings()
    if withSyncFields { addSyncFields() }
  }

  subscript(store kind: Kind) -> Store {
    get { stores[kind] ?? Store() }
    _modify { yield &stores[kind, default: Store()] }
  }

  subscript(fields kind: Kind) -> [Field] {
    get { fieldLists[kind] ?? [] }
    _modify { yield &fieldLists[kind, default: []] }
  }

  mutating func freshID(_ kind: Kind) -> String {
    counters[kind, default: 0] += 1
    return SalesforceID.made(prefix: kind.prefix, number: counters[kind] ?? 0)
  }

  /// Several vendors may share a port: everything also answers below `/salesforce`.
  static func own(_ path: String) -> [String] {
    let parts = path.split(separator: "/").map(String.init)
    return parts.first == name ? Array(parts.dropFirst()) : parts
  }

  package func claims(path: String) -> Bool {
    let parts = path.split(separator: "/").map(String.init)
    return parts.first == Self.name
      || (parts.count > 1 && parts[0] == "services" && ["oauth2", "data"].contains(parts[1]))
  }

  package mutating func handle(
    _ request: SandboxRequest, at now: SandboxTime
  ) -> SandboxResponse {
    let parts = Self.own(request.path)
    guard parts.first == "services", parts.count > 1 else { return render(.noResource) }
    if parts[1] == "oauth2" { return oauth(request, Array(parts.dropFirst(2)), at: now) }
    guard parts[1] == "data" else { return render(.noResource) }
    // The list of versions is open to everybody.
    guard parts.count > 2 else { return .json(Self.versionList) }
    var call = Call(request: request, parts: Array(parts.dropFirst(3)), now: now.milliseconds)
    call.version = parts[2]
    requestCounts["\(call.method) \(call.parts.first ?? "")", default: 0] += 1
    var answer: SandboxResponse
    do throws(Refusal) {
      call.user = try authenticate(request, now: call.now)
      guard Self.versions.contains(call.version) else { throw .noResource }
      try meter.admit(now: call.now)
      answer = try route(call)
    } catch {
      answer = render(error)
    }
    answer.headers += [
      .init(name: "Sforce-Limit-Info", value: meter.info(now: call.now)),
      .init(name: "x-sfdc-request-id", value: meter.requestID()),
    ]
    return answer
  }

  func render(_ refusal: Refusal) -> SandboxResponse {
    .json(refusal.body, status: refusal.status)
  }

  /// Whether the request would change data.
  package func isWrite(_ request: SandboxRequest) -> Bool {
    guard !["GET", "HEAD", "OPTIONS"].contains(request.method.uppercased()) else { return false }
    return Self.own(request.path).dropFirst().first != "oauth2"
  }

  /// Counts of records and requests.
  package func stateSummary() -> JSONValue {
    var counts: JSONValue.Object = [:]
    for kind in [Kind.account, .contact, .opportunity, .lineItem, .product, .task] {
      counts[kind.name] = .integer(self[store: kind].records.values.count { !$0.isDeleted })
    }
    var requests: JSONValue.Object = [:]
    for (name, count) in requestCounts.sorted(by: { $0.key < $1.key }) {
      requests[name] = .integer(count)
    }
    return [
      "records": .object(counts), "requests": .object(requests),
      "api_usage": .integer(meter.used),
    ]
  }

  private static let newest = 66
  static let versions = Set((31...newest).map { "v\($0).0" })

  private static let versionList: JSONValue = .array(
    (31...newest).map {
      [
        "label": .string("Release \($0)"), "url": .string("/services/data/v\($0).0"),
        "version": .string("\($0).0"),
      ]
    })
}

extension SalesforceSandbox {
  /// What is true of the organisation as a whole.
  struct Org: Sendable {
    var name = "Kauri Trading"
    var currency = "NZD"
    var isMultiCurrency = false
    var zone = "Pacific/Auckland"
    /// The address tokens are told to use; nil: the one they were asked for at.
    var instanceURL: String?
    /// Rows of a page of a query.
    var pageSize = 2000
    /// Whether rules look for customers who are there already.
    var findsDuplicates = false
    /// Whether a field nobody knows fails a whole collection instead of its row.
    var refusesWholeCollections = false
    /// Whether the running user may make fields.
    var mayCustomize = true
    /// How long rows stay out of queries by stamp, in milliseconds: transactions that take long.
    var lag: Int64 = 0
  }

  /// A rule of the organisation's own: rows whose field holds this value are refused.
  struct Rule: Sendable {
    var kind: Kind
    var field: String
    var value: String
    var message: String
  }

  /// One authenticated request on its way to its route.
  struct Call: Sendable {
    var request: SandboxRequest
    /// The path behind the version.
    var parts: [String]
    var now: Int64
    var version = ""
    /// The user whose rights the token carries.
    var user = ""

    init(request: SandboxRequest, parts: [String], now: Int64) {
      self.request = request
      self.parts = parts
      self.now = now
    }

    var method: String {
      let method = request.method.uppercased()
      // The way round a proxy that knows no PATCH.
      if method == "POST", let other = request.queryValue("_HttpMethod") {
        return other.uppercased()
      }
      return method
    }

    /// The body as JSON.
    func json() throws(Refusal) -> JSONValue {
      guard let value = try? JSONValue.parse(request.body) else {
        throw .parser("The HTTP entity body is required, but this request has no valid one.")
      }
      return value
    }

    func object() throws(Refusal) -> JSONValue.Object {
      guard let object = try json().object else {
        throw .parser("Unexpected token: a record is an object")
      }
      return object
    }
  }
}
