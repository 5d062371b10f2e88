extension HubSpotSandbox {
  /// A token the account accepts.
  struct Grant: Sendable, Hashable {
    var value: String
    var scopes: Set<String>
    var isOAuth = false
    /// nil: never expires.
    var expires: Int64?
    var client = ""
  }

  /// Static tokens, and what OAuth has issued so far.
  struct Tokens: Sendable {
    var access: [String: Grant] = [
      "sandbox-token": Grant(value: "sandbox-token", scopes: HubSpotSandbox.allScopes)
    ]
    var refresh: [String: Grant] = [:]
    var codes: [String: Code] = [:]
    /// The only OAuth app known; nil accepts any client id and secret.
    var app: App?
    var counter = 0

    struct Code: Sendable, Hashable {
      var client: String
      var redirect: String
      var scopes: Set<String>
      var challenge: String?
      var expires: Int64
    }

    struct App: Sendable, Hashable {
      var id: String
      var secret: String
    }
  }

  static let allScopes: Set<String> = {
    var scopes: Set<String> = [
      "oauth", "e-commerce", "crm.objects.owners.read", "tax_rates.read",
      "settings.currencies.read",
    ]
    for kind in ["contacts", "companies", "deals", "line_items", "products"] {
      scopes.formUnion(["crm.objects.\(kind).read", "crm.objects.\(kind).write"])
    }
    for kind in ["contacts", "companies", "deals"] {
      scopes.formUnion(["crm.schemas.\(kind).read", "crm.schemas.\(kind).write"])
    }
    return scopes
  }()

  enum Access: String { case read, write }

  /// Tasks and notes have no scope of their own: those of contacts count.
  func require(_ access: Access, _ kind: Kind, _ call: Call) throws(Refusal) {
    switch kind {
    case .contacts, .companies, .deals:
      try require(anyOf: ["crm.objects.\(kind.name).\(access.rawValue)"], call)
    case .lineItems, .products:
      try require(anyOf: ["crm.objects.\(kind.name).\(access.rawValue)", "e-commerce"], call)
    case .tasks, .notes: try require(anyOf: ["crm.objects.contacts.\(access.rawValue)"], call)
    }
  }

  /// Reading definitions takes any read scope of the type, changing them its schema scope.
  func requireSchema(_ access: Access, _ kind: Kind, _ call: Call) throws(Refusal) {
    switch kind {
    case .contacts, .companies, .deals:
      let schema = "crm.schemas.\(kind.name).\(access.rawValue)"
      let object = "crm.objects.\(kind.name).read"
      try require(anyOf: access == .read ? [object, schema] : [schema], call)
    case .lineItems, .products:
      let object = "crm.objects.\(kind.name).read"
      try require(anyOf: access == .read ? [object, "e-commerce"] : ["e-commerce"], call)
    case .tasks, .notes: try require(access, kind, call)
    }
  }

  func require(anyOf scopes: [String], _ call: Call) throws(Refusal) {
    guard call.scopes.isDisjoint(with: scopes) else { return }
    let message = "One or more of the following scopes are required."
    throw Refusal(
      status: 403, category: "MISSING_SCOPES",
      message: "This app hasn't been granted all required scopes to make this call. "
        + "Read more about required scopes here: https://developers.hubspot.com/scopes.",
      errors: [
        [
          "message": .string(message),
          "context": ["requiredGranularScopes": .array(scopes.map { .string($0) })],
        ]
      ],
      links: ["scopes": "https://developers.hubspot.com/scopes"])
  }

  func authenticate(_ request: SandboxRequest, now: Int64) throws(Refusal) -> Grant {
    let words = (request.headers["authorization"] ?? "").split(separator: " ")
    guard words.count == 2, words[0].lowercased() == "bearer" else {
      throw Refusal(
        status: 401, category: "INVALID_AUTHENTICATION",
        message: "Authentication credentials not found. This API supports OAuth 2.0 "
          + "authentication and you can find more details at "
          + "https://developers.hubspot.com/docs/methods/auth/oauth-overview")
    }
    guard let grant = tokens.access[String(words[1])] else {
      throw Refusal(
        status: 401, category: "INVALID_AUTHENTICATION",
        message: "Authentication credentials not found or not valid.")
    }
    guard let expires = grant.expires, expires <= now else { return grant }
    throw Refusal(
      status: 401, category: "EXPIRED_AUTHENTICATION",
      message: "The OAuth token used to make this call expired \((now - expires) / 1000) "
        + "second(s) ago.",
      context: ["expire time": [.string(Stamp.text(expires))]])
  }
}
