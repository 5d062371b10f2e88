internal import Domain

extension Builder {
  struct Systems {
    var accounting: ConnectionSettings?
    var crms: [ConnectionSettings] = []
    /// One for each CRM, in the same order.
    var policies: [CRMPolicy] = []
  }

  mutating func connections(_ limits: RunLimits) -> Systems {
    var systems = Systems()
    var names: [String: Item] = [:]
    if let section = root.section("accounting"), let kind = section.sourced("kind") {
      systems.accounting = connection(
        section, name: SystemName(kind.value), kind: kind,
        vocabulary.accounting.first { $0.name == kind.value }, limits,
        at: root["accounting"]?.origin)
    }
    for item in root.list("crms") ?? [] {
      guard let section = item.section, let name = section["name"], let word = name.text else {
        continue
      }
      checkName(word, name, accounting: systems.accounting?.name.rawValue, taken: names)
      names[word] = names[word] ?? name
      guard let kind = section.sourced("kind"),
        let connection = connection(
          section, name: SystemName(word), kind: kind,
          vocabulary.crms.first { $0.name == kind.value }, limits, at: item.origin)
      else { continue }
      systems.crms.append(connection)
      systems.policies.append(crmPolicy(section))
    }
    return systems
  }

  private mutating func checkName(
    _ word: String, _ item: Item, accounting: String?, taken: [String: Item]
  ) {
    if let other = taken[word] {
      report(
        item, "is \"\(word)\", as in line \(other.origin.line)", "give every CRM its own name")
    } else if word == accounting || vocabulary.accounting.contains(where: { $0.name == word }) {
      report(
        item, "is \"\(word)\", the name of an accounting system",
        "choose another name, for instance \"crm\"")
    }
  }

  private func connection(
    _ section: Section, name: SystemName, kind: Sourced<String>,
    _ known: ConnectorVocabulary.Kind?, _ limits: RunLimits, at origin: Origin?
  ) -> ConnectionSettings? {
    guard let known, let auth = section.section("auth"), let flow = auth.sourced("flow") else {
      return nil
    }
    var settings = ConnectionSettings(
      name: name, kind: kind,
      auth: ConnectionSettings.Auth(flow: flow, secrets: Self.secrets(auth)))
    settings.origin = origin
    // Plain words of the sign-in are options too: connectors read them there, with their places.
    for key in ["redirect_uri", "scopes"] { settings.options[key] = auth.sourced(key) }
    settings.organisation = section.sourced("organisation")
    for key in known.urls { settings.urls[key.key] = section.sourced(key.key) }
    for option in known.options { settings.options[option.key] = section.sourced(option.key) }
    if let fields = section.section("fields") {
      for key in known.fields { settings.fields[key.key] = fields.sourced(key.key) }
    }
    settings.limits.callSeconds = limits.callSeconds
    settings.limits.passSeconds = limits.passSeconds
    return settings
  }

  private static func secrets(_ auth: Section) -> [String: SecretText] {
    var secrets: [String: SecretText] = [:]
    for key in auth.order where key != "flow" {
      secrets[key] = auth.secret(key) ?? auth.text(key).map { SecretText($0) }
    }
    return secrets
  }

  private func crmPolicy(_ section: Section) -> CRMPolicy {
    var policy = CRMPolicy()
    policy.won = (section.list("won") ?? []).compactMap { item in
      guard let won = item.section, let stage = won.sourced("stage") else { return nil }
      return CRMPolicy.WonStage(pipeline: won.sourced("pipeline"), stage: stage)
    }
    policy.paidStage = section.section("stages")?.sourced("paid")
    policy.overdueStage = section.section("stages")?.sourced("overdue")
    policy.only = section.section("only").map(conditions) ?? []
    return policy
  }

  func conditions(_ section: Section) -> [Condition] {
    section.order.compactMap { key in
      guard let item = section[key], let field = Self.field(key) else { return nil }
      let texts = item.list?.compactMap(\.text) ?? item.text.map { [$0] } ?? []
      return texts.isEmpty ? nil : Condition(field: field, patterns: texts.map { Pattern($0) })
    }
  }

  static func field(_ key: String) -> Condition.Field? {
    switch key {
    case "crm": .crm
    case "pipeline": .pipeline
    case "stage": .stage
    case "owner": .owner
    case "country": .country
    case "region": .region
    case "currency": .currency
    case "sku": .sku
    case "product": .product
    case "crm_tax": .crmTax
    case "party_kind": .partyKind
    case let key where key.hasPrefix("deal."): .deal(String(key.dropFirst(5)))
    case let key where key.hasPrefix("line."): .line(String(key.dropFirst(5)))
    default: nil
    }
  }
}
