internal import Domain

/// Recurring lines that share one rhythm: together they become one repeating invoice.
struct RecurringGroup: Hashable {
  var every: Int
  var unit: Recurrence.Unit
  var start: CalendarDate
  /// The day of the last invoice; nil renews until cancelled.
  var end: CalendarDate?
  var lines: [DealLine]

  /// A century of months: more is a typing error.
  static let mostPeriods = 1200

  /// Whether the rhythm of a line can be billed at all.
  static func makesSense(_ recurrence: Recurrence) -> Bool {
    (1...mostPeriods).contains(recurrence.every)
      && (recurrence.periods.map { (1...mostPeriods).contains($0) } ?? true)
  }

  /// Names the group among those of its deal.
  var key: String { "\(every)-\(unit.rawValue)-\(start)-\(end?.description ?? "open")" }

  /// Groups in the order of their starts; a line without a start begins on the won date.
  static func groups(of lines: [DealLine], wonOn: CalendarDate) -> [RecurringGroup] {
    var groups: [RecurringGroup] = []
    for line in lines {
      guard let recurrence = line.recurrence, makesSense(recurrence) else { continue }
      var group = RecurringGroup(
        every: recurrence.every, unit: recurrence.unit, start: recurrence.start ?? wonOn,
        end: nil, lines: [])
      group.end = recurrence.end ?? recurrence.periods.map { group.date(ofPeriod: $0) }
      if let same = groups.firstIndex(where: { $0.key == group.key }) {
        groups[same].lines.append(line)
      } else {
        group.lines = [line]
        groups.append(group)
      }
    }
    return groups.sorted { ($0.start, $0.key) < ($1.start, $1.key) }
  }

  /// The invoice date of period `number`, from 1; the 31st falls on the last day of a shorter
  /// month and comes back in a longer one.
  func date(ofPeriod number: Int) -> CalendarDate {
    let steps = every * (min(max(1, number), Self.mostPeriods) - 1)
    return switch unit {
    case .week: start.adding(days: 7 * steps)
    case .month: start.adding(months: steps)
    }
  }

  /// Whether a template of the deal stands for this group.
  func isServed(by template: InvoiceTemplate) -> Bool {
    template.every == every && template.unit == unit && template.start == start
  }
}
