package import Foundation

/// How the application shows who it is at the token endpoint.
package enum ClientAuthentication: Sendable, Hashable {
  /// HTTP Basic.
  case basic
  /// `client_id` and, where there is one, `client_secret` in the form.
  case form
}

/// Why no token came back.
package enum TokenFailure: Error, Hashable, Sendable {
  /// The server said no for good: `code` is its OAuth error (`invalid_grant`, …).
  case rejected(code: String)
  /// The server may have issued a token that did not reach us.
  case answerLost(reason: String)
  /// The server certainly issued nothing; a later try may succeed.
  case notNow(reason: String)
}

/// An OAuth 2 token endpoint. Its requests are not counted against any budget.
package struct TokenEndpoint: Sendable {
  package var url: URL
  package var clientID: String
  /// nil: a public client (PKCE).
  package var clientSecret: Secret?
  package var authentication: ClientAuthentication
  package var exchange: HTTPExchange
  package var time: TimeSource
  package var redactor: Redactor
  package var userAgent: String
  /// Total time for one request.
  package var deadline: Duration
  /// Keys of the answer that are kept in `StoredToken.details`.
  package var keeping: [String]
  /// Further headers the vendor wants, without secrets.
  package var headers: [String: String] = [:]

  package init(
    url: URL, clientID: String, clientSecret: Secret?, authentication: ClientAuthentication,
    exchange: HTTPExchange, time: TimeSource, redactor: Redactor, userAgent: String,
    deadline: Duration = .seconds(30), keeping: [String] = []
  ) {
    self.url = url
    self.clientID = clientID
    self.clientSecret = clientSecret
    self.authentication = authentication
    self.exchange = exchange
    self.time = time
    self.redactor = redactor
    self.userAgent = userAgent
    self.deadline = deadline
    self.keeping = keeping
    if let clientSecret { redactor.register(clientSecret) }
  }

  /// Sends one grant (fields without client id and secret) and reads the token.
  package func request(_ grant: URLQuery) async throws(TokenFailure) -> StoredToken {
    guard Origin(url) != nil else {
      throw .notNow(reason: "the sign-in address must be https without user and password")
    }
    let answer = await race(
      authenticated(grant), through: exchange, idle: deadline, total: deadline, time: time)
    switch answer {
    case .success(let response): return try read(response)
    case .failure(.notSent(let reason)): throw .notNow(reason: reason)
    case .failure(.cancelledBeforeSending): throw .notNow(reason: "cancelled")
    case .failure(.interrupted(let reason)): throw .answerLost(reason: reason)
    case .failure(.tooLarge): throw .answerLost(reason: "the answer was too long")
    }
  }

  private func authenticated(_ grant: URLQuery) -> HTTPRequest {
    var form = grant
    var headers = [
      "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
      "User-Agent": userAgent,
    ]
    headers.merge(self.headers) { own, _ in own }
    switch authentication {
    case .basic:
      // RFC 6749 §2.3.1: both are form-encoded before they are joined.
      let pair =
        URLQuery.escape(clientID) + ":" + URLQuery.escape(clientSecret?.reveal() ?? "")
      let encoded = Secret(Data(pair.utf8).base64EncodedString())
      redactor.register(encoded)
      headers["Authorization"] = "Basic \(encoded.reveal())"
    case .form:
      form.add("client_id", clientID)
      if let clientSecret { form.add("client_secret", clientSecret.reveal()) }
    }
    return HTTPRequest(method: .post, url: url, headers: headers, body: form.formBody)
  }

  private func read(_ response: HTTPResponse) throws(TokenFailure) -> StoredToken {
    let reply = try? JSONDecoder().decode(TokenReply.self, from: response.body)
    // Some servers answer 200 with an error inside.
    if let code = reply?.error {
      throw Self.temporary.contains(code)
        ? .notNow(reason: "the sign-in server answered \(Self.word(code))")
        : .rejected(code: Self.word(code))
    }
    switch response.status {
    case 200...299:
      guard let reply, let token = reply.token(at: time.now(), keeping: keeping) else {
        throw .answerLost(reason: "the sign-in server's answer held no token")
      }
      for secret in token.secrets { redactor.register(secret) }
      return token
    case 300...399: throw .notNow(reason: "the sign-in server answered with a redirect")
    case 408, 500...: throw .answerLost(reason: "HTTP \(response.status) from the sign-in server")
    case 401: throw .rejected(code: "http_401")
    // No OAuth error inside: a proxy or an outage speaks, not the sign-in server.
    default: throw .notNow(reason: "HTTP \(response.status) from the sign-in server")
    }
  }

  private static let temporary: Set<String> = [
    "Access Denied", "temporarily_unavailable", "server_error", "slow_down", "unknown_error",
  ]

  /// The code if it looks like one: what a server writes there may be anything, even our token.
  private static func word(_ code: String) -> String {
    let isPlain = code.utf8.allSatisfy {
      $0 == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
    }
    return isPlain && code.utf8.count <= 40 ? code : "unknown_code"
  }
}
