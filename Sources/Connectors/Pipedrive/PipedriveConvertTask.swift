import Domain

/// An overdue alert as a Pipedrive activity.
struct PipedriveTaskWriter: Sendable {
  /// The mark by which an activity is found again: the vendor has no idempotency key.
  static func mark(_ key: OperationID) -> String { "Ref: \(key)" }

  /// Whether the note carries the mark: not as the beginning of a longer one.
  static func carries(_ note: String, _ key: OperationID) -> Bool {
    var rest = note[...]
    while let range = rest.firstRange(of: mark(key)) {
      let next = rest[range.upperBound...].first
      if next.map({ $0.isLetter || $0.isNumber || $0 == "_" }) != true { return true }
      rest = rest[range.upperBound...]
    }
    return false
  }

  func body(_ alert: AlertDraft, key: OperationID) -> OutgoingJSON {
    let days = alert.daysLate == 1 ? "1 day" : "\(alert.daysLate) days"
    let number = alert.invoiceNumber.isEmpty ? "Invoice" : "Invoice \(alert.invoiceNumber)"
    let subject = "\(number) of \(alert.customerName) is \(days) late: \(alert.amountDue)"
    return .fields([
      ("subject", .text(OutgoingText.line(subject, limit: 250))), ("type", .text("task")),
      ("owner_id", alert.ownerID.flatMap { Int($0.rawValue) }.map { .integer($0) }),
      ("deal_id", Int(alert.deal.id).map { .integer($0) }),
      ("due_date", .text(alert.dueDate.adding(days: alert.daysLate).description)),
      ("note", .text(note(alert, number: number, key: key))),
    ])
  }

  /// The note is shown as HTML.
  private func note(_ alert: AlertDraft, number: String, key: OperationID) -> String {
    var lines = [
      "\(number) for the deal \(alert.dealName) was due on \(alert.dueDate).",
      "Still owed by \(alert.customerName): \(alert.amountDue).",
    ]
    if alert.level > 1 { lines.append("This is reminder \(alert.level).") }
    if alert.mayBeRepeat { lines.append("You may have been told this before.") }
    if !alert.invoiceURL.isEmpty { lines.append(alert.invoiceURL) }
    lines.append(Self.mark(key))
    return lines.map { Self.escaped(OutgoingText.line($0, limit: 2000)) }.joined(separator: "<br>")
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
}
