import Domain
import Engine
import Sandbox
import Snapshot
import TestSupport
import Testing
import Transport

/// Nothing stays undone for good because a pass was ended at a bad moment.
struct StuckTests {
  /// The outcome of a contact is open while its deal is looked at; once it is known that the
  /// contact was never made, the deal is looked at again.
  @Test(arguments: [(1, 20), (1, 100), (4, 20)])
  func dealWaitsForItsContact(passes: Int, seconds: Int) async throws {
    let (rig, deal) = try Stage.won()
    _ = try await rig.run { _, seam in
      if case .willSend(let request) = seam, request.method == "PUT",
        request.path.hasSuffix("/Contacts")
      {
        return .die
      }
      return .go
    }
    for _ in 0..<passes {
      rig.clock.advance(.seconds(seconds))
      let report = try await rig.pass()
      #expect(report.holds.map(\.code) == [.outcomeUnknown])
    }
    try await rig.settle("contact never made")
    rig.expectInvoiced(deal, "contact never made")
    #expect(try rig.holds().isEmpty)
  }

  /// A contact that was planned and never sent is no longer wanted when its deal is lost: nothing
  /// of it stays open.
  @Test func plannedContactIsWithdrawn() async throws {
    let (rig, deal) = try Stage.won()
    _ = try await rig.run { _, seam in
      if seam == .didCommit, (try? rig.open().isEmpty) == false { return .die }
      return .go
    }
    #expect(try rig.open().contains { $0.operation.object == .contact && $0.state == .planned })
    try rig.move(deal, to: "closedlost")
    try await rig.settle("lost before its contact was made")
    #expect(rig.liveInvoices.isEmpty)
    #expect(rig.contacts.isEmpty)
  }
}
