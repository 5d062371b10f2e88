internal import Domain

extension XeroOrganisation {
  /// `zone` stands in where Xero's own name of the zone is unknown to us.
  func domain(zone fallback: Zone?) throws(ConversionError) -> Organisation {
    guard let currency = Currency(baseCurrency) else {
      throw ConversionError("BaseCurrency is no currency")
    }
    guard let zone = XeroZones.zone(timezone) ?? fallback else {
      throw ConversionError(
        "the time zone \(timezone.prefix(60)) of the organisation is not known: set timezone in"
          + " the configuration")
    }
    var organisation = Organisation(
      id: id, name: name, baseCurrency: currency, country: country.uppercased(), zone: zone)
    organisation.lockDate = [periodLock, yearLock].compactMap { $0 }.max()
    organisation.isDemo = isDemo
    return organisation
  }
}

extension XeroAccount {
  /// Nil for an account no line can name.
  var domain: Account? {
    guard !code.isEmpty else { return nil }
    var account = Account(
      code: code, name: name, isActive: status.uppercased() == "ACTIVE",
      acceptsSales: acceptsSales,
      isRevenue: ["REVENUE", "SALES", "OTHERINCOME"].contains(type.uppercased()))
    account.defaultTaxCode = taxType.isEmpty ? nil : taxType
    return account
  }

  /// Bank accounts and the control accounts Xero keeps for itself take no lines.
  private var acceptsSales: Bool {
    let closed: Set<String> = [
      "DEBTORS", "CREDITORS", "GST", "GSTONIMPORTS", "UNPAIDEXPCLM", "TRACKINGTRANSFERS",
      "BANKCURRENCYGAIN", "REALISEDCURRENCYGAIN", "UNREALISEDCURRENCYGAIN", "RETAINEDEARNINGS",
    ]
    return type.uppercased() != "BANK" && !closed.contains(systemAccount.uppercased())
  }
}

extension XeroTaxRate {
  var domain: TaxRate {
    TaxRate(
      code: code, name: name, effectivePercent: effectiveRate,
      isActive: ["", "ACTIVE"].contains(status.uppercased()), appliesToSales: appliesToRevenue)
  }
}

extension XeroTrackingCategory {
  /// Nil for an archived one; archived options are left out.
  var domain: TrackingCategory? {
    guard isActive else { return nil }
    return TrackingCategory(name: name, options: options.filter(\.isActive).map(\.name))
  }
}

extension XeroItem {
  /// Nil where it has no id or code.
  var domain: Item? {
    guard !id.isEmpty, !code.isEmpty else { return nil }
    var item = Item(id: ID(id.lowercased()), code: code, name: name, isActive: isSold)
    item.account = account.isEmpty ? nil : account
    item.taxCode = taxType.isEmpty ? nil : taxType
    return item
  }
}
