extension SalesforceSandbox {
  /// Literals and how values compare.
  enum QueryValues {
    /// Nil where the literal is of another type.
    static func value(_ word: Word, _ type: FieldType) -> Query.Value? {
      switch (word.content, type) {
      case (.text(let text), .id), (.text(let text), .reference):
        SalesforceID.long(text).map { .text($0) }
      case (.text(let text), _) where type.isQuoted: .text(plain(text).lowercased())
      case (.literal(let text), .datetime):
        text.contains("T") ? SandboxTime(iso: text).map { .moment($0.milliseconds) } : nil
      case (.literal(let text), .date):
        text.count == 10 ? CivilDate(text).map { .moment($0.midnight.milliseconds) } : nil
      case (.literal(let text), _) where type.isNumber: ExactDecimal(text).map { .number($0) }
      case (.name, .boolean) where word.isKeyword("TRUE"): .flag(true)
      case (.name, .boolean) where word.isKeyword("FALSE"): .flag(false)
      case (_, _): nil
      }
    }

    /// A text without the marks that only a pattern needs.
    private static func plain(_ text: String) -> String {
      text.replacing("\\_", with: "_").replacing("\\%", with: "%")
    }

    /// A record's value in the form in which it is compared.
    static func held(_ value: JSONValue, _ type: FieldType) -> Query.Value {
      switch value {
      case .null, .array, .object: .null
      case .bool(let flag): .flag(flag)
      case .number(let digits): ExactDecimal(digits).map { .number($0) } ?? .null
      case .string(let text):
        switch type {
        case .id, .reference: .text(text)
        case .datetime: SandboxTime(iso: text).map { .moment($0.milliseconds) } ?? .null
        case .date: CivilDate(text).map { .moment($0.midnight.milliseconds) } ?? .null
        case .string, .textarea, .picklist, .email, .phone, .url: .text(text.lowercased())
        case .currency, .double, .percent, .int, .boolean: .null
        }
      }
    }

    /// Nil where the two cannot be compared.
    static func isLess(_ left: Query.Value, _ right: Query.Value) -> Bool? {
      switch (left, right) {
      case (.text(let left), .text(let right)): left < right
      case (.number(let left), .number(let right)): left < right
      case (.moment(let left), .moment(let right)): left < right
      case (.flag(let left), .flag(let right)): !left && right
      case (_, _): nil
      }
    }

    static func matches(_ text: String, _ pattern: String) -> Bool {
      matches(Array(text)[...], Array(pattern)[...])
    }

    private static func matches(
      _ text: ArraySlice<Character>, _ pattern: ArraySlice<Character>
    ) -> Bool {
      guard let head = pattern.first else { return text.isEmpty }
      let rest = pattern.dropFirst()
      switch head {
      case "%":
        return (text.startIndex...text.endIndex).contains { matches(text[$0...], rest) }
      case "_": return !text.isEmpty && matches(text.dropFirst(), rest)
      case "\\":
        guard let meant = rest.first else { return text.first == head && text.count == 1 }
        return text.first == meant && matches(text.dropFirst(), rest.dropFirst())
      default: return text.first == head && matches(text.dropFirst(), rest)
      }
    }
  }
}
