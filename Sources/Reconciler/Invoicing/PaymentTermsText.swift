package import Domain

/// Payment terms as salespeople type them.
package struct ParsedTerms: Hashable, Sendable {
  package var terms: PaymentTerms
  /// Money off for paying early, as in `2/10 net 30`.
  package var early: EarlyDiscount?

  /// A percentage off when paid within a number of days of the invoice date.
  package struct EarlyDiscount: Hashable, Sendable {
    package var percent: ExactDecimal
    package var days: Int

    package init(percent: ExactDecimal, days: Int) {
      self.percent = percent
      self.days = days
    }
  }

  package init(terms: PaymentTerms, early: EarlyDiscount? = nil) {
    self.terms = terms
    self.early = early
  }
}

/// Reads terms such as `Net 30`, `20th of next month`, `Due on receipt`, `30 days EOM`, `14`,
/// `2/10 net 30`. A text with one word it does not know is not guessed at.
package enum PaymentTermsText {
  /// Examples for messages.
  package static let examples = "“Net 30”, “20th of next month”, “Due on receipt”, “30 days EOM”"

  /// Nil when the text is not understood whole.
  package static func parse(_ text: String) -> ParsedTerms? {
    var tokens = tokenize(text)[...]
    var early: ParsedTerms.EarlyDiscount?
    if let (found, rest) = earlyDiscount(tokens) {
      early = found
      tokens = rest
    }
    guard let terms = terms(in: tokens) else { return nil }
    return ParsedTerms(terms: terms, early: early)
  }

  private enum Token: Equatable {
    case number(ExactDecimal), ordinal(Int), word(String), slash, percent
  }

  private enum Before { case word, other }

  private static func tokenize(_ text: String) -> [Token] {
    var tokens: [Token] = []
    var follows = Before.other
    var rest = text.lowercased().unicodeScalars.map(Character.init)[...]
    while let first = rest.first {
      defer { follows = first.isLetter ? .word : .other }
      if first.isNumber && first.isASCII {
        let digits = rest.prefix { ($0.isASCII && $0.isNumber) || $0 == "." || $0 == "," }
        rest = rest.dropFirst(digits.count)
        let suffix = rest.prefix(2).map(String.init).joined()
        let after = rest.dropFirst(2).first
        let plain = String(digits).trimmingTail(of: ".,").replacing(",", with: ".")
        if ["st", "nd", "rd", "th"].contains(suffix), after?.isLetter != true,
          let day = Int(plain)
        {
          tokens.append(.ordinal(day))
          rest = rest.dropFirst(2)
        } else if let value = try? ExactDecimal(parsing: plain) {
          tokens.append(.number(value))
        } else {
          tokens.append(.word(plain))
        }
      } else if first.isLetter {
        let word = rest.prefix { $0.isLetter || $0 == "'" || $0 == "’" }
        tokens.append(.word(String(word)))
        rest = rest.dropFirst(word.count)
      } else {
        if first == "/" { tokens.append(.slash) }
        if first == "%" { tokens.append(.percent) }
        rest = rest.dropFirst()
        // `net-15` is a hyphen, a `-5` alone is a sign: no terms are negative.
        let isSign = first == "-" && rest.first?.isNumber == true && follows != .word
        if isSign { tokens.append(.word("-")) }
      }
    }
    return tokens
  }

  /// `2/10`, `2% 10`, `2%/10 days`, `2% discount if paid within 10 days` before the terms.
  private static func earlyDiscount(
    _ tokens: ArraySlice<Token>
  ) -> (ParsedTerms.EarlyDiscount, ArraySlice<Token>)? {
    var rest = tokens
    guard case .number(let percent)? = rest.popFirst(), !percent.isZero, percent < .hundred,
      rest.first == .percent || rest.first == .slash
    else { return nil }
    let between: Set<String> = [
      "discount", "off", "if", "paid", "within", "in", "for", "payment", "early",
    ]
    while let token = rest.first {
      if case .word(let word) = token, !between.contains(word) { return nil }
      if case .number = token { break }
      if case .ordinal = token { return nil }
      rest = rest.dropFirst()
    }
    guard case .number(let number)? = rest.popFirst(), let days = whole(number), days <= 365
    else { return nil }
    if case .word(let word)? = rest.first, word == "days" || word == "day" {
      rest = rest.dropFirst()
    }
    return (ParsedTerms.EarlyDiscount(percent: percent, days: days), rest)
  }

  private static let noise: Set<String> = [
    "net", "n", "nett", "payment", "payable", "pay", "paid", "due", "in", "within", "from",
    "after", "of", "the", "invoice", "invoicing", "date", "terms", "term", "on", "by", "upon",
    "and", "a", "to", "is", "full", "bill", "strictly", "calendar", "at", "with", "otherwise",
    "plus", "account",
  ]
  private static let receipt: Set<String> = [
    "receipt", "immediate", "immediately", "now", "presentation", "cod", "cash", "delivery",
    "prepaid", "prepayment", "advance", "cia",
  ]
  private static let structure: Set<String> = [
    "days", "day", "d", "week", "weeks", "month", "month's", "month’s", "months", "eom", "end",
    "last", "next", "following", "prox", "proximo", "mfi", "this", "current", "same", "monthend",
  ]

  private static func terms(in tokens: ArraySlice<Token>) -> PaymentTerms? {
    var words: Set<String> = []
    var numbers: [Int] = []
    var ordinal = false
    for token in tokens {
      switch token {
      case .number(let value):
        guard let value = whole(value) else { return nil }
        numbers.append(value)
      case .ordinal(let value):
        numbers.append(value)
        ordinal = true
      case .word(let word): words.insert(word)
      case .slash, .percent: break
      }
    }
    if tokens.contains(.percent) { return nil }
    let meaning = words.subtracting(noise)
    guard meaning.isSubset(of: receipt.union(structure)), numbers.count <= 1 else { return nil }
    if !meaning.isDisjoint(with: receipt) {
      let plain = meaning.isSubset(of: receipt.union(["days", "day"]))
      return plain && (numbers.first ?? 0) == 0 ? .days(0) : nil
    }
    return terms(meaning, number: numbers.first, ordinal: ordinal)
  }

  private static func terms(
    _ words: Set<String>, number: Int?, ordinal: Bool
  ) -> PaymentTerms? {
    let hasMonth = !words.isDisjoint(with: ["month", "month's", "month’s", "mfi"])
    let isLast = !words.isDisjoint(with: ["end", "last"]) && hasMonth
    let atEnd = !words.isDisjoint(with: ["eom", "monthend"]) || isLast
    let nextMonth =
      !words.isDisjoint(with: ["prox", "proximo", "mfi"])
      || (hasMonth && !words.isDisjoint(with: ["next", "following"]))
    let thisMonth = hasMonth && !words.isDisjoint(with: ["this", "current", "same"])
    let inDays = words.contains("days") || words.contains("d")
    guard let number else {
      guard atEnd else { return nil }
      return nextMonth ? .dayOfNextMonth(31) : .daysAfterMonthEnd(0)
    }
    guard (0...365).contains(number) else { return nil }
    if atEnd { return .daysAfterMonthEnd(number) }
    if nextMonth {
      if inDays && !ordinal { return .daysAfterMonthEnd(number) }
      return (1...31).contains(number) ? .dayOfNextMonth(number) : nil
    }
    if thisMonth || (hasMonth && ordinal) {
      return (1...31).contains(number) ? .dayOfMonth(number) : nil
    }
    let leftover = words.subtracting(["days", "day", "d", "week", "weeks"])
    guard leftover.isEmpty, !ordinal else { return nil }
    let days = words.isDisjoint(with: ["week", "weeks"]) ? number : number * 7
    return (0...365).contains(days) ? .days(days) : nil
  }

  private static func whole(_ value: ExactDecimal) -> Int? {
    guard value == value.rounded(0, .towardZero) else { return nil }
    return Int(exactly: value.rounded(0, .towardZero).significand)
  }
}

extension String {
  fileprivate func trimmingTail(of characters: String) -> String {
    var out = self
    while let last = out.last, characters.contains(last) { out.removeLast() }
    return out
  }
}
