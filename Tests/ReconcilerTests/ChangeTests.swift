import Domain
import Reconciler
import Testing

/// Deals that change after they were invoiced, by policy.
@Suite struct ChangeTests {
  enum Effect: Sendable { case revised, held }

  struct PolicyCase: Sendable, CustomTestStringConvertible {
    var policy: InvoicePolicy.OnDealChanged
    var status: InvoiceStatus
    var paid = "0"
    var credited = "0"
    var effect: Effect
    var testDescription: String { "\(policy.rawValue), \(status.rawValue), paid \(paid)" }
  }

  func changed(_ invoice: Invoice = invoice()) -> DealFacts {
    var deal = invoiced(wonDeal(), invoice)
    deal.deal.lines[0].quantity = decimal("2")
    return deal
  }

  @Test(arguments: [
    PolicyCase(policy: .updateDraft, status: .draft, effect: .revised),
    PolicyCase(policy: .updateDraft, status: .submitted, effect: .revised),
    PolicyCase(policy: .updateDraft, status: .authorised, effect: .held),
    PolicyCase(policy: .updateUnpaid, status: .draft, effect: .revised),
    PolicyCase(policy: .updateUnpaid, status: .authorised, effect: .revised),
    PolicyCase(policy: .updateUnpaid, status: .authorised, paid: "1", effect: .held),
    PolicyCase(policy: .updateUnpaid, status: .authorised, credited: "1", effect: .held),
    PolicyCase(policy: .updateUnpaid, status: .paid, paid: "1150", effect: .held),
    PolicyCase(policy: .flag, status: .draft, effect: .held),
    PolicyCase(policy: .flag, status: .authorised, effect: .held),
  ])
  func onDealChanged(_ c: PolicyCase) throws {
    var world = World()
    world.policy.invoices.onDealChanged = c.policy
    let deal = changed(invoice(paid: c.paid, credited: c.credited, status: c.status))
    let plan = world.plan(deal)
    switch c.effect {
    case .revised:
      #expect(plan.writes == ["update invoice"])
      #expect(plan.holds.isEmpty)
    case .held:
      #expect(plan.writes.isEmpty)
      #expect(plan.codes == [.dealChanged])
      var released = deal
      released.released = [.dealChanged]
      #expect(world.plan(released).holds.isEmpty)
    }
  }

