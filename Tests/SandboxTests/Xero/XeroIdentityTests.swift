import Foundation
import Sandbox
import Testing

/// Sign-in calls against a fresh world.
private struct SignIn {
  let world: SandboxWorld

  init(_ change: (inout XeroSandbox) -> Void = { _ in }) {
    var sandbox = XeroSandbox.demo()
    change(&sandbox)
    world = SandboxWorld(vendors: [sandbox], startingAt: XeroHarness.start)
  }

  func token(_ form: String, basic: String? = nil) -> SandboxResponse {
    var headers: [String: String] = [:]
    if let basic {
      headers["authorization"] = "Basic " + Data(basic.utf8).base64EncodedString()
    }
    return world.respond(
      to: SandboxRequest(
        method: "POST", path: "/connect/token", headers: headers, body: Data(form.utf8)))
  }

  func authorize(_ query: [String: String]) -> SandboxResponse {
    var all = [
      "response_type": "code", "client_id": "app", "redirect_uri": "http://localhost:9/callback",
      "scope": "offline_access accounting.invoices", "state": "s1",
    ]
    all.merge(query) { $1 }
    return world.respond(
      to: SandboxRequest(
        method: "GET", path: "/identity/connect/authorize",
        query: all.map { .init(name: $0.key, value: $0.value) }))
  }

  func person(_ verb: String, _ body: JSONValue) {
    _ = world.respond(
      to: SandboxRequest(
        method: "POST", path: "/_sandbox/xero/\(verb)", body: body.serialized()))
  }

  func get(_ path: String, token: String, tenant: String? = nil) -> SandboxResponse {
    var headers = ["authorization": "Bearer \(token)"]
    if let tenant { headers["xero-tenant-id"] = tenant }
    return world.respond(to: SandboxRequest(method: "GET", path: path, headers: headers))
  }

  /// The code the browser came back with.
  func code(_ query: [String: String] = [:]) throws -> String {
    let location = try #require(authorize(query).header("location"))
    return try #require(
      URLComponents(string: location)?.queryItems?.first { $0.name == "code" }?.value)
  }

  func firstTokens() throws -> JSONValue {
    let form = "grant_type=authorization_code&redirect_uri=http%3A%2F%2Flocalhost%3A9%2Fcallback"
    let answer = token(form + "&code=" + (try code()), basic: "app:secret")
    return try #require(answer.jsonBody, "\(answer)")
  }

  func refresh(_ text: String) -> SandboxResponse {
    token("grant_type=refresh_token&client_id=app&client_secret=secret&refresh_token=\(text)")
  }
}

