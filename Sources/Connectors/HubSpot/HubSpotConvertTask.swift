import Domain

/// An overdue alert as a HubSpot task.
struct HubSpotTaskWriter: Sendable {
  /// The account's zone: the task is due on a day there.
  var zone: Zone

  func properties(_ alert: AlertDraft, key: OperationID) -> [String: String] {
    let text = TaskText(alert, key: key)
    var values = [
      "hs_timestamp": String(noon(alert.dueDate.adding(days: alert.daysLate)).milliseconds),
      "hs_task_subject": text.subject,
      // Shown as HTML.
      "hs_task_body": text.html,
      "hs_task_status": "NOT_STARTED",
      "hs_task_priority": alert.level > 1 ? "HIGH" : "MEDIUM",
      "hs_task_type": "TODO",
    ]
    values["hubspot_owner_id"] = alert.ownerID?.rawValue
    return values
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
