internal import Domain

extension QuickBooksConnector {
  /// What QuickBooks is like, in numbers the engine can use.
  static let declared: AccountingCapabilities = {
    var declared = AccountingCapabilities(
      feeds: [.contacts, .invoices],
      arithmetic: InvoiceArithmeticRule(
        tax: .perTaxCode, rounding: .halfAwayFromZero, decimals: 2),
      // Stamps have whole seconds, and the servers' clocks need not agree.
      listingLagSeconds: 300,
      settleSeconds: 120,
      // The vendor advises at most thirty operations a batch.
      writesPerCall: 30,
      invoicesPerRead: 100,
      referenceLengthMax: 1000,
      contactNameLengthMax: 100,
      supportsTemplates: true)
    declared.contactTraits = traits
    declared.supportsDrafts = false
    declared.itemsCarryAccounts = true
    declared.absentMeansDeleted = true
    return declared
  }()

  private static let traits: PartyTraits = {
    var traits = PartyTraits(writable: [
      .contact: [
        .name, .firstName, .lastName, .email, .phone, .mobile, .directPhone, .fax,
        .postalAddress, .streetAddress,
      ]
    ])
    traits.lengths = [
      .name: 100, .firstName: 100, .lastName: 100, .email: 100, .phone: 30, .mobile: 30,
      .directPhone: 30, .fax: 30,
    ]
    traits.addressLines = 5
    traits.addressLineLength = 500
    traits.postalCodeLength = 30
    traits.forbidsColons = true
    return traits
  }()

  /// Rows of a page of a query: the most QuickBooks gives.
  static let pageSize = 1000
  /// Objects of a change data capture answer, which has no pages: a full one is cut off.
  static let captureMost = 1000
  /// Change data capture looks back thirty days; a day is kept for clocks that differ.
  static let captureSeconds: Int64 = 29 * 86_400
  /// How far back an invoice without a number is looked for, in seconds.
  static let searchSeconds: Int64 = 30 * 86_400
  static let noteLength = 4000
  static let numberLength = 21
}
