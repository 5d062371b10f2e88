import Foundation

extension PipedriveSandbox {
  private static let accessSeconds: Int64 = 3600
  private static let codeSeconds: Int64 = 300
  private static let refreshSeconds: Int64 = 60 * 86_400

  /// The consent page and the token calls; they need no token and cost none.
  mutating func oauth(
    _ request: SandboxRequest, parts: [String], at now: SandboxTime
  ) -> SandboxResponse {
    let endsWithSlash = request.path.hasSuffix("/")
    switch (request.method.uppercased(), parts.dropFirst().first) {
    case ("GET", "authorize"): return authorize(request, now: now.milliseconds)
    case ("POST", "token") where endsWithSlash:
      // The form with a slash redirects, and common clients lose the body on the way.
      return SandboxResponse(
        status: 301, headers: [SandboxResponse.Header(name: "Location", value: "/oauth/token")])
    case ("POST", "token"): return token(request, now: now.milliseconds)
    case ("POST", "revoke"):
      let value = request.formFields["token"] ?? ""
      tokens.refresh[value] = nil
      tokens.access[value] = nil
      return .json(["success": true])
    case (_, _): return render(.noRoute)
    }
  }

  /// Consents at once and sends the browser back with a code.
  private mutating func authorize(_ request: SandboxRequest, now: Int64) -> SandboxResponse {
    guard let client = request.queryValue("client_id"), !client.isEmpty,
      let redirect = request.queryValue("redirect_uri"), redirect.contains("://"),
      tokens.app.map({ $0.id == client }) ?? true
    else { return .html("<h1>Authorization failed</h1>client_id, redirect_uri", status: 400) }
    let code = freshToken("code")
    tokens.codes[code] = Tokens.Code(
      client: client, redirect: redirect, expires: now + Self.codeSeconds * 1000)
    var target = redirect + (redirect.contains("?") ? "&" : "?") + "code=" + code
    if let state = request.queryValue("state"),
      let escaped = state.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
    {
      target += "&state=" + escaped
    }
    return SandboxResponse(
      status: 302, headers: [SandboxResponse.Header(name: "Location", value: target)])
  }

  private mutating func token(_ request: SandboxRequest, now: Int64) -> SandboxResponse {
    guard let (client, secret) = Self.basic(request) else {
      return refusal("invalid_client", "HTTP Basic client credentials are required", status: 401)
    }
    if let app = tokens.app, app != Tokens.App(id: client, secret: secret) {
      return refusal("invalid_client", "client credentials are invalid", status: 401)
    }
    let form = request.formFields
    switch form["grant_type"] {
    case "authorization_code":
      guard let value = form["code"], let code = tokens.codes.removeValue(forKey: value),
        code.client == client, code.expires > now, form["redirect_uri"] == code.redirect
      else { return refusal("invalid_grant", "authorization code is invalid") }
      let refresh = freshToken("refresh")
      tokens.refresh[refresh] = Grant(
        value: refresh, scopes: Self.allScopes, user: 9001, isOAuth: true, client: client)
      return issue(refresh, request, now: now)
    case "refresh_token":
      let value = form["refresh_token"] ?? ""
      guard let grant = tokens.refresh[value], grant.client == client || grant.client.isEmpty,
        grant.expires.map({ $0 > now }) ?? true
      else { return refusal("invalid_grant", "refresh token is invalid or expired") }
      return issue(value, request, now: now)
    default: return refusal("unsupported_grant_type", "grant_type is missing or unknown")
    }
  }

  /// The refresh token stays the same; each use gives it another sixty days.
  private mutating func issue(
    _ refresh: String, _ request: SandboxRequest, now: Int64
  ) -> SandboxResponse {
    guard let grant = tokens.refresh[refresh] else {
      return refusal("invalid_grant", "refresh token is invalid")
    }
    tokens.refresh[refresh]?.expires = now + Self.refreshSeconds * 1000
    let access = freshToken("access")
    tokens.access[access] = Grant(
      value: access, scopes: grant.scopes, user: grant.user, isOAuth: true,
      expires: now + Self.accessSeconds * 1000, client: grant.client)
    let host = request.headers["host"] ?? "localhost"
    return .json([
      "access_token": .string(access), "token_type": "Bearer", "refresh_token": .string(refresh),
      "scope": .string(grant.scopes.sorted().joined(separator: " ")),
      "expires_in": .integer(Self.accessSeconds),
      "api_domain": .string(tokens.apiDomain ?? "http://\(host)"),
    ])
  }

  private static func basic(_ request: SandboxRequest) -> (String, String)? {
    let words = (request.headers["authorization"] ?? "").split(separator: " ").map(String.init)
    guard words.count == 2, words[0].lowercased() == "basic",
      let data = Data(base64Encoded: words[1])
    else { return nil }
    let halves = String(decoding: data, as: UTF8.self).split(
      separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard halves.count == 2, !halves[0].isEmpty, !halves[1].isEmpty else { return nil }
    return (
      String(halves[0]).removingPercentEncoding ?? "",
      String(halves[1]).removingPercentEncoding ?? ""
    )
  }

  private func refusal(_ error: String, _ words: String, status: Int = 400) -> SandboxResponse {
    .json(
      [
        "success": false, "error": .string(error), "error_description": .string(words),
        "message": .string(words),
      ], status: status)
  }

  private mutating func freshToken(_ kind: String) -> String {
    tokens.counter += 1
    return "sandbox-pipedrive-\(kind)-\(tokens.counter)"
  }
}
