package import Domain
package import Transport

/// Whether the property that carries our mark can serve as a key.
enum HubSpotMark: Sendable {
  /// The account refuses a second record with the same value.
  case unique
  case plain
  case missing
}

/// Creating parties, and finding them again.
extension HubSpotConnector {
  package func createParties(
    _ drafts: [(key: OperationID, draft: PartyDraft)]
  ) async -> [WriteOutcome<PartyRecord>] {
    var outcomes: [OperationID: WriteOutcome<PartyRecord>] = [:]
    for kind in [RecordKind.company, .person] {
      let own = drafts.filter { ($0.draft.kind == .person) == (kind == .person) }
      guard !own.isEmpty else { continue }
      outcomes.merge(await create(own, kind)) { $1 }
    }
    return drafts.map { outcomes[$0.key] ?? .notSent(reason: "nothing was sent") }
  }

  private func create(
    _ drafts: [(key: OperationID, draft: PartyDraft)], _ kind: RecordKind
  ) async -> [OperationID: WriteOutcome<PartyRecord>] {
    let object = Self.object(kind)
    let mark: HubSpotMark
    do { mark = try await self.mark(object) } catch {
      return Dictionary(drafts.map { ($0.key, .failing(error, on: object)) }) { $1 }
    }
    let writer = HubSpotPartyWriter(fields: fields)
    var plain: [HubSpotInput] = []
    var keyed: [HubSpotInput] = []
    for (key, draft) in drafts {
      var input = HubSpotInput(key: key.rawValue, properties: writer.properties(draft))
      if case .existing(let company) = draft.employer { input.company = company.rawValue }
      guard mark == .unique, !draft.mark.isEmpty else {
        plain.append(input)
        continue
      }
      // Created under its mark, a second attempt meets the first one's record.
      input.id = draft.mark
      input.idProperty = fields.accountingID
      keyed.append(input)
    }
    let inputs = plain + keyed
    var elements = await write(object, .create, plain, priority: .contacts)
    elements += await write(object, .upsert, keyed, priority: .contacts)
    await adoptOwn(&elements, inputs, object)
    let told = await readBack(elements, kind)
    return Dictionary(
      zip(inputs, zip(elements, told)).map { input, pair in
        (ID(input.key), Self.outcome(pair.0, pair.1, kind))
      }
    ) { $1 }
  }

  /// "This address is taken" by a record that carries our own mark is an earlier attempt of ours.
  private func adoptOwn(
    _ elements: inout [HubSpotElement], _ inputs: [HubSpotInput], _ object: HubSpotObject
  ) async {
    for (index, element) in elements.enumerated() {
      guard case .refused(let failure) = element, let id = failure.existingID else { continue }
      let mark = inputs[index].properties[fields.accountingID]
      do {
        let holder = try await single(
          object, id, properties: [fields.accountingID], archived: false, priority: .contacts)
        guard let holder, let mark, holder[fields.accountingID] == mark else { continue }
        elements[index] = .done(holder)
      } catch {
        elements[index] = .notSent(reason: error.description)
      }
    }
  }

  private static func outcome(
    _ element: HubSpotElement, _ told: WriteOutcome<PartyRecord>, _ kind: RecordKind
  ) -> WriteOutcome<PartyRecord> {
    guard case .refused(let failure) = element, let id = failure.existingID else { return told }
    return .refused(
      WriteRefusal(
        code: .customerUnsure, message: failure.message,
        remedy: "if \(kind.rawValue) \(id) is the same customer, link the two: xerosync link"))
  }

  /// Asked once: it decides how records are created and found.
  func mark(_ object: HubSpotObject) async throws(RemoteError) -> HubSpotMark {
    if let known = await memory.mark(object) { return known }
    let property = try await properties(of: object).first { $0.name == fields.accountingID }
    let mark: HubSpotMark =
      switch property?.hasUniqueValue?.value {
      case .some(true): .unique
      case .some(false): .plain
      case nil: property == nil ? .missing : .plain
      }
    await memory.keep(mark, object)
    return mark
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
      let records = try await marked(own.map(\.draft), kind)
      for (key, draft) in own { found[key] = records[draft.mark].map { party($0, kind) } }
    }
    return found
  }

  /// Records by their mark. Searching alone would not do: the index lags behind.
  private func marked(
    _ drafts: [PartyDraft], _ kind: RecordKind
  ) async throws(RemoteError) -> [String: HubSpotRecord] {
    let object = Self.object(kind)
    let properties = HubSpotFields.party(kind, fields)
    let marks = drafts.map(\.mark).uniqued
    switch try await mark(object) {
    case .missing: return [:]
    case .unique:
      return try await read(
        object, marks, properties: properties, idProperty: fields.accountingID,
        priority: .contacts
      ).records
    case .plain: break
    }
    var found: [String: HubSpotRecord] = [:]
    func take(_ records: some Sequence<HubSpotRecord>) {
      for record in records {
        if let mark = record[fields.accountingID], marks.contains(mark) { found[mark] = record }
      }
    }
    if kind == .person {
      let emails = drafts.map { PartyKeys.email($0.email) }.filter { !$0.isEmpty }
      take(
        try await read(
          object, emails, properties: properties, idProperty: "email", priority: .contacts
        ).records.values)
    }
    if found.count < marks.count {
      for batch in marks.filter({ found[$0] == nil }).batches(of: 20) {
        take(try await searched(object, Array(batch), properties: properties))
      }
    }
    if found.count < marks.count {
      take(try await listed(object, until: Set(marks).subtracting(found.keys), properties))
    }
    return found
  }

  private func searched(
    _ object: HubSpotObject, _ marks: [String], properties: [String]
  ) async throws(RemoteError) -> [HubSpotRecord] {
    let filter = OutgoingJSON.fields([
      ("propertyName", .text(fields.accountingID)), ("operator", .text("IN")),
      // Texts are indexed in lower case.
      ("values", .array(marks.map { .text($0.lowercased()) })),
    ])
    let body = OutgoingJSON.fields([
      ("filterGroups", .array([.fields([("filters", .array([filter]))])])),
      ("properties", .array(properties.map { .text($0) })),
      ("limit", .integer(HubSpotLimit.searchPage)),
    ])
    return try await search(object, body, priority: .contacts).results.readable
  }

  /// The whole listing, which shows what a search does not yet; ends when all are found.
  private func listed(
    _ object: HubSpotObject, until marks: Set<String>, _ properties: [String]
  ) async throws(RemoteError) -> [HubSpotRecord] {
    var missing = marks
    var found: [HubSpotRecord] = []
    var after: String?
    repeat {
      var query: URLQuery = [
        "limit": String(HubSpotLimit.listPage), "properties": properties.joined(separator: ","),
      ]
      if let after { query.add("after", after) }
      let page = try await get(
        HubSpotPage.self, .objects, [object.rawValue], query: query, priority: .contacts,
        label: "\(object.rawValue).list")
      for record in page.results.readable {
        guard let mark = record[fields.accountingID], missing.remove(mark) != nil else { continue }
        found.append(record)
      }
      after = page.paging?.after == after ? nil : page.paging?.after
    } while after != nil && !missing.isEmpty
    return found
  }
}
