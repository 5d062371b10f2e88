package import Foundation
package import Sandbox
import Snapshot
import Synchronization
package import Transport

/// A boundary at which a pass can be looked at, disturbed or killed.
package enum Seam: Sendable, Hashable {
  /// The request has not left.
  case willSend(SandboxRequest)
  /// The vendor has done what it was asked; the answer has not been read.
  case didSend(SandboxRequest, status: Int)
  /// A transaction of the snapshot is durable.
  case didCommit
  /// A token is durable.
  case didKeepToken

  package var isRequest: Bool {
    switch self {
    case .willSend, .didSend: true
    case .didCommit, .didKeepToken: false
    }
  }

  /// Short, for messages of failing tests.
  package var name: String {
    switch self {
    case .willSend(let request): "before \(request.method) \(request.path)"
    case .didSend(let request, let status):
      "after \(request.method) \(request.path) → \(status)"
    case .didCommit: "after a commit"
    case .didKeepToken: "after a token was stored"
    }
  }
}

/// What is to happen at a seam.
package enum Ruling: Sendable {
  case go
  /// The process is dead from here on, as `kill -9` leaves it.
  case die
  /// Instead of the request, or of its answer.
  case fail(HTTPFailure)
}

/// One process: it sees its seams counted, and it can die at one of them. Once dead it reaches
/// neither the vendors nor the snapshot that was saved from it.
final class Incarnation: Sendable {
  private struct State {
    var isAlive = true
    var seams: [Seam] = []
    var legacy: String?
  }

  private let state = Mutex(State())
  private let snapshot: String
  private let rule: @Sendable (Int, Seam) -> Ruling

  /// - Parameter rule: is asked at each seam, which are counted from 0.
  init(snapshot: String, rule: @escaping @Sendable (Int, Seam) -> Ruling) {
    self.snapshot = snapshot
    self.rule = rule
  }

  var isAlive: Bool { state.withLock { $0.isAlive } }
  var seams: [Seam] { state.withLock { $0.seams } }
  /// The snapshot as it was in the moment of death; nil while alive.
  var legacy: String? { state.withLock { $0.legacy } }

  /// The ruling at a seam; nil for a process that is dead already or dies here.
  func pass(_ seam: Seam) -> Ruling? {
    let index: Int? = state.withLock { state in
      guard state.isAlive else { return nil }
      state.seams.append(seam)
      return state.seams.count - 1
    }
    guard let index else { return nil }
    let ruling = rule(index, seam)
    guard case .die = ruling else { return ruling }
    die()
    return nil
  }

  private func die() {
    let copy = snapshot + "-\(state.withLock { $0.seams.count })"
    SnapshotFiles.copy(snapshot, to: copy)
    state.withLock {
      $0.isAlive = false
      $0.legacy = copy
    }
  }
}

/// The files a snapshot consists of.
package enum SnapshotFiles {
  /// The write-ahead log belongs to the file; the shared-memory index is made anew.
  package static func copy(_ path: String, to target: String) {
    let files = FileManager.default
    for suffix in ["", "-wal"] {
      try? files.removeItem(atPath: target + suffix)
      try? files.copyItem(atPath: path + suffix, toPath: target + suffix)
    }
  }

  package static func remove(_ path: String) {
    for suffix in ["", "-wal", "-shm", ".lock"] {
      try? FileManager.default.removeItem(atPath: path + suffix)
    }
  }

  /// The bytes of every file of a directory by name.
  package static func contents(of directory: String) -> [String: Data] {
    let files = FileManager.default
    var all: [String: Data] = [:]
    for name in (try? files.contentsOfDirectory(atPath: directory)) ?? [] {
      all[name] = files.contents(atPath: directory + "/" + name)
    }
    return all
  }
}
