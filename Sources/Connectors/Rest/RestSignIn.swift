package import Domain
package import Foundation
package import Transport

/// How a program or a person signs in to a described system.
package struct RestSignIn: Sendable {
  private let description: RestDescription
  private let settings: ConnectionSettings
  private let environment: ConnectorEnvironment
  /// Constants, field names, secrets and what the sign-in told.
  private let known: RestScope

  /// Reads the settings; nothing is sent.
  init(
    _ description: RestDescription, _ settings: ConnectionSettings,
    in environment: ConnectorEnvironment
  ) throws(ConnectorSetupError) {
    self.description = description
    self.settings = settings
    self.environment = environment
    let flow = try RestConnector.kind.flow(of: settings)
    try Self.check(flow.name, description, settings)
    var scope = Self.constants(description, settings)
    for (name, secret) in settings.auth.secrets {
      scope.values["secret.\(name)"] = .text(secret.reveal())
    }
    let stored = try? environment.tokens.load(settings.name.rawValue)
    for (name, text) in stored?.details ?? [:] { scope.values["token.\(name)"] = .text(text) }
    known = scope
  }

  /// For a browser: the same from settings that carry their description.
  package init(
    _ settings: ConnectionSettings, in environment: ConnectorEnvironment
  ) throws(ConnectorSetupError) {
    try self.init(try RestConnector.description(of: settings), settings, in: environment)
  }

  private static func check(
    _ flow: String, _ description: RestDescription, _ settings: ConnectionSettings
  ) throws(ConnectorSetupError) {
    let fitting: [String] =
      switch description.signIn {
      case .none, .headers, .query: ["token", "headers", "basic"]
      case .basic: ["basic", "token", "headers"]
      case .oauth: ["authorization_code", "refresh_token"]
      case .clientCredentials: ["client_credentials"]
      }
    guard fitting.contains(flow) else {
      throw ConnectorSetupError(
        system: settings.name, origin: settings.auth.flow.origin ?? settings.origin,
        message: "the sign-in flow \(flow) does not fit the description of \(description.title)",
        remedy: "set auth.flow to \(ConnectorKind.list(fitting))")
    }
    let missing = description.secrets.keys.sorted().filter { settings.auth.secrets[$0] == nil }
    guard missing.isEmpty else {
      throw ConnectorSetupError(
        system: settings.name, origin: settings.auth.flow.origin ?? settings.origin,
        message: "the description of \(description.title) uses auth.\(ConnectorKind.list(missing))",
        remedy: "add the missing keys under auth")
    }
  }

  /// What templates may name everywhere.
  static func constants(
    _ description: RestDescription, _ settings: ConnectionSettings
  ) -> RestScope {
    var scope = RestScope(tables: description.tables, zone: description.connection.zone)
    for (name, text) in description.values { scope.values["value.\(name)"] = .text(text) }
    for key in RestNames.fields {
      let text = settings.fields[key]?.value ?? description.fieldNames[key]
      scope.values["field.\(key)"] = text.map { .text($0) }
    }
    return scope
  }

  /// Secrets stay out of the scope of records: no template of theirs can name one.
  var scope: RestScope { Self.constants(description, settings) }

  /// The shared headers and parameters with their secrets filled in.
  var common: RestRequest.Common {
    func filled(_ pairs: [RestPair]) -> [RestPair] {
      pairs.compactMap { pair in
        known.plain(pair.value).map { RestPair(name: pair.name, value: .literal($0)) }
      }
    }
    var common = description.connection.common
    common.headers = filled(common.headers)
    common.query = filled(common.query)
    if case .query(let parameters) = description.signIn {
      common.query += filled(
        parameters.sorted { $0.key < $1.key }.map { RestPair(name: $0.key, value: $0.value) })
    }
    return common
  }

  func apiAddress() throws(ConnectorSetupError) -> URL {
    if settings.urls["api_url"] != nil {
      return try RestConnector.kind.address("api_url", of: settings)
    }
    return try address(description.connection.url, "connection.url")
  }

  private func address(
    _ template: Sourced<RestTemplate>, _ key: String, override: String? = nil
  ) throws(ConnectorSetupError) -> URL {
    if let override, settings.urls[override] != nil {
      let own = try RestConnector.kind.address(override, of: settings)
      // The path stays the description's: the setting names another host, as a sandbox's.
      let path = known.plain(template.value).flatMap { URL(string: $0) }?.path ?? ""
      return URL(string: own.absoluteString + path) ?? own
    }
    guard let text = known.plain(template.value), let url = URL(string: text),
      Transport.Origin(url) != nil
    else {
      throw ConnectorSetupError(
        system: settings.name, origin: template.origin ?? settings.origin,
        message: "\(key) is no usable address",
        remedy: "write it as https://host (http only for this machine), and sign in first where it"
          + " names {{token.…}}")
    }
    return url
  }

  // MARK: Browser

  /// The page on which a person consents; the code comes back to `redirect`.
  package func authorizePage(
    redirect: String, state: String, challenge: String
  ) throws(ConnectorSetupError) -> URL {
    guard case .oauth(let oauth) = description.signIn, let page = oauth.authorizeURL else {
      throw ConnectorSetupError(
        system: settings.name, origin: settings.auth.flow.origin ?? settings.origin,
        message: "the description of \(description.title) names no auth.authorize_url",
        remedy: "add it, or use the flow refresh_token")
    }
    var query: URLQuery = [
      "response_type": "code", "client_id": settings.auth.secrets["client_id"]?.reveal() ?? "",
      "redirect_uri": redirect, "state": state, "code_challenge": challenge,
      "code_challenge_method": "S256",
    ]
    let scopes = settings.options["scopes"]?.value ?? oauth.scopes
    if !scopes.isEmpty { query.add("scope", scopes) }
    for (name, template) in oauth.extra.sorted(by: { $0.key < $1.key }) {
      if let text = known.plain(template) { query.add(name, text) }
    }
    let base = try address(page, "auth.authorize_url", override: "login_url")
    let separator = base.query == nil ? "?" : "&"
    return URL(string: base.absoluteString + separator + query.percentEncoded) ?? base
  }

  package func tokenEndpoint() throws(ConnectorSetupError) -> TokenEndpoint {
    switch description.signIn {
    case .oauth(let oauth), .clientCredentials(let oauth):
      return TokenEndpoint(
        url: try address(oauth.tokenURL, "auth.token_url", override: "identity_url"),
        clientID: settings.auth.secrets["client_id"]?.reveal() ?? "",
        clientSecret: settings.auth.secrets["client_secret"].map { Secret($0.reveal()) },
        authentication: oauth.authentication, exchange: environment.exchange,
        time: environment.time, redactor: environment.redactor,
        userAgent: environment.userAgent, keeping: oauth.keeps)
    case .none, .headers, .query, .basic:
      throw ConnectorSetupError(
        system: settings.name, origin: settings.auth.flow.origin ?? settings.origin,
        message: "\(description.title) has no sign-in with a browser",
        remedy: "describe one under auth: { kind: oauth2 }")
    }
  }

  // MARK: Requests

  func authorizer() throws(ConnectorSetupError) -> any Authorizer {
    switch description.signIn {
    case .none: return NoAuthorizer()
    case .query(let parameters):
      for template in parameters.values {
        environment.redactor.register(Secret(known.plain(template) ?? ""))
      }
      return NoAuthorizer()
    case .headers(let headers):
      var fields: [String: Secret] = [:]
      for (name, template) in headers { fields[name] = Secret(try secret(template)) }
      return StaticTokenAuthorizer(
        system: settings.name.rawValue, headers: fields, redactor: environment.redactor)
    case .basic(let user, let password):
      let pair = (known.plain(user) ?? "") + ":" + (known.plain(password) ?? "")
      let encoded = Data(pair.utf8).base64EncodedString()
      return StaticTokenAuthorizer(
        system: settings.name.rawValue, headers: ["Authorization": Secret("Basic \(encoded)")],
        redactor: environment.redactor)
    case .oauth(let oauth):
      let store =
        settings.auth.flow.value == "refresh_token"
        ? RestSeed.store(environment.tokens, settings) : environment.tokens
      return RefreshTokenAuthorizer(
        system: settings.name.rawValue, endpoint: try tokenEndpoint(), store: store,
        header: oauth.header)
    case .clientCredentials(let oauth):
      var grant: URLQuery = ["grant_type": "client_credentials"]
      let scopes = settings.options["scopes"]?.value ?? oauth.scopes
      if !scopes.isEmpty { grant.add("scope", scopes) }
      for (name, template) in oauth.extra.sorted(by: { $0.key < $1.key }) {
        if let text = known.plain(template) { grant.add(name, text) }
      }
      let complete = grant
      return ClientCredentialsAuthorizer(
        system: settings.name.rawValue, endpoint: try tokenEndpoint(), store: environment.tokens,
        header: oauth.header, grant: { _ in complete })
    }
  }

  private func secret(_ template: RestTemplate) throws(ConnectorSetupError) -> String {
    let text = known.plain(template) ?? ""
    guard text.utf8.allSatisfy({ (32...126).contains($0) }), !text.hasSuffix(" ") else {
      throw ConnectorSetupError(
        system: settings.name, origin: settings.auth.flow.origin ?? settings.origin,
        message: "a secret under auth holds line breaks or other characters no header takes",
        remedy: "copy it again, without line breaks")
    }
    return text
  }
}

/// A refresh token given in the configuration: the first one, until the system has rotated it.
enum RestSeed {
  static let key = "seed"

  /// The store, which knows the configured token where nothing newer came from it.
  static func store(_ tokens: TokenStore, _ settings: ConnectionSettings) -> TokenStore {
    let first = settings.auth.secrets["refresh_token"]?.reveal() ?? ""
    let seed = String(StableHash.hex(["refresh_token", first]).prefix(16))
    var store = tokens
    store.load = { system throws(TokenStoreError) in
      if let stored = try tokens.load(system), stored.details[key] == seed { return stored }
      var token = StoredToken(
        accessToken: nil, expiresAt: nil, refreshToken: Secret(first), obtainedAt: 0)
      token.details[key] = seed
      return token
    }
    return store
  }
}
