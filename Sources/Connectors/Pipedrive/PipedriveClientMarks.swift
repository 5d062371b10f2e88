package import Domain
package import Transport

/// Creating parties, and finding them again by their mark: nothing here refuses a second record.
extension PipedriveConnector {
  package func createParties(
    _ drafts: [(key: OperationID, draft: PartyDraft)]
  ) async -> [WriteOutcome<PartyRecord>] {
    var outcomes: [WriteOutcome<PartyRecord>] = []
    for (_, draft) in drafts { outcomes.append(await create(draft)) }
    return outcomes
  }

  private func create(_ draft: PartyDraft) async -> WriteOutcome<PartyRecord> {
    let object: PipedriveObject = draft.kind == .person ? .persons : .organizations
    let reader: PipedrivePartyReader
    let body: [OutgoingJSON.Member]
    do {
      reader = try await partyReader(object)
      let writer = PipedrivePartyWriter(fields: fields, list: reader.list)
      switch writer.body(draft) {
      case .success(let members): body = members
      case .failure(let missing):
        return .refused(PipedriveProblem.missingField(missing.name, on: object))
      }
    } catch {
      return .failing(error, on: object)
    }
    do {
      let record = try await write(
        .post, [object.rawValue], .object(body), priority: .contacts,
        label: "\(object.rawValue).create")
      return .applied(reader.party(record))
    } catch {
      return .failing(error, on: object, names: reader.list.names)
    }
  }

  package func findParties(
    _ drafts: [(key: OperationID, draft: PartyDraft)]
  ) async throws(RemoteError) -> [OperationID: PartyRecord] {
    var found: [OperationID: PartyRecord] = [:]
    for kind in [RecordKind.company, .person] {
      let own = drafts.filter {
        ($0.draft.kind == .person) == (kind == .person) && !$0.draft.mark.isEmpty
      }
      guard !own.isEmpty else { continue }
      let records = try await marked(Set(own.map(\.draft.mark)), PipedriveObject(kind))
      for (key, draft) in own { found[key] = records[draft.mark] }
    }
    return found
  }

  /// The newest records first, which a search does not show yet; then the search, which shows the
  /// old ones.
  private func marked(
    _ marks: Set<String>, _ object: PipedriveObject
  ) async throws(RemoteError) -> [String: PartyRecord] {
    let reader = try await partyReader(object)
    guard reader.list[fields.accountingID] != nil else { return [:] }
    var found: [String: PartyRecord] = [:]
    func take(_ records: [PipedriveRecord]) {
      for record in records where !record.isDeleted {
        let party = reader.party(record)
        guard marks.contains(party.mark) else { continue }
        // The oldest, should there ever be two.
        let other = found[party.mark]?.subject.id
        if let other, (other.count, other) <= (record.id.count, record.id) { continue }
        found[party.mark] = party
      }
    }
    let newest = try await get(
      PipedrivePage.self, [object.rawValue],
      query: [
        "sort_by": "add_time", "sort_direction": "desc", "limit": String(PipedriveLimit.page),
      ], priority: .contacts, label: "\(object.rawValue).newest")
    take(newest.records)
    for mark in marks.subtracting(found.keys).sorted() {
      take(try await searched(object, mark))
    }
    return found
  }

  /// Records with a custom field of exactly this text, whole.
  func searched(
    _ object: PipedriveObject, _ text: String
  ) async throws(RemoteError) -> [PipedriveRecord] {
    try await searches.turn()
    let answer = try await get(
      PipedriveSearch.self, [object.rawValue, "search"],
      query: ["term": text, "fields": "custom_fields", "exact_match": "true", "limit": "100"],
      priority: .contacts, label: "\(object.rawValue).search")
    let found = try await records(object, answer.ids, priority: .contacts)
    return answer.ids.compactMap { found.records[$0] }
  }
}
