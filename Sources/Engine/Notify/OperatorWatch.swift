internal import Connectors
internal import Domain
internal import Logging
internal import Reconciler
internal import Snapshot

/// When the operator hears that the sync itself is in trouble.
package struct WatchPolicy: Hashable, Sendable {
  /// Passes that must fail one after another; 0: never.
  package var failedPasses: Int
  /// Days before the end of a sign-in; 0: never.
  package var signInDays: Int

  package init(failedPasses: Int = 3, signInDays: Int = 7) {
    self.failedPasses = failedPasses
    self.signInDays = signInDays
  }
}

/// Looks back after each pass: tells the operator once when passes fail one after another or a
/// sign-in ends soon, then is quiet until it has healed. Failing passes are counted from the
/// record of runs each time; what was said is remembered in the snapshot.
struct OperatorWatch {
  let environment: PassEnvironment
  let store: SnapshotStore
  let now: Instant

  static let key = "operator-notices"

  /// What was said about one trouble, by channel.
  struct Said: Codable, Equatable {
    var since: Instant
    var channels: [String: State] = [:]

    enum State: String, Codable, Equatable {
      /// Sent, and the outcome is not known: `unsure` is sent once more, `unsureTwice` is not.
      case unsure, unsureTwice, told
    }
  }

  /// Never fails: trouble here must not hide the trouble it is about.
  func run(run: Int64, reason: String, needsSignIn: Bool) async {
    do {
      let troubles = try troubles(run: run, reason: reason, needsSignIn: needsSignIn)
      try forget(allBut: Set(troubles.map(\.name)))
      for trouble in troubles { try await tell(trouble) }
    } catch {
      environment.logger.warning(
        "the operator could not be told", metadata: ["reason": "\(error)"])
    }
  }

  struct Trouble {
    var name: String
    var topic: OperatorNotice.Topic
    var title: String
    var lines: [String]
  }

  // MARK: What is wrong

  private func troubles(
    run: Int64, reason: String, needsSignIn: Bool
  ) throws(SnapshotError) -> [Trouble] {
    var troubles: [Trouble] = []
    if let failing = try failing(run: run, reason: reason, needsSignIn: needsSignIn) {
      troubles.append(failing)
    }
    return troubles + endingSignIns()
  }

  /// Nil while passes succeed, or before enough have failed. A lost sign-in mends by no waiting:
  /// it is told at once.
  private func failing(
    run: Int64, reason: String, needsSignIn: Bool
  ) throws(SnapshotError) -> Trouble? {
    let limit = environment.watch.failedPasses
    guard limit > 0 else { return nil }
    let runs = try store.read { try $0.runs(limit: limit + 200) }
    // Killed passes and those somebody interrupted say nothing either way.
    let judged = runs.filter { PassVerdict($0) != .neither }
    let failed = judged.prefix { PassVerdict($0) == .failed }
    guard let last = failed.first, last.run == run,
      failed.count >= limit || needsSignIn
    else { return try stillFailing(failed.count) }
    let first = failed.last?.startedAt ?? last.startedAt
    let count = failed.count == 1 ? "1 pass" : "\(failed.count) passes in a row"
    return Trouble(
      name: "failing", topic: .passesFailing,
      title: "xerosync: \(count) failed for \(try organisation())",
      lines: [
        "\(count) failed since \(first).", "The last one: \(reason)",
        needsSignIn
          ? "Sign in again with `xerosync auth login`; nothing is synchronised until then."
          : "Look at `xerosync status` and `xerosync doctor`.",
        "There is no further message about this until a pass has succeeded.",
      ])
  }

  /// A pass that says nothing either way leaves what was said as it is.
  private func stillFailing(_ count: Int) throws(SnapshotError) -> Trouble? {
    guard count > 0, try said()["failing"] != nil else { return nil }
    return Trouble(name: "failing", topic: .passesFailing, title: "", lines: [])
  }

