/// Reads the vendor's filter expressions: `Status=="AUTHORISED" AND Date>=DateTime(2026,01,31)`.
struct XeroFilterParser {
  private var tokens: [Token] = []
  private var position = 0

  private enum Token: Equatable {
    case name(String)
    case text(String)
    case number(String)
    case mark(String)
  }

  static func parse(_ expression: String) throws(XeroRefusal) -> XeroFilter {
    var parser = XeroFilterParser()
    parser.tokens = try tokens(of: expression)
    let filter = try parser.either()
    guard parser.position == parser.tokens.count else { throw parser.syntaxError() }
    return filter
  }

  private mutating func either() throws(XeroRefusal) -> XeroFilter {
    var filter = try both()
    while takeWord("or") || take(.mark("||")) { filter = .or(filter, try both()) }
    return filter
  }

  private mutating func both() throws(XeroRefusal) -> XeroFilter {
    var filter = try unary()
    while takeWord("and") || take(.mark("&&")) { filter = .and(filter, try unary()) }
    return filter
  }

  private mutating func unary() throws(XeroRefusal) -> XeroFilter {
    if take(.mark("!")) || takeWord("not") { return .not(try unary()) }
    guard take(.mark("(")) else { return try condition() }
    let inner = try either()
    guard take(.mark(")")) else { throw syntaxError() }
    return inner
  }

  private mutating func condition() throws(XeroRefusal) -> XeroFilter {
    guard case .name(let name)? = next() else { throw syntaxError() }
    var parts = name.lowercased().split(separator: ".").map(String.init)
    if take(.mark("(")) {
      guard let last = parts.popLast(), let function = XeroFilter.Function(rawValue: last),
        case .text(let text)? = next(), take(.mark(")"))
      else { throw syntaxError() }
      return .call(field: parts.joined(separator: "."), function, text)
    }
    let field = parts.joined(separator: ".")
    guard let comparison = takeComparison() else { return .flag(field: field) }
    return .compare(field: field, comparison, try literal())
  }

  private mutating func takeComparison() -> XeroFilter.Comparison? {
    let known: [(String, XeroFilter.Comparison)] = [
      ("==", .equal), ("=", .equal), ("!=", .notEqual), ("<>", .notEqual), ("<=", .lessOrEqual),
      (">=", .moreOrEqual), ("<", .less), (">", .more),
    ]
    return known.first { take(.mark($0.0)) }?.1
  }

  private mutating func literal() throws(XeroRefusal) -> XeroFilter.Literal {
    switch next() {
    case .text(let text)?: return .text(text)
    case .number(let digits)?:
      guard let number = ExactDecimal(digits) else { throw syntaxError() }
      return .number(number)
    case .name(let name)?: return try namedLiteral(name.lowercased())
    case .mark?, nil: throw syntaxError()
    }
  }

  private mutating func namedLiteral(_ name: String) throws(XeroRefusal) -> XeroFilter.Literal {
    switch name {
    case "true": return .flag(true)
    case "false": return .flag(false)
    case "null": return .null
    case "guid":
      guard take(.mark("(")), case .text(let text)? = next(), take(.mark(")")),
        let id = XeroID(text)
      else { throw syntaxError() }
      return .id(id)
    case "datetime":
      guard take(.mark("(")) else { throw syntaxError() }
      var parts: [Int] = []
      while case .number(let digits)? = next(), let part = Int(digits) {
        parts.append(part)
        if !take(.mark(",")) { break }
      }
      guard take(.mark(")")), parts.count >= 3,
        let date = CivilDate(year: parts[0], month: parts[1], day: parts[2])
      else { throw syntaxError() }
      return .date(date)
    default: throw syntaxError()
    }
  }

  private mutating func next() -> Token? {
    guard position < tokens.count else { return nil }
    defer { position += 1 }
    return tokens[position]
  }

  private mutating func take(_ token: Token) -> Bool {
    guard position < tokens.count, tokens[position] == token else { return false }
    position += 1
    return true
  }

  private mutating func takeWord(_ word: String) -> Bool {
    guard position < tokens.count, case .name(let name) = tokens[position],
      name.lowercased() == word
    else { return false }
    position += 1
    return true
  }

  private func syntaxError() -> XeroRefusal { .query("Syntax error in the where expression") }

  private static func tokens(of expression: String) throws(XeroRefusal) -> [Token] {
    var tokens: [Token] = []
    var rest = Substring(expression)
    while let first = rest.first {
      if first.isWhitespace {
        rest = rest.dropFirst()
      } else if first == "\"" {
        tokens.append(.text(try quoted(&rest)))
      } else if first.isLetter || first == "_" {
        let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
        tokens.append(.name(String(name)))
        rest = rest.dropFirst(name.count)
      } else if first.isNumber || first == "-" {
        let digits = rest.prefix { $0.isNumber || $0 == "." || $0 == "-" }
        tokens.append(.number(String(digits)))
        rest = rest.dropFirst(digits.count)
      } else {
        let pairs = ["==", "!=", "<>", "<=", ">=", "&&", "||"]
        let mark = pairs.first { rest.hasPrefix($0) } ?? String(first)
        tokens.append(.mark(mark))
        rest = rest.dropFirst(mark.count)
      }
    }
    return tokens
  }

  /// A quote inside a text is doubled, or escaped with a backslash.
  private static func quoted(_ rest: inout Substring) throws(XeroRefusal) -> String {
    var text = ""
    rest = rest.dropFirst()
    while let character = rest.popFirst() {
      switch character {
      case "\\" where rest.first == "\"" || rest.first == "\\":
        if let escaped = rest.popFirst() { text.append(escaped) }
      case "\"":
        guard rest.first == "\"" else { return text }
        rest = rest.dropFirst()
        text.append("\"")
      default: text.append(character)
      }
    }
    throw .query("Unterminated string literal in the where expression")
  }
}
