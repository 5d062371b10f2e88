package import Domain
package import Transport

/// Creating parties, and finding them again by their mark.
extension RestConnector {
  package func createParties(
    _ drafts: [(key: OperationID, draft: PartyDraft)]
  ) async -> [WriteOutcome<PartyRecord>] {
    var outcomes: [WriteOutcome<PartyRecord>] = []
    for (key, draft) in drafts { outcomes.append(await create(draft, key)) }
    return outcomes
  }

  private func action(of draft: PartyDraft) -> (name: RestActionName, action: RestAction?) {
    let name: RestActionName = draft.kind == .person ? .createPerson : .createCompany
    return (name, description.actions[name])
  }

  private func create(
    _ draft: PartyDraft, _ key: OperationID
  ) async -> WriteOutcome<PartyRecord> {
    let (name, action) = action(of: draft)
    guard let action, let reader = partyReader(draft.kind) else {
      return .refused(undescribed(name.rawValue))
    }
    do {
      if let known = try await found(draft, key, action, reader) { return .applied(known) }
      let answer = try await send(
        action.request, values(draft, key), creation(action, "\(draft.kind.rawValue).create"),
        headers: action.keyHeader(key))
      return await written(action, answer, reader, id: nil)
    } catch {
      return failing(error, on: draft.kind)
    }
  }

  private func values(_ draft: PartyDraft, _ key: OperationID) -> RestScope {
    scope.with(RestPartyWords.values(draft)).with(["key": .text(key.rawValue)])
  }

  func creation(_ action: RestAction, _ label: String) -> RestErrand {
    let isIdempotent: Bool
    switch action.idempotency {
    case .header, .naturalKey: isIdempotent = true
    case .none, .lookup: isIdempotent = false
    }
    return RestErrand(
      purpose: .write(idempotent: isIdempotent), priority: .contacts, label: label)
  }

  /// The record that carries the mark, where the description says how to look for it.
  private func found(
    _ draft: PartyDraft, _ key: OperationID, _ action: RestAction, _ reader: RestPartyReader
  ) async throws(RemoteError) -> PartyRecord? {
    guard case .lookup(let list, _) = action.idempotency, !draft.mark.isEmpty else { return nil }
    let records = try await all(
      list, values(draft, key), .read("\(draft.kind.rawValue).lookup", .contacts))
    let parties = records.compactMap { try? reader.party($0) }.filter {
      $0.mark == draft.mark && $0.status == .active
    }
    // The oldest, should there ever be two.
    return parties.min {
      ($0.subject.id.count, $0.subject.id) < ($1.subject.id.count, $1.subject.id)
    }
  }

  /// Without a look-up nothing is found: then the same key is sent again, which makes no second
  /// record.
  package func findParties(
    _ drafts: [(key: OperationID, draft: PartyDraft)]
  ) async throws(RemoteError) -> [OperationID: PartyRecord] {
    var found: [OperationID: PartyRecord] = [:]
    for (key, draft) in drafts {
      guard let action = action(of: draft).action, let reader = partyReader(draft.kind) else {
        continue
      }
      found[key] = try await self.found(draft, key, action, reader)
    }
    return found
  }
}

extension RestAction {
  /// The header with the key of the operation, where the system remembers one.
  func keyHeader(_ key: OperationID) -> [String: String] {
    if case .header(let name) = idempotency { [name: key.rawValue] } else { [:] }
  }
}
