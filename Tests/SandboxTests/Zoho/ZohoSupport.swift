import Foundation
import Sandbox
import Testing

/// A client at the door of one simulated organisation, with a clock that stands until it is moved.
struct ZohoClient {
  var world: ZohoSandbox
  var now = SandboxTime(milliseconds: 1_800_000_000_000)
  var headers = ["authorization": "Zoho-oauthtoken test"]

  init(_ world: ZohoSandbox = .demo(withSyncFields: true)) {
    self.world = world
    control("token", ["value": "test"])
  }

  @discardableResult
  mutating func call(
    _ method: String, _ address: String, _ body: JSONValue? = nil, since: String? = nil
  ) -> SandboxResponse {
    let halves = address.split(separator: "?", maxSplits: 1).map(String.init)
    let query = (halves.count == 2 ? halves[1] : "").split(separator: "&").map { pair in
      let sides = pair.split(separator: "=", maxSplits: 1).map(String.init)
      let value = sides.count == 2 ? sides[1] : ""
      return SandboxRequest.QueryItem(
        name: sides[0], value: value.removingPercentEncoding ?? value)
    }
    var headers = headers
    headers["if-modified-since"] = since
    let path = halves[0].hasPrefix("/oauth") ? halves[0] : "/crm/v8\(halves[0])"
    return world.handle(
      SandboxRequest(
        method: method, path: path, query: query, headers: headers,
        body: body?.serialized() ?? Data()), at: now)
  }

  /// The answer's JSON; records a failure when the status is another one.
  @discardableResult
  mutating func json(
    _ method: String, _ address: String, _ body: JSONValue? = nil, status: Int = 200,
    since: String? = nil, _ place: SourceLocation = #_sourceLocation
  ) -> JSONValue {
    let answer = call(method, address, body, since: since)
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

  mutating func deal(_ name: String = "Deal", _ more: JSONValue.Object = [:]) -> String {
    var body: JSONValue.Object = ["name": .string(name)]
    for (key, value) in more { body[key] = value }
    return control("create_deal", .object(body))["deal"]?.string ?? ""
  }

  /// The ids of a list, in order, all pages by token.
  mutating func ids(_ address: String, since: String? = nil) -> [String] {
    var found: [String] = []
    var token: String?
    repeat {
      let escaped = token?.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
      let page =
        call("GET", address + (escaped.map { "&page_token=\($0)" } ?? ""), since: since).jsonBody
      found += (page?["data"]?.array ?? []).compactMap { $0["id"]?.string }
      token = page?["info"]?["next_page_token"]?.string
    } while token != nil
    return found
  }

  mutating func query(_ text: String, status: Int = 200) -> [JSONValue] {
    json("POST", "/coql", ["select_query": .string(text)], status: status)["data"]?.array ?? []
  }

  /// Codes of the rows of a write.
  mutating func codes(
    _ method: String, _ address: String, _ rows: JSONValue, status: Int,
    _ place: SourceLocation = #_sourceLocation
  ) -> [String] {
    let answer = json(method, address, ["data": rows], status: status, place)
    return (answer["data"]?.array ?? []).compactMap { $0["code"]?.string }
  }

  mutating func advance(seconds: Int64) { now = now.advanced(seconds: seconds) }
}
