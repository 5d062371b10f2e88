package import Domain
package import Transport

extension XeroConnector {
  /// Seven calls; the engine keeps the answer for a while.
  package func ledger() async throws(RemoteError) -> Ledger {
    let organisation = try await organisation()
    var ledger = Ledger(
      organisation: organisation, readAt: Instant(milliseconds: time.now()))
    ledger.accounts = try await list(XeroAccount.self).compactMap(\.domain)
    ledger.taxRates = try await list(XeroTaxRate.self).map(\.domain)
    let currencies = try await list(XeroCurrency.self).compactMap { Currency($0.code) }
    // The base currency is always usable, whether or not the list names it.
    ledger.currencies =
      currencies.contains(organisation.baseCurrency)
      ? currencies : [organisation.baseCurrency] + currencies
    ledger.brandingThemes = try await list(XeroBrandingTheme.self).map {
      BrandingTheme(id: $0.id, name: $0.name)
    }
    ledger.trackingCategories = try await list(XeroTrackingCategory.self).compactMap(\.domain)
    ledger.items = try await list(XeroItem.self).compactMap(\.domain)
    return ledger
  }

  private func organisation() async throws(RemoteError) -> Organisation {
    guard let organisation = try await list(XeroOrganisation.self).first else {
      throw .unreadable(reason: "Xero named no organisation")
    }
    do { return try organisation.domain(zone: fallbackZone) } catch {
      throw .unreadable(reason: error.reason)
    }
  }

  /// A list in which a bad element is left out; one with nothing but bad elements is an error.
  private func list<Record: XeroRecord>(
    _ type: Record.Type
  ) async throws(RemoteError) -> [Record] {
    let answer = try await read(
      type, priority: .money, label: "\(Record.listKey.lowercased()).list")
    let records = answer.readable
    if records.isEmpty, case .unreadable(_, let reason)? = answer.slots.first {
      throw .unreadable(reason: "\(Record.listKey): \(reason)")
    }
    return records
  }
}
