import Domain
import Engine
import Foundation
import Snapshot
import TestSupport
import Testing
import Transport

/// `doctor` on this machine: files, modes, the snapshot, the clock of a pass.
struct FileCheckupTests {
  private let folder = Scratch.directory()
  private var state: String { folder.appendingPathComponent("state/x.sqlite").path }
  private var tokens: String { folder.appendingPathComponent("state/tokens.json").path }

  private func check(textfile: String? = nil, sendmail: String? = nil) -> [Check.Code: Check] {
    let store = TokenFile.store(path: tokens, time: VirtualClock(startingAt: 0).source())
    let checks = FileCheckup(
      statePath: state, tokensPath: tokens, textfile: textfile, sendmail: sendmail
    ).run(tokens: store, systems: ["xero"]).checks
    return Dictionary(checks.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private func makeState() throws {
    try FileManager.default.createDirectory(
      atPath: (state as NSString).deletingLastPathComponent, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    try SnapshotStore(path: state).close()
    chmod(state, 0o600)
  }

  @Test func nothingThereYet() {
    let checks = check()
    #expect(checks.values.allSatisfy { $0.status == .ok })
    #expect(!FileManager.default.fileExists(atPath: (state as NSString).deletingLastPathComponent))
  }

  @Test func allIsWell() throws {
    try makeState()
    let checks = check(textfile: folder.path + "/x.prom", sendmail: "/bin/sh")
    #expect(checks.values.allSatisfy { $0.status == .ok }, "\(checks)")
    #expect(checks[.snapshot]?.message.hasPrefix("sound") == true)
  }

  @Test func modes() throws {
    try makeState()
    chmod((state as NSString).deletingLastPathComponent, 0o755)
    chmod(state, 0o644)
    try Data("{}".utf8).write(to: URL(fileURLWithPath: tokens))
    chmod(tokens, 0o644)
    let checks = check()
    #expect(checks[.state]?.status == .warning)
    #expect(checks[.snapshot]?.remedy == "chmod 600 \(state)")
    #expect(checks[.tokens]?.status == .error)
    #expect(checks[.tokens]?.remedy == "chmod 600 \(tokens)")
    #expect(checks[.tokens]?.message.contains("0644") == true)
  }

  @Test func halfWrittenTokens() throws {
    try makeState()
    try Data(#"{"version": 1, "tok"#.utf8).write(to: URL(fileURLWithPath: tokens))
    chmod(tokens, 0o600)
    #expect(check()[.tokens]?.status == .error)
  }

  @Test(arguments: ["text", "page", "zeros"])
  func damagedSnapshot(how: String) throws {
    try makeState()
    let store = try SnapshotStore(path: state)
    try store.write { writer in
      for number in 0..<2000 {
        try writer.setMeta("key \(number)", String(repeating: "x", count: 200))
      }
    }
    try store.checkpoint()
    try store.close()
    var bytes = try #require(FileManager.default.contents(atPath: state))
    switch how {
    case "text": bytes = Data("name,amount\n".utf8)
    case "page": bytes.replaceSubrange(4096 * 40..<4096 * 44, with: Data(count: 4096 * 4))
    default: bytes.replaceSubrange(100..<3000, with: Data(count: 2900))
    }
    try bytes.write(to: URL(fileURLWithPath: state))
    let check = try #require(check()[.snapshot])
    #expect(check.status == .error, "\(check)")
    #expect(check.remedy?.contains("xerosync rebuild") == true)
    #expect(FileManager.default.contents(atPath: state) == bytes)
  }

  @Test func placesThatCannotBeWritten() throws {
    try makeState()
    let checks = check(textfile: "/proc/none/x.prom", sendmail: "/no/such/sendmail")
    #expect(checks[.metrics]?.status == .error)
    #expect(checks[.mail]?.status == .error)
  }

  @Test(arguments: [
    ("/srv/x", nil), ("/mnt/nfs/x", "nfs4"), ("/mnt/nfsother/x", nil), ("/mnt/nfs/local/x", nil),
    ("/my share/x", "cifs"),
  ])
  func networkDisks(path: String, kind: String?) {
    let table = MountTable(
      """
      /dev/sda1 / ext4 rw 0 0
      server:/a /mnt/nfs nfs4 rw 0 0
      /dev/sdb1 /mnt/nfs/local ext4 rw 0 0
      //server/b /my\\040share cifs rw 0 0
      """)
    #expect(table.networkFileSystem(holding: path) == kind)
  }
}

/// L14: a clock that is far off stops a pass before its first write.
struct WrongClockTests {
  @Test(arguments: [31_536_000, -31_536_000, 7200, -7200])
  func nothingIsWritten(ahead: Int64) async throws {
    let rig = Rig.elsewhere()
    rig.settings.serverClock = ahead
    let deal = try rig.deal()
    rig.clock.advance(minutes: 1)
    let report = try await rig.pass()
    #expect(report.outcome == .braked, "\(report.brief)")
    #expect(report.exitCode == .operationFailed)
    #expect(report.troubles.contains { $0.message.contains("clock") })
    #expect(rig.writes.isEmpty)
    rig.settings.serverClock = 3
    try await rig.settle("clock set")
    rig.expectInvoiced(deal, "clock set")
  }

  @Test func aRehearsalAtAnotherTimeGoesOn() async throws {
    let rig = Rig.elsewhere()
    rig.settings.serverClock = 31_536_000
    try rig.deal()
    var options = PassOptions()
    options.isDryRun = true
    options.asOf = Instant(milliseconds: rig.clock.now + 60_000)
    #expect(try await rig.pass(options).outcome == .ok)
  }
}
