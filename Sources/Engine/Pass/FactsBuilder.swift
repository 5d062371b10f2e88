package import Domain
package import Reconciler
package import Snapshot

/// Gathers from the snapshot what the planner may look at for each subject of the agenda.
package struct FactsBuilder {
  package let accounting: SystemName
  package let contactNameLengthMax: Int
  package let policy: Policy
  package let reader: SnapshotReader

  package init(
    accounting: SystemName, contactNameLengthMax: Int, policy: Policy, reader: SnapshotReader
  ) {
    self.accounting = accounting
    self.contactNameLengthMax = contactNameLengthMax
    self.policy = policy
    self.reader = reader
  }

  /// How far around a deal's winning an invoice made by hand may be its invoice.
  private static let lookalikeDays = 30

  /// Everything about one deal; nil when it is unknown or was only ever seen in a listing.
  package func deal(_ subject: Subject, zone: Zone) throws -> DealFacts? {
    guard subject.kind == .deal,
      let deal = try reader.deal(ID(subject.id), of: subject.system),
      deal.isComplete
    else { return nil }
    var facts = DealFacts(crm: subject.system, deal: deal)
    try addCustomer(to: &facts)
    try addInvoices(to: &facts)
    try addLookalikes(to: &facts, zone: zone)
    try addMemory(to: &facts)
    return facts
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
    facts.linkedContact = try linkedContact(of: customer.subject)
    guard facts.linkedContact == nil else { return }
    var seen: Set<Subject> = []
    let emails = (customer.emails + (facts.company == nil ? [] : facts.people.flatMap(\.emails)))
      .map(PartyKeys.email)
    func add(_ contacts: [PartyRecord], _ evidence: ContactCandidate.Evidence) {
      for contact in contacts where seen.insert(contact.subject).inserted {
        facts.candidates.append(ContactCandidate(contact: contact, evidence: evidence))
      }
    }
    add(try contacts(.mark, customer.subject.description), .mark)
    for email in emails { add(try contacts(.email, email), .email) }
    add(try contacts(.name, PartyKeys.name(customer.name)), .name)
    let match = CustomerMatch(
      policy: policy.contacts, accounting: accounting,
      contactNameLengthMax: contactNameLengthMax)
    for name in match.nameProposals(facts) {
      let holders = try contacts(.name, PartyKeys.name(name))
      for holder in holders where holder.status == .active {
        facts.namesTaken.insert(holder.name.lowercased())
      }
    }
  }

  private func contacts(_ type: PartyKeyType, _ key: String) throws -> [PartyRecord] {
    try reader.parties(of: accounting, type, equal: key).filter { $0.subject.kind == .contact }
  }

  /// The contact a CRM record is linked to, followed through merges.
  private func linkedContact(of customer: Subject) throws -> PartyRecord? {
    for stored in try reader.links(of: customer) where stored.link.role == .party {
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

  /// Invoices linked to the deal, and those that carry its mark although the link is lost.
  private func addInvoices(to facts: inout DealFacts) throws {
    var seen: Set<ID<Invoice>> = []
    for stored in try reader.links(of: facts.subject) where stored.link.left == facts.subject {
      switch stored.link.role {
      case .invoice(let role):
        if let invoice = try reader.invoice(ID(stored.link.right.id), of: accounting) {
          facts.invoices.append(LinkedInvoice(role: role, invoice: invoice))
          seen.insert(invoice.id)
        }
      case .template:
        let template = try reader.cache(
          "template:\(stored.link.right.id)", as: InvoiceTemplate.self)
        if let template { facts.templates.append(template.body) }
      case .party: break
      }
    }
    for (role, url) in SourceMark.all(of: facts.deal) {
      for invoice in try reader.invoices(source: url, in: accounting)
      where seen.insert(invoice.id).inserted {
        facts.invoices.append(LinkedInvoice(role: role, invoice: invoice))
      }
    }
    facts.invoices.sort { ($0.role, $0.invoice.id) < ($1.role, $1.invoice.id) }
    facts.emailsDue = try emailsDue(facts)
  }

  /// Invoices whose draft asked for an email that was neither sent nor refused.
  private func emailsDue(_ facts: DealFacts) throws -> Set<ID<Invoice>> {
    guard policy.invoices.sendEmail, !facts.invoices.isEmpty else { return [] }
    var due: Set<ID<Invoice>> = []
    for entry in try reader.history(of: facts.subject) {
      switch entry.operation.effect {
      case .createInvoice(let draft) where draft.sendEmail && entry.state == .applied:
        if let id = entry.externalID { due.insert(ID(id)) }
      case .emailInvoice(let id) where entry.state == .applied || entry.state == .refused:
        due.remove(id)
      case .createContact, .createInvoice, .reviseInvoice, .cancelInvoice, .emailInvoice,
        .createTemplate, .endTemplate, .createItem, .reportOnDeal, .createParty, .updateParty,
        .notify, .link:
        continue
      }
    }
    return due
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
    var open = try reader.openOperations(of: subject)
    if let customer = facts.customer {
      open += try reader.openOperations(of: customer.subject)
    }
    facts.unresolved = open.filter { $0.state == .sent || $0.state == .unknown }
      .map(\.operation.id)
    for old in facts.deal.mergedFrom {
      let loser = Subject(system: facts.crm, kind: .deal, id: old.rawValue)
      let hasInvoice = try reader.links(of: loser).contains { stored in
        if case .invoice = stored.link.role { true } else { false }
      }
      if hasInvoice { facts.mergedWithInvoices.append(loser) }
    }
  }
}
