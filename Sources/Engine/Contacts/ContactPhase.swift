internal import Connectors
internal import Domain
internal import Reconciler
internal import Snapshot
internal import Transport

/// The contact part of a pass. Parties are planned in portions, so that a first pass over very
/// many streams through little memory, and a pass that is interrupted goes on where it was: a
/// portion is off the agenda only in the transaction that journals its plan.
struct ContactPhase {
  let pass: Pass
  let store: SnapshotStore
  let context: PartyContext
  /// Systems that were read to the end.
  let readable: Set<SystemName>
  /// Records the deals of this pass make or link: their turn comes with the next pass.
  let busy: Set<Subject>

  /// Parties in one portion.
  private static let portion = 200
  /// Operations and holds of contacts that a report lists; the journal has all of them.
  static let shownMax = 5000

  /// What planning all parties came to.
  struct Summary {
    /// The first ones, for the report.
    var plan = Plan()
    var creates = 0
    var updates = 0
    /// Operations beyond those in `plan`.
    var leftOut = 0
    /// Covers all of them; nil when there is nothing at all.
    var digest: String?
  }

  /// One portion: where it ends, and what is to be done.
  private struct Portion {
    var subjects: [Subject]
    var last: Subject
    var plan: PartyPlan
    var people: [Subject: Subject]
    /// Those that stay on the agenda.
    var postponed: Set<Subject>
  }

  private var options: PassOptions { pass.options }

  // MARK: planning

  /// Plans everything on the agenda and keeps only what a report shows.
  func survey() async throws(SnapshotError) -> Summary {
    var summary = Summary()
    var progress = PartyProgress()
    var last: Subject?
    var seen: Set<Int> = []
    while let portion = try await next(after: last, &progress) {
      last = portion.last
      add(portion.plan, to: &summary, &seen)
      try dropUnwanted(portion)
    }
    return summary
  }

  private func add(_ plan: PartyPlan, to summary: inout Summary, _ seen: inout Set<Int>) {
    let fresh = plan.operations.filter { seen.insert($0.id.hashValue).inserted }
    summary.creates += fresh.count { $0.action == .create }
    summary.updates += fresh.count { $0.action == .update }
    let room = max(0, Self.shownMax - summary.plan.operations.count)
    summary.plan.operations += fresh.prefix(room)
    summary.leftOut += max(0, fresh.count - room)
    let roomForHolds = max(0, Self.shownMax - summary.plan.holds.count)
    summary.plan.holds += plan.holds.prefix(roomForHolds)
    summary.plan.conflicts += plan.conflicts.prefix(roomForHolds)
    if summary.plan.considered.count < Self.shownMax * 4 {
      summary.plan.considered += plan.considered
    }
    guard !fresh.isEmpty || !plan.holds.isEmpty || !plan.conflicts.isEmpty else { return }
    let part = Plan(operations: fresh, holds: plan.holds, conflicts: plan.conflicts)
    summary.digest = StableHash.hex([summary.digest ?? "", part.digest])
  }

  /// Records nobody wants a twin of need no second look.
  private func dropUnwanted(_ portion: Portion) throws(SnapshotError) {
    guard !options.isDryRun, options.subjects.isEmpty, portion.plan.considered.isEmpty else {
      return
    }
    let done = portion.subjects.filter { !portion.postponed.contains($0) }
    try store.write { try $0.clearPartyDirty(done) }
  }

  /// The next portion of the agenda; nil at its end.
  private func next(
    after last: Subject?, _ progress: inout PartyProgress
  ) async throws(SnapshotError) -> Portion? {
    guard var gathered = try gather(after: last) else { return nil }
    let resemblance = Resemblance(homeCountry: context.homeCountry)
    for (subject, alike) in gathered.alike {
      guard let facts = gathered.facts[subject] else { continue }
      gathered.facts[subject]?.candidates += await resemblance.candidates(for: facts, among: alike)
    }
    let facts = Array(gathered.facts.values)
    var portion = gathered.portion
    portion.plan = pass.planner.plan(facts, context, &progress)
    if options.isBaseline { adopt(facts, into: &portion.plan) }
    return portion
  }

