extension HubSpotSandbox {
  private static let accessSeconds: Int64 = 1800
  private static let codeSeconds: Int64 = 600

  /// The consent page and the token calls; they need no bearer token and no rate limit.
  mutating func oauth(
    _ request: SandboxRequest, parts: [String], at now: SandboxTime
  ) -> SandboxResponse {
    let method = request.method.uppercased()
    let path = Array(parts.dropFirst())
    switch (method, path.count, path.last) {
    case ("GET", 1, "authorize"): return authorize(request, now: now.milliseconds)
    case ("POST", 2, "token"): return token(request, now: now.milliseconds)
    case ("POST", 3, "introspect") where path[0] != "v1" && path[1] == "token":
      return introspect(request.formFields, now: now.milliseconds)
    case ("POST", 3, "revoke") where path[0] != "v1" && path[1] == "token":
      let token = request.formFields["token"] ?? ""
      tokens.refresh[token] = nil
      tokens.access[token] = nil
      return SandboxResponse(status: 204)
    case ("GET", 3, let token?) where path[0] == "v1" && path[1] == "access-tokens":
      return describe(tokens.access[token], now: now.milliseconds)
    case ("GET", 3, let token?) where path[0] == "v1" && path[1] == "refresh-tokens":
      return describeRefresh(tokens.refresh[token])
    case ("DELETE", 3, let token?) where path[0] == "v1" && path[1] == "refresh-tokens":
      tokens.refresh[token] = nil
      return SandboxResponse(status: 204)
    case (_, _, _): return render(.noRoute)
    }
  }

  /// Consents at once and sends the browser back with a code.
  private mutating func authorize(_ request: SandboxRequest, now: Int64) -> SandboxResponse {
    guard let client = request.queryValue("client_id"), !client.isEmpty,
      let redirect = request.queryValue("redirect_uri"), redirect.contains("://"),
      let scope = request.queryValue("scope"), !scope.isEmpty,
      tokens.app.map({ $0.id == client }) ?? true
    else {
      return .html("<h1>Authorization failed</h1>client_id, redirect_uri, scope", status: 400)
    }
    let wanted = (scope + " " + (request.queryValue("optional_scope") ?? ""))
      .split { $0 == " " || $0 == "," }.map(String.init)
    let code = freshToken("code")
    tokens.codes[code] = Tokens.Code(
      client: client, redirect: redirect, scopes: Set(wanted).union(["oauth"]),
      challenge: request.queryValue("code_challenge"), expires: now + Self.codeSeconds * 1000)
    var target = redirect + (redirect.contains("?") ? "&" : "?") + "code=" + code
    if let state = request.queryValue("state") { target += "&state=" + state.hubSpotEncoded }
    return SandboxResponse(
      status: 302, headers: [SandboxResponse.Header(name: "Location", value: target)])
  }

  private mutating func token(_ request: SandboxRequest, now: Int64) -> SandboxResponse {
    let type = request.headers["content-type"] ?? ""
    guard type.lowercased().hasPrefix("application/x-www-form-urlencoded") else {
      return tokenRefusal(
        "invalid_request", "UNSUPPORTED_MEDIA_TYPE", "the body must be form encoded", status: 415)
    }
    let form = request.formFields
    guard let client = form["client_id"], !client.isEmpty,
      let secret = form["client_secret"], !secret.isEmpty
    else {
      return tokenRefusal(
        "invalid_request", "MISSING_CLIENT", "missing client_id or client_secret")
    }
    if let app = tokens.app, app != Tokens.App(id: client, secret: secret) {
      return tokenRefusal("invalid_client", "BAD_CLIENT_SECRET", "client secret mismatch")
    }
    switch form["grant_type"] {
    case "authorization_code": return exchange(form, client: client, now: now)
    case "refresh_token":
      guard let value = form["refresh_token"], let grant = tokens.refresh[value],
        grant.client == client || grant.client.isEmpty
      else {
        return tokenRefusal(
          "invalid_grant", "BAD_REFRESH_TOKEN", "missing or invalid refresh token")
      }
      return issue(grant.scopes, client: client, refresh: value, now: now)
    default:
      return tokenRefusal(
        "unsupported_grant_type", "BAD_GRANT_TYPE", "missing or unknown grant_type")
    }
  }

