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
  private let actions = Mutex(Actions())

  private struct Actions {
    var next = 0
    var waiting: [Int: @Sendable () -> Void] = [:]
  }

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
    run()
  }

  /// Does something in the moment the process is asked to end; at once where that was before.
  ///
  /// - Returns: what `forget` takes when it is no longer to be done.
  func whenRequested(_ action: @escaping @Sendable () -> Void) -> Int {
    let id = actions.withLock { actions in
      actions.next += 1
      actions.waiting[actions.next] = action
      return actions.next
    }
    if wasRequested { run() }
    return id
  }

  func forget(_ id: Int) { actions.withLock { $0.waiting[id] = nil } }

  private func run() {
    let waiting = actions.withLock { actions in
      defer { actions.waiting = [:] }
      return actions.waiting.values
    }
    for action in waiting { action() }
  }

  var wasRequested: Bool { received.withLock { $0 != nil } }

  /// Whether it was the terminal's interrupt key.
  var wasInterrupt: Bool { received.withLock { $0 == SIGINT } }
}
