/// A strict stand-in for one HubSpot account: the CRM API under v3, v4 and the dated editions.
///
/// Everything in it is a value: copy it to keep a world as it was. Times come from the requests.
package struct HubSpotSandbox: SimulatedVendor {
  package static let name = "hubspot"

  var account = Account()
  var owners: [Owner] = []
  var pipelines: [Pipeline] = []
  var taxRates: [TaxRate] = []
  var links = Links()
  var tokens = Tokens()
  var limits = Limits()
  var meter = Meter()
  var lag = Lag()
  /// Ids merged away, each pointing at the record it became part of.
  var aliases: [Int: Int] = [:]
  /// What an administrator made mandatory; only the newest edition enforces it on API writes.
  var mandatory: [Kind: [String]] = [:]
  var memo: SearchMemo?
  /// Requests answered so far, by method and area, for example `POST crm/objects`.
  package internal(set) var requestCounts: [String: Int] = [:]

  /// Second addresses of merged contacts, in lower case.
  var additionalEmails: [String: Int] = [:]

  private var stores: [Store] = Kind.allCases.map { _ in Store() }
  private var schemas: [Schema] = []
  private var nextID = 1001
  private var correlation = 0
  /// The state that the control verb `reset` returns to.
  let withSyncFields: Bool

  /// An account with its settings and owners but without a record.
  package static func empty(withSyncFields: Bool = false) -> HubSpotSandbox {
    HubSpotSandbox(withSyncFields: withSyncFields)
  }

  private init(withSyncFields: Bool) {
    self.withSyncFields = withSyncFields
    schemas = Kind.allCases.map { Schema.standard($0, currencies: account.currencies) }
    owners = Self.demoOwners
    pipelines = Self.demoPipelines
    taxRates = Self.demoTaxRates
    if withSyncFields { for kind in Kind.allCases { self[schema: kind].addSyncFields(kind) } }
  }

  private static let longestAddress = 16_000

  subscript(store kind: Kind) -> Store {
    get { stores[kind.rawValue] }
    _modify { yield &stores[kind.rawValue] }
  }

  subscript(schema kind: Kind) -> Schema {
    get { schemas[kind.rawValue] }
    _modify { yield &schemas[kind.rawValue] }
  }

  mutating func freshID() -> Int {
    defer { nextID += 1 }
    return nextID
  }

  mutating func nextCorrelationID() -> String {
    correlation += 1
    let digits = String(correlation, radix: 16)
    return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
  }

  package func claims(path: String) -> Bool {
    let parts = path.split(separator: "/")
    guard let first = parts.first else { return false }
    let second = parts.count > 1 ? String(parts[1]) : ""
    switch first {
    case "crm":
      return ["v3", "v4", "objects", "associations", "properties", "pipelines", "owners"]
        .contains(second)
    case "oauth": return ["v1", "v3", "2026-03", "2026-09", "authorize"].contains(second)
    case "account-info", "tax-rates": return true
    case "settings": return parts.contains("currencies")
    default: return false
    }
  }

  package mutating func handle(
    _ request: SandboxRequest, at now: SandboxTime
  ) -> SandboxResponse {
    let parts = request.path.split(separator: "/").map(String.init)
    count(request.method, parts)
    if isWrite(request) { memo = nil }
    if parts.first == "oauth" { return oauth(request, parts: parts, at: now) }
    var isOAuth = false
    var call = Call(request: request, parts: parts, now: now.milliseconds)
    do {
      let grant = try authenticate(request, now: now.milliseconds)
      (call.token, call.scopes, isOAuth) = (grant.value, grant.scopes, grant.isOAuth)
    } catch {
      return render(error)
    }
    if let refusal = limited(call, isOAuth: isOAuth, now: call.now) { return refusal }
    var answer: SandboxResponse
    do throws(Refusal) {
      guard call.addressLength <= Self.longestAddress else { throw .longAddress }
      answer = try route(call)
    } catch {
      answer = render(error)
    }
    answer.headers += rateHeaders(call, isOAuth: isOAuth, now: call.now)
    return answer
  }

  mutating func render(_ refusal: Refusal) -> SandboxResponse {
    .json(refusal.body(correlationID: nextCorrelationID()), status: refusal.status)
  }

  /// Whether the request would change data: searches, batch reads and token calls would not.
  package func isWrite(_ request: SandboxRequest) -> Bool {
    guard !["GET", "HEAD", "OPTIONS"].contains(request.method.uppercased()) else { return false }
    let parts = request.path.split(separator: "/")
    return parts.first != "oauth" && parts.last != "search" && parts.last != "read"
  }

  private mutating func count(_ method: String, _ parts: [String]) {
    let area = parts.prefix(2).joined(separator: "/")
    requestCounts["\(method.uppercased()) \(area)", default: 0] += 1
  }
}

extension HubSpotSandbox {
  /// One authenticated request on its way to its route.
  struct Call: Sendable {
    var request: SandboxRequest
    var parts: [String]
    var now: Int64
    var token = ""
    var scopes: Set<String> = []

    var method: String { request.method.uppercased() }
    var isSearch: Bool { parts.last == "search" && parts.contains("objects") }
    var isAssociation: Bool { parts.contains("associations") }

    var addressLength: Int {
      request.query.reduce(request.path.utf8.count) {
        $0 + $1.name.utf8.count + $1.value.utf8.count + 2
      }
    }

    /// `properties=a&properties=b` and `properties=a,b` mean the same.
    func list(_ name: String) -> [String] {
      request.query.filter { $0.name == name }
        .flatMap { $0.value.split(separator: ",").map { $0.trimming() } }
        .filter { !$0.isEmpty }
    }

    /// `true` in any letter case; some clients write `True`.
    func flag(_ name: String) -> Bool { request.queryValue(name)?.lowercased() == "true" }

    func json() throws(Refusal) -> JSONValue {
      guard let value = try? JSONValue.parse(request.body), value.object != nil else {
        throw .badJSON
      }
      return value
    }

    /// The page size, refused when it is outside 1…most.
    func limit(standard: Int, most: Int) throws(Refusal) -> Int {
      guard let text = request.queryValue("limit"), !text.isEmpty else { return standard }
      guard let limit = Int(text), limit >= 1, limit <= most else {
        throw .validation("Invalid limit \(text): it must be between 1 and \(most)")
      }
      return limit
    }

    func nextLink(after: String) -> JSONValue {
      var query = request.query.filter { $0.name != "after" }
      query.append(SandboxRequest.QueryItem(name: "after", value: after))
      let text = query.map { "\($0.name)=\($0.value.hubSpotEncoded)" }.joined(separator: "&")
      return [
        "after": .string(after),
        "link": .string("https://api.hubapi.com\(request.path)?\(text)"),
      ]
    }
  }
}

extension StringProtocol {
  fileprivate func trimming() -> String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}

extension String {
  /// Percent-encoded for a query value.
  var hubSpotEncoded: String {
    var text = ""
    for byte in utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        text += "%" + (digits.count == 1 ? "0" : "") + digits
      }
    }
    return text
  }
}
