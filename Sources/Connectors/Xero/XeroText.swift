internal import Domain

/// What Xero asks of text, beyond the rule for every system.
enum XeroText {
  /// A contact's name: one line without doubled spaces; angle brackets become round ones.
  static func name(_ text: String) -> String {
    let round = text.map { $0 == "<" ? "(" : $0 == ">" ? ")" : $0 }
    return OutgoingText.line(String(round), limit: 255)
  }

  /// Names are equal to Xero whatever their letter case.
  static func nameKey(_ text: String) -> String { name(text).lowercased() }

  static func reference(_ text: String) -> String { OutgoingText.line(text, limit: 255) }

  /// Printable ASCII only.
  static func number(_ text: String) -> String {
    OutgoingText.line(text.filter { $0.isASCII }, limit: 255)
  }

  /// Letters and spaces only.
  static func country(_ text: String) -> String {
    OutgoingText.line(text.filter { $0.isLetter || $0 == " " }, limit: 50)
  }

  /// Whether a filter expression could not hold the value as it is.
  static func needsEscaping(_ text: String) -> Bool { text.contains { $0 == "\"" || $0 == "\\" } }
}
