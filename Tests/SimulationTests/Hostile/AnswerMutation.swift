import Foundation
import Sandbox
import Transport

/// Answers that no vendor should give: well-formed ones with a few things changed, so that they
/// reach deep into every decoder, and now and then bytes that are no JSON at all.
struct AnswerMutation {
  private var chance: Chance

  init(seed: UInt64) { chance = Chance(seed: seed) }

  mutating func spoil(_ response: HTTPResponse) -> HTTPResponse {
    guard chance.happens(60) else { return response }
    var spoiled = response
    guard chance.happens(92), var json = try? JSONValue.parse(response.body) else {
      spoiled.body = bytes(response.body)
      return spoiled
    }
    for _ in 0..<chance.number(1...3) { json = changed(json, depth: 0) }
    spoiled.body = json.serialized()
    return spoiled
  }

  private mutating func bytes(_ body: Data) -> Data {
    var bytes = [UInt8](body)
    switch chance.number(0...4) {
    case 0: return Data(bytes.prefix(chance.number(0...max(1, bytes.count))))
    case 1: return Data([0xEF, 0xBB, 0xBF] + bytes)
    case 2: return Data(bytes.map { $0 == 0x22 ? 0xC3 : $0 })
    case 3: return Data(String(repeating: "[", count: 20_000).utf8)
    default:
      for _ in 0..<8 where !bytes.isEmpty {
        bytes[chance.number(0...(bytes.count - 1))] = UInt8(chance.number(0...255))
      }
      return Data(bytes)
    }
  }

  /// Goes down a random way and changes what is found there.
  private mutating func changed(_ value: JSONValue, depth: Int) -> JSONValue {
    let stopsHere = chance.happens(depth < 2 ? 3 : 12)
    switch value {
    case .array(var elements) where !elements.isEmpty && !stopsHere:
      let place = chance.number(0...(elements.count - 1))
      switch chance.number(0...19) {
      case 0: elements.remove(at: place)
      case 1: elements.append(elements[place])
      default: elements[place] = changed(elements[place], depth: depth + 1)
      }
      return .array(elements)
    case .object(var members) where !stopsHere:
      let keys = members.keys.sorted()
      guard let key = chance.one(of: keys), let old = members[key] else { return junk() }
      if chance.happens(8) {
        members[key] = nil
      } else {
        members[key] = changed(old, depth: depth + 1)
      }
      return .object(members)
    case .string(let text) where chance.happens(30): return .string(twisted(text))
    case .array, .object, .string, .number, .bool, .null: return junk()
    }
  }

  private mutating func twisted(_ text: String) -> String {
    switch chance.number(0...5) {
    case 0: return String(text.reversed())
    case 1: return text + "\u{0}\u{202E}\u{FEFF}"
    case 2: return String(repeating: text, count: 40)
    case 3: return text.hasPrefix("http") ? "https://elsewhere.example/" + text : text + "'\")"
    case 4: return text.filter { !$0.isNumber }
    default: return text + "9"
    }
  }

  private mutating func junk() -> JSONValue {
    chance.one(of: Self.junk) ?? .null
  }

  private static let junk: [JSONValue] = [
    .null, .bool(true), .bool(false), .number("0"), .number("-1"), .number("1e400"),
    .number("99999999999999999999999999999999999999999999"), .number("0.1000000000000000000001"),
    .number("-0.005"), .string(""), .string(" "), .string("null"), .string("NaN"),
    .string("/Date(99999999999999999999)/"), .string("/Date(-1)/"), .string("0000-00-00"),
    .string("9999-12-31T23:59:59Z"), .string("2026-02-30"), .string("\u{1F468}\u{200D}\u{1F469}"),
    .string("\u{0}"), .string(String(repeating: "x", count: 70_000)),
    .string("https://elsewhere.example/steal"), .array([]), .object([:]),
    .array([.null, .array([.array([])])]), .object(["id": .null, "": .array([])]),
    .string("00000000-0000-0000-0000-000000000000"), .string("-99999999999999999999.99"),
  ]
}
