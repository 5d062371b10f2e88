import GRDB

@testable import Snapshot

/// What a test looks at, or breaks, behind the back of the store.
extension SnapshotStore {
  /// SQLite's `synchronous` setting as the store's own connection has it.
  func durability() throws -> Int {
    try read { try Int.fetchOne($0.db, sql: "PRAGMA synchronous") ?? 0 }
  }

  func spoil(_ sql: String) throws {
    let raw = try DatabaseQueue(path: path)
    try raw.write { try $0.execute(sql: sql) }
    try raw.close()
  }
}
