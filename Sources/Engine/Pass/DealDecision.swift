internal import Connectors
internal import Domain
internal import Reconciler
internal import Snapshot
internal import Transport

/// A plan with what the engine must remember beside it.
struct DealDecision {
  var plan: Plan
  /// The facts it was made from, without the deals; nil when nothing could be planned.
  var pass: PassFacts?
  /// When to look at a deal again although nothing changes.
  var wakes: [Subject: CalendarDate]
  /// Invoices that carry a deal's mark although the link was lost.
  var adopted: [Link]
  /// What deals look like now, to be remembered as what their invoices were made from: deals
  /// whose invoice was found or linked, and changes that a person let pass.
  var baselines: [Subject: String] = [:]
  /// Subjects whose agenda entry is done with.
  var settled: [Subject]
  /// Alerts that must have gone before the snapshot was lost.
  var told: [AlertDraft] = []
}

extension Pass {
  /// Builds the facts of everything on the agenda and asks the planner.
  func decide(
    _ store: SnapshotStore, lists: Lists, polls: [PollResult], now: Instant
  ) async throws(EngineError) -> DealDecision {
    let zone = planner.zone(lists.ledger)
    let today = zone.date(at: now)
    let readable = Set(polls.filter(\.isComplete).map(\.system))
    // Without the whole accounting side a customer may look new who is not.
    guard readable.contains(environment.systems.accounting.name) else {
      return DealDecision(plan: Plan(), wakes: [:], adopted: [], settled: [])
    }
    var (agenda, facts, alike) = try gather(store, lists, polls, readable, zone, now)
    let resemblance = Resemblance(homeCountry: lists.ledger.organisation.country)
    for index in facts.deals.indices where !alike[index].isEmpty {
      let found = await resemblance.candidates(for: facts.deals[index], among: alike[index])
      guard !found.isEmpty else { continue }
      var deal = facts.deals[index]
      deal.candidates = found
      facts.deals[index] = try snapshot { () throws -> DealFacts in
        try store.read { reader -> DealFacts in
          var deal = deal
          try factsBuilder(reader, now).addSurroundings(to: &deal, zone: zone)
          return deal
        }
      }
    }
    var plan = planner.plan(facts)
    let told = options.isRebuild ? toldBefore(plan, facts.deals) : []
    plan.operations = selected(plan.operations)
    let adopted = try snapshot { try store.read { try self.adopted(facts.deals, $0) } }
    var decision = DealDecision(
      plan: plan, pass: facts, wakes: wakes(of: facts.deals, today: today), adopted: adopted,
      settled: options.isPartial ? [] : agenda, told: told)
    for deal in facts.deals where needsBaseline(deal) && planner.isAsInvoiced(deal, facts) {
      decision.baselines[deal.subject] = planner.madeFrom(deal)
    }
    decision.pass?.deals = []
    return decision
  }

  private typealias Gathered = (agenda: [Subject], facts: PassFacts, alike: [[PartyRecord]])

  /// The agenda, the facts of its deals, and per deal whom its unknown customer may resemble.
  private func gather(
    _ store: SnapshotStore, _ lists: Lists, _ polls: [PollResult], _ readable: Set<SystemName>,
    _ zone: Zone, _ now: Instant
  ) throws(EngineError) -> Gathered {
    let accounting = environment.systems.accounting
    return try snapshot { () throws -> Gathered in
      try store.read { reader -> Gathered in
        let agenda = try agenda(reader, today: zone.date(at: now)).filter {
          readable.contains($0.system)
        }
        let builder = factsBuilder(reader, now)
        var facts = PassFacts(
          now: now, accounting: accounting.name,
          arithmetic: accounting.capabilities.arithmetic,
          referenceLengthMax: accounting.capabilities.referenceLengthMax,
          contactNameLengthMax: accounting.capabilities.contactNameLengthMax,
          ledger: lists.ledger, catalogues: lists.catalogues, deals: [])
        facts.itemsCarryAccounts =
          environment.systems.accounting.capabilities.itemsCarryAccounts
        facts.deals = try agenda.compactMap { try builder.deal($0, zone: zone) }
        facts.census = .init(
          emptied: polls.filter(\.wasEmptied).map(\.system), linked: try reader.linkCount())
        return (agenda, facts, try facts.deals.map(builder.alike))
      }
    }
  }

  /// A deal that says it is overdue was told so by a pass that told its owner as well.
  private func toldBefore(_ plan: Plan, _ deals: [DealFacts]) -> [AlertDraft] {
    let overdue = Set(
      deals.filter { $0.deal.reported[.invoiceStatus] == ReceivableStatus.overdue.rawValue }
        .map(\.subject))
    return plan.operations.filter { overdue.contains($0.subject) }.compactMap(\.effect.alert)
  }

  private func needsBaseline(_ facts: DealFacts) -> Bool {
    if facts.released.contains(.dealChanged) { return true }
    let isInvoiced =
      facts.invoices.contains { !$0.invoice.status.isTerminal }
      || facts.templates.contains(where: \.isActive)
    return isInvoiced && facts.invoicedContent == nil && facts.deal.isComplete
  }

  func factsBuilder(_ reader: SnapshotReader, _ now: Instant) -> FactsBuilder {
    let accounting = environment.systems.accounting
    return FactsBuilder(
      accounting: accounting.name,
      contactNameLengthMax: accounting.capabilities.contactNameLengthMax,
      policy: environment.policy, reader: reader, now: now)
  }

