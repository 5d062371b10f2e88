package import Domain
package import Transport

extension SalesforceConnector {
  package func parties(
    _ subjects: [Subject]
  ) async throws(RemoteError) -> [CRMPartyAnswer] {
    var answers: [CRMPartyAnswer] = []
    for kind in [RecordKind.company, .person] {
      let ids = subjects.filter { $0.kind == kind }.map(\.id).uniqued
      guard !ids.isEmpty else { continue }
      let object = SalesforceObject(kind)
      let reader = try await partyReader(object)
      let records = try await survivors(object, ids)
      for id in ids {
        guard let record = records[id] else {
          answers.append(.gone(subject(kind, id)))
          continue
        }
        let heir = heir(of: record, records)
        answers.append(
          heir.id == id
            ? .found(reader.party(record))
            : .merged(subject(kind, id), into: reader.party(heir)))
      }
    }
    return answers
      + subjects.filter { $0.kind != .company && $0.kind != .person }.map { .gone($0) }
  }

  /// The records, and those that records merged away live on in.
  private func survivors(
    _ object: SalesforceObject, _ ids: [String]
  ) async throws(RemoteError) -> [String: SalesforceRecord] {
    var known: [String: SalesforceRecord] = [:]
    var open = ids
    for _ in 0..<SalesforceLimit.merges where !open.isEmpty {
      let found = try await found(object, open, priority: .contacts)
      if let (id, reason) = found.unreadable.first {
        throw .unreadable(reason: "\(object.rawValue) \(id): \(reason)")
      }
      known.merge(found.records) { $1 }
      open =
        found.records.values.filter(\.isDeleted).compactMap { $0.text("MasterRecordId") }
        .filter { known[$0] == nil }.uniqued
    }
    return known
  }

  private func heir(
    of record: SalesforceRecord, _ known: [String: SalesforceRecord]
  ) -> SalesforceRecord {
    var current = record
    for _ in 0..<SalesforceLimit.merges {
      guard current.isDeleted, let next = current.text("MasterRecordId").flatMap({ known[$0] })
      else { break }
      current = next
    }
    return current
  }

  package func createParties(
    _ drafts: [(key: OperationID, draft: PartyDraft)]
  ) async -> [WriteOutcome<PartyRecord>] {
    var outcomes: [OperationID: WriteOutcome<PartyRecord>] = [:]
    for isPerson in [false, true] {
      let own = drafts.filter { ($0.draft.kind == .person) == isPerson }
      guard !own.isEmpty else { continue }
      outcomes.merge(await create(own, isPerson ? .contact : .account)) { $1 }
    }
    return drafts.map { outcomes[$0.key] ?? .notSent(reason: "nothing was sent") }
  }

  private func create(
    _ drafts: [(key: OperationID, draft: PartyDraft)], _ object: SalesforceObject
  ) async -> [OperationID: WriteOutcome<PartyRecord>] {
    let list: SalesforceFieldList
    do { list = try await fieldList(object) } catch {
      return Dictionary(drafts.map { ($0.key, .failing(error, on: object)) }) { $1 }
    }
    let writer = SalesforcePartyWriter(fields: fields, list: list, isPerson: object == .contact)
    var outcomes: [OperationID: WriteOutcome<PartyRecord>] = [:]
    // Created under its mark, a second attempt meets the first one's record.
    var plain: [(key: OperationID, row: OutgoingJSON)] = []
    var keyed: [(key: OperationID, row: OutgoingJSON)] = []
    let mark = list[fields.accountingID]
    for (key, draft) in drafts {
      do {
        let row = Self.row(object, try writer.body(draft))
        if mark?.isExternalID == true, !draft.mark.isEmpty {
          keyed.append((key, row))
        } else {
          plain.append((key, row))
        }
      } catch {
        outcomes[key] = .refused(SalesforceProblem.missingField(error.name, on: object))
      }
    }
    var results = await write(.post, object, plain.map(\.row))
    results += await write(.patch, object, key: mark?.name, keyed.map(\.row))
    let keys = (plain + keyed).map(\.key)
    let told = await readBack(results, object)
    for ((key, result), outcome) in zip(zip(keys, results), told) {
      outcomes[key] = outcome
      guard case .refused(let failure) = result, failure.code == "DUPLICATE_VALUE",
        let own = drafts.first(where: { $0.key == key })
      else { continue }
      // The mark is taken: by an earlier attempt of ours.
      if let found = try? await findParties([own])[key] { outcomes[key] = .applied(found) }
    }
    return outcomes
  }

