internal import Domain

extension LineBuilder {
  /// The price-list item: the one a rule names, else the one with the line's SKU.
  mutating func item(for line: DealLine) -> Item? {
    if let ruled = rules.value(\.item, for: line, in: context) {
      if let item = ledger.item(ruled.value.value) {
        explanation.note("item", "\(item.code) for “\(line.name)”", ruled.origin)
        return item
      }
      if policy.createItems { return newItem(code: ruled.value.value, line) }
      hold(
        .itemUnknown, "There is no item “\(ruled.value.value)” in the accounting system.",
        "Add the item there, then \(Remedy.retry(subject)); or change the rule"
          + "\(place(ruled.value.origin ?? ruled.origin)).")
      return nil
    }
    guard let sku = line.sku, !sku.isEmpty else { return nil }
    if let item = ledger.item(sku) { return item }
    guard policy.createItems else { return nil }
    guard sku.count <= 30 else {
      hold(
        .itemUnknown, "SKU “\(sku)” of line item “\(line.name)” is too long for an item code.",
        "Shorten the SKU to 30 characters, or name an item in a rule.")
      return nil
    }
    return newItem(code: sku, line)
  }

  private mutating func newItem(code: String, _ line: DealLine) -> Item {
    if newItems[code] == nil {
      var draft = ItemDraft(
        code: code, name: String(line.name.prefix(50)),
        description: String((line.description ?? line.name).prefix(4000)))
      draft.unitPrice = line.unitPrice.flatMap { $0.decimals <= 4 ? $0 : nil }
      newItems[code] = draft
    }
    return Item(id: ID(code), code: code, name: line.name)
  }

  /// A rule, then the configuration, then the item, then the built-in default.
  mutating func account(for line: DealLine, item: Item?) -> String? {
    let ruled = rules.value(\.account, for: line, in: context)
    var wanted = ruled?.value ?? policy.account
    if ruled == nil, policy.account.origin == nil, let own = item?.account {
      wanted = Sourced(own)
    }
    guard let account = ledger.account(wanted.value) else {
      let near = Nearest.names(
        to: wanted.value, among: ledger.suggestedAccounts.map(\.code), count: 3)
      hold(
        .accountUnknown,
        "Account “\(wanted.value)” for line item “\(line.name)” does not exist, is archived, or "
          + "takes no sales.",
        "Choose another account\(place(wanted.origin ?? ruled?.origin))\(suggestion(near)); or "
          + "add it in the accounting system, then \(Remedy.retry(subject)).")
      return nil
    }
    explanation.note(
      "account", "\(account.code) (\(account.name)) for “\(line.name)”",
      wanted.origin ?? ruled?.origin)
    return account.code
  }

  /// A rule, then the configuration, then the item, then the account's own code; never invented.
  mutating func taxCode(for line: DealLine, item: Item?, account: String?) -> String? {
    guard lineAmounts != .noTax else { return nil }
    let ruled = rules.value(\.tax, for: line, in: context)
    let fallback = item?.taxCode ?? account.flatMap { ledger.account($0)?.defaultTaxCode }
    guard let wanted = ruled?.value ?? policy.tax ?? fallback.map({ Sourced($0) }) else {
      hold(
        .taxCodeUnknown, "No rule says which tax code line item “\(line.name)” has.",
        "Set `invoices.tax`, or add a rule for it.")
      return nil
    }
    guard let rate = ledger.taxRate(wanted.value) else {
      let near = Nearest.names(
        to: wanted.value, among: ledger.taxRates.filter(\.appliesToSales).map(\.code), count: 3)
      hold(
        .taxCodeUnknown,
        "Tax code “\(wanted.value)” for line item “\(line.name)” does not exist, is inactive, or "
          + "is not for sales.",
        "Choose another tax code\(place(wanted.origin ?? ruled?.origin))\(suggestion(near)); or "
          + "add it in the accounting system, then \(Remedy.retry(subject)).")
      return nil
    }
    explanation.note(
      "tax", "\(rate.code) (\(rate.effectivePercent.plain) %) for “\(line.name)”",
      wanted.origin ?? ruled?.origin)
    return rate.code
  }

  mutating func tracking(for line: DealLine) -> [TrackingChoice] {
    let ruled = rules.value(\.tracking, for: line, in: context)
    let wanted = ruled?.value ?? policy.tracking
    var choices: [TrackingChoice] = []
    for rule in wanted {
      let option = rule.option.rendered { context.placeholder($0, line: line) }
        .split(whereSeparator: \.isWhitespace).joined(separator: " ")
      guard !option.isEmpty else { continue }
      guard let category = ledger.trackingCategory(rule.category.value) else {
        hold(
          .trackingUnknown, "There is no tracking category “\(rule.category.value)”.",
          "Add it in the accounting system, then \(Remedy.retry(subject)); or change the "
            + "configuration\(place(rule.category.origin)).")
        continue
      }
      guard let known = category.option(option) else {
        let near = Nearest.names(to: option, among: category.options, count: 3)
        hold(
          .trackingUnknown, "Tracking category \(category.name) has no option “\(option)”.",
          "Add the option in the accounting system, then \(Remedy.retry(subject)); or change the "
            + "deal or the configuration\(place(rule.option.origin))\(suggestion(near)).")
        continue
      }
      choices.append(TrackingChoice(category: category.name, option: known))
      explanation.note(
        "tracking", "\(category.name) \(known) for “\(line.name)”",
        rule.option.origin ?? ruled?.origin)
    }
    return choices
  }

  private func place(_ origin: Origin?) -> String { origin.map { " (\($0))" } ?? "" }

  private func suggestion(_ near: [String]) -> String {
    near.isEmpty ? "" : "; near: \(near.joined(separator: ", "))"
  }
}
