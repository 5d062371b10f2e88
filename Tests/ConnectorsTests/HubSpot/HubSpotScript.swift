import Connectors
import Domain
import Foundation
import Logging
import Synchronization
import Testing
import Transport

/// A clock that moves only when somebody sleeps or a test moves it.
final class HubSpotClock: Sendable {
  private let milliseconds: Mutex<Int64>
  private let start: Int64

  /// 2026-11-20T00:00:00Z.
  init(_ start: Int64 = 1_795_132_800_000) {
    self.start = start
    milliseconds = Mutex(start)
  }

  var now: Int64 { milliseconds.withLock { $0 } }
  func advance(_ duration: Duration) { milliseconds.withLock { $0 += duration.milliseconds } }

  var source: TimeSource {
    TimeSource(
      now: { self.now },
      monotonic: { .milliseconds(self.now - self.start) },
      sleep: { self.advance($0) },
      alarm: { _ in try await Task.sleep(for: .seconds(86_400)) })
  }
}

/// Answers by method and end of path; the last answer of a route repeats.
final class HubSpotScript: Sendable {
  struct Answer: Sendable {
    var status = 200
    var body: String
    var headers: [String: String] = [:]
  }

  struct Sent: Sendable {
    var line: String
    var query: String
    var body: String
    var headers: [String: String]
  }

  private struct State {
    var routes: [String: [Answer]]
    var sent: [Sent] = []
  }

  private let state: Mutex<State>

  init(_ routes: [String: [Answer]]) {
    state = Mutex(State(routes: routes))
  }

  var sent: [Sent] { state.withLock { $0.sent } }
  func sent(_ line: String) -> [Sent] { sent.filter { $0.line.hasSuffix(line) } }

  var exchange: HTTPExchange {
    HTTPExchange { request, _ throws(HTTPFailure) in
      let parts = URLComponents(url: request.url, resolvingAgainstBaseURL: false)
      let line = "\(request.method.rawValue) \(parts?.path ?? "")"
      let answer: Answer? = self.state.withLock { state in
        state.sent.append(
          Sent(
            line: line, query: parts?.query ?? "",
            body: String(decoding: request.body ?? Data(), as: UTF8.self),
            headers: request.headers))
        let route = state.routes.keys
          .filter { key in
            let (method, path) = Self.split(key)
            return line.hasPrefix(method) && line.hasSuffix(path)
          }
          .max { $0.count < $1.count }
        guard let route, let list = state.routes[route] else { return nil }
        if list.count > 1 { state.routes[route]?.removeFirst() }
        return list.first
      }
      guard let answer else {
        return HTTPResponse(status: 404, body: Data(#"{"category":"OBJECT_NOT_FOUND"}"#.utf8))
      }
      if answer.status == 0 { throw .interrupted("reset") }
      return HTTPResponse(
        status: answer.status,
        headers: HTTPHeaders(answer.headers.map { (name: $0.key, value: $0.value) }),
        body: Data(answer.body.utf8))
    }
  }

  private static func split(_ key: String) -> (String, String) {
    let words = key.split(separator: " ", maxSplits: 1).map(String.init)
    return (words[0], words.count > 1 ? words[1] : "")
  }
}

enum HubSpotFixture {
  static func text(_ name: String) throws -> String {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { folder.deleteLastPathComponent() }
    let file = folder.appendingPathComponent("Fixtures/hubspot/\(name).json")
    return try String(contentsOf: file, encoding: .utf8)
  }

  static func settings(
    _ change: (inout ConnectionSettings) -> Void = { _ in }
  ) -> ConnectionSettings {
    var settings = ConnectionSettings(
      name: "hubspot", kind: Sourced("hubspot"),
      auth: ConnectionSettings.Auth(
        flow: Sourced("token"), secrets: ["access_token": SecretText("sandbox-token")]))
    change(&settings)
    return settings
  }

  static func environment(
    _ exchange: HTTPExchange, _ clock: HubSpotClock, _ tokens: TokenStore = .inMemory()
  ) -> ConnectorEnvironment {
    ConnectorEnvironment(
      exchange: exchange, time: clock.source, tokens: tokens, budget: .none(),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, redactor: Redactor(),
      passDeadline: .seconds(100_000), userAgent: "xerosync/test", seed: 7)
  }

  /// A connector over scripted answers; the account and its pipelines are always there.
  static func scripted(
    _ routes: [String: [HubSpotScript.Answer]],
    _ change: (inout ConnectionSettings) -> Void = { _ in }
  ) throws -> (HubSpotConnector, HubSpotScript) {
    var all = routes
    all["GET /details"] = [.init(body: try text("account"))]
    all["GET /pipelines/deals"] = [.init(body: try text("pipelines"))]
    let script = HubSpotScript(all)
    let connector = try HubSpotConnector(
      settings: settings(change), environment: environment(script.exchange, HubSpotClock()))
    return (connector, script)
  }
}
