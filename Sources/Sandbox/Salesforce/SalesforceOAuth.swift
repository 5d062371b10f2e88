import Crypto
import CryptoExtras
import Foundation

extension SalesforceSandbox {
  private static let codeSeconds: Int64 = 900

  /// The consent page and the token calls; they need no token and are not counted.
  mutating func oauth(
    _ request: SandboxRequest, _ parts: [String], at now: SandboxTime
  ) -> SandboxResponse {
    let now = now.milliseconds
    switch (request.method.uppercased(), parts.first, parts.count) {
    case ("GET", "authorize", 1): return authorize(request, now: now)
    case ("POST", "token", 1):
      do throws(OAuthNo) {
        return try token(request, now: now)
      } catch {
        return .json(
          ["error": .string(error.code), "error_description": .string(error.words)], status: 400)
      }
    case ("POST", "revoke", 1):
      let value = request.formFields["token"] ?? ""
      tokens.refresh[value] = nil
      tokens.access[value] = nil
      return SandboxResponse(status: 200)
    case ("GET", "userinfo", 1), ("POST", "userinfo", 1):
      do throws(Refusal) {
        return userInfo(try authenticate(request, now: now), request)
      } catch {
        return SandboxResponse(status: 403, body: Data("Bad_OAuth_Token".utf8))
      }
    case (_, _, _): return render(.noResource)
    }
  }

  struct OAuthNo: Error {
    var code: String
    var words: String

    init(_ code: String, _ words: String) {
      self.code = code
      self.words = words
    }
  }

  /// Consents at once and sends the browser back with a code.
  private mutating func authorize(_ request: SandboxRequest, now: Int64) -> SandboxResponse {
    guard request.queryValue("response_type") == "code",
      let client = request.queryValue("client_id"), !client.isEmpty,
      let redirect = request.queryValue("redirect_uri"), redirect.contains("://"),
      tokens.app.map({ $0.id == client }) ?? true
    else { return .html("<h1>Authorization failed</h1>client_id, redirect_uri", status: 400) }
    let back = redirect + (redirect.contains("?") ? "&" : "?")
    var target: String
    if let challenge = request.queryValue("code_challenge"), !challenge.isEmpty {
      let code = freshToken("code")
      tokens.codes[code] = Tokens.Code(
        client: client, redirect: redirect, challenge: challenge,
        expires: now + Self.codeSeconds * 1000)
      target = back + "code=" + code
    } else {
      target =
        back + "error=invalid_request&error_description=missing%20required%20code%20challenge"
    }
    if let state = request.queryValue("state"),
      let escaped = state.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
    {
      target += "&state=" + escaped
    }
    return SandboxResponse(
      status: 302, headers: [SandboxResponse.Header(name: "Location", value: target)])
  }

  private mutating func token(
    _ request: SandboxRequest, now: Int64
  ) throws(OAuthNo) -> SandboxResponse {
    let form = request.formFields
    let (client, secret) = Self.credentials(request, form)
    switch form["grant_type"] {
    case "client_credentials":
      let host = request.headers["host"] ?? ""
      guard !host.hasPrefix("login."), !host.hasPrefix("test.") else {
        throw OAuthNo("invalid_grant", "request not supported on this domain")
      }
      try check(client, secret, needsSecret: true)
      return issue(runAs, client, refresh: nil, request, now: now)
    case "urn:ietf:params:oauth:grant-type:jwt-bearer":
      let user = try asserted(form["assertion"] ?? "", request, now: now)
      return issue(user, client, refresh: nil, request, now: now)
    case "authorization_code":
      try check(client, secret, needsSecret: false)
      guard let value = form["code"], let code = tokens.codes.removeValue(forKey: value),
        code.client == client, code.expires > now, form["redirect_uri"] == code.redirect
      else { throw OAuthNo("invalid_grant", "expired authorization code") }
      guard Self.challenge(form["code_verifier"] ?? "") == code.challenge else {
        throw OAuthNo("invalid_grant", "invalid code verifier")
      }
      let refresh = freshToken("refresh")
      tokens.refresh[refresh] = Tokens.Grant(user: runAs, client: client)
      return issue(runAs, client, refresh: refresh, request, now: now)
    case "refresh_token":
      try check(client, secret, needsSecret: false)
      return try refreshed(form["refresh_token"] ?? "", client, request, now: now)
    default: throw OAuthNo("unsupported_grant_type", "grant type not supported")
    }
  }

  private mutating func refreshed(
    _ value: String, _ client: String, _ request: SandboxRequest, now: Int64
  ) throws(OAuthNo) -> SandboxResponse {
    if tokens.spent.contains(value) {
      tokens.refresh = tokens.refresh.filter { $0.value.client != client }
      tokens.access = tokens.access.filter { $0.value.client != client }
    }
    guard let grant = tokens.refresh[value], grant.client == client || grant.client.isEmpty else {
      throw OAuthNo("invalid_grant", "expired access/refresh token")
    }
    guard tokens.rotates else { return issue(grant.user, client, refresh: nil, request, now: now) }
    tokens.refresh[value] = nil
    tokens.spent.insert(value)
    let next = freshToken("refresh")
    tokens.refresh[next] = Tokens.Grant(user: grant.user, client: client)
    return issue(grant.user, client, refresh: next, request, now: now)
  }