  @Test func aRevisionKeepsWhatPeopleSet() throws {
    var standing = invoice(due: "2027-03-01", on: "2026-11-21")
    standing.reference = "their words"
    standing.sourceURL = "https://crm.example/deal/1"
    standing.lines?[0].id = "line-1"
    let plan = World().plan(changed(standing))
    guard case .reviseInvoice(let revision) = try #require(plan.operations.first).effect else {
      Issue.record("no revision")
      return
    }
    #expect(revision.presentLineIDs == ["line-1"])
    #expect(revision.content.date == date("2026-11-21"))
    #expect(revision.content.dueDate == date("2027-03-01"))
    #expect(revision.content.mark.reference == "their words")
    #expect(revision.content.mark.number == "INV-0042")
    #expect(revision.content.expected.total == money("2300"))
    #expect(
      plan.operations.first?.summary
        == "INV-0042 for Ridgeway University, NZD 1,150.00 → NZD 2,300.00, due 2027-03-01")
  }

  @Test func newTermsMoveTheDueDate() throws {
    var deal = invoiced(wonDeal())
    deal.deal.paymentTerms = "Net 7"
    guard
      case .reviseInvoice(let revision) = try #require(World().plan(deal).operations.first)
        .effect
    else {
      Issue.record("no revision")
      return
    }
    #expect(revision.content.dueDate == date("2026-11-27"))
  }

  @Test func onceStoredNothingIsLeftToDo() throws {
    var deal = changed()
    deal.invoicedContent = Planner(policy: World().policy).madeFrom(deal)
    #expect(World().plan(deal).writes.isEmpty)
  }

  @Test func editingTheConfigurationRewritesNothing() {
    var world = World()
    world.policy.invoices.account = Sourced("260")
    world.policy.invoices.tax = Sourced("ZERORATED")
    world.policy.invoices.due = .terms(.days(3))
    #expect(world.plan(invoiced(wonDeal())).writes.isEmpty)
  }

  @Test func whatIsNoChange() {
    var deal = invoiced(wonDeal())
    deal.deal.name = "Renamed"
    deal.deal.amount = decimal("1000")
    deal.deal.lines[0].quantity = decimal("1.000")
    deal.deal.fields["note"] = "x"
    #expect(World().plan(deal).writes.isEmpty)
  }

  @Test func aCustomerMergedInTheCRMIsNoChange() {
    var deal = invoiced(wonDeal())
    deal.company = company("c2")
    deal.linkedContact = contact("x1")
    #expect(World().plan(deal).writes.isEmpty)
    deal.linkedContact = contact("x2", name: "Harbour Trust")
    #expect(World().plan(deal).writes == ["update invoice"])
    deal.linkedContact = nil
    #expect(World().plan(deal).codes == [.dealChanged])
  }

  @Test func aLockedInvoiceIsNotRewritten() {
    var world = World()
    world.facts.ledger.organisation.lockDate = date("2026-11-30")
    #expect(world.plan(changed()).codes == [.periodLocked])
  }

  @Test func withoutMemoryThereIsNoChange() {
    var deal = changed()
    deal.invoicedContent = nil
    #expect(World().plan(deal).writes.isEmpty)
  }

  // MARK: Reopened

  struct ReopenedCase: Sendable, CustomTestStringConvertible {
    var policy: InvoicePolicy.OnDealReopened
    var outcome: Deal.Outcome
    var status: InvoiceStatus
    var paid = "0"
    var writes: [String]
    var codes: [HoldCode]
    var testDescription: String {
      "\(policy.rawValue), \(outcome), \(status.rawValue), paid \(paid)"
    }
  }

  @Test(arguments: [
    ReopenedCase(
      policy: .flag, outcome: .open, status: .authorised, writes: [], codes: [.dealReopened]),
    ReopenedCase(
      policy: .flag, outcome: .lost, status: .draft, writes: [], codes: [.dealReopened]),
    ReopenedCase(
      policy: .voidUnpaid, outcome: .open, status: .authorised, writes: ["void invoice"],
      codes: []),
    ReopenedCase(
      policy: .voidUnpaid, outcome: .lost, status: .draft, writes: ["void invoice"], codes: []),
    ReopenedCase(
      policy: .voidUnpaid, outcome: .lost, status: .authorised, paid: "1", writes: [],
      codes: [.dealReopened]),
    ReopenedCase(
      policy: .voidUnpaid, outcome: .open, status: .paid, paid: "1150", writes: [],
      codes: [.dealReopened]),
    ReopenedCase(
      policy: .voidUnpaid, outcome: .open, status: .voided, writes: [], codes: []),
  ])
  func onDealReopened(_ c: ReopenedCase) {
    var world = World()
    world.policy.invoices.onDealReopened = c.policy
    var deal = invoiced(wonDeal(), invoice(paid: c.paid, status: c.status))
    deal.deal.outcome = c.outcome
    deal.deal.stage = Choice(id: "qualified", label: "Qualified")
    let plan = world.plan(deal)
    #expect(plan.writes == c.writes)
    #expect(plan.codes == c.codes)
  }

  @Test func aLockedInvoiceIsNotVoided() {
    var world = World()
    world.policy.invoices.onDealReopened = .voidUnpaid
    world.facts.ledger.organisation.lockDate = date("2026-11-20")
    var deal = invoiced(wonDeal())
    deal.deal.outcome = .open
    #expect(world.plan(deal).codes == [.periodLocked])
  }

  @Test func reopeningEndsTheTemplateToo() {
    var world = World()
    world.policy.invoices.onDealReopened = .voidUnpaid
    var deal = invoiced(wonDeal())
    deal.deal.outcome = .lost
    deal.templates = [
      InvoiceTemplate(
        id: ID("t1"), contactID: ID("x1"), reference: "r", isActive: true,
        currency: currency("NZD"), total: money("1"), every: 1, unit: .month,
        start: date("2026-11-20"))
    ]
    #expect(world.plan(deal).writes.sorted() == ["void invoice", "void repeating_invoice"])
  }

  @Test func ourOwnStageMoveIsNoReopening() {
    var world = World()
    world.policy.crms[World.crm]?.won = [.init(pipeline: nil, stage: Sourced("closedwon"))]
    world.policy.crms[World.crm]?.paidStage = Sourced("paid")
    var deal = invoiced(wonDeal())
    deal.deal.stage = Choice(id: "paid", label: "Paid")
    deal.deal.outcome = .open
    #expect(world.plan(deal).holds.isEmpty)
  }

  @Test func mergedDealsAreNotInvoicedAgain() {
    var deal = wonDeal()
    deal.mergedWithInvoices = [subject("hubspot:deal:9")]
    let plan = World().plan(deal)
    #expect(plan.operations.isEmpty)
    #expect(plan.codes == [.dealsMerged])
    deal.released = [.dealsMerged]
    #expect(World().plan(deal).invoiceDrafts.count == 1)
  }
}