@Suite struct XeroIdentityTests {
  @Test func answersExactlyTheKnownKeys() throws {
    let tokens = try SignIn().firstTokens()
    #expect(
      Set(tokens.object?.keys ?? [])
        == ["access_token", "refresh_token", "expires_in", "token_type", "scope"])
    #expect(tokens["expires_in"]?.int == 1800)
    #expect(tokens["token_type"] == "Bearer")
    #expect(tokens["scope"] == "offline_access accounting.invoices")
  }

  @Test func aCodeWorksOnceAndForFiveMinutes() throws {
    let signIn = SignIn()
    let form = "grant_type=authorization_code&redirect_uri=http://localhost:9/callback&code="
    let code = try signIn.code()
    #expect(signIn.token(form + code, basic: "app:secret").status == 200)
    #expect(signIn.token(form + code, basic: "app:secret").jsonBody?["error"] == "invalid_grant")
    let late = try signIn.code()
    signIn.world.advance(seconds: 300)
    #expect(signIn.token(form + late, basic: "app:secret").jsonBody?["error"] == "invalid_grant")
    let other = try signIn.code()
    let moved = "grant_type=authorization_code&redirect_uri=http://localhost:1/&code=" + other
    #expect(signIn.token(moved, basic: "app:secret").jsonBody?["error"] == "invalid_grant")
  }

  @Test func pkceNeedsTheVerifierAndNoSecret() throws {
    let signIn = SignIn()
    let verifier = String(repeating: "v", count: 43)
    // The SHA-256 of that verifier in base64url.
    let challenge = "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM"
    let query = ["code_challenge": challenge, "code_challenge_method": "S256"]
    let form =
      "grant_type=authorization_code&client_id=app"
      + "&redirect_uri=http://localhost:9/callback&code="
    let wrong = signIn.token(form + (try signIn.code(query)) + "&code_verifier=w")
    #expect(wrong.jsonBody?["error"] == "invalid_grant")
    let right = signIn.token(form + (try signIn.code(query)) + "&code_verifier=\(verifier)")
    #expect(right.status == 200)
    #expect(signIn.token(form + (try signIn.code())).jsonBody?["error"] == "invalid_client")
  }

  @Test(
    arguments: [
      (["redirect_uri": "http://127.0.0.1:9/callback"], 400, nil),
      (["redirect_uri": "http://elsewhere.example/"], 400, nil),
      (["response_type": "token"], 400, nil), (["client_id": ""], 400, nil),
      (["scope": "accounting.everything"], 302, "error=invalid_scope"),
      (["code_challenge": "x", "code_challenge_method": "plain"], 302, "error=invalid_request"),
      ([:], 302, "state=s1"),
    ] as [([String: String], Int, String?)])
  func consentIsStrict(query: [String: String], status: Int, part: String?) {
    let answer = SignIn().authorize(query)
    #expect(answer.status == status)
    if let part { #expect(answer.header("location")?.contains(part) == true) }
  }

  @Test func refreshTokensRotateWithThirtyMinutesOfGrace() throws {
    let signIn = SignIn()
    let first = try #require(try signIn.firstTokens()["refresh_token"]?.string)
    let second = try #require(signIn.refresh(first).jsonBody?["refresh_token"]?.string)
    #expect(first != second)
    signIn.world.advance(seconds: 29 * 60)
    let third = try #require(signIn.refresh(first).jsonBody?["refresh_token"]?.string)
    signIn.world.advance(seconds: 60)
    #expect(signIn.refresh(first).status == 400)
    #expect(signIn.refresh(first).jsonBody?["error"] == "invalid_grant")
    #expect(signIn.refresh(second).status == 200)
    #expect(signIn.refresh(third).status == 200)
    let state = signIn.world.respond(to: SandboxRequest(method: "GET", path: "/_sandbox/state"))
    #expect(state.jsonBody?["vendors"]?["xero"]?["refresh_token_reuses"]?.int == 2)
  }

  @Test func reuseCanEndTheConsent() throws {
    let signIn = SignIn()
    signIn.person("behaviour", ["reuse_revokes": true])
    let first = try #require(try signIn.firstTokens()["refresh_token"]?.string)
    let second = try #require(signIn.refresh(first).jsonBody?["refresh_token"]?.string)
    signIn.world.advance(seconds: 31 * 60)
    #expect(signIn.refresh(first).status == 400)
    #expect(signIn.refresh(second).jsonBody?["error"] == "invalid_grant")
  }

  @Test func refreshTokensDieUnusedAfterSixtyDays() throws {
    let signIn = SignIn()
    let first = try #require(try signIn.firstTokens()["refresh_token"]?.string)
    signIn.world.advance(seconds: 60 * 86_400)
    #expect(signIn.refresh(first).jsonBody?["error"] == "invalid_grant")
  }

  @Test func revocationEndsEverything() throws {
    let signIn = SignIn()
    let tokens = try signIn.firstTokens()
    let refresh = try #require(tokens["refresh_token"]?.string)
    let answer = signIn.world.respond(
      to: SandboxRequest(
        method: "POST", path: "/connect/revocation",
        body: Data("client_id=app&client_secret=secret&token=\(refresh)".utf8)))
    #expect(answer.status == 200)
    #expect(signIn.refresh(refresh).status == 400)
    let access = try #require(tokens["access_token"]?.string)
    #expect(signIn.get("/connections", token: access).status == 401)
  }

  @Test(
    arguments: [
      ("grant_type=client_credentials", nil, "unauthorized_client"),
      ("grant_type=client_credentials&client_id=app", nil, "invalid_client"),
      ("grant_type=client_credentials&scope=nonsense", "app:secret", "invalid_scope"),
      ("grant_type=password", "app:secret", "unsupported_grant_type"),
      ("grant_type=client_credentials", "app:wrong", "invalid_client"),
      ("grant_type=client_credentials", "other:secret", "invalid_client"),
      (
        "grant_type=client_credentials&scope=accounting.transactions", "app:secret", "invalid_scope"
      ),
    ] as [(String, String?, String)])
  func refusesInTheVendorsWords(form: String, basic: String?, error: String) {
    let signIn = SignIn()
    signIn.person("credentials", ["client_id": "app", "client_secret": "secret"])
    signIn.person("behaviour", ["granular_only": true])
    let answer = signIn.token(form, basic: basic)
    #expect(answer.status == 400)
    #expect(answer.jsonBody?["error"] == .string(error))
  }

  @Test func customConnectionsNeedNoTenantAndHaveNoRefreshToken() throws {
    let signIn = SignIn()
    let tokens = signIn.token("grant_type=client_credentials", basic: "app:secret").jsonBody
    #expect(tokens?["refresh_token"] == nil)
    let access = try #require(tokens?["access_token"]?.string)
    #expect(signIn.get("/api.xro/2.0/Organisation", token: access).status == 200)
    let tenants = signIn.get("/Connections", token: access).jsonBody
    #expect(tenants?[0]?["tenantType"] == "ORGANISATION")
    #expect(tenants?[0]?["createdDateUtc"] == "2026-01-01T00:00:00.0000000")
  }

  @Test func tokensExpireAfterThirtyMinutes() throws {
    let harness = try XeroHarness()
    harness.world.advance(seconds: 1799)
    #expect(harness.call("GET", "Organisation").status == 200)
    harness.world.advance(seconds: 1)
    let answer = harness.call("GET", "Organisation")
    #expect(answer.status == 401)
    #expect(answer.jsonBody?["Detail"]?.string?.hasPrefix("TokenExpired") == true)
    #expect(answer.header("WWW-Authenticate") == "Bearer error=invalid_token")
  }

  @Test func tenantAndScopeAreEnforced() throws {
    let harness = try XeroHarness(
      scopes: ["accounting.invoices.read", "accounting.contacts", "accounting.settings.read"])
    #expect(harness.call("GET", "Invoices").status == 200)
    #expect(harness.call("PUT", "Invoices", body: ["Type": "ACCREC"]).status == 403)
    #expect(harness.call("GET", "Payments").status == 403)
    let other = ["xero-tenant-id": "00000000-0000-4000-8000-000000000000"]
    let answer = harness.call("GET", "Invoices", headers: other)
    #expect(answer.status == 403)
    #expect(answer.jsonBody?["Detail"] == "AuthenticationUnsuccessful")
    harness.person("disconnect_tenant")
    #expect(harness.call("GET", "Invoices").status == 403)
    harness.person("reconnect")
    #expect(harness.call("GET", "Invoices").status == 200)
    #expect(harness.call("GET", "Nonsense").status == 404)
    harness.person("expire_tokens")
    #expect(harness.call("GET", "Invoices").status == 401)
  }

  @Test func broadScopesStillOpenDoors() throws {
    let harness = try XeroHarness(scopes: ["accounting.transactions.read"])
    #expect(harness.call("GET", "Payments").status == 200)
    #expect(harness.call("PUT", "Payments", body: [:]).status == 403)
  }
}
