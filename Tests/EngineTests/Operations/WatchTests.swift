import Domain
import Engine
import Foundation
import Snapshot
import Synchronization
import TestSupport
import Testing
import Transport

/// What the outside sees of passes: the metrics file, the ping, the share of a fleet.
struct WatchTests {
  private func sample(_ rig: Rig, _ report: PassReport?) throws -> PassMetrics {
    let store = try rig.store()
    defer { try? store.close() }
    let now = Instant(milliseconds: rig.clock.now)
    let state = try store.read {
      try PassMetrics.State($0, systems: ["xero", "hubspot"], now: now)
    }
    return PassMetrics(
      configuration: "acme", version: "1.2", startedAt: now, finishedAt: now.advanced(seconds: 2),
      exitCode: report?.exitCode ?? .unavailable, report: report, state: state,
      signInEnds: ["xero": Instant(milliseconds: 1_800_000_000_500)])
  }

  @Test func metricsOfAPass() async throws {
    let (rig, _) = try Stage.won()
    try rig.deal("No customer", lines: [])
    let text = try sample(rig, try await rig.pass()).text
    let lines = text.split(separator: "\n").map(String.init)
    for line in [
      #"xerosync_pass_exit_code{configuration="acme"} 0"#,
      #"xerosync_pass_duration_seconds{configuration="acme"} 2.000"#,
      #"xerosync_links{configuration="acme"} 2"#,
      #"xerosync_operations_open{configuration="acme"} 0"#,
      #"xerosync_info{configuration="acme",version="1.2"} 1"#,
      #"xerosync_sign_in_end_timestamp_seconds{configuration="acme",system="xero"} 1800000000.500"#,
      #"xerosync_pass_operations{action="create",configuration="acme",object="invoice","#
        + #"outcome="applied"} 1"#,
    ] { #expect(lines.contains(line), "no \(line) in\n\(text)") }
    #expect(lines.contains { $0.hasPrefix("xerosync_pass_success_timestamp_seconds{") })
    #expect(lines.contains { $0.hasPrefix("xerosync_holds{code=") })
    #expect(lines.contains { $0.hasPrefix("xerosync_api_calls_day{") && !$0.hasSuffix(" 0") })
    expectWellFormed(text)
  }

  @Test func metricsOfAPassThatCouldNotBeRun() async throws {
    let rig = Rig()
    try await rig.pass()
    let text = try sample(rig, nil).text
    #expect(text.contains(#"xerosync_pass_exit_code{configuration="acme"} 69"#))
    #expect(!text.contains("pass_api_calls"))
    expectWellFormed(text)
  }

  /// Each metric once, with help and type before it; every sample a name, labels and a number.
  private func expectWellFormed(_ text: String) {
    var announced: Set<String> = []
    var current = ""
    for line in text.split(separator: "\n").map(String.init) {
      if line.hasPrefix("# HELP ") {
        current = String(line.split(separator: " ")[2])
        #expect(announced.insert(current).inserted, "\(current) comes twice")
      } else if line.hasPrefix("# TYPE ") {
        #expect(line == "# TYPE \(current) gauge")
      } else {
        let shape = #/([a-z_]+)\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\} -?[0-9]+(\.[0-9]{3})?/#
        let match = line.wholeMatch(of: shape)
        #expect(match != nil && String(match?.output.1 ?? "") == current, "\(line)")
      }
    }
    #expect(text.hasSuffix("\n"))
  }

  /// Every metric is documented.
  @Test func metricsAreInTheDocs() async throws {
    let (rig, _) = try Stage.won()
    try rig.deal("No customer", lines: [])
    let text = try sample(rig, try await rig.pass()).text
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../Docs/operations.md").standardizedFileURL
    let docs = try String(contentsOf: page, encoding: .utf8)
    for line in text.split(separator: "\n") where line.hasPrefix("# TYPE ") {
      let name = line.split(separator: " ")[2]
      #expect(docs.contains("`\(name)`"), "Docs/operations.md does not describe \(name)")
    }
  }

  @Test func fileIsReplacedWhole() throws {
    let folder = Scratch.directory()
    let path = folder.appendingPathComponent("x.prom").path
    #expect(PublicFile.replace(path, with: "one\n") == nil)
    #expect(PublicFile.replace(path, with: "two\n") == nil)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "two\n")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["x.prom"])
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o644)
    #expect(PublicFile.replace("/proc/none/x.prom", with: "x") != nil)
  }

  // MARK: Ping

  private func ping(
    _ address: String, _ answer: @escaping @Sendable (HTTPRequest) throws(HTTPFailure) -> Int
  ) -> HealthPing? {
    let exchange = HTTPExchange { (request, _) throws(HTTPFailure) in
      HTTPResponse(status: try answer(request))
    }
    return HealthPing(
      address: address, exchange: exchange, time: VirtualClock(startingAt: 0).source())
  }

  @Test func pingAddresses() async throws {
    let asked = Mutex<[String]>([])
    let ping = try #require(
      ping("https://hc.example/ping/uuid?x=1") { request in
        asked.withLock { $0.append("\(request.method.rawValue) \(request.url.absoluteString)") }
        return 200
      })
    for event in HealthPing.Event.allCases { #expect(await ping.send(event) == nil) }
    #expect(
      asked.withLock { $0 } == [
        "GET https://hc.example/ping/uuid/start?x=1", "GET https://hc.example/ping/uuid?x=1",
        "GET https://hc.example/ping/uuid/fail?x=1",
      ])
  }

  @Test func pingThatFailsSaysWhy() async throws {
    let refused = try #require(ping("https://hc.example/a") { _ in 404 })
    #expect(await refused.send(.success) == "HTTP 404")
    let down = try #require(
      ping("https://hc.example/a") { (_) throws(HTTPFailure) in throw .notSent("no route") })
    #expect(await down.send(.fail) == "no route")
    #expect(ping("http://elsewhere.example/a") { _ in 200 } == nil)
  }

  // MARK: Shards

  @Test(arguments: ["0/1", "0/3", "2/3", "99/100"])
  func shardIsRead(text: String) { #expect(Shard(text)?.description == text) }

  @Test(arguments: ["", "1", "3/3", "-1/3", "0/0", "a/b", "1/2/3", "+1/3", " 0/2", "0x1/3"])
  func shardIsRefused(text: String) { #expect(Shard(text) == nil) }

  /// Every file falls to exactly one shard, and to the same one for ever.
  @Test func shardsPartition() throws {
    let files = (0..<500).map { "customer-\($0).yaml" }
    let shards = (0..<7).compactMap { Shard("\($0)/7") }
    for file in files { #expect(shards.count { $0.takes(file) } == 1) }
    for shard in shards { #expect(files.count(where: shard.takes) > 40) }
    let first = try #require(Shard("0/2"))
    #expect(["a.yaml", "b.yaml", "c.yaml", "d.yaml"].map(first.takes) == Self.golden)
  }

  private static let golden = [true, true, true, false]
}
