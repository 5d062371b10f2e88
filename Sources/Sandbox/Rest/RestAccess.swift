extension RestSandbox {
  /// A token the API accepts; `expires` nil: until it is revoked.
  struct Grant: Sendable, Hashable {
    var expires: Int64?
  }

  struct Tokens: Sendable {
    var access: [String: Grant] = ["sandbox-token": Grant()]
    /// Refresh tokens work once: each answer brings the next.
    var refresh: Set<String> = ["sandbox-refresh-token"]
    /// Those that were used: using one again ends the sign-in.
    var spent: Set<String> = []
    var codes: [String: String] = [:]
    var counter = 0
  }

  func isSignedIn(_ request: SandboxRequest, now: Int64) -> Bool {
    let words = (request.headers["authorization"] ?? "").split(separator: " ").map(String.init)
    guard words.count == 2, words[0] == "Bearer", let grant = tokens.access[words[1]] else {
      return false
    }
    return grant.expires.map { $0 > now } ?? true
  }

  /// The consent page and the token calls.
  mutating func oauth(
    _ request: SandboxRequest, _ parts: [String], now: Int64
  ) -> SandboxResponse {
    switch (request.method.uppercased(), parts.dropFirst().first) {
    case ("GET", "authorize"): return authorize(request)
    case ("POST", "token"): return token(request, now: now)
    case (_, _): return Refusal.noRoute.answer
    }
  }

  private mutating func authorize(_ request: SandboxRequest) -> SandboxResponse {
    guard let redirect = request.queryValue("redirect_uri"), redirect.contains("://"),
      request.queryValue("client_id")?.isEmpty == false
    else { return .html("<h1>Not possible</h1>client_id, redirect_uri", status: 400) }
    tokens.counter += 1
    let code = "sandbox-kahu-code-\(tokens.counter)"
    tokens.codes[code] = redirect
    let state = request.queryValue("state").map { "&state=\($0)" } ?? ""
    let mark = redirect.contains("?") ? "&" : "?"
    return SandboxResponse(
      status: 302,
      headers: [
        SandboxResponse.Header(name: "Location", value: "\(redirect)\(mark)code=\(code)\(state)")
      ])
  }

  private mutating func token(_ request: SandboxRequest, now: Int64) -> SandboxResponse {
    let form = request.formFields
    guard form["client_id"]?.isEmpty == false, form["client_secret"]?.isEmpty == false else {
      return .json(["error": "invalid_client"], status: 401)
    }
    switch form["grant_type"] {
    case "authorization_code":
      guard let code = form["code"], let redirect = tokens.codes.removeValue(forKey: code),
        redirect == form["redirect_uri"]
      else { return .json(["error": "invalid_grant"], status: 400) }
      return issue(now: now)
    case "refresh_token":
      let value = form["refresh_token"] ?? ""
      if tokens.spent.contains(value) {
        // Somebody else has it: nobody keeps it.
        tokens.refresh = []
        tokens.access = tokens.access.filter { $0.value.expires == nil }
        return .json(["error": "invalid_grant"], status: 400)
      }
      guard tokens.refresh.remove(value) != nil else {
        return .json(["error": "invalid_grant"], status: 400)
      }
      tokens.spent.insert(value)
      return issue(now: now)
    default: return .json(["error": "unsupported_grant_type"], status: 400)
    }
  }

  private mutating func issue(now: Int64) -> SandboxResponse {
    tokens.counter += 1
    let access = "sandbox-kahu-access-\(tokens.counter)"
    let refresh = "sandbox-kahu-refresh-\(tokens.counter)"
    tokens.access[access] = Grant(expires: now + 1_800_000)
    tokens.refresh.insert(refresh)
    return .json([
      "access_token": .string(access), "token_type": "Bearer", "expires_in": 1800,
      "refresh_token": .string(refresh),
    ])
  }
}
