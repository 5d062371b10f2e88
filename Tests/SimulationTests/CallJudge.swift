import Foundation
import Sandbox
import Synchronization
import TestSupport

/// Judges at every call of a pass, not only at its end.
final class CallJudge: Sendable {
  private struct State {
    var found: [String] = []
    /// When a keyed write was sent whose outcome the client cannot know, by its operation.
    var unknown: [String: Int64] = [:]
    /// When the ledger was last asked for marks and answered, by collection.
    var lookedUp: [String: Int64] = [:]
    /// The body that went with an idempotency key.
    var bodies: [String: Int] = [:]
    /// Writes that were answered in full since anything else happened.
    var answered: Set<Int> = []
    var organisation: String?
    var isRenewalDisturbed = false
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

  /// Whether an answer to a renewal of the sign-in was lost: after the vendor's grace time a
  /// person must sign in again.
  var isRenewalDisturbed: Bool { state.withLock { $0.isRenewalDisturbed } }

  /// A process died, perhaps with a token that it had not stored yet.
  func noteDeath(at seam: Seam?) {
    guard case .didSend(let request, _) = seam, request.path == "/connect/token" else { return }
    state.withLock { $0.isRenewalDisturbed = true }
  }

  /// Something happened after which the same write may rightly be sent again.
  func forgive() { state.withLock { $0.answered = [] } }

  func look(at seam: Seam) {
    switch seam {
    case .willSend(let request) where isWrite(request): beforeWrite(request)
    case .didSend(let request, let status):
      if request.path == "/connect/token", rig.world.log.last?.fault != nil {
        state.withLock { $0.isRenewalDisturbed = true }
      }
      if isWrite(request) { afterWrite(request, status) } else { afterRead(request, status) }
    case .willSend, .didCommit, .didKeepToken: break
    }
  }

  private func isWrite(_ request: SandboxRequest) -> Bool {
    guard ["PUT", "POST", "PATCH", "DELETE"].contains(request.method) else { return false }
    return !["search", "read", "token"].contains { request.path.hasSuffix("/\($0)") }
  }

  // MARK: Before

  private func beforeWrite(_ request: SandboxRequest) {
    if (try? rig.isIntended()) != true {
      add("I7 intent before act: \(request.method) \(request.path)")
    }
    state.withLock { state in
      Self.judgeOrganisation(request, &state)
      if state.answered.contains(Self.fingerprint(request)) {
        state.found.append("I5 the same write twice: \(request.method) \(request.path)")
      }
      guard let key = request.headers["idempotency-key"] else { return }
      let body = request.body.hashValue
      if let known = state.bodies.updateValue(body, forKey: key), known != body {
        state.found.append("I8 one key for two contents: \(request.path)")
      }
      judgeRepeat(request, key, &state)
    }
  }

  /// A write goes to the organisation of the first one only.
  private static func judgeOrganisation(_ request: SandboxRequest, _ state: inout State) {
    guard let tenant = request.headers["xero-tenant-id"] else { return }
    if let first = state.organisation, first != tenant {
      state.found.append("I17 a write to another organisation: \(request.path)")
    }
    state.organisation = state.organisation ?? tenant
  }

  private func judgeRepeat(_ request: SandboxRequest, _ key: String, _ state: inout State) {
    let operation = Self.operation(key)
    guard let at = state.unknown.removeValue(forKey: operation) else { return }
    let age = (rig.clock.now - at) / 1000
    if age < Self.settle {
      state.found.append("I8 look before repeat: \(request.path) after \(age) s")
    } else if state.lookedUp[request.path, default: .min] < at + Self.settle * 1000 {
      state.found.append("I8 look before repeat: \(request.path) was not looked for")
    }
  }

  // MARK: After

  private func afterRead(_ request: SandboxRequest, _ status: Int) {
    guard status == 200, rig.world.log.last?.fault == nil,
      request.query.contains(where: { Self.lookUps.contains($0.name) })
    else { return }
    let now = rig.clock.now
    state.withLock { $0.lookedUp[request.path] = now }
  }

  private static let lookUps: Set<String> = ["where", "searchTerm", "InvoiceNumbers"]

  private func afterWrite(_ request: SandboxRequest, _ status: Int) {
    if !rig.doubledMarks.isEmpty { add("I1 two invoices of one mark after \(request.path)") }
    if !rig.doubledContacts.isEmpty { add("I1 two contacts of one mark after \(request.path)") }
    let fault = rig.world.log.last?.fault
    let now = rig.clock.now
    state.withLock { state in
      if fault == nil, status < 300 || status == 400 {
        state.answered.insert(Self.fingerprint(request))
      }
      guard let key = request.headers["idempotency-key"], let fault,
        Self.unknowable.contains(where: fault.hasPrefix)
      else { return }
      state.unknown[Self.operation(key)] = now
    }
  }

  private static let unknowable = ["drop_after", "drop_before", "truncate", "status_after"]

  /// The operation that a key belongs to, whichever attempt it is.
  private static func operation(_ key: String) -> String {
    key.split(separator: "-").first.map(String.init) ?? key
  }

  private static func fingerprint(_ request: SandboxRequest) -> Int {
    var hasher = Hasher()
    hasher.combine(request.method)
    hasher.combine(request.path)
    hasher.combine(request.body)
    return hasher.finalize()
  }

  private func add(_ text: String) { state.withLock { $0.found.append(text) } }
}
