extension SalesforceSandbox {
  /// What OAuth has issued so far.
  struct Tokens: Sendable {
    var access: [String: Grant] = [:]
    var refresh: [String: Grant] = [:]
    /// Refresh tokens that were exchanged: one of them again ends the whole sign-in.
    var spent: Set<String> = []
    var codes: [String: Code] = [:]
    /// The only app known; nil accepts any client id and secret.
    var app: App?
    /// Whether each refresh gives a new refresh token.
    var rotates = true
    /// What the next answers to a 401 say instead of “expired”.
    var refusalWords: String?
    var counter = 0

    struct Grant: Sendable, Hashable {
      var user: String
      var client = ""
      /// Of an access token: moves with each use; nil: never expires.
      var expires: Int64?
    }

    struct Code: Sendable, Hashable {
      var client: String
      var redirect: String
      var challenge: String
      var expires: Int64
    }

    struct App: Sendable, Hashable {
      var id: String
      var secret: String
      /// The public key of its certificate, in PEM.
      var publicKey: String?
    }
  }

  /// A session lives two hours after its last use.
  static let sessionLife: Int64 = 2 * 3_600_000

  /// The user a request's token stands for.
  mutating func authenticate(_ request: SandboxRequest, now: Int64) throws(Refusal) -> String {
    let words = (request.headers["authorization"] ?? "").split(separator: " ").map(String.init)
    guard words.count == 2, ["bearer", "oauth"].contains(words[0].lowercased()) else {
      throw .noAuthHeader
    }
    guard let grant = tokens.access[words[1]], grant.expires.map({ $0 > now }) ?? true else {
      if let text = tokens.refusalWords {
        throw Refusal("INVALID_SESSION_ID", text, status: 401)
      }
      throw .sessionOver
    }
    if grant.expires != nil { tokens.access[words[1]]?.expires = now + Self.sessionLife }
    return grant.user
  }

  /// The user that apps without a person run as.
  var runAs: String {
    self[store: .user].records.values.first { $0.text("Username") == Self.integrationUser }?.id
      ?? ""
  }
}
