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
  package enum Meaning: Equatable, Sendable {
    case known
    case dealField(String)
    case lineField(String)
    case unknown
  }

  package static func meaning(of placeholder: String) -> Meaning {
    if plain.contains(placeholder) { return .known }
    let parts = placeholder.split(
      separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[1].isEmpty else { return .unknown }
    let field = String(parts[1])
    switch parts[0] {
    case "deal": return deal.contains(field) ? .known : .dealField(field)
    case "line": return line.contains(field) ? .known : .lineField(field)
    case _: return .unknown
    }
  }
}

extension InvoicePolicy {
  /// Every template of these settings: what they name is fetched, and checked against the CRM.
  package var templates: [Template] {
    [reference] + [number].compactMap(\.self) + tracking.map(\.option)
  }
}

extension Rule {
  /// Whether the rule may matter for deals of a CRM: one for certain CRMs burdens no other.
  package func concerns(_ crm: SystemName) -> Bool {
    conditions.allSatisfy { condition in
      condition.field != .crm || condition.patterns.contains { $0.matches(crm.rawValue) }
    }
  }
}

extension Rule.Settings {
  /// Every template of these settings: what they name is fetched, and checked against the CRM.
  package var templates: [Template] {
    [number, reference].compactMap(\.self) + (tracking ?? []).map(\.option)
  }
}

extension Condition {
  /// The deal's own CRM field it asks for; nil where it asks for none.
  package var dealField: String? {
    if case .deal(let field) = self.field, !TemplateWords.deal.contains(field) {
      field
    } else {
      nil
    }
  }
}
