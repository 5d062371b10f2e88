package import Domain
package import Foundation
package import Transport

/// How a person or a program signs in to HubSpot.
package struct HubSpotSignIn: Sendable {
  private let settings: ConnectionSettings
  private let environment: ConnectorEnvironment
  private let flow: ConnectorKind.Flow

  /// What the app is asked to be allowed.
  package static let scopes = [
    "oauth", "crm.objects.deals.read", "crm.objects.deals.write", "crm.objects.companies.read",
    "crm.objects.companies.write", "crm.objects.contacts.read", "crm.objects.contacts.write",
    "crm.objects.line_items.read", "crm.objects.owners.read", "crm.schemas.deals.read",
  ]

  /// What it works without: names of tax rates, and `doctor --fix`.
  package static let optionalScopes = [
    "tax_rates.read", "crm.schemas.deals.write", "crm.schemas.companies.write",
    "crm.schemas.contacts.write",
  ]

  /// Reads the settings; nothing is sent.
  package init(
    _ settings: ConnectionSettings, in environment: ConnectorEnvironment
  ) throws(ConnectorSetupError) {
    self.settings = settings
    self.environment = environment
    flow = try HubSpotConnector.kind.flow(of: settings)
  }

  /// The page on which a person consents; the code comes back to `redirect`.
  package func authorizePage(
    redirect: String, state: String
  ) throws(ConnectorSetupError) -> URL {
    try Self.page(settings, redirect: redirect, state: state)
  }

  private static func page(
    _ settings: ConnectionSettings, redirect: String, state: String
  ) throws(ConnectorSetupError) -> URL {
    let base = try HubSpotConnector.kind.address("login_url", of: settings)
    let query: URLQuery = [
      "client_id": settings.auth.secrets["client_id"]?.reveal() ?? "", "redirect_uri": redirect,
      "scope": scopes.joined(separator: " "),
      "optional_scope": optionalScopes.joined(separator: " "), "state": state,
    ]
    do { return try base.endpoint("oauth", "authorize", query: query) } catch {
      throw ConnectorSetupError(
        system: settings.name, origin: settings.urls["login_url"]?.origin,
        message: "login_url is no usable address", remedy: "correct login_url")
    }
  }

  /// Where codes and refresh tokens are exchanged. Everything goes in the body.
  package func tokenEndpoint() throws(ConnectorSetupError) -> TokenEndpoint {
    let key = settings.urls["identity_url"] == nil ? "api_url" : "identity_url"
    let base = try HubSpotConnector.kind.address(key, of: settings)
    let edition = try HubSpotConnector.edition(of: settings)
    return TokenEndpoint(
      url: edition.path(.token).reduce(base) { $0.appendingPathComponent($1) },
      clientID: settings.auth.secrets["client_id"]?.reveal() ?? "",
      clientSecret: settings.auth.secrets["client_secret"].map { Secret($0.reveal()) },
      authentication: .form, exchange: environment.exchange, time: environment.time,
      redactor: environment.redactor, userAgent: environment.userAgent)
  }

  func authorizer() throws(ConnectorSetupError) -> any Authorizer {
    guard flow.name == "token" else {
      return RefreshTokenAuthorizer(
        system: settings.name.rawValue, endpoint: try tokenEndpoint(),
        store: environment.tokens)
    }
    let token = settings.auth.secrets["access_token"]?.reveal() ?? ""
    // A token with a stray line break is answered with a web page, which explains nothing.
    guard token.utf8.allSatisfy({ (33...126).contains($0) }) else {
      throw ConnectorSetupError(
        system: settings.name, origin: settings.auth.flow.origin ?? settings.origin,
        message: "auth.access_token holds spaces or other characters no token has",
        remedy: "copy the token again, without spaces and line breaks")
    }
    return StaticTokenAuthorizer(
      system: settings.name.rawValue, secret: Secret(token), header: .bearer,
      redactor: environment.redactor)
  }
}

extension HubSpotSignIn {
  /// `tokenEndpoint` of these settings.
  package static func tokenEndpoint(
    _ settings: ConnectionSettings, in environment: ConnectorEnvironment
  ) throws(ConnectorSetupError) -> TokenEndpoint {
    try HubSpotSignIn(settings, in: environment).tokenEndpoint()
  }

  /// `authorizePage` of these settings.
  package static func authorizePage(
    _ settings: ConnectionSettings, redirect: String, state: String
  ) throws(ConnectorSetupError) -> URL {
    try page(settings, redirect: redirect, state: state)
  }
}
