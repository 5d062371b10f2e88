import Connectors
import Domain
import Foundation
import Testing
import Transport

@Suite("HubSpot: sign-in")
struct HubSpotSignInTests {
  private func settings(_ settings: inout ConnectionSettings) {
    settings.auth = ConnectionSettings.Auth(
      flow: Sourced("authorization_code"),
      secrets: [
        "client_id": SecretText("app-1"), "client_secret": SecretText("app-secret-1"),
      ])
  }

  @Test(arguments: ["v3", "2026-03", "2026-09"])
  func aStoredRefreshTokenIsExchangedInTheBody(version: String) async throws {
    let tokens = TokenStore.inMemory(["hubspot": StoredToken(refreshToken: Secret("refresh-1"))])
    let bench = try HubSpotBench(tokens: tokens) {
      settings(&$0)
      $0.options["api_version"] = Sourced(version)
    }
    try bench.person(
      "oauth_client", #"{"id": "app-1", "secret": "app-secret-1", "refresh_token": "refresh-1"}"#)
    _ = try await bench.connector.page(.lines, from: .start)
    // A token call is no call of the API.
    #expect(await bench.connector.callCount() == 1)
    #expect(bench.calls.first == "POST /oauth/\(version)/token")
    // Before the half hour is over the token is renewed by the clock, not by a refusal.
    bench.clock.advance(.seconds(1700))
    _ = try await bench.connector.page(.lines, from: .start)
    #expect(bench.answers(401) == 0)
    #expect(bench.calls.filter { $0.hasPrefix("POST /oauth") }.count == 2)
  }

  @Test func aRevokedSignInSaysWhatToDo() async throws {
    let tokens = TokenStore.inMemory(["hubspot": StoredToken(refreshToken: Secret("stolen-1"))])
    let bench = try HubSpotBench(tokens: tokens) { settings(&$0) }
    try bench.person("oauth_client", #"{"id": "app-1", "secret": "app-secret-1"}"#)
    do {
      _ = try await bench.connector.page(.lines, from: .start)
      Issue.record("read without a sign-in")
    } catch {
      guard case .signInNeeded(let reason) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(reason.contains("xerosync auth login hubspot"))
      #expect(!"\(error)".contains("stolen-1") && !"\(error)".contains("app-secret-1"))
    }
  }

  @Test func aScopeThatIsMissingForTaxRatesIsNoObstacle() async throws {
    let bench = try HubSpotBench { $0.auth.secrets["access_token"] = SecretText("narrow-token") }
    let scopes = HubSpotSignIn.scopes.map { "\"\($0)\"" }.joined(separator: ",")
    try bench.person("token", #"{"value": "narrow-token", "scopes": [\#(scopes)]}"#)
    let id = try #require(
      try bench.person(
        "create_deal",
        #"{"name": "D", "stage": "closedwon", "#
          + #""lines": [{"name": "L", "price": "5", "tax_rate_group": "701"}]}"#
      )["deal"])
    guard case .found(let deal) = try await bench.connector.deals([ID(id)]).first else {
      Issue.record("not found")
      return
    }
    #expect(deal.lines.count == 1)
    // The record itself still tells the rate's name.
    #expect(deal.lines.first?.tax == "GST on Income")
  }

  @Test func theAuthorizePageAsksForTheScopesTheCodeUses() throws {
    var settings = HubSpotFixture.settings()
    self.settings(&settings)
    let environment = HubSpotFixture.environment(HubSpotScript([:]).exchange, HubSpotClock())
    let page = try HubSpotSignIn(settings, in: environment).authorizePage(
      redirect: "http://localhost:8484/callback", state: "s-1")
    let query = URLComponents(url: page, resolvingAgainstBaseURL: false)?.queryItems ?? []
    let values = Dictionary(query.map { ($0.name, $0.value ?? "") }) { $1 }
    #expect(page.absoluteString.hasPrefix("https://app.hubspot.com/oauth/authorize?"))
    #expect(values["client_id"] == "app-1")
    #expect(values["state"] == "s-1")
    #expect(values["scope"]?.split(separator: " ").contains("crm.objects.line_items.read") == true)
    #expect(!page.absoluteString.contains("app-secret-1"))
  }
}
