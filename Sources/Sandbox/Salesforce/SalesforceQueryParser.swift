extension SalesforceSandbox {
  /// Reads the query language as far as it is simulated; the rest is refused as malformed.
  ///
  /// `SELECT paths | COUNT() | FIELDS(…) FROM kind [WHERE …] [ORDER BY …] [LIMIT n] [OFFSET n]`
  struct QueryParser {
    let fields: (Kind) -> [Field]
    private let text: String
    private var words: [Word] = []
    private var at = 0

    init(_ text: String, fields: @escaping (Kind) -> [Field]) {
      self.text = text
      self.fields = fields
    }

    mutating func query() throws(Refusal) -> Query {
      var reader = WordReader(text)
      words = try reader.words()
      try expect("SELECT")
      let select = try columns()
      try expect("FROM")
      let kind = try kind()
      var query = Query(kind: kind, columns: [])
      switch select {
      case .count: query.isCount = true
      case .paths(let names):
        for name in names { query.columns.append(try path(name, kind)) }
      case .group(let name): query.columns = try group(name, kind)
      }
      if take("WHERE") { query.filter = try filter(kind) }
      if take("ORDER") {
        try expect("BY")
        repeat { query.order.append(try order(kind)) } while takeSymbol(",")
      }
      if take("LIMIT") { query.limit = try number(most: 50_000) }
      if take("OFFSET") { query.offset = try number(most: 2000) }
      guard at == words.count else { throw unexpected() }
      if select.isUnbounded, (query.limit ?? Int.max) > 200 {
        throw Refusal(
          "MALFORMED_QUERY",
          "The SOQL FIELDS function must have a LIMIT of at most 200")
      }
      return query
    }

    private enum Select {
      case count
      case paths([Word])
      case group(String)

      var isUnbounded: Bool {
        if case .group(let name) = self { name != "STANDARD" } else { false }
      }
    }

    private mutating func columns() throws(Refusal) -> Select {
      if take("COUNT") {
        try expectSymbol("(")
        try expectSymbol(")")
        return .count
      }
      if take("FIELDS") {
        try expectSymbol("(")
        guard case .name(let name)? = word?.content,
          ["ALL", "STANDARD", "CUSTOM"].contains(name.uppercased())
        else { throw unexpected() }
        at += 1
        try expectSymbol(")")
        return .group(name.uppercased())
      }
      var names: [Word] = []
      repeat {
        guard let word, case .name = word.content, !word.isKeyword("FROM") else {
          throw unexpected()
        }
        names.append(word)
        at += 1
      } while takeSymbol(",")
      return .paths(names)
    }

    private func group(_ name: String, _ kind: Kind) throws(Refusal) -> [Query.Path] {
      fields(kind).filter { field in
        switch name {
        case "STANDARD": !field.isCustom
        case "CUSTOM": field.isCustom
        default: true
        }
      }.map { Query.Path(steps: [], field: $0) }
    }

    private mutating func kind() throws(Refusal) -> Kind {
      guard let word, case .name(let name) = word.content else { throw unexpected() }
      guard let kind = Kind(named: name) else {
        throw Refusal(
          "INVALID_TYPE",
          marked(
            word,
            "sObject type '\(name)' is not supported. If you are attempting to use a"
              + " custom object, be sure to append the '__c' after the entity name. Please"
              + " reference your WSDL or the describe call for the appropriate names."))
      }
      at += 1
      return kind
    }

    private func path(_ word: Word, _ kind: Kind) throws(Refusal) -> Query.Path {
      var parts = word.shown.split(separator: ".", omittingEmptySubsequences: false)
        .map(String.init)
      // The kind's own name may stand before its fields.
      if parts.count > 1, parts[0].lowercased() == kind.name.lowercased(),
        !fields(kind).contains(where: { $0.relationship?.lowercased() == parts[0].lowercased() })
      {
        parts.removeFirst()
      }
      var steps: [Query.Path.Step] = []
      var current = kind
      for part in parts.dropLast() {
        let step = fields(current).first { $0.relationship?.lowercased() == part.lowercased() }
        guard let step, let next = step.refersTo.first, steps.count < 5 else {
          throw Refusal(
            "INVALID_FIELD",
            marked(
              word,
              "Didn't understand relationship '\(part)' in field path. If you are"
                + " attempting to use a custom relationship, be sure to append the '__r' after the"
                + " custom relationship name."))
        }
        steps.append(Query.Path.Step(name: step.relationship ?? part, field: step))
        current = next
      }
      let name = parts.last ?? ""
      guard let field = fields(current).first(where: { $0.name.lowercased() == name.lowercased() })
      else {
        throw Refusal(
          "INVALID_FIELD",
          marked(
            word,
            "No such column '\(name)' on entity '\(current.name)'. If you are"
              + " attempting to use a custom field, be sure to append the '__c' after the custom"
              + " field name. Please reference your WSDL or the describe call for the appropriate"
              + " names."))
      }
      return Query.Path(steps: steps, field: field)
    }

    /// `AND` and `OR` are never mixed without parentheses.
    private mutating func filter(_ kind: Kind) throws(Refusal) -> Query.Filter {
      let first = try condition(kind)
      var joined: (word: String, parts: [Query.Filter])?
      while let word, word.isKeyword("AND") || word.isKeyword("OR") {
        let keyword = word.shown.uppercased()
        guard joined?.word ?? keyword == keyword else { throw unexpected() }
        at += 1
        joined = (keyword, (joined?.parts ?? [first]) + [try condition(kind)])
      }
      guard let joined else { return first }
      return joined.word == "AND" ? .all(joined.parts) : .any(joined.parts)
    }

    private mutating func condition(_ kind: Kind) throws(Refusal) -> Query.Filter {
      if take("NOT") { return .not(try condition(kind)) }
      if takeSymbol("(") {
        let inner = try filter(kind)
        try expectSymbol(")")
        return inner
      }
      guard let name = word, case .name = name.content else { throw unexpected() }
      let path = try path(name, kind)
      at += 1
      guard path.field.isFilterable else {
        throw Refusal(
          "INVALID_FIELD",
          marked(name, "field '\(path.field.name)' can not be filtered in a query call"))
      }
      if take("NOT") {
        try expect("IN")
        return .among(path, try list(path.field, name), isNegative: true)
      }
      if take("IN") { return .among(path, try list(path.field, name), isNegative: false) }
      if take("LIKE") {
        guard case .text(let pattern)? = word?.content, path.field.type.isQuoted,
          path.field.type != .id, path.field.type != .reference
        else { throw unexpected() }
        at += 1
        return .like(path, pattern.lowercased())
      }
      guard case .symbol(let symbol)? = word?.content,
        let comparison = Query.Comparison(rawValue: symbol == "<>" ? "!=" : symbol)
      else { throw unexpected() }
      at += 1
      return .compare(path, comparison, try value(path.field, name))
    }

    private mutating func list(_ field: Field, _ name: Word) throws(Refusal) -> Set<Query.Value> {
      try expectSymbol("(")
      var values: Set<Query.Value> = []
      repeat { values.insert(try value(field, name)) } while takeSymbol(",")
      try expectSymbol(")")
      return values
    }

    private mutating func value(_ field: Field, _ name: Word) throws(Refusal) -> Query.Value {
      guard let word else { throw unexpected() }
      if word.isKeyword("NULL") {
        at += 1
        return .null
      }
      guard let value = QueryValues.value(word, field.type) else {
        if case .symbol = word.content { throw unexpected() }
        if field.type == .id || field.type == .reference, case .text(let id) = word.content {
          throw Refusal(
            "INVALID_QUERY_FILTER_OPERATOR", marked(name, "invalid ID field: \(id)"))
        }
        let quotes = field.type.isQuoted ? "should be" : "should not be"
        throw Refusal(
          "INVALID_FIELD",
          marked(
            name,
            "value of filter criterion for field '\(field.name)' must be of type"
              + " \(field.type.rawValue) and \(quotes) enclosed in quotes"))
      }
      at += 1
      return value
    }

    private mutating func order(_ kind: Kind) throws(Refusal) -> Query.Order {
      guard let word, case .name = word.content else { throw unexpected() }
      let path = try path(word, kind)
      at += 1
      guard path.field.isFilterable else {
        throw Refusal(
          "MALFORMED_QUERY",
          marked(word, "field '\(path.field.name)' can not be sorted in a query call"))
      }
      var order = Query.Order(path: path)
      if take("DESC") { order.descends = true } else { _ = take("ASC") }
      if take("NULLS") {
        if take("LAST") { order.nullsLast = true } else { try expect("FIRST") }
      }
      return order
    }

    private mutating func number(most: Int) throws(Refusal) -> Int {
      guard case .literal(let text)? = word?.content, let number = Int(text), number >= 0 else {
        throw unexpected()
      }
      guard number <= most else {
        throw Refusal("NUMBER_OUTSIDE_VALID_RANGE", "Maximum allowed is \(most)")
      }
      at += 1
      return number
    }

    private var word: Word? { at < words.count ? words[at] : nil }

    private mutating func take(_ keyword: String) -> Bool {
      guard word?.isKeyword(keyword) == true else { return false }
      at += 1
      return true
    }

    private mutating func takeSymbol(_ symbol: String) -> Bool {
      guard word?.isSymbol(symbol) == true else { return false }
      at += 1
      return true
    }

    private mutating func expect(_ keyword: String) throws(Refusal) {
      guard take(keyword) else { throw unexpected() }
    }

    private mutating func expectSymbol(_ symbol: String) throws(Refusal) {
      guard takeSymbol(symbol) else { throw unexpected() }
    }

    private func unexpected() -> Refusal {
      guard let word else {
        return Refusal("MALFORMED_QUERY", "unexpected token: '<EOF>'")
      }
      return Refusal("MALFORMED_QUERY", marked(word, "unexpected token: '\(word.shown)'"))
    }

    /// A message with the place it is about, as the vendor shows it.
    private func marked(_ word: Word, _ message: String) -> String {
      let near = String(text.dropFirst(max(0, word.start - 20)).prefix(50))
      let pad = String(repeating: " ", count: min(20, word.start))
      return "\n\(near)\n\(pad)^\nERROR at Row:1:Column:\(word.start + 1)\n\(message)"
    }
  }
}