  private func gather(
    after last: Subject?
  ) throws(SnapshotError) -> (
    portion: Portion, facts: [Subject: PartyFacts], alike: [Subject: [PartyCandidate]]
  )? {
    try store.read { reader in
      let subjects = try agenda(reader, after: last)
      guard let end = subjects.last else { return nil }
      let builder = PartyFactsBuilder(context: context, planner: pass.planner, reader: reader)
      var facts: [Subject: PartyFacts] = [:]
      var alike: [Subject: [PartyCandidate]] = [:]
      var people: [Subject: Subject] = [:]
      var postponed: Set<Subject> = []
      for subject in subjects {
        guard let built = try builder.party(subject) else { continue }
        let records = built.facts.replicas.map(\.record.subject)
        guard readable.isSuperset(of: records.map(\.system)),
          busy.isDisjoint(with: records), built.facts.unresolved.isEmpty
        else {
          postponed.insert(subject)
          continue
        }
        facts[built.facts.subject] = built.facts
        if !built.alike.isEmpty { alike[built.facts.subject] = built.alike }
        people.merge(built.people) { $1 }
      }
      let portion = Portion(
        subjects: subjects, last: end, plan: PartyPlan(), people: people, postponed: postponed)
      return (portion, facts, alike)
    }
  }

  private func agenda(_ reader: SnapshotReader, after last: Subject?) throws -> [Subject] {
    guard !options.subjects.isEmpty else {
      return try reader.partyAgenda(after: last, limit: Self.portion)
    }
    guard last == nil else { return [] }
    return options.subjects.filter(\.kind.isParty).sorted()
  }

  /// Onboarding: links are made, and what the records say today is agreed.
  private func adopt(_ facts: [PartyFacts], into plan: inout PartyPlan) {
    let merge = PartyMerge(policy: pass.planner.contactPolicy, context: context)
    plan.operations.removeAll { $0.action != .link }
    plan.conflicts = []
    for party in facts where party.replicas.count > 1 {
      plan.memories[party.subject] = merge.accept(party)
      plan.holds.removeAll { $0.subject == party.subject }
    }
  }

  // MARK: applying

  /// Journals and applies portion by portion; false when it was asked to stop midway.
  func apply(
    run: Int64, clock: PassClock
  ) async throws(SnapshotError) -> Bool {
    guard try await applyAgenda(run: run, clock: clock) else { return false }
    // What was linked just now is agreed as it is, too: the next pass may be an ordinary one.
    return options.isBaseline ? try await applyAgenda(run: run, clock: clock) : true
  }

  private func applyAgenda(
    run: Int64, clock: PassClock
  ) async throws(SnapshotError) -> Bool {
    var progress = PartyProgress()
    var last: Subject?
    var done = 0
    let total = try store.read { try $0.partyAgendaCount() }
    let executor = Executor(
      environment: pass.environment, store: store, clock: clock.now, report: { _, _ in nil })
    while let portion = try await next(after: last, &progress) {
      if pass.environment.shouldStop() { return false }
      last = portion.last
      try journal(portion, run: run, now: clock.now())
      done += portion.subjects.count
      pass.environment.progress(
        Engine.PassProgress(
          system: context.accounting, what: "contacts planned", done: done,
          total: max(done, total)))
      guard try await executor.run(portion.plan.operations) else { return false }
      // Nothing more can be sent in this pass: the rest stays on the agenda.
      if try isDeferred(portion.plan.operations) { return true }
    }
    return true
  }

  private func isDeferred(_ operations: [Operation]) throws(SnapshotError) -> Bool {
    let remote = operations.filter { $0.action != .link && $0.waitsFor.isEmpty }
    guard !remote.isEmpty else { return false }
    return try store.read { reader in
      try remote.allSatisfy { try reader.operation($0.id)?.state == .planned }
    }
  }

  /// Intent before act: operations, holds, conflicts, memory and agenda in one transaction.
  private func journal(
    _ portion: Portion, run: Int64, now: Instant
  ) throws(SnapshotError) {
    let plan = portion.plan
    let wanted = Set(plan.operations.map(\.id))
    try store.write { writer in
      for subject in plan.considered {
        for entry in try writer.reader.openOperations(of: subject)
        where entry.state == .planned && !wanted.contains(entry.operation.id)
          && entry.operation.effect.isOfParties
        {
          try writer.settle(
            entry.operation.id, as: .withdrawn, answer: "no longer needed", at: now)
        }
      }
      for operation in plan.operations { try writer.plan(operation, run: run, at: now) }
      try writer.replaceHolds(of: plan.considered, with: plan.holds, at: now)
      for conflict in plan.conflicts { try writer.record(conflict, run: run) }
      for (subject, memory) in plan.memories.sorted(by: { $0.key < $1.key })
      where subject.system == context.accounting {
        try writer.setPartyMemory(memory, of: subject)
      }
      for (company, person) in portion.people.sorted(by: { $0.key < $1.key }) {
        try writer.setPerson(person, of: company)
      }
      try writer.clearPartyDirty(portion.subjects.filter { !portion.postponed.contains($0) })
    }
  }
}

