/// Asks for a new access token whenever the old one is about to lapse, with nothing but the
/// application's own credentials (or an assertion made from them). There is no refresh token.
package actor ClientCredentialsAuthorizer: Authorizer {
  private let system: String
  private let endpoint: TokenEndpoint
  private let grant: @Sendable (Int64) throws -> URLQuery
  private let store: TokenStore
  private let header: TokenHeader
  private let redactor: Redactor
  private var current: StoredToken?
  private var renewal: Task<Result<StoredToken, RemoteError>, Never>?
  private var final: RemoteError?

  /// `scope` nil: the server's default. The scope is one string, in the vendor's spelling.
  package init(
    system: String, endpoint: TokenEndpoint, scope: String?, store: TokenStore,
    header: TokenHeader = .bearer
  ) {
    var fields: URLQuery = ["grant_type": "client_credentials"]
    if let scope { fields.add("scope", scope) }
    let complete = fields
    self.init(
      system: system, endpoint: endpoint, store: store, header: header, grant: { _ in complete })
  }

  /// Any grant that can be made anew at will (JWT bearer); it is given the time in milliseconds.
  package init(
    system: String, endpoint: TokenEndpoint, store: TokenStore, header: TokenHeader = .bearer,
    grant: @escaping @Sendable (Int64) throws -> URLQuery
  ) {
    self.system = system
    self.endpoint = endpoint
    self.grant = grant
    self.store = store
    self.header = header
    redactor = endpoint.redactor
  }

  package func headers() async throws(RemoteError) -> [String: String] {
    if let usable = current?.usableAccessToken(at: endpoint.time.now()) {
      return header.headers(usable)
    }
    return try await renewed(rejecting: [:])
  }

  package func refreshed(
    after rejected: [String: String]
  ) async throws(RemoteError) -> [String: String] {
    if let token = current?.accessToken {
      let present = header.headers(token)
      if present != rejected { return present }
    }
    return try await renewed(rejecting: rejected)
  }

  /// Nothing is lost with a token that can be had again at will.
  package func drain(grace: Duration) async {
    await end(renewal, after: .zero, endpoint.time)
  }

  private func renewed(rejecting rejected: [String: String]) async throws(RemoteError)
    -> [String: String]
  {
    if let final { throw final }
    let task = renewal ?? Task { await self.renew(rejecting: rejected) }
    renewal = task
    let result = await task.value
    let token = try result.get()
    guard let access = token.accessToken else {
      throw .signInNeeded(reason: "\(system) issued no access token")
    }
    return header.headers(access)
  }

  private func renew(rejecting rejected: [String: String]) async -> Result<
    StoredToken, RemoteError
  > {
    defer { renewal = nil }
    do {
      let token = try await store.withLock(system) { () async throws(RemoteError) in
        try await self.renewLocked(rejecting: rejected)
      }
      current = token
      return .success(token)
    } catch {
      if case .signInNeeded = error { final = error }
      return .failure(error)
    }
  }

  private func renewLocked(
    rejecting rejected: [String: String]
  ) async throws(RemoteError) -> StoredToken {
    let stored: StoredToken?
    do { stored = try store.load(system) } catch { throw error.asRemoteError }
    for secret in stored?.secrets ?? [] { redactor.register(secret) }
    // Another process may have been faster while we waited for the lock.
    if let stored, let usable = stored.usableAccessToken(at: endpoint.time.now()),
      header.headers(usable) != rejected
    {
      return stored
    }
    var fresh = try await issue()
    fresh.pin = stored?.pin
    fresh.details = (stored?.details ?? [:]).merging(fresh.details) { $1 }
    // Only a cache here: a token that could not be stored is asked for again.
    try? store.save(system, fresh)
    return fresh
  }

  private func issue() async throws(RemoteError) -> StoredToken {
    let fields: URLQuery
    do { fields = try grant(endpoint.time.now()) } catch {
      throw .signInNeeded(reason: "the sign-in request of \(system) could not be made")
    }
    let start = endpoint.time.monotonic()
    var tries = 0
    while true {
      tries += 1
      do { return try await endpoint.request(fields) } catch {
        switch error {
        case .rejected(let code):
          throw .signInNeeded(
            reason: "\(system) refused the sign-in (\(code)): check client id, secret and scopes")
        case .notNow(let reason): throw .notSent(reason: "no access token: \(reason)")
        case .answerLost(let reason):
          guard tries < 3, endpoint.time.monotonic() - start < endpoint.deadline else {
            throw .notSent(reason: "no access token: \(reason)")
          }
        }
      }
    }
  }
}
