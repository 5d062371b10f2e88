internal import Connectors
internal import Domain
internal import Reconciler
internal import Snapshot
internal import Transport

/// What a pass has met so far; becomes its report.
struct PassTally {
  let run: Int64
  let isDryRun: Bool
  let started: Instant
  var planDigest = ""
  var polled: [SystemName: [String: Int]] = [:]
  var troubles: [PassReport.Trouble] = []
  var brake: Brake?
  var wasInterrupted = false
  /// Operations on contacts beyond those the report lists.
  var leftOut = 0
  var signIn = false
  /// Set where the pass ended before applying.
  var outcome: PassReport.Outcome?

  init(run: Int64, isDryRun: Bool, started: Instant) {
    self.run = run
    self.isDryRun = isDryRun
    self.started = started
  }

  mutating func add(_ polls: [PollResult]) {
    for poll in polls {
      polled[poll.system] = poll.changed
      if poll.wasInterrupted { wasInterrupted = true }
      guard let failure = poll.failure else { continue }
      troubles.append(.init(system: poll.system, message: failure.description))
      if failure.needsPerson { signIn = true }
    }
  }
}

extension Pass {
  func report(
    _ store: SnapshotStore, _ tally: PassTally, _ plan: Plan, _ clock: PassClock
  ) async throws(EngineError) -> PassReport {
    let wasApplied = !tally.isDryRun && tally.brake == nil && tally.outcome == nil
    let operations: [ReportedOperation] = try snapshot {
      guard wasApplied else {
        return plan.operations.map {
          ReportedOperation($0, state: .planned, externalID: nil, error: nil)
        }
      }
      return try store.read { reader in try self.applied(plan, reader) }
    }
    let holds = try snapshot { try self.openHolds(store, plan, isApplied: wasApplied, tally) }
    var calls: [SystemName: Int] = [:]
    let systems = environment.systems
    calls[systems.accounting.name] = await systems.accounting.callCount()
    for crm in systems.crms { calls[crm.name] = await crm.callCount() }
    return PassReport(
      run: tally.run, dryRun: tally.isDryRun, startedAt: tally.started, finishedAt: clock.now(),
      outcome: outcome(tally, operations), planDigest: tally.planDigest, polled: tally.polled,
      apiCalls: calls, operations: operations, holds: holds, conflicts: plan.conflicts,
      troubles: tally.troubles.sorted { $0.system < $1.system }, brake: tally.brake,
      leftOut: tally.leftOut == 0 ? nil : tally.leftOut)
  }

  private func applied(_ plan: Plan, _ reader: SnapshotReader) throws -> [ReportedOperation] {
    try plan.operations.map { planned in
      guard let entry = try reader.operation(planned.id) else {
        return ReportedOperation(planned, state: .planned, externalID: nil, error: nil)
      }
      let isTrouble = entry.state != .applied
      return ReportedOperation(
        entry.operation, state: entry.state, externalID: entry.externalID,
        error: isTrouble ? entry.answer : nil)
    }
  }

  /// The holds that stand: in a dry run those the plan would leave.
  private func openHolds(
    _ store: SnapshotStore, _ plan: Plan, isApplied: Bool, _ tally: PassTally
  ) throws -> [ReportedHold] {
    let stored = try store.read { try $0.holds() }
    guard !isApplied else { return try about(stored.map { ($0.hold, $0.since) }, store) }
    let considered = Set(plan.considered)
    let since = Dictionary(
      stored.map { ("\($0.hold.subject) \($0.hold.code)", $0.since) },
      uniquingKeysWith: { first, _ in first })
    let kept = stored.filter { !considered.contains($0.hold.subject) }
      .map { ($0.hold, $0.since) }
    let planned = plan.holds.map {
      ($0, since["\($0.subject) \($0.code)"] ?? tally.started)
    }
    return try about(kept + planned, store)
      .sorted { ($0.subject, $0.code) < ($1.subject, $1.code) }
  }

  private func about(
    _ holds: [(hold: Hold, since: Instant)], _ store: SnapshotStore
  ) throws -> [ReportedHold] {
    try store.read { reader in
      try holds.map {
        ReportedHold($0.hold, since: $0.since, about: try reader.context(of: $0.hold.subject))
      }
    }
  }

  private func outcome(
    _ tally: PassTally, _ operations: [ReportedOperation]
  ) -> PassReport.Outcome {
    if let outcome = tally.outcome { return outcome }
    if tally.brake != nil { return .braked }
    if tally.wasInterrupted { return .interrupted }
    if tally.signIn { return .signInNeeded }
    if tally.isDryRun { return tally.troubles.isEmpty ? .ok : .deferred }
    if operations.contains(where: { $0.outcome == .refused }) { return .failed }
    let isOpen = operations.contains {
      $0.outcome == .unknown || $0.outcome == .planned || $0.outcome == .sent
    }
    return isOpen || !tally.troubles.isEmpty ? .deferred : .ok
  }
}
