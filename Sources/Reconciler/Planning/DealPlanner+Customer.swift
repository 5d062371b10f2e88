internal import Domain

/// The contact an invoice goes to.
extension DealPlanner {
  /// How the invoice names its contact, and the contact where it exists.
  struct Customer {
    var reference: ContactReference
    var record: PartyRecord?
    var name: String
    /// What makes or links the contact.
    var operations: [Operation]
    /// To be remembered for later deals of the pass.
    var made: (subject: Subject, operation: OperationID, record: PartyRecord)?
  }

  /// Nil when the customer is held.
  mutating func customer(_ progress: PassProgress) -> Customer? {
    let match = CustomerMatch(
      policy: policy.contacts, accounting: pass.accounting,
      contactNameLengthMax: pass.contactNameLengthMax)
    if let subject = facts.customer?.subject, facts.linkedContact?.status != .active,
      let made = progress.contacts[subject]
    {
      return Customer(
        reference: .created(by: made.operation), name: made.record.name, operations: [])
    }
    var asked = facts
    asked.namesTaken.formUnion(progress.names)
    switch match.decide(asked, madeInPass: nearby(progress)) {
    case .hold(let hold):
      holds.append(hold)
      explanation.note("customer", hold.message)
      return nil
    case .linked(let contact):
      explanation.note("customer", "linked to \(contact.subject) “\(contact.name)”")
      return Customer(
        reference: .existing(contact.id), record: contact, name: contact.name, operations: [])
    case .match(let contact, let evidence):
      explanation.note("customer", "is \(contact.subject) “\(contact.name)” by \(evidence)")
      return matched(contact, evidence, progress)
    case .create(let draft):
      explanation.note("customer", "nothing near in \(pass.accounting): “\(draft.name)” is made")
      var draft = draft
      draft.currency = facts.deal.currency
      return created(draft)
    }
  }

  /// Contacts of this pass that look like the customer.
  private func nearby(_ progress: PassProgress) -> [ContactCandidate] {
    guard let customer = facts.customer else { return [] }
    let mails = Set(([customer] + facts.people).flatMap(\.emails).map(PartyKeys.email))
      .subtracting([""])
    let name = PartyKeys.name(customer.name)
    return progress.contacts.sorted { $0.key < $1.key }.compactMap { _, made in
      if !mails.isDisjoint(with: made.record.emails.map(PartyKeys.email)) {
        return ContactCandidate(contact: made.record, evidence: .email)
      }
      guard !name.isEmpty, PartyKeys.name(made.record.name) == name else { return nil }
      return ContactCandidate(contact: made.record, evidence: .name)
    }
  }

  private func matched(
    _ contact: PartyRecord, _ evidence: ContactCandidate.Evidence, _ progress: PassProgress
  ) -> Customer? {
    guard let customer = facts.customer else { return nil }
    if let made = progress.contacts[contact.subject] {
      return Customer(
        reference: .created(by: made.operation), name: contact.name, operations: [])
    }
    let link = Operation(
      id: OperationID(hashing: [
        "link", customer.subject.description, contact.subject.description,
      ]),
      action: .link, system: pass.accounting, object: .link, subject: customer.subject,
      effect: .link(Link(left: customer.subject, right: contact.subject, role: .party)),
      summary: "“\(customer.name)” is contact “\(contact.name)” (by \(evidence))",
      changes: [FieldChange(field: "link", from: nil, to: contact.subject.description)])
    return Customer(
      reference: .existing(contact.id), record: contact, name: contact.name, operations: [link])
  }

  private func created(_ draft: PartyDraft) -> Customer? {
    guard let customer = facts.customer else { return nil }
    let former = facts.linkedContact?.subject.id ?? ""
    let id = OperationID(hashing: ["createContact", customer.subject.description, former])
    var changes = [FieldChange(field: "name", from: nil, to: draft.name)]
    if !draft.email.isEmpty {
      changes.append(FieldChange(field: "email", from: nil, to: draft.email))
    }
    let create = Operation(
      id: id, action: .create, system: pass.accounting, object: .contact,
      subject: customer.subject, effect: .createContact(draft),
      summary: "contact “\(draft.name)”", changes: changes)
    var record = customer
    record.name = draft.name
    record.emails = draft.email.isEmpty ? [] : [draft.email]
    record.mark = draft.mark
    return Customer(
      reference: .created(by: id), name: draft.name, operations: [create],
      made: (customer.subject, id, record))
  }
}
