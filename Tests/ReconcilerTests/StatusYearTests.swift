import Domain
import Reconciler
import Testing

/// A year of 200 deals in three time zones against a model that shares nothing with the planner:
/// its own calendar, its own rules of summer time, its own reckoning of what is owed.
@Suite struct StatusYearTests {
  /// 2027-07-01 to 2028-06-30: both changes of the clocks in both hemispheres, and a leap day.
  static let firstDay = 21_000
  static let days = 366

  @Test(arguments: zip(YearModel.Place.allCases, [UInt64(1), 2, 3]))
  func statusAndAlertsAreThoseOfTheModel(_ place: YearModel.Place, seed: UInt64) throws {
    var random = YearRandom(state: seed &* 1000 &+ UInt64(place.rawValue.utf8.count))
    let count = place == .auckland ? 68 : 66
    var deals = (0..<count).map { YearDeal($0, firstDay: Self.firstDay, &random) }
    var world = World()
    world.policy.zone = zone(place.rawValue)
    world.policy.overdue.graceDays = Int(seed) - 1
    world.policy.overdue.notify = [.slack]
    let planner = Planner(policy: world.policy)
    let where_ = "\(place.rawValue), seed \(seed)"
    for day in 0..<Self.days {
      // Passes at any time of the day, and around midnight where the zones differ.
      let second =
        day % 3 == 0 ? [0, 1, 86_399][day / 3 % 3] : Int.random(in: 0..<86_400, using: &random)
      let moment = Int64(Self.firstDay + day) * 86_400 + Int64(second)
      let today = place.day(at: moment)
      world.facts.now = Instant(milliseconds: moment * 1000)
      for index in deals.indices {
        let isChanged = deals[index].live(through: today)
        let wake = deals[index].wakesOn.map { $0 <= today } ?? false
        if isChanged || wake || deals[index].isNew {
          deals[index].plan(in: world, planner, today: CalendarDate(dayNumber: today))
        }
        let said = deals[index].facts.deal.reported
        let expected = deals[index].expected(today)
        let name = "\(where_), deal \(index), day \(CalendarDate(dayNumber: today))"
        try #require(said[.invoiceStatus] == expected.status, "\(name)")
        try #require(said[.amountDue] == expected.due, "\(name)")
        try #require(said[.amountPaid] == expected.paid, "\(name)")
        deals[index].expectAlerts(today, grace: world.policy.overdue.graceDays)
      }
    }
    for (index, deal) in deals.enumerated() {
      #expect(deal.heard.keys.sorted() == deal.owed.sorted(), "\(where_), deal \(index)")
      #expect(deal.heard.values.allSatisfy { $0 == 1 }, "\(where_), deal \(index)")
    }
    // The year must have had something to tell.
    #expect(deals.reduce(0) { $0 + $1.owed.count } > 200, "\(where_)")
  }

  /// The zones' days by hand, against what is known of the change-over nights.
  @Test(arguments: [
    (YearModel.Place.auckland, "2027-09-25T11:59:59Z", "2027-09-25"),
    (.auckland, "2027-09-25T12:00:00Z", "2027-09-26"),
    (.auckland, "2027-09-26T11:00:00Z", "2027-09-27"),
    (.auckland, "2028-02-28T11:00:00Z", "2028-02-29"),
    (.auckland, "2028-02-29T11:00:00Z", "2028-03-01"),
    (.auckland, "2028-04-01T11:00:00Z", "2028-04-02"),
    (.auckland, "2028-04-02T11:59:59Z", "2028-04-02"),
    (.auckland, "2028-04-02T12:00:00Z", "2028-04-03"),
    (.london, "2027-10-30T23:00:00Z", "2027-10-31"),
    (.london, "2027-10-31T23:59:59Z", "2027-10-31"),
    (.london, "2028-03-26T22:59:59Z", "2028-03-26"),
    (.london, "2028-03-26T23:00:00Z", "2028-03-27"),
    (.newYork, "2027-11-07T03:59:59Z", "2027-11-06"),
    (.newYork, "2027-11-08T04:59:59Z", "2027-11-07"),
    (.newYork, "2027-11-08T05:00:00Z", "2027-11-08"),
    (.newYork, "2028-03-12T04:59:59Z", "2028-03-11"),
    (.newYork, "2028-03-13T04:00:00Z", "2028-03-13"),
  ])
  func changeOverNights(_ place: YearModel.Place, _ time: String, _ day: String) {
    #expect(CalendarDate(dayNumber: place.day(at: instant(time).milliseconds / 1000)) == date(day))
    #expect(zone(place.rawValue).date(at: instant(time)) == date(day))
  }
}

/// What the simulation knows by itself.
enum YearModel {
  enum Place: String, CaseIterable, Sendable {
    case auckland = "Pacific/Auckland"
    case london = "Europe/London"
    case newYork = "America/New_York"

    /// The local day number at seconds since 1970 UTC, by the rules of summer time of the years
    /// looked at, written out by hand.
    func day(at second: Int64) -> Int {
      let offset: Int64 =
        switch self {
        case .auckland:
          // Summer ends 2028-04-01T14:00Z and begins 2027-09-25T14:00Z.
          (1_821_880_800..<1_838_210_400).contains(second) ? 13 : 12
        case .london:
          // Summer ends 2027-10-31T01:00Z and begins 2028-03-26T01:00Z.
          (1_824_944_400..<1_837_645_200).contains(second) ? 0 : 1
        case .newYork:
          // Summer ends 2027-11-07T06:00Z and begins 2028-03-12T07:00Z.
          (1_825_567_200..<1_836_457_200).contains(second) ? -5 : -4
        }
      let local = second + offset * 3600
      return Int(local >= 0 ? local / 86_400 : (local - 86_399) / 86_400)
    }
  }
}

