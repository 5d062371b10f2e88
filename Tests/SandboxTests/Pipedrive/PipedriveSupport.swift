import Foundation
import Sandbox
import Testing

/// A client at the door of one simulated company, with a clock that stands until it is moved.
struct PipedriveClient {
  var world: PipedriveSandbox
  var now = SandboxTime(milliseconds: 1_800_000_000_000)
  var headers = ["x-api-token": "sandbox-token"]

  init(_ world: PipedriveSandbox = .demo(withSyncFields: true), limited: Bool = false) {
    self.world = world
    if !limited { control("limits", ["off": true]) }
  }

  @discardableResult
  mutating func call(
    _ method: String, _ address: String, _ body: JSONValue? = nil
  ) -> SandboxResponse {
    let halves = address.split(separator: "?", maxSplits: 1).map(String.init)
    let query = (halves.count == 2 ? halves[1] : "").split(separator: "&").map { pair in
      let sides = pair.split(separator: "=", maxSplits: 1).map(String.init)
      let value = sides.count == 2 ? sides[1] : ""
      return SandboxRequest.QueryItem(
        name: sides[0], value: value.removingPercentEncoding ?? value)
    }
    return world.handle(
      SandboxRequest(
        method: method, path: halves[0], query: query, headers: headers,
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

  mutating func deal(_ title: String = "Deal", _ more: JSONValue.Object = [:]) -> Int {
    var body: JSONValue.Object = ["title": .string(title)]
    for (key, value) in more { body[key] = value }
    return control("create_deal", .object(body))["deal"]?.int ?? -1
  }

  /// The ids of a list, in order, all pages.
  mutating func ids(_ address: String) -> [Int] {
    var found: [Int] = []
    var cursor: String?
    repeat {
      let mark = address.contains("?") ? "&" : "?"
      let escaped = cursor?.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
      let page = json("GET", address + (escaped.map { "\(mark)cursor=\($0)" } ?? ""))
      found += (page["data"]?.array ?? []).compactMap { $0["id"]?.int }
      cursor = page["additional_data"]?["next_cursor"]?.string
    } while cursor != nil
    return found
  }

  mutating func key(_ name: String, _ collection: String = "dealFields") -> String {
    let fields = json("GET", "/api/v2/\(collection)?limit=500")["data"]?.array ?? []
    return fields.first { $0["field_name"]?.string == name }?["field_code"]?.string ?? ""
  }

  mutating func advance(seconds: Int64) { now = now.advanced(seconds: seconds) }
}
