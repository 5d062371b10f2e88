import Domain
import Foundation

/// Any JSON value; numbers keep their digits, so that neither amounts nor long ids pass through a
/// binary fraction.
enum RestValue: Decodable, Hashable, Sendable {
  case null
  case flag(Bool)
  case number(ExactDecimal)
  case text(String)
  case list([RestValue])
  case object([String: RestValue])

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
    } else if let list = try? container.decode([RestValue].self) {
      self = .list(list)
    } else {
      self = .object(try container.decode([String: RestValue].self))
    }
  }

  /// A document written in YAML: plain words are numbers, truth values or nothing where they look
  /// so, quoted ones are texts.
  init(_ node: DocumentNode) {
    switch node.content {
    case .scalar(let text, let isQuoted):
      if isQuoted {
        self = .text(text)
      } else if node.isNull {
        self = .null
      } else if let flag = node.flag {
        self = .flag(flag)
      } else if let number = node.number {
        self = .number(number)
      } else {
        self = .text(text)
      }
    case .list(let items): self = .list(items.map(RestValue.init))
    case .mapping(let members):
      self = .object(
        Dictionary(members.map { ($0.key, RestValue($0.value)) }) { first, _ in first })
    }
  }

  subscript(key: String) -> RestValue? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  /// What a person reads of a plain value; nil for nothing, a list or an object.
  var plain: String? {
    switch self {
    case .null, .list, .object: nil
    case .flag(let flag): flag ? "true" : "false"
    case .number(let number): number.plain
    case .text(let text): text
    }
  }

  /// A number, also one written as a text.
  var number: ExactDecimal? {
    switch self {
    case .number(let number): number
    case .text(let text): try? ExactDecimal(parsing: text.trimmingCharacters(in: .whitespaces))
    case .null, .flag, .list, .object: nil
    }
  }

  /// Whether nothing is held.
  var isEmpty: Bool {
    switch self {
    case .null: true
    case .text(let text): text.isEmpty
    case .list(let list): list.isEmpty
    case .object(let members): members.isEmpty
    case .flag, .number: false
    }
  }

  /// What kind of thing it is, for messages: never the value.
  var kind: String {
    switch self {
    case .null: "nothing"
    case .flag: "a truth value"
    case .number: "a number"
    case .text: "a text"
    case .list: "a list"
    case .object: "an object"
    }
  }

  /// Its keys, for messages that help to find the right path.
  var keys: String {
    guard case .object(let members) = self else { return "it is \(kind)" }
    guard !members.isEmpty else { return "it has no keys" }
    return "its keys are \(members.keys.sorted().prefix(12).joined(separator: ", "))"
  }

  var outgoing: OutgoingJSON {
    switch self {
    case .null: .null
    case .flag(let flag): .flag(flag)
    case .number(let number): .number(number)
    case .text(let text): .text(text)
    case .list(let list): .array(list.map(\.outgoing))
    case .object(let members):
      .object(
        members.sorted { $0.key < $1.key }.map { OutgoingJSON.Member($0.key, $0.value.outgoing) })
    }
  }

  static func decode(_ data: Data) throws -> RestValue {
    try JSONReading.decode(RestValue.self, from: data)
  }
}
