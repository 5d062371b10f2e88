package import Domain
package import Foundation
package import Transport

/// How one signs in to QuickBooks Online.
package struct QuickBooksSignIn: Sendable {
  private let settings: ConnectionSettings
  private let environment: ConnectorEnvironment

  /// What the configuration of a QuickBooks connection holds.
  package static let kind = ConnectorKind(
    "quickbooks",
    flows: [
      .init(
        "authorization_code", required: ["client_id", "client_secret"],
        optional: ["redirect_uri"])
    ],
    urls: [
      "api_url": "https://quickbooks.api.intuit.com",
      "identity_url": "https://oauth.platform.intuit.com",
      "login_url": "https://appcenter.intuit.com",
    ],
    optionalKeys: ["scopes", "timezone", "default_item"],
    choosesOrganisation: true)

  /// QuickBooks knows no narrower permission.
  package static let scope = "com.intuit.quickbooks.accounting"

  /// The parameter of the redirect that names the company the person chose.
  package static let companyParameter = "realmId"

  package init(
    _ settings: ConnectionSettings, in environment: ConnectorEnvironment
  ) throws(ConnectorSetupError) {
    self.settings = settings
    self.environment = environment
    _ = try Self.kind.flow(of: settings)
  }

  /// The page on which a person consents and chooses the company. QuickBooks documents no code
  /// challenge: the client secret protects the code.
  package func authorizePage(
    redirect: String, state: String
  ) throws(ConnectorSetupError) -> URL {
    let own = settings.options["scopes"]?.value ?? ""
    let query: URLQuery = [
      "client_id": settings.auth.secrets["client_id"]?.reveal() ?? "", "response_type": "code",
      "scope": own.isEmpty ? Self.scope : own, "redirect_uri": redirect, "state": state,
    ]
    return try endpoint("login_url", ["connect", "oauth2"], query)
  }

  /// Where codes and refresh tokens become access tokens. The header asks for the day on which
  /// the consent ends for good.
  package func tokenEndpoint() throws(ConnectorSetupError) -> TokenEndpoint {
    var endpoint = TokenEndpoint(
      url: try endpoint("identity_url", ["oauth2", "v1", "tokens", "bearer"], [:]),
      clientID: settings.auth.secrets["client_id"]?.reveal() ?? "",
      clientSecret: Secret(settings.auth.secrets["client_secret"]?.reveal() ?? ""),
      authentication: .basic, exchange: environment.exchange, time: environment.time,
      redactor: environment.redactor, userAgent: environment.userAgent)
    endpoint.headers = ["x-include-refresh-token-hard-expires-in": "true"]
    return endpoint
  }

  func authorizer() throws(ConnectorSetupError) -> any Authorizer {
    RefreshTokenAuthorizer(
      system: settings.name.rawValue, endpoint: try tokenEndpoint(), store: environment.tokens)
  }

  private func endpoint(
    _ key: String, _ path: [String], _ query: URLQuery
  ) throws(ConnectorSetupError) -> URL {
    var url = try Self.kind.address(key, of: settings)
    do {
      for segment in path.dropLast() { url = try url.endpoint(segment) }
      return try url.endpoint(path.last ?? "", query: query)
    } catch {
      throw ConnectorSetupError(
        system: settings.name, origin: Self.kind.url(key, of: settings)?.origin,
        message: "\(key) is no usable address",
        remedy: "write it as https://host, or leave it out")
    }
  }
}
