package import Domain
package import Foundation
package import Transport

/// How a person or a program signs in to Pipedrive.
package struct PipedriveSignIn: Sendable {
  private let settings: ConnectionSettings
  private let environment: ConnectorEnvironment
  private let flow: ConnectorKind.Flow

  /// What the app in Pipedrive's developer hub must be allowed; they are set there, not asked for.
  package static let scopes = [
    "base", "deals:full", "contacts:full", "products:read", "activities:full", "users:read",
    "search:read", "deal-fields:full", "contact-fields:full",
  ]

  /// Reads the settings; nothing is sent.
  package init(
    _ settings: ConnectionSettings, in environment: ConnectorEnvironment
  ) throws(ConnectorSetupError) {
    self.settings = settings
    self.environment = environment
    flow = try PipedriveConnector.kind.flow(of: settings)
  }

  var isToken: Bool { flow.name == "token" }

  /// The page on which a person consents; the code comes back to `redirect`.
  package func authorizePage(
    redirect: String, state: String
  ) throws(ConnectorSetupError) -> URL {
    let base = try PipedriveConnector.kind.address("login_url", of: settings)
    let query: URLQuery = [
      "client_id": settings.auth.secrets["client_id"]?.reveal() ?? "", "redirect_uri": redirect,
      "state": state,
    ]
    do { return try base.endpoint("oauth", "authorize", query: query) } catch {
      throw ConnectorSetupError(
        system: settings.name, origin: settings.urls["login_url"]?.origin,
        message: "login_url is no usable address", remedy: "correct login_url")
    }
  }

  /// Where codes and refresh tokens are exchanged. No slash at its end: that form redirects and
  /// loses what was sent.
  package func tokenEndpoint() throws(ConnectorSetupError) -> TokenEndpoint {
    let base = try PipedriveConnector.kind.address("identity_url", of: settings)
    return TokenEndpoint(
      url: base.appendingPathComponent("oauth").appendingPathComponent("token"),
      clientID: settings.auth.secrets["client_id"]?.reveal() ?? "",
      clientSecret: settings.auth.secrets["client_secret"].map { Secret($0.reveal()) },
      authentication: .basic, exchange: environment.exchange, time: environment.time,
      redactor: environment.redactor, userAgent: environment.userAgent, keeping: [Self.domainKey])
  }

  private static let domainKey = "api_domain"

  /// The configured address; else the one the token answer named, if it is Pipedrive's; else the
  /// common one.
  func apiAddress() throws(ConnectorSetupError) -> URL {
    let common = try PipedriveConnector.kind.address("api_url", of: settings)
    guard !isToken, settings.urls["api_url"] == nil else { return common }
    let stored = try? environment.tokens.load(settings.name.rawValue)
    guard let text = stored?.details[Self.domainKey], let url = URL(string: text),
      url.scheme == "https", let host = url.host?.lowercased(),
      host.hasSuffix(".pipedrive.com"), Transport.Origin(url) != nil
    else { return common }
    return url
  }

  func authorizer() throws(ConnectorSetupError) -> any Authorizer {
    guard isToken else {
      return RefreshTokenAuthorizer(
        system: settings.name.rawValue, endpoint: try tokenEndpoint(),
        store: environment.tokens)
    }
    let token = settings.auth.secrets["access_token"]?.reveal() ?? ""
    guard token.utf8.allSatisfy({ (33...126).contains($0) }) else {
      throw ConnectorSetupError(
        system: settings.name, origin: settings.auth.flow.origin ?? settings.origin,
        message: "auth.access_token holds spaces or other characters no token has",
        remedy: "copy the API token again, without spaces and line breaks")
    }
    return StaticTokenAuthorizer(
      system: settings.name.rawValue, headers: ["x-api-token": Secret(token)],
      redactor: environment.redactor)
  }
}
