import Domain
import Reconciler
import Testing

/// One row per hold of the planner: what is wrong, in which words, with which remedy.
struct HoldCase: Sendable, CustomTestStringConvertible {
  var code: HoldCode
  var says: String
  var remedy = ""
  /// Whether the invoice is made all the same.
  var invoices = false
  var prepare: @Sendable (inout World, inout DealFacts) -> Void

  var testDescription: String { "\(code.rawValue): \(says)" }
}

@Suite struct HoldTests {
  static let cases: [HoldCase] = [
    HoldCase(code: .noCustomer, says: "no company and no contact") { $1.company = nil },
    HoldCase(code: .contactArchived, says: "is archived", remedy: "xerosync link") {
      $1.linkedContact?.status = .archived
    },
    HoldCase(code: .noLines, says: "no line items") {
      $0.policy.invoices.withoutLines = .hold
      $1.deal.lines = []
    },
    HoldCase(code: .noAmount, says: "neither line items nor an amount") { $1.deal.lines = [] },
    HoldCase(code: .badLine, says: "a unit price and no quantity") {
      $1.deal.lines = [line("Cable", nil, "5")]
    },
    HoldCase(code: .badLine, says: "a quantity and no unit price") {
      $1.deal.lines = [line("Cable", "5", nil)]
    },
    HoldCase(code: .badLine, says: "its discount of 101 % is over 100 %") {
      $1.deal.lines[0].discount = .percent(decimal("101"))
    },
    HoldCase(code: .badLine, says: "its discount of -1 % is negative") {
      $1.deal.lines[0].discount = .percent(decimal("-1"))
    },
    HoldCase(code: .badLine, says: "its discount of 1001 is more than the line's 1000") {
      $1.deal.lines[0].discount = .amount(decimal("1001"))
    },
    HoldCase(code: .badLine, says: "Line item “Switches”: Quantity “two” is no number") {
      $1.deal.lines[0].problems = ["Quantity “two” is no number"]
    },
    HoldCase(code: .badLine, says: "too large") {
      $1.deal.lines = [line("Cable", "9999999999999", "9999999999999")]
    },
    HoldCase(code: .badLine, says: "The deal's discount of NZD 1,000.01 is more than its line") {
      $1.deal.discount = .amount(decimal("1000.01"))
    },
    HoldCase(code: .badLine, says: "is not between 0 and 100 %") {
      $1.deal.discount = .percent(decimal("100.01"))
    },
    HoldCase(code: .currencyMissing, says: "no currency") { $1.deal.currency = nil },
    HoldCase(
      code: .currencyNotEnabled,
      says: "in GBP, which Harbour Works does not use (it uses AUD, JPY, NZD)",
      remedy: "xerosync retry hubspot:deal:1"
    ) { $1.deal.currency = currency("GBP") },
    HoldCase(code: .currencyMixed, says: "is in AUD, the deal in NZD") {
      $1.deal.lines[0].currency = currency("AUD")
    },
    HoldCase(code: .termsUnknown, says: "“as agreed”", remedy: "Net 30") {
      $1.deal.paymentTerms = "as agreed"
    },
    HoldCase(code: .taxCodeUnknown, says: "“OUTPUT”", remedy: "xerosync.yaml:50:5") { world, _ in
      world.policy.rules = [RuleTests.rule([]) { $0.tax = Sourced("OUTPUT") }]
    },
    HoldCase(code: .taxCodeUnknown, says: "No rule says which tax code") { world, _ in
      world.policy.invoices.tax = nil
    },
    HoldCase(code: .accountUnknown, says: "Account “201”", remedy: "near: 200") { world, _ in
      world.policy.rules = [RuleTests.rule([]) { $0.account = Sourced("201") }]
    },
    HoldCase(code: .accountUnknown, says: "Account “090”") { world, _ in
      world.policy.invoices.account = Sourced("090")
    },
    HoldCase(code: .itemUnknown, says: "no item “NOPE”") { world, _ in
      world.policy.rules = [RuleTests.rule([]) { $0.item = Sourced("NOPE") }]
    },
    HoldCase(code: .itemUnknown, says: "too long for an item code") {
      $0.policy.invoices.createItems = true
      $1.deal.lines[0].sku = String(repeating: "S", count: 31)
    },
    HoldCase(code: .trackingUnknown, says: "no tracking category “Team”") { world, _ in
      world.policy.invoices.tracking = [
        TrackingRule(category: Sourced("Team"), option: Template("North"))
      ]
    },
    HoldCase(code: .trackingUnknown, says: "Region has no option “Campus network”") { world, _ in
      world.policy.invoices.tracking = [
        TrackingRule(category: Sourced("Region"), option: Template("{deal.name}"))
      ]
    },
    HoldCase(code: .themeUnknown, says: "no branding theme “Fancy”", remedy: "Services, Standard") {
      world, _ in world.policy.invoices.brandingTheme = Sourced("Fancy")
    },
    HoldCase(code: .wonDateMissing, says: "no close date") { $1.deal.wonOn = nil },
    HoldCase(code: .periodLocked, says: "dated 2026-11-20", remedy: "2026-12-01") { world, _ in
      world.facts.ledger.organisation.lockDate = date("2026-11-30")
    },
    HoldCase(code: .possibleDuplicate, says: "INV-0042 of 2026-11-20", remedy: "xerosync link") {
      $1.lookalikes = [invoice()]
    },
    HoldCase(code: .totalNegative, says: "NZD -1,150.00") {
      $1.deal.lines = [line("Credit", "-1", "1000")]
    },
    HoldCase(code: .totalDiffers, says: "the amount contains the tax", invoices: true) {
      $1.deal.amount = decimal("1150")
    },
    HoldCase(code: .heldByRule, says: "ask finance") { world, _ in
      world.policy.rules = [RuleTests.rule([]) { $0.hold = "ask finance" }]
    },
    HoldCase(code: .recurringUnsupported, says: "recurring line items") {
      $0.policy.recurring.mode = .hold
      $1.deal.lines[0].recurrence = Recurrence(every: 1, unit: .month)
    },
    HoldCase(code: .scheduleInvalid, says: "add up to 50 %") { world, _ in
      world.policy.invoices.schedule = [SchedulePart(percent: decimal("50"), daysAfterWon: 0)]
    },
    HoldCase(code: .outcomeUnknown, says: "not known yet") { $1.unresolved = [ID("op_1")] },
    HoldCase(code: .dealsMerged, says: "hubspot:deal:7 was merged into this deal") {
      $1.mergedWithInvoices = [subject("hubspot:deal:7")]
    },
    HoldCase(code: .invoiceVoided, says: "INV-0042 was voided", remedy: "xerosync retry") {
      $1.invoices = [LinkedInvoice(role: .whole, invoice: invoice(status: .voided))]
    },
    HoldCase(code: .nameTaken, says: "already called") {
      $1.linkedContact = nil
      $1.namesTaken = ["ridgeway university", "ridgeway university (ridgeway.example)"]
    },
    HoldCase(code: .customerUnsure, says: "unsure which contact", remedy: "xerosync link") {
      $1.linkedContact = nil
      $1.candidates = ["a", "b"].map { ContactCandidate(contact: contact($0), evidence: .name) }
    },
  ]

