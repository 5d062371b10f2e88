internal import Domain

/// Checks names against the lists of the accounting organisation.
struct LedgerCheck {
  var ledger: Ledger
  var mayCreateItems: Bool

  private var place: String { ledger.organisation.name }

  func organisation(_ wanted: Sourced<String>) -> ConfigurationProblem? {
    let organisation = ledger.organisation
    if wanted.value == organisation.id
      || wanted.value.lowercased() == organisation.name.lowercased()
    {
      return nil
    }
    return ConfigurationProblem(
      origin: wanted.origin, message: "the sign-in does not reach “\(wanted.value)”",
      candidates: [organisation.name], topic: .organisation)
  }

  func account(_ wanted: Sourced<String>) -> ConfigurationProblem? {
    guard ledger.account(wanted.value) == nil else { return nil }
    let message =
      switch ledger.accounts.first(where: { $0.code == wanted.value }) {
      case nil: "\(place) has no account “\(wanted.value)”"
      case let account? where !account.isActive:
        "account \(account.code) (\(account.name)) of \(place) is archived"
      case let account?: "account \(account.code) (\(account.name)) of \(place) takes no sales"
      }
    return problem(.account, wanted, message, ledger.suggestedAccounts.map { ($0.code, $0.name) })
  }

  func tax(_ wanted: Sourced<String>) -> ConfigurationProblem? {
    let usable = ledger.taxRates.filter { $0.isActive && $0.appliesToSales }
    guard ledger.taxRate(wanted.value) == nil else { return nil }
    let message =
      switch ledger.taxRates.first(where: { $0.code == wanted.value }) {
      case nil: "\(place) has no tax code “\(wanted.value)”"
      case let rate? where !rate.isActive:
        "tax code \(rate.code) (\(rate.name)) of \(place) is no longer active"
      case let rate?: "tax code \(rate.code) (\(rate.name)) of \(place) is not for sales"
      }
    return problem(.tax, wanted, message, usable.map { ($0.code, $0.name) })
  }

  func item(_ wanted: Sourced<String>) -> ConfigurationProblem? {
    guard !mayCreateItems, ledger.item(wanted.value) == nil else { return nil }
    return problem(
      .item, wanted, "\(place) has no item “\(wanted.value)”",
      ledger.items.filter(\.isActive).map { ($0.code, $0.name) })
  }

  func theme(_ wanted: Sourced<String>) -> ConfigurationProblem? {
    guard ledger.theme(wanted.value) == nil else { return nil }
    return problem(
      .theme, wanted, "\(place) has no branding theme “\(wanted.value)”",
      ledger.brandingThemes.map { ($0.name, "") })
  }

  func tracking(_ rule: TrackingRule) -> ConfigurationProblem? {
    guard let category = ledger.trackingCategory(rule.category.value) else {
      return problem(
        .tracking, rule.category, "\(place) has no tracking category “\(rule.category.value)”",
        ledger.trackingCategories.map { ($0.name, "") })
    }
    guard let placeholders = rule.option.placeholders else {
      return ConfigurationProblem(
        origin: rule.option.origin, message: "a brace is not closed in “\(rule.option.text)”",
        candidates: [], topic: .tracking)
    }
    guard placeholders.isEmpty, category.option(rule.option.text) == nil else { return nil }
    return problem(
      .tracking, Sourced(rule.option.text, at: rule.option.origin ?? rule.category.origin),
      "tracking category \(category.name) has no option “\(rule.option.text)”",
      category.options.map { ($0, "") })
  }

  private func problem(
    _ topic: ConfigurationProblem.Topic, _ wanted: Sourced<String>, _ message: String,
    _ names: [(code: String, name: String)]
  ) -> ConfigurationProblem {
    let near = Nearest.names(
      to: wanted.value, among: names.flatMap { [$0.code, $0.name] }.filter { !$0.isEmpty })
    let shown = names.filter { near.contains($0.code) || near.contains($0.name) }.sorted {
      rank($0, near) < rank($1, near)
    }
    return ConfigurationProblem(
      origin: wanted.origin, message: message,
      candidates: shown.prefix(5).map { $0.name.isEmpty ? $0.code : "\($0.code) (\($0.name))" },
      topic: topic)
  }

  private func rank(_ entry: (code: String, name: String), _ near: [String]) -> Int {
    [near.firstIndex(of: entry.code), near.firstIndex(of: entry.name)].compactMap { $0 }.min()
      ?? near.count
  }
}

extension Ledger {
  /// What a mistyped account may have meant: other accounts are taken, but not proposed.
  var suggestedAccounts: [Account] {
    accounts.filter { $0.isActive && $0.acceptsSales && $0.isRevenue }
  }

  /// An active account for sales of that code.
  func account(_ code: String) -> Account? {
    accounts.first { $0.code == code && $0.isActive && $0.acceptsSales }
  }

  /// An active tax rate for sales of that code, else the only one of that name.
  func taxRate(_ text: String) -> TaxRate? {
    let usable = taxRates.filter { $0.isActive && $0.appliesToSales }
    if let rate = usable.first(where: { $0.code == text }) { return rate }
    let named = usable.filter {
      $0.code.lowercased() == text.lowercased() || $0.name.lowercased() == text.lowercased()
    }
    return named.count == 1 ? named.first : nil
  }

  /// An active item of that code: exactly, else the only one but for letter case.
  func item(_ code: String) -> Item? {
    let usable = items.filter(\.isActive)
    if let item = usable.first(where: { $0.code == code }) { return item }
    let alike = usable.filter { $0.code.lowercased() == code.lowercased() }
    return alike.count == 1 ? alike.first : nil
  }

  func theme(_ text: String) -> BrandingTheme? {
    brandingThemes.first { $0.id == text || $0.name.lowercased() == text.lowercased() }
  }

  func trackingCategory(_ name: String) -> TrackingCategory? {
    trackingCategories.first { $0.name.lowercased() == name.lowercased() }
  }
}

extension TrackingCategory {
  /// The option as the organisation writes it.
  func option(_ name: String) -> String? {
    options.first { $0 == name } ?? options.first { $0.lowercased() == name.lowercased() }
  }
}
