package import Domain
package import Transport

extension HubSpotConnector {
  package func parties(
    _ subjects: [Subject]
  ) async throws(RemoteError) -> [CRMPartyAnswer] {
    var answers: [CRMPartyAnswer] = []
    for kind in [RecordKind.company, .person] {
      let ids = subjects.filter { $0.kind == kind }.map(\.id).uniqued
      guard !ids.isEmpty else { continue }
      let object = Self.object(kind)
      let properties = HubSpotFields.party(kind, fields)
      let found = try await read(object, ids, properties: properties, priority: .contacts)
      for id in ids {
        if let record = found.records[id] {
          answers.append(.found(party(record, kind)))
          continue
        }
        switch try await fate(object, id, properties: properties, priority: .contacts) {
        case .found(let record), .archived(let record):
          answers.append(.found(party(record, kind)))
        case .merged(let record):
          answers.append(.merged(subject(kind, id), into: party(record, kind)))
        case .gone: answers.append(.gone(subject(kind, id)))
        }
      }
    }
    return answers
      + subjects.filter { $0.kind != .company && $0.kind != .person }
      .map { .gone($0) }
  }

  static func object(_ kind: RecordKind) -> HubSpotObject {
    kind == .person ? .contacts : .companies
  }

  package func updateParties(_ patches: [PartyPatch]) async -> [WriteOutcome<PartyRecord>] {
    let writer = HubSpotPartyWriter(fields: fields)
    var outcomes = [WriteOutcome<PartyRecord>](
      repeating: .notSent(reason: "this is no company or person"), count: patches.count)
    for kind in [RecordKind.company, .person] {
      let positions = patches.indices.filter { patches[$0].subject.kind == kind }
      guard !positions.isEmpty else { continue }
      let inputs = positions.map { position in
        HubSpotInput(
          key: "party-\(position)", id: patches[position].subject.id,
          properties: writer.properties(patches[position]))
      }
      // Nothing HubSpot has a property for: the record as it is, is the answer.
      let written = inputs.filter { !$0.properties.isEmpty }
      let elements = await write(Self.object(kind), .update, written, priority: .contacts)
      var byKey: [String: HubSpotElement] = [:]
      for (input, element) in zip(written, elements) { byKey[input.key] = element }
      let ordered = inputs.map { input in
        byKey[input.key] ?? .done(HubSpotRecord(id: input.id ?? ""))
      }
      for (position, outcome) in zip(positions, await readBack(ordered, kind)) {
        outcomes[position] = outcome
      }
    }
    return outcomes
  }

  /// Answers to writes hold only some properties: the whole records are read once more.
  func readBack(
    _ elements: [HubSpotElement], _ kind: RecordKind
  ) async -> [WriteOutcome<PartyRecord>] {
    let object = Self.object(kind)
    let ids = elements.compactMap { element -> String? in
      guard case .done(let record) = element else { return nil }
      return record.id
    }
    let records: [String: HubSpotRecord]
    var reason = "no such record"
    do {
      records = try await read(
        object, ids, properties: HubSpotFields.party(kind, fields), priority: .contacts
      ).records
    } catch {
      records = [:]
      reason = error.description
    }
    return elements.map { element in
      switch element {
      case .done(let record):
        guard let whole = records[record.id] else {
          return .unknown(reason: "written, but it could not be read back: \(reason)")
        }
        return .applied(party(whole, kind))
      case .refused(let failure): return .refused(HubSpotProblem.refusal(failure, on: object))
      case .unknown(let reason): return .unknown(reason: reason)
      case .notSent(let reason): return .notSent(reason: reason)
      }
    }
  }
}
