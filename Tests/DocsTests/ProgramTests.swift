import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The program itself, as cron and a service manager meet it: exit codes, streams, files, signals.
/// No system is reached: addresses are on this machine, where nobody answers.
@Suite struct ProgramTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("xerosync-program-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private struct Ending {
    var code: Int32
    var out: String
    var err: String
  }

  /// Runs the program to its end; nil where there is none beside the tests.
  private func run(_ arguments: [String], _ meanwhile: (Process) -> Void = { _ in }) throws
    -> Ending?
  {
    guard let program = Program.find() else {
      print("skipped: no xerosync beside the tests; `swift build` makes it")
      return nil
    }
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C"]
    process.standardInput = FileHandle.nullDevice
    let names = ["out", "err"].map { folder.appendingPathComponent("\($0)-\(UUID().uuidString)") }
    for name in names { try Data().write(to: name) }
    process.standardOutput = try FileHandle(forWritingTo: names[0])
    process.standardError = try FileHandle(forWritingTo: names[1])
    try process.run()
    meanwhile(process)
    process.waitUntilExit()
    return Ending(
      code: process.terminationStatus, out: try String(contentsOf: names[0], encoding: .utf8),
      err: try String(contentsOf: names[1], encoding: .utf8))
  }

  @discardableResult
  private func configuration(
    _ name: String, state: String? = nil, port: Int = 1, flow: String = "client_credentials",
    more: String = ""
  ) throws -> String {
    let stem = name.replacing("/", with: "-").replacing(".yaml", with: "")
    let text = """
      version: 1
      state: \(folder.path)/\(state ?? "state-" + stem)/x.sqlite
      start_date: 2026-11-01
      accounting:
        kind: xero
        auth: { flow: \(flow), client_id: a, client_secret: very-secret-word }
        api_url: http://localhost:\(port)
        identity_url: http://localhost:\(port)
        login_url: http://localhost:\(port)
      crms:
        - name: hubspot
          kind: hubspot
          auth: { flow: token, access_token: very-secret-token }
          api_url: http://localhost:\(port)
      limits: { call_seconds: 20 }
      \(more)
      """
    let path = folder.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: path)
    return path.path
  }

  private func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
  }

  private func json(_ text: String) throws -> [String: Any] {
    try #require(
      JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
  }

  // MARK: Cron

  @Test func overlapIsOneCalmLine() throws {
    let path = try configuration("a.yaml", state: "s")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("s"), withIntermediateDirectories: true)
    let lock = open(folder.appendingPathComponent("s/x.sqlite.lock").path, O_RDWR | O_CREAT, 0o600)
    defer { close(lock) }
    #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
    guard let end = try run(["--config", path, "run"]) else { return }
    #expect(end.code == 75)
    #expect(end.out.isEmpty)
    #expect(end.err.split(separator: "\n").count == 1, "\(end.err)")
  }

  @Test func aDryRunWithoutASignInLeavesNothing() throws {
    let path = try configuration("a.yaml", state: "s", flow: "authorization_code")
    guard let end = try run(["--config", path, "run", "--dry-run"]) else { return }
    #expect(end.code == 77, "\(end.err)")
    #expect(end.err.contains("xerosync auth login xero"))
    #expect(!exists("s"))
  }

  @Test func everyLineOfTheLogIsJSON() throws {
    let path = try configuration("a.yaml", more: "metrics: { ping_url: 'http://localhost:1/x' }")
    let arguments = ["--config", path, "--log-format", "json", "--log-level", "debug", "run"]
    guard let end = try run(arguments) else { return }
    #expect(end.code == 69)
    let lines = end.err.split(separator: "\n")
    #expect(lines.count > 2)
    for line in lines {
      let object = try json(String(line))
      #expect(object["level"] is String && object["time"] is String, "\(line)")
      #expect(!line.contains("very-secret"))
    }
  }

  @Test func metricsTellOfAPassThatFailed() throws {
    let path = try configuration("a.yaml", more: "metrics: { textfile: ./m.prom }")
    guard let end = try run(["--config", path, "run"]) else { return }
    #expect(end.code == 69)
    let text = try String(contentsOf: folder.appendingPathComponent("m.prom"), encoding: .utf8)
    #expect(text.contains("xerosync_pass_exit_code{configuration=\"a\"} 69"))
  }

  /// A server takes the connection and says nothing; the pass ends as soon as it is asked to.
  @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
  func signals(number: Int32) throws {
    let silent = try SilentServer()
    let path = try configuration("a.yaml", port: silent.port)
    let clock = ContinuousClock()
    var asked = clock.now
    let end = try run(["--config", path, "run"]) { process in
      silent.waitForCaller()
      asked = clock.now
      kill(process.processIdentifier, number)
    }
    guard let end else { return }
    #expect(end.code == (number == SIGINT ? 130 : 143), "\(end.err)")
    #expect(clock.now - asked < .seconds(20))
  }

  // MARK: Doctor and rebuild

  @Test func doctorNamesEverySystemThatIsDown() throws {
    let path = try configuration("a.yaml", state: "s")
    guard let end = try run(["--config", path, "doctor", "--json"]) else { return }
    #expect(end.code == 3)
    let checks = try #require(json(end.out)["checks"] as? [[String: Any]])
    let down = checks.filter { $0["status"] as? String == "error" }
    #expect(Set(down.compactMap { $0["system"] as? String }) == ["xero", "hubspot"])
    let isRemedied = down.allSatisfy { ($0["remedy"] as? String)?.isEmpty == false }
    #expect(isRemedied)
    #expect(!exists("s"))
  }

  @Test func doctorOnAConfigurationThatIsWrong() throws {
    let path = try configuration("a.yaml", more: "invoicess: {}")
    guard let end = try run(["--config", path, "doctor"]) else { return }
    #expect(end.code == 3)
    #expect(end.out.contains("error") && end.out.contains("invoicess"))
  }

  @Test(arguments: [false, true])
  func rebuildReplacesNothingWhileASystemIsDown(isDry: Bool) throws {
    let path = try configuration("a.yaml", state: "s")
    let state = folder.appendingPathComponent("s/x.sqlite")
    try FileManager.default.createDirectory(
      at: state.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data("damaged".utf8).write(to: state)
    let arguments = ["--config", path, "rebuild"] + (isDry ? ["--dry-run"] : [])
    guard let end = try run(arguments) else { return }
    #expect(end.code == 69, "\(end.err)")
    #expect(try String(contentsOf: state, encoding: .utf8) == "damaged")
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/s")
    #expect(!left.contains { $0.contains("rebuild") }, "\(left)")
  }

  // MARK: Many organisations

  @Test func oneFailingOrganisationStopsNoOther() throws {
    for name in ["a", "b", "c"] { try configuration("fleet/\(name).yaml") }
    try configuration("fleet/same.yaml", state: "state-fleet-a")
    try Data("version: 2\n".utf8).write(to: folder.appendingPathComponent("fleet/wrong.yml"))
    try Data("not ours".utf8).write(to: folder.appendingPathComponent("fleet/notes.txt"))
    let arguments = ["run", "--config-dir", "fleet", "--jobs", "1"]
    guard let end = try run(arguments + ["--json"]) else { return }
    #expect(end.code == 78, "the highest of 69 and 78")
    let passes = try #require(json(end.out)["passes"] as? [[String: Any]])
    let codes = passes.map { "\($0["configuration"] ?? "") \($0["exit_code"] ?? "")" }
    #expect(codes == ["a.yaml 69", "b.yaml 69", "c.yaml 69", "same.yaml 78", "wrong.yml 78"])
    guard let text = try run(arguments) else { return }
    #expect(text.out.hasPrefix("5 organisations: 0 done, 3 with exit code 69 ("), "\(text.out)")
  }

  @Test func shardsTakeEveryFileOnce() throws {
    let names = (0..<9).map { "o\($0).yaml" }
    for name in names { try configuration("fleet/\(name)") }
    var taken: [String] = []
    for shard in 0..<3 {
      let end = try run(
        ["run", "--config-dir", "fleet", "--json", "--dry-run", "--shard", "\(shard)/3"])
      guard let end else { return }
      let passes = try #require(json(end.out)["passes"] as? [[String: Any]])
      taken += passes.compactMap { $0["configuration"] as? String }
    }
    #expect(taken.sorted() == names)
  }

  @Test(
    arguments: [
      (["run", "--config-dir", "fleet", "--shard", "3/3"], 64), (["run", "--shard", "0/1"], 64),
      (["run", "--config-dir", "fleet", "--jobs", "0"], 64),
      (["run", "--config-dir", "fleet", "--subject", "hubspot:deal:1"], 64),
      (["--config", "a.yaml", "run", "--config-dir", "fleet"], 64),
      (["run", "--config-dir", "nowhere"], 78), (["run", "--config-dir", "empty"], 78),
    ] as [([String], Int32)])
  func wrongUse(_ arguments: [String], _ code: Int32) throws {
    try configuration("fleet/a.yaml")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("empty"), withIntermediateDirectories: true)
    guard let end = try run(arguments) else { return }
    #expect(end.code == code, "\(end.err)")
    #expect(!end.err.isEmpty)
  }

  // MARK: Manual

  @Test func manualNamesEveryCommand() throws {
    guard let end = try run(["manual"]) else { return }
    #expect(end.code == 0 && end.out.hasPrefix(".TH XEROSYNC 1 "))
    let isPlain = end.out.unicodeScalars.allSatisfy { $0.isASCII }
    #expect(isPlain)
    for command in HelpPage.all.map(\.command) where !command.isEmpty {
      guard HelpPage.page(command)?.subcommands.isEmpty == true else { continue }
      let title = ".SS " + command.replacing("-", with: "\\-")
      #expect(end.out.contains(title), "no \(title)")
    }
  }
}

/// Listens on a free port of this machine and never answers.
private final class SilentServer {
  let port: Int
  private let descriptor: Int32

  init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let isBound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) == 0 }
    }
    try #require(isBound && listen(descriptor, 16) == 0)
    _ = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit { close(descriptor) }

  /// Returns when somebody has connected and sent something.
  func waitForCaller() {
    let caller = accept(descriptor, nil, nil)
    var byte: UInt8 = 0
    _ = recv(caller, &byte, 1, Int32(MSG_PEEK))
  }
}
