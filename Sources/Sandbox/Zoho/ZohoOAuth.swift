import Foundation

extension ZohoSandbox {
  private static let hour: Int64 = 3_600_000
  private static let codeLife: Int64 = 180_000

  /// The consent page and the token calls; they need no token and cost none.
  mutating func oauth(
    _ request: SandboxRequest, parts: [String], at now: SandboxTime
  ) -> SandboxResponse {
    switch (request.method.uppercased(), Array(parts.dropFirst(2))) {
    case ("GET", ["auth"]): return authorize(request, now: now.milliseconds)
    case ("POST", ["token"]): return token(request, now: now.milliseconds)
    case ("POST", ["token", "revoke"]):
      let value = request.queryValue("token") ?? request.formFields["token"] ?? ""
      guard tokens.refresh.removeValue(forKey: value) != nil else {
        return failure("invalid_token")
      }
      tokens.access = tokens.access.filter { $0.value.refresh != value }
      return .json(["status": "success"])
    default: return render(.noRoute)
    }
  }

  /// Consents at once and sends the browser back with a code.
  private mutating func authorize(_ request: SandboxRequest, now: Int64) -> SandboxResponse {
    let scopes = Set((request.queryValue("scope") ?? "").split(separator: ",").map(String.init))
    guard request.queryValue("response_type") == "code",
      let client = request.queryValue("client_id"), tokens.app.map({ $0.id == client }) ?? true,
      let redirect = request.queryValue("redirect_uri"), redirect.contains("://"),
      !scopes.isEmpty, scopes.allSatisfy({ $0.hasPrefix("Zoho") })
    else { return .html("<h1>Invalid Client or Scope</h1>", status: 400) }
    let code = freshToken("c")
    tokens.codes[code] = Tokens.Code(
      client: client, redirect: redirect, scopes: scopes, expires: now + Self.codeLife,
      isOffline: request.queryValue("access_type") == "offline")
    var target = redirect + (redirect.contains("?") ? "&" : "?") + "code=" + code
    let state = request.queryValue("state")?
      .addingPercentEncoding(withAllowedCharacters: .alphanumerics)
    if let state { target += "&state=" + state }
    return SandboxResponse(
      status: 302, headers: [.init(name: "Location", value: target + "&location=us")])
  }

  /// Refusals come with status 200.
  private mutating func token(_ request: SandboxRequest, now: Int64) -> SandboxResponse {
    let form = request.formFields
    guard let client = form["client_id"], !client.isEmpty,
      tokens.app.map({ $0.id == client }) ?? true
    else { return failure("invalid_client") }
    guard let secret = form["client_secret"], !secret.isEmpty,
      tokens.app.map({ $0.secret == secret }) ?? true
    else { return failure("invalid_client_secret") }
    switch form["grant_type"] {
    case "authorization_code":
      guard let code = tokens.codes.removeValue(forKey: form["code"] ?? ""),
        code.client == client, code.expires > now, form["redirect_uri"] == code.redirect
      else { return failure("invalid_code") }
      let refresh = freshToken("r")
      let grant = Grant(value: refresh, scopes: code.scopes, client: client)
      tokens.refresh[refresh] = grant
      dropOldRefreshTokens(of: client)
      return issue(grant, request, shows: code.isOffline, now: now)
    case "refresh_token":
      guard let grant = tokens.refresh[form["refresh_token"] ?? ""],
        grant.client.isEmpty || grant.client == client
      else { return failure("invalid_code") }
      return issue(grant, request, shows: false, now: now)
    default: return failure("invalid_grant_type")
    }
  }

  /// The twenty-first refresh token of a user ends the first.
  private mutating func dropOldRefreshTokens(of client: String) {
    let own = tokens.refresh.values.filter { $0.client == client }.map(\.value)
      .sorted { ($0.count, $0) < ($1.count, $1) }
    for value in own.dropLast(limits.refreshTokens) {
      tokens.refresh[value] = nil
      tokens.access = tokens.access.filter { $0.value.refresh != value }
    }
  }

  private mutating func issue(
    _ grant: Grant, _ request: SandboxRequest, shows: Bool, now: Int64
  ) -> SandboxResponse {
    let recent = (tokens.mints[grant.value] ?? []).filter { $0 > now - 600_000 && $0 <= now }
    guard recent.count < limits.mints else {
      return .json([
        "error": "Access Denied", "status": "failure",
        "error_description":
          "You have made too many requests continuously. Please try again after some time.",
      ])
    }
    tokens.mints[grant.value] = recent + [now]
    let access = freshToken("a")
    tokens.access[access] = Grant(
      value: access, scopes: grant.scopes, expires: now + Self.hour, refresh: grant.value,
      client: grant.client)
    tokens.order.append(access)
    dropOldAccessTokens(of: grant.value, now: now)
    var answer: JSONValue.Object = ["access_token": .string(access)]
    if shows { answer["refresh_token"] = .string(grant.value) }
    answer["scope"] = .string(grant.scopes.sorted().joined(separator: " "))
    answer["api_domain"] = .string(
      tokens.apiDomain ?? "http://\(request.headers["host"] ?? "localhost")")
    answer["token_type"] = "Bearer"
    answer["expires_in"] = 3600
    return .json(.object(answer))
  }

  /// The sixteenth active access token ends the oldest.
  private mutating func dropOldAccessTokens(of refresh: String, now: Int64) {
    tokens.order.removeAll { name in
      tokens.access[name].map { ($0.expires ?? .max) <= now } ?? true
    }
    let own = tokens.order.filter { tokens.access[$0]?.refresh == refresh }
    for value in own.dropLast(limits.activeTokens) {
      tokens.access[value] = nil
      tokens.order.removeAll { $0 == value }
    }
  }

  private func failure(_ code: String) -> SandboxResponse { .json(["error": .string(code)]) }

  private mutating func freshToken(_ kind: String) -> String {
    tokens.counter += 1
    return "1000.sandbox-zoho-\(kind).\(tokens.counter)"
  }
}
