import Foundation

/// The vendor's sign-in: consents, codes, access tokens for an hour, refresh tokens that rotate
/// and end for good five years after the consent.
struct QuickBooksIdentity: Sendable {
  /// The one accepted client; nil accepts any id and secret.
  var credentials: (id: String, secret: String)?
  /// How long a replaced refresh token goes on working; the vendor promises nothing.
  var graceSeconds: Int64 = 86_400
  private var counter = 0
  private var consents: [Consent] = []
  private var codes: [String: Code] = [:]
  private var access: [String: (consent: Int, expires: SandboxTime)] = [:]
  private var refresh: [String: Refresh] = [:]

  static let accessSeconds: Int64 = 3600
  static let refreshSeconds: Int64 = 100 * 86_400
  static let consentSeconds: Int64 = 5 * 365 * 86_400

  private struct Consent: Sendable {
    var client: String
    var realm: String
    var given: SandboxTime
    var isRevoked = false
  }

  private struct Code: Sendable {
    var client: String
    var redirect: String
    var realm: String
    var expires: SandboxTime
  }

  private struct Refresh: Sendable {
    var consent: Int
    var used: SandboxTime
    var replaced: SandboxTime?
  }

  /// The company a bearer token is for; nil when it is not good.
  func realm(bearer: String?, at now: SandboxTime) -> String? {
    guard let bearer, let token = access[bearer], token.expires > now,
      !consents[token.consent].isRevoked
    else { return nil }
    return consents[token.consent].realm
  }

  mutating func expireAccessTokens(at now: SandboxTime) {
    for token in access.keys { access[token]?.expires = now.advanced(seconds: -1) }
  }

  mutating func revokeAll() {
    for index in consents.indices { consents[index].isRevoked = true }
  }

  /// A refresh token that is known beforehand, for configurations that are printed.
  mutating func seed(_ token: String, realm: String, at now: SandboxTime) {
    consents.append(Consent(client: "", realm: realm, given: now))
    refresh[token] = Refresh(consent: consents.count - 1, used: now)
  }

  /// A consent given without a browser; answers like the token endpoint.
  mutating func consent(_ client: String, realm: String, at now: SandboxTime) -> JSONValue {
    consents.append(Consent(client: client, realm: realm, given: now))
    return issue(consents.count - 1, tellsEnd: true, at: now)
  }

  /// Consents at once and sends the browser back with a code and the company's id.
  mutating func authorize(
    _ request: SandboxRequest, realm: String, at now: SandboxTime
  ) -> SandboxResponse {
    let redirect = request.queryValue("redirect_uri") ?? ""
    guard redirect.hasPrefix("https://") || redirect.hasPrefix("http://localhost") else {
      return .html("The redirect_uri query parameter value is invalid", status: 400)
    }
    let client = request.queryValue("client_id") ?? ""
    guard !client.isEmpty, credentials == nil || credentials?.id == client,
      request.queryValue("response_type") == "code"
    else { return .html("Uh oh, there's a connection problem", status: 400) }
    guard request.queryValue("scope")?.contains("com.intuit.quickbooks.accounting") == true,
      let state = request.queryValue("state"), !state.isEmpty
    else { return .html("The scope or state query parameter is missing", status: 400) }
    let code = word("code")
    codes[code] = Code(
      client: client, redirect: redirect, realm: realm, expires: now.advanced(seconds: 600))
    let mark = redirect.contains("?") ? "&" : "?"
    let escaped = state.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    let target = "\(redirect)\(mark)code=\(code)&state=\(escaped)&realmId=\(realm)"
    return SandboxResponse(
      status: 302, headers: [SandboxResponse.Header(name: "Location", value: target)])
  }

  mutating func token(_ request: SandboxRequest, at now: SandboxTime) -> SandboxResponse {
    guard let client = client(request) else {
      return .json(["error": "invalid_client"], status: 401)
    }
    let form = request.formFields
    let tellsEnd = request.headers["x-include-refresh-token-hard-expires-in"] == "true"
    switch form["grant_type"] {
    case "authorization_code":
      guard let code = codes.removeValue(forKey: form["code"] ?? ""), code.client == client,
        code.redirect == form["redirect_uri"], code.expires > now
      else { return Self.refused("invalid_grant") }
      consents.append(Consent(client: client, realm: code.realm, given: now))
      return .json(issue(consents.count - 1, tellsEnd: tellsEnd, at: now))
    case "refresh_token":
      guard let consent = usable(form["refresh_token"] ?? "", client, at: now) else {
        return Self.refused("invalid_grant")
      }
      for (other, held) in refresh where held.consent == consent && held.replaced == nil {
        refresh[other]?.replaced = now
      }
      return .json(issue(consent, tellsEnd: tellsEnd, at: now))
    default: return Self.refused("unsupported_grant_type")
    }
  }

  private func usable(_ token: String, _ client: String, at now: SandboxTime) -> Int? {
    guard let held = refresh[token] else { return nil }
    let consent = consents[held.consent]
    guard consent.client.isEmpty || consent.client == client, !consent.isRevoked,
      now < held.used.advanced(seconds: Self.refreshSeconds),
      now < consent.given.advanced(seconds: Self.consentSeconds)
    else { return nil }
    if let replaced = held.replaced, now >= replaced.advanced(seconds: graceSeconds) { return nil }
    return held.consent
  }

  mutating func revoke(_ request: SandboxRequest) -> SandboxResponse {
    guard client(request) != nil else { return .json(["error": "invalid_client"], status: 401) }
    let token = (try? JSONValue.parse(request.body))?["token"]?.string ?? ""
    if let consent = refresh[token]?.consent ?? access[token]?.consent {
      consents[consent].isRevoked = true
    }
    return SandboxResponse(status: 200)
  }

  private mutating func issue(
    _ consent: Int, tellsEnd: Bool, at now: SandboxTime
  ) -> JSONValue {
    let bearer = word("access")
    let renewing = word("refresh")
    access[bearer] = (consent, now.advanced(seconds: Self.accessSeconds))
    refresh[renewing] = Refresh(consent: consent, used: now)
    var answer: JSONValue.Object = [
      "token_type": "bearer", "access_token": .string(bearer),
      "expires_in": .integer(Self.accessSeconds), "refresh_token": .string(renewing),
      "x_refresh_token_expires_in": .integer(Self.refreshSeconds),
    ]
    if tellsEnd {
      let end = consents[consent].given.advanced(seconds: Self.consentSeconds)
      answer["x_refresh_token_hard_expires_in"] = .integer(
        (end.milliseconds - now.milliseconds) / 1000)
    }
    return .object(answer)
  }

  /// HTTP Basic, always with a secret.
  private func client(_ request: SandboxRequest) -> String? {
    let words = (request.headers["authorization"] ?? "").split(separator: " ").map(String.init)
    guard words.count == 2, words[0].lowercased() == "basic",
      let data = Data(base64Encoded: words[1])
    else { return nil }
    let halves = String(decoding: data, as: UTF8.self).split(
      separator: ":", maxSplits: 1, omittingEmptySubsequences: false
    ).map { String($0).removingPercentEncoding ?? String($0) }
    guard halves.count == 2, !halves[0].isEmpty, !halves[1].isEmpty else { return nil }
    if let credentials, credentials != (halves[0], halves[1]) { return nil }
    return halves[0]
  }

  private static func refused(_ word: String) -> SandboxResponse {
    .json(["error": .string(word)], status: 400)
  }

  private mutating func word(_ kind: String) -> String {
    counter += 1
    return "sandbox-quickbooks-\(kind)-\(counter)"
  }
}
