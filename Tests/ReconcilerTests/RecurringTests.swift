import Domain
import Reconciler
import Testing

@Suite struct RecurringTests {
  func recurring(
    _ name: String = "Support", every: Int = 1, start: String? = nil, periods: Int? = nil,
    end: String? = nil, unit: Recurrence.Unit = .month
  ) -> DealLine {
    var one = line(name, "1", "200")
    var recurrence = Recurrence(every: every, unit: unit)
    recurrence.start = start.map { date($0) }
    recurrence.end = end.map { date($0) }
    recurrence.periods = periods
    one.recurrence = recurrence
    return one
  }

  func template(every: Int = 1, start: String, active: Bool = true) -> InvoiceTemplate {
    InvoiceTemplate(
      id: ID("t1"), contactID: ID("x1"), reference: "Campus network", isActive: active,
      currency: currency("NZD"), total: money("230"), every: every, unit: .month,
      start: date(start))
  }

  @Test func recurringLinesBecomeATemplateBesideTheInvoice() throws {
    let deal = wonDeal(lines: [line("Setup", "1", "500"), recurring(periods: 12)])
    let plan = World().plan(deal)
    #expect(plan.writes == ["create invoice", "create repeating_invoice"])
    #expect(plan.invoiceDrafts.first?.expected.subtotal == money("500"))
    let draft = try #require(plan.templateDrafts.first)
    #expect(draft.start == date("2026-11-20"))
    #expect(draft.end == date("2027-10-20"))
    #expect(draft.content.expected.total == money("230"))
    #expect(draft.content.mark.sourceURL != plan.invoiceDrafts.first?.mark.sourceURL)
    #expect(draft.terms == .days(30))
  }

  @Test func onlyRecurringLinesMakeNoInvoice() {
    let plan = World().plan(wonDeal(lines: [recurring(), line("Note", nil, nil)]))
    #expect(plan.invoiceDrafts.isEmpty)
    #expect(plan.templateDrafts.first?.content.lines.map(\.description) == ["Support", "Note"])
  }

  struct EndCase: Sendable {
    var every: Int
    var start: String
    var periods: Int
    var last: String
    var unit = Recurrence.Unit.month
  }

  @Test(arguments: [
    EndCase(every: 1, start: "2027-01-31", periods: 2, last: "2027-02-28"),
    EndCase(every: 1, start: "2027-01-31", periods: 3, last: "2027-03-31"),
    EndCase(every: 1, start: "2028-01-31", periods: 2, last: "2028-02-29"),
    EndCase(every: 12, start: "2028-02-29", periods: 2, last: "2029-02-28"),
    EndCase(every: 12, start: "2028-02-29", periods: 5, last: "2032-02-29"),
    EndCase(every: 3, start: "2026-11-30", periods: 2, last: "2027-02-28"),
    EndCase(every: 2, start: "2026-12-28", periods: 2, last: "2027-01-11", unit: .week),
    EndCase(every: 1, start: "2026-12-01", periods: 1, last: "2026-12-01"),
  ])
  func endsWithItsLastPeriod(_ c: EndCase) {
    let one = recurring(every: c.every, start: c.start, periods: c.periods, unit: c.unit)
    #expect(World().plan(wonDeal(lines: [one])).templateDrafts.first?.end == date(c.last))
  }

  @Test func eachRhythmHasItsTemplate() {
    let lines = [
      recurring("a"), recurring("b"), recurring("c", every: 12),
      recurring("d", start: "2027-01-01"),
    ]
    let drafts = World().plan(wonDeal(lines: lines)).templateDrafts
    #expect(drafts.map(\.content.lines.count).sorted() == [1, 1, 2])
    #expect(Set(drafts.map(\.content.mark.sourceURL)).count == 3)
  }

  @Test func aStandingTemplateIsNotMadeAgain() {
    var deal = wonDeal(lines: [recurring(), recurring("yearly", every: 12)])
    deal.templates = [template(every: 12, start: "2026-11-20")]
    #expect(World().plan(deal).templateDrafts.map(\.every) == [1])
    var ended = wonDeal(lines: [recurring()])
    ended.templates = [template(start: "2026-11-20", active: false)]
    #expect(World().plan(ended).operations.isEmpty)
    var moved = wonDeal(lines: [recurring(start: "2027-05-01")])
    moved.templates = [template(start: "2026-11-20")]
    #expect(World().plan(moved).operations.isEmpty)
  }

  @Test func modes() {
    var world = World()
    let deal = wonDeal(lines: [line("Setup", "1", "500"), recurring()])
    world.policy.recurring.mode = .invoiceFirstPeriod
    #expect(world.plan(deal).invoiceDrafts.first?.expected.subtotal == money("700"))
    #expect(world.plan(deal).templateDrafts.isEmpty)
    world.policy.recurring.mode = .hold
    #expect(world.plan(deal).codes == [.recurringUnsupported])
  }

  @Test func discountsOfTheDeal() {
    var deal = wonDeal(lines: [recurring()])
    deal.deal.discount = .percent(decimal("10"))
    #expect(World().plan(deal).templateDrafts.first?.content.expected.subtotal == money("180"))
    deal.deal.discount = .amount(decimal("10"))
    #expect(World().plan(deal).codes == [.recurringUnsupported])
    deal.deal.lines.append(line("Setup", "1", "500"))
    #expect(World().plan(deal).invoiceDrafts.first?.expected.subtotal == money("490"))
  }

  @Test(arguments: ["200", "700", "500", "2900"])
  func amountsOfEveryUsualReading(_ amount: String) {
    var deal = wonDeal(lines: [line("Setup", "1", "500"), recurring(periods: 12)])
    deal.deal.amount = decimal(amount)
    #expect(World().plan(deal).codes == (amount == "200" ? [.totalDiffers] : []))
  }

  @Test func aChangeOfARepeatingDealIsFlagged() {
    var deal = wonDeal(lines: [recurring()])
    deal.templates = [template(start: "2026-11-20")]
    deal.invoicedContent = Planner(policy: World().policy).madeFrom(deal)
    deal.deal.lines[0].unitPrice = decimal("300")
    #expect(World().plan(deal).codes == [.dealChanged])
  }

  @Test func nonsensePeriodsAreBadLines() {
    #expect(World().plan(wonDeal(lines: [recurring(every: 0)])).codes == [.badLine])
    #expect(World().plan(wonDeal(lines: [recurring(every: .max)])).codes == [.badLine])
    #expect(World().plan(wonDeal(lines: [recurring(periods: 0)])).codes == [.badLine])
    #expect(World().plan(wonDeal(lines: [recurring(periods: .max)])).codes == [.badLine])
    let backwards = recurring(start: "2027-01-01", end: "2026-12-01")
    #expect(World().plan(wonDeal(lines: [backwards])).codes == [.badLine])
  }
}
