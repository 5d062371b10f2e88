import Crypto
import Foundation

/// The vendor's sign-in service: consents, codes, access tokens and rotating refresh tokens.
struct XeroIdentity: Sendable {
  /// The one accepted client; nil accepts any id and secret.
  var credentials: (id: String, secret: String)?
  /// Refuse the broad scopes, as for an app created after 2 March 2026.
  var granularOnly = false
  /// Using a dead refresh token ends the whole consent.
  var reuseRevokes = false
  private(set) var reusesSeen = 0
  private var ids: XeroIDSource
  private var codes: [String: Code] = [:]
  private var grants: [XeroID: Grant] = [:]
  private var access: [String: AccessToken] = [:]
  private var refresh: [String: RefreshToken] = [:]

  static let accessSeconds: Int64 = 1800
  private static let graceSeconds: Int64 = 1800
  private static let codeSeconds: Int64 = 300
  private static let refreshSeconds: Int64 = 60 * 86_400

  struct Grant: Sendable {
    var id: XeroID
    var client: String
    var scopes: [String]
    /// A custom connection needs no tenant header and has no refresh token.
    var isCustomConnection: Bool
    var isRevoked = false
  }

  struct AccessToken: Sendable {
    var grant: XeroID
    var expires: SandboxTime
  }

  private struct RefreshToken: Sendable {
    var grant: XeroID
    var lastUse: SandboxTime
    /// When a newer token took its place; it goes on working for the grace time after that.
    var replaced: SandboxTime?
  }

  private struct Code: Sendable {
    var client: String
    var redirect: String
    var scopes: [String]
    var challenge: String?
    var expires: SandboxTime
  }

  struct Refusal: Error, Sendable {
    var code: String
    init(_ code: String) { self.code = code }
  }

  init(seed: UInt64) { ids = XeroIDSource(seed: seed ^ 0x5EED) }

  // MARK: Access tokens

  /// The consent behind a bearer token; nil with the vendor's words when it is not good.
  func grant(bearer: String?, at now: SandboxTime) -> Result<Grant, XeroRefusal> {
    guard let bearer, let token = access[bearer], let grant = grants[token.grant],
      !grant.isRevoked
    else { return .failure(.unauthorized("AuthenticationUnsuccessful")) }
    guard token.expires > now else {
      let at = token.expires.secondsText.replacing("T", with: " ")
      return .failure(.unauthorized("TokenExpired: token expired at \(at)"))
    }
    return .success(grant)
  }

  mutating func expireAccessTokens(at now: SandboxTime) {
    for token in access.keys { access[token]?.expires = now.advanced(seconds: -1) }
  }

  mutating func revokeAll() {
    for id in grants.keys { grants[id]?.isRevoked = true }
  }

  /// A consent given without a browser, for tests; answers like the token endpoint.
  mutating func consent(_ client: String, _ scopes: [String], at now: SandboxTime) -> JSONValue {
    tokens(for: newGrant(client, scopes, custom: false), at: now)
  }

  // MARK: The consent page

  /// Consents at once and sends the browser back with a code.
  mutating func authorize(_ request: SandboxRequest, at now: SandboxTime) -> SandboxResponse {
    let redirect = request.queryValue("redirect_uri") ?? ""
    let isSecure = redirect.hasPrefix("https://") || redirect.hasPrefix("http://localhost")
    guard isSecure else { return .html("Error: invalid redirect_uri", status: 400) }
    guard request.queryValue("response_type") == "code" else {
      return .html("Error: unsupported_response_type", status: 400)
    }
    let client = request.queryValue("client_id") ?? ""
    guard !client.isEmpty, credentials == nil || credentials?.id == client else {
      return .html("Error: unauthorized_client", status: 400)
    }
    let state = request.queryValue("state").map { "&state=" + Self.escaped($0) } ?? ""
    let mark = redirect.contains("?") ? "&" : "?"
    guard let scopes = try? scopes(request.queryValue("scope")), !scopes.isEmpty else {
      return Self.redirect(redirect + mark + "error=invalid_scope" + state)
    }
    let challenge = request.queryValue("code_challenge")
    if challenge != nil, request.queryValue("code_challenge_method") != "S256" {
      return Self.redirect(redirect + mark + "error=invalid_request" + state)
    }
    let code = secret()
    codes[code] = Code(
      client: client, redirect: redirect, scopes: scopes, challenge: challenge,
      expires: now.advanced(seconds: Self.codeSeconds))
    let scope = Self.escaped(scopes.joined(separator: " "))
    return Self.redirect(redirect + mark + "code=\(code)&scope=\(scope)" + state)
  }

