import Domain
import Reconciler
import Testing

@Suite struct AlertTests {
  struct LevelCase: Sendable {
    var day: String
    var grace: Int
    var every: Int
    var level: Int?
  }

  static func world(on day: String) -> World {
    var world = World()
    world.policy.zone = .utc
    world.facts.now = instant("\(day)T12:00:00Z")
    return world
  }

  @Test(arguments: [
    LevelCase(day: "2026-12-20", grace: 0, every: 7, level: nil),
    LevelCase(day: "2026-12-21", grace: 0, every: 7, level: 1),
    LevelCase(day: "2026-12-27", grace: 0, every: 7, level: 1),
    LevelCase(day: "2026-12-28", grace: 0, every: 7, level: 2),
    LevelCase(day: "2027-01-04", grace: 0, every: 7, level: 3),
    LevelCase(day: "2026-12-23", grace: 3, every: 7, level: nil),
    LevelCase(day: "2026-12-24", grace: 3, every: 7, level: 1),
    LevelCase(day: "2026-12-31", grace: 3, every: 7, level: 2),
    LevelCase(day: "2027-06-01", grace: 0, every: 0, level: 1),
    LevelCase(day: "2026-12-23", grace: 0, every: 1, level: 3),
  ])
  func hasItsLevel(_ c: LevelCase) {
    var world = Self.world(on: c.day)
    world.policy.overdue.graceDays = c.grace
    world.policy.overdue.remindEveryDays = c.every
    let plan = world.plan(invoiced(wonDeal()))
    #expect(plan.alerts.map(\.level) == [c.level].compactMap { $0 })
  }

  @Test func everyLevelIsAnnouncedOncePerChannelThroughAYear() {
    var deal = invoiced(wonDeal())
    var heard: [String: Int] = [:]
    for day in 0..<365 {
      let today = date("2026-12-01").adding(days: day)
      var world = Self.world(on: today.description)
      world.policy.overdue.notify = [.slack, .crmTask]
      for _ in 1...2 {
        for alert in world.plan(deal).alerts {
          let key = Planner.alertKey(
            alert.invoice, due: alert.dueDate, level: alert.level, channel: alert.channel)
          heard[key, default: 0] += 1
          deal.alertsSent.insert(key)
        }
      }
    }
    // 2026-12-21 is the first late day, 2027-11-30 the last day of the year looked at.
    #expect(heard.count == 2 * (1 + 344 / 7))
    #expect(heard.values.allSatisfy { $0 == 1 })
  }

  @Test func aNewDueDateStartsAnew() {
    let world = Self.world(on: "2027-01-15")
    var deal = invoiced(wonDeal(), invoice(due: "2027-01-10"))
    deal.alertsSent = ["i1|2026-12-20|1|crm_task"]
    #expect(world.plan(deal).alerts.map(\.level) == [1])
    deal.alertsSent.insert("i1|2027-01-10|1|crm_task")
    #expect(world.plan(deal).alerts.isEmpty)
  }

  @Test func quietWhenNothingIsOwed() {
    let world = Self.world(on: "2027-01-15")
    for invoice in [
      invoice(status: .voided), invoice(status: .draft),
      ReceivableStateTests.settled(on: "2027-01-02"),
    ] {
      #expect(world.plan(invoiced(wonDeal(), invoice)).alerts.isEmpty)
    }
  }

  @Test func carriesWhatTheOwnerNeeds() throws {
    let plan = Self.world(on: "2026-12-22").plan(invoiced(wonDeal()))
    let alert = try #require(plan.alerts.first)
    #expect(alert.owner?.name == "Mara Quinn")
    #expect(alert.daysLate == 2)
    #expect(alert.amountDue == money("1150"))
    #expect(alert.dueDate == date("2026-12-20"))
    let operation = try #require(plan.operations.last)
    #expect(operation.object == .task)
    #expect(
      operation.summary == "Mara Quinn: INV-0042 of Ridgeway University is 2 days late, "
        + "NZD 1,150.00 due (crm_task)")
  }

  struct OwnerCase: Sendable {
    var owner: String?
    var channel: AlertChannel
    var held: Bool
    var named: Bool
  }

  @Test(arguments: [
    OwnerCase(owner: "o1", channel: .crmTask, held: false, named: true),
    OwnerCase(owner: "o1", channel: .email, held: false, named: true),
    OwnerCase(owner: "o2", channel: .crmTask, held: true, named: false),
    OwnerCase(owner: "o2", channel: .slack, held: false, named: false),
    OwnerCase(owner: "o3", channel: .crmTask, held: false, named: true),
    OwnerCase(owner: "o3", channel: .email, held: true, named: false),
    OwnerCase(owner: "gone", channel: .crmTask, held: true, named: false),
    OwnerCase(owner: nil, channel: .email, held: true, named: false),
    OwnerCase(owner: nil, channel: .webhook, held: false, named: false),
  ])
  func unreachableOwnerIsShownAndTheAlertStillGoes(_ c: OwnerCase) {
    var world = Self.world(on: "2026-12-22")
    world.policy.overdue.notify = [c.channel]
    var deal = invoiced(wonDeal())
    deal.deal.ownerID = c.owner.map { ID($0) }
    let plan = world.plan(deal)
    #expect(plan.alerts.count == 1)
    #expect(plan.codes == (c.held ? [.ownerUnreachable] : []))
    #expect((plan.alerts.first?.owner != nil) == c.named)
  }

  @Test func wakesOnTheDayThatMatters() {
    let planner = Planner(policy: World().policy)
    let deal = invoiced(wonDeal())
    func wake(_ day: String) -> String? {
      planner.wakeDate(deal, today: date(day), zone: .utc)?.description
    }
    #expect(wake("2026-11-23") == "2026-12-21")
    #expect(wake("2026-12-21") == "2026-12-28")
    #expect(wake("2026-12-30") == "2027-01-04")
    #expect(planner.wakeDate(wonDeal(), today: date("2026-11-23"), zone: .utc) == nil)
  }
}
