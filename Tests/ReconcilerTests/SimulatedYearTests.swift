import Domain
import Foundation
import Reconciler
import Testing

/// What a person with a calendar and a notebook would say of one invoice, in whole cents and
/// day numbers.
private struct Notebook {
  var total: Int
  var approvedOn: Int
  var dueOn: Int
  /// A day on which the due date is moved, and to when.
  var moved: (on: Int, to: Int)?
  /// Day and cents; negative cents take a payment back.
  var payments: [(day: Int, cents: Int)]
  var credits: [(day: Int, cents: Int)]
  var voidedOn: Int?

  func paid(_ day: Int) -> Int { payments.filter { $0.day <= day }.reduce(0) { $0 + $1.cents } }
  func credited(_ day: Int) -> Int { credits.filter { $0.day <= day }.reduce(0) { $0 + $1.cents } }

  func due(_ day: Int) -> Int {
    if let moved, moved.on <= day { return moved.to }
    return dueOn
  }

  func isVoided(_ day: Int) -> Bool { voidedOn.map { $0 <= day } ?? false }

  func status(_ day: Int) -> String {
    if isVoided(day) { return "voided" }
    if day < approvedOn { return "draft" }
    let (paid, credited) = (paid(day), credited(day))
    if total - paid - credited == 0 { return paid > 0 ? "paid" : "credited" }
    if day > due(day) { return "overdue" }
    return paid + credited > 0 ? "partially_paid" : "awaiting_payment"
  }

  func invoice(_ id: String, on day: Int) -> Invoice {
    var invoice = Invoice(
      id: ID(id), contactID: ID("x1"), status: .authorised,
      date: CalendarDate(dayNumber: dueOn - 20),
      currency: currency("NZD"))
    invoice.number = "INV-\(id)"
    invoice.dueDate = CalendarDate(dayNumber: due(day))
    let (paid, credited) = (paid(day), credited(day))
    func money(_ cents: Int) -> Money { Money(minorUnits: Int64(cents), currency: currency("NZD")) }
    invoice.total = money(total)
    invoice.amountPaid = money(paid)
    invoice.amountCredited = money(credited)
    invoice.amountDue = money(isVoided(day) ? 0 : total - paid - credited)
    invoice.status =
      isVoided(day)
      ? .voided : day < approvedOn ? .draft : invoice.amountDue.isZero ? .paid : .authorised
    return invoice
  }
}

@Suite struct SimulatedYearTests {
  static let first = 21_123  // 2027-11-01
  static let last = 21_488  // 2028-10-31

  private static func draw(_ random: inout Seeded) -> Notebook {
    let total = random.int(1...500_000)
    let approved = random.int(first - 30...last)
    var book = Notebook(
      total: total, approvedOn: approved, dueOn: approved + random.int(0...90), payments: [],
      credits: [])
    if random.int(0...3) == 0 {
      book.moved = (approved + random.int(0...60), approved + random.int(0...150))
    }
    if random.int(0...3) > 0 {
      let part = random.int(1...total)
      let day = approved + random.int(0...100)
      book.payments.append((day, part))
      if random.int(0...4) == 0 {
        book.payments.append((day + random.int(1...30), -part))
      } else if part < total, random.int(0...1) == 0 {
        book.payments.append((day + random.int(0...60), total - part))
      } else if part < total, random.int(0...1) == 0 {
        book.credits.append((day + random.int(0...60), total - part))
      }
    } else if random.int(0...2) == 0 {
      book.credits.append((approved + random.int(0...100), total))
    } else if random.int(0...2) == 0 {
      book.voidedOn = approved + random.int(0...100)
    }
    return book
  }

  /// 200 deals over a leap year and both changes of the clocks.
  @Test(arguments: [
    ("Pacific/Auckland", UInt64(1), 67), ("America/New_York", 2, 67), ("Europe/London", 3, 66),
  ])
  func everyDayIsTrueAndEveryLevelIsAnnouncedOnce(
    _ zoneName: String, _ seed: UInt64, _ count: Int
  ) throws {
    var random = Seeded(seed: seed)
    let books = (0..<count).map { _ in Self.draw(&random) }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: zoneName))
    var world = World()
    world.policy.zone = zone(zoneName)
    world.policy.overdue.graceDays = 2
    var deals = books.indices.map { index in
      var deal = wonDeal("\(index)")
      deal.deal.wonOn = .day(date("2027-10-01"))
      return deal
    }
    var heard: [String: Int] = [:]
    var expected: Set<String> = []
    for utcDay in Self.first...Self.last {
      let moment = Double(utcDay) * 86_400 + Double(random.int(0...86_399))
      let parts = calendar.dateComponents(
        [.year, .month, .day], from: Date(timeIntervalSince1970: moment))
      let today = try #require(
        CalendarDate(
          year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0)
      ).dayNumber
      world.facts.now = Instant(milliseconds: Int64(moment * 1000))
      for index in books.indices {
        let invoice = books[index].invoice("i\(index)", on: today)
        deals[index].invoices = [LinkedInvoice(role: .whole, invoice: invoice)]
        if books[index].status(today) == "overdue" {
          let due = books[index].due(today)
          let late = today - due - 3
          if late >= 0 {
            let level = 1 + late / 7
            expected.insert("i\(index)|\(CalendarDate(dayNumber: due))|\(level)|crm_task")
          }
        }
      }
      world.facts.deals = deals
      let plan = world.plan()
      let byId = Dictionary(
        uniqueKeysWithValues: deals.enumerated().map { ($0.element.deal.id, $0.offset) })
      for report in plan.reports {
        let index = try #require(byId[report.deal])
        deals[index].deal.reported.merge(report.values) { _, new in new }
      }
      for alert in plan.alerts {
        let key = Planner.alertKey(
          alert.invoice, due: alert.dueDate, level: alert.level, channel: alert.channel)
        heard[key, default: 0] += 1
        let index = try #require(byId[ID(alert.deal.id)])
        deals[index].alertsSent.insert(key)
      }
      for index in books.indices {
        let said = deals[index].deal.reported[.invoiceStatus]
        guard said == books[index].status(today) else {
          Issue.record(
            "seed \(seed), deal \(index) on day \(today): \(String(describing: said))"
          )
          return
        }
      }
    }
    #expect(heard.values.allSatisfy { $0 == 1 }, "seed \(seed)")
    #expect(Set(heard.keys) == expected, "seed \(seed)")
    #expect(!expected.isEmpty)
  }
}
