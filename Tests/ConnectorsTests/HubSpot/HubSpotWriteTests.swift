import Connectors
import Domain
import Foundation
import Testing
import Transport

@Suite("HubSpot: requests and refusals")
struct HubSpotWriteTests {
  private static let empty = #"{"results":[]}"#

  private func report(_ id: String, _ values: [ReportField: String]) -> DealReport {
    DealReport(deal: ID(id), values: values)
  }

  @Test func theFirstSearchAsksForEverythingOldestFirst() async throws {
    let (connector, script) = try HubSpotFixture.scripted(
      ["POST /line_items/search": [.init(body: Self.empty)]])
    _ = try await connector.page(.lines, from: .start)
    let sent = try #require(script.sent.first)
    #expect(sent.line == "POST /crm/v3/objects/line_items/search")
    #expect(
      sent.body
        == #"{"sorts":[{"propertyName":"hs_lastmodifieddate","direction":"ASCENDING"}],"#
        + #""properties":["hs_lastmodifieddate"],"limit":200}"#
    )
    #expect(sent.headers["Authorization"] == "Bearer sandbox-token")
    #expect(sent.headers["Content-Type"] == "application/json")
  }

  @Test func anIncrementReadsBackByTheLagAndCostsOneCall() async throws {
    let (connector, script) = try HubSpotFixture.scripted(
      ["POST /contacts/search": [.init(body: Self.empty)]])
    let seen = Instant(milliseconds: 1_795_132_800_000)
    let page = try await connector.page(.people, from: FeedCursor(highWater: seen))
    #expect(page.next == FeedCursor(highWater: seen))
    #expect(script.sent.count == 1)
    #expect(await connector.callCount() == 1)
    let filter =
      #"{"filters":[{"propertyName":"lastmodifieddate","operator":"GTE","#
      + #""value":"1795131900000"}]}"#
    #expect(script.sent[0].body.contains(filter))
  }

  @Test func aKnownCatalogueMakesAPageOfDealsOneCall() async throws {
    let body = try HubSpotFixture.text("deals-page")
    let (connector, script) = try HubSpotFixture.scripted(
      ["POST /deals/search": [.init(body: body)]])
    var catalogue = CRMCatalogue(account: "62515", pipelines: [], owners: [])
    catalogue.homeCurrency = Currency("NZD")
    await connector.adopt(catalogue)
    let page = try await connector.page(.deals, from: .start)
    #expect(page.deals.count == 3)
    #expect(script.sent.count == 1)
  }

  @Test func longFieldListsNeverMakeASearchTooLong() async throws {
    let (connector, script) = try HubSpotFixture.scripted(
      ["POST /deals/search": [.init(body: Self.empty)]]
    ) { settings in
      settings.extraDealFields = Set((0..<200).map { "custom_property_number_\($0)" })
    }
    _ = try await connector.page(.deals, from: .start)
    #expect(script.sent[0].body.count < 3000)
    #expect(script.sent[0].body.contains("xero_invoice_number"))
  }

  @Test(arguments: [
    ("v3", "/crm/v3/objects/deals/search", "/crm/v4/associations/line_items/deals/batch/read"),
    (
      "2026-03", "/crm/objects/2026-03/deals/search",
      "/crm/associations/2026-03/line_items/deals/batch/read"
    ),
    (
      "2026-09", "/crm/objects/2026-09/deals/search",
      "/crm/associations/2026-09/line_items/deals/batch/read"
    ),
  ])
  func everyEditionHasItsOwnPaths(version: String, search: String, links: String) async throws {
    let (connector, script) = try HubSpotFixture.scripted([
      "POST /search": [.init(body: Self.empty)], "POST /batch/read": [.init(body: Self.empty)],
    ]) { $0.options["api_version"] = Sourced(version) }
    _ = try await connector.page(.deals, from: .start)
    _ = try await connector.dealsOwning(lines: ["5"])
    #expect(script.sent.map(\.line) == ["POST \(search)", "POST \(links)"])
  }

  @Test func anUnknownEditionIsASetupError() {
    let settings = HubSpotFixture.settings { $0.options["api_version"] = Sourced("v9") }
    let script = HubSpotScript([:])
    #expect(throws: ConnectorSetupError.self) {
      try HubSpotConnector(
        settings: settings,
        environment: HubSpotFixture.environment(script.exchange, HubSpotClock()))
    }
  }

  @Test func aReportIsWrittenByInternalNamesAndReadBackAsHeld() async throws {
    let answer =
      #"{"status":"COMPLETE","results":[{"id":"1","properties":{"xero_amount_due":"1150","#
      + #""xero_due_date":"2026-12-20","xero_paid_date":null,"dealstage":"7703"}}]}"#
    let (connector, script) = try HubSpotFixture.scripted(
      ["POST /deals/batch/update": [.init(body: answer)]])
    let outcomes = await connector.report([
      DealReport(
        deal: ID("1"), values: [.amountDue: "1150.00", .dueDate: "2026-12-20", .paidDate: ""],
        stage: Choice(id: "7703", label: "Billed"))
    ])
    let sent = try #require(script.sent("deals/batch/update").first)
    #expect(
      sent.body
        == #"{"inputs":[{"id":"1","properties":{"dealstage":"7703","pipeline":"7701","#
        + #""xero_amount_due":"1150.00","xero_due_date":"2026-12-20","xero_paid_date":""},"#
        + #""objectWriteTraceId":"report-0-1"}]}"#
    )
    guard case .applied(let held) = outcomes.first else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(held == [.amountDue: "1150.00", .dueDate: "2026-12-20", .paidDate: ""])
  }

  @Test(arguments: [200, 201, 207])
  func aPartlyFailedBatchIsJudgedRecordByRecord(status: Int) async throws {
    let (connector, script) = try HubSpotFixture.scripted([
      "POST /deals/batch/update": [
        .init(status: status, body: try HubSpotFixture.text("update-partial"))
      ]
    ])
    let outcomes = await connector.report([
      report("1", [.invoiceNumber: "INV-1", .amountDue: "10.00"]),
      report("2", [.invoiceStatus: "late"]),
    ])
    try #require(outcomes.count == 2)
    guard case .applied(let held) = outcomes[0], case .refused(let refusal) = outcomes[1] else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(held == [.invoiceNumber: "INV-1", .amountDue: "10.00"])
    #expect(refusal.code == .fieldRefused)
    #expect(refusal.message == "late was not one of the allowed options")
    #expect(refusal.remedy.contains("xero_invoice_status"))
    #expect(script.sent("deals/batch/update").count == 1)
  }

  @Test func aMissingPropertyStopsOnlyTheRecordsThatHaveIt() async throws {
    let good =
      #"{"results":[{"id":"2","properties":{"xero_invoice_number":"INV-2"},"#
      + #""objectWriteTraceId":"report-1-2"}]}"#
    let (connector, script) = try HubSpotFixture.scripted([
      "POST /deals/batch/update": [
        .init(status: 400, body: try HubSpotFixture.text("property-missing")), .init(body: good),
      ]
    ])
    let outcomes = await connector.report([
      report("1", [.dueDate: "2026-12-01"]), report("2", [.invoiceNumber: "INV-2"]),
      report("3", [.dueDate: "2026-12-02"]),
    ])
    guard case .refused(let refusal) = outcomes[0], case .applied = outcomes[1],
      case .refused = outcomes[2]
    else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(refusal.code == .fieldRefused)
    #expect(refusal.remedy.contains("xerosync doctor --fix"))
    #expect(script.sent.count == 2)
  }

  @Test func aLostAnswerIsUnknownAndNotRepeated() async throws {
    let (connector, script) = try HubSpotFixture.scripted(
      ["POST /deals/batch/update": [.init(status: 0, body: "")]])
    let outcomes = await connector.report([report("1", [.invoiceNumber: "INV-1"])])
    guard case .unknown = outcomes[0] else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(script.sent.count == 1)
  }

  @Test func aMissingScopeIsNamed() async throws {
    let body = try HubSpotFixture.text("missing-scopes")
    let (connector, _) = try HubSpotFixture.scripted(
      ["POST /deals/search": [.init(status: 403, body: body)]])
    do {
      _ = try await connector.page(.deals, from: .start)
      Issue.record("a page without a scope")
    } catch {
      guard case .signInNeeded(let reason) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(reason.contains("crm.objects.deals.write or e-commerce"))
    }
  }

  @Test(arguments: [
    (429, #"{"policyName":"DAILY","status":"error","message":"x"}"#, "day"),
    (477, "{}", "migration"),
  ])
  func longLimitsEndThePass(status: Int, body: String, scope: String) async throws {
    let (connector, script) = try HubSpotFixture.scripted([
      "POST /deals/search": [.init(status: status, body: body, headers: ["Retry-After": "7200"])]
    ])
    for _ in 1...2 {
      do {
        _ = try await connector.page(.deals, from: .start)
        Issue.record("a page beyond the limit")
      } catch {
        guard case .rateLimited(let limit) = error else {
          Issue.record("\(error)")
          return
        }
        #expect(limit.scope == scope)
      }
    }
    #expect(script.sent.count == 1)
  }

  @Test(arguments: [
    (429, #"{"policyName":"SECONDLY","message":"x"}"#),
    (429, #"{"policyName":"TEN_SECONDLY_ROLLING","message":"x"}"#), (423, "{}"), (503, "<html>"),
  ])
  func shortLimitsAreWaitedFor(status: Int, body: String) async throws {
    let (connector, script) = try HubSpotFixture.scripted([
      "POST /deals/search": [.init(status: status, body: body), .init(body: Self.empty)]
    ])
    let page = try await connector.page(.deals, from: .start)
    #expect(!page.hasMore)
    #expect(script.sent.count == 2)
  }

  @Test func aFailedLinkReadNeverPassesForNoLinks() async throws {
    let failed =
      #"{"status":"COMPLETE","results":[],"errors":[{"category":"INTERNAL_ERROR","#
      + #""message":"x","context":{"fromObjectId":["5"]}}]}"#
    let (connector, _) = try HubSpotFixture.scripted(
      ["POST /line_items/deals/batch/read": [.init(status: 207, body: failed)]])
    await #expect(throws: RemoteError.self) { try await connector.dealsOwning(lines: ["5"]) }
  }

  @Test func longLinkListsAreReadToTheirEnd() async throws {
    let first =
      #"{"results":[{"from":{"id":"5"},"to":[{"toObjectId":11}],"#
      + #""paging":{"next":{"after":"12"}}}]}"#
    let second = #"{"results":[{"from":{"id":"5"},"to":[{"toObjectId":12}]}]}"#
    let (connector, script) = try HubSpotFixture.scripted(
      ["POST /line_items/deals/batch/read": [.init(body: first), .init(body: second)]])
    #expect(try await connector.dealsOwning(lines: ["5"]) == [ID("11"), ID("12")])
    #expect(script.sent.last?.body == #"{"inputs":[{"id":"5","after":"12"}]}"#)
  }

  @Test func anEmptyTokenOrOneWithALineBreakIsASetupError() {
    for token in ["", "pat-na1\n"] {
      let settings = HubSpotFixture.settings { $0.auth.secrets["access_token"] = SecretText(token) }
      #expect(throws: ConnectorSetupError.self) {
        try HubSpotConnector(
          settings: settings,
          environment: HubSpotFixture.environment(HubSpotScript([:]).exchange, HubSpotClock()))
      }
    }
  }
}