struct YearRandom: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    var mixed = state
    mixed = (mixed ^ (mixed >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    mixed = (mixed ^ (mixed >> 33)) &* 0xC4CE_B9FE_1A85_EC53
    return mixed ^ (mixed >> 33)
  }
}

/// One invoice's fate: what happens to it on which day.
struct YearInvoice {
  enum Event: Equatable { case pay(Int64), reverse, credit(Int64), moveDue(Int), void }

  let id: String
  let total: Int64
  var due: Int
  var paid: Int64 = 0
  var credited: Int64 = 0
  var isVoided = false
  /// By day number, in order.
  var fate: [(day: Int, event: Event)] = []

  var rest: Int64 { isVoided ? 0 : total - paid - credited }

  mutating func happen(_ event: Event) {
    switch event {
    case .pay(let amount): paid += min(amount, rest)
    case .reverse: paid = 0
    case .credit(let amount): credited += min(amount, rest)
    case .moveDue(let day): if rest > 0 { due = day }
    // Only an invoice nobody has paid can be voided.
    case .void: if paid == 0, credited == 0 { isVoided = true }
    }
  }

  /// As the accounting system would show it.
  var shown: Invoice {
    var shown = invoice(
      id, number: "INV-\(id)", total: Self.figure(total), paid: Self.figure(paid),
      credited: Self.figure(credited),
      status: isVoided ? .voided : rest == 0 ? .paid : .authorised,
      due: CalendarDate(dayNumber: due).description)
    if shown.status == .paid { shown.fullyPaidOn = shown.dueDate }
    return shown
  }

  static func figure(_ cents: Int64) -> String {
    "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
  }
}

/// One deal with its invoices, what it was told, and what its owner heard.
struct YearDeal {
  var facts: DealFacts
  var invoices: [YearInvoice]
  var isNew = true
  var wakesOn: Int?
  /// Alerts that were sent, and how often.
  var heard: [String: Int] = [:]
  /// Alerts that the model says were due.
  var owed: Set<String> = []

  init(_ number: Int, firstDay: Int, _ random: inout YearRandom) {
    facts = wonDeal("\(number)")
    invoices = (0..<Int.random(in: 1...3, using: &random)).map { part in
      let total = Int64.random(in: 1...500_000, using: &random)
      let due = firstDay + Int.random(in: -5...340, using: &random)
      var invoice = YearInvoice(id: "\(number)-\(part)", total: total, due: due)
      for _ in 0..<Int.random(in: 0...5, using: &random) {
        let day = firstDay + Int.random(in: 1...365, using: &random)
        let amount = Int64.random(in: 1...total, using: &random)
        let events: [YearInvoice.Event] = [
          .pay(amount), .pay(total), .reverse, .credit(amount),
          .moveDue(day + Int.random(in: -10...40, using: &random)), .void,
        ]
        let kind = Int.random(in: 0..<events.count, using: &random)
        invoice.fate.append((day, events[kind]))
      }
      invoice.fate.sort { $0.day < $1.day }
      return invoice
    }
  }

  /// Lets everything happen up to the day; whether anything did.
  mutating func live(through today: Int) -> Bool {
    var isChanged = false
    for index in invoices.indices {
      while let next = invoices[index].fate.first, next.day <= today {
        invoices[index].fate.removeFirst()
        invoices[index].happen(next.event)
        isChanged = true
      }
    }
    return isChanged
  }

  /// A pass over this deal: the engine's part is to write back and to remember.
  mutating func plan(in world: World, _ planner: Planner, today: CalendarDate) {
    facts.invoices = invoices.map { LinkedInvoice(role: .whole, invoice: $0.shown) }
    facts.invoicedContent = planner.madeFrom(facts)
    // Now and then a second pass at once, which must have nothing to say.
    for _ in 0...(today.day % 8 == 0 ? 1 : 0) {
      let plan = world.plan(facts)
      for report in plan.reports { facts.deal.reported.merge(report.values) { $1 } }
      for alert in plan.alerts {
        heard[alert.key, default: 0] += 1
        facts.alertsSent.insert(alert.key)
      }
    }
    isNew = false
    wakesOn = planner.wakeDate(facts, today: today, zone: world.policy.zone ?? .utc)?.dayNumber
  }

  // MARK: The model

  func expected(_ today: Int) -> (status: String, due: String, paid: String) {
    let standing = invoices.filter { !$0.isVoided }
    let due = standing.reduce(0) { $0 + $1.rest }
    let paid = standing.reduce(0) { $0 + $1.paid }
    let credited = standing.reduce(0) { $0 + $1.credited }
    let status =
      if standing.isEmpty {
        "voided"
      } else if standing.contains(where: { $0.rest > 0 && $0.due < today }) {
        "overdue"
      } else if due == 0 {
        paid > 0 ? "paid" : "credited"
      } else {
        paid + credited > 0 ? "partially_paid" : "awaiting_payment"
      }
    return (status, YearInvoice.figure(due), YearInvoice.figure(paid))
  }

  /// Notes the level each late invoice has today: 1 after grace, one more each week.
  mutating func expectAlerts(_ today: Int, grace: Int) {
    for invoice in invoices where invoice.rest > 0 {
      let late = today - invoice.due - grace
      guard late >= 1 else { continue }
      let day = CalendarDate(dayNumber: invoice.due)
      owed.insert("\(invoice.id)|\(day)|\(1 + (late - 1) / 7)|slack")
    }
  }
}
