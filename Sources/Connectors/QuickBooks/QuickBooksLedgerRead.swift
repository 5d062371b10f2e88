package import Domain
package import Transport

extension QuickBooksConnector {
  /// The engine keeps the answer for a while; the writes of this pass use it, too.
  package func ledger() async throws(RemoteError) -> Ledger {
    let read = try await readLists()
    await books.keep(read.lists)
    let lists = read.lists
    var ledger = Ledger(
      organisation: try await organisation(read.info, lists.preferences),
      readAt: Instant(milliseconds: time.now()))
    ledger.accounts = lists.accounts.map(\.domain)
    ledger.taxRates = read.taxes.rates(
      isUnitedStates: lists.isUnitedStates, preferences: lists.preferences)
    ledger.currencies = try await currencies(ledger.organisation, lists.preferences)
    if lists.preferences.tracksClasses {
      ledger.trackingCategories = [
        TrackingCategory(name: Self.classCategory, options: lists.classes.map(\.name))
      ]
    }
    ledger.items = lists.items.filter(\.isSold).map { $0.domain(accounts: lists.accounts) }
    return ledger
  }

  /// The one reporting dimension of a line.
  static let classCategory = "Class"

  func readLists() async throws(RemoteError) -> (
    lists: QuickBooksLists, info: QuickBooksCompanyInfo, taxes: QuickBooksTaxes
  ) {
    let id = try await company.id()
    let info = try await read(
      QuickBooksAnswer<QuickBooksCompanyInfo>.self, ["companyinfo", id], priority: .money,
      label: "company.get"
    ).record
    guard
      let preferences = try await all(
        QuickBooksPreferences.self, QuickBooksQuery(QuickBooksPreferences.self), priority: .money,
        label: "preferences.get"
      ).first
    else { throw .unreadable(reason: "QuickBooks named no preferences") }
    let taxes = QuickBooksTaxes(
      codes: try await list(QuickBooksTaxCode.self), rates: try await list(QuickBooksTaxRate.self))
    var lists = QuickBooksLists(
      country: QuickBooksCountry.code(info.country), preferences: preferences,
      accounts: try await list(QuickBooksAccount.self), items: [], classes: [],
      terms: try await terms(), taxPercents: taxes.percents)
    // The code of an item is left out unless it is asked for by name.
    lists.items = try await all(
      QuickBooksItem.self, QuickBooksQuery(QuickBooksItem.self).fields("*, Sku"),
      priority: .money, label: "items.list")
    if preferences.tracksClasses { lists.classes = try await list(QuickBooksClass.self) }
    return (lists, info, taxes)
  }

  func terms() async throws(RemoteError) -> [QuickBooksTerm] {
    try await list(QuickBooksTerm.self)
  }

  private func list<Record: QuickBooksRecord>(
    _ type: Record.Type
  ) async throws(RemoteError) -> [Record] {
    try await all(
      type, QuickBooksQuery(type), priority: .money,
      label: "\(Record.entity.lowercased()).list")
  }

  private func organisation(
    _ info: QuickBooksCompanyInfo, _ preferences: QuickBooksPreferences
  ) async throws(RemoteError) -> Organisation {
    let country = QuickBooksCountry.code(info.country)
    let home =
      Currency(preferences.homeCurrency) ?? QuickBooksCountry.currency(country)
    guard let home else {
      throw .unreadable(reason: "QuickBooks named no home currency of the company")
    }
    let zone = configuredZone ?? Zone(info.zone) ?? QuickBooksCountry.zone(country)
    guard let zone else {
      throw .unreadable(
        reason: "QuickBooks does not tell the time zone of \(info.name): set timezone in the"
          + " configuration")
    }
    var organisation = Organisation(
      id: try await company.id(), name: info.name, baseCurrency: home, country: country,
      zone: zone)
    organisation.lockDate = preferences.closedUntil
    return organisation
  }

  private func currencies(
    _ organisation: Organisation, _ preferences: QuickBooksPreferences
  ) async throws(RemoteError) -> [Currency] {
    guard preferences.isMultiCurrency else { return [organisation.baseCurrency] }
    let others = try await list(QuickBooksCurrency.self).compactMap { Currency($0.code) }
    return ([organisation.baseCurrency] + others).uniqued
  }
}

/// What a company's country tells where the company itself does not.
enum QuickBooksCountry {
  /// ISO alpha-2: QuickBooks writes codes, but old companies have names.
  static func code(_ text: String) -> String {
    let upper = text.uppercased()
    if upper.count == 2 { return upper == "UK" ? "GB" : upper }
    switch upper {
    case "USA", "UNITED STATES", "UNITED STATES OF AMERICA": return "US"
    case "GBR", "UNITED KINGDOM": return "GB"
    case "CAN", "CANADA": return "CA"
    case "AUS", "AUSTRALIA": return "AU"
    case "NZL", "NEW ZEALAND": return "NZ"
    default: return upper
    }
  }

  static func currency(_ country: String) -> Currency? {
    let codes = [
      "US": "USD", "GB": "GBP", "CA": "CAD", "AU": "AUD", "NZ": "NZD", "IE": "EUR", "FR": "EUR",
      "IN": "INR", "SG": "SGD", "ZA": "ZAR", "HK": "HKD", "MX": "MXN",
    ]
    return codes[country].flatMap { Currency($0) }
  }

  /// Only of countries with one time zone: a day must not be guessed.
  static func zone(_ country: String) -> Zone? {
    let names = [
      "GB": "Europe/London", "IE": "Europe/Dublin", "FR": "Europe/Paris", "IN": "Asia/Kolkata",
      "SG": "Asia/Singapore", "ZA": "Africa/Johannesburg", "HK": "Asia/Hong_Kong",
      "NZ": "Pacific/Auckland",
    ]
    return names[country].flatMap { Zone($0) }
  }
}
