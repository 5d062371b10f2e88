package import Domain
package import Transport

extension ZohoConnector {
  package func parties(
    _ subjects: [Subject]
  ) async throws(RemoteError) -> [CRMPartyAnswer] {
    var answers: [CRMPartyAnswer] = []
    for kind in [RecordKind.company, .person] {
      let ids = subjects.filter { $0.kind == kind }.map(\.id).uniqued
      guard !ids.isEmpty else { continue }
      let module = ZohoModule(kind)
      let reader = try await partyReader(module)
      let found = try await records(module, ids, priority: .contacts)
      if let (id, reason) = found.unreadable.first {
        throw .unreadable(reason: "\(module.rawValue) \(id): \(reason)")
      }
      for id in ids {
        var record = found.records[id]
        if record == nil { record = try await single(module, id, priority: .contacts) }
        answers.append(record.map { .found(reader.party($0)) } ?? .gone(subject(kind, id)))
      }
    }
    return answers
      + subjects.filter { $0.kind != .company && $0.kind != .person }
      .map { .gone($0) }
  }

  package func updateParties(_ patches: [PartyPatch]) async -> [WriteOutcome<PartyRecord>] {
    let jobs = patches.map { patch in
      ZohoPartyJob(kind: patch.subject.kind, id: patch.subject.id) { writer in
        writer.body(patch)
      }
    }
    return await carryOut(jobs)
  }

  package func createParties(
    _ drafts: [(key: OperationID, draft: PartyDraft)]
  ) async -> [WriteOutcome<PartyRecord>] {
    let jobs = drafts.map { _, draft in
      ZohoPartyJob(kind: draft.kind == .person ? .person : .company, id: nil) { writer in
        writer.body(draft)
      }
    }
    return await carryOut(jobs)
  }

  private func carryOut(_ jobs: [ZohoPartyJob]) async -> [WriteOutcome<PartyRecord>] {
    var outcomes = jobs.map { _ in
      WriteOutcome<PartyRecord>.notSent(reason: "this is no company or person")
    }
    for kind in [RecordKind.company, .person] {
      let own = jobs.indices.filter { jobs[$0].kind == kind }
      guard !own.isEmpty else { continue }
      for (place, outcome) in zip(own, await carryOut(own.map { jobs[$0] }, ZohoModule(kind))) {
        outcomes[place] = outcome
      }
    }
    return outcomes
  }

  private func carryOut(
    _ jobs: [ZohoPartyJob], _ module: ZohoModule
  ) async -> [WriteOutcome<PartyRecord>] {
    let reader: ZohoPartyReader
    do { reader = try await partyReader(module) } catch {
      return jobs.map { _ in .unprepared(error) }
    }
    let writer = ZohoPartyWriter(
      fields: fields, list: reader.list, isPerson: module == .contacts)
    var states = jobs.map { prepared($0, writer, module) }
    for method in [HTTPMethod.post, .put] {
      var rows: [(place: Int, body: OutgoingJSON)] = []
      for (place, state) in states.enumerated() {
        guard case .ready(let body) = state, (jobs[place].id == nil) == (method == .post) else {
          continue
        }
        rows.append((place, body))
      }
      guard !rows.isEmpty else { continue }
      let verdicts = await write(
        method, module, rows.map(\.body),
        label: "\(module.rawValue).\(method == .post ? "create" : "update")")
      for (row, verdict) in zip(rows, verdicts) {
        states[row.place] = judged(verdict, jobs[row.place], writer, module)
      }
    }
    return await readBack(states, module, reader)
  }

  private func prepared(
    _ job: ZohoPartyJob, _ writer: ZohoPartyWriter, _ module: ZohoModule
  ) -> ZohoPartyState {
    if let id = job.id, !Self.isID(id) { return .over(.refused(ZohoProblem.gone(module))) }
    switch job.body(writer) {
    case .failure(let missing):
      return .over(.refused(ZohoProblem.missingField(missing.name, in: module)))
    case .success(let members):
      // Nothing Zoho has a field for: the record as it is, is the answer.
      if members.isEmpty, let id = job.id { return .written(id) }
      let head = job.id.map { [OutgoingJSON.Member("id", .text($0))] } ?? []
      return .ready(.object(head + members))
    }
  }

