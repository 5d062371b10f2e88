package import Domain
package import Foundation
package import Transport

/// How a person or a program signs in to Zoho.
package struct ZohoSignIn: Sendable {
  private let settings: ConnectionSettings
  private let environment: ConnectorEnvironment
  private let flow: ConnectorKind.Flow
  private let centre: ZohoDataCentre

  /// What the sign-in must be allowed; Zoho parts them by commas.
  package static let scopes = [
    "ZohoCRM.modules.ALL", "ZohoCRM.settings.fields.ALL", "ZohoCRM.settings.related_lists.READ",
    "ZohoCRM.users.READ", "ZohoCRM.org.READ", "ZohoCRM.coql.READ",
  ]

  /// Reads the settings; nothing is sent.
  package init(
    _ settings: ConnectionSettings, in environment: ConnectorEnvironment
  ) throws(ConnectorSetupError) {
    self.settings = settings
    self.environment = environment
    flow = try ZohoConnector.kind.flow(of: settings)
    centre = try ZohoDataCentre(settings)
  }

  /// The page on which a person consents; the code comes back to `redirect`.
  package func authorizePage(
    redirect: String, state: String
  ) throws(ConnectorSetupError) -> URL {
    let base = try centre.address("login_url", of: settings)
    let chosen = settings.options["scopes"]?.value
      .split { $0 == " " || $0 == "," }.joined(separator: ",")
    let query: URLQuery = [
      "response_type": "code", "client_id": settings.auth.secrets["client_id"]?.reveal() ?? "",
      "scope": chosen ?? Self.scopes.joined(separator: ","), "redirect_uri": redirect,
      // Both are needed for a refresh token, at the second consent too.
      "access_type": "offline", "prompt": "consent", "state": state,
    ]
    do { return try base.endpoint("oauth", "v2", "auth", query: query) } catch {
      throw ConnectorSetupError(
        system: settings.name, origin: settings.urls["login_url"]?.origin,
        message: "login_url is no usable address", remedy: "correct login_url")
    }
  }

  /// Where codes and refresh tokens are exchanged.
  package func tokenEndpoint() throws(ConnectorSetupError) -> TokenEndpoint {
    let base = try centre.address("identity_url", of: settings)
    let url = ["oauth", "v2", "token"].reduce(base) { $0.appendingPathComponent($1) }
    return TokenEndpoint(
      url: url, clientID: settings.auth.secrets["client_id"]?.reveal() ?? "",
      clientSecret: settings.auth.secrets["client_secret"].map { Secret($0.reveal()) },
      authentication: .form, exchange: environment.exchange, time: environment.time,
      redactor: environment.redactor, userAgent: environment.userAgent,
      keeping: [Self.domainKey])
  }

  private static let domainKey = "api_domain"

  /// The configured address; else the one the token answer named, if it is one of Zoho's; else
  /// the data centre's.
  func apiAddress() throws(ConnectorSetupError) -> URL {
    let common = try centre.address("api_url", of: settings)
    guard settings.urls["api_url"] == nil else { return common }
    let stored = try? store().load(settings.name.rawValue)
    guard let text = stored?.details[Self.domainKey], let url = URL(string: text),
      ZohoDataCentre.isAPI(url)
    else { return common }
    return url
  }

  /// Few access tokens are issued in ten minutes, and the sixteenth ends the first: they are kept
  /// with the sign-in and used until they lapse, by every pass and every process.
  func authorizer() throws(ConnectorSetupError) -> any Authorizer {
    let renewing = RefreshTokenAuthorizer(
      system: settings.name.rawValue, endpoint: try tokenEndpoint(), store: store(),
      header: .scheme("Zoho-oauthtoken"))
    guard flow.name == "refresh_token" else { return renewing }
    return ZohoSelfClientAuthorizer(system: settings.name, inner: renewing)
  }

  private func store() -> TokenStore {
    guard flow.name == "refresh_token",
      let given = settings.auth.secrets["refresh_token"]?.reveal(), !given.isEmpty
    else { return environment.tokens }
    environment.redactor.register(Secret(given))
    return Self.seeded(environment.tokens, with: given)
  }

  /// The token store as if somebody had signed in with the configured refresh token. A token kept
  /// from another refresh token is forgotten: the configuration was changed.
  private static func seeded(_ store: TokenStore, with given: String) -> TokenStore {
    let key = "configured"
    let mark = StableHash.hex(["zoho", given])
    return TokenStore(
      load: { (system) throws(TokenStoreError) in
        if let kept = try store.load(system), kept.details[key] == mark { return kept }
        return StoredToken(refreshToken: Secret(given), details: [key: mark])
      }, save: store.save, remove: store.remove, lock: store.lock)
  }
}

/// A sign-in without a person: what is to be done when it lapses is another thing.
struct ZohoSelfClientAuthorizer: Authorizer {
  let system: SystemName
  let inner: RefreshTokenAuthorizer

  func headers() async throws(RemoteError) -> [String: String] {
    do { return try await inner.headers() } catch { throw Self.reworded(error, system) }
  }

  func refreshed(after rejected: [String: String]) async throws(RemoteError) -> [String: String] {
    do { return try await inner.refreshed(after: rejected) } catch {
      throw Self.reworded(error, system)
    }
  }

  func accepted(_ headers: [String: String]) async { await inner.accepted(headers) }

  static func reworded(_ error: RemoteError, _ system: SystemName) -> RemoteError {
    guard case .signInNeeded(let reason) = error else { return error }
    return .signInNeeded(
      reason: reason.replacing(
        "sign in again: xerosync auth login \(system)",
        with: "make a new refresh token in Zoho's API console and set auth.refresh_token of"
          + " \(system)"))
  }
}
