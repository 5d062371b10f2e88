/// A statement of the vendor's query language, parsed.
struct QuickBooksStatement: Sendable {
  var entity: String
  /// Empty: everything.
  var fields: [String] = []
  var counts = false
  var conditions: [Condition] = []
  var order: (field: String, descends: Bool)?
  var start = 1
  var most = 100

  struct Condition: Sendable {
    var field: String
    /// `=`, `<`, `>`, `<=`, `>=`, `IN`, `LIKE`.
    var comparison: String
    var values: [String]
  }

  private enum Token: Equatable {
    case word(String)
    case text(String)
    case sign(String)
  }

  init(_ text: String) throws(QuickBooksFault) {
    var reader = Reader(tokens: try Self.tokens(text))
    try reader.expect("SELECT")
    entity = ""
    try readFields(&reader)
    try reader.expect("FROM")
    let name = try reader.word("an entity")
    guard let known = QuickBooksLedger.entity(name) else {
      throw .query("Invalid context declaration: \(name)")
    }
    entity = known
    if reader.take("WHERE") {
      repeat { conditions.append(try Self.condition(&reader)) } while reader.take("AND")
    }
    try readTail(&reader)
    if let rest = reader.peek { throw .query("Encountered unexpected \(rest)") }
  }

  private mutating func readFields(_ reader: inout Reader) throws(QuickBooksFault) {
    repeat {
      if reader.take(sign: "*") {
        fields.append("*")
      } else {
        let field = try reader.word("a field")
        if field.lowercased() == "count", reader.take(sign: "(") {
          guard reader.take(sign: "*"), reader.take(sign: ")") else {
            throw .query("Encountered a malformed count")
          }
          counts = true
        } else {
          fields.append(field)
        }
      }
    } while reader.take(sign: ",")
  }

  private mutating func readTail(_ reader: inout Reader) throws(QuickBooksFault) {
    let split = reader.take("ORDER")
    if split { try reader.expect("BY") }
    if split || reader.take("ORDERBY") {
      let field = try reader.word("a field")
      let descends = reader.take("DESC")
      if !descends { _ = reader.take("ASC") }
      order = (field, descends)
    }
    if reader.take("STARTPOSITION") { start = try reader.number() }
    if reader.take("MAXRESULTS") { most = try reader.number() }
    guard start >= 1, (1...1000).contains(most) else {
      throw .query("STARTPOSITION or MAXRESULTS is out of range")
    }
  }

  private static func condition(_ reader: inout Reader) throws(QuickBooksFault) -> Condition {
    let field = try reader.word("a field")
    if reader.take("IN") {
      guard reader.take(sign: "(") else { throw .query("IN wants a list") }
      var values: [String] = []
      repeat { values.append(try reader.value()) } while reader.take(sign: ",")
      guard reader.take(sign: ")") else { throw .query("the list of IN is not closed") }
      return Condition(field: field, comparison: "IN", values: values)
    }
    if reader.take("LIKE") {
      return Condition(field: field, comparison: "LIKE", values: [try reader.value()])
    }
    for sign in ["<=", ">=", "=", "<", ">"] where reader.take(sign: sign) {
      return Condition(field: field, comparison: sign, values: [try reader.value()])
    }
    throw .query("Encountered no comparison after \(field)")
  }

  private static func tokens(_ text: String) throws(QuickBooksFault) -> [Token] {
    var tokens: [Token] = []
    var rest = Array(text)[...]
    while let next = rest.first {
      if next.isWhitespace {
        rest = rest.dropFirst()
      } else if next == "'" {
        tokens.append(.text(try quoted(&rest)))
      } else if "<>".contains(next), rest.dropFirst().first == "=" {
        tokens.append(.sign("\(next)="))
        rest = rest.dropFirst(2)
      } else if "=<>,()*".contains(next) {
        tokens.append(.sign(String(next)))
        rest = rest.dropFirst()
      } else if next.isLetter || next.isNumber || "._-:".contains(next) {
        let word = rest.prefix { $0.isLetter || $0.isNumber || "._-:".contains($0) }
        tokens.append(.word(String(word)))
        rest = rest.dropFirst(word.count)
      } else {
        throw .query("Encountered \"\(next)\"")
      }
    }
    return tokens
  }

  private static func quoted(_ rest: inout ArraySlice<Character>) throws(QuickBooksFault) -> String
  {
    var value = ""
    rest = rest.dropFirst()
    while let next = rest.first {
      rest = rest.dropFirst()
      if next == "'" { return value }
      if next == "\\", let escaped = rest.first {
        value.append(escaped)
        rest = rest.dropFirst()
      } else {
        value.append(next)
      }
    }
    throw .query("Lexical error: a quote is not closed")
  }

  private struct Reader {
    let tokens: [Token]
    var place = 0

    var peek: String? {
      guard place < tokens.count else { return nil }
      switch tokens[place] {
      case .word(let text), .text(let text), .sign(let text): return text
      }
    }

    mutating func take(_ word: String) -> Bool {
      guard place < tokens.count, case .word(let text) = tokens[place],
        text.uppercased() == word
      else { return false }
      place += 1
      return true
    }

    mutating func take(sign: String) -> Bool {
      guard place < tokens.count, tokens[place] == .sign(sign) else { return false }
      place += 1
      return true
    }

    mutating func expect(_ word: String) throws(QuickBooksFault) {
      guard take(word) else { throw .query("Encountered \(peek ?? "the end"), expected \(word)") }
    }

    mutating func word(_ what: String) throws(QuickBooksFault) -> String {
      guard place < tokens.count, case .word(let text) = tokens[place] else {
        throw .query("Encountered \(peek ?? "the end"), expected \(what)")
      }
      place += 1
      return text
    }

    mutating func value() throws(QuickBooksFault) -> String {
      guard let text = peek, place < tokens.count else { throw .query("a value is missing") }
      if case .sign = tokens[place] { throw .query("Encountered \(text), expected a value") }
      place += 1
      return text
    }

    mutating func number() throws(QuickBooksFault) -> Int {
      guard let number = Int(try value()) else { throw .query("expected a number") }
      return number
    }
  }
}
