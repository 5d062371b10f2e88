import Foundation
import Sandbox
import Testing

/// A client at the door of one sandbox, with a clock that stands until it is moved.
struct HubSpotClient {
  var world: HubSpotSandbox
  var now = SandboxTime(milliseconds: 1_800_000_000_000)
  var token = "sandbox-token"

  init(_ world: HubSpotSandbox = .demo()) {
    self.world = world
    control("limits", ["off": true])
  }

  static func limited() -> HubSpotClient {
    var client = HubSpotClient()
    client.world = .demo()
    return client
  }

  @discardableResult
  mutating func call(
    _ method: String, _ address: String, _ body: JSONValue? = nil,
    headers: [String: String] = [:]
  ) -> SandboxResponse {
    let halves = address.split(separator: "?", maxSplits: 1).map(String.init)
    let query = (halves.count == 2 ? halves[1] : "").split(separator: "&").map { pair in
      let sides = pair.split(separator: "=", maxSplits: 1).map(String.init)
      return SandboxRequest.QueryItem(name: sides[0], value: sides.count == 2 ? sides[1] : "")
    }
    var all = ["authorization": "Bearer \(token)"]
    for (name, value) in headers { all[name] = value }
    return world.handle(
      SandboxRequest(
        method: method, path: halves[0], query: query, headers: all,
        body: body?.serialized() ?? Data()), at: now)
  }

  /// The answer's JSON; records a failure when the status is another one.
  @discardableResult
  mutating func json(
    _ method: String, _ address: String, _ body: JSONValue? = nil, status: Int = 200,
    _ place: SourceLocation = #_sourceLocation
  ) -> JSONValue {
    let answer = call(method, address, body)
    let text = String(decoding: answer.body, as: UTF8.self)
    #expect(answer.status == status, "\(method) \(address): \(text)", sourceLocation: place)
    return answer.jsonBody ?? .null
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

  mutating func form(_ path: String, _ fields: [(String, String)]) -> SandboxResponse {
    let text = fields.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    return world.handle(
      SandboxRequest(
        method: "POST", path: path,
        headers: ["content-type": "application/x-www-form-urlencoded"], body: Data(text.utf8)),
      at: now)
  }

  mutating func deal(
    _ name: String = "Deal", lines: JSONValue = [], more: JSONValue.Object = [:]
  ) -> String {
    var body: JSONValue.Object = ["name": .string(name), "lines": lines]
    for (key, value) in more { body[key] = value }
    return control("create_deal", .object(body))["deal"]?.string ?? "?"
  }

  /// The ids a search finds, in order.
  mutating func found(_ type: String, _ body: JSONValue) -> [String] {
    ids(json("POST", "/crm/v3/objects/\(type)/search", body))
  }

  func ids(_ reply: JSONValue) -> [String] {
    (reply["results"]?.array ?? []).compactMap { $0["id"]?.string }
  }

  mutating func advance(milliseconds: Int64) { now.milliseconds += milliseconds }
}

func filters(_ list: JSONValue...) -> JSONValue {
  ["filterGroups": [["filters": .array(list)]]]
}

func filter(_ property: String, _ operation: String, _ value: String) -> JSONValue {
  [
    "propertyName": .string(property), "operator": .string(operation), "value": .string(value),
  ]
}
