import Domain

/// Pieces of the vendor's query language. Everything that comes from outside goes through here.
enum SOQL {
  /// A text as a literal: quotes and backslashes lose their meaning, control characters that
  /// have no escape are left out.
  static func text(_ text: String) -> String {
    var literal = "'"
    for scalar in text.unicodeScalars {
      switch scalar {
      case "'": literal += "\\'"
      case "\\": literal += "\\\\"
      case "\"": literal += "\\\""
      case "\n": literal += "\\n"
      case "\r": literal += "\\r"
      case "\t": literal += "\\t"
      case "\u{8}": literal += "\\b"
      case "\u{C}": literal += "\\f"
      default:
        if scalar.value >= 0x20, scalar.value != 0x7F { literal.unicodeScalars.append(scalar) }
      }
    }
    return literal + "'"
  }

  static func texts(_ texts: some Sequence<String>) -> String {
    "(" + texts.map(text).joined(separator: ",") + ")"
  }

  /// Ids as a list; what is no id is left out. Nil where none is left.
  static func ids(_ ids: some Sequence<String>) -> String? {
    let quoted = ids.filter(isID).map { "'\($0)'" }
    return quoted.isEmpty ? nil : "(" + quoted.joined(separator: ",") + ")"
  }

  /// A moment in whole seconds, as the vendor keeps them; never later than the moment.
  static func moment(_ moment: Instant) -> String {
    let floor = moment.milliseconds >= 0 ? moment.milliseconds / 1000 * 1000 : 0
    return Instant(milliseconds: floor).description
  }

  /// Eighteen letters and digits, or the fifteen of the short form.
  static func isID(_ text: String) -> Bool {
    (text.utf8.count == 18 || text.utf8.count == 15) && text.utf8.allSatisfy(isAlphanumeric)
  }

  /// A name that can stand for a field: nothing else is ever put where a field stands.
  static func isName(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return (1...3).contains(parts.count)
      && parts.allSatisfy { part in
        guard let first = part.utf8.first, isAlphanumeric(first), part.utf8.count <= 80 else {
          return false
        }
        return part.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "_") }
      }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
  }
}