  private func endingSignIns() -> [Trouble] {
    let days = environment.watch.signInDays
    guard days > 0 else { return [] }
    return environment.systems.signInEnds().sorted { $0.key < $1.key }.compactMap { system, end in
      guard end.seconds(since: now) < Int64(days) * 86_400 else { return nil }
      let isOver = end <= now
      return Trouble(
        name: "sign-in:\(system)", topic: .signInEnding(system),
        title: "xerosync: the sign-in to \(system) "
          + (isOver ? "has ended" : "ends on \(end.utcParts.0)"),
        lines: [
          "The sign-in to \(system) \(isOver ? "ended" : "ends") at \(end).",
          "Renew it with `xerosync auth login \(system)`.",
          "There is no further message about this until it is renewed.",
        ])
    }
  }

  private func organisation() throws(SnapshotError) -> String {
    let ledger = try store.read { try $0.cache(ListReader.ledgerKey, as: Ledger.self) }
    return ledger?.body.organisation.name ?? environment.systems.accounting.name.rawValue
  }

  // MARK: What was said

  private func said() throws(SnapshotError) -> [String: Said] {
    try store.read { try $0.cache(Self.key, as: [String: Said].self)?.body ?? [:] }
  }

  private func remember(_ change: (inout [String: Said]) -> Void) throws(SnapshotError) {
    var said = try said()
    let before = said
    change(&said)
    guard said != before else { return }
    try store.write { try $0.setCache(Self.key, said, readAt: now) }
  }

  /// What has healed is told anew when it comes back.
  private func forget(allBut names: Set<String>) throws(SnapshotError) {
    try remember { said in said = said.filter { names.contains($0.key) } }
  }

  private func tell(_ trouble: Trouble) async throws(SnapshotError) {
    guard !trouble.title.isEmpty else { return }
    let channels = environment.systems.notifiers.sorted { $0.key.rawValue < $1.key.rawValue }
    let since = try said()[trouble.name]?.since ?? now
    try remember { $0[trouble.name] = $0[trouble.name] ?? Said(since: since) }
    for (channel, notifier) in channels {
      guard let send = notifier.tell else { continue }
      let state = try said()[trouble.name]?.channels[channel.rawValue]
      guard state == nil || state == .unsure else { continue }
      // Durable before it leaves: a crash from here on makes one copy more, and it says so.
      let isSecond = state == .unsure
      try remember {
        $0[trouble.name]?.channels[channel.rawValue] = isSecond ? .unsureTwice : .unsure
      }
      let outcome = await send(
        OperatorNotice(
          id: OperationID(hashing: ["operator", trouble.name, since.description]),
          topic: trouble.topic, organisation: try organisation(), sentAt: now,
          title: trouble.title, lines: trouble.lines, mayBeRepeat: isSecond))
      try settle(outcome, trouble, channel, before: state)
    }
  }

  private func settle(
    _ outcome: WriteOutcome<String>, _ trouble: Trouble, _ channel: AlertChannel,
    before: Said.State?
  ) throws(SnapshotError) {
    let reason: String
    switch outcome {
    case .applied:
      try remember { $0[trouble.name]?.channels[channel.rawValue] = .told }
      return
    case .unknown(let why): reason = why
    case .notSent(let why):
      reason = why
      try remember { $0[trouble.name]?.channels[channel.rawValue] = before }
    case .refused(let refusal):
      reason = refusal.message
      try remember { $0[trouble.name]?.channels[channel.rawValue] = before }
    }
    environment.logger.warning(
      "the operator could not be told",
      metadata: ["channel": "\(channel.rawValue)", "reason": "\(reason)"])
  }
}

/// What the record of a run says about the health of the sync.
enum PassVerdict: Equatable {
  case succeeded, failed, neither

  init(_ run: StoredRun) {
    switch run.outcome {
    case PassReport.Outcome.ok.rawValue: self = .succeeded
    case PassReport.Outcome.failed.rawValue, PassReport.Outcome.deferred.rawValue,
      PassReport.Outcome.braked.rawValue, PassReport.Outcome.signInNeeded.rawValue, "aborted":
      self = .failed
    default: self = .neither
    }
  }
}
