internal import Domain
internal import Snapshot
internal import Transport

/// What reading one system brought.
struct PollResult: Sendable {
  var system: SystemName
  /// Records that were new or changed, by feed.
  var changed: [String: Int]
  /// Set when the reading is not whole: what came before it is stored.
  var failure: RemoteError?
  var wasInterrupted: Bool
  /// The system had records before and answered a full reading with none.
  var wasEmptied: Bool

  init(system: SystemName) {
    self.system = system
    changed = [:]
    wasInterrupted = false
    wasEmptied = false
  }

  var isComplete: Bool { failure == nil && !wasInterrupted }
}

/// What both kinds of poll need.
struct PollContext: Sendable {
  let environment: PassEnvironment
  let store: SnapshotStore
  let run: Int64
  /// The pass's clock, for ages and marks.
  let now: Instant
  /// Subjects the pass was asked for by name.
  var subjects: Set<Subject> = []

  /// What a server's clock said at a moment of ours (monotonic); nil where that is not known.
  func serverMoment(of moment: Duration, skew: Duration?) -> Instant? {
    skew.map { skew in
      let time = environment.time
      let ahead = skew - (time.monotonic() - moment)
      return Instant(milliseconds: time.now() + Int64(ahead / .milliseconds(1)))
    }
  }

  func report(_ system: SystemName, _ what: String, _ done: Int, _ total: Int?) {
    environment.progress(PassProgress(system: system, what: what, done: done, total: total))
  }
}
