import Domain

/// What is stored for one system. Never the tokens themselves.
struct SignInState: Encodable {
  var system: SystemName
  var flow: String
  /// The flow needs a person once, and nobody has signed in.
  var needsSignIn: Bool
  var accessTokenExpires: Instant?
  /// When the sign-in lapses unless it is used; nil: the system does not say.
  var signInExpires: Instant?
  /// When a person must consent again, however often it is used; nil: never, or not said.
  var consentExpires: Instant?
  var scopes: [String]
  /// The organisation or account it is pinned to.
  var account: String?

  enum CodingKeys: String, CodingKey {
    case system, flow, scopes, account
    case needsSignIn = "needs_sign_in"
    case accessTokenExpires = "access_token_expires"
    case signInExpires = "sign_in_expires"
    case consentExpires = "consent_expires"
  }

  func words(at now: Instant) -> String {
    if needsSignIn { return "not signed in: xerosync auth login \(system)" }
    var parts: [String] = []
    if let account { parts.append("account \(account)") }
    if let signInExpires {
      parts.append("sign-in lapses \(signInExpires) unless used")
    } else if let accessTokenExpires {
      parts.append(
        accessTokenExpires < now
          ? "access token lapsed, renewed at the next pass"
          : "access token until \(accessTokenExpires)")
    }
    if let consentExpires { parts.append("a person must sign in again by \(consentExpires)") }
    if !scopes.isEmpty { parts.append("may: \(scopes.joined(separator: " "))") }
    return parts.isEmpty ? "ready" : parts.joined(separator: "; ")
  }
}
