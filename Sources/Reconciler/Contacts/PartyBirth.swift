package import Domain

extension PartyMerge {
  /// What is remembered once a record was made from another: what each holds is agreed, however
  /// the system wrote it. Values the source no longer has count as edits of the source.
  package func born(
    _ made: PartyRecord, from source: PartyRecord, as draft: PartyDraft,
    into memory: PartyMemory
  ) -> PartyMemory {
    var memory = memory
    let normal = PartyNormal(region: "")
    let traits = context.traits(of: made.subject.system)
    for field in PartyField.allCases where field.group != nil {
      let (held, asked, has) = (source.value(field), draft.value(field), made.value(field))
      if var known = memory.fields[field] {
        let fitted = PartyFit.of(known.value, field, in: traits).value ?? known.value
        let isCurrent = normal.key(field, fitted) == normal.key(field, asked) || asked.isEmpty
        known.hear(made.subject, has, at: isCurrent ? known.revision : known.revision - 1)
        memory.fields[field] = known
        continue
      }
      guard !(held.isEmpty && asked.isEmpty && has.isEmpty) else { continue }
      let fitted = PartyFit.of(held, field, in: traits).value ?? held
      let isFaithful =
        field == .name || asked.isEmpty || normal.key(field, fitted) == normal.key(field, asked)
      var born = PartyMemory.Field(value: isFaithful ? held : asked)
      if isFaithful && held.isEmpty { born.value = has }
      born.hear(made.subject, has, at: 1)
      born.hear(source.subject, isFaithful || held.isEmpty ? held : asked, at: 1)
      memory.fields[field] = born
    }
    return memory
  }

  /// Attributes of a patch that the system answered with what it held before: it did not take
  /// them.
  package static func ignored(_ patch: PartyPatch, _ answer: PartyRecord) -> [PartyField] {
    guard let former = patch.former else { return [] }
    let normal = PartyNormal(region: "")
    return patch.fields.filter { field in
      guard let sent = patch.value(field) else { return false }
      let before: PartyValue =
        field.addressKind.map { .address(former.addresses[$0] ?? PostalAddress()) }
        ?? .text(former.texts[field] ?? "")
      let has = normal.key(field, answer.value(field))
      return has == normal.key(field, before) && has != normal.key(field, sent)
    }
  }
}

extension PartyContext {
  /// The names a new contact of this record may be given, in order.
  package func nameProposals(for record: PartyRecord) -> [String] {
    var deal = DealFacts(
      crm: record.subject.system,
      deal: Deal(
        id: ID(record.subject.id), url: "", name: "", pipeline: Choice(id: "", label: ""),
        stage: Choice(id: "", label: "")))
    if record.subject.kind == .person { deal.people = [record] } else { deal.company = record }
    return CustomerMatch(
      policy: ContactPolicy(), accounting: accounting, contactNameLengthMax: contactNameLengthMax
    ).nameProposals(deal)
  }
}

extension Planner {
  /// The brake on unusual numbers of a whole pass, its deals and its parties together; nil when
  /// it may go on.
  package func brake(creates: Int, partyUpdates: Int, linked: Int) -> Brake? {
    guard !policy.brakes.allowLarge else { return nil }
    if creates > policy.brakes.maxCreatesPerRun {
      return Brake(
        reason: .tooManyCreates, count: creates, limit: policy.brakes.maxCreatesPerRun,
        override: "--allow-large")
    }
    // Half of all customers changed at once is an import gone wrong, or a field turned off.
    let limit = max(200, linked / 2)
    guard partyUpdates > limit else { return nil }
    return Brake(
      reason: .tooManyChanges, count: partyUpdates, limit: limit, override: "--allow-large")
  }

  package var contactPolicy: ContactPolicy { policy.contacts }
}

extension PartyMerge {
  /// Attributes of a patch that the record still has as they were written, or as its system
  /// answered: nobody changed them since.
  package static func untouched(
    _ patch: PartyPatch, _ record: PartyRecord, _ memory: PartyMemory
  ) -> [PartyField] {
    let normal = PartyNormal(region: "")
    return patch.fields.filter { field in
      guard let sent = patch.value(field) else { return false }
      let has = normal.key(field, record.value(field))
      let heard = memory.fields[field]?.echo(of: patch.subject)?.value
      return has == normal.key(field, sent) || heard.map { has == normal.key(field, $0) } ?? false
    }
  }
}
