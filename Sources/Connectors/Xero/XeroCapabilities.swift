internal import Domain

extension XeroConnector {
  /// What Xero is like, in numbers the engine can use.
  static let declared = AccountingCapabilities(
    feeds: [.contacts, .invoices],
    arithmetic: InvoiceArithmeticRule(tax: .perLine, rounding: .halfAwayFromZero, decimals: 2),
    // Stamps are compared to the second and whether the bound is inclusive is not documented.
    listingLagSeconds: 120,
    settleSeconds: 120,
    // No hard limit, but the vendor advises about fifty documents a request.
    writesPerCall: 50,
    // About forty ids keep the address short enough.
    invoicesPerRead: 40,
    referenceLengthMax: 255,
    contactNameLengthMax: 255,
    supportsTemplates: true,
    hasOnlineInvoices: true)

  /// Rows of a page: the most Xero gives.
  static let pageSize = 1000
}
