/// Examples of values for error messages.
enum Example {
  static func value(_ shape: Shape) -> String {
    switch shape {
    case .text(let example): quotedIfNeeded(example)
    case .template: "\"{deal.name}\""
    case .systemName: "hubspot"
    case .address: "https://example.org"
    case .path(let example): example
    case .date: "2026-11-01"
    case .zone: "Pacific/Auckland"
    case .flag: "true"
    case .integer(_, let example): String(example)
    case .decimal(let example, _): example
    case .moment: "\"won + 30 days\""
    case .choice(let words): words.first ?? ""
    case .secret: "\"${NAME}\""
    case .patterns: "\"A*\""
    case .list(let element, _): "[\(value(element))]"
    case .section(let keys, _): section(keys, "")
    case .map(let shape, let example): "{ \(example): \(value(shape)) }"
    case .either(let shapes): shapes.first.map(value) ?? ""
    case .variant(let key, let variants): "{ \(key): \(variants.first?.name ?? ""), … }"
    }
  }

  /// The required keys, or else the first one.
  static func section(_ keys: [KeyRule], _ path: String) -> String {
    let required = keys.filter(\.isRequired)
    let shown = required.isEmpty ? Array(keys.prefix(1)) : Array(required.prefix(2))
    let more = required.count > 2 ? ", …" : ""
    guard !path.isEmpty || required.count < 3 else { return "`version: 1`" }
    return "{ " + shown.map { "\($0.name): \(value($0.shape))" }.joined(separator: ", ")
      + more + " }"
  }

  private static func quotedIfNeeded(_ text: String) -> String {
    text.allSatisfy(\.isNumber) ? "\"\(text)\"" : text
  }
}
