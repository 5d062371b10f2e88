internal import Domain

/// Three-way merge of one attribute over all replicas of a party: what each replica held when it
/// last agreed tells an edit from a record that is only behind.
struct FieldMerge {
  let field: PartyField
  /// Those that share the attribute, in order of subject.
  let replicas: [PartyFacts.Replica]
  let policy: ContactPolicy.Conflict
  /// The system a person chose with `resolve`; nil: none.
  let use: SystemName?
  let accounting: SystemName
  let normal: PartyNormal
  let now: Instant
  let memory: PartyMemory.Field?

  /// Changes of source within this time count as flips, in seconds.
  static let flipWindow: Int64 = 7 * 86_400
  static let flipsAllowed = 3

  struct Outcome {
    /// Nil: nothing to remember.
    var memory: PartyMemory.Field?
    var writes: [Write] = []
    var problem: Problem?
    var values: [SystemName: String] = [:]
    /// Of a conflict; nil: there was none.
    var resolution: String?
    var source: SystemName?
  }

  struct Write {
    var replica: PartyFacts.Replica
    var value: PartyValue
    var note: String?
  }

  enum Problem {
    case conflict
    case flips(Int)
    case refused(Subject, String)
  }

  /// A value that might win.
  private struct Rival {
    var system: SystemName
    var subject: Subject
    var value: PartyValue
    var key: String
    var stamp: Int64
  }

  /// What a replica is to the value last agreed.
  private enum Standing {
    case inStep
    /// It holds the agreed value, but was not known to.
    case arrived
    /// Untouched since an earlier agreement, or new and empty.
    case behind
    /// A person changed it; `isStale` when without knowing the agreed value.
    case edited(isStale: Bool)
  }

  func run() -> Outcome {
    let standings = replicas.map(standing)
    if let (subject, why) = refusedEdit(standings) {
      if let chosen = chosen(), chosen.subject != subject {
        return change(to: chosen, standings, Outcome())
      }
      return Outcome(memory: memory, problem: .refused(subject, why))
    }
    let edits = edits(standings)
    guard let top = edits.first else { return settled(standings, winner: nil, Outcome()) }
    let keys = Set(edits.map(\.key))
    guard keys.count > 1 else { return change(to: newest(edits) ?? top, standings, Outcome()) }
    return clash(edits, standings)
  }

  private func standing(_ replica: PartyFacts.Replica) -> Standing {
    let current = replica.record.value(field)
    guard let memory else { return current.isEmpty ? .behind : .edited(isStale: false) }
    let isAgreed = says(current, memory.value, in: replica)
    guard let echo = memory.echo(of: replica.subject) else {
      if isAgreed { return .arrived }
      return current.isEmpty ? .behind : .edited(isStale: true)
    }
    if key(current) == key(echo.value) {
      return echo.revision == memory.revision ? .inStep : isAgreed ? .arrived : .behind
    }
    return isAgreed ? .arrived : .edited(isStale: echo.revision < memory.revision)
  }

  private func key(_ value: PartyValue) -> String { normal.key(field, value) }

  /// Whether a replica that holds `current` says `value`, as far as its system can.
  private func says(
    _ current: PartyValue, _ value: PartyValue, in replica: PartyFacts.Replica
  ) -> Bool {
    if key(current) == key(value) { return true }
    guard let fitted = PartyFit.of(value, field, in: replica.traits).value else { return false }
    return key(current) == key(fitted)
  }

  /// An edit no other system could take is shown and goes nowhere.
  private func refusedEdit(_ standings: [Standing]) -> (Subject, String)? {
    for (replica, standing) in zip(replicas, standings) {
      guard case .edited = standing else { continue }
      let fit = PartyFit.of(replica.record.value(field), field, in: replica.traits)
      if case .refused(let why) = fit { return (replica.subject, why) }
    }
    return nil
  }

  private func rival(_ replica: PartyFacts.Replica, _ value: PartyValue) -> Rival {
    Rival(
      system: replica.subject.system, subject: replica.subject, value: value, key: key(value),
      stamp: replica.record.modifiedAt?.milliseconds ?? .min)
  }

  /// The edits, and the agreed value where one of them was made without knowing it.
  private func edits(_ standings: [Standing]) -> [Rival] {
    var edits: [Rival] = []
    var isStale = false
    for (replica, standing) in zip(replicas, standings) {
      guard case .edited(let stale) = standing else { continue }
      edits.append(rival(replica, replica.record.value(field)))
      if stale { isStale = true }
    }
    if isStale, let memory {
      for (replica, standing) in zip(replicas, standings) {
        switch standing {
        case .inStep, .arrived: edits.append(rival(replica, memory.value))
        case .behind, .edited: continue
        }
      }
    }
    return withoutEchoes(edits)
  }

