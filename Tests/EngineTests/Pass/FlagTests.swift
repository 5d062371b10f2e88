import Domain
import Engine
import Foundation
import Sandbox
import Snapshot
import Synchronization
import TestSupport
import Testing

/// What the flags of `xerosync run` mean.
struct FlagTests {
  private func options(_ change: (inout PassOptions) -> Void) -> PassOptions {
    var options = PassOptions()
    change(&options)
    return options
  }

  /// No byte of any file changes, nothing is written anywhere, and the plan is the one that the
  /// next run carries out.
  @Test(arguments: [0, 1, 2])
  func dryRunIsPure(state: Int) async throws {
    let (rig, deal) = try Stage.won()
    if state > 0 { try await rig.pass() }
    if state > 1 {
      try rig.pay(try #require(rig.invoices(of: deal).first).number)
      try rig.deal("Second", company: "Southern Fern Nurseries")
    }
    rig.clock.advance(minutes: 5)
    let before = SnapshotFiles.contents(of: rig.directory.path)
    rig.world.clearLog()
    let rehearsal = try await rig.pass(options { $0.isDryRun = true })
    #expect(rig.writes.isEmpty)
    #expect(SnapshotFiles.contents(of: rig.directory.path) == before)
    let again = try await rig.pass(options { $0.isDryRun = true })
    let run = try await rig.pass(options { $0.approvedDigest = rehearsal.planDigest })
    #expect(rehearsal.planDigest == run.planDigest)
    #expect(again.planDigest == run.planDigest)
    #expect(rehearsal.operations.map(\.id) == run.operations.map(\.id))
    #expect(run.outcome == .ok, "\(run.brief)")
  }

  @Test func movedPlanIsRefused() async throws {
    let (rig, _) = try Stage.won()
    let rehearsal = try await rig.pass(options { $0.isDryRun = true })
    try rig.deal("Second")
    rig.clock.advance(minutes: 1)
    rig.world.clearLog()
    let run = try await rig.pass(options { $0.approvedDigest = rehearsal.planDigest })
    #expect(run.outcome == .planMoved)
    #expect(rig.writes.isEmpty)
    #expect(try rig.journal().isEmpty)
    try await rig.settle("without approval")
    #expect(rig.liveInvoices.count == 2)
  }

  /// A part of the work leaves the rest for later passes.
  @Test func onlyPayments() async throws {
    let (rig, deal, invoice) = try await Stage.invoiced()
    let second = try rig.deal("Second")
    try rig.pay(invoice.number)
    let part = try await rig.pass(options { $0.only = [.payments] })
    #expect(rig.status(deal) == "paid", "\(part.brief)")
    #expect(rig.invoices(of: second).isEmpty)
    try await rig.settle("rest")
    #expect(rig.invoices(of: second).count == 1)
  }

  @Test func onlyInvoices() async throws {
    let (rig, deal) = try Stage.won()
    try await rig.pass(options { $0.only = [.invoices] })
    #expect(rig.invoices(of: deal).count == 1)
    #expect(rig.status(deal).isEmpty)
    try await rig.settle("rest")
    rig.expectInvoiced(deal, "rest")
  }

  @Test func oneSubject() async throws {
    let (rig, first) = try Stage.won()
    let second = try rig.deal("Second")
    try await rig.pass(options { $0.subjects = [Rig.subject(second)] })
    #expect(rig.invoices(of: first).isEmpty)
    #expect(rig.invoices(of: second).count == 1)
    try await rig.settle("rest")
    #expect(rig.invoices(of: first).count == 1)
  }

  /// A baseline links what is there and writes nothing.
  @Test func baseline() async throws {
    let (rig, deal) = try Stage.won()
    try rig.person("xero", "create_contact", ["fields": ["Name": "Harbour Lights Ltd"]])
    let report = try await rig.pass(options { $0.isBaseline = true })
    #expect(rig.writes.isEmpty, "\(report.brief)")
    try await rig.settle("after")
    rig.expectInvoiced(deal, "after")
  }

  @Test func fullPassChangesNothing() async throws {
    let (rig, deal, _) = try await Stage.invoiced()
    rig.world.clearLog()
    let report = try await rig.pass(options { $0.isFull = true })
    #expect(report.isIdle, "\(report.brief)")
    #expect(rig.writes.isEmpty)
    rig.expectInvoiced(deal, "full")
  }

  /// The pass's clock alone decides what is overdue.
  @Test func asOf() async throws {
    let (rig, deal, _) = try await Stage.invoiced()
    let later = Instant(milliseconds: rig.clock.now).advanced(seconds: 40 * 86_400)
    let report = try await rig.pass(
      options {
        $0.asOf = later
        $0.isDryRun = true
      })
    #expect(report.operations.contains { $0.action == .flag }, "\(report.brief)")
    #expect(rig.status(deal) == "awaiting_payment")
  }

  /// A first pass that was ended midway goes on where it stood, and ends like one that was not.
  @Test func interruptedFirstPass() async throws {
    let rig = Rig()
    let bought = try (1...6).map { try rig.deal("Deal \($0)", company: "Company \($0)") }
    rig.clock.advance(minutes: 1)
    let left = Mutex(3)
    let isDone = Mutex(false)
    rig.settings.shouldStop = {
      if isDone.withLock({ $0 }) { return false }
      return left.withLock {
        $0 -= 1
        return $0 < 0
      }
    }
    for allowed in [1, 2, 3, 4, 5, 6, 7, 8] {
      left.withLock { $0 = allowed }
      let report = try await rig.pass()
      rig.expectSingle("interrupted after \(allowed)")
      if report.outcome == .ok { break }
      #expect(report.outcome == .interrupted, "\(report.brief)")
      rig.clock.advance(minutes: 5)
    }
    isDone.withLock { $0 = true }
    try await rig.settle("resumed")
    for deal in bought { #expect(rig.invoices(of: deal).count == 1) }
    #expect(rig.contacts.count == 6)
  }
}
