package import Domain
internal import GRDB

/// Something a person decided by hand.
package struct StoredDecision: Hashable, Sendable {
  package var at: Instant
  package var subject: Subject
  /// What was decided, as the rest of a sentence about the subject.
  package var words: String
}

extension SnapshotWriter {
  package func recordDecision(_ words: String, on subject: Subject, at now: Instant) throws {
    try db.execute(
      sql: "INSERT INTO decision (at, subject, words) VALUES (?, ?, ?)",
      arguments: [now.milliseconds, subject.description, words])
  }
}

extension SnapshotReader {
  /// What people decided about a subject (nil: about all), oldest first.
  package func decisions(
    of subject: Subject? = nil, since: Instant? = nil
  ) throws -> [StoredDecision] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT at, subject, words FROM decision
        WHERE (?1 IS NULL OR subject = ?1) AND at >= ?2 ORDER BY seq
        """,
      arguments: [subject?.description, since?.milliseconds ?? 0]
    ).map { row in
      let text: String = row[1]
      guard let subject = Subject(text) else {
        throw SnapshotError.unreadableValue(table: "decision", key: text)
      }
      return StoredDecision(
        at: Instant(milliseconds: row[0]), subject: subject, words: row[2])
    }
  }
}
