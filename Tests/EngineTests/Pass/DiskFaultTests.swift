import Domain
import Engine
import Sandbox
import Snapshot
import TestSupport
import Testing

/// The disk fails at each transaction of a pass, once and for good: nothing leaves whose intent is
/// not durable, and with the disk mended everything comes to its end.
struct DiskFaultTests {
  @Test(arguments: [1, Int.max])
  func everyTransaction(times: Int) async throws {
    let (whole, _) = try Stage.won()
    try await whole.pass()
    let commits = whole.seams.count { $0 == .didCommit }
    #expect(commits > 60)
    let step = Stage.stride(5)
    for number in stride(from: times == 1 ? 0 : 2, to: commits, by: step) {
      let (rig, deal) = try Stage.won()
      let what = "transaction \(number) fails \(times == 1 ? "once" : "for good")"
      let end = try await rig.run(failWrites: SnapshotFaults(skip: number, times: times)) {
        _, seam in
        guard case .willSend(let request) = seam, rig.isWrite(request) else { return .go }
        let isIntended = (try? rig.isIntended()) ?? false
        #expect(isIntended, "\(what): \(request.path)")
        return .go
      }
      if times > 1, case .report(let report) = end { #expect(report.outcome != .ok, "\(what)") }
      rig.expectSingle(what)
      try await rig.settle(what)
      rig.expectInvoiced(deal, what)
    }
  }

  /// Each failure has its own words and its own exit code.
  @Test(arguments: [
    SnapshotError.diskFull(path: "p"), .readOnly(path: "p"), .busy(path: "p"),
    .corrupt(path: "p", reason: "malformed"),
  ])
  func theFailureIsTold(error: SnapshotError) async throws {
    let (rig, _) = try Stage.won()
    let end = try await rig.run(failWrites: SnapshotFaults(skip: 3, times: .max, error: error)) {
      _, _ in .go
    }
    guard case .failed(let failure) = end else {
      Issue.record("\(end)")
      return
    }
    #expect(failure.exitCode == .snapshotUnusable)
    #expect(failure.description == error.description)
    #expect(rig.writes.isEmpty)
  }
}
