import ConfigurationFile
import Connectors
import Domain
import Foundation
import Logging
import Sandbox
import Synchronization
import Testing
import Transport

/// A clock that moves only when somebody sleeps or a test moves it.
final class RestClock: Sendable {
  private let milliseconds: Mutex<Int64>
  /// 2026-11-20T00:00:00Z.
  static let start: Int64 = 1_795_132_800_000

  init() { milliseconds = Mutex(Self.start) }

  var now: Int64 { milliseconds.withLock { $0 } }
  func advance(_ duration: Duration) { milliseconds.withLock { $0 += duration.milliseconds } }

  var source: TimeSource {
    TimeSource(
      now: { self.now }, monotonic: { .milliseconds(self.now - Self.start) },
      sleep: { self.advance($0) }, alarm: { _ in try await Task.sleep(for: .seconds(86_400)) })
  }
}

enum RestFixture {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func file(_ name: String) throws -> DocumentNode {
    let url = root.appendingPathComponent("Fixtures/connectors/\(name)")
    return try DescriptionFile.read(Data(contentsOf: url), path: name)
  }

  static func document(_ text: String) throws -> DocumentNode {
    try DescriptionFile.read(Data(text.utf8), path: "crm.yaml")
  }

  static func settings(
    _ text: String = StartingDescription.text, url: String = "http://localhost:1/kahu/v1",
    _ change: (inout ConnectionSettings) -> Void = { _ in }
  ) throws -> ConnectionSettings {
    var settings = ConnectionSettings(
      name: "crm", kind: Sourced("rest"),
      auth: .init(
        flow: Sourced("token"), secrets: ["access_token": SecretText("sandbox-token")]))
    settings.urls["api_url"] = Sourced(url)
    settings.description = try document(text)
    change(&settings)
    return settings
  }

  static func environment(
    _ exchange: HTTPExchange, _ clock: RestClock, _ tokens: TokenStore = .inMemory()
  ) -> ConnectorEnvironment {
    ConnectorEnvironment(
      exchange: exchange, time: clock.source, tokens: tokens, budget: .none(),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, redactor: Redactor(),
      passDeadline: .seconds(1_000_000), userAgent: "xerosync/test", seed: 7)
  }
}

/// A connector and the simulated CRM in one process, on one clock.
struct RestBench: Sendable {
  let clock = RestClock()
  let world: SandboxWorld
  let settings: ConnectionSettings
  let tokens: TokenStore

  init(
    _ text: String = StartingDescription.text, tokens: TokenStore = .inMemory(),
    _ change: (inout ConnectionSettings) -> Void = { _ in }
  ) throws {
    let clock = clock
    world = SandboxWorld(
      vendors: [RestSandbox.demo()], clock: { SandboxTime(milliseconds: clock.now) })
    settings = try RestFixture.settings(text, change)
    self.tokens = tokens
  }

  /// A connector of a new pass: it knows nothing of earlier ones.
  func connector() throws -> RestConnector {
    try RestConnector(
      settings: settings, environment: RestFixture.environment(exchange, clock, tokens))
  }

