internal import Domain

/// Records in systems that do not know the party yet.
extension PartyPlanner {
  static func wantsTwin(
    _ record: PartyRecord, _ policy: ContactPolicy, _ context: PartyContext
  ) -> Bool {
    guard record.status == .active, record.mergedInto == nil else { return false }
    guard record.subject.system == context.accounting else {
      guard policy.createInAccounting == .all else { return false }
      // People of a company are its contact persons.
      return record.subject.kind == .company
        || record.subject.kind == .person && record.companyIDs.isEmpty
    }
    guard !record.isSupplier || record.isCustomer else { return false }
    return switch policy.createInCRM {
    case .all: true
    case .customers: record.isCustomer
    case .never: false
    }
  }

  mutating func create(_ progress: inout PartyProgress) {
    if let contact = facts.replicas.first(where: {
      $0.subject.system == context.accounting && $0.record.status == .active
    })?.record {
      createInCRMs(contact)
    } else if facts.replicas.count == 1, let only = facts.replicas.first?.record,
      !facts.knownIn.contains(context.accounting)
    {
      createInAccounting(only, &progress)
    }
  }

  // MARK: in the accounting system

  private mutating func createInAccounting(
    _ record: PartyRecord, _ progress: inout PartyProgress
  ) {
    guard Self.wantsTwin(record, policy, context) else {
      note("create", "`contacts.create_in_accounting` asks for no contact yet")
      return
    }
    guard !facts.apart.contains(context.accounting) else {
      note("create", "it was taken apart by hand with `unlink`")
      return
    }
    let candidates = facts.candidates.filter { $0.record.subject.system == context.accounting }
    switch PartyMatch(record: record, people: facts.people, policy: policy).decide(candidates) {
    case .link(let contact, let why): link(record, contact, why)
    case .unsure(let near, let why): unsure(record, near, why)
    case .archived(let contact): archived(record, contact)
    case .new: makeContact(record, &progress)
    }
  }

  private mutating func makeContact(_ record: PartyRecord, _ progress: inout PartyProgress) {
    let proposals = context.nameProposals(for: record)
    guard let wanted = proposals.first else {
      return hold(
        .noCustomer, "\(record.subject) has no name.",
        "Give it a name in \(record.subject.system).")
    }
    let free = proposals.first {
      !facts.namesTaken.contains($0.lowercased()) && progress.names[$0.lowercased()] == nil
    }
    guard let name = free else {
      return hold(
        .nameTaken, "Another customer of \(context.accounting) is already called “\(wanted)”.",
        "Give one of them a name that tells them apart, or link: `xerosync link "
          + "\(record.subject) \(context.accounting):contact:ID`.")
    }
    progress.names[name.lowercased()] = record.subject
    var draft = PartyDraft(
      kind: .contact, copying: record, mark: record.subject.description)
    draft.name = name
    fill(&draft, from: facts.people.first)
    let notes = fit(&draft, context.traits(of: context.accounting))
    operations.append(
      Operation(
        id: OperationID(hashing: ["createContact", record.subject.description, ""]),
        action: .create, system: context.accounting, object: .contact, subject: record.subject,
        effect: .createContact(draft), summary: "contact “\(name)”" + notes,
        changes: changes(draft)))
  }

  private func fill(_ draft: inout PartyDraft, from person: PartyRecord?) {
    guard let person, draft.firstName.isEmpty, draft.lastName.isEmpty else { return }
    draft.firstName = person.firstName
    draft.lastName = person.lastName
    if draft.email.isEmpty { draft.email = person.emails.first ?? "" }
  }

  // MARK: in CRMs

  private mutating func createInCRMs(_ contact: PartyRecord) {
    for crm in context.crms where !facts.knownIn.contains(crm) {
      guard Self.wantsTwin(contact, policy, context) else {
        note("create", "`contacts.create_in_crm` asks for no record in \(crm)")
        continue
      }
      guard !facts.apart.contains(crm) else {
        note("create", "it was taken apart from its record in \(crm) with `unlink`")
        continue
      }
      // A customer one CRM brought is that CRM's; only `all` copies it into the others.
      let origin = Subject(contact.mark)?.system
      let isElsewhere =
        facts.knownIn.contains { $0 != context.accounting }
        || origin.map { $0 != crm && context.crms.contains($0) } ?? false
      if isElsewhere, policy.createInCRM != .all {
        note("create", "another CRM has this customer: no copy in \(crm)")
        continue
      }
      create(contact, in: crm)
    }
  }

  private mutating func create(_ contact: PartyRecord, in crm: SystemName) {
    let kind = Self.kind(of: contact)
    let candidates = facts.candidates.filter { $0.record.subject.system == crm }
    let fitting = candidates.filter { candidate in
      candidate.evidence == .mark || candidate.record.subject.kind == kind
    }
    switch PartyMatch(record: contact, people: [], policy: policy).decide(fitting) {
    case .link(let record, let why): link(record, contact, why)
    case .unsure(let near, let why): unsure(contact, near, why)
    case .archived(let record): archived(contact, record)
    case .new: makeRecord(contact, kind, crm, candidates)
    }
  }

  /// A contact whose first and last name make its name is a person; any other is a company.
  static func kind(of contact: PartyRecord) -> RecordKind {
    let person = PartyText.clean("\(contact.firstName) \(contact.lastName)")
    let isPerson =
      !contact.firstName.isEmpty && !contact.lastName.isEmpty
      && PartyKeys.name(person) == PartyKeys.name(contact.name)
    return isPerson ? .person : .company
  }

