import Foundation

/// A strict stand-in for the vendor: sign-in, connections and the accounting calls, held in a
/// value that can be copied at any instant.
package struct XeroSandbox: SimulatedVendor {
  package static let name = "xero"

  /// The organisations behind this app, in the order they were connected.
  package var ledgers: [XeroLedger]
  package var limits = XeroLimits()
  var identity: XeroIdentity
  private var counters: [XeroID: XeroCallCounter] = [:]
  private var replays: [String: XeroReplayStore] = [:]
  private var ids: XeroIDSource

  private static let largestRequest = 10 * 1024 * 1024

  init(ledgers: [XeroLedger], seed: UInt64) {
    self.ledgers = ledgers
    identity = XeroIdentity(seed: seed)
    ids = XeroIDSource(seed: seed ^ 0xC0)
  }

  package func claims(path: String) -> Bool {
    let path = path.lowercased()
    return path.hasPrefix("/api.xro/2.0/") || path == "/connect/token"
      || path == "/connect/revocation" || path == "/identity/connect/authorize"
      || path == "/.well-known/openid-configuration" || path == "/connections"
      || path.hasPrefix("/connections/")
  }

  package func isWrite(_ request: SandboxRequest) -> Bool {
    request.path.lowercased().hasPrefix("/api.xro/")
      && ["PUT", "POST", "DELETE"].contains(request.method.uppercased())
  }

  package mutating func expireAccessTokens(at now: SandboxTime) {
    identity.expireAccessTokens(at: now)
  }

  package mutating func handle(
    _ request: SandboxRequest, at now: SandboxTime
  ) -> SandboxResponse {
    var answer: SandboxResponse
    switch (request.path.lowercased(), request.method.uppercased()) {
    case ("/identity/connect/authorize", "GET"): answer = identity.authorize(request, at: now)
    case ("/connect/token", "POST"): answer = identity.token(request, at: now)
    case ("/connect/revocation", "POST"): answer = identity.revoke(request)
    case ("/.well-known/openid-configuration", "GET"): answer = discovery(request)
    case (let path, let method) where path.hasPrefix("/connections"):
      answer = connections(request, method, at: now)
    case (_, _): answer = accounting(request, at: now)
    }
    answer.headers.append(.init(name: "Xero-Correlation-Id", value: ids.next().description))
    return answer
  }

  // MARK: Around the accounting calls

  private func discovery(_ request: SandboxRequest) -> SandboxResponse {
    let base = "http://" + (request.headers["host"] ?? "localhost")
    let methods: JSONValue = ["client_secret_basic", "client_secret_post"]
    return .json([
      "issuer": .string(base),
      "authorization_endpoint": .string(base + "/identity/connect/authorize"),
      "token_endpoint": .string(base + "/connect/token"),
      "revocation_endpoint": .string(base + "/connect/revocation"),
      "token_endpoint_auth_methods_supported": methods,
      "code_challenge_methods_supported": ["S256"],
      "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
    ])
  }

  private mutating func connections(
    _ request: SandboxRequest, _ method: String, at now: SandboxTime
  ) -> SandboxResponse {
    let grant: XeroIdentity.Grant
    switch identity.grant(bearer: Self.bearer(request), at: now) {
    case .success(let found): grant = found
    case .failure(let refusal): return refusal.response(instance: ids.next())
    }
    let parts = request.path.split(separator: "/")
    if method == "DELETE", parts.count == 2 {
      guard
        let index = ledgers.firstIndex(where: {
          $0.organisation.isConnected && $0.organisation.connectionID.description == parts[1]
        })
      else { return XeroRefusal.notFound.response(instance: ids.next()) }
      ledgers[index].organisation.isConnected = false
      return SandboxResponse(status: 204)
    }
    guard method == "GET", parts.count == 1 else {
      return XeroRefusal.notFound.response(instance: ids.next())
    }
    let connected = ledgers.map(\.organisation).filter(\.isConnected)
    return .json(.array(connected.map { Self.connection($0, grant.id) }))
  }

  private static func connection(
    _ organisation: XeroOrganisation, _ event: XeroID
  ) -> JSONValue {
    let at = JSONValue.string(organisation.connectedAt.secondsText + ".0000000")
    return [
      "id": organisation.connectionID.json, "authEventId": event.json,
      "tenantId": organisation.id.json, "tenantType": "ORGANISATION",
      "tenantName": .string(organisation.name), "createdDateUtc": at, "updatedDateUtc": at,
    ]
  }

  static func bearer(_ request: SandboxRequest) -> String? {
    guard let header = request.headers["authorization"], header.lowercased().hasPrefix("bearer ")
    else { return nil }
    return String(header.dropFirst(7))
  }

  // MARK: Accounting calls

  /// In the vendor's order: token, organisation, scope, limits, replay, and only then the call.
  private mutating func accounting(
    _ request: SandboxRequest, at now: SandboxTime
  ) -> SandboxResponse {
    do {
      let grant = try identity.grant(bearer: Self.bearer(request), at: now).get()
      let index = try tenant(request, grant)
      let parts = request.path.split(separator: "/").dropFirst(2).map(String.init)
      let call = XeroCall(request: request, parts: parts, now: now)
      guard !parts.isEmpty else { throw XeroRefusal.notFound }
      let open = XeroScopes.opening(call.resource, reads: call.method == "GET")
      guard !open.isEmpty else { throw XeroRefusal.notFound }
      guard open.contains(where: grant.scopes.contains) else { throw XeroRefusal.forbidden }
      return limited(call, index, client: grant.client)
    } catch {
      return Self.refusal(error).response(instance: ids.next())
    }
  }

  private func tenant(
    _ request: SandboxRequest, _ grant: XeroIdentity.Grant
  ) throws(XeroRefusal) -> Int {
    let header = request.headers["xero-tenant-id"]?.lowercased()
    let index = ledgers.firstIndex { ledger in
      guard ledger.organisation.isConnected else { return false }
      guard let header else { return grant.isCustomConnection }
      return ledger.organisation.id.description == header
    }
    guard let index else { throw .forbidden }
    return index
  }

  private mutating func limited(
    _ call: XeroCall, _ index: Int, client: String
  ) -> SandboxResponse {
    let tenant = ledgers[index].organisation.id
    var counter = counters[tenant] ?? XeroCallCounter()
    var answer: SandboxResponse
    do {
      try counter.take(limits, at: call.now)
      answer = replayed(call, index, client: client)
    } catch {
      answer = error.response(instance: ids.next())
    }
    counters[tenant] = counter
    answer.headers += counter.headers(limits)
    return answer
  }

  private mutating func replayed(
    _ call: XeroCall, _ index: Int, client: String
  ) -> SandboxResponse {
    let key = call.request.headers["idempotency-key"]
    guard let key, call.method == "PUT" || call.method == "POST" else {
      return executed(call, index)
    }
    guard key.count <= 128 else {
      return XeroRefusal.badRequest("The idempotency key is longer than 128 characters")
        .response(instance: ids.next())
    }
    switch replays[client, default: XeroReplayStore()].verdict(key, call.request, at: call.now) {
    case .replay(let answer): return answer
    case .mismatch: return XeroRefusal.idempotencyMismatch(key).response(instance: ids.next())
    case .fresh:
      let answer = executed(call, index)
      replays[client, default: XeroReplayStore()].keep(key, call.request, answer, at: call.now)
      return answer
    }
  }

  private mutating func executed(_ call: XeroCall, _ index: Int) -> SandboxResponse {
    guard call.request.body.count <= Self.largestRequest else {
      return XeroRefusal.tooLarge.response(instance: ids.next())
    }
    do {
      return try ledgers[index].answer(call)
    } catch {
      return error.response(instance: ids.next())
    }
  }

  private static func refusal(_ error: any Error) -> XeroRefusal {
    (error as? XeroRefusal) ?? .badRequest("The request could not be read")
  }
}