  @Test(arguments: cases)
  func holds(_ c: HoldCase) throws {
    var world = World()
    var deal = wonDeal()
    c.prepare(&world, &deal)
    let plan = world.plan(deal)
    #expect(plan.codes == [c.code], "\(plan.holds)")
    let hold = try #require(plan.holds.first)
    #expect(hold.subject == subject("hubspot:deal:1"))
    #expect(hold.message.contains(c.says), "\(hold.message)")
    #expect(hold.remedy.contains(c.remedy), "\(hold.remedy)")
    #expect(hold.remedy.count > 10)
    #expect(plan.invoiceDrafts.count == (c.invoices ? 1 : 0))
  }

  @Test func everythingWrongIsSaidAtOnce() {
    var deal = wonDeal(lines: [line("A", nil, "1"), line("B", "1", nil), line("C", "1", "1")])
    deal.deal.lines[2].currency = currency("AUD")
    deal.company = nil
    deal.linkedContact = nil
    let plan = World().plan(deal)
    #expect(plan.codes == [.badLine, .currencyMixed, .noCustomer])
    #expect(plan.holds[0].message.contains("“A”") && plan.holds[0].message.contains("“B”"))
  }

  @Test func oneBadDealNeverStopsTheOthers() {
    var world = World()
    var bad = wonDeal("1")
    bad.deal.currency = nil
    world.facts.deals = [bad, wonDeal("2")]
    let plan = world.plan()
    #expect(plan.invoiceDrafts.count == 1)
    #expect(plan.codes == [.currencyMissing])
  }
}