  /// A code works once, for the client and redirect address it was made for.
  private mutating func exchange(
    _ form: [String: String], client: String, now: Int64
  ) -> SandboxResponse {
    guard let value = form["code"], let code = tokens.codes.removeValue(forKey: value),
      code.client == client, code.expires > now
    else {
      return tokenRefusal("invalid_grant", "BAD_AUTH_CODE", "missing or unknown auth code")
    }
    guard form["redirect_uri"] == code.redirect else {
      return tokenRefusal(
        "redirect_uri_mismatch", "BAD_REDIRECT_URI",
        "missing or invalid redirect_uri for this auth code")
    }
    guard code.challenge == nil || (43...128).contains((form["code_verifier"] ?? "").count) else {
      return tokenRefusal("invalid_grant", "BAD_CODE_VERIFIER", "missing code_verifier")
    }
    let refresh = freshToken("refresh")
    tokens.refresh[refresh] = Grant(
      value: refresh, scopes: code.scopes, isOAuth: true, client: client)
    return issue(code.scopes, client: client, refresh: refresh, now: now)
  }

  private mutating func issue(
    _ scopes: Set<String>, client: String, refresh: String, now: Int64
  ) -> SandboxResponse {
    let access = freshToken("access")
    tokens.access[access] = Grant(
      value: access, scopes: scopes, isOAuth: true, expires: now + Self.accessSeconds * 1000,
      client: client)
    return .json([
      "token_type": "bearer", "access_token": .string(access), "refresh_token": .string(refresh),
      "expires_in": .integer(Self.accessSeconds), "hub_id": .integer(account.portal),
      "user_id": 7_001, "token_use": "access_token",
      "scopes": .array(scopes.sorted().map { .string($0) }),
    ])
  }

  private mutating func introspect(_ form: [String: String], now: Int64) -> SandboxResponse {
    let token = form["token"] ?? ""
    let access = tokens.access[token]
    guard let grant = access ?? tokens.refresh[token], grant.expires.map({ $0 > now }) ?? true
    else { return .json(["active": false]) }
    var object = description(of: grant, now: now).object ?? [:]
    object["active"] = true
    object["client_id"] = .string(grant.client)
    object["token_use"] = access == nil ? "refresh_token" : "access_token"
    object["is_private_distribution"] = false
    return .json(.object(object))
  }

  private mutating func describe(_ grant: Grant?, now: Int64) -> SandboxResponse {
    guard let grant, grant.expires.map({ $0 > now }) ?? true else {
      return render(
        Refusal(status: 404, category: "OBJECT_NOT_FOUND", message: "token not found"))
    }
    return .json(description(of: grant, now: now))
  }

  /// A refresh token is described with its client instead of an app and a lifetime.
  private mutating func describeRefresh(_ grant: Grant?) -> SandboxResponse {
    guard let grant else {
      return render(
        Refusal(status: 404, category: "OBJECT_NOT_FOUND", message: "token not found"))
    }
    return .json([
      "token": .string(grant.value), "client_id": .string(grant.client),
      "user": "sandbox@example.com", "user_id": 7_001, "hub_domain": "sandbox.example.com",
      "hub_id": .integer(account.portal), "token_type": "refresh",
      "scopes": .array(grant.scopes.sorted().map { .string($0) }),
    ])
  }

  private func description(of grant: Grant, now: Int64) -> JSONValue {
    var object: JSONValue.Object = [
      "token": .string(grant.value), "user": "sandbox@example.com", "user_id": 7_001,
      "hub_domain": "sandbox.example.com", "hub_id": .integer(account.portal), "app_id": 1,
      "scopes": .array(grant.scopes.sorted().map { .string($0) }), "token_type": "access",
    ]
    if let expires = grant.expires { object["expires_in"] = .integer((expires - now) / 1000) }
    return .object(object)
  }

  private mutating func tokenRefusal(
    _ error: String, _ status: String, _ message: String, status code: Int = 400
  ) -> SandboxResponse {
    .json(
      [
        "error": .string(error), "error_description": .string(message),
        "status": .string(status), "message": .string(message),
        "correlationId": .string(nextCorrelationID()),
      ], status: code)
  }

  private mutating func freshToken(_ kind: String) -> String {
    tokens.counter += 1
    return "sandbox-\(kind)-\(tokens.counter)"
  }
}