  /// A value that is another one as its system has to write it is no rival of it.
  private func withoutEchoes(_ edits: [Rival]) -> [Rival] {
    edits.filter { edit in
      guard let replica = replicas.first(where: { $0.subject == edit.subject }) else {
        return true
      }
      return !edits.contains { other in
        other.key != edit.key && says(edit.value, other.value, in: replica)
      }
    }
  }

  /// By the systems' own stamps; on a tie the accounting system wins.
  private func newest(_ rivals: [Rival]) -> Rival? {
    rivals.max { left, right in
      if left.stamp != right.stamp { return left.stamp < right.stamp }
      let (a, b) = (left.system == accounting, right.system == accounting)
      return a != b ? b : left.subject > right.subject
    }
  }

  private func clash(_ edits: [Rival], _ standings: [Standing]) -> Outcome {
    var outcome = Outcome()
    for edit in edits { outcome.values.add(edit.value.text, of: edit.system) }
    let own = edits.filter { $0.system == accounting }
    let others = edits.filter { $0.system != accounting }
    let winner: (Rival, String)?
    if let chosen = chosen() {
      winner = (chosen, "use")
    } else {
      switch policy {
      case .newest: winner = newest(edits).map { ($0, "newest") }
      case .accounting: winner = newest(own.isEmpty ? edits : own).map { ($0, "accounting") }
      case .crm: winner = newest(others.isEmpty ? edits : others).map { ($0, "crm") }
      case .hold: winner = nil
      }
    }
    guard let (rival, rule) = winner else {
      outcome.memory = memory
      outcome.problem = .conflict
      outcome.resolution = "hold"
      return outcome
    }
    outcome.resolution = "\(rule):\(rival.system)"
    return change(to: rival, standings, outcome)
  }

  /// What the system holds that a person chose.
  private func chosen() -> Rival? {
    guard let use else { return nil }
    return newest(
      replicas.filter { $0.subject.system == use }.map { rival($0, $0.record.value(field)) })
  }

  private func change(
    to winner: Rival, _ standings: [Standing], _ begun: Outcome
  ) -> Outcome {
    var outcome = begun
    var winner = winner
    var flips = self.flips(from: winner)
    if flips > Self.flipsAllowed {
      guard let chosen = chosen() else {
        outcome.memory = memory
        outcome.problem = .flips(flips)
        for replica in replicas {
          outcome.values.add(replica.record.value(field).text, of: replica.subject.system)
        }
        outcome.resolution = nil
        return outcome
      }
      winner = chosen
      flips = 0
    }
    var next = memory ?? PartyMemory.Field(value: winner.value, revision: 0)
    if memory == nil || key(next.value) != winner.key {
      next.advance(to: winner.value)
      next.flips = flips
      next.lastSource = winner.system
      next.lastChangedAt = now
    }
    if use != nil { next.flips = 0 }
    outcome.source = winner.system
    outcome.memory = next
    return settled(standings, winner: winner, outcome)
  }

  private func flips(from winner: Rival) -> Int {
    guard let memory, key(memory.value) != winner.key, let last = memory.lastSource,
      let at = memory.lastChangedAt
    else { return memory?.flips ?? 0 }
    guard now.seconds(since: at) <= Self.flipWindow else { return 0 }
    return last == winner.system ? memory.flips : memory.flips + 1
  }

  /// What each replica is to be told, and what it is remembered to hold.
  private func settled(
    _ standings: [Standing], winner: Rival?, _ begun: Outcome
  ) -> Outcome {
    var outcome = begun
    guard var next = outcome.memory ?? memory else { return outcome }
    for (replica, standing) in zip(replicas, standings) {
      let current = replica.record.value(field)
      let isWinner = winner.map { key(current) == $0.key } ?? false
      let isInStep = if case .inStep = standing { true } else { false }
      if isWinner || says(current, next.value, in: replica) {
        next.hear(replica.subject, current, at: next.revision)
        continue
      }
      if winner == nil || next.revision == memory?.revision, isInStep { continue }
      // Seen and overruled: not an edit a second time.
      if case .edited = standing {
        next.hear(replica.subject, current, at: next.revision - 1)
      } else if next.echoes[replica.subject] == nil {
        next.hear(replica.subject, current, at: next.revision - 1)
      }
      guard replica.mayWrite(field) else { continue }
      switch PartyFit.of(next.value, field, in: replica.traits) {
      case .fits(let value, let note):
        outcome.writes.append(Write(replica: replica, value: value, note: note))
      case .refused(let why): outcome.problem = .refused(replica.subject, why)
      }
    }
    outcome.memory = next
    return outcome
  }
}

extension [SystemName: String] {
  /// One system may have several records of a party: all their values are shown.
  fileprivate mutating func add(_ text: String, of system: SystemName) {
    guard let known = self[system] else {
      self[system] = text
      return
    }
    if !known.components(of: " | ").contains(text) { self[system] = known + " | " + text }
  }
}

extension String {
  fileprivate func components(of separator: String) -> [String] {
    split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}