  private mutating func makeRecord(
    _ contact: PartyRecord, _ kind: RecordKind, _ crm: SystemName, _ near: [PartyCandidate]
  ) {
    var draft = PartyDraft(kind: kind, copying: contact, mark: contact.subject.id)
    let notes = fit(&draft, context.traits(of: crm))
    let id = OperationID(hashing: [
      "createParty", contact.subject.description, crm.rawValue, kind.rawValue,
    ])
    operations.append(
      Operation(
        id: id, action: .create, system: crm, object: Self.object(kind),
        subject: contact.subject, effect: .createParty(draft),
        summary: "\(kind.rawValue) “\(draft.name)”" + notes, changes: changes(draft)))
    let isKnown = near.contains { $0.record.subject.kind == .person && $0.evidence == .email }
    guard kind == .company, !isKnown else { return }
    makePerson(of: contact, crm, company: id)
  }

  /// The company's primary person, where the contact names one that can be written to.
  private mutating func makePerson(
    of contact: PartyRecord, _ crm: SystemName, company: OperationID
  ) {
    var draft = PartyDraft(kind: .person, copying: contact, mark: "")
    draft.name = PartyText.clean("\(contact.firstName) \(contact.lastName)")
    draft.employer = .created(by: company)
    draft.addresses = [:]
    draft.phones = [:]
    draft.taxNumber = ""
    draft.website = ""
    let notes = fit(&draft, context.traits(of: crm))
    guard !draft.email.isEmpty, !draft.name.isEmpty else { return }
    operations.append(
      Operation(
        id: OperationID(hashing: [
          "createParty", contact.subject.description, crm.rawValue, "primary person",
        ]),
        action: .create, system: crm, object: .person, subject: contact.subject,
        effect: .createParty(draft),
        summary: "person “\(draft.name)” of “\(contact.name)”" + notes,
        changes: changes(draft), waitsFor: [company]))
  }

  // MARK: common

  /// Fits every attribute into its new home; what cannot be kept is left out, and told.
  private func fit(_ draft: inout PartyDraft, _ traits: PartyTraits) -> String {
    var notes: [String] = []
    for field in PartyField.allCases where field != .mark && !draft.value(field).isEmpty {
      switch PartyFit.of(draft.value(field), field, in: traits) {
      case .fits(let value, let note):
        draft.set(field, value)
        if let note { notes.append("\(field.words) \(note)") }
      case .refused(let why):
        draft.set(field, field.nothing)
        notes.append("\(field.words) left out: \(why)")
      }
    }
    return notes.isEmpty ? "" : " (" + notes.joined(separator: "; ") + ")"
  }

  private func changes(_ draft: PartyDraft) -> [FieldChange] {
    PartyField.allCases.filter { $0 != .mark && !draft.value($0).isEmpty }.map {
      FieldChange(field: $0.rawValue, from: nil, to: draft.value($0).text)
    }
  }

  private mutating func link(_ record: PartyRecord, _ contact: PartyRecord, _ why: String) {
    note("link", "\(record.subject) is \(contact.subject) (by \(why))")
    operations.append(
      Operation(
        id: OperationID(hashing: [
          "link", record.subject.description, contact.subject.description,
        ]),
        action: .link, system: context.accounting, object: .link, subject: record.subject,
        effect: .link(Link(left: record.subject, right: contact.subject, role: .party)),
        summary: "“\(record.name)” is contact “\(contact.name)” (by \(why))",
        changes: [FieldChange(field: "link", from: nil, to: contact.subject.description)]))
  }

  private mutating func unsure(_ record: PartyRecord, _ near: [PartyRecord], _ why: String) {
    let shown = near.prefix(5)
    let found = shown.map { "“\($0.name)” (\($0.subject))" }.joined(separator: ", ")
    let commands = shown.map { "`xerosync link \(record.subject) \($0.subject)`" }
      .joined(separator: " or ")
    hold(
      .customerUnsure, "“\(record.name)” may exist already: \(found) \(why).",
      "Say which it is: \(commands); or `xerosync dedupe --review`. Nothing is made until then.")
  }

  private mutating func archived(_ record: PartyRecord, _ gone: PartyRecord) {
    hold(
      .contactArchived,
      "“\(record.name)” is “\(gone.name)” (\(gone.subject)), which is \(gone.status.rawValue).",
      "Restore it in \(gone.subject.system), or link another: `xerosync link \(record.subject) "
        + "\(gone.subject.system):\(gone.subject.kind.rawValue):ID`.")
  }
}

extension PartyDraft {
  mutating func set(_ field: PartyField, _ value: PartyValue) {
    switch value {
    case .address(let place):
      if let kind = field.addressKind { addresses[kind] = place.isEmpty ? nil : place }
    case .text(let text):
      if let kind = field.phoneKind {
        phones[kind] = text.isEmpty ? nil : text
        return
      }
      switch field {
      case .name: name = text
      case .firstName: firstName = text
      case .lastName: lastName = text
      case .email: email = text
      case .taxNumber: taxNumber = text
      case .website: website = text
      case .mark: mark = text
      case .phone, .mobile, .directPhone, .fax, .postalAddress, .streetAddress: break
      }
    }
  }
}
