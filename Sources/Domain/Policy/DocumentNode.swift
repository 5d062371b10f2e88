/// A parsed document with the place of every value: what a reader of YAML hands to whoever knows
/// what the document means.
package struct DocumentNode: Hashable, Sendable {
  package var content: Content
  package var origin: Origin

  package enum Content: Hashable, Sendable {
    /// Plain text may stand for a number, a truth value or nothing; quoted text is text.
    case scalar(String, isQuoted: Bool)
    case list([DocumentNode])
    case mapping([Member])
  }

  /// One key of a mapping with its value.
  package struct Member: Hashable, Sendable {
    package var key: String
    package var origin: Origin
    package var value: DocumentNode
    /// True when the same mapping holds the key further up.
    package var isDuplicate: Bool

    package init(key: String, origin: Origin, value: DocumentNode, isDuplicate: Bool = false) {
      self.key = key
      self.origin = origin
      self.value = value
      self.isDuplicate = isDuplicate
    }
  }

  package init(_ content: Content, at origin: Origin) {
    self.content = content
    self.origin = origin
  }

  /// Nothing written, `~` or `null`.
  package var isNull: Bool {
    guard case .scalar(let text, isQuoted: false) = content else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// The truth value of a plain `true` or `false`.
  package var flag: Bool? {
    guard case .scalar(let text, isQuoted: false) = content else { return nil }
    switch text {
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    default: return nil
    }
  }

  /// The number a plain text stands for.
  package var number: ExactDecimal? {
    guard case .scalar(let text, isQuoted: false) = content else { return nil }
    return try? ExactDecimal(parsing: text)
  }

  /// What is written here, in words of at most one line.
  package var found: String {
    switch content {
    case .list: "a list"
    case .mapping: "a mapping"
    case .scalar(let text, _):
      isNull ? "nothing" : text.isEmpty ? "an empty text" : "“\(Self.short(text))”"
    }
  }

  private static func short(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    return line.count <= 60 ? line : line.prefix(59) + "…"
  }
}

/// One thing wrong with a document, where, and what to write instead.
package struct DocumentProblem: Hashable, Sendable, CustomStringConvertible {
  package var origin: Origin
  package var message: String
  package var remedy: String

  package init(origin: Origin, message: String, remedy: String) {
    self.origin = origin
    self.message = message
    self.remedy = remedy
  }

  package var description: String { "\(origin): \(message); \(remedy)" }
}