  package func updateParties(_ patches: [PartyPatch]) async -> [WriteOutcome<PartyRecord>] {
    var outcomes = [WriteOutcome<PartyRecord>](
      repeating: .notSent(reason: "this is no company or person"), count: patches.count)
    for kind in [RecordKind.company, .person] {
      let places = patches.indices.filter { patches[$0].subject.kind == kind }
      guard !places.isEmpty else { continue }
      let told = await update(places.map { patches[$0] }, SalesforceObject(kind))
      for (place, outcome) in zip(places, told) { outcomes[place] = outcome }
    }
    return outcomes
  }

  private func update(
    _ patches: [PartyPatch], _ object: SalesforceObject
  ) async -> [WriteOutcome<PartyRecord>] {
    let list: SalesforceFieldList
    do { list = try await fieldList(object) } catch {
      return patches.map { _ in .failing(error, on: object) }
    }
    let writer = SalesforcePartyWriter(fields: fields, list: list, isPerson: object == .contact)
    var results: [SalesforceRow?] = []
    var refusals: [Int: WriteRefusal] = [:]
    var rows: [OutgoingJSON] = []
    var sent: [Int] = []
    for (place, patch) in patches.enumerated() {
      // Nothing Salesforce has a field for: the record as it is, is the answer.
      results.append(.done(id: patch.subject.id))
      do {
        let members = try writer.body(patch)
        guard !members.isEmpty else { continue }
        rows.append(Self.row(object, id: patch.subject.id, members))
        sent.append(place)
      } catch {
        refusals[place] = SalesforceProblem.missingField(error.name, on: object)
      }
    }
    for (place, result) in zip(sent, await write(.patch, object, rows)) { results[place] = result }
    let told = await readBack(results.compactMap { $0 }, object)
    return told.enumerated().map { place, outcome in
      refusals[place].map { .refused($0) } ?? outcome
    }
  }

  /// The vendor does not repeat what it wrote: it is read back, for all rows together.
  private func readBack(
    _ results: [SalesforceRow], _ object: SalesforceObject
  ) async -> [WriteOutcome<PartyRecord>] {
    let ids = results.compactMap { result -> String? in
      if case .done(let id) = result { id } else { nil }
    }
    var held: [String: SalesforceRecord] = [:]
    var failure = "no such record"
    var reader: SalesforcePartyReader?
    if !ids.isEmpty {
      do {
        reader = try await partyReader(object)
        held = try await found(object, ids, priority: .contacts).records
      } catch { failure = error.description }
    }
    return results.map { result in
      if let failing: WriteOutcome<PartyRecord> = result.failing(on: object) { return failing }
      guard case .done(let id) = result, let record = held[id], let reader else {
        return .unknown(reason: "written, but it could not be read back: \(failure)")
      }
      guard !record.isDeleted else {
        return .refused(
          SalesforceProblem.refusal(
            SalesforceFailure(code: "ENTITY_IS_DELETED", message: "the record was deleted"),
            on: object))
      }
      return .applied(reader.party(record))
    }
  }

  package func findParties(
    _ drafts: [(key: OperationID, draft: PartyDraft)]
  ) async throws(RemoteError) -> [OperationID: PartyRecord] {
    var found: [OperationID: PartyRecord] = [:]
    for isPerson in [false, true] {
      let own = drafts.filter {
        ($0.draft.kind == .person) == isPerson && !$0.draft.mark.isEmpty
      }
      guard !own.isEmpty else { continue }
      let records = try await marked(own.map(\.draft.mark), isPerson ? .contact : .account)
      for (key, draft) in own { found[key] = records[draft.mark] }
    }
    return found
  }

  /// Live records by their mark. Queries show what was written at once.
  private func marked(
    _ marks: [String], _ object: SalesforceObject
  ) async throws(RemoteError) -> [String: PartyRecord] {
    let reader = try await partyReader(object)
    guard let mark = reader.list[fields.accountingID]?.name, SOQL.isName(mark) else { return [:] }
    let columns = try await columns(object).joined(separator: ",")
    var found: [String: PartyRecord] = [:]
    for batch in marks.uniqued.batches(of: SalesforceLimit.marks) {
      let records = try await rows(
        "SELECT \(columns) FROM \(object.rawValue) WHERE \(mark) IN \(SOQL.texts(batch))",
        priority: .contacts, label: "\(object.rawValue.lowercased()).marked")
      for record in records {
        let party = reader.party(record)
        // The oldest, should there ever be two. Letter case does not count to the vendor.
        guard let own = batch.first(where: { $0.lowercased() == party.mark.lowercased() }),
          found[own].map({ record.id < $0.subject.id }) ?? true
        else { continue }
        found[own] = party
      }
    }
    return found
  }
}
