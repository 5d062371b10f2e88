import Foundation
import GRDB
import Snapshot

/// Puts a deliberate bug into the snapshot's file itself: every process that opens it has it.
enum SabotagedSnapshot {
  static func spoil(_ path: String, by bug: Sabotage) throws {
    guard let sql = bug.sql else { return }
    // The tables must be there first.
    try SnapshotStore(path: path).close()
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: sql) }
    try queue.close()
  }
}
