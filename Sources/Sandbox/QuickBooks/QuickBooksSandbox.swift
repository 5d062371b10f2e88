import Foundation

/// A strict stand-in for QuickBooks Online: sign-in and the accounting calls, held in a value
/// that can be copied at any instant.
package struct QuickBooksSandbox: SimulatedVendor {
  package static let name = "quickbooks"

  /// The companies of this app; a consent is for the first.
  package var ledgers: [QuickBooksLedger]
  var identity = QuickBooksIdentity()
  var limits = QuickBooksLimits()
  private var meters: [String: QuickBooksMeter] = [:]
  /// First answers by company and request id: kept for good.
  private var answers: [String: SandboxResponse] = [:]
  private var requests = 0

  init(ledgers: [QuickBooksLedger]) { self.ledgers = ledgers }

  package func claims(path: String) -> Bool {
    path.hasPrefix("/v3/company/") || path == "/connect/oauth2"
      || path == "/oauth2/v1/tokens/bearer" || path == "/v2/oauth2/tokens/revoke"
      || path.hasPrefix("/.well-known/openid_")
  }

  package func isWrite(_ request: SandboxRequest) -> Bool {
    request.path.hasPrefix("/v3/company/") && request.method.uppercased() == "POST"
      && !request.path.hasSuffix("/query")
  }

  package mutating func expireAccessTokens(at now: SandboxTime) {
    identity.expireAccessTokens(at: now)
  }

  package mutating func handle(
    _ request: SandboxRequest, at now: SandboxTime
  ) -> SandboxResponse {
    var answer: SandboxResponse
    switch request.path {
    case "/connect/oauth2":
      answer = identity.authorize(request, realm: ledgers.first?.realm ?? "", at: now)
    case "/oauth2/v1/tokens/bearer": answer = identity.token(request, at: now)
    case "/v2/oauth2/tokens/revoke": answer = identity.revoke(request)
    case let path where path.hasPrefix("/.well-known/"): answer = Self.discovery(request)
    default: answer = company(request, at: now)
    }
    requests += 1
    answer.headers.append(.init(name: "intuit_tid", value: "1-sandbox-\(requests)"))
    return answer
  }

  private static func discovery(_ request: SandboxRequest) -> SandboxResponse {
    let base = "http://" + (request.headers["host"] ?? "localhost")
    return .json([
      "issuer": .string(base), "authorization_endpoint": .string(base + "/connect/oauth2"),
      "token_endpoint": .string(base + "/oauth2/v1/tokens/bearer"),
      "revocation_endpoint": .string(base + "/v2/oauth2/tokens/revoke"),
      "userinfo_endpoint": .string(base + "/v1/openid_connect/userinfo"),
      "jwks_uri": .string(base + "/op/v1/jwks"),
    ])
  }

  /// In the vendor's order: token, company, limits, request id, and only then the call.
  private mutating func company(
    _ request: SandboxRequest, at now: SandboxTime
  ) -> SandboxResponse {
    let header = request.headers["authorization"] ?? ""
    let bearer = header.lowercased().hasPrefix("bearer ") ? String(header.dropFirst(7)) : nil
    guard let realm = identity.realm(bearer: bearer, at: now) else {
      return QuickBooksFault.signIn("AuthenticationFailed")
    }
    let parts = request.path.split(separator: "/").map(String.init)
    guard parts.count >= 4, parts[2] == realm,
      let index = ledgers.firstIndex(where: { $0.realm == realm && $0.isConnected })
    else { return QuickBooksFault.forbidden.response(at: now) }
    if ledgers[index].settings.hasEnded {
      return QuickBooksFault(
        "6190", "Invalid Company Status", "Subscription period has ended or canceled"
      ).response(at: now)
    }
    let call = QuickBooksCall(request: request, parts: Array(parts.dropFirst(3)), now: now)
    guard meters[realm, default: QuickBooksMeter()].take(limits, call) else {
      return QuickBooksFault.throttled.response(at: now)
    }
    return replayed(call, index, realm)
  }

  private mutating func replayed(
    _ call: QuickBooksCall, _ index: Int, _ realm: String
  ) -> SandboxResponse {
    guard let id = call.request.queryValue("requestid"), !id.isEmpty else {
      return executed(call, index)
    }
    guard id.count <= (call.parts.first == "batch" ? 36 : 50) else {
      return QuickBooksFault.tooLong("requestid", 50).response(at: call.now)
    }
    let key = "\(realm) \(id)"
    if let first = answers[key] { return first }
    let answer = executed(call, index)
    answers[key] = answer
    return answer
  }

  private mutating func executed(_ call: QuickBooksCall, _ index: Int) -> SandboxResponse {
    do {
      return .json(try ledgers[index].answer(call))
    } catch { return error.response(at: call.now) }
  }
}

/// One call of a company.
struct QuickBooksCall: Sendable {
  var request: SandboxRequest
  /// The path below the company.
  var parts: [String]
  var now: SandboxTime
}

/// The vendor's call limits; nil switches one off.
struct QuickBooksLimits: Sendable {
  var second: Int? = 10
  var minute: Int? = 500
  var batchMinute: Int? = 40
  /// Whether the month's free reads are used up: reads are refused, writes go on.
  var readsUsedUp = false
}

/// Counts the calls of one company.
struct QuickBooksMeter: Sendable {
  private var calls: [Int64] = []
  private var batches: [Int64] = []

  /// Counts a call; false when a limit refuses it.
  mutating func take(_ limits: QuickBooksLimits, _ call: QuickBooksCall) -> Bool {
    let now = call.now.milliseconds
    calls.removeAll { $0 <= now - 60_000 || $0 > now }
    batches.removeAll { $0 <= now - 60_000 || $0 > now }
    let isBatch = call.parts.first == "batch"
    let isRead =
      call.request.method.uppercased() == "GET" || call.parts.first == "query"
    if limits.readsUsedUp, isRead { return false }
    if let most = limits.minute, calls.count >= most { return false }
    if let most = limits.second, calls.count(where: { $0 > now - 1000 }) >= most { return false }
    if isBatch, let most = limits.batchMinute, batches.count >= most { return false }
    calls.append(now)
    if isBatch { batches.append(now) }
    return true
  }
}
