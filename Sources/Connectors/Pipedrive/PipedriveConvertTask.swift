import Domain

extension PipedriveConnector {
  /// An overdue alert as an activity; its note is shown as HTML.
  static func task(_ alert: AlertDraft, key: OperationID) -> OutgoingJSON {
    let text = TaskText(alert, key: key)
    return .fields([
      ("subject", .text(text.subject)), ("type", .text("task")),
      ("owner_id", alert.ownerID.flatMap { Int($0.rawValue) }.map { .integer($0) }),
      ("deal_id", Int(alert.deal.id).map { .integer($0) }),
      ("due_date", .text(alert.dueDate.adding(days: alert.daysLate).description)),
      ("note", .text(text.html)),
    ])
  }
}
