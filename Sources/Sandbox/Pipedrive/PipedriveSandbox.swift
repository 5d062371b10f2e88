/// A strict stand-in for one Pipedrive company: API v2, the parts of v1 that are still supported,
/// and OAuth.
///
/// Everything in it is a value: copy it to keep a world as it was. Times come from the requests.
package struct PipedriveSandbox: SimulatedVendor {
  package static let name = "pipedrive"

  var company = Company()
  var users: [User] = []
  var pipelines: [Pipeline] = []
  var stages: [Stage] = []
  var rows: [Int: Row] = [:]
  var discounts: [DealDiscount] = []
  var installments: [Installment] = []
  var notes: [Note] = []
  var changes: [Change] = []
  var tokens = Tokens()
  var limits = Limits()
  var meter = Meter()
  var lag = Lag()
  /// Requests answered so far, by method and collection, for example `GET v2/deals`.
  package internal(set) var requestCounts: [String: Int] = [:]

  private var stores: [Store] = Kind.allCases.map { _ in Store() }
  private var fieldLists: [[Field]] = Kind.allCases.map { Field.standard($0) }
  private var nextID = 101
  private var correlation = 0
  let withSyncFields: Bool

  /// A company with its settings and users but without a record. `withSyncFields` adds the custom
  /// fields that `xerosync doctor --fix` would make.
  package static func empty(withSyncFields: Bool = false) -> PipedriveSandbox {
    PipedriveSandbox(withSyncFields: withSyncFields)
  }

  private init(withSyncFields: Bool) {
    self.withSyncFields = withSyncFields
    users = Self.demoUsers
    pipelines = Self.demoPipelines
    stages = Self.demoStages
    if withSyncFields { addSyncFields() }
  }

  subscript(store kind: Kind) -> Store {
    get { stores[kind.rawValue] }
    _modify { yield &stores[kind.rawValue] }
  }

  subscript(fields kind: Kind) -> [Field] {
    get { fieldLists[kind.rawValue] }
    _modify { yield &fieldLists[kind.rawValue] }
  }

  mutating func freshID() -> Int {
    defer { nextID += 1 }
    return nextID
  }

  mutating func nextCorrelationID() -> String {
    correlation += 1
    let digits = String(correlation, radix: 16)
    return "00000000-0000-4000-9000-" + String(repeating: "0", count: 12 - digits.count) + digits
  }

  /// Several vendors may share a port: everything also answers below `/pipedrive`.
  static func own(_ path: String) -> [String] {
    let parts = path.split(separator: "/").map(String.init)
    return parts.first == name ? Array(parts.dropFirst()) : parts
  }

  package func claims(path: String) -> Bool {
    let all = path.split(separator: "/").map(String.init)
    if all.first == Self.name { return true }
    switch all.first {
    case "api": return all.count > 1 && ["v1", "v2"].contains(all[1])
    case "v1": return true
    case "oauth": return all.count == 2 && ["authorize", "token", "revoke"].contains(all[1])
    default: return false
    }
  }

  package mutating func handle(
    _ request: SandboxRequest, at now: SandboxTime
  ) -> SandboxResponse {
    var parts = Self.own(request.path)
    if parts.first == "oauth" { return oauth(request, parts: parts, at: now) }
    if parts.first == "api" { parts.removeFirst() }
    let version = parts.first ?? ""
    parts = Array(parts.dropFirst())
    requestCounts["\(request.method.uppercased()) \(version)/\(parts.first ?? "")", default: 0] += 1
    var call = Call(request: request, version: version, parts: parts, now: now.milliseconds)
    do {
      let grant = try authenticate(request, now: call.now)
      (call.token, call.scopes, call.isOAuth) = (grant.value, grant.scopes, grant.isOAuth)
      call.user = grant.user
    } catch {
      return render(error)
    }
    if let refusal = limited(call) { return refusal }
    var answer: SandboxResponse
    do throws(Refusal) {
      answer = try route(call)
    } catch {
      answer = render(error)
    }
    answer.headers += rateHeaders(call)
    answer.headers.append(.init(name: "x-correlation-id", value: nextCorrelationID()))
    return answer
  }

  func render(_ refusal: Refusal) -> SandboxResponse {
    .json(refusal.body, status: refusal.status)
  }

  /// Whether the request would change data.
  package func isWrite(_ request: SandboxRequest) -> Bool {
    guard !["GET", "HEAD", "OPTIONS"].contains(request.method.uppercased()) else { return false }
    return Self.own(request.path).first != "oauth"
  }

  /// Counts of records and requests.
  package func stateSummary() -> JSONValue {
    var counts: JSONValue.Object = [:]
    for kind in Kind.allCases {
      counts[kind.name] = .integer(self[store: kind].records.values.count { $0.isLive })
    }
    counts["deal_products"] = .integer(rows.count)
    var requests: JSONValue.Object = [:]
    for (name, count) in requestCounts.sorted(by: { $0.key < $1.key }) {
      requests[name] = .integer(count)
    }
    return [
      "records": .object(counts), "requests": .object(requests),
      "tokens_used": .integer(meter.spentToday),
    ]
  }
}

extension PipedriveSandbox {
  /// One authenticated request on its way to its route.
  struct Call: Sendable {
    var request: SandboxRequest
    /// `v1` or `v2`.
    var version: String
    /// The path behind the version.
    var parts: [String]
    var now: Int64
    var token = ""
    var scopes: Set<String> = []
    var isOAuth = false
    /// The user whose rights the token carries.
    var user = 0

    var method: String { request.method.uppercased() }

    /// The body as an object.
    func json() throws(Refusal) -> JSONValue.Object {
      guard let value = try? JSONValue.parse(request.body), let object = value.object else {
        throw .badRequest("Request body is not a valid JSON object")
      }
      return object
    }

    /// Refuses parameters the call does not know: v2 is strict.
    func allow(_ names: String...) throws(Refusal) {
      for item in request.query where !names.contains(item.name) && item.name != "api_token" {
        throw .notAllowed(item.name)
      }
    }

    func limit(standard: Int = 100, most: Int = 500) throws(Refusal) -> Int {
      guard let text = request.queryValue("limit") else { return standard }
      guard let limit = Int(text), limit >= 1, limit <= most else {
        throw .schema("Parameter 'limit' must be a number between 1 and \(most)")
      }
      return limit
    }

    /// `a,b` as a list; nil when the parameter is absent.
    func list(_ name: String) -> [String]? {
      request.queryValue(name)?.split(separator: ",").map(String.init)
    }

    func integer(_ name: String) throws(Refusal) -> Int? {
      guard let text = request.queryValue(name) else { return nil }
      guard let number = Int(text) else {
        throw .schema("Parameter '\(name)' must be a number")
      }
      return number
    }

    func moment(_ name: String) throws(Refusal) -> Int64? {
      guard let text = request.queryValue(name) else { return nil }
      guard text.contains("T"), let time = SandboxTime(iso: text) else {
        throw .schema("Parameter '\(name)' must be a valid RFC3339 timestamp")
      }
      return time.milliseconds
    }
  }
}
