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
    /// Its own, and those of its customer.
    package var holds: [StoredHold]
    package var history: [JournalEntry]
    /// What people decided about it, oldest first.
    package var decisions: [StoredDecision]
    /// The last pass, where it ended before its first write.
    package var stopped: StoredRun?
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
      let holds = try related(to: subject, reader).flatMap { try reader.holds(of: $0) }
      guard !facts.isEmpty || !holds.isEmpty else { return nil }
      let last = try reader.lastEndedRun()
      return Answer(
        subject: subject, facts: facts,
        reasoning: try told(reasoning(subject, reader), holds, subject, reader),
        links: try reader.links(of: subject), holds: holds,
        history: try reader.history(of: subject, limit: 50),
        decisions: try reader.decisions(of: subject),
        stopped: last?.stopped == nil ? nil : last)
    }
  }

  /// The subject, and those whose holds concern it: a deal's customers, the records and the
  /// contact that are one party.
  private func related(to subject: Subject, _ reader: SnapshotReader) throws -> [Subject] {
    var found = [subject]
    if subject.kind == .deal, let deal = try reader.deal(ID(subject.id), of: subject.system) {
      found += Self.parties(of: deal, in: subject.system)
    }
    for party in found where party.kind.isParty {
      for stored in try reader.links(of: party) where stored.link.role == .party {
        found += [stored.link.left, stored.link.right]
      }
    }
    var seen: Set<Subject> = []
    return found.filter { seen.insert($0).inserted }
  }

  private static func parties(of deal: Deal, in crm: SystemName) -> [Subject] {
    deal.companyIDs.map { Subject(system: crm, kind: .company, id: $0.rawValue) }
      + deal.personIDs.map { Subject(system: crm, kind: .person, id: $0.rawValue) }
  }

  /// While something is held, what would come next is the hold's remedy: a plan that nobody
  /// carries out is not shown, and no hold twice.
  private func told(
    _ steps: [Explanation.Step], _ holds: [StoredHold], _ subject: Subject,
    _ reader: SnapshotReader
  ) throws -> [Explanation.Step] {
    let own = holds.filter { $0.hold.subject == subject }
    guard !own.isEmpty else { return steps }
    let codes = own.map { "\($0.hold.code.rawValue):" }
    let isInvoiced = try reader.links(of: subject).contains { stored in
      if case .invoice = stored.link.role { true } else { false }
    }
    return steps.filter { step in
      switch step.topic {
      case "next": false
      case "status": isInvoiced
      case "hold": !codes.contains { step.text.hasPrefix($0) }
      case _: true
      }
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
      return [.init(topic: "won", text: try whyNotLookedInto(subject, zone, reader))]
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

  private func whyNotLookedInto(
    _ subject: Subject, _ zone: Zone, _ reader: SnapshotReader
  ) throws -> String {
    if let survivor = try reader.survivor(of: subject) {
      return "the deal was merged into \(survivor): that one is invoiced"
    }
    guard let deal = try reader.deal(ID(subject.id), of: subject.system) else {
      return "the deal was not read yet"
    }
    let planner = Planner(policy: policy)
    guard planner.isWon(deal, crm: subject.system) else {
      return "the deal is not won (stage \(deal.stage.label) in \(deal.pipeline.label)): its line "
        + "items are not read before it is"
    }
    guard planner.startsInTime(deal, zone: zone) else {
      let day = deal.wonOn?.date(in: zone).description ?? "an unknown day"
      return "the deal was won on \(day), before `start_date` \(policy.startDate): it is left alone"
    }
    return "the configuration's `only` leaves this deal out, or it is still to be read"
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
    case .deal:
      try reader.deal(ID(subject.id), of: subject.system).map { deal in
        try Self.lines(deal) + customers(of: deal, in: subject.system, reader)
      } ?? []
    case .company, .person, .contact: try reader.party(subject).map(Self.lines) ?? []
    case .invoice: try reader.invoice(ID(subject.id), of: subject.system).map(Self.lines) ?? []
    case .template, .product, .item, .alert, .line, .creditNote: []
    }
  }

  private func customers(
    of deal: Deal, in crm: SystemName, _ reader: SnapshotReader
  ) throws -> [String] {
    try Self.parties(of: deal, in: crm).map { party in
      "\(party.kind.rawValue): \(try reader.party(party)?.name ?? "not read yet") (\(party))"
    }
  }

  private static func lines(_ deal: Deal) -> [String] {
    var lines = [
      "deal: \(deal.name)",
      "stage: \(deal.stage.label) in \(deal.pipeline.label), \(deal.outcome.rawValue)",
      "amount: \(deal.amount?.description ?? "none") \(deal.currency?.code ?? "")",
      "lines: " + (deal.isComplete ? "\(deal.lines.count)" : "not read, the deal is not invoiced"),
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
