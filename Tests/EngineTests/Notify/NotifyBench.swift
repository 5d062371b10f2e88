import ConfigurationFile
import Connectors
import Domain
import Engine
import Foundation
import Logging
import Sandbox
import Snapshot
import Synchronization
import Testing
import Transport

/// The whole engine against the simulated systems in one process, with receivers of alerts that
/// fail on demand.
final class NotifyBench: Sendable {
  let world: SandboxWorld
  let store: SnapshotStore
  let directory: URL
  /// Everything posted to hook.example, Slack's and our own.
  let receiver = NotifyReceiver([.status(200)])
  let mail = MailBox()
  let signInEnds = Mutex<[SystemName: Instant]>([:])
  private let configuration: Configuration
  private let tokens: TokenStore

  static let start = Instant(milliseconds: 1_795_420_800_000)

  /// `settings` is added to the configuration file.
  init(_ settings: String) throws {
    let began = SandboxTime(milliseconds: Self.start.milliseconds)
    world = SandboxWorld(
      vendors: [
        XeroSandbox.demo(at: began), HubSpotSandbox.demo(withSyncFields: true, created: began),
      ], startingAt: began)
    directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("notify-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    store = try SnapshotStore(path: directory.appendingPathComponent("s.sqlite").path)
    let date = try #require(CalendarDate("2026-11-20"))
    let text = SandboxConfiguration.text(port: 8480, startDate: date) + "\n" + settings
    let loader = ConfigurationLoader(
      environment: [:], readFile: { _ in Data(text.utf8) }, runCommand: { _ in "" })
    configuration = try loader.load(path: "/test/xerosync.yaml")
    tokens = .inMemory()
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  var now: Instant { Instant(milliseconds: world.now.milliseconds) }

  func advance(days: Int) { world.advance(seconds: Int64(days) * 86_400) }

  // MARK: People

  @discardableResult
  func person(_ vendor: String, _ verb: String, _ body: JSONValue) throws -> JSONValue {
    let answer = world.respond(
      to: SandboxRequest(
        method: "POST", path: "/_sandbox/\(vendor)/\(verb)",
        headers: ["content-type": "application/json"], body: body.serialized()))
    let words = String(decoding: answer.body, as: UTF8.self)
    try #require(answer.status == 200, "\(vendor) \(verb): \(words)")
    return try JSONValue.parse(answer.body)
  }

  /// A won deal of its own company; its id.
  @discardableResult
  func win(_ name: String = "Website", owner: String?) throws -> String {
    let company = try person(
      "hubspot", "create",
      ["type": "companies", "properties": ["name": .string("\(name) Limited")]])
    var body: JSONValue.Object = [
      "name": .string(name), "amount": "100.00", "currency": "NZD", "stage": "closedwon",
      "company": .string(company["id"]?.string ?? ""),
      "lines": [["name": "Work", "quantity": "1", "price": "100.00"]],
    ]
    if let owner { body["owner"] = .string(owner) }
    return try person("hubspot", "create_deal", .object(body))["deal"]?.string ?? ""
  }

  // MARK: Passes

  func pass(_ options: PassOptions = PassOptions()) async throws -> PassReport {
    var environment = PassEnvironment(
      systems: try systems(), policy: configuration.policy, time: time, logger: Self.logger)
    environment.watch = WatchPolicy(
      failedPasses: configuration.notify.failedPasses,
      signInDays: configuration.notify.signInDays)
    world.advance(seconds: 300)
    return try await Pass(environment: environment, options: options).run(on: store)
  }

  private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  private var time: TimeSource {
    let world = world
    return TimeSource(
      now: { world.now.milliseconds }, monotonic: { .zero }, sleep: { _ in },
      alarm: { duration in
        // Only what a hook may take runs out; answers of the simulated systems take no time.
        if duration != .seconds(10) { await untilCancelled() }
      })
  }

  private func systems() throws -> ConnectedSystems {
    let notify = configuration.notify
    var notifiers: [AlertChannel: Notifier] = [:]
    let hooks = receiver.exchange
    // The alarm of the hooks must not ring before a prompt answer.
    let patient = TimeSource.patient
    let time = receiver.isSilent ? self.time : patient
    if let slack = notify.slack {
      notifiers[.slack] = SlackNotifier.make(
        address: Secret(slack.webhookURL.reveal()), exchange: hooks, time: time)
    }
    if let webhook = notify.webhook {
      notifiers[.webhook] = WebhookNotifier.make(
        address: webhook.url.value, secret: webhook.secret.map { Secret($0.reveal()) },
        accounting: configuration.accounting.name, exchange: hooks, time: time)
    }
    if let email = notify.email, let from = MailAddress(email.from.value) {
      let mail = mail
      notifiers[.email] = MailNotifier.make(
        from: from, fallback: email.fallback.flatMap { MailAddress($0.value) } ?? from,
        run: { _, input in mail.take(input) })
    }
    let ends = signInEnds.withLock { $0 }
    return ConnectedSystems(
      accounting: try ConnectorRegistry.accounting(
        settings: configuration.accounting,
        environment: environment(configuration.accounting.name)),
      crms: try configuration.crms.map {
        try ConnectorRegistry.crm(settings: $0, environment: environment($0.name))
      },
      notifiers: notifiers, signInEnds: { ends })
  }

  private func environment(_ name: SystemName) -> ConnectorEnvironment {
    let world = world
    return ConnectorEnvironment(
      exchange: HTTPExchange { (request, _) async throws(HTTPFailure) in
        try Self.answer(request, world)
      }, time: time, tokens: tokens,
      budget: BudgetStore(load: { nil }, save: { _ in }), logger: Self.logger,
      redactor: Redactor(), passDeadline: .seconds(300), userAgent: "test", seed: 1)
  }

  private static func answer(
    _ request: HTTPRequest, _ world: SandboxWorld
  ) throws(HTTPFailure) -> HTTPResponse {
    let parts = URLComponents(url: request.url, resolvingAgainstBaseURL: false)
    let answer = world.respond(
      to: SandboxRequest(
        method: request.method.rawValue, path: parts?.path ?? "",
        query: (parts?.queryItems ?? []).map { .init(name: $0.name, value: $0.value ?? "") },
        headers: Dictionary(request.headers.map { ($0.key.lowercased(), $0.value) }) { $1 },
        body: request.body ?? Data()))
    guard answer.delivery != .dropped else { throw .interrupted("reset") }
    return HTTPResponse(
      status: answer.status,
      headers: HTTPHeaders(answer.headers.map { (name: $0.name, value: $0.value) }),
      body: answer.body)
  }

  // MARK: What came of it

  /// What the deal says of its invoice.
  func status(_ deal: String) -> String? {
    world.withVendor(HubSpotSandbox.self) { $0.record(.deals, deal)?["xero_invoice_status"] }
      .flatMap { $0 }
  }

  func holds() throws -> [HoldCode] { try store.read { try $0.holds().map(\.hold.code) } }

  /// Open alerts of the journal with what was last heard of them.
  func queue() throws -> [JournalEntry] {
    try store.read { try $0.openOperations() }.filter { $0.operation.action == .notify }
  }

  /// Bodies posted since the last call.
  func posts() -> [String] {
    defer { receiver.clear() }
    return receiver.requests.map { String(decoding: $0.body ?? Data(), as: UTF8.self) }
  }
}

/// A mail program that keeps what it is given, or fails.
final class MailBox: Sendable {
  private let state = Mutex((outcome: MailProgramOutcome.accepted, taken: [String]()))

  func answer(_ outcome: MailProgramOutcome) { state.withLock { $0.outcome = outcome } }

  func take(_ message: Data) -> MailProgramOutcome {
    state.withLock {
      $0.taken.append(String(decoding: message, as: UTF8.self))
      return $0.outcome
    }
  }

  /// Messages since the last call.
  func open() throws -> [ParsedMail] {
    let taken = state.withLock { state in
      defer { state.taken = [] }
      return state.taken
    }
    return try taken.map { try ParsedMail($0) }
  }
}
