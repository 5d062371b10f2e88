package import Domain
package import Transport

extension RestConnector {
  package func findTasks(
    _ alerts: [(key: OperationID, alert: AlertDraft)]
  ) async throws(RemoteError) -> [OperationID: String] {
    guard let action = description.actions[.createTask],
      case .lookup(let list, let match) = action.idempotency
    else { return [:] }
    var found: [OperationID: String] = [:]
    for (key, alert) in alerts {
      let scope = scope.with(RestTaskWords.values(alert, key: key))
      let records = try await all(list, scope, .read("tasks.lookup", .money))
      let ids = records.filter { record in
        match.contains { path in
          path.values(in: record, scope).contains {
            $0.plain.map { TaskText.carries($0, key) } ?? false
          }
        }
      }.compactMap { record in
        // A task of a list is the record itself, of an answer to a create it may be wrapped.
        record["id"]?.plain
          ?? action.id.lazy.compactMap { $0.values(in: record, scope).first?.plain }.first
      }
      found[key] = ids.min { ($0.count, $0) < ($1.count, $1) }
    }
    return found
  }

  package func createTasks(
    _ alerts: [(key: OperationID, alert: AlertDraft)]
  ) async -> [WriteOutcome<String>] {
    guard let action = description.actions[.createTask] else {
      return alerts.map { _ in .refused(undescribed("create_task")) }
    }
    var outcomes: [OperationID: WriteOutcome<String>]
    do { outcomes = try await findTasks(alerts).mapValues { .applied($0) } } catch {
      return alerts.map { _ in failing(error, on: .alert) }
    }
    // A key that comes twice is written once.
    for (key, alert) in alerts where outcomes[key] == nil {
      outcomes[key] = await create(alert, key, action)
    }
    return alerts.map { outcomes[$0.key] ?? .notSent(reason: "nothing was sent for this task") }
  }

  private func create(
    _ alert: AlertDraft, _ key: OperationID, _ action: RestAction
  ) async -> WriteOutcome<String> {
    var errand = creation(action, "tasks.create")
    errand.priority = .money
    do {
      let answer = try await send(
        action.request, scope.with(RestTaskWords.values(alert, key: key)), errand,
        headers: action.keyHeader(key))
      let id = action.id.lazy.compactMap { $0.values(in: answer.value, self.scope).first?.plain }
        .first
      guard let id, !id.isEmpty else {
        return .unknown(reason: "tasks.create: the answer names no id; check the action's id")
      }
      return .applied(id)
    } catch {
      return failing(error, on: .alert)
    }
  }
}
