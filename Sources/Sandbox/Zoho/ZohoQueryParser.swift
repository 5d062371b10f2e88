/// Reads a query, or says where it cannot be read.
struct ZohoQueryParser {
  private typealias Refusal = ZohoSandbox.Refusal
  private var tokens: [Token] = []
  private var place = 0
  private var isBroken = false

  private enum Token: Hashable {
    case word(String)
    case text(String)
    case mark(String)
  }

  init(_ text: String) {
    let letters = Array(text)
    var at = 0
    while at < letters.count {
      let letter = letters[at]
      switch letter {
      case " ", "\n", "\t": at += 1
      case "'":
        guard let (text, next) = Self.literal(letters, at + 1) else {
          isBroken = true
          return
        }
        tokens.append(.text(text))
        at = next
      case "(", ")", ",":
        tokens.append(.mark(String(letter)))
        at += 1
      case "=", "<", ">", "!":
        let isLong = at + 1 < letters.count && letters[at + 1] == "="
        tokens.append(.mark(String(letter) + (isLong ? "=" : "")))
        at += isLong ? 2 : 1
      default:
        let start = at
        while at < letters.count, !" \n\t'(),=<>!".contains(letters[at]) { at += 1 }
        tokens.append(.word(String(letters[start..<at])))
      }
    }
  }

  /// A backslash takes the next letter as it is.
  private static func literal(
    _ letters: [Character], _ start: Int
  ) -> (text: String, next: Int)? {
    var text = ""
    var at = start
    while at < letters.count {
      if letters[at] == "\\", at + 1 < letters.count {
        text.append(letters[at + 1])
        at += 2
      } else if letters[at] == "'" {
        return (text, at + 1)
      } else {
        text.append(letters[at])
        at += 1
      }
    }
    return nil
  }

  mutating func query() throws(ZohoSandbox.Refusal) -> ZohoQueryText {
    guard !isBroken else { throw syntax("'") }
    try expect("select")
    var columns = [try name()]
    while take(.mark(",")) { columns.append(try name()) }
    try expect("from")
    let module = try name()
    try expect("where")
    var query = ZohoQueryText(
      columns: columns, module: module, condition: try condition(isOutermost: true))
    if takeWord("order") {
      try expect("by")
      repeat {
        let column = try name()
        let descends = takeWord("desc")
        if !descends { _ = takeWord("asc") }
        query.order.append((column, descends))
      } while take(.mark(","))
    }
    if takeWord("limit") {
      let first = try number()
      if take(.mark(",")) {
        query.start = first
        query.count = try number()
      } else {
        query.count = first
      }
    }
    guard place == tokens.count else { throw syntax("end") }
    return query
  }

  /// One comparison, or two joined; more need brackets.
  private mutating func condition(
    isOutermost: Bool
  ) throws(ZohoSandbox.Refusal) -> ZohoCondition {
    let left = try term()
    let joined: ZohoCondition
    if takeWord("and") {
      joined = .both(left, try term())
    } else if takeWord("or") {
      joined = .either(left, try term())
    } else {
      return left
    }
    guard !takeWord("and"), !takeWord("or") else { throw syntax("and") }
    return joined
  }

  private mutating func term() throws(ZohoSandbox.Refusal) -> ZohoCondition {
    if take(.mark("(")) {
      let inner = try condition(isOutermost: false)
      guard take(.mark(")")) else { throw syntax(")") }
      return inner
    }
    let column = try name()
    if takeWord("is") {
      let isNot = takeWord("not")
      try expect("null")
      return .compare(column, isNot ? "is not null" : "is null", [])
    }
    let isNot = takeWord("not")
    if takeWord("in") {
      guard take(.mark("(")) else { throw syntax("(") }
      var values = [try value()]
      while take(.mark(",")) { values.append(try value()) }
      guard take(.mark(")")), values.count <= 100 else { throw syntax(")") }
      return .compare(column, isNot ? "not in" : "in", values)
    }
    guard case .mark(let operation)? = current,
      ["=", "!=", "<", "<=", ">", ">="].contains(operation)
    else { throw syntax(column) }
    place += 1
    return .compare(column, operation, [try value()])
  }

  private var current: Token? { tokens.indices.contains(place) ? tokens[place] : nil }

  private mutating func take(_ token: Token) -> Bool {
    guard current == token else { return false }
    place += 1
    return true
  }

  private mutating func takeWord(_ word: String) -> Bool {
    guard case .word(let text)? = current, text.lowercased() == word else { return false }
    place += 1
    return true
  }

  private mutating func expect(_ word: String) throws(ZohoSandbox.Refusal) {
    guard takeWord(word) else { throw syntax(word) }
  }

  private mutating func name() throws(ZohoSandbox.Refusal) -> String {
    guard case .word(let text)? = current else { throw syntax("column") }
    place += 1
    return text
  }

  private mutating func number() throws(ZohoSandbox.Refusal) -> Int {
    guard case .word(let text)? = current, let number = Int(text), number >= 0 else {
      throw syntax("limit")
    }
    place += 1
    return number
  }

  private mutating func value() throws(ZohoSandbox.Refusal) -> String {
    switch current {
    case .text(let text)?, .word(let text)?:
      place += 1
      return text
    case .mark?, nil: throw syntax("value")
    }
  }

  private func syntax(_ near: String) -> Refusal {
    Refusal(400, "SYNTAX_ERROR", "error occurred while parsing the query", ["near": .string(near)])
  }
}
