internal import Domain

/// The CRM fields that rules and templates read.
struct ExtraFields {
  private let policy: Policy

  init(_ policy: Policy) { self.policy = policy }

  /// Adds to every CRM what it is asked for; a rule for certain CRMs burdens no other.
  func add(to crms: inout [ConnectionSettings]) {
    for index in crms.indices {
      let name = crms[index].name
      var templates = policy.invoices.templates
      var conditions = policy.crms[name]?.only ?? []
      for rule in policy.rules where rule.concerns(name) {
        conditions += rule.conditions
        templates += rule.set.templates
      }
      collect(conditions, templates, into: &crms[index])
    }
  }

  private func collect(
    _ conditions: [Condition], _ templates: [Template], into settings: inout ConnectionSettings
  ) {
    for condition in conditions {
      switch condition.field {
      case .deal(let field):
        if !TemplateWords.deal.contains(field) { settings.extraDealFields.insert(field) }
      case .line(let field):
        if !TemplateWords.line.contains(field) { settings.extraLineFields.insert(field) }
      case .crm, .pipeline, .stage, .owner, .country, .region, .currency, .sku, .product,
        .crmTax, .partyKind:
        break
      }
    }
    for placeholder in templates.flatMap({ $0.placeholders ?? [] }) {
      switch TemplateWords.meaning(of: placeholder) {
      case .dealField(let field): settings.extraDealFields.insert(field)
      case .lineField(let field): settings.extraLineFields.insert(field)
      case .known, .unknown: break
      }
    }
  }
}
