package import Domain

/// A name in the configuration that a live list does not have.
package struct ConfigurationProblem: Hashable, Sendable {
  /// Where it is written; nil for a built-in default.
  package var origin: Origin?
  package var message: String
  /// The nearest names that do exist.
  package var candidates: [String]
  package var topic: Topic

  /// What the name is the name of.
  package enum Topic: String, Hashable, Sendable, CaseIterable {
    case organisation, account, tax, theme, tracking, item, pipeline, stage, field
  }

  package init(origin: Origin?, message: String, candidates: [String], topic: Topic) {
    self.origin = origin
    self.message = message
    self.candidates = candidates
    self.topic = topic
  }
}

/// Checks every name of the configuration against what the organisation and the CRMs have. (It
/// has nothing to do with the reference of an invoice.)
package enum ReferenceCheck {
  /// All problems in the order of the configuration; empty when every name exists.
  package static func problems(
    _ policy: Policy, _ ledger: Ledger, _ catalogues: [SystemName: CRMCatalogue],
    organisation: Sourced<String>? = nil, supportsDrafts: Bool = true
  ) -> [ConfigurationProblem] {
    let check = LedgerCheck(ledger: ledger, mayCreateItems: policy.invoices.createItems)
    var out: [ConfigurationProblem?] = []
    if let organisation { out.append(check.organisation(organisation)) }
    if !supportsDrafts { out.append(drafts(policy, ledger)) }
    let invoices = policy.invoices
    // The built-in default need not exist where rules choose the accounts.
    let rulesChoose = policy.rules.contains { $0.set.account != nil }
    if invoices.account.origin != nil || !rulesChoose {
      out.append(check.account(invoices.account))
    }
    out.append(invoices.tax.flatMap(check.tax))
    out.append(invoices.brandingTheme.flatMap(check.theme))
    out += invoices.tracking.map(check.tracking)
    for rule in policy.rules {
      out.append(rule.set.account.flatMap(check.account))
      out.append(rule.set.tax.flatMap(check.tax))
      out.append(rule.set.item.flatMap(check.item))
      out.append(rule.set.brandingTheme.flatMap(check.theme))
      out += (rule.set.tracking ?? []).map(check.tracking)
      out += conditions(rule.conditions, at: rule.origin, in: catalogues)
    }
    for (name, crm) in policy.crms.sorted(by: { $0.key < $1.key }) {
      guard let catalogue = catalogues[name] else { continue }
      out += stages(crm, of: name, in: catalogue)
      out += conditions(crm.only, at: nil, in: [name: catalogue])
    }
    out += FieldCheck(policy: policy, catalogues: catalogues).problems()
    return out.compactMap { $0 }
  }

  /// A status that the organisation's system does not have.
  private static func drafts(_ policy: Policy, _ ledger: Ledger) -> ConfigurationProblem? {
    let asked = policy.invoices.status != .authorised
    let rule = policy.rules.first { ($0.set.status ?? .authorised) != .authorised }
    guard asked || rule != nil else { return nil }
    return ConfigurationProblem(
      origin: asked ? nil : rule?.origin,
      message: "\(ledger.organisation.name) has no drafts, an invoice is live at once; "
        + (asked ? "invoices.status" : "the status of this rule") + " must be authorised",
      candidates: [], topic: .organisation)
  }

  /// Won stages and the stages deals are moved to.
  private static func stages(
    _ crm: CRMPolicy, of name: SystemName, in catalogue: CRMCatalogue
  ) -> [ConfigurationProblem?] {
    var out: [ConfigurationProblem?] = []
    for won in crm.won {
      var pipelines = catalogue.pipelines
      if let wanted = won.pipeline {
        pipelines = pipelines.filter { $0.choice.matches(wanted.value) }
        if pipelines.isEmpty {
          out.append(
            missing(wanted, .pipeline, in: "\(name)", among: catalogue.pipelines.map(\.choice)))
          continue
        }
      }
      out.append(stage(won.stage, in: pipelines, of: name))
    }
    for target in [crm.paidStage, crm.overdueStage].compactMap({ $0 }) {
      out.append(stage(target, in: catalogue.pipelines, of: name))
    }
    return out
  }

  private static func stage(
    _ wanted: Sourced<String>, in pipelines: [CRMCatalogue.Pipeline], of name: SystemName
  ) -> ConfigurationProblem? {
    let stages = pipelines.flatMap { $0.stages.map(\.choice) }
    if stages.contains(where: { $0.matches(wanted.value) }) { return nil }
    return missing(wanted, .stage, in: "\(name)", among: stages)
  }

  private static func missing(
    _ wanted: Sourced<String>, _ what: ConfigurationProblem.Topic, in place: String,
    among choices: [Choice]
  ) -> ConfigurationProblem {
    let near = Nearest.names(
      to: wanted.value, among: choices.flatMap { [$0.id, $0.label] }.filter { !$0.isEmpty })
    var shown: [String] = []
    for name in near {
      for choice in choices where choice.id == name || choice.label == name {
        let text = choice.id == choice.label ? choice.id : "\(choice.id) (\(choice.label))"
        if !shown.contains(text) { shown.append(text) }
      }
    }
    return ConfigurationProblem(
      origin: wanted.origin, message: "\(place) has no \(what.rawValue) “\(wanted.value)”",
      candidates: Array(shown.prefix(5)), topic: what)
  }

  /// Literal pipelines and stages that rules ask for.
  private static func conditions(
    _ conditions: [Condition], at origin: Origin?, in catalogues: [SystemName: CRMCatalogue]
  ) -> [ConfigurationProblem?] {
    let pipelines = catalogues.sorted { $0.key < $1.key }.flatMap(\.value.pipelines)
    guard !pipelines.isEmpty else { return [] }
    var out: [ConfigurationProblem?] = []
    for condition in conditions {
      let choices: [Choice]
      let what: ConfigurationProblem.Topic
      switch condition.field {
      case .pipeline: (what, choices) = (.pipeline, pipelines.map(\.choice))
      case .stage: (what, choices) = (.stage, pipelines.flatMap { $0.stages.map(\.choice) })
      case .crm, .owner, .country, .region, .currency, .sku, .product, .crmTax, .partyKind,
        .deal, .line:
        continue
      }
      for pattern in condition.patterns where !pattern.text.contains("*") {
        let isKnown = choices.contains {
          pattern.matches($0.id) || pattern.matches($0.label)
        }
        if isKnown { continue }
        let place = catalogues.keys.sorted().map(\.rawValue).joined(separator: ", ")
        out.append(missing(Sourced(pattern.text, at: origin), what, in: place, among: choices))
      }
    }
    return out
  }
}

extension ConfigurationProblem: CustomStringConvertible {
  /// `xerosync.yaml:12:5: Demo Company has no account “2000”; nearest: 200 (Sales)`.
  package var description: String {
    let place = origin.map { "\($0): " } ?? ""
    let hint = candidates.isEmpty ? "" : "; nearest: \(candidates.joined(separator: ", "))"
    return place + message + hint
  }
}