  /// Changed deals, deals whose day has come, and deals with operations not settled.
  private func agenda(_ reader: SnapshotReader, today: CalendarDate) throws -> [Subject] {
    var subjects = Set(try reader.agenda(on: today))
    for subject in Set(try reader.openOperations().map(\.operation.subject)) {
      subjects.insert(subject)
      // A deal waits for its customer's contact as it does for its own invoice.
      if subject.kind != .deal { subjects.formUnion(try reader.deals(of: subject)) }
    }
    guard options.subjects.isEmpty else {
      return options.subjects.filter { $0.kind == .deal }.sorted()
    }
    return subjects.filter { $0.kind == .deal }.sorted()
  }

  /// The operations the flags ask for, without those that wait for one left out.
  private func selected(_ operations: [Operation]) -> [Operation] {
    var kept: Set<OperationID> = []
    return operations.filter { operation in
      let isAsked =
        (options.only.isEmpty || options.only.contains { $0.covers(operation) })
        && (!options.isBaseline || operation.action == .link)
      guard isAsked, operation.waitsFor.allSatisfy(kept.contains) else { return false }
      kept.insert(operation.id)
      return true
    }
  }

  private func wakes(of deals: [DealFacts], today: CalendarDate) -> [Subject: CalendarDate] {
    var wakes: [Subject: CalendarDate] = [:]
    for facts in deals {
      var days = facts.invoices.filter(\.invoice.isOpen).compactMap(\.invoice.dueDate).map {
        max($0, today).adding(days: 1)
      }
      let hasPartsToCome =
        environment.policy.invoices.schedule.count > facts.invoices.count
      let isYetToBeWon = facts.deal.wonOn != nil && facts.invoices.isEmpty
      let isEmailHeld = facts.kept.contains { $0.code == .emailRefused }
      if hasPartsToCome || isYetToBeWon || isEmailHeld { days.append(today.adding(days: 1)) }
      wakes[facts.subject] = days.min()
    }
    return wakes
  }

  private func adopted(_ deals: [DealFacts], _ reader: SnapshotReader) throws -> [Link] {
    try deals.flatMap { facts in
      let linked = Set(try reader.links(of: facts.subject).map(\.link.right))
      return facts.invoices.compactMap { item in
        let subject = Subject(
          system: environment.systems.accounting.name, kind: .invoice,
          id: item.invoice.id.rawValue)
        return linked.contains(subject)
          ? nil : Link(left: facts.subject, right: subject, role: .invoice(item.role))
      }
    }
  }

  /// Intent before act: operations, holds, conflicts and the agenda in one transaction.
  func journal(
    _ decision: DealDecision, in store: SnapshotStore, run: Int64, now: Instant
  ) throws(EngineError) {
    try snapshot {
      try store.write { writer in
        for alert in decision.told { try writer.recordAlert(alert.key, of: alert.deal, at: now) }
        for link in decision.adopted { try writer.link(link, by: "mark", at: now) }
        for (deal, content) in decision.baselines {
          try writer.updateDealState(deal) { state in
            state.invoicedContent = content
            state.released.remove(.dealChanged)
          }
        }
        let wanted = Set(decision.plan.operations.map(\.id))
        let considered = Set(decision.plan.considered)
        for entry in try writer.reader.openOperations()
        where entry.state == .planned && !wanted.contains(entry.operation.id) {
          guard try wereConsidered(entry.operation, considered, writer.reader) else { continue }
          try writer.settle(
            entry.operation.id, as: .withdrawn, answer: "no longer needed", at: now)
        }
        for operation in decision.plan.operations {
          try writer.plan(operation, run: run, at: now)
        }
        try writer.replaceHolds(
          of: decision.plan.considered, with: decision.plan.holds, at: now)
        for conflict in decision.plan.conflicts { try writer.record(conflict, run: run) }
        try writer.clearDirty(decision.settled)
        for subject in decision.settled {
          try writer.wake(subject, on: decision.wakes[subject])
        }
      }
    }
  }

  /// Whether the plan has looked at all for which the operation was once planned: its deal, or
  /// every deal of the customer whose contact it makes.
  private func wereConsidered(
    _ operation: Operation, _ considered: Set<Subject>, _ reader: SnapshotReader
  ) throws -> Bool {
    // A merged deal is looked at no more: what was planned for it is its survivor's matter.
    if try reader.survivor(of: operation.subject) != nil { return true }
    guard case .createContact = operation.effect else {
      return considered.contains(operation.subject)
    }
    return try reader.deals(of: operation.subject).allSatisfy(considered.contains)
  }

  func apply(
    _ decision: DealDecision, in store: SnapshotStore, lists: Lists, clock: PassClock,
    tally: inout PassTally
  ) async throws(EngineError) {
    guard let pass = decision.pass else { return }
    let zone = planner.zone(lists.ledger)
    let executor = Executor(
      environment: environment, store: store, clock: clock.now,
      report: { reader, subject in
        try factsBuilder(reader, clock.now()).deal(subject, zone: zone)
          .flatMap { planner.report(on: $0, in: pass) }
      })
    do {
      tally.wasInterrupted = try await !executor.run(decision.plan.operations)
    } catch {
      throw .snapshot(error)
    }
  }
}
