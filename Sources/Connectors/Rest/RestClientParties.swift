package import Domain
package import Transport

extension RestConnector {
  package func parties(
    _ subjects: [Subject]
  ) async throws(RemoteError) -> [CRMPartyAnswer] {
    var answers: [CRMPartyAnswer] = []
    for subject in subjects.uniqued {
      guard let reader = partyReader(subject.kind),
        let record = try await single(
          reader.parties.read, subject.id, "\(subject.kind.rawValue).read", .contacts)
      else {
        answers.append(.gone(subject))
        continue
      }
      do { answers.append(.found(try reader.party(record))) } catch {
        throw .unreadable(reason: "\(subject.kind.rawValue) \(subject.id): \(error.reason)")
      }
    }
    return answers
  }

  package func updateParties(_ patches: [PartyPatch]) async -> [WriteOutcome<PartyRecord>] {
    var outcomes: [WriteOutcome<PartyRecord>] = []
    for patch in patches { outcomes.append(await update(patch)) }
    return outcomes
  }

  private func update(_ patch: PartyPatch) async -> WriteOutcome<PartyRecord> {
    let kind = patch.subject.kind
    let name: RestActionName = kind == .person ? .updatePerson : .updateCompany
    guard let reader = partyReader(kind) else {
      return .notSent(reason: "this is no company or person of \(description.title)")
    }
    guard let action = description.actions[name] else {
      return .refused(undescribed(name.rawValue))
    }
    let label = "\(kind.rawValue).update"
    do {
      let headers = try await precondition(action, reader.parties.read, patch.subject.id)
      let answer = try await send(
        action.request, scope.with(RestPartyWords.values(patch)),
        RestErrand(
          purpose: .write(idempotent: action.request.method != .post), priority: .contacts,
          label: label), headers: headers)
      return await written(action, answer, reader, id: patch.subject.id)
    } catch {
      return failing(error, on: kind)
    }
  }

  /// What the record says now, where a write must name it.
  func precondition(
    _ action: RestAction, _ read: RestRead, _ id: String
  ) async throws(RemoteError) -> [String: String] {
    guard let wanted = action.precondition else { return [:] }
    let record = try await single(read, id, "precondition.read", .contacts)
    guard let record, let text = wanted.path.values(in: record, scope).first?.plain,
      text.utf8.allSatisfy({ (32...126).contains($0) })
    else {
      throw .refused(
        Refusal(status: record == nil ? 404 : 412, code: "no_\(wanted.header)", message: ""))
    }
    return [wanted.header: text]
  }

  /// The record as the system now has it: from the answer, or read anew.
  func written(
    _ action: RestAction, _ answer: RestAnswer, _ reader: RestPartyReader, id known: String?
  ) async -> WriteOutcome<PartyRecord> {
    let label = "\(reader.kind.rawValue).write"
    do {
      if !action.record.isEmpty,
        let value = try Self.record(in: answer.value, action.record, scope, label)
      {
        return .applied(try reader.party(value))
      }
      let id =
        known
        ?? action.id.lazy.compactMap { $0.values(in: answer.value, self.scope).first?.plain }.first
      guard let id, !id.isEmpty else {
        return .unknown(reason: "\(label): the answer names no id; check the action's id")
      }
      guard let value = try await single(reader.parties.read, id, label, .contacts) else {
        return .unknown(reason: "\(label): the record is not there yet")
      }
      return .applied(try reader.party(value))
    } catch {
      // It was written; what it holds now is looked up later.
      return .unknown(reason: "\(label): the answer could not be used")
    }
  }
}
