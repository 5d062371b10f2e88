import Domain
import Foundation

/// Any JSON value; numbers keep their digits.
enum WireValue: Decodable, Hashable, Sendable {
  case null
  case flag(Bool)
  case number(ExactDecimal)
  case text(String)
  case list([WireValue])
  case object([String: WireValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let number = try? container.decode(Decimal.self) {
      self = .number(try ExactDecimal(parsing: number.description))
    } else if let list = try? container.decode([WireValue].self) {
      self = .list(list)
    } else {
      self = .object(try container.decode([String: WireValue].self))
    }
  }

  subscript(key: String) -> WireValue? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  /// The text of a non-empty string.
  var text: String? {
    if case .text(let text) = self, !text.isEmpty { text } else { nil }
  }

  var list: [WireValue] { if case .list(let list) = self { list } else { [] } }

  var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }

  /// A number, also one written as a text.
  var number: ExactDecimal? {
    switch self {
    case .number(let number): number
    case .text(let text): try? ExactDecimal(parsing: text)
    case .null, .flag, .list, .object: nil
    }
  }

  /// A whole number as the id it is; nil for zero and everything else.
  var id: String? {
    switch self {
    case .number(let number): number.isZero ? nil : number.plain
    case .text(let text): text.isEmpty ? nil : text
    case .object: self["id"]?.id ?? self["value"]?.id
    case .null, .flag, .list: nil
    }
  }

  /// Whether nothing is held.
  var isEmpty: Bool {
    switch self {
    case .null: true
    case .text(let text): text.isEmpty
    case .list(let list): list.isEmpty
    case .flag, .number, .object: false
    }
  }

  /// What a person reads; empty for nothing. Options are told by `label` where they have one.
  func plain(_ label: (String) -> String?) -> String {
    switch self {
    case .null: ""
    case .flag(let flag): flag ? "true" : "false"
    case .number(let number): label(number.plain) ?? number.plain
    case .text(let text): text
    case .list(let list): list.map { $0.plain(label) }.joined(separator: ", ")
    case .object(let members):
      ["value", "label", "name"].lazy.compactMap { members[$0]?.plain { _ in nil } }.first ?? ""
    }
  }
}
