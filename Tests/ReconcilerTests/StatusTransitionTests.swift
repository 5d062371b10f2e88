import Domain
import Reconciler
import Testing

/// Every way from one status to another: what is written, whether it is a flag, and that it is
/// written once.
@Suite struct StatusTransitionTests {
  /// One invoice in each status, on 2026-12-21.
  static func invoice(_ status: ReceivableStatus) -> Invoice {
    func settled(_ paid: String, _ credited: String) -> Invoice {
      var one = ReconcilerTests.invoice(paid: paid, credited: credited, status: .paid)
      one.fullyPaidOn = date("2026-12-19")
      return one
    }
    return switch status {
    case .draft: ReconcilerTests.invoice(status: .draft, due: "2027-01-20")
    case .awaitingPayment: ReconcilerTests.invoice(due: "2027-01-20")
    case .partiallyPaid: ReconcilerTests.invoice(paid: "150", due: "2027-01-20")
    case .paid: settled("1150", "0")
    case .overdue: ReconcilerTests.invoice(due: "2026-12-20")
    case .voided: ReconcilerTests.invoice(status: .voided, due: "2027-01-20")
    case .credited: settled("0", "1150")
    }
  }

  static func world() -> World {
    var world = World()
    world.policy.zone = .utc
    world.policy.overdue.notify = []
    world.facts.now = instant("2026-12-21T12:00:00Z")
    return world
  }

  static func deal(saying before: ReceivableStatus) throws -> DealFacts {
    var deal = wonDeal()
    let linked = [LinkedInvoice(role: .whole, invoice: invoice(before))]
    let state = try #require(ReceivableState.derive(linked, today: date("2026-12-21")))
    try #require(state.status == before)
    deal.deal.reported = state.values
    return deal
  }

