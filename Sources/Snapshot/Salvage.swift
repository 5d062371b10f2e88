internal import Foundation
internal import GRDB

/// What an old snapshot file still gives, when a new one is made: the things that no system
/// remembers.
package struct Salvage: Hashable, Sendable {
  /// Rows by table, of tables that could be read whole.
  package var rows: [String: Int] = [:]
  /// Tables that could not be read.
  package var lost: [String] = []

  /// Tables in the order they are filled. Links by hand, decisions, alerts and the journal are in
  /// no system; records, cursors and lists are read anew.
  fileprivate static let tables: [(name: String, condition: String)] = [
    ("meta", "key = 'organisation' OR key LIKE 'account:%'"),
    ("run", "1"), ("operation", "1"), ("conflict", "1"),
    ("link", "by NOT IN ('pass', 'mark', 'recovery')"),
    ("party_apart", "1"), ("party_same", "1"), ("deal_state", "1"), ("alert", "1"),
    ("decision", "1"), ("merged_deal", "1"),
    ("cache", "key LIKE 'budget:%' OR key = 'operator-notices'"),
  ]
}

extension SnapshotStore {
  /// Takes over what another snapshot file still gives. The other file must be a copy: it is
  /// migrated by being opened. What is there already stays.
  package func salvage(from path: String) throws(SnapshotError) -> Salvage {
    var salvage = Salvage()
    do {
      try SnapshotStore(path: path).close()
    } catch {
      salvage.lost = Salvage.tables.map(\.name)
      return salvage
    }
    for (table, condition) in Salvage.tables {
      do { salvage.rows[table] = try copy(table, where: condition, from: path) } catch {
        salvage.lost.append(table)
      }
    }
    return salvage
  }

  private func copy(
    _ table: String, where condition: String, from path: String
  ) throws -> Int {
    var configuration = GRDB.Configuration()
    configuration.readonly = true
    let old = try DatabaseQueue(path: path, configuration: configuration)
    defer { try? old.close() }
    let rows = try old.read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM \(table) WHERE \(condition)")
    }
    return try write { writer in
      for row in rows {
        let columns = row.columnNames.map { "\"\($0)\"" }.joined(separator: ", ")
        let marks = databaseQuestionMarks(count: row.count)
        try writer.db.execute(
          sql: "INSERT OR IGNORE INTO \(table) (\(columns)) VALUES (\(marks))",
          arguments: StatementArguments(row.databaseValues))
      }
      return rows.count
    }
  }
}
