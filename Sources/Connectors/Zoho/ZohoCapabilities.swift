import Domain

extension ZohoConnector {
  static func capabilities(_ fields: CRMFields, _ lines: ZohoLineSource) -> CRMCapabilities {
    var capabilities = CRMCapabilities(
      feeds: [.deals, .companies, .people] + (lines.module == nil ? [] : [.lines]),
      listingLagSeconds: 120,
      settleSeconds: 120,
      dealsPerRead: ZohoLimit.values,
      relationsPerRead: lines.readsEachDeal ? 10 : ZohoLimit.values,
      reportsPerWrite: ZohoLimit.rows,
      createsPerWrite: ZohoLimit.rows,
      supportsTasks: true)
    capabilities.partyTraits = traits(fields)
    return capabilities
  }

  /// Accounts have no mail address unless somebody made a field for it.
  private static func traits(_ fields: CRMFields) -> PartyTraits {
    var company: Set<PartyField> = [
      .name, .phone, .fax, .postalAddress, .streetAddress, .website,
    ]
    var person: Set<PartyField> = [
      .firstName, .lastName, .email, .phone, .mobile, .fax, .postalAddress, .streetAddress,
    ]
    if fields.taxNumber != nil {
      company.insert(.taxNumber)
      person.insert(.taxNumber)
    }
    var traits = PartyTraits(writable: [.company: company, .person: person])
    traits.lengths = [
      .name: 200, .firstName: 40, .lastName: 80, .email: 100, .phone: 30, .mobile: 30, .fax: 30,
      .taxNumber: 255, .website: 255,
    ]
    // A street is one text.
    traits.addressLines = 1
    traits.addressLineLength = 250
    traits.cityLength = 100
    traits.postalCodeLength = 30
    return traits
  }
}

/// The vendor's own numbers.
enum ZohoLimit {
  /// Records of a list page, and rows of a query.
  static let page = 200
  /// Ids of one read, and rows of one write.
  static let ids = 100
  static let rows = 100
  /// Values of one `in (…)`: half of what the newest version takes.
  static let values = 50
  /// Most names of `fields`.
  static let fields = 50
  /// Pages of a list that is paged by number.
  static let numberedPages = 10
  /// Fields made in one call.
  static let newFields = 5
  /// Calls a day of the smallest paid edition. No answer tells what is left.
  static let perDay = 50_000
  /// How long to wait when too many calls run at once; the vendor does not say.
  static let pause: Duration = .seconds(10)
}
