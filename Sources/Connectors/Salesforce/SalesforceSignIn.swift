import CryptoExtras
package import Domain
package import Foundation
package import Transport

/// How a person or a program signs in to Salesforce.
package struct SalesforceSignIn: Sendable {
  private let settings: ConnectionSettings
  private let environment: ConnectorEnvironment
  private let flow: ConnectorKind.Flow

  /// What the app is asked for: the API, and to go on without a person.
  package static let scopes = ["api", "refresh_token"]

  private static let addressKey = "instance_url"

  /// Reads the settings; nothing is sent.
  package init(
    _ settings: ConnectionSettings, in environment: ConnectorEnvironment
  ) throws(ConnectorSetupError) {
    self.settings = settings
    self.environment = environment
    flow = try SalesforceConnector.kind.flow(of: settings)
  }

  private func secret(_ key: String) -> String {
    settings.auth.secrets[key]?.reveal() ?? ""
  }

  /// The organisation's own address: the configured one, else the one the sign-in told, if it is
  /// Salesforce's. It does not change from pass to pass: deals are known by it.
  func apiAddress() throws(ConnectorSetupError) -> URL {
    if settings.urls["api_url"] != nil {
      return try SalesforceConnector.kind.address("api_url", of: settings)
    }
    let stored = try? environment.tokens.load(settings.name.rawValue)
    if let text = stored?.details[Self.addressKey], let url = URL(string: text),
      url.scheme == "https", let host = url.host?.lowercased(),
      Self.ownHosts.contains(where: { host.hasSuffix($0) }), Transport.Origin(url) != nil
    {
      return url
    }
    throw ConnectorSetupError(
      system: settings.name, origin: settings.origin, message: "api_url is missing",
      remedy: "write the address of your Salesforce (Setup, My Domain), such as"
        + " https://acme.my.salesforce.com")
  }

  private static let ownHosts = [".salesforce.com", ".force.com", ".salesforce.mil"]

  /// Every organisation's own address takes sign-ins, too; client credentials are taken nowhere
  /// else.
  private func address(_ key: String) throws(ConnectorSetupError) -> URL {
    guard settings.urls[key] == nil else {
      return try SalesforceConnector.kind.address(key, of: settings)
    }
    if settings.urls["api_url"] == nil, flow.name == "authorization_code",
      let common = URL(string: "https://login.salesforce.com")
    {
      return common
    }
    return try apiAddress()
  }

  /// The page on which a person consents; the code comes back to `redirect`.
  package func authorizePage(
    redirect: String, state: String, challenge: String
  ) throws(ConnectorSetupError) -> URL {
    let asked = secret("scopes")
    let query: URLQuery = [
      "response_type": "code", "client_id": secret("client_id"), "redirect_uri": redirect,
      "scope": asked.isEmpty ? Self.scopes.joined(separator: " ") : asked, "state": state,
      "code_challenge": challenge, "code_challenge_method": "S256",
    ]
    let base = try address("login_url")
    do { return try base.endpoint("services", "oauth2", "authorize", query: query) } catch {
      throw ConnectorSetupError(
        system: settings.name, origin: settings.urls["login_url"]?.origin,
        message: "login_url is no usable address", remedy: "correct login_url")
    }
  }

  /// Where codes, assertions and refresh tokens are exchanged.
  package func tokenEndpoint() throws(ConnectorSetupError) -> TokenEndpoint {
    let base = try address("identity_url")
    let secret = settings.auth.secrets["client_secret"].map { Secret($0.reveal()) }
    return TokenEndpoint(
      url: base.appendingPathComponent("services").appendingPathComponent("oauth2")
        .appendingPathComponent("token"),
      clientID: self.secret("client_id"), clientSecret: secret, authentication: .form,
      exchange: environment.exchange, time: environment.time, redactor: environment.redactor,
      userAgent: environment.userAgent, keeping: [Self.addressKey])
  }

  func authorizer() throws(ConnectorSetupError) -> any Authorizer {
    let endpoint = try tokenEndpoint()
    let system = settings.name.rawValue
    let inner: any Authorizer
    let advice: String
    switch flow.name {
    case "jwt_bearer":
      let grant = try assertion(endpoint)
      inner = ClientCredentialsAuthorizer(
        system: system, endpoint: endpoint, store: environment.tokens, grant: grant)
      advice =
        "check client_id, username, the key against the app's certificate, the audience, and that"
        + " the user is pre-authorised for the app"
    case "client_credentials":
      inner = ClientCredentialsAuthorizer(
        system: system, endpoint: endpoint, scope: nil, store: environment.tokens)
      advice =
        "check client_id and client_secret, that the flow is switched on in the app, and that it"
        + " has a run-as user"
    default:
      inner = RefreshTokenAuthorizer(
        system: system, endpoint: endpoint, store: environment.tokens)
      advice = "sign in again: xerosync auth login \(system)"
    }
    return SalesforceAuthorizer(
      system: system, inner: inner, base: try apiAddress(), store: environment.tokens,
      addressKey: Self.addressKey, advice: advice)
  }

  /// What is sent instead of a password: a statement signed with the app's key, made anew each
  /// time.
  private func assertion(
    _ endpoint: TokenEndpoint
  ) throws(ConnectorSetupError) -> @Sendable (Int64) throws -> URLQuery {
    // A key from an environment variable may have its line breaks spelt out.
    let pem = secret("private_key").replacing("\\n", with: "\n")
    environment.redactor.register(Secret(pem))
    let key: _RSA.Signing.PrivateKey
    do { key = try _RSA.Signing.PrivateKey(pemRepresentation: pem) } catch {
      throw ConnectorSetupError(
        system: settings.name, origin: settings.auth.flow.origin ?? settings.origin,
        message: "auth.private_key is no RSA private key of 2048 bits or more in PEM form",
        remedy: "write the key's file, such as private_key: { file: ./secrets/salesforce.pem }")
    }
    let (client, user) = (secret("client_id"), secret("username"))
    let audience = secret("audience").isEmpty ? Self.audience(endpoint.url) : secret("audience")
    return { now in
      let assertion = try SalesforceAssertion(
        issuer: client, subject: user, audience: audience
      ).signed(with: key, now: now)
      return [
        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion,
      ]
    }
  }

  /// Sandboxes expect the address of their own log-in page.
  private static func audience(_ url: URL) -> String {
    let host = url.host?.lowercased() ?? ""
    let isSandbox = host.hasPrefix("test.") || host.contains(".sandbox.")
    return isSandbox ? "https://test.salesforce.com" : "https://login.salesforce.com"
  }
}
