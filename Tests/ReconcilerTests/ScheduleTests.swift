import Domain
import Reconciler
import Testing

@Suite struct ScheduleTests {
  static func world(_ parts: [(String, Int)], on day: String = "2026-11-23") -> World {
    var world = World()
    world.policy.zone = .utc
    world.facts.now = instant("\(day)T12:00:00Z")
    world.policy.invoices.schedule = parts.map {
      SchedulePart(percent: decimal($0.0), daysAfterWon: $0.1)
    }
    return world
  }

  @Test func eachPartHasItsDayItsMarkAndItsDueDate() throws {
    let parts = [("30", 0), ("70", 30)]
    let now = Self.world(parts).plan(wonDeal())
    #expect(now.invoiceDrafts.map(\.role) == [.part(number: 1)])
    #expect(now.invoiceDrafts[0].expected.total == money("345"))
    #expect(now.invoiceDrafts[0].mark.sourceURL == "https://crm.example/deal/1#invoice-1")
    #expect(now.invoiceDrafts[0].mark.reference == "Campus network 1/2")
    #expect(now.operations[0].summary.hasPrefix("invoice, part 1 of 2, for Ridgeway"))
    let later = Self.world(parts, on: "2026-12-20").plan(wonDeal())
    #expect(later.invoiceDrafts.map(\.role) == [.part(number: 1), .part(number: 2)])
    let second = later.invoiceDrafts[1]
    #expect(second.date == date("2026-12-20"))
    #expect(second.dueDate == date("2027-01-19"))
    #expect(second.mark.sourceURL == "https://crm.example/deal/1#invoice-2")
    #expect(second.expected.total == money("805"))
    #expect(Set(later.operations.map(\.id)).count == later.operations.count)
  }

  @Test func aMadePartIsNotMadeAgain() {
    let world = Self.world([("30", 0), ("70", 30)], on: "2026-12-20")
    var deal = wonDeal()
    deal.invoices = [
      LinkedInvoice(role: .part(number: 1), invoice: ReceivableStateTests.settled(on: "2026-12-01"))
    ]
    let plan = world.plan(deal)
    #expect(plan.invoiceDrafts.map(\.role) == [.part(number: 2)])
    let before = Self.world([("30", 0), ("70", 30)]).plan(deal)
    #expect(before.reports.first?.values[.invoiceStatus] == "partially_paid")
  }

  @Test func anotherPlanThanTheInvoicesIsLeftAlone() {
    let scheduled = Self.world([("30", 0), ("70", 0)])
    #expect(scheduled.plan(invoiced(wonDeal())).invoiceDrafts.isEmpty)
    var deal = wonDeal()
    deal.invoices = [LinkedInvoice(role: .part(number: 1), invoice: invoice())]
    #expect(World().plan(deal).invoiceDrafts.isEmpty)
  }

  @Test func aChangedDealStopsTheRest() {
    var deal = wonDeal()
    deal.invoices = [LinkedInvoice(role: .part(number: 1), invoice: invoice())]
    deal.invoicedContent = Planner(policy: World().policy).madeFrom(deal)
    deal.deal.lines[0].quantity = decimal("2")
    let plan = Self.world([("30", 0), ("70", 0)]).plan(deal)
    #expect(plan.invoiceDrafts.isEmpty)
    #expect(plan.codes == [.dealChanged])
  }

  @Test func partsThatDoNotAddUpAreHeld() {
    #expect(Self.world([("30", 0), ("60", 0)]).plan(wonDeal()).codes == [.scheduleInvalid])
    #expect(Self.world([("130", 0), ("-30", 0)]).plan(wonDeal()).codes == [.scheduleInvalid])
  }

  /// The parts' totals, tax included, add up to the undivided total, whatever is drawn.
  @Test(arguments: Array(UInt64(1)...8))
  func partsAddUpExactly(seed: UInt64) throws {
    var random = Seeded(seed: seed)
    for round in 1...100 {
      let lines = (0..<random.int(1...4)).map { index in
        line(
          "L\(index)", ExactDecimal(significand: Int128(random.int(1...30_000)), scale: 4).plain,
          ExactDecimal(significand: Int128(random.int(-500...99_999)), scale: 2).plain)
      }
      var deal = wonDeal(lines: lines)
      deal.deal.currency = currency(random.pick(["NZD", "JPY"]))
      var cuts = (0..<random.int(1...4)).map { _ in random.int(1...9998) }
      cuts = Array(Set(cuts)).sorted()
      let edges = [0] + cuts + [10_000]
      let parts = zip(edges, edges.dropFirst()).map { from, to in
        (ExactDecimal(significand: Int128(to - from), scale: 2).plain, 0)
      }
      var plain = Self.world([])
      plain.policy.invoices.lineAmounts = random.pick([.exclusive, .inclusive, .noTax])
      let undivided = plain.plan(deal)
      guard let whole = undivided.invoiceDrafts.first?.expected.total else {
        #expect(undivided.codes == [.totalNegative], "seed \(seed), round \(round)")
        continue
      }
      var world = Self.world(parts)
      world.policy.invoices.lineAmounts = plain.policy.invoices.lineAmounts
      let drafts = world.plan(deal).invoiceDrafts
      let sum = drafts.reduce(Int64(0)) { $0 + $1.expected.total.minorUnits }
      #expect(drafts.count == parts.count, "seed \(seed), round \(round)")
      #expect(sum == whole.minorUnits, "seed \(seed), round \(round): \(parts)")
    }
  }
}
