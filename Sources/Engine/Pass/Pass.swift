internal import Connectors
package import Domain
package import Foundation
internal import Logging
internal import Reconciler
package import Snapshot
internal import Transport

/// One pass: recover, poll, plan, journal, apply, record.
package struct Pass: Sendable {
  let environment: PassEnvironment
  let options: PassOptions
  let planner: Planner

  package init(environment: PassEnvironment, options: PassOptions) {
    self.environment = environment
    self.options = options
    planner = Planner(policy: environment.policy)
  }

  private var accounting: SystemName { environment.systems.accounting.name }

  /// Runs the pass on a snapshot. A dry run takes a copy of the snapshot and throws it away.
  ///
  /// - Throws: `EngineError` when the pass could not be run; trouble on the way is in the report.
  package func run(on store: SnapshotStore) async throws(EngineError) -> PassReport {
    let clock = PassClock(environment.time, asOf: options.asOf)
    let started = clock.now()
    let run = try begin(store, at: started)
    do {
      let report = try await steps(store, run: run, clock: clock, started: started)
      try end(store, run, report)
      housekeep(store, clock)
      await watch(
        store, run, clock, report.troubleWords, needsSignIn: report.outcome == .signInNeeded)
      return report
    } catch {
      let cause = abort(store, run, error, at: clock.now())
      await watch(
        store, run, clock, cause.description, needsSignIn: cause.exitCode == .signInNeeded)
      throw cause
    }
  }

  /// Records that the pass could not be run. Where even that cannot be written, the snapshot is
  /// the cause of whatever else seemed to be wrong: nothing is sent that cannot be counted first.
  private func abort(
    _ store: SnapshotStore, _ run: Int64, _ error: EngineError, at now: Instant
  ) -> EngineError {
    do {
      try store.write {
        try $0.endRun(
          run, outcome: "aborted", exitCode: Int(error.exitCode.rawValue), report: nil,
          reason: error.description, at: now)
      }
      return error
    } catch {
      return .snapshot(error)
    }
  }

  /// Tells the operator when the sync itself is in trouble; a rehearsal tells nobody.
  private func watch(
    _ store: SnapshotStore, _ run: Int64, _ clock: PassClock, _ reason: String,
    needsSignIn: Bool
  ) async {
    guard !options.isDryRun, !options.isRebuild else { return }
    await OperatorWatch(environment: environment, store: store, now: clock.now())
      .run(run: run, reason: reason, needsSignIn: needsSignIn)
  }

  func begin(_ store: SnapshotStore, at now: Instant) throws(EngineError) -> Int64 {
    try snapshot {
      try store.write { writer in
        if options.isFull {
          try writer.clearCursors()
          try writer.markAllPartiesDirty()
        }
        try writer.markOpenPartiesDirty()
        return try writer.beginRun(at: now)
      }
    }
  }

  private func end(
    _ store: SnapshotStore, _ run: Int64, _ report: PassReport
  ) throws(EngineError) {
    try snapshot {
      let text = try? PassReport.encoder.encode(report)
      try store.write {
        try $0.endRun(
          run, outcome: report.outcome.rawValue, exitCode: Int(report.exitCode.rawValue),
          report: text.map { String(decoding: $0, as: UTF8.self) },
          reason: report.troubleWords.isEmpty ? nil : report.troubleWords, at: report.finishedAt)
      }
    }
  }

  private func steps(
    _ store: SnapshotStore, run: Int64, clock: PassClock, started: Instant
  ) async throws(EngineError) -> PassReport {
    let lists = try await checkedLists(store, now: started)
    if lists.isLedgerFresh {
      try await TemplateReader(environment: environment, store: store, now: started).run()
    }
    try await Recovery(environment: environment, store: store, now: started).run()
    var tally = PassTally(run: run, isDryRun: options.isDryRun, started: started)
    tally.troubles = lists.failures.map { .init(system: $0, message: $1.description) }
    tally.signIn = lists.failures.values.contains(where: \.needsPerson)
    let polls = try await poll(store, lists: lists, run: run, now: started)
    tally.add(polls)
    // What was not read because the process is to end is nobody's trouble.
    if polls.contains(where: { $0.failure != nil }), environment.shouldStop() {
      tally.wasInterrupted = true
    }
    if let wrong = await wrongClock() {
      tally.troubles.append(wrong)
      tally.outcome = .braked
      return try await report(store, tally, Plan(), clock)
    }
    try await readOnlineLinks(store, lists, now: started)
    var plan = try await decide(store, lists: lists, polls: polls, now: started)
    let contacts = contactPhase(store, plan, lists: lists, polls: polls, now: started)
    let deals = plan
    try await surveyContacts(contacts, into: &plan, &tally)
    if let approved = options.approvedDigest, approved != tally.planDigest {
      tally.outcome = .planMoved
      return try await report(store, tally, plan.plan, clock)
    }
    if let brake = plan.plan.brake {
      tally.brake = brake
      return try await report(store, tally, plan.plan, clock)
    }
    if !options.isDryRun {
      try journal(deals, in: store, run: run, now: started)
      try await apply(deals, in: store, lists: lists, clock: clock, tally: &tally)
      try await applyContacts(contacts, run: run, clock: clock, tally: &tally)
    }
    return try await report(store, tally, plan.plan, clock)
  }

  /// Reads all systems side by side; each keeps what it read, whatever befalls the others.
  func poll(
    _ store: SnapshotStore, lists: Lists, run: Int64, now: Instant
  ) async throws(EngineError) -> [PollResult] {
    let context = PollContext(
      environment: environment, store: store, run: run, now: now, subjects: options.subjects)
    try wakeHeld(store, lists: lists, now: now)
    let outcomes = await withTaskGroup(of: Result<PollResult, SnapshotError>.self) { group in
      let accounting = environment.systems.accounting
      group.addTask {
        do throws(SnapshotError) {
          return .success(try await AccountingPoll(context: context, accounting: accounting).run())
        } catch { return .failure(error) }
      }
      let zone = planner.zone(lists.ledger)
      for crm in environment.systems.crms {
        guard let catalogue = lists.catalogues[crm.name] else { continue }
        let poll = CRMPoll(
          context: context, crm: crm, planner: planner, zone: zone, catalogue: catalogue)
        group.addTask {
          do throws(SnapshotError) {
            return .success(try await poll.run())
          } catch { return .failure(error) }
        }
      }
      var all: [Result<PollResult, SnapshotError>] = []
      for await outcome in group { all.append(outcome) }
      return all
    }
    var results: [PollResult] = []
    for outcome in outcomes {
      switch outcome {
      case .success(let result): results.append(result)
      case .failure(let error): throw .snapshot(error)
      }
    }
    try await refreshOpenInvoices(store, now: now, results: &results)
    return results.sorted { $0.system < $1.system }
  }

  /// Where customers see their invoices, for the deals the plan will look at.
  private func readOnlineLinks(
    _ store: SnapshotStore, _ lists: Lists, now: Instant
  ) async throws(EngineError) {
    let today = planner.zone(lists.ledger).date(at: now)
    let deals = try snapshot { try store.read { try $0.agenda(on: today) } }
    do {
      try await OnlineLinks(environment: environment, store: store, now: now).read(for: deals)
    } catch { throw .snapshot(error) }
  }

  /// A due date may change without a modified stamp: every open invoice of ours is read again
  /// at least once a day, a few in each pass.
  private func refreshOpenInvoices(
    _ store: SnapshotStore, now: Instant, results: inout [PollResult]
  ) async throws(EngineError) {
    guard let index = results.firstIndex(where: { $0.system == accounting }),
      results[index].isComplete
    else { return }
    let system = environment.systems.accounting
    let ids = try snapshot {
      try store.read {
        try $0.openInvoices(
          of: accounting, readBefore: now.advanced(seconds: -72_000),
          most: system.capabilities.invoicesPerRead)
      }
    }
    guard !ids.isEmpty else { return }
    do {
      let invoices = try await system.invoices(ids)
      try snapshot {
        try store.write { writer in
          for invoice in invoices {
            let change = try writer.store(invoice: invoice, of: accounting, readAt: now)
            guard change == .changed || change == .new else { continue }
            try AccountingStaging.invoiceChanged(invoice, of: accounting, in: writer, at: now)
          }
          if system.capabilities.absentMeansDeleted {
            for id in Set(ids).subtracting(invoices.map(\.id)).sorted() {
              _ = try AccountingStaging.invoiceDeleted(id, of: accounting, in: writer, at: now)
            }
          }
          try writer.markInvoicesRead(ids, of: accounting, at: now)
        }
      }
    } catch let error as EngineError {
      throw error
    } catch let error as RemoteError {
      results[index].failure = error
    } catch {
      results[index].failure = .unreadable(reason: "\(error)")
    }
  }

  func snapshot<Value>(_ body: () throws -> Value) throws(EngineError) -> Value {
    do { return try body() } catch let error as SnapshotError {
      throw .snapshot(error)
    } catch {
      throw .snapshot(.failed(path: "", reason: "\(error)"))
    }
  }
}

/// The pass's clock: the real one, or one that starts at `--as-of` and goes on at real speed.
struct PassClock: Sendable {
  private let time: TimeSource
  private let asOf: Instant?
  private let start: Duration

  init(_ time: TimeSource, asOf: Instant?) {
    self.time = time
    self.asOf = asOf
    start = time.monotonic()
  }

  @Sendable func now() -> Instant {
    guard let asOf else { return Instant(milliseconds: time.now()) }
    let elapsed = (time.monotonic() - start).components
    return Instant(
      milliseconds: asOf.milliseconds + elapsed.seconds * 1000
        + elapsed.attoseconds / 1_000_000_000_000_000)
  }
}

extension PassReport {
  /// Sorted keys: equal reports are equal bytes.
  package static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    return encoder
  }
}

extension Plan {
  /// `sha256:` and the hash of the plan's canonical form.
  package var digest: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let bytes = (try? encoder.encode(self)).map(Array.init) ?? []
    return "sha256:" + StableHash.hex(bytes: bytes)
  }
}
