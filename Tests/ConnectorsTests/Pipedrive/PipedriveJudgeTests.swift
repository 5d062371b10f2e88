import Connectors
import Domain
import Foundation
import Sandbox
import Synchronization
import Testing
import Transport

@Suite("Pipedrive: limits, errors, sign-in")
struct PipedriveJudgeTests {
  /// Answers the same to everything.
  private func connector(
    _ status: Int, _ body: String, _ headers: [String: String] = [:],
    _ change: (inout ConnectionSettings) -> Void = { _ in }
  ) throws -> PipedriveConnector {
    let exchange = HTTPExchange { _, _ throws(HTTPFailure) in
      HTTPResponse(
        status: status,
        headers: HTTPHeaders(headers.map { (name: $0.key, value: $0.value) }),
        body: Data(body.utf8))
    }
    return try PipedriveConnector(
      settings: PipedriveFixture.settings(change),
      environment: PipedriveFixture.environment(exchange, PipedriveClock()))
  }

  private func failure(_ connector: PipedriveConnector) async -> RemoteError? {
    do {
      _ = try await connector.page(.deals, from: .start)
      return nil
    } catch { return error }
  }

  @Test("the daily budget ends the pass, a burst is waited for, a block page ends it at once")
  func limits() async throws {
    let json = ["Content-Type": "application/json"]
    let daily = json.merging(
      ["x-ratelimit-remaining": "19", "x-daily-ratelimit-token-remaining": "0"]) { $1 }
    let words = #"{"success":false,"error":"Daily API token budget exceeded","errorCode":429}"#
    guard case .rateLimited(let day)? = await failure(try connector(429, words, daily)) else {
      Issue.record("daily")
      return
    }
    #expect(day.scope == "day")
    let page = "<html>Error 1015</html>"
    let html = ["Content-Type": "text/html; charset=UTF-8"]
    guard case .rateLimited(let blocked)? = await failure(try connector(403, page, html)) else {
      Issue.record("blocked")
      return
    }
    #expect(blocked.scope == "blocked")
    let bench = PipedriveBench()
    try bench.person("limits", ["burst": 2])
    for index in 0..<3 { _ = try bench.deal("Deal \(index)") }
    let reader = try bench.connector()
    _ = try await reader.catalogue()
    let (pages, _) = try await bench.poll(reader)
    #expect(pages.dealIDs.count == 3)
  }

  @Test("the day's budget is counted in the vendor's units, and its reserve is kept")
  func budget() async throws {
    let bench = PipedriveBench()
    try bench.person("limits", ["daily_used": 24_500])
    let connector = try bench.connector()
    _ = try await connector.catalogue()
    _ = try await connector.page(.deals, from: .start)
    // Less than a fifth of the day is left: customers wait, money goes on.
    await #expect(throws: RemoteError.self) {
      _ = try await connector.page(.companies, from: .start)
    }
  }

  @Test(
    "what only a person can mend is told as a sign-in",
    arguments: [
      (401, #"{"success":false,"error":"unauthorized access","errorCode":401}"#),
      (402, #"{"success":false,"error":"Company account is not open"}"#),
      (403, #"{"success":false,"error":"Scope and URL mismatch"}"#),
    ])
  func signIn(_ status: Int, _ body: String) async throws {
    let error = await failure(
      try connector(status, body, ["Content-Type": "application/json"]))
    guard case .signInNeeded(let reason)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(!reason.contains("sandbox-token"))
  }

  @Test(
    "answers that are no answers are unreadable, never an empty list",
    arguments: ["", "[]", #"{"success":true,"data":"x"}"#, #"{"success":true,"data":[{"id":"#])
  func broken(_ body: String) async throws {
    let error = await failure(
      try connector(200, body, ["Content-Type": "application/json"]))
    guard case .unreadable? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("OAuth: the consent page, the token without a slash, the company's own address")
  func oauth() async throws {
    let settings = PipedriveFixture.settings {
      $0.urls = [:]
      $0.auth = .init(
        flow: Sourced("authorization_code"),
        secrets: ["client_id": SecretText("app"), "client_secret": SecretText("s")])
    }
    let asked = Mutex<[String]>([])
    let exchange = HTTPExchange { request, _ throws(HTTPFailure) in
      asked.withLock { $0.append(request.url.absoluteString) }
      return HTTPResponse(status: 404, body: Data(#"{"success":false,"error":"x"}"#.utf8))
    }
    for (domain, host) in [
      ("https://kauri.pipedrive.com", "kauri.pipedrive.com"),
      ("https://evil.example", "api.pipedrive.com"),
      ("http://kauri.pipedrive.com", "api.pipedrive.com"),
    ] {
      let tokens = TokenStore.inMemory()
      try tokens.save(
        "pipedrive",
        StoredToken(
          accessToken: Secret("a"), expiresAt: PipedriveClock.start + 3_600_000,
          refreshToken: Secret("r"), details: ["api_domain": domain],
          obtainedAt: PipedriveClock.start))
      let environment = PipedriveFixture.environment(exchange, PipedriveClock(), tokens)
      let signIn = try PipedriveSignIn(settings, in: environment)
      #expect(
        try signIn.authorizePage(redirect: "http://localhost:8484/callback", state: "x")
          .absoluteString.hasPrefix("https://oauth.pipedrive.com/oauth/authorize?client_id=app"))
      #expect(
        try signIn.tokenEndpoint().url.absoluteString == "https://oauth.pipedrive.com/oauth/token")
      let connector = try PipedriveConnector(settings: settings, environment: environment)
      _ = try? await connector.page(.deals, from: .start)
      let last = asked.withLock { $0.last ?? "" }
      #expect(URL(string: last)?.host == host, "\(domain)")
    }
  }

  @Test("settings that cannot work are told before anything is sent")
  func settings() throws {
    #expect(throws: ConnectorSetupError.self) {
      try connector(200, "{}") { $0.auth.secrets = [:] }
    }
    #expect(throws: ConnectorSetupError.self) {
      try connector(200, "{}") { $0.auth.secrets = ["access_token": SecretText("a\nb")] }
    }
    #expect(throws: ConnectorSetupError.self) {
      try connector(200, "{}") { $0.urls["api_url"] = Sourced("http://example.org") }
    }
    #expect(throws: ConnectorSetupError.self) {
      try connector(200, "{}") { $0.auth.flow = Sourced("client_credentials") }
    }
  }

  @Test("the catalogue and what is kept of it for later passes")
  func catalogue() async throws {
    let bench = PipedriveBench()
    let catalogue = try await (try bench.connector()).catalogue()
    #expect(catalogue.account == "7700123")
    #expect(catalogue.homeCurrency?.code == "NZD")
    #expect(catalogue.zone?.name == "Pacific/Auckland")
    #expect(catalogue.pipelines.map(\.choice.label) == ["Sales", "Renewals"])
    #expect(catalogue.pipelines[0].stages.last?.choice == Choice(id: "15", label: "Paid"))
    #expect(catalogue.owners.first { $0.id.rawValue == "9004" }?.isActive == false)
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
    #expect(deal.url == "https://kauritrading.pipedrive.com/deal/\(id)")
    #expect(deal.reported[.invoiceNumber] == "INV-1")
    #expect(bench.calls == ["GET /api/v2/deals", "GET /api/v2/deals/products"])
  }
}
