import Connectors
import Domain
import Foundation
import Sandbox
import Synchronization
import Testing
import Transport

@Suite("Zoho: data centres and sign-in")
struct ZohoSignInTests {
  @Test(
    "the data centre decides every address",
    arguments: [
      ("us", "accounts.zoho.com", "www.zohoapis.com"),
      ("eu", "accounts.zoho.eu", "www.zohoapis.eu"),
      ("in", "accounts.zoho.in", "www.zohoapis.in"),
      ("au", "accounts.zoho.com.au", "www.zohoapis.com.au"),
      ("jp", "accounts.zoho.jp", "www.zohoapis.jp"),
      ("cn", "accounts.zoho.com.cn", "www.zohoapis.com.cn"),
      ("ca", "accounts.zohocloud.ca", "www.zohoapis.ca"),
      ("sa", "accounts.zoho.sa", "www.zohoapis.sa"),
    ])
  func centres(_ name: String, _ accounts: String, _ api: String) async throws {
    let settings = ZohoFixture.settings {
      $0.urls = [:]
      $0.options["data_centre"] = Sourced(name)
    }
    let asked = Mutex<[String]>([])
    let exchange = HTTPExchange { request, _ throws(HTTPFailure) in
      asked.withLock { $0.append(request.url.host ?? "") }
      let isToken = request.url.path.hasSuffix("/token")
      return HTTPResponse(
        status: isToken ? 200 : 404,
        body: Data((isToken ? #"{"access_token":"a","expires_in":3600}"# : "{}").utf8))
    }
    let environment = ZohoFixture.environment(exchange, ZohoClock())
    let page = try ZohoSignIn(settings, in: environment).authorizePage(
      redirect: "http://localhost:8484/callback", state: "x y")
    #expect(page.host == accounts)
    let connector = try ZohoConnector(settings: settings, environment: environment)
    _ = try? await connector.page(.deals, from: .start)
    #expect(asked.withLock { Array($0.prefix(2)) } == [accounts, api])
  }

  @Test(
    "a token goes where the token answer says only if that is Zoho",
    arguments: [
      ("https://www.zohoapis.eu", "www.zohoapis.eu"),
      ("https://sandbox.zohoapis.com.au", "sandbox.zohoapis.com.au"),
      ("https://zohoapis.evil.example", "www.zohoapis.com"),
      ("https://www.zohoapis.com.evil.example", "www.zohoapis.com"),
      ("http://www.zohoapis.eu", "www.zohoapis.com"),
      ("https://www.zohoapis.eu:8443", "www.zohoapis.com"),
      ("https://user@www.zohoapis.eu", "www.zohoapis.com"), ("", "www.zohoapis.com"),
    ])
  func domains(_ domain: String, _ host: String) async throws {
    let settings = ZohoFixture.settings {
      $0.urls = [:]
      $0.auth = .init(
        flow: Sourced("authorization_code"),
        secrets: ["client_id": SecretText("app"), "client_secret": SecretText("s")])
    }
    let tokens = TokenStore.inMemory()
    try tokens.save(
      "zoho",
      StoredToken(
        accessToken: Secret("a"), expiresAt: ZohoClock.start + 3_600_000,
        refreshToken: Secret("r"), details: ["api_domain": domain], obtainedAt: ZohoClock.start))
    let asked = Mutex<[String]>([])
    let exchange = HTTPExchange { request, _ throws(HTTPFailure) in
      asked.withLock { $0.append(request.url.host ?? "") }
      return HTTPResponse(status: 404, body: Data("{}".utf8))
    }
    let connector = try ZohoConnector(
      settings: settings, environment: ZohoFixture.environment(exchange, ZohoClock(), tokens))
    _ = try? await connector.page(.deals, from: .start)
    #expect(asked.withLock { $0 } == [host])
  }

  @Test("a person's sign-in: the consent page, the code, the token that is kept")
  func person() async throws {
    let bench = ZohoBench {
      $0.auth = .init(
        flow: Sourced("authorization_code"),
        secrets: ["client_id": SecretText("app"), "client_secret": SecretText("s")])
      $0.urls["login_url"] = Sourced("http://localhost:1")
    }
    try bench.person("oauth_client", ["id": "app", "secret": "s"])
    let environment = bench.environment
    let signIn = try #require(
      try ConnectorRegistry.signIn(settings: bench.settings, environment: environment))
    let redirect = "http://localhost:8484/callback"
    let page = try signIn.authorizePage(redirect, "state", "challenge")
    let query = URLComponents(url: page, resolvingAgainstBaseURL: false)?.queryItems ?? []
    #expect(query.first { $0.name == "access_type" }?.value == "offline")
    #expect(query.first { $0.name == "scope" }?.value?.contains(",ZohoCRM.coql.READ") == true)
    let answer = bench.world.respond(
      to: SandboxRequest(
        method: "GET", path: page.path,
        query: query.map { .init(name: $0.name, value: $0.value ?? "") }))
    let target = URLComponents(string: answer.header("location") ?? "")?.queryItems
    let code = target?.first { $0.name == "code" }?.value ?? ""
    let token = try await signIn.tokenEndpoint.request([
      "grant_type": "authorization_code", "code": code, "redirect_uri": redirect,
      "code_verifier": "v",
    ])
    #expect(token.refreshToken != nil)
    #expect(token.details["api_domain"]?.hasPrefix("http://") == true)
    try bench.tokens.save("zoho", token)
    _ = try bench.deal()
    let (pages, _) = try await bench.poll(try bench.connector())
    #expect(pages.zohoDeals.count == 1)
  }

  @Test("the catalogue and what is kept of it for later passes")
  func catalogue() async throws {
    let bench = ZohoBench()
    let catalogue = try await (try bench.connector()).catalogue()
    #expect(catalogue.account == "60012345")
    #expect(catalogue.homeCurrency?.code == "NZD")
    #expect(catalogue.zone?.name == "Pacific/Auckland")
    #expect(catalogue.pipelines.map(\.choice.label) == ["Standard (Standard)", "Renewals"])
    let stages = catalogue.pipelines[0].stages
    #expect(stages.filter { $0.outcome == .won }.map(\.choice.id) == ["Closed Won", "Paid"])
    #expect(stages.filter { $0.outcome == .lost }.map(\.choice.id) == ["Closed Lost"])
    #expect(catalogue.owners.count(where: \.isActive) == 3)
    let text = try JSONEncoder().encode(catalogue)
    let kept = try JSONDecoder().decode(CRMCatalogue.self, from: text)
    let id = try bench.deal("A", ["properties": ["Xero invoice number": "INV-1"]])
    bench.world.clearLog()
    let second = try bench.connector()
    await second.adopt(kept)
    guard case .found(let deal)? = try await second.deals([ID(id)]).first else {
      Issue.record("not found")
      return
    }
    #expect(deal.reported[.invoiceNumber] == "INV-1")
    #expect(bench.calls == ["GET /Deals", "POST /coql"])
  }
}
