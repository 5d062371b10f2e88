import Domain

extension SalesforceConnector {
  static func capabilities(_ fields: CRMFields) -> CRMCapabilities {
    var capabilities = CRMCapabilities(
      feeds: [.deals, .companies, .people, .lines],
      // Rows of long transactions appear with stamps that lie minutes back.
      listingLagSeconds: 300,
      settleSeconds: 180,
      dealsPerRead: SalesforceLimit.rows,
      relationsPerRead: SalesforceLimit.rows,
      reportsPerWrite: SalesforceLimit.rows,
      createsPerWrite: SalesforceLimit.rows,
      supportsTasks: true)
    capabilities.partyTraits = traits(fields)
    return capabilities
  }

  /// Accounts have no mail address.
  private static func traits(_ fields: CRMFields) -> PartyTraits {
    var company: Set<PartyField> = [.name, .phone, .fax, .postalAddress, .website]
    var person: Set<PartyField> = [
      .firstName, .lastName, .email, .phone, .mobile, .fax, .postalAddress,
    ]
    if fields.taxNumber != nil {
      company.insert(.taxNumber)
      person.insert(.taxNumber)
    }
    var traits = PartyTraits(writable: [.company: company, .person: person])
    traits.lengths = [
      .name: 255, .firstName: 40, .lastName: 80, .email: 80, .phone: 40, .mobile: 40, .fax: 40,
      .website: 255, .taxNumber: 255,
    ]
    // A street is one field of 255 characters, line breaks included.
    traits.addressLines = 4
    traits.addressLineLength = 63
    traits.cityLength = 40
    traits.postalCodeLength = 20
    return traits
  }
}

/// The vendor's own numbers.
enum SalesforceLimit {
  static let version = "v66.0"
  /// Requests of a rolling day in the smallest edition.
  static let perDay = 15_000
  /// Records of one collection, and ids of one query.
  static let rows = 200
  /// Records of one page of a listing; fewer where the organisation is slow.
  static let page = 2000
  static let smallPage = 200
  /// Marks of one query: an address must stay below 16,384 characters.
  static let marks = 80
  /// How often a locked row is tried again within the pass.
  static let lockRepeats = 4
  /// How far a chain of merges is followed.
  static let merges = 10
}
