import ConfigurationFile
import Domain
import Engine
import Foundation
import Snapshot

/// What became of a `rebuild`.
struct RebuildResult {
  var outcome: Rebuild.Outcome
  /// nil: there was no old snapshot.
  var salvage: Salvage?
  /// Where the old snapshot is kept; nil: there was none, or nothing was changed.
  var keptAs: String?
  /// What the next pass would do; only a dry run looks.
  var next: PassReport?
}

extension PassRunner {
  /// Makes the snapshot anew beside the old one and puts it in its place; a dry run throws it
  /// away.
  func rebuild(isDryRun: Bool) async throws -> RebuildResult {
    let lock = try takeLock(creating: !isDryRun)
    defer { withExtendedLifetime(lock) {} }
    guard isDryRun else {
      let draft = configuration.statePath + ".rebuild"
      Self.remove(draft)
      defer { Self.remove(draft) }
      var result = try await rebuilt(at: draft)
      if result.outcome.isComplete { result.keptAs = try replace(with: draft) }
      return result
    }
    return try await Scratch.use { directory in
      let path = directory.appendingPathComponent("rebuilt.sqlite").path
      var result = try await rebuilt(at: path)
      guard result.outcome.isComplete else { return result }
      let store = try SnapshotStore(path: path)
      defer { try? store.close() }
      var options = PassOptions()
      options.isDryRun = true
      result.next = try await Pass(environment: try environment(on: store), options: options)
        .run(on: store)
      return result
    }
  }

  private func rebuilt(at path: String) async throws -> RebuildResult {
    let store = try SnapshotStore(path: path)
    defer { try? store.close() }
    try? FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    let salvage = try await salvage(into: store)
    let environment = try environment(on: store)
    let outcome = try await heeding(environment.systems) {
      try await Rebuild(environment: environment).run(on: store)
    }
    try store.checkpoint()
    return RebuildResult(outcome: outcome, salvage: salvage)
  }

  /// Opening the old file would migrate it, or fail over it: a copy is opened.
  private func salvage(into store: SnapshotStore) async throws -> Salvage? {
    guard FileManager.default.fileExists(atPath: configuration.statePath) else { return nil }
    return try await WorkingCopy(of: configuration.statePath).use { copy in
      try store.salvage(from: copy)
    }
  }

  /// Moves the old files aside and the new one into their place.
  private func replace(with draft: String) throws -> String? {
    let files = FileManager.default
    let path = configuration.statePath
    var kept: String?
    if files.fileExists(atPath: path) {
      let stamp = workplace.now.description.replacing(":", with: "").prefix(15)
      let name = "\(path).before-rebuild-\(stamp)"
      for suffix in ["-wal", "-shm", ""] where files.fileExists(atPath: path + suffix) {
        try move(path + suffix, to: name + suffix)
      }
      kept = name
    }
    try move(draft, to: path)
    return kept
  }

  private func move(_ from: String, to target: String) throws {
    guard rename(from, target) == 0 else {
      throw Failure(
        .snapshotUnusable,
        "\(from) cannot be renamed to \(target): \(String(cString: strerror(errno))). Give this "
          + "user write permission to the directory, then run `xerosync rebuild` again.")
    }
  }

  private static func remove(_ path: String) {
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: path + suffix)
    }
  }
}
