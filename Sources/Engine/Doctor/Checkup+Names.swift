internal import Connectors
internal import Domain
internal import Reconciler
internal import Transport

extension Checkup {
  /// Every name of the configuration against the live lists, one line for each kind of name.
  func names(_ ledger: Ledger, _ catalogues: [SystemName: CRMCatalogue]) -> [Check] {
    let problems = ReferenceCheck.problems(
      policy, ledger, catalogues,
      supportsDrafts: systems.accounting.capabilities.supportsDrafts)
    let accounting = systems.accounting.name
    var checks: [Check] = []
    func add(_ code: Check.Code, _ topics: Set<ConfigurationProblem.Topic>, _ well: String) {
      let found = problems.filter { topics.contains($0.topic) }
      checks += found.map {
        .error(code, $0.description, remedy: remedy(code, accounting), of: accounting)
      }
      if found.isEmpty { checks.append(.ok(code, well, of: accounting)) }
    }
    let sales = ledger.accounts.count { $0.isActive && $0.acceptsSales }
    add(
      .accounts, [.account, .organisation],
      "every account that is named takes sales (\(sales) could be used)")
    addTax(problems, ledger, to: &checks)
    add(.brandingThemes, [.theme], "every branding theme that is named exists")
    add(.tracking, [.tracking], "every tracking category that is named exists")
    add(.items, [.item], "every item that is named exists")
    let stages = problems.filter { [.pipeline, .stage, .field].contains($0.topic) }
    checks += stages.map {
      .error(
        .pipelines, $0.description,
        remedy: "write one of the pipelines and stages that exist, by id or label")
    }
    if stages.isEmpty {
      checks += catalogues.sorted { $0.key < $1.key }.map { name, catalogue in
        pipelines(catalogue, of: name)
      }
    }
    return checks
  }

  private func addTax(
    _ problems: [ConfigurationProblem], _ ledger: Ledger, to checks: inout [Check]
  ) {
    let accounting = systems.accounting.name
    let found = problems.filter { $0.topic == .tax }
    checks += found.map {
      .error(.taxCodes, $0.description, remedy: remedy(.taxCodes, accounting), of: accounting)
    }
    guard found.isEmpty else { return }
    let isDecided =
      policy.invoices.tax != nil || policy.rules.contains { $0.set.tax != nil }
    let usable = ledger.taxRates.filter { $0.isActive && $0.appliesToSales }.map(\.code)
    checks.append(
      isDecided
        ? .ok(.taxCodes, "every tax code that is named is for sales", of: accounting)
        : .warning(
          .taxCodes, "no tax code is configured: every deal will be held",
          remedy: "set invoices.tax to one of \(usable.prefix(8).joined(separator: ", "))",
          of: accounting))
  }

  private func remedy(_ code: Check.Code, _ accounting: SystemName) -> String {
    "write one that exists, or add it in \(accounting)"
  }

  private func pipelines(_ catalogue: CRMCatalogue, of name: SystemName) -> Check {
    let stages = catalogue.pipelines.flatMap(\.stages)
    let count = "\(catalogue.pipelines.count) pipelines, \(stages.count) stages"
    let isConfigured = policy.crms[name]?.won.isEmpty == false
    return .ok(
      .pipelines,
      isConfigured
        ? "\(count); those that are named exist"
        : "\(count); a deal is won when the CRM says so", of: name)
  }

  /// Deals in a currency the organisation does not use would all be held.
  func currencies(_ ledger: Ledger, _ catalogues: [SystemName: CRMCatalogue]) -> [Check] {
    let accounting = systems.accounting.name
    let known = Set(ledger.currencies + [ledger.organisation.baseCurrency])
    let list = known.map(\.code).sorted().joined(separator: ", ")
    var checks: [Check] = []
    for (name, catalogue) in catalogues.sorted(by: { $0.key < $1.key }) {
      guard let home = catalogue.homeCurrency, !known.contains(home) else { continue }
      checks.append(
        .warning(
          .currencies, "deals of \(name) are in \(home.code), which the organisation does not use",
          remedy: "add \(home.code) in \(accounting), or such deals are held", of: accounting))
    }
    return checks.isEmpty ? [.ok(.currencies, list, of: accounting)] : checks
  }

  func lockDate(_ ledger: Ledger) -> [Check] {
    guard let lock = ledger.organisation.lockDate else { return [] }
    let accounting = systems.accounting.name
    let zone = policy.zone ?? ledger.organisation.zone
    guard lock >= zone.date(at: now) else {
      return [.ok(.lockDate, "the books are locked up to \(lock)", of: accounting)]
    }
    return [
      .warning(
        .lockDate, "the books are locked up to \(lock): no invoice can be dated today",
        remedy: "move the lock date in \(accounting), or deals are held", of: accounting)
    ]
  }

  /// The fields of ours in a CRM; made where they are missing and that was asked for.
  func fields(of crm: any CRMSystem, fixing: Bool) async -> Check {
    do {
      let missing = try await crm.missingFields()
      guard !missing.isEmpty else { return .ok(.fields, "all fields are there", of: crm.name) }
      guard fixing else {
        return .error(
          .fields, "\(Self.list(missing)) missing", remedy: "xerosync doctor --fix makes them",
          of: crm.name)
      }
      let made = try await crm.createMissingFields()
      let left = try await crm.missingFields()
      guard left.isEmpty else {
        return .error(
          .fields, "\(Self.list(left)) still missing",
          remedy: "create them by hand in \(crm.name), or name yours under crms[].fields",
          of: crm.name)
      }
      return .ok(.fields, "made \(Self.list(made))", of: crm.name)
    } catch {
      return .error(
        .fields, "the fields could not be \(fixing ? "made" : "read"): \(error.description)",
        remedy: "give the sign-in permission to edit fields, or create them by hand in "
          + "\(crm.name)", of: crm.name)
    }
  }

  private static func list(_ fields: [SetupField]) -> String {
    let groups = Dictionary(grouping: fields, by: \.object).sorted { $0.key < $1.key }
    return groups.map { object, fields in
      "\(object): \(fields.map(\.name).sorted().joined(separator: ", "))"
    }.joined(separator: "; ")
  }
}
