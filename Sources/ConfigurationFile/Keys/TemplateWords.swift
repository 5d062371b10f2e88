internal import Domain

/// The placeholders that templates know without a field of the CRM.
package enum TemplateWords {
  /// Used alone: `{crm}` is the CRM's name.
  package static let plain = ["crm"]
  /// After `deal.`.
  package static let deal = [
    "number", "id", "name", "pipeline", "stage", "owner", "amount", "currency", "url",
    "payment_terms",
  ]
  /// After `line.`.
  package static let line = ["name", "description", "sku", "product", "tax"]

  /// What a placeholder stands for.
  enum Meaning: Equatable {
    case known
    case dealField(String)
    case lineField(String)
    case unknown
  }

  static func meaning(of placeholder: String) -> Meaning {
    if plain.contains(placeholder) { return .known }
    let parts = placeholder.split(
      separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[1].isEmpty else { return .unknown }
    let field = String(parts[1])
    switch parts[0] {
    case "deal": return deal.contains(field) ? .known : .dealField(field)
    case "line": return line.contains(field) ? .known : .lineField(field)
    default: return .unknown
    }
  }
}

extension Checker {
  /// Braces must close, and every placeholder must mean something here.
  mutating func template(_ text: String, _ tree: Tree, _ path: String) -> Item.Value? {
    guard !text.isEmpty else {
      wrong(
        tree, path, expected: "text with placeholders",
        example: Example.value(.template))
      return nil
    }
    guard let placeholders = Template(text).placeholders else {
      report(tree.origin, path, "has a { that is not closed", "write {deal.name}")
      return nil
    }
    let unknown = placeholders.filter { TemplateWords.meaning(of: $0) == .unknown }
    for placeholder in unknown { reportUnknownPlaceholder(placeholder, tree, path) }
    return unknown.isEmpty ? .text(text) : nil
  }

  private mutating func reportUnknownPlaceholder(
    _ placeholder: String, _ tree: Tree, _ path: String
  ) {
    let words =
      TemplateWords.plain + TemplateWords.deal.map { "deal.\($0)" }
      + TemplateWords.line.map { "line.\($0)" }
    let remedy =
      if let near = Nearest.word(to: placeholder, among: words) {
        "did you mean {\(near)}?"
      } else {
        "write {crm}, {deal.<field>} or {line.<field>}"
      }
    report(
      tree.origin, path, "holds the unknown placeholder {\(Tree.short(placeholder))}", remedy)
  }
}
