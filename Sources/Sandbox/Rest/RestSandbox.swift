/// A strict stand-in for a small CRM with an HTTP API of its own making, called Kahu here: what a
/// description file has to cope with. Amounts are cents, ids are longer than a binary fraction can
/// hold, lists go by cursors, lines by pages, and nothing unknown is taken.
///
/// Everything in it is a value: copy it to keep a world as it was. Times come from the requests.
package struct RestSandbox: SimulatedVendor {
  package static let name = "rest"
  /// What all of its paths begin with.
  static let root = "kahu"

  var account = Account()
  var owners = Self.demoOwners
  var pipelines = Self.demoPipelines
  var records: [Int: Record] = [:]
  /// The lines of each deal.
  var lines: [Int: [Line]] = [:]
  var tokens = Tokens()
  var limits = Limits()
  var meter = Meter()
  /// Answers to creates by their idempotency key, with the moment.
  var replies: [String: Reply] = [:]
  /// How far lists are behind the truth, in milliseconds.
  var lag: Int64 = 0
  /// Bad habits that a test may switch on.
  var habits: Set<Habit> = []
  package internal(set) var requestCounts: [String: Int] = [:]
  private var nextID = 9_007_199_254_740_993

  /// Ways in which APIs are known to misbehave.
  enum Habit: String, Sendable, CaseIterable {
    /// Every page of a list is the first one.
    case repeatsPages = "repeats_pages"
    /// `changed_since` is taken and not heeded.
    case ignoresSince = "ignores_since"
  }

  struct Reply: Sendable {
    var body: JSONValue
    var content: JSONValue.Object
    var at: Int64
  }

  struct Account: Sendable, Hashable {
    var id = "acc-7731"
    var name = "Kauri & Sons"
    var currency = "NZD"
    var zone = "Pacific/Auckland"
  }

  /// An account with its owners and stages, but without a record.
  package static func empty() -> RestSandbox { RestSandbox() }

  mutating func freshID() -> Int {
    defer { nextID += 2 }
    return nextID
  }

  static func own(_ path: String) -> [String]? {
    let parts = path.split(separator: "/").map(String.init)
    return parts.first == root ? Array(parts.dropFirst()) : nil
  }

  package func claims(path: String) -> Bool { Self.own(path) != nil }

  package mutating func handle(
    _ request: SandboxRequest, at now: SandboxTime
  ) -> SandboxResponse {
    let parts = Self.own(request.path) ?? []
    if parts.first == "oauth" { return oauth(request, parts, now: now.milliseconds) }
    guard parts.first == "v1" else { return Refusal.noRoute.answer }
    let call = Call(request: request, parts: Array(parts.dropFirst()), now: now.milliseconds)
    requestCounts["\(call.method) \(call.parts.first ?? "")", default: 0] += 1
    guard isSignedIn(request, now: call.now) else { return Refusal.unauthorized.answer }
    if let refusal = limited(call) { return refusal }
    var answer: SandboxResponse
    do throws(Refusal) { answer = try route(call) } catch { answer = error.answer }
    answer.headers += meter.headers(limits, now: call.now)
    return answer
  }

  package func isWrite(_ request: SandboxRequest) -> Bool {
    guard !["GET", "HEAD", "OPTIONS"].contains(request.method.uppercased()) else { return false }
    return Self.own(request.path)?.first != "oauth"
  }

  package mutating func expireAccessTokens(at now: SandboxTime) {
    for (value, grant) in tokens.access where grant.expires != nil {
      tokens.access[value]?.expires = now.milliseconds
    }
  }

  /// Counts of records and requests.
  package func stateSummary() -> JSONValue {
    var counts: JSONValue.Object = [:]
    for kind in Kind.allCases {
      counts[kind.rawValue] = .integer(
        records.values.count { $0.kind == kind && !$0.isDeleted })
    }
    counts["lines"] = .integer(lines.values.reduce(0) { $0 + $1.count })
    var requests: JSONValue.Object = [:]
    for (name, count) in requestCounts.sorted(by: { $0.key < $1.key }) {
      requests[name] = .integer(count)
    }
    return ["records": .object(counts), "requests": .object(requests)]
  }
}

extension RestSandbox {
  /// One authenticated request on its way to its route.
  struct Call: Sendable {
    var request: SandboxRequest
    /// The path behind the version.
    var parts: [String]
    var now: Int64

    var method: String { request.method.uppercased() }

    /// The body as an object; a body of another kind is refused.
    func json() throws(Refusal) -> JSONValue.Object {
      guard request.headers["content-type"]?.hasPrefix("application/json") == true else {
        throw Refusal(415, "unsupported_media_type", "Send application/json")
      }
      guard let object = (try? JSONValue.parse(request.body))?.object else {
        throw Refusal(400, "bad_json", "The body is no JSON object")
      }
      return object
    }

    func allow(_ names: String...) throws(Refusal) {
      for item in request.query where !names.contains(item.name) {
        throw Refusal(400, "unknown_parameter", "Parameter \(item.name) is not known here")
      }
    }

    func number(_ name: String, _ range: ClosedRange<Int>, standard: Int) throws(Refusal) -> Int {
      guard let text = request.queryValue(name) else { return standard }
      guard let number = Int(text), range.contains(number) else {
        throw Refusal(
          400, "bad_parameter",
          "\(name) must be from \(range.lowerBound) to \(range.upperBound)")
      }
      return number
    }
  }

  /// A request the API turns down.
  struct Refusal: Error, Sendable {
    var status: Int
    var code: String
    var message: String
    var fields: [(name: String, message: String)] = []

    init(_ status: Int, _ code: String, _ message: String) {
      self.status = status
      self.code = code
      self.message = message
    }

    static func invalid(_ field: String, _ message: String) -> Refusal {
      var refusal = Refusal(422, "invalid", "\(field): \(message)")
      refusal.fields = [(field, message)]
      return refusal
    }

    var answer: SandboxResponse {
      .json(
        [
          "error": [
            "code": .string(code), "message": .string(message),
            "fields": .array(
              fields.map { ["field": .string($0.name), "message": .string($0.message)] }),
          ]
        ], status: status)
    }

    static let noRoute = Refusal(404, "no_route", "There is nothing at this address")
    static let notFound = Refusal(404, "not_found", "There is no such record")
    static let unauthorized = Refusal(401, "unauthorized", "The token is missing or not valid")
  }
}
