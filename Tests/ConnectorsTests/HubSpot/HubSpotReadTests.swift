import Connectors
import Domain
import Foundation
import Testing
import Transport

@Suite("HubSpot: records as they are read")
struct HubSpotReadTests {
  private func page(
    _ feed: CRMFeed, _ object: String, _ fixture: String,
    _ change: (inout ConnectionSettings) -> Void = { _ in }
  ) async throws -> CRMPage {
    let (connector, _) = try HubSpotFixture.scripted(
      ["POST /\(object)/search": [.init(body: try HubSpotFixture.text(fixture))]], change)
    return try await connector.page(feed, from: .start)
  }

  @Test func aWonDealIsReadWithEverythingTheListingTells() async throws {
    let page = try await page(.deals, "deals", "deals-page") {
      $0.extraDealFields = ["cost_centre"]
    }
    let deal = try #require(page.deals.first)
    #expect(deal.id == ID("9101"))
    #expect(deal.url == "https://app.hubspot.com/contacts/62515/record/0-3/9101")
    #expect(deal.amount == ExactDecimal(significand: 15005, scale: 1))
    #expect(deal.currency?.code == "AUD")
    #expect(deal.pipeline == Choice(id: "7701", label: "Retainers"))
    #expect(deal.stage == Choice(id: "7702", label: "Signed"))
    #expect(deal.outcome == .won)
    // The day of winning, not the close date, which a person may set to anything.
    let auckland = try #require(Zone("Pacific/Auckland"))
    #expect(deal.wonOn?.date(in: auckland) == CalendarDate("2026-11-20"))
    #expect(deal.wonOn?.date(in: .utc) == CalendarDate("2026-11-19"))
    #expect(deal.ownerID == ID("501"))
    #expect(deal.mergedFrom == [ID("8001"), ID("8002")])
    #expect(deal.paymentTerms == "Net 14")
    #expect(
      deal.reported
        == [.invoiceNumber: "INV-0042", .amountDue: "1500.50", .dueDate: "2026-12-03"])
    #expect(deal.fields == ["cost_centre": "CC-7"])
    #expect(!deal.isComplete)
  }

  @Test func nullsAndEpochsAndStagesAreUnderstood() async throws {
    let page = try await page(.deals, "deals", "deals-page")
    try #require(page.deals.count == 3)
    let open = page.deals[1]
    #expect(open.name.isEmpty)
    #expect(open.amount == nil)
    #expect(open.currency?.code == "NZD")
    #expect(open.outcome == .open)
    #expect(open.wonOn == .moment(Instant(milliseconds: 1_764_547_200_000)))
    #expect(page.deals[2].outcome == .won)
  }

  @Test func oneBadRecordLeavesTheOthersAlone() async throws {
    let page = try await page(.deals, "deals", "deals-page")
    #expect(page.deals.map(\.id.rawValue) == ["9101", "9102", "9105"])
    #expect(page.rejected.map(\.subject.id) == ["9103", "9104"])
    #expect(page.rejected.first?.reason == "Amount is not a number")
    #expect(page.next.highWater == Instant("2026-11-20T03:04:08Z"))
    #expect(!page.hasMore)
  }

  @Test func aPersonKeepsAddressesCompanyAndMark() async throws {
    let page = try await page(.people, "contacts", "contacts-page")
    let person = try #require(page.parties.first)
    #expect(person.subject.description == "hubspot:person:301")
    #expect(person.name == "Ana Ruiz")
    #expect(person.emails == ["ana@example.org", "a.ruiz@example.org"])
    #expect(person.phones == [.main: "+64 9 555 0100", .mobile: "+64 21 555 010"])
    #expect(person.addresses[.postal]?.lines == ["Unit 2", "5 Hill Road"])
    #expect(person.companyIDs == [ID("401")])
    #expect(person.mergedFrom == [ID("299")])
    #expect(person.mark == "c-1")
    #expect(person.modifiedAt == Instant("2026-11-20T03:00:00Z"))
    #expect(page.parties.last?.name == "only@example.org")
  }

  @Test func aCompanyHasATaxNumberWhereAPropertyIsNamed() async throws {
    let page = try await page(.companies, "companies", "companies-page") {
      $0.fields["tax_number"] = Sourced("vat_id")
    }
    let company = try #require(page.parties.first)
    #expect(company.name == "Ruiz & Söhne GmbH")
    #expect(company.website == "ruiz.example")
    #expect(company.taxNumber == "DE123")
    #expect(company.addresses[.postal]?.lines == ["Hof 1", "Haus B"])
    #expect(company.addresses[.postal]?.region == "BE")
  }

  struct LineCase: Sendable, CustomTestStringConvertible {
    var name: String
    var properties: String
    var check: @Sendable (DealLine) -> Bool
    var testDescription: String { name }
  }

  static let lines: [LineCase] = [
    LineCase(
      name: "a unit discount counts for each unit, exactly",
      properties: #""quantity":"3","price":"99.995","discount":"0.3333","hs_sku":"A-1""#
    ) {
      $0.discount == .amount(ExactDecimal(significand: 9999, scale: 4)) && $0.problems.isEmpty
        && $0.unitPrice == ExactDecimal(significand: 99995, scale: 3) && $0.sku == "A-1"
    },
    LineCase(
      name: "a percentage stays a percentage",
      properties: #""quantity":"10","price":"234.56","hs_discount_percentage":"20","discount":"0""#
    ) { $0.discount == .percent(ExactDecimal(20)) },
    LineCase(
      name: "two discounts are a problem",
      properties: #""quantity":"1","price":"2","hs_discount_percentage":"20","discount":"1""#
    ) {
      $0.discount == nil
        && $0.problems == ["both Unit discount and Discount percentage are set"]
    },
    LineCase(
      name: "a number that is none is told in the words of the screen",
      properties: #""quantity":"two","price":"1.000,00""#
    ) {
      $0.quantity == nil && $0.unitPrice == nil
        && $0.problems == [
          "Quantity “two” is not a number", "Unit price “1.000,00” is not a number",
        ]
    },
    LineCase(
      name: "the tax rate's name comes from the account's list",
      properties: #""quantity":"1","price":"1","hs_tax_rate_group_id":"701","hs_tax_label":"x""#
    ) { $0.tax == "GST 15%" },
    LineCase(
      name: "a year of quarters",
      properties:
        #""quantity":"1","price":"1","recurringbillingfrequency":"quarterly","#
        + #""hs_recurring_billing_period":"P1Y""#
    ) { $0.recurrence?.every == 3 && $0.recurrence?.unit == .month && $0.recurrence?.periods == 4 },
    LineCase(
      name: "a year of weeks ends on its last day",
      properties:
        #""quantity":"1","price":"1","recurringbillingfrequency":"weekly","#
        + #""hs_recurring_billing_period":"P12M","#
        + #""hs_recurring_billing_start_date":"2026-12-01""#
    ) {
      $0.recurrence?.periods == nil && $0.recurrence?.end == CalendarDate("2027-11-30")
        && $0.recurrence?.unit == .week
    },
    LineCase(
      name: "a delayed start counts from the won day",
      properties:
        #""quantity":"1","price":"1","recurringbillingfrequency":"monthly","#
        + #""hs_billing_start_delay_type":"hs_billing_start_delay_months","#
        + #""hs_billing_start_delay_months":"2""#
    ) { $0.recurrence?.start == CalendarDate("2027-01-20") },
    LineCase(
      name: "an unknown frequency is a problem",
      properties: #""quantity":"1","price":"1","recurringbillingfrequency":"hourly""#
    ) { $0.recurrence == nil && $0.problems == ["Billing frequency “hourly” is not known"] },
    LineCase(
      name: "tiered prices are billed as the line's own total",
      properties:
        #""quantity":"7","price":"3.333333","amount":"23.35","hs_pricing_model":"graduated""#
    ) {
      $0.quantity == .one && $0.unitPrice == ExactDecimal(significand: 2335, scale: 2)
        && $0.description == "Quantity 7"
    },
  ]

  @Test(arguments: lines)
  func aLineIsRead(_ line: LineCase) async throws {
    let (connector, _) = try HubSpotFixture.scripted([
      "POST /deals/batch/read": [
        .init(
          body:
            #"{"results":[{"id":"1","properties":{"dealname":"D","dealstage":"closedwon","#
            + #""pipeline":"default","hs_closed_won_date":"2026-11-19T12:00:00Z"}}]}"#
        )
      ],
      "POST /deals/line_items/batch/read": [
        .init(body: #"{"results":[{"from":{"id":"1"},"to":[{"toObjectId":77}]}]}"#)
      ],
      "POST /deals/companies/batch/read": [.init(body: #"{"results":[]}"#)],
      "POST /deals/contacts/batch/read": [.init(body: #"{"results":[]}"#)],
      "POST /line_items/batch/read": [
        .init(body: #"{"results":[{"id":"77","properties":{\#(line.properties)}}]}"#)
      ],
      "GET /tax-rates": [
        .init(body: #"{"results":[{"id":"701","label":"GST 15%","percentageRate":15}]}"#)
      ],
    ])
    let answers = try await connector.deals([ID("1")])
    guard case .found(let deal) = answers.first, let read = deal.lines.first else {
      Issue.record("the deal was not found: \(answers)")
      return
    }
    #expect(line.check(read), "\(read)")
  }
}
