internal import Foundation
internal import GRDB

/// What a look at a snapshot file shows; the file is not changed by it.
package struct SnapshotInspection: Hashable, Sendable {
  /// What SQLite finds wrong with the file, a few lines at most; empty: it is sound.
  package var flaws: [String]
  /// Bytes of the file, its write-ahead log not counted.
  package var bytes: Int
  /// Bytes inside it that hold nothing.
  package var freeBytes: Int
  /// Whether the next command will migrate it.
  package var isOlder: Bool
  /// The accounts each system was signed in to at the first pass, by key of `meta`.
  package var accounts: [String: String]
  /// The reports of the newest passes, newest first.
  package var reports: [String]

  /// Opens the file for reading only and looks through all of it.
  ///
  /// - Throws: `SnapshotError` when it is no snapshot of ours, newer, or cannot be read.
  package static func of(_ path: String) throws(SnapshotError) -> SnapshotInspection {
    do {
      try SnapshotStore.refuseForeignFile(at: path)
      var configuration = GRDB.Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(5)
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try SnapshotStore.checkIdentity(of: queue, path: path)
      let inspection = try queue.read { try SnapshotInspection($0) }
      try queue.close()
      return inspection
    } catch let error as SnapshotError {
      throw error
    } catch {
      throw SnapshotStore.translate(error, path: path)
    }
  }

  private init(_ db: Database) throws {
    let said = try String.fetchAll(db, sql: "PRAGMA integrity_check(5)")
    flaws = said == ["ok"] ? [] : said
    let page = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
    bytes = page * (try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0)
    freeBytes = page * (try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0)
    isOlder = try !Migrations.all.hasCompletedMigrations(db)
    accounts = [:]
    reports = []
    guard try db.tableExists("run") else { return }
    for row in try Row.fetchAll(
      db, sql: "SELECT key, value FROM meta WHERE key = 'organisation' OR key LIKE 'account:%'")
    {
      accounts[row["key"]] = row["value"]
    }
    reports = try String.fetchAll(
      db, sql: "SELECT report FROM run WHERE report IS NOT NULL ORDER BY run DESC LIMIT 50")
  }
}
