import Foundation
import Sandbox
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The executable itself, treated as badly as a machine can treat it. `KILLS` sets how often it is
/// killed.
@Suite(.serialized) struct BlackBoxTests {
  private static var kills: Int { SimulationTests.number("KILLS") ?? 20 }
  private static let seed = UInt64(SimulationTests.number("SEED") ?? 7)

  private func expectSound(_ box: BlackBox, _ deals: [String], _ what: String) {
    #expect(box.doubled.isEmpty, "\(what)")
    for deal in deals {
      let own = box.invoices.filter { Rig.deal(of: $0) == deal }
      #expect(own.count == 1, "\(what): deal \(deal)")
      #expect(box.said(deal, "xero_invoice_number") == own.first?.number, "\(what): \(deal)")
    }
  }

  private func expectQuiet(_ end: BlackBox.End, _ what: String) {
    for secret in [Canary.secret, Canary.token] {
      #expect(!end.all.contains(secret), "\(what)")
    }
    #expect(!end.errors.contains("Fatal error"), "\(what): \(end.errors)")
  }

  /// `kill -9` at any moment of its life, again and again.
  @Test func killed() async throws {
    try await BlackBox.open { box in
      var chance = Chance(seed: Self.seed)
      var deals: [String] = []
      var killed = 0
      var ordinary = try await box.run().duration
      var attempts = 0
      while killed < Self.kills, attempts < Self.kills * 4 {
        attempts += 1
        if attempts % 2 == 1 { deals.append(try box.sell(attempts)) }
        let most = max(20, Int(ordinary / .milliseconds(1)) * 11 / 10)
        let after = Duration.milliseconds(chance.number(1...most))
        let end = try await box.run(blow: BlackBox.Blow(signal: SIGKILL, after: after))
        let wasKilled = end.code == 128 + SIGKILL
        killed += wasKilled ? 1 : 0
        #expect(box.doubled.isEmpty, "seed \(Self.seed), kill \(killed) after \(after)")
        if !wasKilled { #expect([0, 69].contains(end.code), "\(end.all)") }
        box.advance(minutes: 10)
        guard attempts % 10 == 0 else { continue }
        ordinary = try await box.settle().duration
        expectSound(box, deals, "seed \(Self.seed), after \(killed) kills")
        deals = []
      }
      let end = try await box.settle()
      #expect(end.code == 0, "\(end.all)")
      expectSound(box, deals, "seed \(Self.seed), after \(killed) kills")
      #expect(killed == Self.kills)
      print("black box: killed \(killed) times, seed \(Self.seed)")
    }
  }

  /// Cron starts a second pass while the first is at work.
  @Test func twoAtOnce() async throws {
    try await BlackBox.open { box in
      var deals: [String] = []
      for round in 0..<3 {
        deals.append(try box.sell(round))
        async let one = box.run()
        async let two = box.run()
        let codes = try await [one.code, two.code].sorted()
        #expect(codes == [0, 75] || codes == [0, 0], "\(codes)")
        box.advance(minutes: 10)
      }
      _ = try await box.settle()
      expectSound(box, deals, "two at once")
    }
  }

  /// Asked to end: what is in flight is finished, and the code says so.
  @Test func askedToEnd() async throws {
    try await BlackBox.open { box in
      let deal = try box.sell(1)
      let ordinary = try await box.run(["--version"]).duration
      for part in [2, 4, 6, 8] {
        let blow = BlackBox.Blow(signal: SIGTERM, after: ordinary + .milliseconds(part * 40))
        let end = try await box.run(blow: blow)
        #expect([0, 143, 128 + SIGTERM].contains(end.code), "\(end.code): \(end.all)")
        #expect(end.duration < .seconds(10))
        #expect(box.doubled.isEmpty)
        box.advance(minutes: 10)
      }
      _ = try await box.settle()
      expectSound(box, [deal], "asked to end")
    }
  }

  /// Nobody reads what it says.
  @Test func nobodyListens() async throws {
    try await BlackBox.open { box in
      let deal = try box.sell(1)
      let closed = try await box.shell(#"exec "$@" >&- 2>&-"#)
      #expect(closed.code == 0, "\(closed.all)")
      box.advance(minutes: 10)
      let other = try box.sell(2)
      _ = try await box.shell(#""$@" | head -c 1"#)
      box.advance(minutes: 10)
      _ = try await box.settle()
      expectSound(box, [deal, other], "nobody listens")
    }
  }

  /// The machine's clock is set back and forth by a year.
  @Test func clockJumps() async throws {
    try await BlackBox.open { box in
      var deals: [String] = []
      for (number, days) in [365, -400, 35].enumerated() {
        deals.append(try box.sell(number))
        let moment = Date(
          timeIntervalSince1970: Double(box.world.now.milliseconds / 1000 + Int64(days) * 86_400))
        let words = box.pass.dropLast() + [moment.formatted(.iso8601)]
        let end = try await box.run(Array(words))
        #expect([0, 3, 69, 74].contains(end.code), "\(end.all)")
        expectQuiet(end, "clock \(days)")
        #expect(box.doubled.isEmpty, "clock \(days)")
        box.advance(minutes: 10)
      }
      _ = try await box.settle()
      #expect(box.doubled.isEmpty)
      for deal in deals {
        #expect(box.invoices.filter { Rig.deal(of: $0) == deal }.count == 1, "\(deal)")
      }
    }
  }

  /// An old backup of the snapshot takes its place.
  @Test func oldBackup() async throws {
    try await BlackBox.open { box in
      let first = try box.sell(1)
      _ = try await box.run()
      let backup = box.directory.appendingPathComponent("backup")
      try FileManager.default.copyItem(at: box.state, to: backup)
      box.advance(minutes: 30)
      let second = try box.sell(2)
      _ = try await box.run()
      try FileManager.default.removeItem(at: box.state)
      try FileManager.default.moveItem(at: backup, to: box.state)
      box.advance(minutes: 30)
      _ = try await box.settle()
      expectSound(box, [first, second], "old backup")
    }
  }

  /// The disk fills up in the middle of a pass: exit code 74, plain words, nothing doubled.
  @Test(.enabled(if: Mounts.arePermitted, "this user may not mount")) func diskFull() async throws {
    try await BlackBox.open { box in
      var deals: [String] = []
      for (number, size) in [100, 300, 400, 600, 1000].enumerated() {
        deals.append(try box.sell(number))
        try FileManager.default.createDirectory(
          at: box.state, withIntermediateDirectories: true)
        let mount = "mount -t tmpfs -o size=\(size)k,mode=700 tmpfs '\(box.state.path)'"
        let end = try await box.shell(
          #"exec unshare -m sh -c '\#(mount.replacing("'", with: "")) && exec "$@"' sh "$@""#)
        #expect([0, 74].contains(end.code), "\(size) kB: \(end.code) \(end.all)")
        if end.code == 74 { #expect(end.errors.contains("full"), "\(end.errors)") }
        expectQuiet(end, "\(size) kB")
        #expect(box.doubled.isEmpty)
        box.advance(minutes: 10)
      }
      _ = try await box.settle()
      expectSound(box, deals, "disk full")
    }
  }

  /// A directory that may not be written to: refused before any write leaves.
  @Test(.enabled(if: Mounts.arePermitted, "this user may not mount")) func readOnly() async throws {
    try await BlackBox.open { box in
      _ = try await box.run()
      _ = try box.sell(1)
      box.world.clearLog()
      let mount =
        "mount --bind \(box.state.path) \(box.state.path) && mount -o remount,ro,bind \(box.state.path)"
      let end = try await box.shell(#"exec unshare -m sh -c '\#(mount) && exec "$@"' sh "$@""#)
      #expect(end.code == 74, "\(end.code) \(end.all)")
      #expect(
        end.errors.contains("read-only") || end.errors.contains("permission"), "\(end.errors)")
      #expect(box.world.log.allSatisfy { !$0.isWrite })
    }
  }
}

/// Whether a process of this user may mount a file system in a world of its own.
enum Mounts {
  static let arePermitted: Bool = {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "unshare -m sh -c 'mount -t tmpfs tmpfs /mnt' >/dev/null 2>&1"]
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()
}
