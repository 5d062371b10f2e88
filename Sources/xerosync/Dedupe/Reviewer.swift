import Engine
import Foundation
import Synchronization

/// Has a person go through the list, in the browser or in the terminal. Answers are kept in a
/// draft file as they are given, so that nothing is lost when the machine or the person stops.
struct Reviewer {
  let workplace: Workplace
  /// Where answers are kept until they are carried out.
  let draft: String

  enum End {
    /// The person said so: carry this out.
    case finished([Decision])
    /// Left before the end; the draft stays.
    case left
  }

  func run(_ outcome: Deduper.Outcome, usesBrowser: Bool) async throws -> End {
    var session = ReviewSession(list: outcome.list, records: outcome.records)
    if let data = FileManager.default.contents(atPath: draft) {
      session.resume(ReviewDraft.read(file: draft, bytes: [UInt8](data)))
      workplace.terminal.err("\(session.decided) answers of an earlier sitting are still there.")
    }
    if outcome.list.entries.isEmpty {
      workplace.terminal.out("Nothing to decide.")
      return .finished([])
    }
    let log = try DraftLog(path: draft)
    let end =
      usesBrowser
      ? try await BrowserReview(workplace: workplace, log: log).run(session)
      : try TerminalReview(terminal: workplace.terminal, log: log).run(session)
    if case .left = end {
      workplace.terminal.err("Your answers are kept; `dedupe --review` goes on where you left.")
    }
    return end
  }

  func dropDraft() { try? FileManager.default.removeItem(atPath: draft) }
}

/// Appends each answer to the draft, on the disk before the next one is asked for.
final class DraftLog: Sendable {
  private let handle: Mutex<FileHandle>

  init(path: String) throws {
    if !FileManager.default.fileExists(atPath: path) {
      let made = FileManager.default.createFile(
        atPath: path, contents: Data(ReviewDraft.header.utf8),
        attributes: [.posixPermissions: 0o600])
      guard made else { throw Self.failure(path) }
    }
    guard let handle = FileHandle(forUpdatingAtPath: path) else { throw Self.failure(path) }
    try handle.seekToEnd()
    self.handle = Mutex(handle)
  }

  private static func failure(_ path: String) -> Failure {
    Failure(
      .snapshotUnusable,
      "Your answers cannot be kept in \(path). Give this user write permission to its directory.")
  }

  func keep(_ left: String, _ right: String, _ verdict: Decision.Verdict?) throws {
    let line = ReviewDraft.line(left: left, right: right, verdict)
    try handle.withLock {
      try $0.write(contentsOf: Data(line.utf8))
      try $0.synchronize()
    }
  }
}