  // MARK: The token endpoint

  mutating func token(_ request: SandboxRequest, at now: SandboxTime) -> SandboxResponse {
    do {
      let form = request.formFields
      let answer =
        switch form["grant_type"] {
        case "authorization_code"?: try redeem(form, request, at: now)
        case "refresh_token"?: try rotate(form, request, at: now)
        case "client_credentials"?: try connect(form, request, at: now)
        case _: throw Refusal("unsupported_grant_type")
        }
      return .json(answer, headers: [.init(name: "Cache-Control", value: "no-store")])
    } catch {
      return .json(["error": .string((error as? Refusal)?.code ?? "invalid_request")], status: 400)
    }
  }

  private mutating func redeem(
    _ form: [String: String], _ request: SandboxRequest, at now: SandboxTime
  ) throws -> JSONValue {
    // The code is spent by the attempt, successful or not.
    let code = codes.removeValue(forKey: form["code"] ?? "")
    let client = try client(form, request, needsSecret: code?.challenge == nil)
    guard let code, code.client == client, code.redirect == form["redirect_uri"],
      code.expires > now
    else { throw Refusal("invalid_grant") }
    if let challenge = code.challenge {
      let digest = SHA256.hash(data: Data((form["code_verifier"] ?? "").utf8))
      guard Self.base64URL(Data(digest)) == challenge else { throw Refusal("invalid_grant") }
    }
    return tokens(for: newGrant(client, code.scopes, custom: false), at: now)
  }

  private mutating func rotate(
    _ form: [String: String], _ request: SandboxRequest, at now: SandboxTime
  ) throws -> JSONValue {
    let client = try client(form, request, needsSecret: false)
    let text = form["refresh_token"] ?? ""
    guard let token = refresh[text], let grant = grants[token.grant], grant.client == client,
      !grant.isRevoked, now < token.lastUse.advanced(seconds: Self.refreshSeconds)
    else { throw Refusal("invalid_grant") }
    if let replaced = token.replaced, now >= replaced.advanced(seconds: Self.graceSeconds) {
      reusesSeen += 1
      if reuseRevokes { grants[token.grant]?.isRevoked = true }
      throw Refusal("invalid_grant")
    }
    // Every other token of the consent is an older one from now on, with its own grace time.
    for (other, held) in refresh where held.grant == grant.id && held.replaced == nil {
      refresh[other]?.replaced = now
    }
    return tokens(for: grant.id, at: now)
  }

  private mutating func connect(
    _ form: [String: String], _ request: SandboxRequest, at now: SandboxTime
  ) throws -> JSONValue {
    let client = try client(form, request, needsSecret: true)
    let asked = try scopes(form["scope"])
    let all = XeroScopes.granular.union(XeroScopes.unchanged).sorted()
    let granted = (asked.isEmpty ? all : asked).filter { $0 != "offline_access" }
    return tokens(for: newGrant(client, granted, custom: true), at: now)
  }

  mutating func revoke(_ request: SandboxRequest) -> SandboxResponse {
    let form = request.formFields
    guard (try? client(form, request, needsSecret: false)) != nil else {
      return .json(["error": "invalid_client"], status: 400)
    }
    if let token = refresh[form["token"] ?? ""] { grants[token.grant]?.isRevoked = true }
    return SandboxResponse(status: 200)
  }

