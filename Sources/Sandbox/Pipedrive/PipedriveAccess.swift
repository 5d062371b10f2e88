extension PipedriveSandbox {
  /// A token the company accepts.
  struct Grant: Sendable, Hashable {
    var value: String
    var scopes: Set<String>
    var user: Int
    var isOAuth = false
    /// nil: never expires.
    var expires: Int64?
    var client = ""
  }

  /// API tokens, and what OAuth has issued so far.
  struct Tokens: Sendable {
    var access: [String: Grant] = [
      "sandbox-token": Grant(
        value: "sandbox-token", scopes: PipedriveSandbox.allScopes, user: 9001)
    ]
    var refresh: [String: Grant] = [:]
    var codes: [String: Code] = [:]
    /// The only app known; nil accepts any client id and secret.
    var app: App?
    /// Where OAuth clients are told to call; nil: the host they asked for the token.
    var apiDomain: String?
    var counter = 0

    struct Code: Sendable, Hashable {
      var client: String
      var redirect: String
      var expires: Int64
    }

    struct App: Sendable, Hashable {
      var id: String
      var secret: String
    }
  }

  static let allScopes: Set<String> = [
    "base", "deals:full", "contacts:full", "products:full", "activities:full", "users:read",
    "search:read", "deal-fields:full", "contact-fields:full", "recents:read", "admin",
  ]

  func scopeName(_ kind: Kind) -> String {
    switch kind {
    case .deals: "deals"
    case .persons, .organizations: "contacts"
    case .products: "products"
    case .activities: "activities"
    }
  }

  func requireAccess(to kind: Kind, _ call: Call) throws(Refusal) {
    let name = scopeName(kind)
    let any = call.method == "GET" ? ["\(name):read", "\(name):full"] : ["\(name):full"]
    try require(anyOf: any + (call.parts.contains("search") ? ["search:read"] : []), call)
  }

  func require(anyOf scopes: [String], _ call: Call) throws(Refusal) {
    guard call.isOAuth, call.scopes.isDisjoint(with: scopes) else { return }
    throw Refusal(
      status: 403, message: "Scope and URL mismatch", code: nil, errorCode: nil,
      info: "The token lacks one of: \(scopes.joined(separator: ", "))")
  }

  func authenticate(_ request: SandboxRequest, now: Int64) throws(Refusal) -> Grant {
    if company.isClosed {
      throw Refusal(status: 402, message: "Company account is not open", errorCode: 402)
    }
    let words = (request.headers["authorization"] ?? "").split(separator: " ").map(String.init)
    if words.count == 2, words[0].lowercased() == "bearer" {
      guard let grant = tokens.access[words[1]], grant.isOAuth,
        grant.expires.map({ $0 > now })
          ?? true
      else { throw .unauthorized }
      return grant
    }
    let token = request.headers["x-api-token"] ?? request.queryValue("api_token") ?? ""
    guard let grant = tokens.access[token], !grant.isOAuth else { throw .unauthorized }
    return grant
  }
}
