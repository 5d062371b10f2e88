import Domain
import Reconciler
import Testing

@Suite struct InvoicePlanTests {
  let world = World()

  @Test func aWonDealBecomesOneInvoice() throws {
    let plan = world.plan(wonDeal())
    #expect(plan.kinds == ["create invoice", "update deal"])
    let draft = try #require(plan.invoiceDrafts.first)
    #expect(draft.mark.sourceURL == "https://crm.example/deal/1")
    #expect(draft.mark.reference == "Campus network")
    #expect(draft.mark.number == nil)
    #expect(draft.date == date("2026-11-20"))
    #expect(draft.dueDate == date("2026-12-20"))
    #expect(draft.expected.total == money("1150"))
    #expect(draft.lines.first?.account == "200")
    #expect(draft.lines.first?.taxCode == "OUTPUT2")
    #expect(draft.unitPriceDecimals == 2)
    #expect(draft.contact == .existing(ID("x1")))
    let operation = try #require(plan.operations.first)
    #expect(operation.subject == subject("hubspot:deal:1"))
    #expect(operation.summary == "invoice for Ridgeway University, NZD 1,150.00, due 2026-12-20")
    #expect(operation.changes.contains(FieldChange(field: "total", from: nil, to: "1150.00")))
    #expect(plan.holds.isEmpty)
    #expect(plan.considered == [subject("hubspot:deal:1")])
  }

  @Test func anInvoicedDealBecomesNoSecondOne() {
    #expect(world.plan(invoiced(wonDeal())).invoiceDrafts.isEmpty)
  }

  struct SkipCase: Sendable, CustomTestStringConvertible {
    var name: String
    var prepare: @Sendable (inout DealFacts) -> Void
    var testDescription: String { name }
  }

  @Test(arguments: [
    SkipCase(name: "open") { $0.deal.outcome = .open },
    SkipCase(name: "lost") { $0.deal.outcome = .lost },
    SkipCase(name: "deleted") { $0.deal.isArchived = true },
    SkipCase(name: "ignored") { $0.isIgnored = true },
    SkipCase(name: "won before the start") { $0.deal.wonOn = .day(date("2026-10-31")) },
    SkipCase(name: "another CRM") { $0.crm = "zoho" },
    SkipCase(name: "not read yet") { $0.deal.isComplete = false },
  ])
  func leavesAlone(_ c: SkipCase) {
    var deal = wonDeal()
    c.prepare(&deal)
    let plan = world.plan(deal)
    #expect(plan.operations.isEmpty && plan.holds.isEmpty)
  }

  @Test func anUnresolvedCreationStopsEverything() {
    var deal = invoiced(wonDeal())
    deal.unresolved = [ID("op_1")]
    let plan = world.plan(deal)
    #expect(plan.operations.isEmpty)
    #expect(plan.codes == [.outcomeUnknown])
  }

  @Test func wonIsWhatTheConfigurationSays() {
    var world = world
    world.policy.crms[World.crm]?.won = [
      .init(pipeline: Sourced("sales pipeline"), stage: Sourced("qualified"))
    ]
    let planner = Planner(policy: world.policy)
    var deal = wonDeal()
    #expect(!planner.isWon(deal.deal, crm: World.crm))
    deal.deal.stage = Choice(id: "qualified", label: "Qualified")
    deal.deal.outcome = .open
    #expect(planner.isWon(deal.deal, crm: World.crm))
    #expect(world.plan(deal).invoiceDrafts.count == 1)
    deal.deal.pipeline = Choice(id: "other", label: "Other")
    #expect(!planner.isWon(deal.deal, crm: World.crm))
  }

  @Test func onlyAdmitsSomeDeals() {
    var world = world
    world.policy.crms[World.crm]?.only = [
      Condition(field: .country, patterns: [Pattern("AU")])
    ]
    var deal = wonDeal()
    let planner = Planner(policy: world.policy)
    #expect(planner.isConcerned(deal.deal, crm: World.crm, zone: .utc))
    #expect(world.plan(deal).operations.isEmpty)
    deal.company?.addresses[.postal] = PostalAddress(country: "Australia")
    #expect(world.plan(deal).invoiceDrafts.count == 1)
    #expect(!planner.isConcerned(deal.deal, crm: "zoho", zone: .utc))
  }

  @Test func wonDateFollowsTheZone() {
    var deal = wonDeal()
    deal.deal.wonOn = .moment(instant("2026-11-20T20:00:00Z"))
    #expect(world.plan(deal).invoiceDrafts.first?.date == date("2026-11-21"))
    var utc = world
    utc.policy.zone = .utc
    #expect(utc.plan(deal).invoiceDrafts.first?.date == date("2026-11-20"))
    utc.policy.invoices.date = .runDate
    #expect(utc.plan(deal).invoiceDrafts.first?.date == date("2026-11-22"))
  }

