import Domain
import Foundation
import Sandbox
import Synchronization
import TestSupport

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The executable as users run it, against simulated vendors on a loopback port: a process of its
/// own that can be killed, starved and interrupted.
final class BlackBox: Sendable {
  let world: SandboxWorld
  let directory: URL
  private let port: Int

  init(world: SandboxWorld, port: Int) throws {
    self.world = world
    self.port = port
    directory = Scratch.directory()
    try Data(configuration.utf8).write(to: directory.appendingPathComponent("xerosync.yaml"))
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  /// Serves the vendors for the length of `body`.
  static func open(_ body: @escaping @Sendable (BlackBox) async throws -> Void) async throws {
    let now = SandboxTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    let world = SandboxWorld(
      vendors: [
        XeroSandbox.demo(at: now), HubSpotSandbox.demo(withSyncFields: true, created: now),
      ],
      clock: { SandboxTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) })
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await SandboxServer(world: world, port: 0).run { port.yield($0) }
      }
      group.addTask {
        for await number in ports {
          try await body(try BlackBox(world: world, port: number))
          return
        }
      }
      try await group.next()
      group.cancelAll()
      while (try? await group.next()) != nil {}
    }
  }

  private var configuration: String {
    """
    version: 1
    start_date: 2020-01-01
    state: ./state/xerosync.sqlite
    accounting:
      kind: xero
      api_url: http://127.0.0.1:\(port)
      identity_url: http://127.0.0.1:\(port)
      login_url: http://127.0.0.1:\(port)
      auth:
        flow: client_credentials
        client_id: sandbox-client
        client_secret: \(Canary.secret)
    crms:
      - name: hubspot
        kind: hubspot
        api_url: http://127.0.0.1:\(port)
        auth: { flow: token, access_token: \(Canary.token) }
    invoices:
      tax: OUTPUT2

    """
  }

  var state: URL { directory.appendingPathComponent("state") }

  /// Built beside the tests.
  static var executable: String {
    URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("xerosync").path
  }

  // MARK: Processes

  struct End: Sendable {
    /// The exit code; 128 and the number of the signal that ended it.
    var code: Int32
    var output: String
    var errors: String
    var duration: Duration

    var all: String { output + errors }
  }

  /// Something done to a process a while after its start.
  struct Blow: Sendable {
    var signal: Int32
    var after: Duration
  }

  /// The words that run a pass at the world's time.
  var pass: [String] {
    let now = Instant(milliseconds: world.now.milliseconds)
    return ["--config", directory.path + "/xerosync.yaml", "run", "--as-of", now.description]
  }

  func run(_ words: [String]? = nil, blow: Blow? = nil) async throws -> End {
    try await launch(Self.executable, words ?? pass, blow: blow)
  }

  /// The same through a shell, `"$@"` being the program and its words.
  func shell(_ script: String, _ words: [String]? = nil) async throws -> End {
    try await launch("/bin/sh", ["-c", script, "sh", Self.executable] + (words ?? pass))
  }

  private func launch(_ program: String, _ words: [String], blow: Blow? = nil) async throws -> End {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = words
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    let clock = ContinuousClock()
    let start = clock.now
    let ended = AsyncStream.makeStream(of: Void.self)
    process.terminationHandler = { _ in ended.continuation.finish() }
    try process.run()
    let id = process.processIdentifier
    if let blow {
      Task {
        try await clock.sleep(for: blow.after)
        kill(id, blow.signal)
      }
    }
    async let said = Self.read(output)
    async let complained = Self.read(errors)
    let (text, complaints) = await (said, complained)
    for await _ in ended.stream {}
    let isSignal = process.terminationReason == .uncaughtSignal
    return End(
      code: isSignal ? 128 + process.terminationStatus : process.terminationStatus, output: text,
      errors: complaints, duration: clock.now - start)
  }

  private static func read(_ pipe: Pipe) async -> String {
    await withCheckedContinuation { continuation in
      let handle = pipe.fileHandleForReading
      Thread {
        continuation.resume(
          returning: String(decoding: handle.readDataToEndOfFile(), as: UTF8.self))
      }
      .start()
    }
  }

  // MARK: People

  func advance(minutes: Int) { world.advance(seconds: Int64(minutes) * 60) }

  @discardableResult
  func person(_ vendor: String, _ verb: String, _ body: JSONValue = [:]) throws -> JSONValue {
    let answer = world.respond(
      to: SandboxRequest(
        method: "POST", path: "/_sandbox/\(vendor)/\(verb)", body: body.serialized()))
    guard answer.status == 200, let json = try? JSONValue.parse(answer.body) else {
      throw Refused(description: String(decoding: answer.body, as: UTF8.self))
    }
    return json
  }

  /// Wins a deal of a company of its own; the id.
  func sell(_ number: Int) throws -> String {
    let made = try person(
      "hubspot", "create",
      ["type": "companies", "properties": ["name": .string("Customer \(number) Ltd")]])
    let body: JSONValue = [
      "name": .string("Deal \(number)"), "currency": "NZD", "stage": "closedwon",
      "company": .string(made["id"]?.string ?? ""), "owner": "501",
      "lines": [["name": "Work", "quantity": "2", "price": .string("\(number + 1).50")]],
    ]
    return try person("hubspot", "create_deal", body)["deal"]?.string ?? ""
  }

  /// Invoices that were neither voided nor deleted.
  var invoices: [XeroInvoice] {
    (world.withVendor(XeroSandbox.self) { $0.ledgers.first?.allInvoices ?? [] } ?? [])
      .filter { ![.voided, .deleted].contains($0.status) }
  }

  var doubled: [String] {
    Dictionary(grouping: invoices.compactMap(\.url), by: { $0 }).filter { $0.value.count > 1 }
      .keys.sorted()
  }

  func said(_ deal: String, _ field: String) -> String {
    (world.withVendor(HubSpotSandbox.self) { $0.deal(deal)?[field] } ?? nil) ?? ""
  }

  /// Passes until one has nothing to do; what the last one said.
  func settle(_ most: Int = 8) async throws -> End {
    var end = try await run()
    for _ in 1..<most {
      if end.code == 0, end.output.contains("nothing to do") { break }
      advance(minutes: 10)
      end = try await run()
    }
    return end
  }
}
