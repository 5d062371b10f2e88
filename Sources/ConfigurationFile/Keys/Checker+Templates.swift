internal import Domain

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
