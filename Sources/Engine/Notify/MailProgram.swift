internal import Dispatch
package import Foundation
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The mail program itself.
package enum MailProgram {
  /// How long it may take to queue one message, in seconds.
  package static let timeout = 30.0

  /// Runs the program with the message on standard input; ends it when it takes too long.
  ///
  /// Input and standard error go through files without a name: a program that ends without
  /// reading, or writes more than a pipe holds, then blocks nobody.
  package static func run(
    path: String, arguments: [String], input: Data, seconds: Double = timeout
  ) async -> MailProgramOutcome {
    guard FileManager.default.isExecutableFile(atPath: path) else {
      return .notStarted(reason: "\(path) is no program that may be run")
    }
    guard let message = scratch(), let errors = scratch() else {
      return .notStarted(reason: "no space for a temporary file")
    }
    do {
      try message.write(contentsOf: input)
      try message.seek(toOffset: 0)
    } catch {
      return .notStarted(reason: "no space for a temporary file")
    }
    return await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(
          returning: wait(path, arguments, message, errors, seconds: seconds))
      }
    }
  }

  private static func wait(
    _ path: String, _ arguments: [String], _ message: FileHandle, _ errors: FileHandle,
    seconds: Double
  ) -> MailProgramOutcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardInput = message
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    do { try process.run() } catch {
      return .notStarted(reason: "\(path) could not be run")
    }
    let limit = ProgramLimit(process.processIdentifier, seconds: seconds)
    process.waitUntilExit()
    guard limit.end() else {
      return .interrupted(reason: "the mail program did not end within \(Int(seconds)) s")
    }
    guard process.terminationReason == .exit else {
      return .interrupted(reason: "the mail program was killed")
    }
    let status = Int(process.terminationStatus)
    guard status != 0 else { return .accepted }
    try? errors.seek(toOffset: 0)
    let words = (try? errors.read(upToCount: 400)) ?? Data()
    let line = String(decoding: words, as: UTF8.self).split(separator: "\n").first
    return .refused(status: status, words: line.map(String.init) ?? "")
  }

  /// An open file that has no name any more: nothing is left behind, whatever happens.
  private static func scratch() -> FileHandle? {
    let pattern = FileManager.default.temporaryDirectory
      .appendingPathComponent("xerosync-mail-XXXXXX").path
    var bytes = Array(pattern.utf8CString)
    let descriptor = mkstemp(&bytes)
    guard descriptor >= 0 else { return nil }
    bytes.withUnsafeBufferPointer { buffer in
      if let path = buffer.baseAddress { _ = unlink(path) }
    }
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }
}

/// Ends a program that takes too long.
private final class ProgramLimit: Sendable {
  private enum State { case running, ended, lapsed }
  private let state = Mutex(State.running)

  init(_ process: Int32, seconds: Double) {
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { [self] in
      state.withLock { state in
        guard state == .running else { return }
        state = .lapsed
        kill(process, SIGKILL)
      }
    }
  }

  /// False when the program had to be ended.
  func end() -> Bool {
    state.withLock { state in
      if state == .running { state = .ended }
      return state == .ended
    }
  }
}