extension Effect {
  /// Whether the contact part of a pass plans it.
  var isOfParties: Bool {
    switch self {
    case .createContact, .createParty, .updateParty, .link: true
    case .createInvoice, .reviseInvoice, .cancelInvoice, .emailInvoice, .createTemplate,
      .endTemplate, .createItem, .reportOnDeal, .notify:
      false
    }
  }
}

extension Pass {
  /// Adds what is to be done about contacts to what the report shows, and sets digest and brake
  /// of the whole.
  func surveyContacts(
    _ phase: ContactPhase?, into decision: inout DealDecision, _ tally: inout PassTally
  ) async throws(EngineError) {
    tally.planDigest = decision.plan.digest
    guard let phase else { return }
    let summary: ContactPhase.Summary
    do { summary = try await phase.survey() } catch { throw .snapshot(error) }
    if let digest = summary.digest {
      tally.planDigest = "sha256:" + StableHash.hex([decision.plan.digest, digest])
    }
    tally.leftOut = summary.leftOut
    if decision.plan.brake == nil {
      let creates = decision.plan.operations.count { $0.action == .create } + summary.creates
      decision.plan.brake = planner.brake(
        creates: summary.creates == 0 ? 0 : creates, partyUpdates: summary.updates,
        linked: decision.pass?.census.linked ?? 0)
    }
    decision.plan.operations += summary.plan.operations
    decision.plan.holds += summary.plan.holds
    decision.plan.conflicts += summary.plan.conflicts
    decision.plan.considered += summary.plan.considered
  }

  /// Money first, contacts after it.
  func applyContacts(
    _ phase: ContactPhase?, run: Int64, clock: PassClock, tally: inout PassTally
  ) async throws(EngineError) {
    guard let phase, !tally.wasInterrupted else { return }
    do {
      tally.wasInterrupted = try await !phase.apply(run: run, clock: clock)
    } catch {
      throw .snapshot(error)
    }
  }

  /// The contact part of this pass; nil when the flags leave it out or nothing can be planned.
  func contactPhase(
    _ store: SnapshotStore, _ decision: DealDecision, lists: Lists, polls: [PollResult],
    now: Instant
  ) -> ContactPhase? {
    guard options.only.isEmpty || options.only.contains(.contacts) else { return nil }
    guard options.subjects.isEmpty || options.subjects.contains(where: \.kind.isParty) else {
      return nil
    }
    guard decision.pass != nil else { return nil }
    var busy: Set<Subject> = []
    for operation in decision.plan.operations {
      switch operation.effect {
      case .createContact: busy.insert(operation.subject)
      case .link(let link) where link.role == .party: busy.formUnion([link.left, link.right])
      case .link, .createInvoice, .reviseInvoice, .cancelInvoice, .emailInvoice, .createTemplate,
        .endTemplate, .createItem, .reportOnDeal, .createParty, .updateParty, .notify:
        continue
      }
    }
    return ContactPhase(
      pass: self, store: store, context: partyContext(lists.ledger, now: now),
      readable: Set(polls.filter(\.isComplete).map(\.system)), busy: busy)
  }

  func partyContext(_ ledger: Ledger, now: Instant) -> PartyContext {
    let systems = environment.systems
    var context = PartyContext(
      now: now, accounting: systems.accounting.name, crms: systems.crms.map(\.name),
      contactNameLengthMax: systems.accounting.capabilities.contactNameLengthMax,
      homeCountry: ledger.organisation.country)
    context.traits[systems.accounting.name] = systems.accounting.capabilities.contactTraits
    for crm in systems.crms { context.traits[crm.name] = crm.capabilities.partyTraits }
    return context
  }
}
