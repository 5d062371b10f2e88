package import Domain
package import Foundation
package import Transport

/// How one signs in to Xero, and with which permissions.
package struct XeroSignIn: Sendable {
  private let settings: ConnectionSettings
  private let environment: ConnectorEnvironment
  private let flow: ConnectorKind.Flow

  /// What the configuration of a Xero connection holds.
  package static let kind = ConnectorKind(
    "xero",
    flows: [
      .init(
        "authorization_code", required: ["client_id"],
        optional: ["client_secret", "redirect_uri"]),
      .init("client_credentials", required: ["client_id", "client_secret"]),
    ],
    urls: [
      "api_url": "https://api.xero.com",
      "identity_url": "https://identity.xero.com",
      "login_url": "https://login.xero.com",
    ],
    optionalKeys: ["scopes", "timezone"],
    choosesOrganisation: true)

  /// The fewest permissions that do the work; sales invoices cannot be had without bills.
  package static let scopes = [
    "accounting.invoices", "accounting.payments.read", "accounting.contacts",
    "accounting.settings.read",
  ]

  package init(
    _ settings: ConnectionSettings, in environment: ConnectorEnvironment
  ) throws(ConnectorSetupError) {
    self.settings = settings
    self.environment = environment
    flow = try Self.kind.flow(of: settings)
  }

  /// The scopes to ask for, in one string.
  package var scope: String {
    if let own = settings.options["scopes"]?.value, !own.isEmpty { return own }
    let durable = flow.name == "authorization_code" ? ["offline_access"] : []
    return (durable + Self.scopes).joined(separator: " ")
  }

  /// The page on which a person consents; the code comes back to `redirect`. `challenge` is the
  /// S256 of the verifier that goes to the token endpoint with the code.
  package func authorizePage(
    redirect: String, state: String, challenge: String
  ) throws(ConnectorSetupError) -> URL {
    let query: URLQuery = [
      "response_type": "code", "client_id": settings.auth.secrets["client_id"]?.reveal() ?? "",
      "redirect_uri": redirect, "scope": scope, "state": state, "code_challenge": challenge,
      "code_challenge_method": "S256",
    ]
    let login = try address("login_url")
    guard let url = try? login.endpoint("identity", "connect", "authorize", query: query) else {
      throw badAddress("login_url")
    }
    return url
  }

  /// Where codes and refresh tokens become access tokens.
  package func tokenEndpoint() throws(ConnectorSetupError) -> TokenEndpoint {
    let secret = settings.auth.secrets["client_secret"]?.reveal() ?? ""
    return TokenEndpoint(
      url: try identityAddress("token"),
      clientID: settings.auth.secrets["client_id"]?.reveal() ?? "",
      clientSecret: secret.isEmpty ? nil : Secret(secret),
      authentication: secret.isEmpty ? .form : .basic, exchange: environment.exchange,
      time: environment.time, redactor: environment.redactor, userAgent: environment.userAgent)
  }

  /// Where a refresh token is given back.
  package func revocationAddress() throws(ConnectorSetupError) -> URL {
    try identityAddress("revocation")
  }

  private func identityAddress(_ word: String) throws(ConnectorSetupError) -> URL {
    let identity = try address("identity_url")
    guard let url = try? identity.endpoint("connect", word) else {
      throw badAddress("identity_url")
    }
    return url
  }

  func authorizer() throws(ConnectorSetupError) -> any Authorizer {
    let endpoint = try tokenEndpoint()
    if flow.name == "client_credentials" {
      return ClientCredentialsAuthorizer(
        system: settings.name.rawValue, endpoint: endpoint, scope: scope,
        store: environment.tokens)
    }
    return RefreshTokenAuthorizer(
      system: settings.name.rawValue, endpoint: endpoint, store: environment.tokens)
  }

  /// A base address of the configuration: https, or this machine.
  func address(_ key: String) throws(ConnectorSetupError) -> URL {
    guard let written = Self.kind.url(key, of: settings), let url = URL(string: written.value),
      Transport.Origin(url) != nil
    else { throw badAddress(key) }
    return url
  }

  func badAddress(_ key: String) -> ConnectorSetupError {
    let written = Self.kind.url(key, of: settings)
    return ConnectorSetupError(
      system: settings.name, origin: written?.origin ?? settings.origin,
      message: "\(key) is not a usable address",
      remedy: "write an https address without user and password, or leave it out")
  }
}
