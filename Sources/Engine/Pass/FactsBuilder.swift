package import Domain
package import Reconciler
package import Snapshot

/// Gathers from the snapshot what the planner may look at for each subject of the agenda.
package struct FactsBuilder {
  package let accounting: SystemName
  package let contactNameLengthMax: Int
  package let policy: Policy
  package let reader: SnapshotReader
  /// The pass's clock: a daily limit of the accounting system is over the next day.
  package let now: Instant

  package init(
    accounting: SystemName, contactNameLengthMax: Int, policy: Policy, reader: SnapshotReader,
    now: Instant
  ) {
    self.now = now
    self.accounting = accounting
    self.contactNameLengthMax = contactNameLengthMax
    self.policy = policy
    self.reader = reader
  }

  /// How far around a deal's winning an invoice made by hand may be its invoice.
  private static let lookalikeDays = 30

  /// Everything about one deal; nil when it is unknown, was only ever seen in a listing, or was
  /// merged into another.
  package func deal(_ subject: Subject, zone: Zone) throws -> DealFacts? {
    guard subject.kind == .deal,
      let deal = try reader.deal(ID(subject.id), of: subject.system),
      deal.isComplete, try reader.survivor(of: subject) == nil
    else { return nil }
    var facts = DealFacts(crm: subject.system, deal: deal)
    try addCustomer(to: &facts)
    try addInvoices(to: &facts)
    try addSurroundings(to: &facts, zone: zone)
    try addMemory(to: &facts)
    try addKept(to: &facts)
    return facts
  }

  /// What the customer's contact, or those it might be, have already.
  func addSurroundings(to facts: inout DealFacts, zone: Zone) throws {
    try addTemplates(to: &facts)
    try addLookalikes(to: &facts, zone: zone)
  }

  /// Contacts that share a coarse key with a customer of whom nothing equal was found.
  func alike(_ facts: DealFacts) throws -> [PartyRecord] {
    guard let customer = facts.customer, facts.linkedContact == nil, facts.candidates.isEmpty,
      policy.contacts.matchBeforeCreate
    else { return [] }
    return try reader.parties(near: customer, in: accounting).filter {
      try $0.subject.kind == .contact && !reader.isApart($0.subject, customer.subject)
    }
  }

  private func addCustomer(to facts: inout DealFacts) throws {
    let deal = facts.deal
    facts.company = try deal.companyIDs.first.flatMap {
      try reader.party(Subject(system: facts.crm, kind: .company, id: $0.rawValue))
    }
    facts.people = try deal.personIDs.compactMap {
      try reader.party(Subject(system: facts.crm, kind: .person, id: $0.rawValue))
    }
    guard let customer = facts.customer else { return }
    facts.colleagues = try colleagues(of: customer, besides: facts.people)
    facts.linkedContact = try linkedContact(of: customer.subject)
    guard facts.linkedContact == nil else { return }
    var seen: Set<Subject> = []
    let people = facts.company == nil ? [] : facts.people + facts.colleagues
    let emails = (customer.emails + people.flatMap(\.emails)).map(PartyKeys.email)
    func add(_ contacts: [PartyRecord], _ evidence: ContactCandidate.Evidence) {
      for contact in contacts where seen.insert(contact.subject).inserted {
        facts.candidates.append(ContactCandidate(contact: contact, evidence: evidence))
      }
    }
    add(try contacts(.mark, customer.subject.description), .mark)
    for email in emails { add(try contacts(.email, email), .email) }
    add(try contacts(.name, PartyKeys.name(customer.name)), .name)
    facts.candidates = try facts.candidates.filter {
      try $0.evidence == .mark || !reader.isApart($0.contact.subject, customer.subject)
    }
    let match = CustomerMatch(
      policy: policy.contacts, accounting: accounting,
      contactNameLengthMax: contactNameLengthMax)
    for name in match.nameProposals(facts) {
      let holders = try contacts(.name, PartyKeys.name(name))
      for holder in holders where holder.status == .active {
        facts.namesTaken.insert(holder.name.lowercased())
        facts.nameHolders[holder.name.lowercased()] = holder.subject
      }
    }
  }

  /// Whom the CRM knows of the company, the person who stands for it first.
  private func colleagues(
    of customer: PartyRecord, besides people: [PartyRecord]
  ) throws -> [PartyRecord] {
    guard customer.subject.kind == .company else { return [] }
    let primary = try reader.person(of: customer.subject).flatMap { try reader.party($0) }
    let employed = try reader.parties(
      of: customer.subject.system, .employer, equal: customer.subject.id)
    var seen = Set(people.map(\.subject))
    return ([primary].compactMap { $0 } + employed).filter {
      $0.status == .active && seen.insert($0.subject).inserted
    }
  }

  private func contacts(_ type: PartyKeyType, _ key: String) throws -> [PartyRecord] {
    try reader.parties(of: accounting, type, equal: key).filter { $0.subject.kind == .contact }
  }

  /// The contact a CRM record is linked to, followed through merges.
  private func linkedContact(of customer: Subject) throws -> PartyRecord? {
    // Contacts linked later are branches: the first one is billed.
    let links = try reader.links(of: customer).filter { $0.link.role == .party }
      .sorted { ($0.since, $0.link.right) < ($1.since, $1.link.right) }
    for stored in links {
      let other = stored.link.left == customer ? stored.link.right : stored.link.left
      guard other.system == accounting, var contact = try reader.party(other) else { continue }
      var visited: Set<Subject> = [contact.subject]
      while let next = contact.mergedInto,
        let survivor = try reader.party(
          Subject(system: accounting, kind: .contact, id: next.rawValue)),
        visited.insert(survivor.subject).inserted
      {
        contact = survivor
      }
      return contact
    }
    return nil
  }

  private func addLookalikes(to facts: inout DealFacts, zone: Zone) throws {
    guard facts.invoices.isEmpty, let won = facts.deal.wonOn?.date(in: zone) else { return }
    let contacts =
      facts.linkedContact.map { [$0] } ?? facts.candidates.map(\.contact)
    for contact in contacts {
      let invoices = try reader.invoices(
        of: contact.id, in: accounting, from: won.adding(days: -Self.lookalikeDays),
        to: won.adding(days: Self.lookalikeDays))
      for invoice in invoices where invoice.sourceURL.isEmpty && !invoice.status.isTerminal {
        let subject = Subject(system: accounting, kind: .invoice, id: invoice.id.rawValue)
        if try reader.links(of: subject).isEmpty { facts.lookalikes.append(invoice) }
      }
    }
  }

  private func addMemory(to facts: inout DealFacts) throws {
    let subject = facts.subject
    let state = try reader.dealState(subject)
    facts.invoicedContent = state.invoicedContent
    facts.revision = state.revision
    facts.isIgnored = state.isIgnored
    facts.movedToStage = state.movedToStage
    facts.released = state.released
    facts.alertsSent = try reader.alerts(of: subject)
    let merged = facts.deal.mergedFrom.map {
      Subject(system: facts.crm, kind: .deal, id: $0.rawValue)
    }
    var open = try reader.openOperations(of: subject)
    for loser in merged where loser != subject { open += try reader.openOperations(of: loser) }
    if let customer = facts.customer {
      open += try reader.openOperations(of: customer.subject)
    }
    for entry in open {
      let isLost = entry.state == .sent || entry.state == .unknown
      if let alert = entry.operation.effect.alert {
        // An alert in doubt holds up nothing else of its deal, and is not planned beside itself.
        if isLost { facts.alertsSent.insert(alert.key) }
        if alert.mayBeRepeat { facts.alertsInDoubt.insert(alert.key) }
      } else if isLost {
        facts.unresolved.append(entry.operation.id)
      }
    }
    if facts.billsTwice { facts.mergedWithInvoices = merged.filter { $0 != subject } }
  }
}
