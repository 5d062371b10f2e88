/// Keeps a rotating refresh token alive across crashes, lost answers and other processes.
///
/// The order is what makes it safe: `refreshing(old)` is durable before the request leaves, `new`
/// is durable before it is used, and `old` is dropped only after the system accepted `new`. So at
/// every instant some durable token is one that the server still honours.
package actor RefreshTokenAuthorizer: Authorizer {
  private let system: String
  private let endpoint: TokenEndpoint
  private let store: TokenStore
  private let header: TokenHeader
  /// The last token known to be durable.
  private var current: StoredToken?
  /// Issued but not yet durable: the disk was full. Stored before anything else happens.
  private var unsaved: StoredToken?
  private var renewal: Task<Result<StoredToken, RemoteError>, Never>?
  /// Once the server has refused for good, it is not asked again in this process.
  private var final: RemoteError?

  package init(
    system: String, endpoint: TokenEndpoint, store: TokenStore, header: TokenHeader = .bearer
  ) {
    self.system = system
    self.endpoint = endpoint
    self.store = store
    self.header = header
  }

  package func headers() async throws(RemoteError) -> [String: String] {
    if current == nil, unsaved == nil { current = try load() }
    if unsaved == nil, let usable = current?.usableAccessToken(at: endpoint.time.now()) {
      return header.headers(usable)
    }
    return try await renewed(rejecting: [:])
  }

  package func refreshed(
    after rejected: [String: String]
  ) async throws(RemoteError) -> [String: String] {
    if unsaved == nil, let token = current?.accessToken {
      let present = header.headers(token)
      if present != rejected { return present }
    }
    return try await renewed(rejecting: rejected)
  }

  package func accepted(_ headers: [String: String]) async {
    guard let token = current, token.rotation == .renewed, let access = token.accessToken,
      header.headers(access) == headers
    else { return }
    current?.pendingOldRefreshToken = nil
    // If this fails the old token stays on disk, which is harmless, and the next pass drops it.
    try? await store.withLock(system) { () async throws(RemoteError) in
      guard var stored = try self.load(), stored.refreshToken == token.refreshToken,
        stored.rotation == .renewed
      else { return }
      stored.pendingOldRefreshToken = nil
      try self.save(stored)
    }
  }

  /// A new token that has been issued is stored; if its answer is cut off, the old one is asked
  /// for again by the next process, as after a crash.
  package func drain(grace: Duration) async {
    await end(renewal, after: grace, endpoint.time)
  }

  /// Every caller that finds the token stale waits for the same renewal.
  private func renewed(
    rejecting rejected: [String: String]
  ) async throws(RemoteError) -> [String: String] {
    if let final { throw final }
    let task = renewal ?? Task { await self.renew(rejecting: rejected) }
    renewal = task
    let result = await task.value
    guard let access = try result.get().accessToken else {
      throw .signInNeeded(reason: "\(system) issued no access token; \(reconnect)")
    }
    return header.headers(access)
  }

  private func renew(
    rejecting rejected: [String: String]
  ) async -> Result<StoredToken, RemoteError> {
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
    guard let stored = try load() else {
      throw .signInNeeded(reason: "no sign-in for \(system); \(reconnect)")
    }
    if let token = unsaved {
      // Unless another process has rotated meanwhile: then its token is the newer one.
      if stored.pendingOldRefreshToken == token.pendingOldRefreshToken ?? token.refreshToken {
        try save(token)
        unsaved = nil
        return token
      }
      unsaved = nil
    }
    // Another process may have been faster while we waited for the lock.
    if let usable = stored.usableAccessToken(at: endpoint.time.now()),
      header.headers(usable) != rejected
    {
      return stored
    }
    guard let refreshToken = stored.refreshToken, !refreshToken.isEmpty else {
      throw .signInNeeded(reason: "the sign-in of \(system) has lapsed; \(reconnect)")
    }
    switch stored.rotation {
    case .settled:
      var marked = stored
      marked.pendingOldRefreshToken = refreshToken
      try save(marked)
      return try await rotate(marked, using: refreshToken)
    case .refreshing:
      return try await rotate(stored, using: refreshToken)
    case .renewed:
      return try await rotate(
        stored, using: refreshToken, orElse: stored.pendingOldRefreshToken)
    }
  }

  /// `orElse` is the old token of a rotation that was never confirmed: tried once, if the new one
  /// is refused.
  private func rotate(
    _ stored: StoredToken, using refreshToken: Secret, orElse fallback: Secret? = nil
  ) async throws(RemoteError) -> StoredToken {
    switch await ask(refreshToken) {
    case .success(let issued): return try keep(issued, over: stored, spent: refreshToken)
    case .failure(.rejected("invalid_grant")):
      if let fallback { return try await rotate(stored, using: fallback) }
      throw .signInNeeded(
        reason: "the sign-in of \(system) was revoked or has lapsed; \(reconnect)")
    case .failure(.rejected(let code)):
      throw .signInNeeded(
        reason: "\(system) refused to renew the sign-in (\(code)): check client id and secret, or"
          + " \(reconnect)")
    case .failure(.notNow(let reason)), .failure(.answerLost(let reason)):
      throw .notSent(reason: "the sign-in of \(system) could not be renewed: \(reason)")
    }
  }

  /// A lost answer is asked for again at once with the same token: the server's grace runs.
  private func ask(_ refreshToken: Secret) async -> Result<StoredToken, TokenFailure> {
    let grant: URLQuery = [
      "grant_type": "refresh_token", "refresh_token": refreshToken.reveal(),
    ]
    let start = endpoint.time.monotonic()
    var tries = 0
    while true {
      tries += 1
      do { return .success(try await endpoint.request(grant)) } catch {
        let isInTime = endpoint.time.monotonic() - start < endpoint.deadline
        guard case .answerLost = error, tries < 3, isInTime else { return .failure(error) }
      }
    }
  }

  private func keep(
    _ issued: StoredToken, over stored: StoredToken, spent: Secret
  ) throws(RemoteError) -> StoredToken {
    var token = issued
    token.refreshToken = issued.refreshToken ?? spent
    token.pendingOldRefreshToken = token.refreshToken == spent ? nil : spent
    token.refreshExpiresAt = issued.refreshExpiresAt ?? stored.refreshExpiresAt
    if issued.scopes.isEmpty { token.scopes = stored.scopes }
    token.pin = stored.pin
    token.details = stored.details.merging(issued.details) { $1 }
    do { try save(token) } catch {
      unsaved = token
      throw error
    }
    return token
  }

  private func load() throws(RemoteError) -> StoredToken? {
    do {
      let token = try store.load(system)
      for secret in token?.secrets ?? [] { endpoint.redactor.register(secret) }
      return token
    } catch { throw error.asRemoteError }
  }

  private func save(_ token: StoredToken) throws(RemoteError) {
    do { try store.save(system, token) } catch { throw error.asRemoteError }
  }

  private var reconnect: String { "sign in again: xerosync auth login \(system)" }
}
