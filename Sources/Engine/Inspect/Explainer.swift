package import Domain
package import Reconciler
package import Snapshot

/// Answers "why" from the snapshot alone: no system is asked, nothing is changed.
package struct Explainer {
  private let store: SnapshotStore
  private let policy: Policy
  private let accounting: AccountingTraits
  private let now: Instant

  /// What the planner must know of the accounting system.
  package struct AccountingTraits: Sendable {
    package var name: SystemName
    package var arithmetic: InvoiceArithmeticRule
    package var referenceLengthMax: Int
    package var contactNameLengthMax: Int

    package init(
      name: SystemName, arithmetic: InvoiceArithmeticRule, referenceLengthMax: Int,
      contactNameLengthMax: Int
    ) {
      self.name = name
      self.arithmetic = arithmetic
      self.referenceLengthMax = referenceLengthMax
      self.contactNameLengthMax = contactNameLengthMax
    }
  }

  /// Everything known about one subject.
  package struct Answer: Sendable {
    package var subject: Subject
    /// One line per plain fact.
    package var facts: [String]
    /// The planner's reasoning, for a deal.
    package var reasoning: [Explanation.Step]
    package var links: [StoredLink]
    package var holds: [StoredHold]
    package var history: [JournalEntry]
  }

  package init(store: SnapshotStore, policy: Policy, accounting: AccountingTraits, now: Instant) {
    self.store = store
    self.policy = policy
    self.accounting = accounting
    self.now = now
  }

  /// Nil when the subject was never seen.
  package func explain(_ subject: Subject) throws(SnapshotError) -> Answer? {
    try store.read { reader in
      let facts = try facts(of: subject, reader)
      let holds = try reader.holds(of: subject)
      guard !facts.isEmpty || !holds.isEmpty else { return nil }
      return Answer(
        subject: subject, facts: facts, reasoning: try reasoning(subject, reader),
        links: try reader.links(of: subject), holds: holds,
        history: try reader.history(of: subject, limit: 50))
    }
  }

  private func reasoning(
    _ subject: Subject, _ reader: SnapshotReader
  ) throws -> [Explanation.Step] {
    guard let ledger = try reader.cache(ListReader.ledgerKey, as: Ledger.self)?.body else {
      return []
    }
    if subject.kind.isParty { return try partyReasoning(subject, reader, ledger) }
    guard subject.kind == .deal else { return [] }
    let zone = policy.zone ?? ledger.organisation.zone
    let builder = FactsBuilder(
      accounting: accounting.name, contactNameLengthMax: accounting.contactNameLengthMax,
      policy: policy, reader: reader, now: now)
    guard let deal = try builder.deal(subject, zone: zone) else {
      return [
        .init(
          topic: "won",
          text: "the deal is not won, or was won before the start date: it is not looked into")
      ]
    }
    var catalogues: [SystemName: CRMCatalogue] = [:]
    let key = ListReader.catalogueKey(subject.system)
    catalogues[subject.system] = try reader.cache(key, as: CRMCatalogue.self)?.body
    let facts = PassFacts(
      now: now, accounting: accounting.name, arithmetic: accounting.arithmetic,
      referenceLengthMax: accounting.referenceLengthMax,
      contactNameLengthMax: accounting.contactNameLengthMax, ledger: ledger,
      catalogues: catalogues, deals: [deal])
    return Planner(policy: policy).explain(deal, facts).steps
  }

  /// Why a contact was (not) updated, and what comes next.
  private func partyReasoning(
    _ subject: Subject, _ reader: SnapshotReader, _ ledger: Ledger
  ) throws -> [Explanation.Step] {
    let planner = Planner(policy: policy)
    let context = PartyContext(
      now: now, accounting: accounting.name, crms: policy.crms.keys.sorted(),
      contactNameLengthMax: accounting.contactNameLengthMax,
      homeCountry: ledger.organisation.country)
    let builder = PartyFactsBuilder(context: context, planner: planner, reader: reader)
    guard let built = try builder.party(subject) else {
      return [
        .init(
          topic: "link",
          text: "it is linked to no record, and the configuration asks for none to be made")
      ]
    }
    var progress = PartyProgress()
    let plan = planner.plan([built.facts], context, &progress)
    var steps: [Explanation.Step] = [
      .init(
        topic: "records",
        text: built.facts.replicas.map { replica in
          "\(replica.record.subject)" + (replica.isPerson ? " (its primary person)" : "")
        }.joined(separator: ", "))
    ]
    for (field, remembered) in built.facts.memory.fields.sorted(by: { $0.key < $1.key }) {
      let source = remembered.lastSource.map { ", last changed in \($0)" } ?? ""
      steps.append(
        .init(topic: field.rawValue, text: "agreed: “\(remembered.value.text)”\(source)"))
    }
    steps += plan.steps[built.facts.subject] ?? []
    steps += plan.operations.map {
      .init(topic: "next", text: "\($0.action.rawValue) \($0.summary) in \($0.system)")
    }
    return steps
  }

  private func facts(of subject: Subject, _ reader: SnapshotReader) throws -> [String] {
    switch subject.kind {
    case .deal: try reader.deal(ID(subject.id), of: subject.system).map(Self.lines) ?? []
    case .company, .person, .contact: try reader.party(subject).map(Self.lines) ?? []
    case .invoice: try reader.invoice(ID(subject.id), of: subject.system).map(Self.lines) ?? []
    case .template, .product, .item, .alert, .line, .creditNote: []
    }
  }

  private static func lines(_ deal: Deal) -> [String] {
    var lines = [
      "deal: \(deal.name)",
      "stage: \(deal.stage.label) in \(deal.pipeline.label), \(deal.outcome.rawValue)",
      "amount: \(deal.amount?.description ?? "none") \(deal.currency?.code ?? "")",
      "lines: \(deal.lines.count)",
    ]
    if deal.isArchived { lines.append("deleted in the CRM") }
    for (field, value) in deal.reported.sorted(by: { $0.key < $1.key }) where !value.isEmpty {
      lines.append("\(field.rawValue): \(value)")
    }
    return lines
  }

  private static func lines(_ party: PartyRecord) -> [String] {
    var lines = [
      "\(party.subject.kind.rawValue): \(party.name)", "status: \(party.status.rawValue)",
    ]
    for field in PartyField.allCases where field != .name && field != .mark {
      let value = party.value(field)
      if !value.isEmpty { lines.append("\(field.words): \(value.text)") }
    }
    if party.emails.count > 1 {
      lines.append("further addresses: \(party.emails.dropFirst().joined(separator: ", "))")
    }
    if party.isSupplier { lines.append("supplier") }
    if party.isCustomer { lines.append("customer") }
    if let at = party.modifiedAt { lines.append("changed there: \(at)") }
    if let survivor = party.mergedInto { lines.append("merged into: \(survivor)") }
    return lines
  }

  private static func lines(_ invoice: Invoice) -> [String] {
    [
      "invoice: \(invoice.number), \(invoice.status.rawValue)",
      "customer: \(invoice.contactName)",
      "total: \(invoice.total), due \(invoice.amountDue), paid \(invoice.amountPaid), "
        + "credited \(invoice.amountCredited)",
      "date: \(invoice.date), due date: \(invoice.dueDate?.description ?? "none")",
    ]
  }
}
