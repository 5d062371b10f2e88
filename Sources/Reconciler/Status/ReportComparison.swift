package import Domain

extension ReportField {
  /// Whether two texts say the same: amounts as numbers, dates by their day, the rest literally.
  package func saysTheSame(_ left: String, _ right: String) -> Bool {
    if left == right { return true }
    switch self {
    case .amountDue, .amountPaid:
      guard let a = try? ExactDecimal(parsing: left), let b = try? ExactDecimal(parsing: right)
      else { return false }
      return a == b
    case .dueDate, .paidDate:
      guard let a = Self.day(left), let b = Self.day(right) else { return false }
      return a == b
    case .invoiceNumber, .invoiceStatus, .invoiceURL: return false
    }
  }

  /// `2026-12-22`, `2026-12-22T00:00:00Z`, or milliseconds since 1970 at midnight UTC.
  private static func day(_ text: String) -> CalendarDate? {
    if let date = CalendarDate(String(text.prefix(10))) { return date }
    guard text.utf8.count >= 11, let milliseconds = Int64(text) else { return nil }
    return Instant(milliseconds: milliseconds).utcParts.0
  }
}
