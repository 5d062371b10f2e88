internal import Domain

/// What QuickBooks asks of text, beyond the rule for every system.
enum QuickBooksText {
  /// A customer's name: one line, no colon (colons part a customer from its sub-customers).
  static func name(_ text: String) -> String {
    OutgoingText.line(text.replacing(":", with: " "), limit: 100)
  }

  /// Names are equal to QuickBooks whatever their letter case.
  static func nameKey(_ text: String) -> String { name(text).lowercased() }

  static func memo(_ text: String) -> String { OutgoingText.line(text, limit: 1000) }

  static func number(_ text: String) -> String { OutgoingText.line(text, limit: 500) }
}

/// Our mark inside a free text that people may write into as well.
enum QuickBooksMark {
  private static let word = "xerosync: "

  static func written(_ mark: String) -> String { word + mark }

  /// The mark in a text; empty where there is none.
  static func read(_ text: String) -> String {
    guard let start = text.firstRange(of: word)?.upperBound else { return "" }
    return String(text[start...].prefix { !$0.isWhitespace })
  }
}
