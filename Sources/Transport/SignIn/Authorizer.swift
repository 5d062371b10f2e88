/// Supplies the headers that authorize a call. Errors are never retried by the caller.
package protocol Authorizer: Sendable {
  /// Headers for the next request, renewed by the clock where they would soon lapse.
  func headers() async throws(RemoteError) -> [String: String]
  /// Headers after these were answered with 401; the ones another task fetched meanwhile, or new
  /// ones. `signInNeeded` where none can be had.
  func refreshed(after rejected: [String: String]) async throws(RemoteError) -> [String: String]
  /// The system accepted a request with these headers.
  func accepted(_ headers: [String: String]) async
  /// The process is to end: a renewal on its way may take this long to come to its own end.
  func drain(grace: Duration) async
}

extension Authorizer {
  package func drain(grace: Duration) async {}

  /// Waits for a renewal and cuts it off after a while.
  func end<Value: Sendable>(
    _ renewal: Task<Value, Never>?, after grace: Duration, _ time: TimeSource
  ) async {
    guard let renewal else { return }
    let cut = Task {
      do { try await time.alarm(grace) } catch { return }
      renewal.cancel()
    }
    _ = await renewal.value
    cut.cancel()
  }

  package func accepted(_ headers: [String: String]) async {}
}

/// How a token is written into a header.
package enum TokenHeader: Sendable, Hashable {
  /// `Authorization: Bearer <token>`
  case bearer
  /// `Authorization: <scheme> <token>`
  case scheme(String)
  /// `<name>: <token>`
  case custom(String)

  package func headers(_ token: Secret) -> [String: String] {
    switch self {
    case .bearer: ["Authorization": "Bearer \(token.reveal())"]
    case .scheme(let scheme): ["Authorization": "\(scheme) \(token.reveal())"]
    case .custom(let name): [name: token.reveal()]
    }
  }
}

/// A token that never changes: private app, service key, API key, user and password.
package struct StaticTokenAuthorizer: Authorizer {
  private let system: String
  private let fields: [String: Secret]

  package init(system: String, secret: Secret, header: TokenHeader, redactor: Redactor) {
    self.init(
      system: system, headers: header.headers(secret).mapValues(Secret.init), redactor: redactor)
    redactor.register(secret)
  }

  /// Any set of secret headers.
  package init(system: String, headers: [String: Secret], redactor: Redactor) {
    self.system = system
    fields = headers
    for value in headers.values { redactor.register(value) }
  }

  package func headers() async throws(RemoteError) -> [String: String] {
    guard fields.values.allSatisfy({ !$0.isEmpty }) else {
      throw .signInNeeded(reason: "the access token of \(system) is empty")
    }
    return fields.mapValues { $0.reveal() }
  }

  package func refreshed(
    after rejected: [String: String]
  ) async throws(RemoteError) -> [String: String] {
    throw .signInNeeded(
      reason: "\(system) does not accept the access token in the configuration; make a new one")
  }
}

/// For systems and tests that need no credentials.
package struct NoAuthorizer: Authorizer {
  package init() {}

  package func headers() async throws(RemoteError) -> [String: String] { [:] }

  package func refreshed(
    after rejected: [String: String]
  ) async throws(RemoteError) -> [String: String] {
    throw .signInNeeded(reason: "the system asks for credentials and none are configured")
  }
}
