package import Domain
package import Transport

extension SalesforceConnector {
  package func findTasks(
    _ alerts: [(key: OperationID, alert: AlertDraft)]
  ) async throws(RemoteError) -> [OperationID: String] {
    var found: [OperationID: String] = [:]
    for batch in alerts.map(\.alert.deal.id).uniqued.batches(of: SalesforceLimit.rows) {
      guard let ids = SOQL.ids(batch) else { continue }
      // A long text cannot be looked for: the tasks of the deals are read. A deleted one counts:
      // whoever deleted it has seen it.
      let tasks = try await rows(
        "SELECT Id,WhatId,Description FROM Task WHERE WhatId IN \(ids)", isAll: true,
        priority: .money, label: "tasks.list")
      for (key, alert) in alerts where batch.contains(alert.deal.id) {
        // The oldest, should there ever be two.
        found[key] =
          tasks.filter {
            $0.text("WhatId") == alert.deal.id
              && TaskText.carries($0.text("Description") ?? "", key)
          }.map(\.id).min()
      }
    }
    return found
  }

  package func createTasks(
    _ alerts: [(key: OperationID, alert: AlertDraft)]
  ) async -> [WriteOutcome<String>] {
    var outcomes: [OperationID: WriteOutcome<String>]
    do { outcomes = try await findTasks(alerts).mapValues { .applied($0) } } catch {
      return alerts.map { _ in .failing(error, on: .task) }
    }
    var keys: [OperationID] = []
    var rows: [OutgoingJSON] = []
    for (key, alert) in alerts where outcomes[key] == nil {
      // A key that comes twice is written once.
      outcomes[key] = .notSent(reason: "nothing was sent for this task")
      keys.append(key)
      rows.append(Self.task(alert, key: key))
    }
    let results = await write(.post, .task, rows)
    for (key, result) in zip(keys, results) {
      if case .done(let id) = result {
        outcomes[key] = .applied(id)
      } else {
        outcomes[key] = result.failing(on: .task)
      }
    }
    return alerts.map { outcomes[$0.key] ?? .notSent(reason: "nothing was sent for this task") }
  }

  /// An overdue alert as a task. Status and priority are left to the organisation, whose lists
  /// may differ.
  static func task(_ alert: AlertDraft, key: OperationID) -> OutgoingJSON {
    let text = TaskText(alert, key: key)
    var members = [
      Member("Subject", .text(text.subject)), Member("WhatId", .text(alert.deal.id)),
      Member(
        "ActivityDate", .text(alert.dueDate.adding(days: alert.daysLate).description)),
      Member("Description", .text(text.plain)),
    ]
    if let owner = alert.ownerID?.rawValue, SOQL.isID(owner) {
      members.append(Member("OwnerId", .text(owner)))
    }
    return row(.task, members)
  }
}
