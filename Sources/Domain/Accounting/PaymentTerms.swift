/// When an invoice falls due, counted from its date.
package enum PaymentTerms: Hashable, Sendable, Codable {
  /// A number of days after the invoice date; 0 is due on receipt.
  case days(Int)
  /// A number of days after the end of the invoice's month.
  case daysAfterMonthEnd(Int)
  /// A day of the invoice's own month (the last day when the month is shorter).
  case dayOfMonth(Int)
  /// A day of the month after the invoice date.
  case dayOfNextMonth(Int)

  /// The due date of an invoice of the given date.
  package func dueDate(from date: CalendarDate) -> CalendarDate {
    switch self {
    case .days(let days): date.adding(days: days)
    case .daysAfterMonthEnd(let days): date.endOfMonth.adding(days: days)
    case .dayOfMonth(let day): max(date, date.withDay(day))
    case .dayOfNextMonth(let day): date.withDay(1).adding(months: 1).withDay(day)
    }
  }
}

extension PaymentTerms: CustomStringConvertible {
  package var description: String {
    switch self {
    case .days(0): "due on receipt"
    case .days(let days): "\(days) days"
    case .daysAfterMonthEnd(let days): "\(days) days after the end of the month"
    case .dayOfMonth(let day): "day \(day) of the same month"
    case .dayOfNextMonth(let day): "day \(day) of the next month"
    }
  }
}
