import Domain
import Transport

extension RestReader {
  private static let kinds = ["bearer", "basic", "api_key", "oauth2", "client_credentials", "none"]

  mutating func signIn(_ node: DocumentNode) -> RestSignInKind {
    let known = [
      "kind", "token", "user", "password", "headers", "query", "token_url", "authorize_url",
      "client_auth", "scopes", "extra", "header", "keep",
    ]
    guard let section = section(node, "auth", known: known, required: ["kind"]),
      let kind = choice(section, "kind", Self.kinds)
    else { return .none }
    refuseStrangers(section, kind)
    switch kind {
    case "bearer":
      guard let token = needed(section, "token") else { return .none }
      let text = "Bearer " + token.text
      return .headers([
        "Authorization": RestTemplate(parts: [.literal("Bearer ")] + token.parts, text: text)
      ])
    case "basic":
      return .basic(
        user: template(section, "user", .signIn) ?? .literal(""),
        password: template(section, "password", .signIn) ?? .literal(""))
    case "api_key": return apiKey(section)
    case "oauth2": return .oauth(oauth(section, needsPage: true))
    case "client_credentials": return .clientCredentials(oauth(section, needsPage: false))
    default: return .none
    }
  }

  private mutating func refuseStrangers(_ section: RestSection, _ kind: String) {
    let own: [String: [String]] = [
      "bearer": ["token"], "basic": ["user", "password"], "api_key": ["headers", "query"],
      "oauth2": [
        "token_url", "authorize_url", "client_auth", "scopes", "extra", "header", "keep",
      ],
      "client_credentials": ["token_url", "client_auth", "scopes", "extra", "header", "keep"],
    ]
    let allowed = ["kind"] + (own[kind] ?? [])
    for key in section.order where !allowed.contains(key) && Self.isKnown(key, own) {
      let node = section.members[key]
      report(
        node?.origin ?? section.origin, "auth.\(key) means nothing for the kind \(kind)",
        "leave it out; \(kind) takes \(allowed.dropFirst().joined(separator: ", "))")
    }
  }

  private static func isKnown(_ key: String, _ own: [String: [String]]) -> Bool {
    own.values.contains { $0.contains(key) }
  }

  private mutating func needed(_ section: RestSection, _ key: String) -> RestTemplate? {
    guard section[key] != nil else {
      report(
        section.origin, "\(section.place(key)) is required",
        "write for example \"{{secret.access_token}}\"")
      return nil
    }
    return template(section, key, .signIn)
  }

  private mutating func apiKey(_ section: RestSection) -> RestSignInKind {
    let headers = pairs(section, "headers", .signIn)
    let query = pairs(section, "query", .signIn)
    func table(_ pairs: [RestPair]) -> [String: RestTemplate] {
      Dictionary(pairs.map { ($0.name, $0.value) }) { first, _ in first }
    }
    guard headers.isEmpty != query.isEmpty else {
      report(
        section.origin, "auth needs headers or query",
        "write for example headers: { X-Api-Key: \"{{secret.access_token}}\" }")
      return .none
    }
    return headers.isEmpty ? .query(table(query)) : .headers(table(headers))
  }

  private mutating func oauth(_ section: RestSection, needsPage: Bool) -> RestOAuth {
    let place = section["token_url"]?.origin
    let url = needed(section, "token_url") ?? .literal("")
    var oauth = RestOAuth(tokenURL: Sourced(url, at: place))
    if needsPage, let page = template(section, "authorize_url", .signIn) {
      oauth.authorizeURL = Sourced(page, at: section["authorize_url"]?.origin)
    }
    if choice(section, "client_auth", ["basic", "form"]) == "basic" {
      oauth.authentication = .basic
    }
    oauth.scopes = text(section, "scopes") ?? ""
    for pair in pairs(section, "extra", .signIn) { oauth.extra[pair.name] = pair.value }
    if let scheme = text(section, "header") { oauth.header = .scheme(scheme) }
    if let node = section["keep"] {
      oauth.keeps = texts(node, section.place("keep")).map(\.text)
      tokenParts = oauth.keeps
    }
    return oauth
  }
}
