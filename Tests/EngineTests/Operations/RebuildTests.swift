import Domain
import Engine
import Foundation
import Sandbox
import Snapshot
import TestSupport
import Testing

/// `rebuild`: a lost or damaged snapshot is made anew, and nothing is done twice afterwards.
struct RebuildTests {
  /// Deals in every state, customers, an overdue invoice whose owner was told, one paid in part,
  /// one voided by hand, one ignored.
  private func world() async throws -> (rig: Rig, deals: [String]) {
    let rig = Rig()
    var deals: [String] = []
    for number in 1...4 {
      deals.append(try rig.deal("Deal \(number)", company: "Company \(number)"))
    }
    try rig.deal("Open", company: "Company 5", stage: "contractsent")
    rig.clock.advance(minutes: 1)
    try await rig.settle("won")
    let invoices = deals.compactMap { rig.invoices(of: $0).first }
    try #require(invoices.count == 4)
    try rig.pay(invoices[0].number)
    try rig.pay(invoices[1].number, "100.00")
    try rig.person("xero", "void", ["invoice": .string(invoices[2].number)])
    rig.clock.advance(days: 40)
    try await rig.settle("a month later")
    #expect(rig.status(deals[3]) == "overdue")
    #expect(rig.tasks(deals[3]).count == 1)
    return (rig, deals)
  }

  private func rebuild(_ rig: Rig, salvaging old: String? = nil) async throws -> Rebuild.Outcome {
    try await OneThread.run {
      let store = try rig.store()
      defer { try? store.close() }
      if let old { _ = try store.salvage(from: old) }
      return try await Rebuild(environment: try rig.environment(on: store)).run(on: store)
    }
  }

  @Test func lostSnapshot() async throws {
    let (rig, deals) = try await world()
    let before = (rig.liveInvoices.count, rig.contacts.count)
    SnapshotFiles.remove(rig.snapshotPath)
    rig.world.clearLog()
    rig.clock.advance(minutes: 5)
    let outcome = try await rebuild(rig)
    #expect(outcome.isComplete, "\(outcome.report.brief)")
    #expect(rig.writes.isEmpty, "a rebuild wrote something")
    #expect(outcome.invoices == 4)
    #expect(outcome.deals == 4)
    #expect(outcome.customers == 4)
    // The pass after it finds nothing to do.
    for _ in 0..<3 {
      rig.clock.advance(minutes: 5)
      let report = try await rig.pass()
      #expect(report.isIdle, "\(report.brief)")
      #expect(rig.writes.isEmpty)
    }
    #expect((rig.liveInvoices.count, rig.contacts.count) == before)
    #expect(rig.tasks(deals[3]).count == 1, "the owner was told twice")
    #expect(try rig.holds().map(\.hold.code) == [.invoiceVoided])
    rig.expectSingle("rebuilt")
    // And it goes on where it was.
    let invoice = try #require(rig.invoices(of: deals[3]).first)
    try rig.pay(invoice.number)
    try await rig.settle("paid")
    #expect(rig.status(deals[3]) == "paid")
  }

  /// What no system remembers is taken over from what is left of the old file.
  @Test func salvaged() async throws {
    let (rig, deals) = try await world()
    let store = try rig.store()
    let clerk = Clerk(store: store, now: Instant(milliseconds: rig.clock.now))
    _ = try clerk.ignore(Rig.subject(deals[2]))
    try store.close()
    try await rig.settle("ignored")
    let journal = try rig.journal().map(\.operation.id)
    let old = rig.directory.path + "/old.sqlite"
    SnapshotFiles.copy(rig.snapshotPath, to: old)
    SnapshotFiles.remove(rig.snapshotPath)
    rig.world.clearLog()
    let outcome = try await rebuild(rig, salvaging: old)
    #expect(outcome.isComplete, "\(outcome.report.brief)")
    #expect(try rig.journal().map(\.operation.id).starts(with: journal))
    #expect(try rig.holds().isEmpty, "the ignored deal is held again")
    rig.clock.advance(minutes: 5)
    let report = try await rig.pass()
    #expect(report.isIdle, "\(report.brief)")
    #expect(rig.writes.isEmpty)
  }

  /// A damaged file gives what can be read and loses nothing else.
  @Test func damagedOldFile() async throws {
    let (rig, _) = try await world()
    let old = rig.directory.path + "/old.sqlite"
    let store = try rig.store()
    try store.checkpoint()
    try store.close()
    SnapshotFiles.copy(rig.snapshotPath, to: old)
    var bytes = try #require(FileManager.default.contents(atPath: old))
    let half = bytes.count / 2
    bytes.replaceSubrange(
      half..<min(bytes.count, half + 40_000), with: Data(count: min(bytes.count - half, 40_000)))
    try bytes.write(to: URL(fileURLWithPath: old))
    SnapshotFiles.remove(rig.snapshotPath)
    rig.world.clearLog()
    let outcome = try await rebuild(rig, salvaging: old)
    #expect(outcome.isComplete, "\(outcome.report.brief)")
    rig.clock.advance(minutes: 5)
    try await rig.settle("rebuilt")
    #expect(rig.calls("xero").allSatisfy { !$0.isWrite })
    rig.expectSingle("rebuilt")
  }

  /// A deal won while the snapshot was lost is invoiced by the next pass, not by the rebuild.
  @Test func newDealMeanwhile() async throws {
    let (rig, _) = try await world()
    SnapshotFiles.remove(rig.snapshotPath)
    let fresh = try rig.deal("Fresh", company: "Company 9")
    rig.world.clearLog()
    let outcome = try await rebuild(rig)
    #expect(outcome.isComplete)
    #expect(rig.writes.isEmpty)
    try await rig.settle("fresh")
    #expect(rig.invoices(of: fresh).count == 1)
  }

  /// With a system down, what was built is of no use and says so.
  @Test(arguments: ["xero", "hubspot"])
  func systemDown(vendor: String) async throws {
    let (rig, _) = try await world()
    SnapshotFiles.remove(rig.snapshotPath)
    rig.world.setFaults([Fault(.status(.init(status: 503)), vendor: vendor, times: nil)])
    let outcome: Rebuild.Outcome?
    do { outcome = try await rebuild(rig) } catch { outcome = nil }
    #expect(outcome?.isComplete != true)
  }
}
