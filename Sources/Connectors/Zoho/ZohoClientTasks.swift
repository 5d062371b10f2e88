package import Domain
package import Transport

extension ZohoConnector {
  package func findTasks(
    _ alerts: [(key: OperationID, alert: AlertDraft)]
  ) async throws(RemoteError) -> [OperationID: String] {
    var found: [OperationID: String] = [:]
    let deals = alerts.map(\.alert.deal.id).uniqued.filter(Self.isID)
    guard !deals.isEmpty else { return found }
    // Open and closed ones are lists of their own.
    let lists = try await relatedLists(of: .tasks)
    guard !lists.isEmpty else {
      throw .unreadable(reason: "the deals of this organisation have no related list of tasks")
    }
    for deal in deals {
      var tasks: [ZohoRecord] = []
      for list in lists {
        tasks += try await all(
          [ZohoModule.deals.rawValue, deal, list],
          query: ["fields": ZohoModule.tasks.standardFields.joined(separator: ",")],
          priority: .money, label: "deals.tasks")
      }
      for (key, alert) in alerts where alert.deal.id == deal {
        // The oldest, should there ever be two.
        found[key] =
          tasks.filter { TaskText.carries($0.text("Description") ?? "", key) }.map(\.id)
          .min { ($0.count, $0) < ($1.count, $1) }
      }
    }
    return found
  }

  package func createTasks(
    _ alerts: [(key: OperationID, alert: AlertDraft)]
  ) async -> [WriteOutcome<String>] {
    var outcomes: [OperationID: WriteOutcome<String>]
    do { outcomes = try await findTasks(alerts).mapValues { .applied($0) } } catch {
      return alerts.map { _ in .unprepared(error) }
    }
    // A key that comes twice is written once.
    var fresh: [(key: OperationID, alert: AlertDraft)] = []
    for entry in alerts
    where outcomes[entry.key] == nil && !fresh.contains(where: { $0.key == entry.key }) {
      fresh.append(entry)
    }
    let verdicts = await write(
      .post, .tasks, fresh.map { Self.task($0.alert, key: $0.key) }, label: "tasks.create")
    for ((key, _), verdict) in zip(fresh, verdicts) {
      if case .applied(let details) = verdict {
        outcomes[key] =
          details["id"]?.id.map { .applied($0) }
          ?? .unknown(reason: "Zoho's answer does not name the task")
      } else {
        outcomes[key] = .unapplied(verdict, in: .tasks)
      }
    }
    return alerts.map { outcomes[$0.key] ?? .notSent(reason: "nothing was sent for this task") }
  }

  /// An overdue alert as a task of the deal. Our writes start no automation, so the owner's mail
  /// is asked for by name.
  static func task(_ alert: AlertDraft, key: OperationID) -> OutgoingJSON {
    let text = TaskText(alert, key: key)
    return .fields([
      ("Subject", .text(text.subject)), ("Status", .text("Not Started")),
      ("Priority", .text("High")),
      ("Due_Date", .text(alert.dueDate.adding(days: alert.daysLate).description)),
      ("Owner", alert.ownerID.map { .fields([("id", .text($0.rawValue))]) }),
      ("What_Id", .fields([("id", .text(alert.deal.id))])), ("$se_module", .text("Deals")),
      ("Send_Notification_Email", .flag(true)), ("Description", .text(text.plain)),
    ])
  }
}
