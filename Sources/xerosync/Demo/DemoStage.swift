import ConfigurationFile
import Domain
import Engine
import Foundation
import Sandbox
import Transport

/// The sandbox on a loopback port, a configuration that points at it, and a clock that can be
/// moved: everything a demonstration plays with.
struct DemoStage {
  let workplace: Workplace
  let directory: URL
  let crm: DemoCRM
  let accounting: DemoAccounting
  private let world: SandboxWorld

  init(
    workplace: Workplace, directory: URL, crm: DemoCRM, accounting: DemoAccounting
  ) throws {
    self.workplace = workplace
    self.directory = directory
    self.crm = crm
    self.accounting = accounting
    world = try SandboxFactory(time: workplace.time).world([accounting.kind, crm.kind])
  }

  /// Serves the sandbox while `play` runs.
  func open(_ play: @Sendable (DemoTheatre) async throws -> Bool) async throws -> Bool {
    let server = SandboxServer(world: world, port: 0)
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    return try await withThrowingTaskGroup(of: Bool?.self) { group in
      group.addTask {
        try await server.run { port.yield($0) }
        return nil
      }
      var iterator = ports.makeAsyncIterator()
      guard let number = await iterator.next() else { return false }
      let isRight = try await play(theatre(port: number))
      group.cancelAll()
      return isRight
    }
  }

  private func theatre(port: Int) throws -> DemoTheatre {
    let zone = Zone("Pacific/Auckland") ?? .utc
    let text = SandboxConfiguration.text(
      port: port, startDate: zone.date(at: workplace.now).adding(days: -1),
      systems: [accounting.kind, crm.kind])
    let path = directory.appendingPathComponent("xerosync.yaml").path
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    if crm.kind == "rest" {
      try Data(StartingDescription.text.utf8).write(
        to: directory.appendingPathComponent(StartingDescription.fileName))
    }
    let loader = ConfigurationLoader(
      environment: [:], readFile: SystemAccess.readFile,
      runCommand: { try SystemAccess.runCommand($0, environment: [:]) })
    do {
      let configuration = try loader.load(path: path)
      try signIn(configuration)
      return DemoTheatre(
        workplace: workplace, configuration: configuration, world: world, zone: zone, crm: crm,
        accounting: accounting)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(.internalError, "The demo's own configuration is wrong: \(error)")
    }
  }
}

extension DemoStage {
  /// As `auth import` would: for systems that want a person once.
  private func signIn(_ configuration: Configuration) throws {
    guard let token = accounting.token else { return }
    let store = TokenFile.store(path: configuration.tokensPath, time: workplace.time)
    do {
      try store.save(
        accounting.kind,
        StoredToken(refreshToken: Secret(token.refresh), pin: token.account))
    } catch {
      throw Failure(.internalError, "The demo's own sign-in cannot be kept: \(error)")
    }
  }
}

/// What a scene of the demonstration can do.
struct DemoTheatre: Sendable {
  let workplace: Workplace
  let configuration: Configuration
  let world: SandboxWorld
  let zone: Zone
  let crm: DemoCRM
  let accounting: DemoAccounting

  var terminal: Terminal { workplace.terminal }

  /// A person at work in a vendor's screens; the JSON answer.
  @discardableResult
  func person(_ vendor: String, _ verb: String, _ body: JSONValue) throws -> JSONValue {
    let response = world.respond(
      to: SandboxRequest(
        method: "POST", path: "/_sandbox/\(vendor)/\(verb)",
        headers: ["content-type": "application/json"], body: body.serialized()))
    guard response.status == 200, let answer = try? JSONValue.parse(response.body) else {
      throw Failure(
        .internalError,
        "The sandbox refused \(vendor) \(verb): "
          + String(decoding: response.body, as: UTF8.self))
    }
    return answer
  }

  /// A salesperson wins a deal.
  func wins(
    _ name: String, amount: String, for company: String, lines: [JSONValue]
  ) throws {
    try person(
      crm.kind, "create_deal", crm.deal(name, amount: amount, company: company, lines: lines))
  }

  func pass(isDryRun: Bool = false) async throws -> PassReport {
    var options = PassOptions()
    options.isDryRun = isDryRun
    options.asOf = Instant(milliseconds: world.now.milliseconds)
    return try await PassRunner(workplace: workplace, configuration: configuration).run(options)
  }

  func advance(days: Int) { world.advance(seconds: Int64(days) * 86_400) }

  func advance(minutes: Int) { world.advance(seconds: Int64(minutes) * 60) }

  func setFaults(_ json: String) throws {
    do { world.setFaults(try Fault.list(from: Data(json.utf8))) } catch {
      throw Failure(.internalError, "The demo's own faults are wrong: \(error)")
    }
  }

  var invoiceCount: Int { accounting.invoices(world) }

  var today: CalendarDate { zone.date(at: Instant(milliseconds: world.now.milliseconds)) }

  func say(_ text: String) { terminal.out(text) }

  func heading(_ text: String) {
    terminal.out("")
    terminal.out(Style.bold("── \(text)", terminal))
  }

  func show(_ report: PassReport) {
    for line in PassText(report: report, terminal: terminal, zone: zone).lines() {
      terminal.out(line.isEmpty ? "" : "   " + line)
    }
  }
}
