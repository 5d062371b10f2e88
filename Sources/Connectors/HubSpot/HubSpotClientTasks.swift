package import Domain
package import Transport

extension HubSpotConnector {
  package func findTasks(
    _ alerts: [(key: OperationID, alert: AlertDraft)]
  ) async throws(RemoteError) -> [OperationID: String] {
    let deals = alerts.map(\.alert.deal.id).uniqued
    let owned = try await links(.deals, deals, to: .tasks, priority: .money)
    let ids = deals.flatMap { (owned[$0] ?? []).map(\.id) }
    let tasks = try await read(
      .tasks, ids, properties: ["hs_task_body"], priority: .money
    ).records
    var found: [OperationID: String] = [:]
    for (key, alert) in alerts {
      // The oldest, should there ever be two.
      found[key] = (owned[alert.deal.id] ?? []).map(\.id)
        .filter { TaskText.carries(tasks[$0]?["hs_task_body"] ?? "", key) }
        .min { ($0.count, $0) < ($1.count, $1) }
    }
    return found
  }

  package func createTasks(
    _ alerts: [(key: OperationID, alert: AlertDraft)]
  ) async -> [WriteOutcome<String>] {
    let existing: [OperationID: String]
    let context: HubSpotContext
    do {
      existing = try await findTasks(alerts)
      context = try await self.context()
    } catch {
      return alerts.map { _ in .failing(error, on: .tasks) }
    }
    let writer = HubSpotTaskWriter(zone: context.zone ?? .utc)
    var outcomes: [OperationID: WriteOutcome<String>] = existing.mapValues { .applied($0) }
    var inputs: [HubSpotInput] = []
    for (key, alert) in alerts where outcomes[key] == nil {
      // A key that comes twice is written once.
      outcomes[key] = .notSent(reason: "nothing was sent for this task")
      inputs.append(
        HubSpotInput(
          key: key.rawValue, properties: writer.properties(alert, key: key),
          deals: [alert.deal.id]))
    }
    let elements = await write(.tasks, .create, inputs, priority: .money)
    for (input, element) in zip(inputs, elements) {
      outcomes[ID(input.key)] = Self.outcome(element)
    }
    return alerts.map { outcomes[$0.key] ?? .notSent(reason: "nothing was sent for this task") }
  }

  private static func outcome(_ element: HubSpotElement) -> WriteOutcome<String> {
    switch element {
    case .done(let record): .applied(record.id)
    case .refused(let failure): .refused(taskRefusal(failure))
    case .unknown(let reason): .unknown(reason: reason)
    case .notSent(let reason): .notSent(reason: reason)
    }
  }

  private static func taskRefusal(_ failure: HubSpotFailure) -> WriteRefusal {
    let isOwner = failure.problems.contains { $0.property == "hubspot_owner_id" }
    guard isOwner else { return HubSpotProblem.refusal(failure, on: .tasks) }
    return WriteRefusal(
      code: .ownerUnreachable, message: failure.message,
      remedy: "give the deal an active owner in HubSpot")
  }
}