  private var exchange: HTTPExchange {
    HTTPExchange { [world] request, _ throws(HTTPFailure) in
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
  }

  /// A person at the screens of the CRM.
  @discardableResult
  func person(_ verb: String, _ body: JSONValue = [:]) throws -> JSONValue {
    let answer = world.respond(
      to: SandboxRequest(
        method: "POST", path: "/_sandbox/rest/\(verb)", body: body.serialized()))
    let words = String(decoding: answer.body, as: UTF8.self)
    try #require(answer.status == 200, "\(verb): \(words)")
    return answer.jsonBody ?? .null
  }

  func records(_ type: String) throws -> [JSONValue] {
    try person("summary")[type]?.array ?? []
  }

  func company() throws -> String { try records("companies").first?["id"]?.digits ?? "" }

  func deal(_ name: String = "Website", _ more: JSONValue.Object = [:]) throws -> ID<Deal> {
    var body: JSONValue.Object = ["name": .string(name), "company": .string(try company())]
    for (key, value) in more { body[key] = value }
    return ID(try person("create_deal", .object(body))["deal"]?.digits ?? "")
  }

  /// Requests of connectors since the last clearing.
  var calls: [String] {
    world.log.filter { !$0.path.hasPrefix("/_sandbox") }.map { "\($0.method) \($0.path)" }
  }

  func lose(_ method: String, _ path: String) {
    world.setFaults([Fault(.dropAfter, vendor: "rest", method: method, path: path)])
  }

  /// Reads a feed to its end, as a pass does.
  func poll(
    _ connector: RestConnector, _ feed: CRMFeed = .deals, from start: FeedCursor = .start,
    between: (Int) throws -> Void = { _ in }
  ) async throws -> (pages: [CRMPage], cursor: FeedCursor) {
    var pages: [CRMPage] = []
    var cursor = start
    repeat {
      let page = try await connector.page(feed, from: cursor)
      pages.append(page)
      cursor = page.next
      try between(pages.count)
    } while pages.last?.hasMore == true && pages.count < 500
    return (pages, cursor)
  }
}

/// A server that answers as a test says.
final class RestScript: Sendable {
  typealias Rule = @Sendable (HTTPRequest, Int) -> HTTPResponse
  private let sent = Mutex<[HTTPRequest]>([])
  private let rule: Rule

  init(_ rule: @escaping Rule) { self.rule = rule }

  var requests: [HTTPRequest] { sent.withLock { $0 } }

  var exchange: HTTPExchange {
    HTTPExchange { [self] request, _ throws(HTTPFailure) in
      let count = sent.withLock { sent in
        sent.append(request)
        return sent.count
      }
      return rule(request, count)
    }
  }

  /// A connector of a small description; `list` is its `deals.list` and what follows it.
  func connector(
    list: String, actions: String = "", connection: String = "", clock: RestClock = RestClock()
  ) throws -> RestConnector {
    let text = Self.description(list: list, actions: actions, connection: connection)
    return try RestConnector(
      settings: RestFixture.settings(text, url: "https://crm.example/api"),
      environment: RestFixture.environment(exchange, clock))
  }

  static func description(
    list: String, actions: String = "", connection: String = ""
  ) -> String {
    """
    version: 1
    name: Small
    connection:
      url: https://crm.example/api
    \(connection)
    auth: { kind: bearer, token: "{{secret.access_token}}" }
    deals:
    \(list)
      read: { path: "/deals/{{id}}" }
      url: https://crm.example/deals/{{deal.id}}
      fields: { id: id, name: name, amount: amount, modified: at, people: person }
      won: { path: won, equals: true }
      reported: { invoice_number: number }
    people:
      read: { path: "/people/{{id}}" }
      fields: { id: id, name: name, email: email, mark: mark }
    actions:
      report: { method: PATCH, path: "/deals/{{deal.id}}", body: { number: "{{report.invoice_number}}" } }
    \(actions)
    """
  }

  static func json(
    _ text: String, status: Int = 200, _ headers: [(name: String, value: String)] = []
  ) -> HTTPResponse {
    HTTPResponse(
      status: status,
      headers: HTTPHeaders([(name: "Content-Type", value: "application/json")] + headers),
      body: Data(text.utf8))
  }
}

extension HTTPRequest {
  func value(_ name: String) -> String? {
    URLComponents(url: url, resolvingAgainstBaseURL: false)?.queryItems?
      .first { $0.name == name }?.value
  }

  var sentText: String { String(decoding: body ?? Data(), as: UTF8.self) }
}

extension [CRMPage] {
  var deals: [String] { flatMap { $0.deals.map(\.id.rawValue) } }
  var parties: [String] { flatMap { $0.parties.map(\.subject.id) } }
  var gone: [String] { flatMap { $0.deleted.map(\.id) } }
}
