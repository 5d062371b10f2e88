package import Domain
package import Foundation
package import Transport

/// A sign-in with a browser: where the person goes, and where the code is exchanged.
package struct ConnectorSignIn: Sendable {
  package var tokenEndpoint: TokenEndpoint
  /// The parameter of the redirect that names the account the person chose; nil: none does.
  package var accountParameter: String?
  /// The consent page for a redirect address, a state and an S256 code challenge. The challenge
  /// is left out where the system has no such thing; the verifier may be sent all the same.
  package var authorizePage:
    @Sendable (_ redirect: String, _ state: String, _ challenge: String)
      throws(ConnectorSetupError) -> URL

  package init(
    tokenEndpoint: TokenEndpoint,
    authorizePage: @escaping @Sendable (String, String, String) throws(ConnectorSetupError) -> URL
  ) {
    self.tokenEndpoint = tokenEndpoint
    self.authorizePage = authorizePage
  }
}

extension ConnectorRegistry {
  /// How a person signs in with a browser; nil for flows that need no person.
  ///
  /// - Throws: `ConnectorSetupError` for a kind without connector or settings it cannot use.
  package static func signIn(
    settings: ConnectionSettings, environment: ConnectorEnvironment
  ) throws(ConnectorSetupError) -> ConnectorSignIn? {
    guard settings.auth.flow.value == "authorization_code" else { return nil }
    switch settings.kind.value {
    case XeroConnector.kind.kind:
      let xero = try XeroSignIn(settings, in: environment)
      return ConnectorSignIn(tokenEndpoint: try xero.tokenEndpoint()) {
        (redirect, state, challenge) throws(ConnectorSetupError) in
        try xero.authorizePage(redirect: redirect, state: state, challenge: challenge)
      }
    case HubSpotConnector.kind.kind:
      return ConnectorSignIn(
        tokenEndpoint: try HubSpotSignIn.tokenEndpoint(settings, in: environment)
      ) { (redirect, state, _) throws(ConnectorSetupError) in
        try HubSpotSignIn.authorizePage(settings, redirect: redirect, state: state)
      }
    case PipedriveConnector.kind.kind:
      let pipedrive = try PipedriveSignIn(settings, in: environment)
      return ConnectorSignIn(tokenEndpoint: try pipedrive.tokenEndpoint()) {
        (redirect, state, _) throws(ConnectorSetupError) in
        try pipedrive.authorizePage(redirect: redirect, state: state)
      }
    case ZohoConnector.kind.kind:
      let zoho = try ZohoSignIn(settings, in: environment)
      return ConnectorSignIn(tokenEndpoint: try zoho.tokenEndpoint()) {
        (redirect, state, _) throws(ConnectorSetupError) in
        try zoho.authorizePage(redirect: redirect, state: state)
      }
    case SalesforceConnector.kind.kind:
      let salesforce = try SalesforceSignIn(settings, in: environment)
      return ConnectorSignIn(tokenEndpoint: try salesforce.tokenEndpoint()) {
        (redirect, state, challenge) throws(ConnectorSetupError) in
        try salesforce.authorizePage(redirect: redirect, state: state, challenge: challenge)
      }
    case RestConnector.kind.kind:
      let rest = try RestSignIn(settings, in: environment)
      return ConnectorSignIn(tokenEndpoint: try rest.tokenEndpoint()) {
        (redirect, state, challenge) throws(ConnectorSetupError) in
        try rest.authorizePage(redirect: redirect, state: state, challenge: challenge)
      }
    case QuickBooksConnector.kind.kind:
      let quickBooks = try QuickBooksSignIn(settings, in: environment)
      var signIn = ConnectorSignIn(tokenEndpoint: try quickBooks.tokenEndpoint()) {
        (redirect, state, _) throws(ConnectorSetupError) in
        try quickBooks.authorizePage(redirect: redirect, state: state)
      }
      signIn.accountParameter = QuickBooksSignIn.companyParameter
      return signIn
    default: throw unknown(settings, known: accountingKinds + crmKinds)
    }
  }
}

extension ConnectorRegistry {
  /// The permissions without which a sign-in is of no use, in the vendor's words; empty where the
  /// system has none, or for a kind that does not tell.
  package static func neededScopes(of settings: ConnectionSettings) -> [String] {
    switch settings.kind.value {
    case XeroConnector.kind.kind: XeroSignIn.scopes
    case HubSpotConnector.kind.kind: HubSpotSignIn.scopes
    default: []
    }
  }
}
