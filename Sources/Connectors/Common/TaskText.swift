import Domain

/// The words of an overdue alert in a CRM's task, and the mark by which the task is found again:
/// CRMs have no idempotency key for tasks.
struct TaskText: Sendable {
  let subject: String
  /// One idea a line, the mark last; one line each.
  let lines: [String]

  init(_ alert: AlertDraft, key: OperationID) {
    let days = alert.daysLate == 1 ? "1 day" : "\(alert.daysLate) days"
    let number = alert.invoiceNumber.isEmpty ? "Invoice" : "Invoice \(alert.invoiceNumber)"
    subject = OutgoingText.line(
      "\(number) of \(alert.customerName) is \(days) late: \(alert.amountDue)", limit: 250)
    var lines = [
      "\(number) for the deal \(alert.dealName) was due on \(alert.dueDate).",
      "Still owed by \(alert.customerName): \(alert.amountDue).",
    ]
    if alert.level > 1 { lines.append("This is reminder \(alert.level).") }
    if alert.mayBeRepeat { lines.append("You may have been told this before.") }
    if !alert.invoiceURL.isEmpty { lines.append(alert.invoiceURL) }
    lines.append(Self.mark(key))
    self.lines = lines.map { OutgoingText.line($0, limit: 2000) }
  }

  /// For a vendor that shows the text as it is.
  var plain: String { lines.joined(separator: "\n") }

  /// For a vendor that shows the text as HTML.
  var html: String { lines.map(OutgoingText.html).joined(separator: "<br>") }

  static func mark(_ key: OperationID) -> String { "Ref: \(key)" }

  /// Whether the text carries the mark: not as the beginning of a longer one.
  static func carries(_ text: String, _ key: OperationID) -> Bool {
    var rest = text[...]
    while let range = rest.firstRange(of: mark(key)) {
      let next = rest[range.upperBound...].first
      if next.map({ $0.isLetter || $0.isNumber || $0 == "_" }) != true { return true }
      rest = rest[range.upperBound...]
    }
    return false
  }
}
