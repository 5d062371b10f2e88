extension XeroSandbox {
  /// One connected organisation of a region with its usual accounts, tax rates, currencies,
  /// themes and tracking, and no documents. The same arguments make the same ids.
  package static func demo(
    region: XeroRegion = .nz, name: String = "Harbour & Hill Limited", seed: UInt64 = 1,
    at start: SandboxTime = SandboxTime(milliseconds: 1_767_225_600_000)
  ) -> XeroSandbox {
    XeroSandbox(ledgers: [.demo(region: region, name: name, seed: seed, at: start)], seed: seed)
  }

  /// Several connected organisations behind one app, as a wrong tenant needs.
  package static func demo(
    organisations: [(name: String, region: XeroRegion)], seed: UInt64 = 1,
    at start: SandboxTime = SandboxTime(milliseconds: 1_767_225_600_000)
  ) -> XeroSandbox {
    var ledgers: [XeroLedger] = []
    for (index, organisation) in organisations.enumerated() {
      ledgers.append(
        .demo(
          region: organisation.region, name: organisation.name, seed: seed &+ UInt64(index) << 32,
          at: start))
    }
    return XeroSandbox(ledgers: ledgers, seed: seed)
  }

  /// The tenant id of the first organisation, as text.
  package var tenantID: String { ledgers.first?.organisation.id.description ?? "" }
}

extension XeroLedger {
  static func demo(
    region: XeroRegion, name: String, seed: UInt64, at start: SandboxTime
  ) -> XeroLedger {
    var ids = XeroIDSource(seed: seed)
    let place = region.place
    let organisation = XeroOrganisation(
      id: ids.next(), name: name, region: region, baseCurrency: place.currency,
      countryCode: place.country, timezone: place.timezone, minutesEast: place.minutesEast,
      shortCode: "!x7Kq2", connectionID: ids.next(), connectedAt: start)
    var ledger = XeroLedger(organisation: organisation, ids: ids)
    ledger.taxRates = region.taxRates
    ledger.addDemoAccounts(start)
    ledger.addDemoLists()
    return ledger
  }

  private mutating func addDemoAccounts(_ start: SandboxTime) {
    let sales = organisation.region.salesTax
    let costs = organisation.region.purchaseTax
    let none = organisation.region.noTax
    let rows: [(code: String, name: String, type: String, kind: String, tax: String)] = [
      ("090", "Business Bank Account", "BANK", "ASSET", none),
      ("091", "Business Savings Account", "BANK", "ASSET", none),
      ("200", "Sales", "REVENUE", "REVENUE", sales),
      ("260", "Other Revenue", "REVENUE", "REVENUE", sales),
      ("270", "Interest Income", "REVENUE", "REVENUE", none),
      ("310", "Cost of Goods Sold", "DIRECTCOSTS", "EXPENSE", costs),
      ("400", "Advertising", "OVERHEADS", "EXPENSE", costs),
      ("404", "Bank Fees", "OVERHEADS", "EXPENSE", none),
      ("420", "Entertainment", "OVERHEADS", "EXPENSE", costs),
      ("610", "Accounts Receivable", "CURRENT", "ASSET", none),
      ("800", "Accounts Payable", "CURRLIAB", "LIABILITY", none),
      ("820", "Sales Tax", "CURRLIAB", "LIABILITY", none),
      ("860", "Rounding", "CURRLIAB", "LIABILITY", none),
      ("880", "Owner Drawings", "EQUITY", "EQUITY", none),
    ]
    let system = ["610": "DEBTORS", "800": "CREDITORS", "820": "GST", "860": "ROUNDING"]
    for row in rows {
      accounts.append(
        XeroAccount(
          id: ids.next(), code: row.code, name: row.name, type: row.type,
          accountClass: row.kind, taxType: row.tax, enablePayments: row.code == "880",
          systemAccount: system[row.code],
          currency: row.type == "BANK" ? organisation.baseCurrency : nil, updated: start))
    }
  }