  @Test(arguments: ReceivableStatus.allCases, ReceivableStatus.allCases)
  func everyTransition(_ before: ReceivableStatus, _ after: ReceivableStatus) throws {
    let world = Self.world()
    var deal = invoiced(try Self.deal(saying: before), Self.invoice(after))
    let operations = world.plan(deal).operations.filter { $0.object == .deal }
    guard before != after else {
      #expect(operations.isEmpty)
      return
    }
    let operation = try #require(operations.first)
    #expect(operations.count == 1)
    let action: Operation.Action =
      after == .overdue ? .flag : before == .overdue ? .unflag : .update
    #expect(operation.action == action)
    guard case .reportOnDeal(let report) = operation.effect else {
      Issue.record("\(operation.effect)")
      return
    }
    #expect(report.values[.invoiceStatus] == after.rawValue)
    // Only what is different is written.
    for (field, value) in report.values { #expect(deal.deal.reported[field] != value) }
    deal.deal.reported.merge(report.values) { $1 }
    #expect(world.plan(deal).reports.isEmpty)
    let isSettled = after == .paid || after == .credited
    #expect(deal.deal.reported[.paidDate] == (isSettled ? "2026-12-19" : ""))
  }

  /// There and back again is written again: a reversed payment, paid once more.
  @Test func reversedAndPaidAgain() throws {
    let world = Self.world()
    var deal = try Self.deal(saying: .awaitingPayment)
    var heard: [String] = []
    var ids: Set<OperationID> = []
    let road: [ReceivableStatus] = [.paid, .awaitingPayment, .paid, .overdue, .paid, .credited]
    for (step, status) in road.enumerated() {
      deal.invoices = [LinkedInvoice(role: .whole, invoice: Self.invoice(status))]
      // The CRM stamps every write.
      deal.deal.modifiedAt = instant("2026-12-21T12:0\(step):00Z")
      let operations = world.plan(deal).operations.filter { $0.object == .deal }
      for operation in operations {
        #expect(ids.insert(operation.id).inserted)
        if case .reportOnDeal(let report) = operation.effect {
          deal.deal.reported.merge(report.values) { $1 }
          heard.append(report.values[.invoiceStatus] ?? "")
        }
      }
    }
    #expect(heard == road.map(\.rawValue))
  }

  struct Move: Sendable {
    var name: String
    var outcome = Deal.Outcome.won
    var stage = "closedwon"
    var movedTo: String?
    var status = ReceivableStatus.paid
    var target: String?
    var isHeld = false
  }

  @Test(arguments: [
    Move(name: "paid moves", target: "paid"),
    Move(name: "overdue moves", status: .overdue, target: "late"),
    Move(name: "nothing to move for", status: .partiallyPaid),
    Move(name: "already there", stage: "paid", movedTo: "paid"),
    Move(name: "lost stays lost", outcome: .lost, stage: "closedlost"),
    Move(name: "moved back by a person", stage: "closedwon", movedTo: "paid", isHeld: true),
    Move(name: "from late to paid", stage: "late", movedTo: "late", target: "paid"),
    Move(
      name: "late again after paid", stage: "paid", movedTo: "paid", status: .overdue,
      target: "late"),
  ])
  func stageMoves(_ move: Move) throws {
    var world = Self.world()
    world.policy.crms[World.crm]?.paidStage = Sourced("Paid")
    world.policy.crms[World.crm]?.overdueStage = Sourced("late")
    var deal = invoiced(wonDeal(), Self.invoice(move.status))
    deal.deal.outcome = move.outcome
    deal.deal.stage = Choice(id: move.stage, label: move.stage)
    deal.movedToStage = move.movedTo
    let plan = world.plan(deal)
    #expect(plan.reports.compactMap(\.stage?.id) == [move.target].compactMap { $0 }, "\(move.name)")
    #expect(plan.codes.contains(.stageMovedBack) == move.isHeld, "\(move.name)")
  }

  /// An alert that was sent twice without an answer is shown, not sent again, and gone with the
  /// next level.
  @Test func unconfirmedAlertIsShown() throws {
    var world = Self.world()
    world.policy.overdue.notify = [.slack]
    var deal = invoiced(wonDeal(), Self.invoice(.overdue))
    let key = try #require(world.plan(deal).alerts.first).key
    deal.alertsSent = [key, AlertDraft.unconfirmed(key)]
    #expect(world.plan(deal).alerts.isEmpty)
    #expect(world.plan(deal).codes == [.outcomeUnknown])
    world.facts.now = instant("2026-12-28T12:00:00Z")
    #expect(world.plan(deal).alerts.map(\.level) == [2])
    #expect(world.plan(deal).codes.isEmpty)
  }

  @Test func anAlertInDoubtIsMarked() throws {
    var world = Self.world()
    world.policy.overdue.notify = [.slack]
    var deal = invoiced(wonDeal(), Self.invoice(.overdue))
    let first = try #require(world.plan(deal).operations.first { $0.action == .notify })
    deal.alertsInDoubt = [try #require(world.plan(deal).alerts.first).key]
    let second = try #require(world.plan(deal).operations.first { $0.action == .notify })
    #expect(second.id == first.id)
    #expect(world.plan(deal).alerts.map(\.mayBeRepeat) == [true])
    #expect(second.summary.hasSuffix("(slack, perhaps a second copy)"))
  }

  struct Fallback: Sendable {
    var owner: String?
    var hasFallback: Bool
    var channels: [AlertChannel]
  }

  @Test(arguments: [
    Fallback(owner: "o1", hasFallback: true, channels: [.crmTask]),
    Fallback(owner: "o2", hasFallback: true, channels: [.crmTask, .email]),
    Fallback(owner: nil, hasFallback: true, channels: [.crmTask, .email]),
    Fallback(owner: nil, hasFallback: false, channels: [.crmTask]),
  ])
  func aTaskThatIsNobodysIsDoubledByMail(_ c: Fallback) {
    var world = Self.world()
    world.policy.overdue.notify = [.crmTask]
    world.policy.overdue.hasFallback = c.hasFallback
    var deal = invoiced(wonDeal(), Self.invoice(.overdue))
    deal.deal.ownerID = c.owner.map { ID($0) }
    #expect(world.plan(deal).alerts.map(\.channel) == c.channels)
  }
}
