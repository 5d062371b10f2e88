import Connectors
import Domain
import Foundation
import Sandbox
import Synchronization
import Testing
import Transport

@Suite("Zoho: limits, errors, sign-in")
struct ZohoJudgeTests {
  private static let token =
    #"{"access_token":"1000.a","api_domain":"https://www.zohoapis.eu","expires_in":3600}"#
  private static let fields =
    #"{"fields":[{"id":"1","api_name":"Deal_Name","data_type":"text"},"#
    + #"{"id":"2","api_name":"Amount","data_type":"currency"}]}"#
  private static let org = #"{"org":[{"id":"9","zgid":"7","iso_code":"NZD"}]}"#

  /// Signs in and knows its fields; answers the same to everything else.
  private func connector(
    _ status: Int, _ body: String, _ headers: [String: String] = [:],
    _ change: (inout ConnectionSettings) -> Void = { _ in }
  ) throws -> ZohoConnector {
    let exchange = HTTPExchange { request, _ throws(HTTPFailure) in
      let path = request.url.path
      let known =
        path.hasSuffix("/token")
        ? Self.token
        : path.hasSuffix("/settings/fields")
          ? Self.fields : path.hasSuffix("/org") ? Self.org : nil
      return HTTPResponse(
        status: known == nil ? status : 200,
        headers: HTTPHeaders(
          (known == nil ? headers : ["Content-Type": "application/json"])
            .map { (name: $0.key, value: $0.value) }),
        body: Data((known ?? body).utf8))
    }
    return try ZohoConnector(
      settings: ZohoFixture.settings(change),
      environment: ZohoFixture.environment(exchange, ZohoClock()))
  }

  private static let json = ["Content-Type": "application/json;charset=UTF-8"]

  private static func error(_ code: String, _ message: String = "m") -> String {
    #"{"code":"\#(code)","details":{},"message":"\#(message)","status":"error"}"#
  }

  private func failure(_ connector: ZohoConnector) async -> RemoteError? {
    do {
      _ = try await connector.page(.deals, from: .start)
      return nil
    } catch { return error }
  }