  // MARK: Parts

  private mutating func newGrant(_ client: String, _ scopes: [String], custom: Bool) -> XeroID {
    let id = ids.next()
    grants[id] = Grant(id: id, client: client, scopes: scopes, isCustomConnection: custom)
    return id
  }

  private mutating func tokens(for grant: XeroID, at now: SandboxTime) -> JSONValue {
    let scopes = grants[grant]?.scopes ?? []
    let claims: JSONValue = [
      "exp": .integer(now.milliseconds / 1000 + Self.accessSeconds),
      "authentication_event_id": grant.json, "xero_userid": ids.next().json,
      "scope": .array(scopes.map { .string($0) }), "jti": ids.next().json,
    ]
    let token = jwt(claims)
    access[token] = AccessToken(grant: grant, expires: now.advanced(seconds: Self.accessSeconds))
    var answer: JSONValue.Object = [
      "access_token": .string(token), "expires_in": .integer(Self.accessSeconds),
      "token_type": "Bearer",
    ]
    if scopes.contains("offline_access") {
      let renewed = secret()
      refresh[renewed] = RefreshToken(grant: grant, lastUse: now, replaced: nil)
      answer["refresh_token"] = .string(renewed)
    }
    if scopes.contains("openid") { answer["id_token"] = .string(jwt(claims)) }
    answer["scope"] = .string(scopes.joined(separator: " "))
    return .object(answer)
  }

  private func scopes(_ text: String?) throws -> [String] {
    let asked = (text ?? "").split(separator: " ").map(String.init)
    let open = XeroScopes.granular.union(XeroScopes.unchanged)
    let known = granularOnly ? open : open.union(XeroScopes.broad)
    guard asked.allSatisfy({ known.contains($0) || $0.hasPrefix("accounting.reports.") }) else {
      throw Refusal("invalid_scope")
    }
    return asked
  }

  /// The calling app, by Basic header or by form fields.
  private func client(
    _ form: [String: String], _ request: SandboxRequest, needsSecret: Bool
  ) throws -> String {
    var id = form["client_id"] ?? ""
    var password = form["client_secret"]
    if let header = request.headers["authorization"], header.lowercased().hasPrefix("basic "),
      let data = Data(base64Encoded: String(header.dropFirst(6)))
    {
      let halves = String(decoding: data, as: UTF8.self).split(
        separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      id = halves[0].removingPercentEncoding ?? String(halves[0])
      password = halves.count == 2 ? halves[1].removingPercentEncoding ?? String(halves[1]) : nil
    }
    guard !id.isEmpty else { throw Refusal("unauthorized_client") }
    if needsSecret, password?.isEmpty ?? true { throw Refusal("invalid_client") }
    if let credentials {
      guard id == credentials.id, password.map({ $0 == credentials.secret }) ?? !needsSecret
      else { throw Refusal("invalid_client") }
    }
    return id
  }

  private func jwt(_ claims: JSONValue) -> String {
    let header: JSONValue = ["alg": "RS256", "typ": "JWT"]
    let parts = [header.serialized(), claims.serialized()].map(Self.base64URL)
    let signature = Data(SHA256.hash(data: Data(parts.joined(separator: ".").utf8)))
    return (parts + [Self.base64URL(signature)]).joined(separator: ".")
  }

  private mutating func secret() -> String {
    (ids.next().description + ids.next().description).replacing("-", with: "")
  }

  private static func base64URL(_ data: Data) -> String {
    data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
  }

  private static func escaped(_ text: String) -> String {
    let plain = CharacterSet(
      charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
  }

  private static func redirect(_ location: String) -> SandboxResponse {
    SandboxResponse(status: 302, headers: [.init(name: "Location", value: location)])
  }
}
