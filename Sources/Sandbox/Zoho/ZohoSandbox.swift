import Foundation

/// A strict stand-in for one Zoho CRM organisation: API v8 and OAuth.
///
/// Everything in it is a value: copy it to keep a world as it was. Times come from the requests.
package struct ZohoSandbox: SimulatedVendor {
  package static let name = "zoho"

  var org = Org()
  var users: [User] = []
  var tokens = Tokens()
  var limits = Limits()
  var meter = Meter()
  /// How far lists are behind the truth, in milliseconds.
  var lag: Int64 = 0
  /// Requests answered so far, by method and path without ids.
  package internal(set) var requestCounts: [String: Int] = [:]

  private var stores: [Store] = Module.allCases.map { _ in Store() }
  private var fieldLists: [[Field]] = Module.allCases.map { Field.standard($0) }
  private var nextID: Int64 = 411_001
  let withSyncFields: Bool

  /// An organisation with its settings and users but without a record. `withSyncFields` adds the
  /// custom fields that `xerosync doctor --fix` would make.
  package static func empty(withSyncFields: Bool = false) -> ZohoSandbox {
    ZohoSandbox(withSyncFields: withSyncFields)
  }

  private init(withSyncFields: Bool) {
    self.withSyncFields = withSyncFields
    users = Self.demoUsers
    if withSyncFields { addSyncFields() }
  }

  subscript(store module: Module) -> Store {
    get { stores[module.place] }
    _modify { yield &stores[module.place] }
  }

  subscript(fields module: Module) -> [Field] {
    get { fieldLists[module.place] }
    _modify { yield &fieldLists[module.place] }
  }

  mutating func freshID() -> String {
    defer { nextID += 1 }
    return String(5_725_767_000_000_000_000 + nextID)
  }

  /// Several vendors may share a port: everything also answers below `/zoho`.
  static func own(_ path: String) -> [String] {
    let parts = path.split(separator: "/").map(String.init)
    return parts.first == name ? Array(parts.dropFirst()) : parts
  }

  package func claims(path: String) -> Bool {
    let all = path.split(separator: "/").map(String.init)
    if all.first == Self.name { return true }
    guard all.count > 1 else { return false }
    switch all[0] {
    case "crm":
      return all[1].hasPrefix("v") && Double(all[1].dropFirst()) != nil
        && !["v3", "v4"].contains(all[1])
    case "oauth": return all[1] == "v2" && all.count > 2
    default: return false
    }
  }

  package mutating func handle(
    _ request: SandboxRequest, at now: SandboxTime
  ) -> SandboxResponse {
    let parts = Self.own(request.path)
    if parts.first == "oauth" { return oauth(request, parts: parts, at: now) }
    count(request, parts)
    guard parts.count > 2, parts[0] == "crm" else { return render(.noRoute) }
    guard parts[1] == "v8" else {
      return render(Refusal(400, "API_NOT_SUPPORTED", "only version 8 is simulated here"))
    }
    var call = Call(request: request, parts: Array(parts.dropFirst(2)), now: now.milliseconds)
    do throws(Refusal) {
      call.grant = try authenticate(request, now: call.now)
      try admit(call)
      return try route(call)
    } catch {
      return render(error)
    }
  }

  private mutating func count(_ request: SandboxRequest, _ parts: [String]) {
    let shown = parts.dropFirst(2).map { $0.allSatisfy(\.isNumber) ? "{id}" : $0 }
    requestCounts["\(request.method.uppercased()) \(shown.joined(separator: "/"))", default: 0] +=
      1
  }

  func render(_ refusal: Refusal) -> SandboxResponse {
    .json(refusal.body, status: refusal.status)
  }

  /// Whether the request would change data.
  package func isWrite(_ request: SandboxRequest) -> Bool {
    let parts = Self.own(request.path)
    guard !["GET", "HEAD", "OPTIONS"].contains(request.method.uppercased()) else { return false }
    return parts.first != "oauth" && parts.last != "coql"
  }

  /// Counts of records and requests.
  package func stateSummary() -> JSONValue {
    var counts: JSONValue.Object = [:]
    for module in Module.allCases {
      counts[module.rawValue] = .integer(self[store: module].records.values.count { $0.isLive })
    }
    var requests: JSONValue.Object = [:]
    for (name, count) in requestCounts.sorted(by: { $0.key < $1.key }) {
      requests[name] = .integer(count)
    }
    return [
      "records": .object(counts), "requests": .object(requests),
      "credits_used": .integer(meter.spent),
    ]
  }
}

extension ZohoSandbox {
  /// One authenticated request on its way to its route.
  struct Call: Sendable {
    var request: SandboxRequest
    /// The path behind the version.
    var parts: [String]
    var now: Int64
    var grant = Grant()

    var method: String { request.method.uppercased() }

    /// The body as an object. A missing content type is fine: the vendor's own SDK sends none.
    func json() throws(Refusal) -> JSONValue.Object {
      guard let value = try? JSONValue.parse(request.body), let object = value.object else {
        throw Refusal(400, "INVALID_DATA", "body")
      }
      return object
    }

    func required(_ name: String) throws(Refusal) -> String {
      guard let text = request.queryValue(name), !text.isEmpty else {
        throw Refusal(
          400, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing",
          ["param_name": .string(name)])
      }
      return text
    }

    func number(_ name: String, _ range: ClosedRange<Int>) throws(Refusal) -> Int? {
      guard let text = request.queryValue(name) else { return nil }
      guard let number = Int(text), range.contains(number) else {
        throw Refusal(
          400, "INVALID_DATA", "the \(name) given seems to be invalid",
          ["param_name": .string(name)])
      }
      return number
    }

    /// The moment of `If-Modified-Since`; nil when the header is absent.
    func since() throws(Refusal) -> Int64? {
      guard let text = request.headers["if-modified-since"] else { return nil }
      guard text.contains("T"), text.count > 19, let time = SandboxTime(iso: text) else {
        throw Refusal(400, "INVALID_DATA", "invalid date time in If-Modified-Since")
      }
      return time.milliseconds
    }
  }

  /// A request the vendor turns down.
  struct Refusal: Error, Sendable, Hashable {
    var status: Int
    var code: String
    var message: String
    var details: JSONValue.Object

    init(_ status: Int, _ code: String, _ message: String, _ details: JSONValue.Object = [:]) {
      self.status = status
      self.code = code
      self.message = message
      self.details = details
    }

    var body: JSONValue {
      [
        "code": .string(code), "details": .object(details), "message": .string(message),
        "status": "error",
      ]
    }

    static let noRoute = Refusal(
      404, "INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one")
    static let wrongMethod = Refusal(
      400, "INVALID_REQUEST_METHOD", "The http request method type is not a valid one")
    static let badToken = Refusal(401, "INVALID_TOKEN", "invalid oauth token")
  }
}