  private mutating func addDemoLists() {
    let names = [
      ("NZD", "New Zealand Dollar", "1.7"), ("AUD", "Australian Dollar", "1.55"),
      ("GBP", "British Pound", "0.79"), ("USD", "United States Dollar", "1"),
      ("EUR", "Euro", "0.92"), ("JPY", "Japanese Yen", "151.25"),
    ]
    let base = names.first { $0.0 == organisation.baseCurrency }
    let baseRate = base.flatMap { ExactDecimal($0.2) } ?? ExactDecimal(1)
    for (code, name, perDollar) in names {
      let rate = ExactDecimal(perDollar)?.divided(by: baseRate, places: 6) ?? ExactDecimal(1)
      currencies.append(XeroCurrency(code: code, name: name, rate: rate))
    }
    for (order, name) in ["Standard", "Special Projects", "Very orange invoice!"].enumerated() {
      brandingThemes.append(XeroBrandingTheme(id: ids.next(), name: name, sortOrder: order))
    }
    for (name, options) in [
      ("Region", ["North", "South", "East", "West"]), ("Salesperson", ["Aroha", "Ben", "Chloe"]),
    ] {
      trackingCategories.append(
        XeroTrackingCategory(
          id: ids.next(), name: name,
          options: options.map { .init(id: ids.next(), name: $0) }))
    }
  }
}

extension XeroRegion {
  struct Place: Sendable {
    var currency: String
    var country: String
    var timezone: String
    var minutesEast: Int
  }

  var place: Place {
    switch self {
    case .nz:
      Place(
        currency: "NZD", country: "NZ", timezone: "NEWZEALANDSTANDARDTIME", minutesEast: 720)
    case .au:
      Place(
        currency: "AUD", country: "AU", timezone: "AUSEASTERNSTANDARDTIME", minutesEast: 600)
    case .uk: Place(currency: "GBP", country: "GB", timezone: "GMTSTANDARDTIME", minutesEast: 0)
    case .us:
      Place(currency: "USD", country: "US", timezone: "EASTERNSTANDARDTIME", minutesEast: -300)
    case .global: Place(currency: "USD", country: "AE", timezone: "UTC", minutesEast: 0)
    }
  }

  var salesTax: String {
    switch self {
    case .nz, .uk: "OUTPUT2"
    case .au, .us, .global: "OUTPUT"
    }
  }

  var purchaseTax: String {
    switch self {
    case .nz, .uk: "INPUT2"
    case .au, .us, .global: "INPUT"
    }
  }

  var noTax: String { self == .au ? "BASEXCLUDED" : "NONE" }

  /// The rates of a new organisation: type, name, percent, and the side it applies to.
  var taxRates: [XeroTaxRate] {
    let rows: [(String, String, String, Side)] =
      switch self {
      case .nz:
        [
          ("OUTPUT2", "15% GST on Income", "15", .sales),
          ("INPUT2", "15% GST on Expenses", "15", .costs),
          ("OUTPUT", "12.5% GST on Income", "12.5", .sales),
          ("ZERORATED", "Zero Rated", "0", .both), ("NONE", "No GST", "0", .both),
        ]
      case .au:
        [
          ("OUTPUT", "GST on Income", "10", .sales), ("INPUT", "GST on Expenses", "10", .costs),
          ("EXEMPTOUTPUT", "GST Free Income", "0", .sales),
          ("EXEMPTEXPORT", "GST Free Exports", "0", .sales),
          ("EXEMPTEXPENSES", "GST Free Expenses", "0", .costs),
          ("BASEXCLUDED", "BAS Excluded", "0", .both),
        ]
      case .uk:
        [
          ("OUTPUT2", "20% (VAT on Income)", "20", .sales),
          ("INPUT2", "20% (VAT on Expenses)", "20", .costs),
          ("RROUTPUT", "5% (VAT on Income)", "5", .sales),
          ("ZERORATEDOUTPUT", "Zero Rated Income", "0", .sales),
          ("ECZROUTPUT", "Zero Rated EC Goods Income", "0", .sales),
          ("ECZROUTPUTSERVICES", "Zero Rated EC Services", "0", .sales),
          ("EXEMPTOUTPUT", "Exempt Income", "0", .sales), ("NONE", "No VAT", "0", .both),
        ]
      case .us:
        [
          ("OUTPUT", "Tax on Sales", "8.25", .sales), ("INPUT", "Tax on Purchases", "0", .costs),
          ("NONE", "Tax Exempt", "0", .both),
        ]
      case .global:
        [
          ("OUTPUT", "Tax on Sales", "5", .sales), ("INPUT", "Tax on Purchases", "5", .costs),
          ("NONE", "Tax Exempt", "0", .both),
        ]
      }
    return rows.map { type, name, percent, side in
      XeroTaxRate(
        type: type, name: name, rate: ExactDecimal(percent) ?? .zero,
        canApplyToRevenue: side != .costs, canApplyToExpenses: side != .sales)
    }
  }

  private enum Side: Sendable { case sales, costs, both }
}
