package import Domain
package import Foundation

/// A JSON document to be sent: keys stay in the order they are written, numbers keep their
/// digits, so that the same content is always the same bytes.
package indirect enum OutgoingJSON: Hashable, Sendable {
  case object([Member])
  case array([OutgoingJSON])
  case text(String)
  case number(ExactDecimal)
  case integer(Int)
  case flag(Bool)
  /// Clears a field, where the vendor tells "empty" from "left alone" by it.
  case null

  package struct Member: Hashable, Sendable {
    package var key: String
    package var value: OutgoingJSON

    package init(_ key: String, _ value: OutgoingJSON) {
      self.key = key
      self.value = value
    }
  }

  /// An object without the members that are nil.
  package static func fields(_ pairs: [(String, OutgoingJSON?)]) -> OutgoingJSON {
    .object(pairs.compactMap { key, value in value.map { Member(key, $0) } })
  }

  package var data: Data {
    var out = ""
    write(to: &out)
    return Data(out.utf8)
  }

  private func write(to out: inout String) {
    switch self {
    case .object(let members):
      out += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { out += "," }
        Self.write(member.key, to: &out)
        out += ":"
        member.value.write(to: &out)
      }
      out += "}"
    case .array(let elements):
      out += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { out += "," }
        element.write(to: &out)
      }
      out += "]"
    case .text(let text): Self.write(text, to: &out)
    case .number(let number): out += number.plain
    case .integer(let number): out += String(number)
    case .flag(let flag): out += flag ? "true" : "false"
    case .null: out += "null"
    }
  }

  private static func write(_ text: String, to out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      default:
        if scalar.value < 0x20 {
          let digits = String(scalar.value, radix: 16)
          out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          out.unicodeScalars.append(scalar)
        }
      }
    }
    out += "\""
  }
}
