import Connectors
import Domain
import Foundation
import Logging
import Sandbox
import Synchronization
import Testing
import Transport

/// A clock that moves only when somebody sleeps or a test moves it.
final class SalesforceClock: Sendable {
  private let milliseconds: Mutex<Int64>
  /// 2026-11-20T00:00:00Z.
  static let start: Int64 = 1_795_132_800_000

  init() { milliseconds = Mutex(Self.start) }

  var now: Int64 { milliseconds.withLock { $0 } }
  func advance(_ duration: Duration) { milliseconds.withLock { $0 += duration.milliseconds } }

  var source: TimeSource {
    TimeSource(
      now: { self.now },
      monotonic: { .milliseconds(self.now - Self.start) },
      sleep: { self.advance($0) },
      alarm: { _ in try await Task.sleep(for: .seconds(86_400)) })
  }
}

enum SalesforceFixture {
  static func settings(
    _ change: (inout ConnectionSettings) -> Void = { _ in }
  ) -> ConnectionSettings {
    var settings = ConnectionSettings(
      name: "salesforce", kind: Sourced("salesforce"),
      auth: ConnectionSettings.Auth(
        flow: Sourced("client_credentials"),
        secrets: [
          "client_id": SecretText("app-canary"), "client_secret": SecretText("secret-canary"),
        ]))
    settings.urls["api_url"] = Sourced("http://localhost:1")
    change(&settings)
    return settings
  }

  static func environment(
    _ exchange: HTTPExchange, _ clock: SalesforceClock, _ tokens: TokenStore = .inMemory()
  ) -> ConnectorEnvironment {
    ConnectorEnvironment(
      exchange: exchange, time: clock.source, tokens: tokens, budget: .none(),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, redactor: Redactor(),
      passDeadline: .seconds(10_000_000), userAgent: "xerosync/test", seed: 7)
  }
}

/// A connector and a simulated organisation in one process, on one clock.
struct SalesforceBench: Sendable {
  let clock = SalesforceClock()
  let world: SandboxWorld
  let settings: ConnectionSettings
  let tokens = TokenStore.inMemory()
  private let sent: Sent

  /// What went out.
  final class Sent: Sendable {
    struct Line: Sendable {
      var line: String
      var query: String
      var body: String
    }

    private let lines = Mutex<[Line]>([])
    func add(_ line: Line) { lines.withLock { $0.append(line) } }
    var all: [Line] { lines.withLock { $0 } }
  }

  init(
    syncFields: Bool = true, _ change: (inout ConnectionSettings) -> Void = { _ in }
  ) {
    let clock = clock
    world = SandboxWorld(
      vendors: [SalesforceSandbox.demo(withSyncFields: syncFields)],
      clock: { SandboxTime(milliseconds: clock.now) })
    settings = SalesforceFixture.settings(change)
    sent = Sent()
  }

  /// A connector of a new pass: it knows nothing of earlier ones but the token.
  func connector() throws -> SalesforceConnector {
    try SalesforceConnector(
      settings: settings, environment: SalesforceFixture.environment(exchange, clock, tokens))
  }

  var environment: ConnectorEnvironment {
    SalesforceFixture.environment(exchange, clock, tokens)
  }

  private var exchange: HTTPExchange {
    HTTPExchange { [world, sent] request, _ throws(HTTPFailure) in
      let parts = URLComponents(url: request.url, resolvingAgainstBaseURL: false)
      let body = request.body ?? Data()
      let query = (parts?.queryItems ?? []).map {
        SandboxRequest.QueryItem(name: $0.name, value: $0.value ?? "")
      }
      sent.add(
        Sent.Line(
          line: "\(request.method.rawValue) \(parts?.path ?? "")",
          query: query.first { $0.name == "q" }?.value ?? "",
          body: String(decoding: body, as: UTF8.self)))
      var headers = Dictionary(
        request.headers.map { ($0.key.lowercased(), $0.value) }
      ) { $1 }
      headers["host"] = "\(parts?.host ?? ""):\(parts?.port ?? 80)"
      let answer = world.respond(
        to: SandboxRequest(
          method: request.method.rawValue, path: parts?.path ?? "", query: query,
          headers: headers, body: body))
      guard answer.delivery != .dropped else { throw .interrupted("reset") }
      return HTTPResponse(
        status: answer.status,
        headers: HTTPHeaders(answer.headers.map { (name: $0.name, value: $0.value) }),
        body: answer.body)
    }
  }

  /// A person at the screens of the organisation.
  @discardableResult
  func person(_ verb: String, _ body: JSONValue = [:]) throws -> JSONValue {
    let answer = world.respond(
      to: SandboxRequest(
        method: "POST", path: "/_sandbox/salesforce/\(verb)", body: body.serialized()))
    let words = String(decoding: answer.body, as: UTF8.self)
    try #require(answer.status == 200, "\(verb): \(words)")
    return answer.jsonBody ?? .null
  }

  func deal(_ name: String = "Website", _ more: JSONValue.Object = [:]) throws -> String {
    var body: JSONValue.Object = ["name": .string(name), "company": .string(try company())]
    for (key, value) in more { body[key] = value }
    return try person("create_deal", .object(body))["deal"]?.string ?? ""
  }

  func company(_ name: String = "Harbour Lights Ltd") throws -> String {
    try record("Account") { $0["Name"]?.string == name }["Id"]?.string ?? ""
  }

  func user(_ mail: String) throws -> String {
    try record("User") { $0["Email"]?.string == mail }["Id"]?.string ?? ""
  }

  func record(_ type: String, where matches: (JSONValue) -> Bool) throws -> JSONValue {
    try records(type).first(where: matches) ?? .null
  }

  func record(_ type: String, _ id: String) throws -> JSONValue {
    try record(type) { $0["Id"]?.string == id }
  }

  func records(_ type: String) throws -> [JSONValue] {
    try person("summary", ["types": [.string(type)]])[type]?.array ?? []
  }

  /// Requests of connectors since the last clearing, sign-in not counted.
  var calls: [String] {
    world.log.filter { !$0.path.hasPrefix("/_sandbox") && !$0.path.contains("oauth2/token") }
      .map { "\($0.method) \($0.path.replacing("/services/data/v66.0", with: ""))" }
  }

  func bodies(_ line: String) -> [String] {
    sent.all.filter { $0.line.hasPrefix(line) }.map(\.body)
  }

  var queries: [String] { sent.all.map(\.query).filter { !$0.isEmpty } }

  func lose(_ method: String, _ path: String) {
    world.setFaults([Fault(.dropAfter, vendor: "salesforce", method: method, path: path)])
  }

  /// Reads a feed to its end, as a pass does.
  func poll(
    _ connector: SalesforceConnector, _ feed: CRMFeed = .deals, from start: FeedCursor = .start,
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
