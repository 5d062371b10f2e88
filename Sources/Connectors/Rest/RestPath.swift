import Domain

/// Where a value stands in an answer: `data.items[*].name`, `custom[id=7].value`, `["a.b"].c`.
struct RestPath: Hashable, Sendable {
  enum Step: Hashable, Sendable {
    case key(RestTemplate)
    /// Every element of a list.
    case all
    case index(Int)
    /// Elements whose member of that name reads as this text.
    case find(member: String, equals: RestTemplate)
  }

  var steps: [Step]
  /// As it was written.
  var text: String

  /// All values the path leads to, in their order; nothing where it leads nowhere.
  func values(in value: RestValue, _ scope: RestScope) -> [RestValue] {
    var found = [value]
    for step in steps {
      switch step {
      case .key(let key):
        guard let name = scope.plain(key) else { return [] }
        found = found.compactMap { $0[name] }
      case .all:
        found = found.flatMap { if case .list(let list) = $0 { list } else { [RestValue]() } }
      case .index(let index):
        found = found.compactMap {
          if case .list(let list) = $0, list.indices.contains(index) { list[index] } else { nil }
        }
      case .find(let member, let wanted):
        guard let text = scope.plain(wanted) else { return [] }
        // Of a list those that match; one record stays where it matches.
        found = found.flatMap { element -> [RestValue] in
          let list = if case .list(let list) = element { list } else { [element] }
          return list.filter { Self.member(member, of: $0)?.plain == text }
        }
      }
    }
    return found
  }

  /// Whether something stands there, be it null.
  func leadsSomewhere(in value: RestValue, _ scope: RestScope) -> Bool {
    let lead = untilChoice
    guard lead.steps.count < steps.count else { return !values(in: value, scope).isEmpty }
    // A list in which nothing matches leads nowhere and is right all the same.
    return lead.values(in: value, scope).contains { if case .list = $0 { true } else { false } }
  }

  /// The path up to where it first chooses among elements.
  var untilChoice: RestPath {
    let lead = steps.prefix { step in
      switch step {
      case .key, .index: true
      case .all, .find: false
      }
    }
    return RestPath(steps: Array(lead), text: text)
  }

  /// How many elements stand there before any are chosen: what a page's size means.
  func count(in value: RestValue, _ scope: RestScope) -> Int {
    untilChoice.values(in: value, scope).reduce(0) { sum, found in
      if case .list(let list) = found { sum + list.count } else { sum + 1 }
    }
  }

  /// A member of a member: `definition.id`.
  private static func member(_ name: String, of value: RestValue) -> RestValue? {
    name.split(separator: ".").reduce(Optional(value)) { found, key in found?[String(key)] }
  }

  /// The variables its parts name.
  var variables: [RestTemplate.Variable] {
    steps.flatMap { step in
      switch step {
      case .key(let template), .find(_, let template): template.variables
      case .all, .index: [RestTemplate.Variable]()
      }
    }
  }
}

extension RestPath {
  /// Why a text is no path.
  struct Malformed: Error, Hashable { var reason: String }

  /// An empty text is the whole answer.
  init(parsing text: String) throws(Malformed) {
    self.init(steps: [], text: text)
    var rest = text[...]
    var isFirst = true
    while !rest.isEmpty {
      if rest.first == "[" {
        steps.append(try Self.bracket(&rest))
      } else {
        if !isFirst {
          guard rest.first == "." else { throw Malformed(reason: "a dot is missing") }
          rest = rest.dropFirst()
        }
        steps.append(.key(try Self.template(Self.word(&rest))))
      }
      isFirst = false
    }
  }

  private static func template(_ text: String) throws(Malformed) -> RestTemplate {
    guard !text.isEmpty else { throw Malformed(reason: "a name is missing") }
    do { return try RestTemplate(parsing: text) } catch { throw Malformed(reason: error.reason) }
  }

  /// A name up to the next dot or bracket outside of braces.
  private static func word(_ rest: inout Substring) -> String {
    var word = ""
    var isInBraces = false
    while let character = rest.first {
      if rest.hasPrefix("{{") { isInBraces = true }
      if rest.hasPrefix("}}") { isInBraces = false }
      if !isInBraces, character == "." || character == "[" { break }
      word.append(character)
      rest = rest.dropFirst()
    }
    return word
  }

  private static func bracket(_ rest: inout Substring) throws(Malformed) -> Step {
    guard let end = rest.firstIndex(of: "]") else { throw Malformed(reason: "a ] is missing") }
    let inner = String(rest[rest.index(after: rest.startIndex)..<end])
    rest = rest[rest.index(after: end)...]
    if inner == "*" { return .all }
    if let index = Int(inner), index >= 0 { return .index(index) }
    if inner.count > 1, inner.hasPrefix("\""), inner.hasSuffix("\"") {
      return .key(try template(String(inner.dropFirst().dropLast())))
    }
    guard let sign = inner.firstIndex(of: "="), sign != inner.startIndex else {
      throw Malformed(reason: "[\(inner)] is none of [*], [0], [\"name\"], [name=value]")
    }
    return .find(
      member: String(inner[..<sign]),
      equals: try template(String(inner[inner.index(after: sign)...])))
  }
}
