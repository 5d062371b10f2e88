package import Domain
internal import GRDB

/// What we remember of a deal beside its record.
package struct DealState: Hashable, Sendable {
  /// What the deal looked like when its invoice was last made or revised.
  package var invoicedContent: String?
  /// Raised when a person asks for a new invoice after a void.
  package var revision: Int
  package var isIgnored: Bool
  package var movedToStage: String?
  /// The relations as last checked; nil: not under the rolling check.
  package var relationsDigest: String?
  /// Hold codes a person released.
  package var released: Set<HoldCode>

  package init() {
    revision = 0
    isIgnored = false
    released = []
  }
}

extension SnapshotReader {
  package func dealState(_ subject: Subject) throws -> DealState {
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT * FROM deal_state WHERE subject = ?"),
      arguments: [subject.description])
    guard let row else { return DealState() }
    var state = DealState()
    state.invoicedContent = row["invoiced_content"]
    state.revision = row["revision"]
    state.isIgnored = row["is_ignored"]
    state.movedToStage = row["moved_to_stage"]
    state.relationsDigest = row["relations_digest"]
    state.released = Set(
      try Stored.decode(
        [HoldCode].self, from: row["released"], table: "deal_state", key: subject.description))
    return state
  }

  /// Deals of a CRM whose relations were checked longest ago.
  package func dealsToCheck(of crm: SystemName, most: Int) throws -> [Subject] {
    try String.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT subject FROM deal_state
          WHERE relations_digest IS NOT NULL AND subject >= ? AND subject < ?
          ORDER BY relations_run, subject LIMIT ?
          """),
      arguments: ["\(crm):deal:", "\(crm):deal;", most]
    ).compactMap { Subject($0) }
  }

  /// Keys of the alerts already sent for a deal.
  package func alerts(of deal: Subject) throws -> Set<String> {
    Set(
      try String.fetchAll(
        db.cachedStatement(sql: "SELECT key FROM alert WHERE subject = ?"),
        arguments: [deal.description]))
  }
}

extension SnapshotWriter {
  package func setDealState(_ state: DealState, of subject: Subject) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO deal_state
          (subject, invoiced_content, revision, is_ignored, moved_to_stage, relations_digest,
           released)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (subject) DO UPDATE SET
          invoiced_content = excluded.invoiced_content, revision = excluded.revision,
          is_ignored = excluded.is_ignored, moved_to_stage = excluded.moved_to_stage,
          relations_digest = excluded.relations_digest, released = excluded.released
        """
    ).execute(arguments: [
      subject.description, state.invoicedContent, state.revision, state.isIgnored,
      state.movedToStage, state.relationsDigest, try Stored.encode(state.released.sorted()),
    ])
  }

  /// Changes what is remembered of a deal.
  package func updateDealState(
    _ subject: Subject, _ change: (inout DealState) -> Void
  ) throws {
    var state = try reader.dealState(subject)
    change(&state)
    try setDealState(state, of: subject)
  }

  /// The relations were checked in this run.
  package func markRelationsChecked(_ subject: Subject, run: Int64) throws {
    try db.cachedStatement(sql: "UPDATE deal_state SET relations_run = ? WHERE subject = ?")
      .execute(arguments: [run, subject.description])
  }

  package func recordAlert(_ key: String, of deal: Subject, at now: Instant) throws {
    try db.cachedStatement(
      sql: "INSERT OR IGNORE INTO alert (key, subject, sent_at) VALUES (?, ?, ?)"
    ).execute(arguments: [key, deal.description, now.milliseconds])
  }
}

extension HoldCode: Comparable {
  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension SnapshotWriter {
  /// A party was merged into another: its links go to the survivor.
  package func rekey(party old: Subject, to new: Subject) throws {
    guard old != new else { return }
    try rekeyMemory(of: old, to: new)
    for stored in try reader.links(of: old) {
      let link = stored.link
      _ = try unlink(link.left, link.right)
      let left = link.left == old ? new : link.left
      let right = link.right == old ? new : link.right
      try self.link(
        Link(left: left, right: right, role: link.role), by: stored.by, at: stored.since)
    }
    try db.cachedStatement(sql: "UPDATE OR IGNORE deal_party SET party = ? WHERE party = ?")
      .execute(arguments: [new.description, old.description])
  }
}