  private func judged(
    _ verdict: ZohoRowOutcome, _ job: ZohoPartyJob, _ writer: ZohoPartyWriter,
    _ module: ZohoModule
  ) -> ZohoPartyState {
    let settled = settled(verdict, job.id == nil, writer)
    if case .applied(let details) = settled, let id = details["id"]?.id ?? job.id {
      return .written(id)
    }
    return .over(
      .unapplied(settled, in: module)
        ?? .unknown(reason: "Zoho's answer does not name the record"))
  }

  /// A record that carries the same mark is the one that was to be made: where the field of the
  /// mark is unique, Zoho names it.
  private func settled(
    _ verdict: ZohoRowOutcome, _ isNew: Bool, _ writer: ZohoPartyWriter
  ) -> ZohoRowOutcome {
    guard isNew, case .refused(let refusal) = verdict, refusal.code == "DUPLICATE_DATA",
      let field = refusal.field, field == writer.list[fields.accountingID]?.key,
      let id = refusal.duplicate
    else { return verdict }
    return .applied(details: .object(["id": .text(id)]))
  }

  /// Zoho answers a write with ids alone: what it now holds is read. If that fails, the write was
  /// made all the same, and the look-up of the next pass finds it.
  private func readBack(
    _ states: [ZohoPartyState], _ module: ZohoModule, _ reader: ZohoPartyReader
  ) async -> [WriteOutcome<PartyRecord>] {
    let ids = states.compactMap(\.written).uniqued
    var found: [String: ZohoRecord] = [:]
    var failure: RemoteError?
    do {
      if !ids.isEmpty { found = try await records(module, ids, priority: .contacts).records }
      for id in ids where found[id] == nil {
        found[id] = try await single(module, id, priority: .contacts)
      }
    } catch { failure = error }
    return states.map { state in
      switch state {
      case .over(let outcome): return outcome
      case .ready: return .unknown(reason: "nobody knows what became of the record")
      case .written(let id):
        if let record = found[id] { return .applied(reader.party(record)) }
        guard let failure else { return .refused(ZohoProblem.gone(module)) }
        return .unknown(reason: "written, but not read back: \(failure)")
      }
    }
  }

  /// Companies and people by the mark they were created with.
  package func findParties(
    _ drafts: [(key: OperationID, draft: PartyDraft)]
  ) async throws(RemoteError) -> [OperationID: PartyRecord] {
    var found: [OperationID: PartyRecord] = [:]
    for kind in [RecordKind.company, .person] {
      let own = drafts.filter {
        ($0.draft.kind == .person) == (kind == .person) && !$0.draft.mark.isEmpty
      }
      guard !own.isEmpty else { continue }
      let records = try await marked(own.map(\.draft.mark).uniqued, ZohoModule(kind))
      for (key, draft) in own { found[key] = records[draft.mark] }
    }
    return found
  }

  private func marked(
    _ marks: [String], _ module: ZohoModule
  ) async throws(RemoteError) -> [String: PartyRecord] {
    let reader = try await partyReader(module)
    guard let field = reader.list[fields.accountingID] else { return [:] }
    var ids: [String] = []
    for batch in marks.batches(of: ZohoLimit.values) {
      ids += try await query(
        "select id from \(module.rawValue) where \(field.key) in \(ZohoQuery.list(batch))"
          + " order by id asc",
        priority: .contacts, label: "\(module.rawValue).query"
      ).map(\.id)
    }
    let records = try await records(module, ids, priority: .contacts).records
    var found: [String: PartyRecord] = [:]
    // The oldest, should there ever be two.
    for id in ids.sorted(by: { ($0.count, $0) < ($1.count, $1) }) {
      guard let record = records[id], !record.isTrash else { continue }
      let party = reader.party(record)
      if found[party.mark] == nil { found[party.mark] = party }
    }
    return found
  }
}

/// One record to be created or changed.
private struct ZohoPartyJob: Sendable {
  var kind: RecordKind
  /// Nil: a new one.
  var id: String?
  var body: @Sendable (ZohoPartyWriter) -> Result<[OutgoingJSON.Member], ZohoMissing>
}

/// How far one record has come.
private enum ZohoPartyState: Sendable {
  case ready(OutgoingJSON)
  /// What Zoho now holds is to be read.
  case written(String)
  case over(WriteOutcome<PartyRecord>)

  var written: String? { if case .written(let id) = self { id } else { nil } }
}
