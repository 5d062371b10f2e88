package import Domain
internal import GRDB

/// What a person said about two records of one system.
extension SnapshotWriter {
  /// Two records of one system are (not) the same customer; true when that is news.
  @discardableResult
  package func setSame(_ a: Subject, _ b: Subject, _ isSame: Bool) throws -> Bool {
    let arguments: StatementArguments = [min(a, b).description, max(a, b).description]
    try db.execute(
      sql: isSame
        ? #"INSERT OR IGNORE INTO party_same ("left", "right") VALUES (?, ?)"#
        : #"DELETE FROM party_same WHERE "left" = ? AND "right" = ?"#,
      arguments: arguments)
    return db.changesCount > 0
  }
}

extension SnapshotReader {
  /// Pairs of records that a person said are not the same, in order.
  package func apartPairs() throws -> [(left: Subject, right: Subject)] {
    try pairs(sql: #"SELECT "left", "right" FROM party_apart ORDER BY "left", "right""#)
  }

  /// Pairs of one system that a person said are the same customer, in order; pairs of which one
  /// was merged away or deleted since are left out.
  package func sameParties() throws -> [(left: Subject, right: Subject)] {
    try pairs(sql: #"SELECT "left", "right" FROM party_same ORDER BY "left", "right""#)
      .filter { pair in
        try [pair.left, pair.right].allSatisfy { try party($0)?.status == .active }
      }
  }

  private func pairs(sql: String) throws -> [(left: Subject, right: Subject)] {
    try Row.fetchAll(db, sql: sql).compactMap { row in
      guard let left = Subject(row[0] as String), let right = Subject(row[1] as String) else {
        return nil
      }
      return (left, right)
    }
  }
}
