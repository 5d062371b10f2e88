import Foundation
import Sandbox
import Synchronization
import TestSupport

/// Judges at every call of a pass, not only at its end.
final class CallJudge: Sendable {
  private struct State {
    var found: [String] = []
    /// When a keyed write was sent whose outcome the client cannot know, by its key.
    var unknown: [String: Int64] = [:]
    var key: String?
  }

  private let rig: Rig
  private let state = Mutex(State())
  /// Seconds before which a look-up cannot be trusted.
  private static let settle: Int64 = 120

  init(rig: Rig) { self.rig = rig }

  /// Promises broken since the last asking.
  var found: [String] {
    state.withLock { state in
      defer { state.found = [] }
      return state.found
    }
  }

  func look(at seam: Seam) {
    switch seam {
    case .willSend(let request) where isWrite(request): beforeWrite(request)
    case .didSend(let request, _) where isWrite(request): afterWrite(request)
    case .willSend, .didSend, .didCommit, .didKeepToken: break
    }
  }

  private func isWrite(_ request: SandboxRequest) -> Bool {
    guard ["PUT", "POST", "PATCH", "DELETE"].contains(request.method) else { return false }
    return !["search", "read", "token"].contains { request.path.hasSuffix("/\($0)") }
  }

  private func beforeWrite(_ request: SandboxRequest) {
    if (try? rig.isIntended()) != true {
      add("I7 intent before act: \(request.method) \(request.path)")
    }
    guard let key = request.headers["idempotency-key"] else { return }
    let now = rig.clock.now
    state.withLock { state in
      if let at = state.unknown[key], now - at < Self.settle * 1000 {
        state.found.append("I8 look before repeat: \(request.path) after \((now - at) / 1000) s")
      }
      state.unknown[key] = nil
    }
  }

  private func afterWrite(_ request: SandboxRequest) {
    if !rig.doubledMarks.isEmpty { add("I1 two invoices of one mark after \(request.path)") }
    if !rig.doubledContacts.isEmpty { add("I1 two contacts of one mark after \(request.path)") }
    guard let key = request.headers["idempotency-key"],
      let fault = rig.world.log.last?.fault, Self.unknowable.contains(where: fault.hasPrefix)
    else { return }
    let now = rig.clock.now
    state.withLock { $0.unknown[key] = now }
  }

  private static let unknowable = ["drop_after", "truncate", "status_after"]

  private func add(_ text: String) { state.withLock { $0.found.append(text) } }
}
