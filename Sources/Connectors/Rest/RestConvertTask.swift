import Domain

/// What templates call the parts of an overdue alert.
enum RestTaskWords {
  static let names = [
    "alert.subject", "alert.text", "alert.html", "alert.date", "alert.due_date", "alert.deal",
    "alert.owner", "alert.owner_email", "alert.days_late", "alert.invoice_number",
    "alert.invoice_url", "alert.mark",
  ]

  static func values(_ alert: AlertDraft, key: OperationID) -> [String: RestValue?] {
    let text = TaskText(alert, key: key)
    func some(_ text: String?) -> RestValue? { text.flatMap { $0.isEmpty ? nil : .text($0) } }
    return [
      "key": .text(key.rawValue), "alert.subject": .text(text.subject),
      "alert.text": .text(text.plain), "alert.html": .text(text.html),
      "alert.date": .text(alert.dueDate.adding(days: alert.daysLate).description),
      "alert.due_date": .text(alert.dueDate.description), "alert.deal": .text(alert.deal.id),
      "alert.owner": some(alert.ownerID?.rawValue),
      "alert.owner_email": some(alert.owner?.email),
      "alert.days_late": .number(ExactDecimal(alert.daysLate)),
      "alert.invoice_number": some(alert.invoiceNumber),
      "alert.invoice_url": some(alert.invoiceURL), "alert.mark": .text(TaskText.mark(key)),
    ]
  }
}
