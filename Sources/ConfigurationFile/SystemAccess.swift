internal import Dispatch
package import Foundation
internal import Glibc
internal import Synchronization

/// The machine's own files and programs, for `ConfigurationLoader`.
package enum SystemAccess {
  /// Reads a file; throws `FileAccessFailure`.
  package static func readFile(_ path: String) throws -> Data {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw FileAccessFailure.missing
    }
    guard !isDirectory.boolValue else { throw FileAccessFailure.isDirectory }
    do {
      return try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      guard FileManager.default.isReadableFile(atPath: path) else {
        throw FileAccessFailure.notPermitted
      }
      throw FileAccessFailure.unreadable
    }
  }

  /// Runs a program found by path or in `$PATH`, with nothing on standard input and its standard
  /// error passed on, and gives what it prints; throws `CommandFailure`.
  package static func runCommand(
    _ words: [String], environment: [String: String], seconds: Double = 60
  ) throws -> String {
    guard let name = words.first, let program = executable(name, environment["PATH"]) else {
      throw CommandFailure.missing
    }
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = Array(words.dropFirst())
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    do {
      try process.run()
    } catch {
      throw CommandFailure.missing
    }
    let limit = TimeLimit(process: process.processIdentifier, seconds: seconds)
    defer { limit.cancel() }
    let data = (try? output.fileHandleForReading.readToEnd()) ?? Data()
    process.waitUntilExit()
    guard !limit.hasLapsed else { throw CommandFailure.timedOut }
    guard process.terminationStatus == 0, process.terminationReason == .exit else {
      throw CommandFailure.exited(status: Int(process.terminationStatus))
    }
    return String(decoding: data, as: UTF8.self)
  }

  private static func executable(_ name: String, _ searchPath: String?) -> String? {
    let manager = FileManager.default
    if name.contains("/") { return manager.isExecutableFile(atPath: name) ? name : nil }
    return (searchPath ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
      .map { "\($0)/\(name)" }
      .first { manager.isExecutableFile(atPath: $0) }
  }
}

/// Ends a program that takes too long: a pass must not hang on a prompt nobody sees.
private final class TimeLimit: Sendable {
  private enum State { case running, lapsed, cancelled }
  private let state = Mutex(State.running)

  init(process: Int32, seconds: Double) {
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { [self] in
      state.withLock { state in
        guard state == .running else { return }
        state = .lapsed
        // A child may inherit a mask that blocks every signal but this one.
        kill(process, SIGKILL)
      }
    }
  }

  var hasLapsed: Bool { state.withLock { $0 == .lapsed } }

  func cancel() { state.withLock { if $0 == .running { $0 = .cancelled } } }
}
