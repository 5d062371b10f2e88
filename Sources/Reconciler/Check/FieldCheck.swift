internal import Domain

/// Checks the CRM fields that templates and conditions name: one that does not exist reads as
/// empty, and so would be left out of every invoice without a word.
struct FieldCheck {
  var policy: Policy
  var catalogues: [SystemName: CRMCatalogue]

  func problems() -> [ConfigurationProblem?] {
    let crms = policy.crms.keys.sorted()
    var out = policy.invoices.templates.flatMap { problems($0, in: crms) }
    for rule in policy.rules {
      let concerned = crms.filter(rule.concerns)
      out += rule.set.templates.flatMap { problems($0, in: concerned) }
      out += rule.conditions.compactMap(\.dealField).map {
        problem(Sourced($0, at: rule.origin), in: concerned)
      }
    }
    for (name, crm) in policy.crms.sorted(by: { $0.key < $1.key }) {
      out += crm.only.compactMap(\.dealField).map { problem(Sourced($0), in: [name]) }
    }
    return out
  }

  private func problems(_ template: Template, in crms: [SystemName]) -> [ConfigurationProblem?] {
    (template.placeholders ?? []).map { placeholder in
      guard case .dealField(let field) = TemplateWords.meaning(of: placeholder) else { return nil }
      return problem(Sourced(field, at: template.origin), in: crms)
    }
  }

  /// A field that one of the CRMs has is no mistake; nor is one that cannot be looked up.
  private func problem(
    _ field: Sourced<String>, in crms: [SystemName]
  ) -> ConfigurationProblem? {
    var names: [String] = []
    for crm in crms {
      guard let known = catalogues[crm]?.dealFields else { return nil }
      if known.contains(field.value) { return nil }
      names += known
    }
    guard !names.isEmpty else { return nil }
    let place = crms.map(\.rawValue).joined(separator: ", ")
    return ConfigurationProblem(
      origin: field.origin, message: "\(place) has no deal field “\(field.value)”",
      candidates: Nearest.names(to: field.value, among: TemplateWords.deal + names),
      topic: .field)
  }
}
