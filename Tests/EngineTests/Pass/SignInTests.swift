import Domain
import Engine
import Sandbox
import TestSupport
import Testing
import Transport

/// A token that renews the sign-in is used up by that: whatever happens in that moment, there is
/// one the server takes afterwards.
struct SignInTests {
  /// The access token has run out; the next pass must renew it.
  private func expired() async throws -> (Rig, deal: String) {
    let (rig, deal) = try Stage.won()
    try rig.signInWithRefreshToken()
    try await rig.pass()
    rig.clock.advance(minutes: 45)
    try rig.pay(try #require(rig.invoices(of: deal).first).number)
    return (rig, deal)
  }

  @Test func killedWhileRenewing() async throws {
    let (whole, _) = try await expired()
    try await whole.pass()
    let seams = whole.seams
    let kept = try #require(seams.firstIndex(of: .didKeepToken), "nothing was renewed")
    #expect(kept < 12)
    for point in 0..<16 {
      let (rig, deal) = try await expired()
      _ = try await rig.run { index, _ in index == point ? .die : .go }
      rig.clock.advance(minutes: 3)
      _ = try await rig.run { index, _ in index == point ? .die : .go }
      try await rig.settle("killed twice at \(seams[point].name)")
      #expect(rig.status(deal) == "paid", "killed twice at \(seams[point].name)")
    }
  }

  @Test(arguments: [true, false])
  func answerOfTheRenewalLost(isApplied: Bool) async throws {
    let (rig, deal) = try await expired()
    _ = try await rig.run { _, seam in
      switch seam {
      case .willSend(let request) where request.path == "/connect/token" && !isApplied,
        .didSend(let request, _) where request.path == "/connect/token" && isApplied:
        .fail(.interrupted("lost"))
      case .willSend, .didSend, .didCommit, .didKeepToken: .go
      }
    }
    try await rig.settle("lost")
    #expect(rig.status(deal) == "paid")
  }

  /// Consent withdrawn: the pass says which command mends it, and does not try for ever.
  @Test func revoked() async throws {
    let (rig, _) = try await expired()
    try rig.person("xero", "revoke")
    rig.world.clearLog()
    let report = try await rig.pass()
    #expect(report.exitCode == .signInNeeded, "\(report.brief)")
    let words = report.troubles.map(\.message).joined()
    #expect(words.contains("xerosync auth login xero"), "\(words)")
    #expect(rig.writes.isEmpty)
    #expect(rig.calls("xero").count <= 2)
    #expect(rig.leaks().isEmpty)
  }
}