  @Test("what an answer to a read means")
  func reads() async throws {
    let table: [(Int, String, (RemoteError?) -> Bool)] = [
      (
        429, Self.error("TOO_MANY_REQUESTS"), { if case .rateLimited? = $0 { true } else { false } }
      ),
      (401, Self.error("INVALID_TOKEN"), { if case .signInNeeded? = $0 { true } else { false } }),
      (
        401, Self.error("OAUTH_SCOPE_MISMATCH"),
        {
          guard case .signInNeeded(let reason)? = $0 else { return false }
          return reason.contains("scope")
        }
      ),
      (
        403,
        #"{"code":"NO_PERMISSION","details":{"permissions":["Crm_Implied_View_Deals"]},"#
          + #""message":"permission denied","status":"error"}"#,
        {
          guard case .signInNeeded(let reason)? = $0 else { return false }
          return reason.contains("Crm_Implied_View_Deals")
        }
      ),
      (500, Self.error("INTERNAL_ERROR"), { if case .unreadable? = $0 { true } else { false } }),
      (200, "<html>", { if case .unreadable? = $0 { true } else { false } }),
      (200, "", { if case .unreadable? = $0 { true } else { false } }),
      (200, "{}", { if case .unreadable? = $0 { true } else { false } }),
      (200, #"{"data":"x"}"#, { if case .unreadable? = $0 { true } else { false } }),
      (200, #"{"data":[{"id":"#, { if case .unreadable? = $0 { true } else { false } }),
      (400, Self.error("INVALID_MODULE"), { if case .refused? = $0 { true } else { false } }),
      (204, "", { $0 == nil }), (304, "", { $0 == nil }),
      (200, #"{"data":[],"info":{"more_records":false}}"#, { $0 == nil }),
      (
        200, #"{"data":[{"id":"1"}],"info":{"more_records":true}}"#,
        { if case .unreadable? = $0 { true } else { false } }
      ),
    ]
    for (status, body, isRight) in table {
      let result = await failure(try connector(status, body, Self.json))
      #expect(isRight(result), "\(status) \(body): \(String(describing: result))")
      if case .signInNeeded(let reason)? = result {
        #expect(!reason.contains("auth login") && !reason.contains("1000.a"), "\(reason)")
      }
    }
  }

  @Test("one bad record of a page is rejected, the others are read")
  func rejected() async throws {
    let body =
      #"{"data":[{"id":"100","Deal_Name":"Good","Amount":35000,"Stage":"New"},"#
      + #"{"id":"101","Amount":"lots"},{"Deal_Name":"no id"}],"info":{"more_records":false}}"#
    let page = try await connector(200, body, Self.json).page(.deals, from: .start)
    #expect(page.deals.map(\.id.rawValue) == ["100"])
    #expect(page.deals.first?.currency?.code == "NZD")
    #expect(page.deals.first?.amount == ExactDecimal(35_000))
    #expect(page.rejected.map(\.subject.id).sorted() == ["101", "unknown"])
  }

  @Test("each row of a write is judged by its own status, whatever the status of the whole")
  func rows() async throws {
    let good = #"{"code":"SUCCESS","status":"success","message":"","details":{"id":"1"}}"#
    let bad = Self.error("INVALID_DATA")
    let table: [(Int, String, String)] = [
      (200, #"{"data":[\#(good),\#(bad)]}"#, "applied refused"),
      (207, #"{"data":[\#(bad),\#(good)]}"#, "refused applied"),
      (202, #"{"data":[\#(bad),\#(bad)]}"#, "refused refused"),
      (400, #"{"data":[\#(bad),\#(good)]}"#, "refused applied"),
      (400, bad, "refused refused"), (200, #"{"data":[\#(good)]}"#, "unknown unknown"),
      (200, #"{"data":[\#(good),{"id":"1"}]}"#, "applied unknown"),
      (200, #"{"data":[\#(good),7]}"#, "applied unknown"), (200, "{}", "unknown unknown"),
      (200, "<html>", "unknown unknown"), (500, "", "unknown unknown"),
      (429, Self.error("TOO_MANY_REQUESTS"), "notSent notSent"),
      (401, Self.error("OAUTH_SCOPE_MISMATCH"), "notSent notSent"),
    ]
    for (status, body, expected) in table {
      let connector = try connector(status, body, Self.json) {
        $0.fields["invoice_number"] = Sourced("Deal_Name")
      }
      let outcomes = await connector.report(
        ["1", "2"].map { DealReport(deal: ID($0), values: [.invoiceNumber: "N"]) })
      let words = outcomes.map { outcome in
        switch outcome {
        case .applied: "applied"
        case .refused: "refused"
        case .unknown: "unknown"
        case .notSent: "notSent"
        }
      }
      #expect(words.joined(separator: " ") == expected, "\(status) \(body)")
    }
  }

  @Test("too many calls at once are waited for; the day's credits end the pass")
  func limits() async throws {
    let bench = ZohoBench()
    _ = try bench.deal()
    let connector = try bench.connector()
    try bench.person("limits", ["busy": 2])
    let (pages, _) = try await bench.poll(connector)
    #expect(pages.zohoDeals.count == 1)
    try bench.person("limits", ["daily_used": 50_000])
    guard case .rateLimited? = await failure(try bench.connector()) else {
      Issue.record("the credits are used up")
      return
    }
  }

  @Test("an access token is made once and kept by all passes; a lapsed one is renewed")
  func tokens() async throws {
    let bench = ZohoBench()
    _ = try bench.deal()
    func minted() -> Int { bench.calls.count { $0.contains("/oauth/v2/token") } }
    for _ in 0..<15 {
      _ = try await bench.poll(try bench.connector())
      bench.clock.advance(.seconds(60))
    }
    #expect(minted() == 1)
    try bench.person("expire_tokens")
    _ = try await bench.poll(try bench.connector())
    #expect(minted() == 2)
    bench.clock.advance(.seconds(3000))
    _ = try await bench.poll(try bench.connector())
    #expect(minted() == 3)
  }

  @Test("too many new tokens are a matter of waiting, a refresh token that is gone is not")
  func mintLimits() async throws {
    let bench = ZohoBench()
    try bench.person("limits", ["tokens_per_ten_minutes": 0])
    guard case .notSent(let reason)? = await failure(try bench.connector()) else {
      Issue.record("no token can be made for ten minutes")
      return
    }
    #expect(reason.contains("could not be renewed"))
    try bench.person("limits", ["tokens_per_ten_minutes": 10])
    try bench.person("expire_tokens", ["refresh_tokens": true])
    guard case .signInNeeded(let gone)? = await failure(try bench.connector()) else {
      Issue.record("the refresh token is gone")
      return
    }
    #expect(gone.contains("auth.refresh_token"))
    #expect(!gone.contains("sandbox-refresh-token"))
  }

  @Test("a refresh token changed in the configuration takes the place of the kept one")
  func changedToken() async throws {
    let bench = ZohoBench()
    _ = try await bench.poll(try bench.connector())
    try bench.person("oauth_client", ["id": "app", "secret": "s", "refresh_token": "other"])
    try bench.person("expire_tokens")
    var settings = bench.settings
    settings.auth.secrets["refresh_token"] = SecretText("other")
    #expect(try bench.tokens.load("zoho")?.refreshToken == Secret("sandbox-refresh-token"))
    let connector = try bench.connector(settings)
    _ = try await bench.poll(connector)
    #expect(try bench.tokens.load("zoho")?.refreshToken == Secret("other"))
  }

  @Test("settings that cannot work are told before anything is sent")
  func settings() throws {
    let wrong: [(inout ConnectionSettings) -> Void] = [
      { $0.auth.secrets["refresh_token"] = nil },
      { $0.urls["api_url"] = Sourced("http://example.org") },
      { $0.auth.flow = Sourced("client_credentials") },
      { $0.options["data_centre"] = Sourced("mars") },
      { $0.options["automation"] = Sourced("sometimes") },
    ]
    for change in wrong {
      #expect(throws: ConnectorSetupError.self) { try connector(200, "{}", [:], change) }
    }
  }
}
