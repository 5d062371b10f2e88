/// What is kept of one system's sign-in. Times are milliseconds since 1970 UTC.
///
/// A rotating refresh token is renewed in steps, each durable before the next:
/// settled(old) → refreshing(old) → renewed(new, old) → settled(new).
package struct StoredToken: Sendable, Hashable {
  /// nil: only a refresh token is known.
  package var accessToken: Secret?
  /// When the access token lapses; nil: the server did not say, it is used until refused.
  package var expiresAt: Int64?
  /// nil: a grant without one (client credentials).
  package var refreshToken: Secret?
  /// The refresh token being or just replaced; nil: settled.
  package var pendingOldRefreshToken: Secret?
  /// When the refresh token lapses unused; nil: not said.
  package var refreshExpiresAt: Int64?
  package var scopes: [String]
  /// The tenant or account this sign-in is for, set by the connector; nil: not chosen yet.
  package var pin: String?
  /// Other facts of the token answer that the connector asked to keep (`api_domain`, …).
  package var details: [String: String]
  /// When the access token was obtained; nil: imported without.
  package var obtainedAt: Int64?

  package init(
    accessToken: Secret? = nil, expiresAt: Int64? = nil, refreshToken: Secret? = nil,
    pendingOldRefreshToken: Secret? = nil, refreshExpiresAt: Int64? = nil, scopes: [String] = [],
    pin: String? = nil, details: [String: String] = [:], obtainedAt: Int64? = nil
  ) {
    self.accessToken = accessToken
    self.expiresAt = expiresAt
    self.refreshToken = refreshToken
    self.pendingOldRefreshToken = pendingOldRefreshToken
    self.refreshExpiresAt = refreshExpiresAt
    self.scopes = scopes
    self.pin = pin
    self.details = details
    self.obtainedAt = obtainedAt
  }

  static let consentEnd = "consent_expires_at"

  /// When the consent itself ends, however often it is renewed; nil: not said.
  package var consentExpiresAt: Int64? { details[Self.consentEnd].flatMap(Int64.init) }

  /// Where a rotation stands.
  package enum Rotation: Sendable, Hashable {
    case settled
    /// A refresh was begun and its answer is not known: the same token is tried again.
    case refreshing
    /// The new token is stored, the old one not yet dropped.
    case renewed
  }

  package var rotation: Rotation {
    guard let pendingOldRefreshToken else { return .settled }
    return pendingOldRefreshToken == refreshToken ? .refreshing : .renewed
  }

  /// The access token, unless four fifths of its life are over or the clock makes no sense.
  package func usableAccessToken(at now: Int64) -> Secret? {
    guard let accessToken, !accessToken.isEmpty else { return nil }
    guard let expiresAt else { return accessToken }
    let tolerance: Int64 = 300_000
    guard let obtainedAt else { return now + tolerance < expiresAt ? accessToken : nil }
    guard now >= obtainedAt - tolerance else { return nil }
    return now < obtainedAt + (expiresAt - obtainedAt) * 4 / 5 ? accessToken : nil
  }

  var secrets: [Secret] {
    [accessToken, refreshToken, pendingOldRefreshToken].compactMap { $0 }
  }
}
