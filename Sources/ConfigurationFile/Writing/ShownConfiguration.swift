internal import Domain

extension Configuration {
  /// The effective configuration as YAML, defaults filled in and secrets masked.
  package func shown() -> String {
    let shown = ShownConfiguration(configuration: self)
    return ShownYAML.render(shown.top)
  }
}

/// Values to print as YAML, keys in the order of the key table.
indirect enum ShownYAML {
  case null
  case text(String)
  case bare(String)
  case list([ShownYAML])
  case mapping([(String, ShownYAML)])
  /// A short list or mapping kept on one line.
  case flow(ShownYAML)

  static func optional(_ text: String?) -> ShownYAML { text.map { .text($0) } ?? .null }
  static func number(_ number: Int?) -> ShownYAML { number.map { .bare(String($0)) } ?? .null }
  static func flag(_ flag: Bool) -> ShownYAML { .bare(flag ? "true" : "false") }

  static func render(_ members: [(String, ShownYAML)]) -> String {
    lines(.mapping(members)).joined(separator: "\n") + "\n"
  }

  private static func lines(_ value: ShownYAML) -> [String] {
    switch value {
    case .mapping(let members):
      return members.flatMap { key, value -> [String] in
        guard value.isBlock else { return ["\(plain(key)): \(inline(value))"] }
        return ["\(plain(key)):"] + lines(value).map { "  " + $0 }
      }
    case .list(let items):
      return items.flatMap { item -> [String] in
        guard item.isBlock else { return ["- " + inline(item)] }
        let inner = lines(item)
        return ["- " + (inner.first ?? "")] + inner.dropFirst().map { "  " + $0 }
      }
    case .null, .text, .bare, .flow: return [inline(value)]
    }
  }

  private var isBlock: Bool {
    switch self {
    case .mapping(let members): !members.isEmpty
    case .list(let items): !items.isEmpty
    case .null, .text, .bare, .flow: false
    }
  }

  private static func inline(_ value: ShownYAML) -> String {
    switch value {
    case .null: "null"
    case .text(let text): plain(text)
    case .bare(let text): text
    case .list(let items): "[" + items.map(inline).joined(separator: ", ") + "]"
    case .mapping(let members):
      members.isEmpty
        ? "{}"
        : "{ " + members.map { "\(plain($0)): \(inline($1))" }.joined(separator: ", ") + " }"
    case .flow(let value): inline(value)
    }
  }

  /// Words that no YAML reader takes for anything else stand bare, all others in quotes. A literal
  /// `${` is written so that reading the listing gives it back.
  private static func plain(_ text: String) -> String {
    let text = text.replacing("${", with: "$${")
    let words: Set<String> = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
    let first = text.unicodeScalars.first
    let isWord =
      first.map { $0.isASCII && $0.properties.isAlphabetic || $0 == "/" } == true
      && text.unicodeScalars.allSatisfy { scalar in
        scalar.isASCII
          && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
            || "_-./@".unicodeScalars.contains(scalar))
      }
    let isAddress =
      (text.hasPrefix("https://") || text.hasPrefix("http://"))
      && text.unicodeScalars.allSatisfy { scalar in
        scalar.isASCII
          && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
            || "-._~:/?=&%".unicodeScalars.contains(scalar))
      } && !text.hasSuffix(":")
    let needsQuotes = !(isWord || isAddress) || words.contains(text.lowercased())
    return needsQuotes ? OrderedJSON.quoted(text) : text
  }
}
