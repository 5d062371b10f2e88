package import Domain
package import Transport

extension PipedriveConnector {
  package func findTasks(
    _ alerts: [(key: OperationID, alert: AlertDraft)]
  ) async throws(RemoteError) -> [OperationID: String] {
    var found: [OperationID: String] = [:]
    for deal in alerts.map(\.alert.deal.id).uniqued where Self.isID(deal) {
      let activities = try await all(
        ["activities"], query: ["deal_id": deal], priority: .money, label: "activities.list")
      for (key, alert) in alerts where alert.deal.id == deal {
        // The oldest, should there ever be two.
        found[key] =
          activities
          .filter { TaskText.carries($0.text("note") ?? "", key) }.map(\.id)
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
      return alerts.map { _ in .failing(error, on: .activities) }
    }
    // A key that comes twice is written once.
    for (key, alert) in alerts where outcomes[key] == nil {
      do {
        let record = try await write(
          .post, ["activities"], Self.task(alert, key: key), priority: .money,
          label: "activities.create")
        outcomes[key] = .applied(record.id)
      } catch {
        outcomes[key] = .failing(error, on: .activities)
      }
    }
    return alerts.map { outcomes[$0.key] ?? .notSent(reason: "nothing was sent for this task") }
  }
}
