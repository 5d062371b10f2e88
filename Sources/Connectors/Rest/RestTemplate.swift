import Domain

/// A text with placeholders: `/deals/{{deal.id}}`, `{{report.amount_due | number}}`.
struct RestTemplate: Hashable, Sendable {
  enum Part: Hashable, Sendable {
    case literal(String)
    case variable(Variable)
  }

  /// A name of several words with what is done to its value.
  struct Variable: Hashable, Sendable {
    var name: String
    var filters: [Filter]
  }

  /// What can be done to a value on its way out.
  enum Filter: Hashable, Sendable {
    /// Stands in where there is no value.
    case fallback(String)
    case time(RestTimeFormat)
    case number
    /// A decimal amount as a whole number of its hundredths (or of so many decimals).
    case cents(Int)
    case text
    case upper, lower
    case lookup(String)
    /// Between single quotes, its own doubled: OData and the like.
    case quoted
    /// Between double quotes, as JSON writes it.
    case doubleQuoted
    /// Any text, in one line: only where it cannot be taken for anything else.
    case plain
  }

  var parts: [Part]
  var text: String

  static func literal(_ text: String) -> RestTemplate {
    RestTemplate(parts: text.isEmpty ? [] : [.literal(text)], text: text)
  }

  var variables: [Variable] {
    parts.compactMap { if case .variable(let variable) = $0 { variable } else { nil } }
  }

  /// The one placeholder that is all there is.
  var sole: Variable? {
    if parts.count == 1, case .variable(let variable) = parts[0] { variable } else { nil }
  }
}

extension RestTemplate {
  /// Why a text is no template.
  struct Malformed: Error, Hashable { var reason: String }

  init(parsing text: String) throws(Malformed) {
    self.init(parts: [], text: text)
    var rest = text[...]
    while let open = rest.firstRange(of: "{{") {
      if open.lowerBound > rest.startIndex {
        parts.append(.literal(String(rest[..<open.lowerBound])))
      }
      let inner = rest[open.upperBound...]
      guard let close = inner.firstRange(of: "}}") else {
        throw Malformed(reason: "{{ is not closed by }}")
      }
      parts.append(.variable(try Self.variable(inner[..<close.lowerBound])))
      rest = inner[close.upperBound...]
    }
    if !rest.isEmpty { parts.append(.literal(String(rest))) }
  }

  private static func variable(_ text: Substring) throws(Malformed) -> Variable {
    let words = split(text)
    let name = words[0]
    let isName =
      name.first?.isLetter == true
      && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
    guard isName else { throw Malformed(reason: "{{\(name)}} is no name of a value") }
    var filters: [Filter] = []
    for word in words.dropFirst() { filters.append(try filter(word)) }
    return Variable(name: name, filters: filters)
  }

  /// At every `|` outside of quotation marks.
  private static func split(_ text: Substring) -> [String] {
    var words = [""]
    var isQuoted = false
    for character in text {
      if character == "\"" { isQuoted.toggle() }
      if character == "|", !isQuoted {
        words.append("")
      } else {
        words[words.count - 1].append(character)
      }
    }
    return words.map { word in
      String(word.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
  }

  static let filterNames = [
    "cents", "default", "double_quoted", "lookup", "lower", "number", "plain", "quoted", "text",
    "time", "upper",
  ]

  private static func filter(_ word: String) throws(Malformed) -> Filter {
    var name = word
    var argument: String?
    if let open = word.firstIndex(of: "("), word.hasSuffix(")") {
      name = String(word[..<open])
      argument = String(word[word.index(after: open)...].dropLast())
      if let text = argument, text.count > 1, text.hasPrefix("\""), text.hasSuffix("\"") {
        argument = String(text.dropFirst().dropLast())
      }
    }
    switch (name, argument) {
    case ("default", let text?): return .fallback(text)
    case ("time", let text?):
      guard let format = RestTimeFormat(text) else {
        throw Malformed(reason: "\(text) is no format; write \(RestTimeFormat.words)")
      }
      return .time(format)
    case ("number", nil): return .number
    case ("cents", nil): return .cents(2)
    case ("cents", let text?):
      guard let places = Int(text), (0...6).contains(places) else {
        throw Malformed(reason: "cents takes a number of decimals from 0 to 6")
      }
      return .cents(places)
    case ("text", nil): return .text
    case ("upper", nil): return .upper
    case ("lower", nil): return .lower
    case ("lookup", let table?): return .lookup(table)
    case ("quoted", nil): return .quoted
    case ("double_quoted", nil): return .doubleQuoted
    case ("plain", nil): return .plain
    default:
      let near = NearestWord.word(to: name, among: filterNames).map { "; did you mean \($0)?" }
      throw Malformed(
        reason: "“\(word)” is no filter\(near ?? "; known: " + filterNames.joined(separator: ", "))"
      )
    }
  }
}
