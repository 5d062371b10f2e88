package import Domain
package import Snapshot

/// Carries decisions out: links are journalled as a run of their own, so that `undo` finds them.
package struct DecisionDesk {
  let store: SnapshotStore
  let accounting: SystemName
  let now: Instant

  package init(store: SnapshotStore, accounting: SystemName, now: Instant) {
    self.store = store
    self.accounting = accounting
    self.now = now
  }

  /// What came of it.
  package struct Applied: Sendable {
    /// The run that `undo` takes; nil: no link was made.
    package var run: Int64?
    package var links: [Link] = []
    /// Pairs that are two customers.
    package var different = 0
    /// Pairs to be merged in their own system.
    package var merges: [(left: Subject, right: Subject)] = []
    /// Decisions that were known already.
    package var unchanged = 0
  }

  // MARK: checking

  /// What is wrong with a decision; nil when it can be carried out.
  package func problem(_ decision: Decision) throws(SnapshotError) -> String? {
    var subjects: [Subject] = []
    for text in [decision.left, decision.right] {
      guard let subject = Subject(text), subject.kind.isParty else {
        return "“\(text)” is no company, person or contact"
      }
      subjects.append(subject)
    }
    let (left, right) = (subjects[0], subjects[1])
    if let message = Self.misfit(decision.verdict, left, right, accounting) { return message }
    return try store.read { reader in
      for subject in subjects where try reader.headDigest(of: subject) == nil {
        return "\(subject) is not known here; it was deleted, or its id was changed"
      }
      let isLinked = try reader.links(of: left).contains {
        $0.link.left == right || $0.link.right == right
      }
      if decision.verdict == .different, isLinked {
        return "\(left) and \(right) are linked; `xerosync unlink \(left) \(right)` first"
      }
      return nil
    }
  }

  private static func misfit(
    _ verdict: Decision.Verdict, _ left: Subject, _ right: Subject, _ accounting: SystemName
  ) -> String? {
    switch verdict {
    case .different: return nil
    case .merge:
      if left.system == right.system { return nil }
      return "\(left) and \(right) are in two systems: they are linked, not merged; write link"
    case .link:
      if left.system == right.system { return nil }
      if (left.system == accounting) != (right.system == accounting) { return nil }
      return "\(left) and \(right) are both outside \(accounting): link each with its contact"
    }
  }

  // MARK: doing

  /// One transaction: all of it or nothing.
  ///
  /// - Parameter run: the run the links belong to; nil: one of their own.
  package func apply(
    _ decisions: [Decision], run: Int64? = nil
  ) throws(SnapshotError) -> Applied {
    try store.write { writer in
      var applied = Applied()
      applied.run = run
      var inside: [(Subject, Subject)] = []
      for decision in Self.ordered(decisions) {
        guard let a = Subject(decision.left), let b = Subject(decision.right) else { continue }
        switch decision.verdict {
        case .different: try setApart(a, b, writer, &applied)
        case .link, .merge:
          if a.system == b.system {
            inside.append((min(a, b), max(a, b)))
          } else {
            let (record, contact) = a.system == accounting ? (b, a) : (a, b)
            try link(record, contact, "decided in dedupe", at: now, writer, &applied)
          }
        }
      }
      // One party: what the one is linked to, the other is too.
      for (a, b) in inside { try join(a, b, writer, &applied) }
      if let run = applied.run {
        try writer.endRun(run, outcome: "ok", exitCode: 0, report: nil, at: now)
      }
      return applied
    }
  }

  /// The same decisions give the same journal, however their rows were sorted.
  private static func ordered(_ decisions: [Decision]) -> [Decision] {
    decisions.sorted { ($0.left, $0.right) < ($1.left, $1.right) }
  }

  private func setApart(
    _ a: Subject, _ b: Subject, _ writer: SnapshotWriter, _ applied: inout Applied
  ) throws {
    guard try !writer.reader.isApart(a, b) else {
      applied.unchanged += 1
      return
    }
    try writer.setApart(a, b, true)
    try writer.setSame(a, b, false)
    for subject in [a, b] { try writer.markPartyDirty(subject, because: "told apart") }
    applied.different += 1
  }

  private func join(
    _ a: Subject, _ b: Subject, _ writer: SnapshotWriter, _ applied: inout Applied
  ) throws {
    let isNew = try writer.setSame(a, b, true)
    try writer.setApart(a, b, false)
    applied.merges.append((a, b))
    if !isNew { applied.unchanged += 1 }
    for (one, other) in [(a, b), (b, a)] {
      for stored in try writer.reader.links(of: one) where stored.link.role == .party {
        let partner = stored.link.left == one ? stored.link.right : stored.link.left
        let (record, contact) = one.system == accounting ? (partner, other) : (other, partner)
        guard try !isLinked(record, contact, writer.reader) else { continue }
        // The contact linked first is the one that is billed: this one comes after it.
        let later = Instant(milliseconds: now.milliseconds + 1)
        try link(record, contact, "the same customer as \(one)", at: later, writer, &applied)
      }
    }
  }

  private func isLinked(
    _ record: Subject, _ contact: Subject, _ reader: SnapshotReader
  ) throws -> Bool {
    try reader.links(of: record).contains {
      $0.link.left == record && $0.link.right == contact && $0.link.role == .party
    }
  }

  private func link(
    _ record: Subject, _ contact: Subject, _ why: String, at since: Instant,
    _ writer: SnapshotWriter, _ applied: inout Applied
  ) throws {
    guard try !isLinked(record, contact, writer.reader) else {
      applied.unchanged += 1
      return
    }
    let run = try applied.run ?? writer.beginRun(at: now)
    applied.run = run
    let link = Link(left: record, right: contact, role: .party)
    let operation = try operation(link, why, writer.reader)
    try writer.plan(operation, run: run, at: now)
    try writer.link(link, by: "dedupe", at: since)
    try writer.setApart(record, contact, false)
    try PartyDesk(writer: writer).linked(link)
    for deal in try writer.reader.deals(of: record) {
      try writer.markDirty(deal, because: "linked by dedupe")
    }
    try writer.settle(operation.id, as: .applied, at: now)
    applied.links.append(link)
  }

  private func operation(
    _ link: Link, _ why: String, _ reader: SnapshotReader
  ) throws -> Operation {
    let name = try reader.party(link.left)?.name ?? link.left.id
    let contact = try reader.party(link.right)?.name ?? link.right.id
    return Operation(
      id: OperationID(hashing: ["link", link.left.description, link.right.description]),
      action: .link, system: accounting, object: .link, subject: link.left, effect: .link(link),
      summary: "“\(name)” is contact “\(contact)” (\(why))",
      changes: [FieldChange(field: "link", from: nil, to: link.right.description)])
  }
}
