import Foundation
import Sandbox
import Testing

/// A client at the door of one simulated organisation, with a clock that stands until it is moved.
struct SalesforceClient {
  var world: SalesforceSandbox
  var now = SandboxTime(milliseconds: 1_800_000_000_000)
  var headers = ["authorization": "Bearer sandbox-token", "host": "localhost:8700"]
  static let base = "/services/data/v66.0"

  init(_ world: SalesforceSandbox = .demo(withSyncFields: true)) { self.world = world }

  @discardableResult
  mutating func call(
    _ method: String, _ path: String, query: [String: String] = [:], _ body: JSONValue? = nil
  ) -> SandboxResponse {
    world.handle(
      SandboxRequest(
        method: method, path: path.hasPrefix("/services") ? path : Self.base + path,
        query: query.map { .init(name: $0.key, value: $0.value) }, headers: headers,
        body: body?.serialized() ?? Data()), at: now)
  }

  /// The answer's JSON; records a failure when the status is another one.
  @discardableResult
  mutating func json(
    _ method: String, _ path: String, query: [String: String] = [:], _ body: JSONValue? = nil,
    status: Int = 200, _ place: SourceLocation = #_sourceLocation
  ) -> JSONValue {
    let answer = call(method, path, query: query, body)
    let text = String(decoding: answer.body, as: UTF8.self)
    #expect(answer.status == status, "\(method) \(path): \(text)", sourceLocation: place)
    return answer.jsonBody ?? .null
  }

  @discardableResult
  mutating func query(
    _ text: String, all: Bool = false, status: Int = 200,
    _ place: SourceLocation = #_sourceLocation
  ) -> JSONValue {
    json("GET", all ? "/queryAll" : "/query", query: ["q": text], status: status, place)
  }

  /// One column of all rows.
  mutating func column(
    _ name: String, _ text: String, _ place: SourceLocation = #_sourceLocation
  ) -> [String] {
    (query(text, place)["records"]?.array ?? []).map { $0[name]?.string ?? $0[name]?.digits ?? "" }
  }

  @discardableResult
  mutating func control(
    _ verb: String, _ body: JSONValue = [:], status: Int = 200,
    _ place: SourceLocation = #_sourceLocation
  ) -> JSONValue {
    let answer = world.control(verb, body: body.serialized(), at: now)
    let text = String(decoding: answer.body, as: UTF8.self)
    #expect(answer.status == status, "\(verb): \(text)", sourceLocation: place)
    return answer.jsonBody ?? .null
  }

  mutating func deal(_ name: String = "Deal", _ more: JSONValue.Object = [:]) -> String {
    var body: JSONValue.Object = ["name": .string(name)]
    for (key, value) in more { body[key] = value }
    return control("create_deal", .object(body))["deal"]?.string ?? ""
  }

  mutating func advance(seconds: Int64) { now = now.advanced(seconds: seconds) }
}
