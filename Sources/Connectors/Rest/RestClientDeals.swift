package import Domain
package import Transport

extension RestConnector {
  package func deals(_ ids: [ID<Deal>]) async throws(RemoteError) -> [CRMDealAnswer] {
    var answers: [CRMDealAnswer] = []
    for id in ids.uniqued { answers.append(try await deal(id, .money)) }
    return answers
  }

  private func deal(
    _ id: ID<Deal>, _ priority: CallPriority
  ) async throws(RemoteError) -> CRMDealAnswer {
    let record: RestValue?
    do {
      record = try await single(description.deals.read, id.rawValue, "deals.read", priority)
    } catch {
      // A deal whose id no address takes is one bad record, no reason to stop.
      guard case .notSent(let reason) = error, reason.hasPrefix("deals.read: {{id}}") else {
        throw error
      }
      return .rejected(id, reason: reason)
    }
    guard let record else { return .gone(id) }
    if description.deals.deleted?.holds(for: record, scope) == true { return .archived(id) }
    let reader = try await dealReader()
    let lines = try await lines(of: record, id.rawValue, priority)
    do { return .found(try reader.complete(record, lines: lines)) } catch {
      return .rejected(id, reason: error.reason)
    }
  }

  /// One record by its id; nil where there is none.
  func single(
    _ read: RestRead, _ id: String, _ label: String, _ priority: CallPriority
  ) async throws(RemoteError) -> RestValue? {
    let answer: RestAnswer
    do {
      answer = try await send(read.request, scope.with(["id": .text(id)]), .read(label, priority))
    } catch {
      guard RestProblem.isMissing(error) else { throw error }
      return nil
    }
    return try Self.record(in: answer.value, read.record, scope, label)
  }

  /// The one record of an answer; nil where the answer holds nothing in its place.
  static func record(
    in value: RestValue, _ paths: [RestPath], _ scope: RestScope, _ label: String
  ) throws(RemoteError) -> RestValue? {
    guard let path = paths.first(where: { $0.leadsSomewhere(in: value, scope) }) else {
      let wanted = paths.map { "“\($0.text)”" }.joined(separator: " or ")
      throw .unreadable(
        reason: "\(label): the path \(wanted) leads nowhere in the answer; \(value.keys)")
    }
    var found = path.values(in: value, scope).first ?? .null
    if case .list(let list) = found { found = list.first ?? .null }
    if case .object = found { return found }
    guard found.isEmpty else {
      throw .unreadable(
        reason: "\(label): the path “\(path.text)” leads to \(found.kind), not to a record")
    }
    return nil
  }

  private func lines(
    of record: RestValue, _ deal: String, _ priority: CallPriority
  ) async throws(RemoteError) -> [RestValue] {
    guard let lines = description.deals.lines else { return [] }
    switch lines.source {
    case .inside(let path):
      return path.values(in: record, scope).flatMap { value -> [RestValue] in
        switch value {
        case .list(let list): list
        case .object: [value]
        case .null, .flag, .number, .text: []
        }
      }
    case .list(let list):
      return try await all(
        list, scope.with(["deal.id": .text(deal)]), .read("lines.list", priority))
    }
  }

  /// Lines have no listing of their own here: nothing asks for this.
  package func dealsOwning(lines: [String]) async throws(RemoteError) -> Set<ID<Deal>> { [] }

  /// A deal that is gone has a digest of its own, so that the check notices it.
  package func relations(
    of deals: [ID<Deal>]
  ) async throws(RemoteError) -> [ID<Deal>: String] {
    var digests: [ID<Deal>: String] = [:]
    for id in deals.uniqued {
      switch try await deal(id, .background) {
      case .found(let deal), .merged(_, let deal): digests[id] = deal.relations
      case .gone, .archived: digests[id] = "gone"
      case .rejected: break
      }
    }
    return digests
  }
}
