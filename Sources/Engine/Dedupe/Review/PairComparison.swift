package import Matcher

/// Two records side by side, with the words marked that the other has not.
package struct PairComparison: Sendable, Encodable {
  package struct Row: Sendable, Encodable {
    package var field: String
    package var left: [Word]
    package var right: [Word]
    package var state: State
  }

  package enum State: String, Sendable, Encodable {
    case same, different
    /// One side has nothing there.
    case missing
  }

  package struct Word: Sendable, Encodable {
    package var text: String
    /// The other side has no such word.
    package var differs: Bool
  }

  package var rows: [Row]

  /// Fields that are empty on both sides are left out.
  package init(_ left: MatchRecord?, _ right: MatchRecord?) {
    let fields: [(String, (MatchRecord) -> String)] = [
      ("Name", { $0.name }),
      ("Person", { [$0.firstName, $0.lastName].filter { !$0.isEmpty }.joined(separator: " ") }),
      ("Company", { $0.company }), ("Mail", { $0.emails.joined(separator: " · ") }),
      ("Phone", { $0.phones.joined(separator: " · ") }), ("Web", { $0.website }),
      ("Address", { $0.addresses.map(\.line).joined(separator: " · ") }),
      ("Tax number", { $0.taxNumber }), ("Account", { $0.accountNumber }),
    ]
    rows = fields.compactMap { name, value in
      let texts = [left, right].map { $0.map(value) ?? "" }
      return texts.allSatisfy(\.isEmpty) ? nil : Self.row(name, texts[0], texts[1])
    }
  }

  private static func row(_ field: String, _ left: String, _ right: String) -> Row {
    let (ours, theirs) = (words(left), words(right))
    let (ourKeys, theirKeys) = (Set(ours.map(\.key)), Set(theirs.map(\.key)))
    let state: State =
      ours.isEmpty || theirs.isEmpty ? .missing : ourKeys == theirKeys ? .same : .different
    func marked(_ words: [(text: String, key: String)], _ others: Set<String>) -> [Word] {
      words.map {
        Word(text: $0.text, differs: state == .different && !others.contains($0.key))
      }
    }
    return Row(
      field: field, left: marked(ours, theirKeys), right: marked(theirs, ourKeys), state: state)
  }

  /// Letter case and punctuation make no difference.
  private static func words(_ text: String) -> [(text: String, key: String)] {
    text.split(separator: " ").map { word in
      let key = word.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "@" }
      return (String(word), key)
    }
  }
}
