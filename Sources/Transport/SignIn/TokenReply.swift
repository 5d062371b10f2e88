import Foundation

/// A token endpoint's answer, as loosely as the vendors write it.
struct TokenReply: Decodable {
  var error: String?
  private var accessToken: String?
  private var refreshToken: String?
  private var expiresIn: Int64?
  private var refreshExpiresIn: Int64?
  private var consentExpiresIn: Int64?
  private var scopes: [String] = []
  private var texts: [String: String] = [:]

  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    for key in fields.allKeys {
      if let text = try? fields.decode(String.self, forKey: key) { texts[key.stringValue] = text }
    }
    error = texts["error"]
    accessToken = texts["access_token"]
    refreshToken = texts["refresh_token"]
    expiresIn = Self.seconds("expires_in", in: fields)
    refreshExpiresIn = Self.seconds("x_refresh_token_expires_in", in: fields)
    consentExpiresIn = Self.seconds("x_refresh_token_hard_expires_in", in: fields)
    let list = try? fields.decode([String].self, forKey: Key(stringValue: "scopes"))
    let text = texts["scope"] ?? ""
    scopes = list ?? text.split { $0 == " " || $0 == "," }.map(String.init)
  }

  /// A number, or a number in quotes; nil where absent, not positive or beyond a century.
  private static func seconds(_ name: String, in fields: KeyedDecodingContainer<Key>) -> Int64? {
    let key = Key(stringValue: name)
    let number =
      (try? fields.decode(Int64.self, forKey: key))
      ?? (try? fields.decode(String.self, forKey: key)).flatMap(Int64.init)
    guard let number, number > 0, number < 3_200_000_000 else { return nil }
    return number
  }

  /// nil where the answer carries no access token.
  func token(at now: Int64, keeping: [String]) -> StoredToken? {
    guard let accessToken, !accessToken.isEmpty else { return nil }
    var details = texts.filter { keeping.contains($0.key) }
    if let consentExpiresIn {
      details[StoredToken.consentEnd] = String(now + consentExpiresIn * 1000)
    }
    return StoredToken(
      accessToken: Secret(accessToken),
      expiresAt: expiresIn.map { now + $0 * 1000 },
      refreshToken: refreshToken.flatMap { $0.isEmpty ? nil : Secret($0) },
      refreshExpiresAt: refreshExpiresIn.map { now + $0 * 1000 },
      scopes: scopes,
      details: details,
      obtainedAt: now)
  }
}
