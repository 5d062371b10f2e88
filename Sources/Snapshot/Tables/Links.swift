package import Domain
internal import GRDB

/// A link with who made it and when.
package struct StoredLink: Hashable, Sendable {
  package var link: Link
  /// `pass`, `hand`, `dedupe`, `recovery` …
  package var by: String
  package var since: Instant
}

extension SnapshotWriter {
  /// Makes a link, or replaces its role; an existing equal link keeps since when it is one, and
  /// who made it unless a person makes it theirs.
  package func link(_ link: Link, by: String, at now: Instant) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO link ("left", "right", role, by, since) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT ("left", "right") DO UPDATE SET role = excluded.role,
          by = CASE WHEN excluded.by = 'hand' THEN excluded.by ELSE link.by END
        """
    ).execute(arguments: [
      link.left.description, link.right.description, try Stored.encode(link.role), by,
      now.milliseconds,
    ])
  }

  /// Removes a link in either direction; false when there was none.
  package func unlink(_ a: Subject, _ b: Subject) throws -> Bool {
    try db.cachedStatement(
      sql: """
        DELETE FROM link
        WHERE ("left" = ? AND "right" = ?) OR ("left" = ? AND "right" = ?)
        """
    ).execute(arguments: [a.description, b.description, b.description, a.description])
    return db.changesCount > 0
  }
}

extension SnapshotReader {
  /// Links that name the subject on either side, in a stable order.
  package func links(of subject: Subject) throws -> [StoredLink] {
    try links(
      sql: """
        SELECT * FROM link WHERE "left" = ?1 OR "right" = ?1 ORDER BY "left", "right"
        """, [subject.description])
  }

  package func allLinks() throws -> [StoredLink] {
    try links(sql: #"SELECT * FROM link ORDER BY "left", "right""#, [])
  }

  package func linkCount() throws -> Int {
    try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM link") ?? 0
  }

  private func links(sql: String, _ arguments: StatementArguments) throws -> [StoredLink] {
    try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments).map { row in
      let left: String = row["left"]
      let right: String = row["right"]
      guard let leftSubject = Subject(left), let rightSubject = Subject(right) else {
        throw SnapshotError.unreadableValue(table: "link", key: "\(left) \(right)")
      }
      let role = try Stored.decode(
        Link.Role.self, from: row["role"], table: "link", key: "\(left) \(right)")
      return StoredLink(
        link: Link(left: leftSubject, right: rightSubject, role: role), by: row["by"],
        since: Instant(milliseconds: row["since"]))
    }
  }
}