  // MARK: Lines

  @Test func linesKeepTheirWords() throws {
    var described = line("Cabling", "2.5", "80.1234")
    described.description = "Level 2, east wing"
    described.discount = .percent(decimal("12.5"))
    let draft = try #require(
      world.plan(wonDeal(lines: [described, line("Thank you", nil, nil)])).invoiceDrafts.first)
    #expect(draft.lines.map(\.description) == ["Cabling\nLevel 2, east wing", "Thank you"])
    #expect(draft.unitPriceDecimals == 4)
    #expect(draft.lines[0].discountPercent == decimal("12.5"))
    #expect(draft.lines[1].isText)
    #expect(draft.expected.lineAmounts.map(\.figure) == ["175.27", "0.00"])
  }

  struct FoldCase: Sendable {
    var quantity: String
    var price: String
    var percent: String?
    var amount: String
  }

  @Test(arguments: [
    FoldCase(quantity: "0.33333", price: "150", percent: nil, amount: "50.00"),
    FoldCase(quantity: "3", price: "1.23456", percent: nil, amount: "3.70"),
    FoldCase(quantity: "1", price: "100", percent: "33.333", amount: "66.67"),
  ])
  func whatCannotBeSentBecomesOneUnit(_ c: FoldCase) throws {
    var one = line("Hours", c.quantity, c.price)
    one.discount = c.percent.map { .percent(decimal($0)) }
    let draft = try #require(world.plan(wonDeal(lines: [one])).invoiceDrafts.first)
    #expect(draft.lines[0].quantity == .one)
    #expect(draft.lines[0].unitPrice == decimal(c.amount))
    #expect(draft.lines[0].discountPercent == nil)
    #expect(draft.expected.subtotal.figure == c.amount)
    #expect(draft.lines[0].description.contains("\(c.quantity) × \(c.price)"))
  }

  @Test func withoutLinesTheAmountIsTheLine() throws {
    var deal = wonDeal(lines: [])
    deal.deal.amount = decimal("2500")
    let draft = try #require(world.plan(deal).invoiceDrafts.first)
    #expect(draft.lines.count == 1)
    #expect(draft.lines[0].description == "Campus network")
    #expect(draft.lines[0].dealLineID == nil)
    #expect(draft.expected.subtotal == money("2500"))
  }

  @Test func aZeroInvoiceIsMade() {
    var free = line("Trial", "1", "99")
    free.discount = .percent(decimal("100"))
    #expect(world.plan(wonDeal(lines: [free])).invoiceDrafts.first?.expected.total == money("0"))
  }

  @Test func creditLinesAreAllowedWhileTheTotalIsPositive() {
    let credit = line("Credit", "-1", "400")
    let plan = world.plan(wonDeal(lines: [line("Work", "1", "1000"), credit]))
    #expect(plan.invoiceDrafts.first?.expected.subtotal == money("600"))
  }

  @Test func yenHasNoCents() throws {
    var deal = wonDeal(lines: [line("Work", "3", "333.5")])
    deal.deal.currency = currency("JPY")
    let draft = try #require(world.plan(deal).invoiceDrafts.first)
    #expect(draft.expected.subtotal.figure == "1001")
    #expect(draft.expected.totalTax.figure == "150")
  }

  // MARK: Discount on the deal

  struct SpreadCase: Sendable {
    var prices: [String]
    var discount: Discount
    var net: String
  }

  @Test(arguments: [
    SpreadCase(prices: ["100", "100", "100"], discount: .amount(decimal("100")), net: "200.00"),
    SpreadCase(prices: ["0.01", "0.01", "0.01"], discount: .amount(decimal("0.02")), net: "0.01"),
    SpreadCase(prices: ["33.33", "66.67"], discount: .percent(decimal("33.3333")), net: "66.67"),
    SpreadCase(prices: ["10", "-3"], discount: .percent(decimal("10")), net: "6.30"),
    SpreadCase(prices: ["1000"], discount: .percent(decimal("100")), net: "0.00"),
    SpreadCase(prices: ["12.34"], discount: .amount(.zero), net: "12.34"),
  ])
  func spreadsTheDealsDiscountToTheCent(_ c: SpreadCase) throws {
    var deal = wonDeal(
      lines: c.prices.enumerated().map { line("Line \($0.offset)", "1", $0.element) })
    deal.deal.discount = c.discount
    let draft = try #require(world.plan(deal).invoiceDrafts.first)
    #expect(draft.expected.subtotal.figure == c.net)
    #expect(draft.lines.count == c.prices.count)
  }

  @Test(arguments: Array(UInt64(1)...5))
  func spreadDiscountsAreExact(seed: UInt64) throws {
    var random = Seeded(seed: seed)
    for round in 1...200 {
      let lines = (0..<random.int(1...6)).map { index in
        var one = line(
          "L\(index)", ExactDecimal(significand: Int128(random.int(1...90_000)), scale: 4).plain,
          ExactDecimal(significand: Int128(random.int(100...99_999)), scale: 2).plain)
        if random.int(0...2) == 0 { one.discount = .percent(ExactDecimal(random.int(0...90))) }
        return one
      }
      var deal = wonDeal(lines: lines)
      let before = try #require(world.plan(deal).invoiceDrafts.first).expected.subtotal
      let off = random.int(0...Int(before.minorUnits))
      deal.deal.discount = .amount(ExactDecimal(significand: Int128(off), scale: 2))
      let after = try #require(world.plan(deal).invoiceDrafts.first).expected.subtotal
      #expect(
        after.minorUnits == before.minorUnits - Int64(off), "seed \(seed), round \(round)")
    }
  }

  // MARK: Terms, number, reference

  struct DueCase: Sendable {
    var deal: String?
    var rule: DueRule
    var contact: PaymentTerms?
    var due: String
  }

  @Test(arguments: [
    DueCase(deal: nil, rule: .terms(.days(14)), contact: .days(3), due: "2026-12-04"),
    DueCase(deal: nil, rule: .contact, contact: .dayOfNextMonth(20), due: "2026-12-20"),
    DueCase(deal: nil, rule: .contact, contact: nil, due: "2026-12-20"),
    DueCase(deal: "Net 7", rule: .contact, contact: .days(3), due: "2026-11-27"),
    DueCase(deal: "30 days EOM", rule: .terms(.days(1)), contact: nil, due: "2026-12-30"),
    DueCase(deal: "  ", rule: .terms(.days(1)), contact: nil, due: "2026-11-21"),
  ])
  func fallsDue(_ c: DueCase) {
    var world = world
    world.policy.invoices.due = c.rule
    var deal = wonDeal()
    deal.deal.paymentTerms = c.deal
    deal.linkedContact?.terms = c.contact
    #expect(world.plan(deal).invoiceDrafts.first?.dueDate == date(c.due))
  }

  @Test func aContactMatchedNowBringsItsTerms() {
    var world = world
    world.policy.invoices.due = .contact
    var deal = wonDeal()
    deal.linkedContact = nil
    var found = contact()
    found.terms = .days(5)
    deal.candidates = [ContactCandidate(contact: found, evidence: .mark)]
    #expect(world.plan(deal).invoiceDrafts.first?.dueDate == date("2026-11-25"))
  }

  @Test func earlyPaymentIsShownOnTheInvoice() throws {
    var deal = wonDeal()
    deal.deal.paymentTerms = "2/10 net 30"
    let draft = try #require(world.plan(deal).invoiceDrafts.first)
    #expect(
      draft.lines.last?.description
        == "2 % discount if paid within 10 days (by 2026-11-30)")
    #expect(draft.expected.lineAmounts.count == draft.lines.count)
    #expect(draft.expected.total == money("1150"))
  }

  struct TemplateCase: Sendable {
    var template: String
    var expected: String
  }

  @Test(arguments: [
    TemplateCase(template: "{crm}-{deal.number}", expected: "hubspot-1"),
    TemplateCase(
      template: "{deal.name} / {deal.pipeline}", expected: "Campus network / Sales Pipeline"),
    TemplateCase(template: "{deal.owner}: {deal.po_number}", expected: "Mara Quinn: PO 77"),
    TemplateCase(template: "{line.sku}", expected: "SW-1"),
    TemplateCase(template: "{line.batch}", expected: "b9"),
    TemplateCase(template: "{deal.nothing}", expected: "hubspot-1"),
    TemplateCase(template: "  two\n lines ", expected: "two lines"),
    TemplateCase(template: "{unclosed", expected: "{unclosed"),
  ])
  func reference(_ c: TemplateCase) {
    var world = world
    world.policy.invoices.reference = Template(c.template)
    var one = line("Switches", "1", "1000")
    one.sku = "SW-1"
    one.fields["batch"] = "b9"
    var deal = wonDeal(lines: [one])
    deal.deal.fields["po_number"] = "PO 77"
    #expect(world.plan(deal).invoiceDrafts.first?.mark.reference == c.expected)
  }

  @Test func referencesAreCut() {
    var world = world
    world.facts.referenceLengthMax = 6
    #expect(world.plan(wonDeal()).invoiceDrafts.first?.mark.reference == "Campus")
  }

  @Test func ownNumbersArePrintable() {
    var world = world
    world.policy.invoices.number = Template("Café-{deal.number}")
    let plan = world.plan(wonDeal())
    #expect(plan.invoiceDrafts.first?.mark.number == "Caf-1")
    #expect(plan.operations.first?.summary.hasPrefix("Caf-1 for Ridgeway University") == true)
  }

  // MARK: Amount and duplicates

  struct AmountCase: Sendable, CustomTestStringConvertible {
    var amount: String
    var lineAmounts = LineAmounts.exclusive
    var discounted = false
    var reason: String?
    var testDescription: String { "\(amount) \(lineAmounts.rawValue)" }
  }

  @Test(arguments: [
    AmountCase(amount: "1100", reason: nil), AmountCase(amount: "1100.01", reason: nil),
    AmountCase(amount: "1265", reason: "the amount contains the tax"),
    AmountCase(amount: "1100", lineAmounts: .inclusive, reason: nil),
    AmountCase(amount: "1100", discounted: true, reason: "the amount leaves out the discount"),
    AmountCase(amount: "1000", reason: "the amount leaves out “Delivery”"),
    AmountCase(amount: "1200", reason: "the amount counts “Delivery” twice"),
    AmountCase(amount: "5000", reason: "a line item may be missing"),
    AmountCase(amount: "7", reason: "its line items come to NZD 1100.00. The invoice"),
  ])
  func flagsADifferentAmount(_ c: AmountCase) {
    var world = world
    world.policy.invoices.lineAmounts = c.lineAmounts
    var work = line("Work", "1", "1000")
    if c.discounted { work.discount = .percent(decimal("10")) }
    var deal = wonDeal(lines: [work, line("Delivery", "1", "100")])
    deal.deal.amount = decimal(c.amount)
    let plan = world.plan(deal)
    #expect(plan.invoiceDrafts.count == 1)
    #expect(plan.codes == (c.reason == nil ? [] : [.totalDiffers]))
    if let reason = c.reason {
      #expect(plan.holds.first?.message.contains(reason) == true, "\(plan.holds)")
    }
    deal.released = [.totalDiffers]
    #expect(world.plan(deal).holds.isEmpty)
  }

  @Test func aHandMadeTwinIsOfferedForLinking() throws {
    var deal = wonDeal()
    deal.lookalikes = [invoice("hand", number: "INV-7", on: "2026-11-10")]
    let plan = world.plan(deal)
    #expect(plan.invoiceDrafts.isEmpty)
    #expect(plan.codes == [.possibleDuplicate])
    #expect(plan.holds[0].remedy.contains("`xerosync link hubspot:deal:1 xero:invoice:hand`"))
    deal.released = [.possibleDuplicate]
    #expect(world.plan(deal).invoiceDrafts.count == 1)
    deal.released = []
    for other in [
      invoice("hand", total: "1150.01", on: "2026-11-10"),
      invoice("hand", status: .voided, on: "2026-11-10"),
      invoice("hand", on: "2026-10-01"), invoice("hand", on: "2026-11-10", code: "AUD"),
    ] {
      deal.lookalikes = [other]
      #expect(world.plan(deal).invoiceDrafts.count == 1)
    }
    var creating = world
    creating.policy.invoices.possibleDuplicate = .create
    deal.lookalikes = [invoice("hand", on: "2026-11-10")]
    #expect(creating.plan(deal).invoiceDrafts.count == 1)
  }

  // MARK: Voided

  @Test func aVoidedInvoiceComesBackOnlyAfterRetry() throws {
    var world = world
    world.policy.invoices.number = Template("H-{deal.number}")
    var deal = invoiced(wonDeal(), invoice(status: .voided))
    #expect(world.plan(deal).codes == [.invoiceVoided])
    deal.revision = 1
    let plan = world.plan(deal)
    let draft = try #require(plan.invoiceDrafts.first)
    #expect(draft.mark.sourceURL == "https://crm.example/deal/1#revision-1")
    #expect(draft.mark.number == "H-1-R1")
    #expect(plan.operations.first?.id != world.plan(wonDeal()).operations.first?.id)
    deal.invoices.append(LinkedInvoice(role: .whole, invoice: invoice("i2", status: .deleted)))
    #expect(world.plan(deal).codes == [.invoiceVoided])
    deal.revision = 2
    #expect(world.plan(deal).invoiceDrafts.first?.mark.sourceURL.hasSuffix("#revision-2") == true)
  }

  @Test func emailsWhatIsDue() {
    var deal = invoiced(wonDeal())
    deal.emailsDue = [ID("i1")]
    #expect(world.plan(deal).kinds == ["notify invoice", "update deal"])
    deal.invoices[0].invoice.status = .draft
    #expect(world.plan(deal).kinds == ["update deal"])
    deal.invoices[0].invoice.status = .authorised
    deal.invoices[0].invoice.sentToContact = true
    #expect(world.plan(deal).kinds == ["update deal"])
  }
}
