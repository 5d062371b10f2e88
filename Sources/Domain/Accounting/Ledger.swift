/// The slow-moving lists of the accounting organisation: what an invoice may name.
package struct Ledger: Hashable, Sendable, Codable {
  package var organisation: Organisation
  package var accounts: [Account]
  package var taxRates: [TaxRate]
  package var currencies: [Currency]
  package var brandingThemes: [BrandingTheme]
  package var trackingCategories: [TrackingCategory]
  package var items: [Item]
  /// When the lists were read.
  package var readAt: Instant

  package init(organisation: Organisation, readAt: Instant) {
    self.organisation = organisation
    accounts = []
    taxRates = []
    currencies = []
    brandingThemes = []
    trackingCategories = []
    items = []
    self.readAt = readAt
  }
}

/// The accounting organisation itself.
package struct Organisation: Hashable, Sendable, Codable {
  package var id: String
  package var name: String
  package var baseCurrency: Currency
  /// ISO 3166 alpha-2.
  package var country: String
  package var zone: Zone
  /// Documents dated on or before this day are refused.
  package var lockDate: CalendarDate?
  package var isDemo: Bool

  package init(id: String, name: String, baseCurrency: Currency, country: String, zone: Zone) {
    self.id = id
    self.name = name
    self.baseCurrency = baseCurrency
    self.country = country
    self.zone = zone
    isDemo = false
  }
}

/// An account of the chart of accounts.
package struct Account: Hashable, Sendable, Codable {
  package var code: String
  package var name: String
  package var isActive: Bool
  /// Whether sales lines may be posted to it.
  package var acceptsSales: Bool
  /// Whether it is for revenue: only such an account is ever suggested.
  package var isRevenue: Bool
  /// The tax code the accounting system falls back on for this account.
  package var defaultTaxCode: String?

  package init(
    code: String, name: String, isActive: Bool, acceptsSales: Bool, isRevenue: Bool = true
  ) {
    self.isRevenue = isRevenue
    self.code = code
    self.name = name
    self.isActive = isActive
    self.acceptsSales = acceptsSales
  }
}

/// A tax code with its rate.
package struct TaxRate: Hashable, Sendable, Codable {
  package var code: String
  package var name: String
  /// The rate in per cent that applies to a line, compound parts included.
  package var effectivePercent: ExactDecimal
  package var isActive: Bool
  package var appliesToSales: Bool
  /// The rates it is made of, where each is rounded by itself; nil: it is one rate.
  package var parts: [Part]?
  /// True where the accounting system alone knows the rate (by the customer's address, say).
  package var isDecidedThere: Bool?

  /// One rate of several; codes may share it.
  package struct Part: Hashable, Sendable, Codable {
    package var id: String
    /// Per cent of the amount without tax.
    package var percent: ExactDecimal

    package init(id: String, percent: ExactDecimal) {
      self.id = id
      self.percent = percent
    }
  }

  package init(
    code: String, name: String, effectivePercent: ExactDecimal, isActive: Bool,
    appliesToSales: Bool
  ) {
    self.code = code
    self.name = name
    self.effectivePercent = effectivePercent
    self.isActive = isActive
    self.appliesToSales = appliesToSales
  }
}

/// The look of a printed invoice.
package struct BrandingTheme: Hashable, Sendable, Codable {
  package var id: String
  package var name: String

  package init(id: String, name: String) {
    self.id = id
    self.name = name
  }
}

/// A reporting dimension with its options.
package struct TrackingCategory: Hashable, Sendable, Codable {
  package var name: String
  package var options: [String]

  package init(name: String, options: [String]) {
    self.name = name
    self.options = options
  }
}

/// A product or service of the accounting system's price list.
package struct Item: Hashable, Sendable, Codable {
  package var id: ID<Item>
  package var code: String
  package var name: String
  package var account: String?
  package var taxCode: String?
  package var isActive: Bool

  package init(id: ID<Item>, code: String, name: String, isActive: Bool = true) {
    self.id = id
    self.code = code
    self.name = name
    self.isActive = isActive
  }
}
