import GRDB
import Snapshot

/// What a test looks at, or breaks, behind the back of the store.
extension SnapshotStore {
  func spoil(_ sql: String) throws {
    let raw = try DatabaseQueue(path: path)
    try raw.write { try $0.execute(sql: sql) }
    try raw.close()
  }
}
