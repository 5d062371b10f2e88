import Connectors
import Domain
import Foundation
import Testing
import Transport

@Suite("Xero organisation and sign-in")
struct XeroSignInTests {
  private static let two =
    #"[{"id":"1","tenantId":"t-1","tenantType":"ORGANISATION","tenantName":"Demo Company (NZ)"},"#
    + #"{"id":"2","tenantId":"t-2","tenantType":"ORGANISATION","tenantName":"Other"},"#
    + #"{"id":"3","tenantId":"t-3","tenantType":"PRACTICE","tenantName":"Practice"}]"#

  private static func fake(connections: String) -> FakeXero {
    FakeXero { request in
      switch request.url.lastPathComponent {
      case "connections": FakeXero.json(connections)
      case "Organisation":
        FakeXero.json(
          #"{"Organisations":[{"OrganisationID":"o","Name":"Demo","BaseCurrency":"NZD","#
            + #""ShortCode":"!sc","Timezone":"UTC"}]}"#)
      default: FakeXero.json(#"{"Contacts":[]}"#)
      }
    }
  }

  private static let unpinned = StoredToken(accessToken: Secret("canary-access-token"))

  @Test(arguments: [
    ("demo company  (nz)", "t-1"), ("T-2", "t-2"), ("Other", "t-2"), (nil, nil), ("Nobody", nil),
    ("Practice", nil),
  ])
  func theConfiguredOrganisationIsPinned(_ wanted: String?, _ tenant: String?) async throws {
    let fake = Self.fake(connections: Self.two)
    let tokens = TokenStore.inMemory(["xero": Self.unpinned])
    let settings = XeroBench.settings(organisation: wanted)
    let connector = try XeroConnector(
      settings: settings, environment: XeroBench.environment(fake.exchange, tokens: tokens))
    do {
      _ = try await connector.page(.contacts, from: .start)
      #expect(fake.requests.last?.headers["Xero-Tenant-Id"] == tenant)
      #expect(try tokens.load("xero")?.pin == tenant)
      // The next pass asks nobody.
      let later = try XeroConnector(
        settings: settings, environment: XeroBench.environment(fake.exchange, tokens: tokens))
      _ = try await later.page(.contacts, from: .start)
      #expect(await later.callCount() == 1)
    } catch {
      #expect(tenant == nil, "\(error)")
      guard case .signInNeeded(let reason) = error as? RemoteError else {
        Issue.record("\(error)")
        return
      }
      #expect(reason.contains("Demo Company (NZ)") && reason.contains("Other"))
      #expect(reason.contains("xerosync.yaml:7:17") == (wanted != nil))
      #expect(try tokens.load("xero")?.pin == nil)
    }
  }

  @Test func anotherOrganisationThanThePinnedOneIsRefused() async throws {
    let fake = Self.fake(connections: Self.two)
    let connector = try XeroBench.connector(
      fake, settings: XeroBench.settings(organisation: "Other"))
    await #expect(throws: RemoteError.self) {
      try await connector.page(.contacts, from: .start)
    }
    #expect(fake.requests.map(\.url.lastPathComponent) == ["connections"])
  }

  @Test(arguments: [
    (#"[{"tenantId":"elsewhere","tenantName":"Elsewhere"}]"#, "no longer reaches"),
    (#"[{"tenantId":"\#(XeroBench.tenant)","tenantName":"Demo Company (NZ)"}]"#, "scopes"),
  ])
  func forbiddenSaysWhy(_ connections: String, _ words: String) async throws {
    let fake = FakeXero { request in
      request.url.lastPathComponent == "connections"
        ? FakeXero.json(connections)
        : FakeXero.json(
          #"{"Type":null,"Title":"Forbidden","Status":403,"Detail":"AuthenticationUnsuccessful"}"#,
          status: 403)
    }
    do {
      _ = try await XeroBench.connector(fake).page(.invoices, from: .start)
      Issue.record("it was let through")
    } catch {
      guard case .signInNeeded(let reason) = error as? RemoteError else {
        Issue.record("\(error)")
        return
      }
      #expect(reason.contains(words) && reason.contains("Demo Company (NZ)"))
      #expect(!reason.contains("canary"))
    }
  }

  @Test(arguments: [
    ("authorization_code", ["client_id": "a"], nil),
    ("client_credentials", ["client_id": "a"], "client_secret"),
    ("authorization_code", ["client_id": ""], "client_id"),
    ("token", ["client_id": "a"], "authorization_code or client_credentials"),
  ])
  func settingsAreChecked(_ flow: String, _ secrets: [String: String], _ words: String?) throws {
    let settings = XeroBench.settings(flow: flow, secrets: secrets)
    let fake = FakeXero(json: "{}")
    do {
      _ = try XeroBench.connector(fake, settings: settings)
      #expect(words == nil)
    } catch {
      let words = try #require(words, "\(error)")
      #expect("\(error)".contains(words))
    }
  }

  @Test(arguments: ["http://api.xero.com", "https://user:pw@api.xero.com", "nonsense"])
  func onlySafeAddresses(_ address: String) throws {
    var settings = XeroBench.settings()
    settings.urls["api_url"] = Sourced(
      address, at: Domain.Origin(file: "xerosync.yaml", line: 12, column: 3))
    do {
      _ = try XeroBench.connector(FakeXero(json: "{}"), settings: settings)
      Issue.record("accepted \(address)")
    } catch {
      #expect("\(error)".hasPrefix("xerosync.yaml:12:3: xero: api_url"))
    }
  }

  @Test func clientCredentialsAskForGranularScopes() async throws {
    let fake = FakeXero { request in
      switch request.url.lastPathComponent {
      case "token":
        FakeXero.json(
          #"{"access_token":"canary-fresh-token","expires_in":1800,"token_type":"Bearer","#
            + #""scope":"accounting.invoices"}"#)
      case "connections": FakeXero.json(#"[{"tenantId":"t-1","tenantName":"Demo"}]"#)
      case "Organisation":
        FakeXero.json(#"{"Organisations":[{"Name":"Demo","BaseCurrency":"NZD"}]}"#)
      default: FakeXero.json(#"{"Contacts":[]}"#)
      }
    }
    let connector = try XeroBench.connector(
      fake, settings: XeroBench.settings(flow: "client_credentials"), token: nil)
    _ = try await connector.page(.contacts, from: .start)
    let first = try #require(fake.requests.first)
    #expect(
      first.text
        == "grant_type=client_credentials&scope=accounting.invoices%20accounting.payments.read"
        + "%20accounting.contacts%20accounting.settings.read")
    #expect(fake.requests.last?.headers["Authorization"] == "Bearer canary-fresh-token")
    // The request for a token is not counted.
    #expect(await connector.callCount() == 3)
  }

  @Test func theAuthorizeAddressAndScope() throws {
    let signIn = try XeroSignIn(
      XeroBench.settings(),
      in: XeroBench.environment(FakeXero(json: "{}").exchange, tokens: .inMemory()))
    #expect(
      try signIn.authorizePage(
        redirect: "http://localhost:8484/callback", state: "s&1", challenge: "c"
      ).absoluteString
        == "https://login.xero.com/identity/connect/authorize?response_type=code&client_id=id"
        + "&redirect_uri=http%3A%2F%2Flocalhost%3A8484%2Fcallback&scope=offline_access"
        + "%20accounting.invoices%20accounting.payments.read%20accounting.contacts"
        + "%20accounting.settings.read&state=s%261&code_challenge=c&code_challenge_method=S256")
    #expect(signIn.scope.hasPrefix("offline_access accounting.invoices"))
    #expect(
      try signIn.tokenEndpoint().url.absoluteString == "https://identity.xero.com/connect/token")
  }
}
