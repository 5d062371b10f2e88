import Domain
import Engine
import Foundation
import Sandbox
import Synchronization
import Testing

/// The operator hears once that the sync itself is in trouble, then nothing until it has healed.
@Suite struct OperatorWatchTests {
  static let settings = """
    notify:
      failed_passes: 3
      sign_in_days: 7
      webhook: { url: https://hook.example/x }
      email: { from: ar@example.org, fallback: desk@example.org }
    """

  static let outage = [Fault(.status(.init(status: 503)), vendor: "xero", times: 1000)]

  @Test func tellsAfterThreeFailuresOnceUntilHealed() async throws {
    let bench = try NotifyBench(Self.settings)
    _ = try await bench.pass()
    for round in 1...2 {
      bench.world.setFaults(Self.outage)
      for pass in 1...8 {
        let report = try await bench.pass()
        #expect(report.exitCode == .unavailable)
        let posts = bench.posts()
        let mails = try bench.mail.open()
        #expect(posts.count == (pass == 3 ? 1 : 0), "round \(round), pass \(pass)")
        #expect(mails.count == (pass == 3 ? 1 : 0), "round \(round), pass \(pass)")
        if pass == 3 {
          #expect(posts[0].contains("\"event\":\"sync_failing\""))
          #expect(mails[0].value("To") == "desk@example.org")
        }
      }
      bench.world.setFaults([])
      #expect(try await bench.pass().outcome == .ok)
    }
    #expect(bench.posts().isEmpty)
  }

  @Test func aReceiverThatIsDownHearsLater() async throws {
    let bench = try NotifyBench(Self.settings)
    _ = try await bench.pass()
    bench.world.setFaults(Self.outage)
    bench.receiver.answer([.status(500)])
    for _ in 1...5 { _ = try await bench.pass() }
    #expect(bench.posts().count == 3)
    #expect(try bench.mail.open().count == 1)
    bench.receiver.answer([.status(200)])
    for _ in 1...3 { _ = try await bench.pass() }
    #expect(bench.posts().count == 1)
    #expect(try bench.mail.open().isEmpty)
  }

  @Test func aReceiverThatHangsGetsOneMarkedCopyMore() async throws {
    let bench = try NotifyBench(Self.settings)
    _ = try await bench.pass()
    bench.world.setFaults(Self.outage)
    bench.receiver.answer([.silence])
    for _ in 1...8 { _ = try await bench.pass() }
    #expect(bench.posts().map { $0.contains("\"repeated\":true") } == [false, true])
  }

  @Test func aSignInNearItsEndIsToldOnce() async throws {
    let bench = try NotifyBench(Self.settings)
    bench.signInEnds.withLock { $0 = ["xero": bench.now.advanced(seconds: 10 * 86_400)] }
    _ = try await bench.pass()
    #expect(bench.posts().isEmpty)
    bench.advance(days: 4)
    for _ in 1...3 { _ = try await bench.pass() }
    let posts = bench.posts()
    #expect(posts.count == 1)
    #expect(posts.first?.contains("\"event\":\"sign_in_ending\"") == true)
    // Renewed, and near its end again.
    bench.signInEnds.withLock { $0 = ["xero": bench.now.advanced(seconds: 60 * 86_400)] }
    _ = try await bench.pass()
    bench.advance(days: 55)
    for _ in 1...2 { _ = try await bench.pass() }
    #expect(bench.posts().count == 1)
  }

  @Test func zeroIsNever() async throws {
    let quiet = Self.settings.replacing("failed_passes: 3", with: "failed_passes: 0")
      .replacing("sign_in_days: 7", with: "sign_in_days: 0")
    let bench = try NotifyBench(quiet)
    bench.signInEnds.withLock { $0 = ["xero": bench.now] }
    _ = try await bench.pass()
    bench.world.setFaults(Self.outage)
    for _ in 1...5 { _ = try await bench.pass() }
    #expect(bench.posts().isEmpty)
    #expect(try bench.mail.open().isEmpty)
  }
}
