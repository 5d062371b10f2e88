import Domain
import Engine
import Sandbox
import Snapshot
import TestSupport
import Testing
import Transport

/// Answers lost and processes killed: at no moment has a deal more than one invoice, and in the
/// end each has its own.
struct LostAnswerTests {
  /// Dead before and after every request, after every transaction and every stored token.
  @Test(arguments: 0..<4)
  func everyCrashPoint(shard: Int) async throws {
    let (whole, _) = try Stage.won()
    try await whole.pass()
    let seams = whole.seams
    #expect(seams.count > 100)
    for point in stride(from: shard, to: seams.count, by: 4) {
      let (rig, deal) = try Stage.won()
      let what = "killed at seam \(point), \(seams[point].name)"
      let end = try await rig.run { index, seam in
        #expect(seam == seams[index], "another world: \(what)")
        return index == point ? .die : .go
      }
      guard case .died = end else {
        Issue.record("\(what): not killed")
        continue
      }
      try await rig.settle(what)
      rig.expectInvoiced(deal, what)
    }
  }

  /// Dead once, and again inside the pass that recovers.
  @Test func crashesInPairs() async throws {
    let (whole, _) = try Stage.won()
    try await whole.pass()
    let count = whole.seams.count
    let step = Stage.stride(23)
    for first in stride(from: 0, to: count, by: step) {
      for second in stride(from: first % 7, to: count, by: step) {
        let (rig, deal) = try Stage.won()
        let what = "killed at seam \(first), then at \(second)"
        _ = try await rig.run { index, _ in index == first ? .die : .go }
        rig.clock.advance(minutes: second.isMultiple(of: 2) ? 5 : 1)
        _ = try await rig.run { index, _ in index == second ? .die : .go }
        rig.expectSingle(what)
        try await rig.settle(what)
        rig.expectInvoiced(deal, what)
      }
    }
  }

  /// The intent is durable before a write leaves.
  @Test func intentBeforeAct() async throws {
    let (rig, _) = try Stage.won()
    try await rig.pass()
    let plain = rig.writes.count
    let (watched, _) = try Stage.won()
    let end = try await watched.run { _, seam in
      guard case .willSend(let request) = seam, watched.isWrite(request) else { return .go }
      let isIntended = (try? watched.isIntended()) ?? false
      #expect(isIntended, "\(request.method) \(request.path)")
      return .go
    }
    guard case .report = end else {
      Issue.record("no report")
      return
    }
    #expect(plain >= 3)
    #expect(watched.writes.count == plain)
  }

  /// A lost write is looked up, and sent again only once the look-up can be trusted.
  @Test func lookBeforeRepeat() async throws {
    for isApplied in [true, false] {
      let (rig, deal) = try Stage.won()
      let end = try await rig.run { _, seam in
        switch seam {
        case .willSend(let request) where request.isInvoiceCreation && !isApplied,
          .didSend(let request, _) where request.isInvoiceCreation && isApplied:
          .fail(.interrupted("lost"))
        case .willSend, .didSend, .didCommit, .didKeepToken: .go
        }
      }
      guard case .report(let report) = end else {
        Issue.record("no report")
        continue
      }
      #expect(report.outcome == .deferred)
      #expect(report.operations.contains { $0.outcome == .unknown })
      rig.world.clearLog()
      rig.clock.advance(.seconds(20))
      let early = try await rig.pass()
      #expect(rig.calls("xero").filter { $0.method == "PUT" }.isEmpty, "\(early.brief)")
      rig.clock.advance(minutes: 5)
      let late = try await rig.pass()
      let creations = rig.calls("xero").filter {
        $0.method == "PUT" && $0.path.hasSuffix("/Invoices")
      }
      #expect(creations.count == (isApplied ? 0 : 1), "\(late.brief)")
      try await rig.settle("applied: \(isApplied)")
      rig.expectInvoiced(deal, "applied: \(isApplied)")
    }
  }

  /// An invoice that is looked up without having been made is the same operation when repeated:
  /// its key is the same.
  @Test func repeatedUnderTheSameKey() async throws {
    let (rig, _) = try Stage.won()
    _ = try await rig.run { _, seam in
      if case .willSend(let request) = seam, request.isInvoiceCreation {
        return .fail(.interrupted("lost"))
      }
      return .go
    }
    rig.clock.advance(minutes: 5)
    try await rig.pass()
    let entries = try rig.journal().filter { $0.operation.object == .invoice }
    #expect(entries.count == 1)
    #expect(entries.first?.attempts == 2)
    #expect(entries.first?.state == .applied)
  }
}

extension SandboxRequest {
  var isInvoiceCreation: Bool { method == "PUT" && path.hasSuffix("/Invoices") }
}

extension Rig {
  /// Whether a vendor would change something for this request.
  func isWrite(_ request: SandboxRequest) -> Bool {
    let isXero = world.withVendor(XeroSandbox.self) { $0.claims(path: request.path) } ?? false
    if isXero { return world.withVendor(XeroSandbox.self) { $0.isWrite(request) } ?? false }
    return world.withVendor(HubSpotSandbox.self) { $0.isWrite(request) } ?? false
  }
}
