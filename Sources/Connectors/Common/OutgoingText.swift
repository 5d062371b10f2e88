internal import Foundation

/// What is done to free text before it leaves: the stated rule for every system.
package enum OutgoingText {
  /// One line: control characters and line breaks become spaces, runs of spaces one, ends are
  /// trimmed, at most `limit` characters, composed form (NFC).
  package static func line(_ text: String, limit: Int) -> String {
    let spaced = text.precomposedStringWithCanonicalMapping.unicodeScalars.map { scalar in
      isControl(scalar) || scalar.properties.isWhitespace ? " " : String(scalar)
    }
    let words = spaced.joined().split(separator: " ")
    return cut(words.joined(separator: " "), limit)
  }

  /// Several lines: as `line`, but line breaks and tabs stay.
  package static func block(_ text: String, limit: Int) -> String {
    let plain = text.precomposedStringWithCanonicalMapping
      .replacingOccurrences(of: "\r\n", with: "\n")
      .replacingOccurrences(of: "\r", with: "\n")
    var kept = String.UnicodeScalarView()
    for scalar in plain.unicodeScalars
    where scalar == "\n" || scalar == "\t" || !isControl(scalar) {
      kept.append(scalar)
    }
    return cut(String(kept).trimmingCharacters(in: .whitespacesAndNewlines), limit)
  }

  /// Safe inside HTML, also inside an attribute.
  package static func html(_ text: String) -> String {
    var escaped = ""
    for character in text {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.append(character)
      }
    }
    return escaped
  }

  /// Control characters, the replacement of broken ones, and marks that turn the direction of
  /// writing round.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
    default:
      scalar == "\u{FFFD}" || scalar == "\u{FEFF}" || (0x202A...0x202E).contains(scalar.value)
        || (0x2066...0x2069).contains(scalar.value)
    }
  }

  private static func cut(_ text: String, _ limit: Int) -> String {
    guard text.count > limit else { return text }
    return String(text.prefix(limit)).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

extension Array {
  /// The elements in order, in runs of at most `size`; no runs of none.
  package func batches(of size: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: Swift.max(1, size)).map {
      self[$0..<Swift.min($0 + Swift.max(1, size), count)]
    }
  }
}
