import Domain
import Reconciler
import Testing

@Suite struct ReportTests {
  /// 2026-11-23 in Auckland.
  let world = World()

  func reported(_ facts: DealFacts, _ plan: Plan) -> DealFacts {
    var facts = facts
    for report in plan.reports {
      facts.deal.reported.merge(report.values) { _, new in new }
      if let stage = report.stage {
        facts.deal.stage = stage
        facts.movedToStage = stage.id
      }
    }
    return facts
  }

  @Test func writesOnlyTrueChangesAndThenNothing() throws {
    let deal = invoiced(wonDeal())
    let first = world.plan(deal)
    let report = try #require(first.reports.first)
    #expect(report.values[.invoiceStatus] == "awaiting_payment")
    #expect(report.values[.amountDue] == "1150.00")
    #expect(report.values[.paidDate] == nil)
    #expect(first.kinds == ["update deal"])
    var again = reported(deal, first)
    #expect(world.plan(again).operations.isEmpty)
    again.deal.reported[.amountDue] = "1150"
    again.deal.reported[.dueDate] = "2026-12-20T00:00:00.000Z"
    #expect(world.plan(again).operations.isEmpty)
    again.deal.reported[.amountDue] = "1149"
    #expect(world.plan(again).reports.first?.values == [.amountDue: "1150.00"])
  }

  @Test func flagsAndUnflagsOverdue() {
    var world = world
    world.policy.overdue.notify = []
    var deal = reported(invoiced(wonDeal()), world.plan(invoiced(wonDeal())))
    world.facts.now = instant("2026-12-20T12:00:00Z")  // 01:00 on the 21st in Auckland
    let flagged = world.plan(deal)
    #expect(flagged.kinds == ["flag deal"])
    #expect(
      flagged.operations.first?.summary
        == "“Campus network”: INV-0042 overdue, NZD 1,150.00 due since 2026-12-20")
    deal = reported(deal, flagged)
    deal.invoices[0].invoice.dueDate = date("2027-01-31")
    #expect(world.plan(deal).kinds == ["unflag deal"])
  }

  @Test func overdueFollowsTheOrganisationsCalendar() {
    var world = world
    world.policy.overdue.notify = []
    let deal = reported(invoiced(wonDeal()), world.plan(invoiced(wonDeal())))
    world.facts.now = instant("2026-12-20T10:59:59Z")  // 23:59:59 on the 20th in Auckland
    #expect(world.plan(deal).operations.isEmpty)
    world.policy.zone = zone("Pacific/Kiritimati")
    #expect(world.plan(deal).kinds == ["flag deal"])
  }

  @Test func voidedInvoiceKeepsItsNumberAndOwesNothing() throws {
    let plan = world.plan(invoiced(wonDeal(), invoice(status: .voided)))
    let values = try #require(plan.reports.first).values
    #expect(values[.invoiceNumber] == "INV-0042")
    #expect(values[.invoiceStatus] == "voided")
    #expect(values[.amountDue] == "0.00")
    #expect(values[.amountPaid] == "0.00")
    #expect(plan.invoiceDrafts.isEmpty)
    #expect(plan.codes == [.invoiceVoided])
  }

  @Test func generatedInvoicesCount() throws {
    var deal = invoiced(wonDeal())
    deal.invoices.append(
      LinkedInvoice(role: .generated(by: ID("t1")), invoice: invoice("i2", number: "INV-0043")))
    #expect(world.plan(deal).reports.first?.values[.amountDue] == "2300.00")
  }

  @Test func deletedDealIsNotWrittenTo() {
    var deal = invoiced(wonDeal())
    deal.deal.isArchived = true
    let plan = world.plan(deal)
    #expect(plan.operations.isEmpty)
    #expect(plan.codes == [.dealDeleted])
  }

  @Test func theSameReportLaterIsAnotherOperation() {
    var deal = invoiced(wonDeal())
    let first = world.plan(deal).operations.map(\.id)
    #expect(world.plan(deal).operations.map(\.id) == first)
    deal.deal.modifiedAt = instant("2026-11-23T00:00:00Z")
    #expect(world.plan(deal).operations.map(\.id) != first)
  }

  // MARK: Stages

  func staged() -> World {
    var world = world
    world.policy.crms[World.crm]?.paidStage = Sourced("Paid")
    world.policy.crms[World.crm]?.overdueStage = Sourced("late")
    world.policy.overdue.notify = []
    return world
  }

  func paidDeal() -> DealFacts {
    invoiced(wonDeal(), ReceivableStateTests.settled(on: "2026-11-22"))
  }

  @Test func movesThePaidDealOnce() {
    let world = staged()
    let plan = world.plan(paidDeal())
    #expect(plan.reports.first?.stage == Choice(id: "paid", label: "Paid"))
    #expect(plan.holds.isEmpty)
    let again = world.plan(reported(paidDeal(), plan))
    #expect(again.operations.isEmpty && again.holds.isEmpty)
  }

  @Test func neverAgainstAPersonWhoMovedItBack() {
    let world = staged()
    var deal = reported(paidDeal(), world.plan(paidDeal()))
    deal.deal.stage = Choice(id: "closedwon", label: "Closed Won")
    let plan = world.plan(deal)
    #expect(plan.operations.isEmpty)
    #expect(plan.codes == [.stageMovedBack])
    deal.released = [.stageMovedBack]
    #expect(world.plan(deal).holds.isEmpty)
  }

  @Test func neverOutOfALostDeal() {
    var deal = paidDeal()
    deal.deal.outcome = .lost
    deal.deal.stage = Choice(id: "closedlost", label: "Closed Lost")
    let plan = staged().plan(deal)
    #expect(plan.reports.allSatisfy { $0.stage == nil })
    #expect(plan.codes == [.dealReopened])
  }

  @Test func movesTheOverdueDealAndThenThePaidOne() {
    var world = staged()
    world.facts.now = instant("2027-01-10T00:00:00Z")
    var deal = invoiced(wonDeal())
    let late = world.plan(deal)
    #expect(late.reports.first?.stage?.id == "late")
    deal = reported(deal, late)
    deal.invoices[0].invoice = ReceivableStateTests.settled(on: "2027-01-09")
    let paid = world.plan(deal)
    #expect(paid.reports.first?.stage?.id == "paid")
    #expect(paid.kinds == ["unflag deal"])
  }
}
