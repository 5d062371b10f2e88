internal import Connectors
internal import Domain
internal import Reconciler
package import Snapshot
internal import Transport

extension Pass {
  /// Reads both sides whole and proves what was promised of every deal, invoice and link.
  ///
  /// - Parameter store: a working copy of the snapshot; nothing is written to any system.
  /// - Throws: `EngineError` when a side could not be read to its end: then nothing is proved.
  package func verify(on store: SnapshotStore) async throws(EngineError) -> Verification {
    let clock = PassClock(environment.time, asOf: options.asOf)
    let now = clock.now()
    let run = try begin(store, at: now)
    let lists = try await ListReader(
      environment: environment, store: store, now: now, isFull: true
    ).run()
    if let (system, error) = lists.failures.sorted(by: { $0.key < $1.key }).first {
      throw EngineError(error, of: system)
    }
    let problems = ReferenceCheck.problems(
      environment.policy, lists.ledger, lists.catalogues,
      supportsDrafts: environment.systems.accounting.capabilities.supportsDrafts)
    guard problems.isEmpty else { throw .configuration(problems) }
    try await TemplateReader(environment: environment, store: store, now: now).run()
    try await Recovery(environment: environment, store: store, now: now).run()
    for poll in try await poll(store, lists: lists, run: run, now: now) where !poll.isComplete {
      if let failure = poll.failure { throw EngineError(failure, of: poll.system) }
      throw .unavailable(poll.system, reason: "it was not read to its end")
    }
    var verification = try prove(store, lists, now)
    verification.failures += try await brokenLinks(store)
    verification.failures.sort {
      ($0.subject, $0.code.rawValue, $0.message) < ($1.subject, $1.code.rawValue, $1.message)
    }
    return verification
  }

  private func prove(
    _ store: SnapshotStore, _ lists: Lists, _ now: Instant
  ) throws(EngineError) -> Verification {
    let zone = planner.zone(lists.ledger)
    let today = zone.date(at: now)
    return try snapshot {
      try store.read { reader in
        let builder = factsBuilder(reader, now)
        var pass = self.facts(lists, now)
        var verification = Verification()
        verification.links = try reader.linkCount()
        for subject in try deals(reader) {
          guard let facts = try builder.deal(subject, zone: zone) else { continue }
          pass.deals = [facts]
          let plan = planner.plan(pass)
          let isOurs = isOurs(facts, lists, zone)
          let proof = DealProof(
            facts: facts, plan: plan, expected: try expected(facts, pass, reader),
            isDue: isOurs && isDue(facts, today, zone))
          verification.failures += proof.failures()
          verification.invoices += facts.invoices.count { !$0.invoice.status.isTerminal }
          guard isOurs else { continue }
          verification.deals += 1
          if !plan.holds.isEmpty { verification.held += 1 }
        }
        return verification
      }
    }
  }

  private func facts(_ lists: Lists, _ now: Instant) -> PassFacts {
    let capabilities = environment.systems.accounting.capabilities
    var facts = PassFacts(
      now: now, accounting: environment.systems.accounting.name,
      arithmetic: capabilities.arithmetic, referenceLengthMax: capabilities.referenceLengthMax,
      contactNameLengthMax: capabilities.contactNameLengthMax, ledger: lists.ledger,
      catalogues: lists.catalogues, deals: [])
    facts.itemsCarryAccounts = capabilities.itemsCarryAccounts
    return facts
  }

  private func deals(_ reader: SnapshotReader) throws -> [Subject] {
    var subjects: [Subject] = []
    for crm in environment.systems.crms {
      try reader.forEach(Deal.self, of: crm.name, kind: .deal) { deal in
        guard deal.isComplete else { return }
        subjects.append(Subject(system: crm.name, kind: .deal, id: deal.id.rawValue))
      }
    }
    return subjects
  }

  private func isOurs(_ facts: DealFacts, _ lists: Lists, _ zone: Zone) -> Bool {
    !facts.deal.isArchived && planner.isWon(facts.deal, crm: facts.crm)
      && planner.isConcerned(
        facts.deal, crm: facts.crm, zone: zone, catalogue: lists.catalogues[facts.crm])
  }

  /// The first part of a schedule may lie ahead.
  private func isDue(_ facts: DealFacts, _ today: CalendarDate, _ zone: Zone) -> Bool {
    guard let won = facts.deal.wonOn?.date(in: zone) else { return true }
    let first = environment.policy.invoices.schedule.map(\.daysAfterWon).min() ?? 0
    return won.adding(days: first) <= today
  }

  /// The figures of our own arithmetic: those the invoice was made with, else (linked by hand,
  /// or the snapshot was lost) what the deal comes to today.
  private func expected(
    _ facts: DealFacts, _ pass: PassFacts, _ reader: SnapshotReader
  ) throws -> [ID<Invoice>: InvoiceTotals] {
    var expected: [ID<Invoice>: InvoiceTotals] = [:]
    guard !facts.invoices.isEmpty else { return expected }
    let deals = facts.deal.mergedFrom.map {
      Subject(system: facts.crm, kind: .deal, id: $0.rawValue)
    }
    let history = try (deals.filter { $0 != facts.subject } + [facts.subject])
      .flatMap { try reader.history(of: $0) }
    for entry in history where entry.state == .applied {
      switch entry.operation.effect {
      case .createInvoice(let draft):
        if let id = entry.externalID { expected[ID(id)] = draft.expected }
      case .reviseInvoice(let revision): expected[revision.invoice] = revision.content.expected
      case .createContact, .cancelInvoice, .emailInvoice, .createTemplate, .endTemplate,
        .createItem, .reportOnDeal, .createParty, .updateParty, .notify, .link:
        continue
      }
    }
    guard facts.invoices.contains(where: { expected[$0.invoice.id] == nil }) else {
      return expected
    }
    let anew = draftsAnew(facts, pass)
    for linked in facts.invoices where expected[linked.invoice.id] == nil {
      expected[linked.invoice.id] = anew[linked.role]
    }
    return expected
  }

  private func draftsAnew(_ facts: DealFacts, _ pass: PassFacts) -> [InvoiceRole: InvoiceTotals] {
    var bare = facts
    bare.invoices = []
    bare.templates = []
    bare.lookalikes = []
    bare.invoicedContent = nil
    bare.mergedWithInvoices = []
    var pass = pass
    pass.ledger.organisation.lockDate = nil
    pass.deals = [bare]
    var totals: [InvoiceRole: InvoiceTotals] = [:]
    for operation in planner.plan(pass).operations {
      if case .createInvoice(let draft) = operation.effect { totals[draft.role] = draft.expected }
    }
    return totals
  }
}
