extension SalesforceSandbox {
  /// One word of a query, with its place for messages.
  struct Word: Sendable, Hashable {
    enum Content: Sendable, Hashable {
      /// A name, a keyword or a dotted path.
      case name(String)
      case text(String)
      /// A number, a date or a moment as it was written.
      case literal(String)
      case symbol(String)
    }

    var content: Content
    /// Characters before it.
    var start: Int

    /// As it was written, for messages.
    var shown: String {
      switch content {
      case .name(let text), .literal(let text), .symbol(let text): text
      case .text(let text): "'\(text)'"
      }
    }

    func isKeyword(_ keyword: String) -> Bool {
      if case .name(let text) = content { text.uppercased() == keyword } else { false }
    }

    func isSymbol(_ symbol: String) -> Bool { content == .symbol(symbol) }
  }

  /// Cuts a query into words; a quoted text ends at a quote that no backslash stands before.
  struct WordReader {
    private let characters: [Character]
    private var at = 0

    init(_ text: String) { characters = Array(text) }

    mutating func words() throws(Refusal) -> [Word] {
      var words: [Word] = []
      while true {
        while at < characters.count, characters[at].isWhitespace { at += 1 }
        guard at < characters.count else { return words }
        let start = at
        words.append(Word(content: try next(), start: start))
      }
    }

    private mutating func next() throws(Refusal) -> Word.Content {
      let character = characters[at]
      if character == "'" { return .text(try quoted()) }
      if character.isLetter || character == "_" {
        return .name(run { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." })
      }
      if character.isNumber || character == "-" || character == "+" {
        return .literal(
          run { $0.isLetter || $0.isNumber || $0 == "." || $0 == ":" || $0 == "-" || $0 == "+" })
      }
      let pair = String(characters[at..<min(at + 2, characters.count)])
      if ["!=", "<>", "<=", ">="].contains(pair) {
        at += 2
        return .symbol(pair)
      }
      guard "(),=<>".contains(character) else {
        throw Refusal(
          "MALFORMED_QUERY", "line 1:\(at) no viable alternative at character '\(character)'")
      }
      at += 1
      return .symbol(String(character))
    }

    private mutating func run(_ belongs: (Character) -> Bool) -> String {
      let start = at
      while at < characters.count, belongs(characters[at]) { at += 1 }
      return String(characters[start..<at])
    }

    private static let escapes: [Character: Character] = [
      "n": "\n", "N": "\n", "r": "\r", "R": "\r", "t": "\t", "T": "\t", "b": "\u{8}",
      "f": "\u{C}", "\"": "\"", "'": "'", "\\": "\\", "_": "_", "%": "%",
    ]

    private mutating func quoted() throws(Refusal) -> String {
      let start = at
      var text = ""
      at += 1
      while at < characters.count {
        let character = characters[at]
        at += 1
        switch character {
        case "'": return text
        case "\\":
          guard at < characters.count, let meant = Self.escapes[characters[at]] else {
            throw Refusal(
              "MALFORMED_QUERY", "line 1:\(at) invalid string literal: illegal escape")
          }
          // The two wildcards keep their mark until LIKE has read them.
          text += "_%".contains(meant) ? "\\\(meant)" : String(meant)
          at += 1
        case "\n", "\r":
          throw Refusal("MALFORMED_QUERY", "line 1:\(at) mismatched character: line break")
        default: text.append(character)
        }
      }
      throw Refusal(
        "MALFORMED_QUERY", "line 1:\(start) mismatched character '<EOF>' expecting '''")
    }
  }
}
