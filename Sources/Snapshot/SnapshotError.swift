/// Why the snapshot cannot be used. Each case says what to do now; all end a pass with exit 74.
package enum SnapshotError: Error, Hashable, Sendable, CustomStringConvertible {
  case directoryMissing(path: String, reason: String)
  case readOnly(path: String)
  case diskFull(path: String)
  case busy(path: String)
  case corrupt(path: String, reason: String)
  /// A SQLite file of another program.
  case foreign(path: String)
  case newerSchema(path: String, unknown: [String])
  /// A stored value that this version cannot read.
  case unreadableValue(table: String, key: String)
  case failed(path: String, reason: String)

  package var description: String {
    switch self {
    case .directoryMissing(let path, let reason):
      "The snapshot \(path) cannot be created: \(reason). Create its directory, or set `state` "
        + "in the configuration to a place this user may write."
    case .readOnly(let path):
      "The snapshot \(path) is read-only. Give this user write permission to the file and its "
        + "directory; nothing was sent to any system."
    case .diskFull(let path):
      "The disk that holds \(path) is full. Free some space and run again; what was done is in "
        + "the journal."
    case .busy(let path):
      "Another program keeps \(path) locked (a backup tool?). Run again when it is done."
    case .corrupt(let path, let reason):
      "The snapshot \(path) is damaged (\(reason)). Keep the file, move it aside, and restore a "
        + "backup or run `xerosync rebuild`: marks in the systems prevent duplicates."
    case .foreign(let path):
      "\(path) is a database of another program. Set `state` in the configuration to another "
        + "file."
    case .newerSchema(let path, let unknown):
      "The snapshot \(path) was written by a newer xerosync (\(unknown.joined(separator: ", "))). "
        + "Install that version again, or restore a backup from before the upgrade."
    case .unreadableValue(let table, let key):
      "The snapshot holds a value in \(table) for \(key) that this version cannot read. Run "
        + "`xerosync run --full` to read it anew."
    case .failed(let path, let reason):
      "The snapshot \(path) cannot be used: \(reason)."
    }
  }
}
