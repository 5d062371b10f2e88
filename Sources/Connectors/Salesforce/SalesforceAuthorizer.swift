import Crypto
import CryptoExtras
import Foundation
import Transport

/// A statement of who signs in, as the JWT bearer flow takes it.
struct SalesforceAssertion {
  var issuer: String
  var subject: String
  var audience: String

  /// Three minutes: the most the vendor takes is five, and clocks differ.
  private static let life: Int64 = 180

  func signed(with key: _RSA.Signing.PrivateKey, now: Int64) throws -> String {
    let header = OutgoingJSON.fields([("alg", .text("RS256")), ("typ", .text("JWT"))])
    let claims = OutgoingJSON.fields([
      ("iss", .text(issuer)), ("sub", .text(subject)), ("aud", .text(audience)),
      ("exp", .integer(Int(now / 1000 + Self.life))),
    ])
    let text = Self.encoded(header.data) + "." + Self.encoded(claims.data)
    let signature = try key.signature(
      for: SHA256.hash(data: Data(text.utf8)), padding: .insecurePKCS1v1_5)
    return text + "." + Self.encoded(signature.rawRepresentation)
  }

  private static func encoded(_ data: Data) -> String {
    data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
  }
}

/// Any of the sign-ins, with two things of Salesforce's own: a token of another organisation is
/// never sent to this one, and a refusal says what to look at.
actor SalesforceAuthorizer: Authorizer {
  private let system: String
  private let inner: any Authorizer
  private let base: URL
  private let store: TokenStore
  private let addressKey: String
  private let advice: String
  /// The headers whose token was found to be of this organisation.
  private var checked: [String: String]?

  init(
    system: String, inner: any Authorizer, base: URL, store: TokenStore, addressKey: String,
    advice: String
  ) {
    self.system = system
    self.inner = inner
    self.base = base
    self.store = store
    self.addressKey = addressKey
    self.advice = advice
  }

  func headers() async throws(RemoteError) -> [String: String] {
    let headers: [String: String]
    do { headers = try await inner.headers() } catch { throw advised(error) }
    return try own(headers)
  }

  func refreshed(after rejected: [String: String]) async throws(RemoteError) -> [String: String] {
    let headers: [String: String]
    do { headers = try await inner.refreshed(after: rejected) } catch { throw advised(error) }
    return try own(headers)
  }

  func accepted(_ headers: [String: String]) async { await inner.accepted(headers) }

  private func advised(_ error: RemoteError) -> RemoteError {
    guard case .signInNeeded(let reason) = error, !reason.contains("auth login") else {
      return error
    }
    return .signInNeeded(reason: "\(reason); \(advice)")
  }

  private func own(_ headers: [String: String]) throws(RemoteError) -> [String: String] {
    guard headers != checked else { return headers }
    let stored = try? store.load(system)
    if let told = stored?.details[addressKey], let url = URL(string: told), !isOwn(url) {
      throw .signInNeeded(
        reason: "this sign-in is for \(url.host ?? "another organisation"), but api_url of"
          + " \(system) says \(base.host ?? "another"): write the organisation's own address (Setup,"
          + " My Domain) as api_url, or sign in to the other organisation")
    }
    checked = headers
    return headers
  }

  /// On this machine ports may differ: a sandbox stands behind a relay.
  private func isOwn(_ url: URL) -> Bool {
    guard let told = Origin(url), let own = Origin(base) else { return false }
    return told == own || (own.scheme == "http" && told.host == own.host)
  }
}
