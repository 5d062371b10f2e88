import Dispatch
import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Remembers that the process was asked to end, so that the operation in flight is finished.
/// A second request ends it at once.
final class Interruption: Sendable {
  private let received = Mutex<Int32?>(nil)

  /// Takes over SIGINT, SIGTERM and SIGHUP.
  static func listen() -> Interruption {
    let interruption = Interruption()
    for number in [SIGINT, SIGTERM, SIGHUP] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      // The handler keeps the source alive for the life of the process.
      source.setEventHandler { withExtendedLifetime(source) { interruption.note(number) } }
      source.resume()
    }
    return interruption
  }

  private func note(_ number: Int32) {
    let isSecond = received.withLock { value in
      defer { value = value ?? number }
      return value != nil
    }
    if isSecond { _exit(128 + number) }
  }

  var wasRequested: Bool { received.withLock { $0 != nil } }

  /// Whether it was the terminal's interrupt key.
  var wasInterrupt: Bool { received.withLock { $0 == SIGINT } }
}
