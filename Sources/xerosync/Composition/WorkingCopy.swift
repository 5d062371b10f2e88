import Engine
import Foundation

/// A directory of this user's own that is gone afterwards.
enum Scratch {
  static func use<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("xerosync-dry-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(
        at: directory, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch {
      throw Failure(
        .snapshotUnusable,
        "A dry run needs some space in \(directory.deletingLastPathComponent().path), which "
          + "cannot be written. Set TMPDIR to a place that can.")
    }
    defer { try? FileManager.default.removeItem(at: directory) }
    return try await body(directory)
  }
}

/// A copy of a snapshot for a dry run: everything may happen to it, and nothing of it stays.
struct WorkingCopy {
  let original: String

  init(of original: String) { self.original = original }

  func use<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    try await Scratch.use { directory in
      let copy = directory.appendingPathComponent("snapshot.sqlite").path
      // The write-ahead log belongs to the file; the shared-memory index is rebuilt.
      for suffix in ["", "-wal"]
      where FileManager.default.fileExists(atPath: original + suffix) {
        do {
          try FileManager.default.copyItem(atPath: original + suffix, toPath: copy + suffix)
          try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: copy + suffix)
        } catch {
          throw Failure(
            .snapshotUnusable,
            "The snapshot \(original) cannot be copied for the dry run: "
              + "it cannot be read, or \(directory.path) is full.")
        }
      }
      return try await body(copy)
    }
  }
}
