internal import Domain

/// A parsed value with its place in the file.
struct Tree: Sendable {
  var content: Content
  var origin: Origin

  enum Content: Sendable {
    /// Plain text may stand for a number, a truth value or nothing; quoted text is text.
    case scalar(String, isQuoted: Bool)
    case list([Tree])
    case mapping([Entry])
  }

  struct Entry: Sendable {
    var key: String
    var origin: Origin
    var value: Tree
    /// True when the same mapping holds the key further up.
    var isDuplicate: Bool
  }

  /// Nothing written, `~` or `null`.
  var isNull: Bool {
    guard case .scalar(let text, isQuoted: false) = content else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// The truth value of a plain `true` or `false`.
  var flag: Bool? {
    guard case .scalar(let text, isQuoted: false) = content else { return nil }
    switch text {
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: return nil
    }
  }

  /// What is written here, in words; never the value of a variable.
  var found: String {
    switch content {
    case .list: "a list"
    case .mapping: "a mapping"
    case .scalar(let text, let isQuoted):
      if isNull {
        "nothing"
      } else if let flag {
        "the truth value \(flag)"
      } else if !isQuoted, Self.isNumber(text) {
        "the number \(text)"
      } else if text.isEmpty {
        "an empty text"
      } else {
        "\"\(Self.short(text))\""
      }
    }
  }

  private static func isNumber(_ text: String) -> Bool {
    let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
    return digits.contains { $0.isASCII && $0.isNumber }
      && digits.allSatisfy { $0.isASCII && ($0.isNumber || $0 == ".") }
      && digits.count <= 40
  }

  /// One line of at most 60 characters.
  static func short(_ text: String) -> String {
    let line = text.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline)
      .joined(separator: " ")
    return line.count <= 60 ? line : line.prefix(59) + "…"
  }
}