  private func check(
    _ client: String, _ secret: String, needsSecret: Bool
  ) throws(OAuthNo) {
    guard !client.isEmpty, tokens.app.map({ $0.id == client }) ?? true else {
      throw OAuthNo("invalid_client_id", "client identifier invalid")
    }
    guard !needsSecret || !secret.isEmpty else {
      throw OAuthNo("invalid_client", "invalid client credentials")
    }
    if let app = tokens.app, !secret.isEmpty, app.secret != secret {
      throw OAuthNo("invalid_client", "invalid client credentials")
    }
  }

  /// There is no word about how long the token lives.
  private mutating func issue(
    _ user: String, _ client: String, refresh: String?, _ request: SandboxRequest, now: Int64
  ) -> SandboxResponse {
    let access = freshToken("access")
    tokens.access[access] = Tokens.Grant(
      user: user, client: client, expires: now + Self.sessionLife)
    let own = "http://\(request.headers["host"] ?? "localhost")"
    let organization = self[store: .organization].records.keys.first ?? ""
    var body: JSONValue.Object = [
      "access_token": .string(access), "instance_url": .string(org.instanceURL ?? own),
      "id": .string("\(own)/id/\(organization)/\(user)"), "token_type": "Bearer",
      "issued_at": .string(String(now)), "signature": "c2FuZGJveA==",
      "scope": "api refresh_token",
    ]
    if let refresh { body["refresh_token"] = .string(refresh) }
    return .json(.object(body))
  }

  /// The user a signed assertion stands for.
  private func asserted(
    _ assertion: String, _ request: SandboxRequest, now: Int64
  ) throws(OAuthNo) -> String {
    let parts = assertion.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3,
      let header = Self.decoded(parts[0]).flatMap({ try? JSONValue.parse($0) }),
      let claims = Self.decoded(parts[1]).flatMap({ try? JSONValue.parse($0) }),
      let signature = Self.decoded(parts[2]), header["alg"]?.string == "RS256"
    else { throw OAuthNo("invalid_grant", "invalid assertion") }
    guard let app = tokens.app, claims["iss"]?.string == app.id, let pem = app.publicKey else {
      throw OAuthNo("invalid_client_id", "client identifier invalid")
    }
    let signed = Data((parts[0] + "." + parts[1]).utf8)
    guard let key = try? _RSA.Signing.PublicKey(pemRepresentation: pem),
      key.isValidSignature(
        _RSA.Signing.RSASignature(rawRepresentation: signature), for: SHA256.hash(data: signed),
        padding: .insecurePKCS1v1_5)
    else { throw OAuthNo("invalid_grant", "invalid assertion") }
    let own = request.headers["host"].map { ["http://\($0)", "https://\($0)"] } ?? []
    let audiences = ["https://login.salesforce.com", "https://test.salesforce.com"] + own
    guard claims["aud"]?.string.map(audiences.contains) == true else {
      throw OAuthNo("invalid_grant", "audience is invalid")
    }
    // A number, or a number in quotes: one client library writes it so.
    let expires = claims["exp"]?.int ?? claims["exp"]?.string.flatMap { Int($0) } ?? 0
    guard Int64(expires) * 1000 > now, Int64(expires) * 1000 <= now + 300_000 else {
      throw OAuthNo("invalid_grant", "expired authorization code")
    }
    let user = self[store: .user].records.values.first {
      $0.text("Username") == claims["sub"]?.string && $0.flag("IsActive")
    }
    guard let user else { throw OAuthNo("invalid_grant", "user hasn't approved this consumer") }
    return user.id
  }

  private func userInfo(_ user: String, _ request: SandboxRequest) -> SandboxResponse {
    let record = self[store: .user].records[user]
    return .json([
      "user_id": .string(user),
      "organization_id": .string(self[store: .organization].records.keys.first ?? ""),
      "preferred_username": record?["Username"] ?? .null, "name": record?["Name"] ?? .null,
      "email": record?["Email"] ?? .null, "zoneinfo": .string(org.zone),
      "urls": [
        "rest": .string(
          "http://\(request.headers["host"] ?? "localhost")/services/data/v{version}/")
      ],
    ])
  }

  private static func credentials(
    _ request: SandboxRequest, _ form: [String: String]
  ) -> (client: String, secret: String) {
    let words = (request.headers["authorization"] ?? "").split(separator: " ").map(String.init)
    guard words.count == 2, words[0].lowercased() == "basic",
      let data = Data(base64Encoded: words[1])
    else { return (form["client_id"] ?? "", form["client_secret"] ?? "") }
    let halves = String(decoding: data, as: UTF8.self).split(
      separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    return (
      String(halves[0]).removingPercentEncoding ?? "",
      halves.count == 2 ? String(halves[1]).removingPercentEncoding ?? "" : ""
    )
  }

  private static func challenge(_ verifier: String) -> String {
    Data(SHA256.hash(data: Data(verifier.utf8))).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  private static func decoded(_ text: String) -> Data? {
    let plain = text.replacing("-", with: "+").replacing("_", with: "/")
    return Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.count % 4) % 4))
  }

  private mutating func freshToken(_ kind: String) -> String {
    tokens.counter += 1
    return "00Dsandbox!\(kind).\(tokens.counter)"
  }
}
