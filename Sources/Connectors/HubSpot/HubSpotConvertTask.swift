import Domain
import Foundation

/// An overdue alert as a HubSpot task.
struct HubSpotTaskWriter: Sendable {
  /// The account's zone: the task is due on a day there.
  var zone: Zone

  /// The mark by which a task is found again: the vendor has no idempotency key.
  static func mark(_ key: OperationID) -> String { "Ref: \(key)" }

  /// Whether the body carries the mark: not as the beginning of a longer one.
  static func carries(_ body: String, _ key: OperationID) -> Bool {
    var rest = body[...]
    while let range = rest.range(of: mark(key)) {
      let next = rest[range.upperBound...].first
      if next.map({ $0.isLetter || $0.isNumber || $0 == "_" }) != true { return true }
      rest = rest[range.upperBound...]
    }
    return false
  }

  func properties(_ alert: AlertDraft, key: OperationID) -> [String: String] {
    let days = alert.daysLate == 1 ? "1 day" : "\(alert.daysLate) days"
    let number = alert.invoiceNumber.isEmpty ? "Invoice" : "Invoice \(alert.invoiceNumber)"
    let subject = "\(number) of \(alert.customerName) is \(days) late: \(alert.amountDue)"
    var values = [
      "hs_timestamp": String(noon(alert.dueDate.adding(days: alert.daysLate)).milliseconds),
      "hs_task_subject": OutgoingText.line(subject, limit: 250),
      "hs_task_body": body(alert, number: number, key: key),
      "hs_task_status": "NOT_STARTED",
      "hs_task_priority": alert.level > 1 ? "HIGH" : "MEDIUM",
      "hs_task_type": "TODO",
    ]
    values["hubspot_owner_id"] = alert.ownerID?.rawValue
    return values
  }

  /// The body is shown as HTML.
  private func body(_ alert: AlertDraft, number: String, key: OperationID) -> String {
    var lines = [
      "\(number) for the deal \(alert.dealName) was due on \(alert.dueDate).",
      "Still owed by \(alert.customerName): \(alert.amountDue).",
    ]
    if alert.level > 1 { lines.append("This is reminder \(alert.level).") }
    if !alert.invoiceURL.isEmpty { lines.append(alert.invoiceURL) }
    lines.append(Self.mark(key))
    return lines.map { Self.escaped(OutgoingText.line($0, limit: 2000)) }
      .joined(separator: "<br>")
  }

  static func escaped(_ text: String) -> String {
    var escaped = ""
    for character in text {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.append(character)
      }
    }
    return escaped
  }

  /// A moment about the middle of that day in the account's zone, so that the task shows the
  /// right day there.
  private func noon(_ day: CalendarDate) -> Instant {
    let noon = Instant(milliseconds: Int64(day.dayNumber) * 86_400_000 + 43_200_000)
    let shifts: [Int64] = [0, -6, 6, -12, 12]
    return shifts.lazy.map { noon.advanced(seconds: $0 * 3600) }
      .first { zone.date(at: $0) == day } ?? noon
  }
}
