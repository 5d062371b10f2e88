package import Domain
internal import GRDB

/// An operation as the journal holds it.
package struct JournalEntry: Hashable, Sendable {
  package var sequence: Int64
  package var run: Int64
  package var operation: Operation
  package var state: OperationState
  package var attempts: Int
  package var plannedAt: Instant
  package var sentAt: Instant?
  package var settledAt: Instant?
  package var externalID: String?
  /// What the system answered, shortened, or why it ended as it did.
  package var answer: String?
}

extension SnapshotWriter {
  /// Records the intent. One planned before and never sent is taken over by this run; one whose
  /// outcome is open is left as it is.
  package func plan(_ operation: Operation, run: Int64, at now: Instant) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO operation (id, run, state, action, system, object, subject, body, planned_at)
        VALUES (?, ?, 'planned', ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) WHERE state IN ('planned', 'sent', 'unknown') DO UPDATE SET
          run = excluded.run, body = excluded.body WHERE operation.state = 'planned'
        """
    ).execute(arguments: [
      operation.id.rawValue, run, operation.action.rawValue, operation.system.rawValue,
      operation.object.rawValue, operation.subject.description, try Stored.encode(operation),
      now.milliseconds,
    ])
  }

  /// The request is about to leave. Committed before it does.
  package func markSent(_ ids: [OperationID], at now: Instant) throws {
    for id in ids {
      try db.cachedStatement(
        sql: """
          UPDATE operation SET state = 'sent', sent_at = ?, attempts = attempts + 1
          WHERE id = ? AND state IN ('planned', 'unknown')
          """
      ).execute(arguments: [now.milliseconds, id.rawValue])
      guard db.changesCount == 1 else {
        throw SnapshotError.unreadableValue(table: "operation", key: id.rawValue)
      }
    }
  }

  /// The effect of an operation as it was sent, where it differs from the plan (a contact that
  /// an earlier operation created is known now).
  package func replaceBody(_ operation: Operation) throws {
    try db.cachedStatement(
      sql: """
        UPDATE operation SET body = ?
        WHERE id = ? AND state IN ('planned', 'sent', 'unknown')
        """
    ).execute(arguments: [try Stored.encode(operation), operation.id.rawValue])
  }

  /// Ends an open operation, or leaves it to be looked up (`unknown`), or takes it back to
  /// `planned` because nothing was sent.
  package func settle(
    _ id: OperationID, as state: OperationState, externalID: String? = nil, answer: String? = nil,
    at now: Instant
  ) throws {
    let settled: Int64? =
      switch state {
      case .applied, .refused, .withdrawn: now.milliseconds
      case .planned, .sent, .unknown: nil
      }
    try db.cachedStatement(
      sql: """
        UPDATE operation SET state = ?, external_id = COALESCE(?, external_id), answer = ?,
          settled_at = ?
        WHERE id = ? AND state IN ('planned', 'sent', 'unknown')
        """
    ).execute(arguments: [
      state.rawValue, externalID, answer.map { String($0.prefix(2000)) }, settled, id.rawValue,
    ])
  }
}

extension SnapshotReader {
  /// Operations not settled yet, oldest first.
  package func openOperations() throws -> [JournalEntry] {
    try entries(
      where: "state IN ('planned', 'sent', 'unknown')", order: "seq", [])
  }

  package func openOperations(of subject: Subject) throws -> [JournalEntry] {
    try entries(
      where: "subject = ? AND state IN ('planned', 'sent', 'unknown')", order: "seq",
      [subject.description])
  }

  /// Everything ever done for a subject (or by it), newest last; nil: for all subjects.
  package func history(
    of subject: Subject? = nil, since: Instant? = nil, run: Int64? = nil, limit: Int = 100_000
  ) throws -> [JournalEntry] {
    var conditions: [String] = []
    var arguments: StatementArguments = []
    if let subject {
      conditions.append("(subject = ? OR external_id = ?)")
      arguments += [subject.description, subject.id]
    }
    if let since {
      conditions.append("COALESCE(settled_at, sent_at, planned_at) >= ?")
      arguments += [since.milliseconds]
    }
    if let run {
      conditions.append("run = ?")
      arguments += [run]
    }
    let condition = conditions.isEmpty ? "1" : conditions.joined(separator: " AND ")
    return try entries(
      where: condition, order: "seq DESC LIMIT \(limit)", arguments
    ).reversed()
  }

  package func operation(_ id: OperationID) throws -> JournalEntry? {
    try entries(where: "id = ?", order: "seq DESC LIMIT 1", [id.rawValue]).first
  }

  private func entries(
    where condition: String, order: String, _ arguments: StatementArguments
  ) throws -> [JournalEntry] {
    try Row.fetchAll(
      db.cachedStatement(sql: "SELECT * FROM operation WHERE \(condition) ORDER BY \(order)"),
      arguments: arguments
    ).map(Self.entry)
  }

  private static func entry(_ row: Row) throws -> JournalEntry {
    let id: String = row["id"]
    guard let state = OperationState(rawValue: row["state"]) else {
      throw SnapshotError.unreadableValue(table: "operation", key: id)
    }
    return JournalEntry(
      sequence: row["seq"], run: row["run"],
      operation: try Stored.decode(
        Operation.self, from: row["body"], table: "operation", key: id),
      state: state, attempts: row["attempts"],
      plannedAt: Instant(milliseconds: row["planned_at"]),
      sentAt: (row["sent_at"] as Int64?).map(Instant.init(milliseconds:)),
      settledAt: (row["settled_at"] as Int64?).map(Instant.init(milliseconds:)),
      externalID: row["external_id"], answer: row["answer"])
  }
}
