internal import Domain

extension QuickBooksAccount {
  var domain: Account {
    var account = Account(
      code: code, name: name, isActive: isActive,
      acceptsSales: ["income", "other income"].contains(type.lowercased()))
    account.defaultTaxCode = taxCode.isEmpty ? nil : taxCode
    return account
  }
}

extension QuickBooksItem {
  func domain(accounts: [QuickBooksAccount]) -> Item {
    var item = Item(id: ID(id), code: code, name: name, isActive: isActive)
    item.account = accounts.first { $0.id == incomeAccount }?.code
    item.taxCode = taxCode.isEmpty ? nil : taxCode
    return item
  }
}

extension QuickBooksTerm {
  /// Nil for a way of counting we do not have.
  var domain: PaymentTerms? {
    if type == "DATE_DRIVEN" {
      return dayOfMonth.map { .dayOfNextMonth($0) }
    }
    return dueDays.map { .days($0) }
  }
}

/// Tax codes with the rates they are made of.
struct QuickBooksTaxes: Sendable {
  var codes: [QuickBooksTaxCode]
  var percentOfRate: [String: ExactDecimal]

  init(codes: [QuickBooksTaxCode], rates: [QuickBooksTaxRate]) {
    self.codes = codes
    percentOfRate = Dictionary(
      rates.map { ($0.id, $0.percent) }, uniquingKeysWith: { first, _ in first })
  }

  /// The codes a line may have. In the United States a line says only whether it is taxed; the
  /// rate is that of the whole invoice, or QuickBooks works it out by address.
  func rates(isUnitedStates: Bool, preferences: QuickBooksPreferences) -> [TaxRate] {
    guard isUnitedStates else { return codes.map { rate($0, parts: parts($0)) } }
    var rates = [
      TaxRate(
        code: "NON", name: "Not taxable", effectivePercent: .zero, isActive: true,
        appliesToSales: true)
    ]
    if preferences.taxesByAddress {
      var byAddress = TaxRate(
        code: "TAX", name: "Taxable", effectivePercent: .zero, isActive: true,
        appliesToSales: true)
      byAddress.isDecidedThere = true
      return rates + [byAddress]
    }
    let groups = codes.filter { !["TAX", "NON"].contains($0.id) }
    rates += groups.map { rate($0, parts: parts($0)) }
    if let standard = groups.first(where: { $0.id == preferences.defaultTaxCode }) {
      var rate = rate(standard, parts: parts(standard))
      (rate.code, rate.name) = ("TAX", "Taxable, \(standard.name)")
      rates.append(rate)
    }
    return rates
  }

  /// Per cent by code.
  var percents: [String: ExactDecimal] {
    Dictionary(
      codes.map { ($0.id, Self.sum(parts($0))) }, uniquingKeysWith: { first, _ in first })
  }

  /// Each rate with its share of a net amount: one that is laid on another grows by it.
  private func parts(_ code: QuickBooksTaxCode) -> [TaxRate.Part] {
    var parts: [TaxRate.Part] = []
    for part in code.rates.sorted(by: { $0.order < $1.order }) {
      let percent = percentOfRate[part.rate] ?? .zero
      let below = Self.sum(parts)
      let base: ExactDecimal? =
        switch part.base {
        case "TaxOnAmountPlusTax": try? ExactDecimal.hundred.adding(below)
        case "TaxOnTax": below
        default: .hundred
        }
      let share = base.flatMap {
        try? percent.multiplied(by: $0).multiplied(by: ExactDecimal(significand: 1, scale: 2))
      }
      parts.append(TaxRate.Part(id: part.rate, percent: share ?? percent))
    }
    return parts
  }

  private func rate(_ code: QuickBooksTaxCode, parts: [TaxRate.Part]) -> TaxRate {
    var rate = TaxRate(
      code: code.id, name: code.name, effectivePercent: Self.sum(parts), isActive: code.isActive,
      // A code for purchases alone has no rates for sales.
      appliesToSales: !code.rates.isEmpty)
    rate.parts = parts
    return rate
  }

  private static func sum(_ parts: [TaxRate.Part]) -> ExactDecimal {
    parts.reduce(.zero) { (try? $0.adding($1.percent)) ?? $0 }
  }
}
