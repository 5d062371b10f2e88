import Connectors
import Domain
import Foundation
import Logging
import Sandbox
import Synchronization
import Testing
import Transport

/// A clock that moves only when somebody sleeps or a test moves it.
final class ZohoClock: Sendable {
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

enum ZohoFixture {
  static func settings(
    _ change: (inout ConnectionSettings) -> Void = { _ in }
  ) -> ConnectionSettings {
    var settings = ConnectionSettings(
      name: "zoho", kind: Sourced("zoho"),
      auth: ConnectionSettings.Auth(
        flow: Sourced("refresh_token"),
        secrets: [
          "client_id": SecretText("app"), "client_secret": SecretText("s"),
          "refresh_token": SecretText("sandbox-refresh-token"),
        ]))
    for key in ["api_url", "identity_url"] {
      settings.urls[key] = Sourced("http://localhost:1")
    }
    change(&settings)
    return settings
  }

  static func environment(
    _ exchange: HTTPExchange, _ clock: ZohoClock, _ tokens: TokenStore = .inMemory()
  ) -> ConnectorEnvironment {
    ConnectorEnvironment(
      exchange: exchange, time: clock.source, tokens: tokens, budget: .none(),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, redactor: Redactor(),
      passDeadline: .seconds(100_000), userAgent: "xerosync/test", seed: 7)
  }
}

/// A connector and a simulated organisation in one process, on one clock.
struct ZohoBench: Sendable {
  let clock = ZohoClock()
  let world: SandboxWorld
  let settings: ConnectionSettings
  let tokens = TokenStore.inMemory()
  private let sent: Sent

  /// The bodies that went out, by method and path.
  final class Sent: Sendable {
    private let lines = Mutex<[(line: String, body: String)]>([])
    func add(_ line: String, _ body: String) { lines.withLock { $0.append((line, body)) } }
    var all: [(line: String, body: String)] { lines.withLock { $0 } }
  }

  init(
    syncFields: Bool = true, _ change: (inout ConnectionSettings) -> Void = { _ in }
  ) {
    let clock = clock
    world = SandboxWorld(
      vendors: [ZohoSandbox.demo(withSyncFields: syncFields)],
      clock: { SandboxTime(milliseconds: clock.now) })
    settings = ZohoFixture.settings(change)
    sent = Sent()
  }

  /// A connector of a new pass: it knows nothing of earlier ones but the sign-in.
  func connector(_ other: ConnectionSettings? = nil) throws -> ZohoConnector {
    try ZohoConnector(settings: other ?? settings, environment: environment)
  }

  var environment: ConnectorEnvironment { ZohoFixture.environment(exchange, clock, tokens) }

  private var exchange: HTTPExchange {
    HTTPExchange { [world, sent] request, _ throws(HTTPFailure) in
      let parts = URLComponents(url: request.url, resolvingAgainstBaseURL: false)
      let body = request.body ?? Data()
      sent.add(
        "\(request.method.rawValue) \(parts?.path ?? "")", String(decoding: body, as: UTF8.self))
      let answer = world.respond(
        to: SandboxRequest(
          method: request.method.rawValue, path: parts?.path ?? "",
          query: (parts?.queryItems ?? []).map { .init(name: $0.name, value: $0.value ?? "") },
          headers: Dictionary(
            request.headers.map { ($0.key.lowercased(), $0.value) }
          ) { $1 },
          body: body))
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
        method: "POST", path: "/_sandbox/zoho/\(verb)", body: body.serialized()))
    let words = String(decoding: answer.body, as: UTF8.self)
    try #require(answer.status == 200, "\(verb): \(words)")
    return answer.jsonBody ?? .null
  }

  func deal(_ name: String = "Website", _ more: JSONValue.Object = [:]) throws -> String {
    var body: JSONValue.Object = ["name": .string(name), "company": .string(try company())]
    for (key, value) in more { body[key] = value }
    return try person("create_deal", .object(body))["deal"]?.string ?? ""
  }

  /// An account of the demo.
  func company(_ name: String = "Harbour Lights Ltd") throws -> String {
    try record("Accounts") { $0["Account_Name"]?.string == name }["id"]?.string ?? ""
  }

  func record(
    _ type: String, where matches: (JSONValue) -> Bool
  ) throws -> JSONValue {
    try records(type).first(where: matches) ?? .null
  }

  func record(_ type: String, _ id: String) throws -> JSONValue {
    try record(type) { $0["id"]?.string == id }
  }

  /// All live records of a module.
  func records(_ type: String) throws -> [JSONValue] {
    try person("summary", ["types": [.string(type)]])[type]?.array ?? []
  }

  /// Requests of connectors since the last clearing, ids left out.
  var calls: [String] {
    world.log.filter { !$0.path.hasPrefix("/_sandbox") }.map {
      "\($0.method) \($0.path)".replacing(/\/[0-9]{15,}/, with: "/ID")
        .replacing("/crm/v8", with: "")
    }
  }

  func bodies(_ line: String) -> [String] {
    sent.all.filter { $0.line.hasPrefix(line) }.map(\.body)
  }

  func lose(_ method: String, _ path: String) {
    world.setFaults([Fault(.dropAfter, vendor: "zoho", method: method, path: path)])
  }

  /// Reads a feed to its end, as a pass does.
  func poll(
    _ connector: ZohoConnector, _ feed: CRMFeed = .deals, from start: FeedCursor = .start,
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

extension Array where Element == CRMPage {
  var zohoDeals: [String] { flatMap { $0.deals.map(\.id.rawValue) } }
  var zohoParties: [String] { flatMap { $0.parties.map(\.subject.id) } }
  var zohoDeleted: [String] { flatMap { $0.deleted.map(\.id) } }
}
