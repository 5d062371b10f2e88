import Domain

extension PipedriveConnector {
  static func capabilities(_ fields: CRMFields) -> CRMCapabilities {
    var capabilities = CRMCapabilities(
      feeds: [.deals, .companies, .people],
      listingLagSeconds: 120,
      settleSeconds: 120,
      dealsPerRead: PipedriveLimit.ids,
      relationsPerRead: PipedriveLimit.ids,
      reportsPerWrite: 50,
      createsPerWrite: 50,
      supportsTasks: true)
    capabilities.partyTraits = traits(fields)
    return capabilities
  }

  /// Organisations have neither mail address nor telephone here, and people no address.
  private static func traits(_ fields: CRMFields) -> PartyTraits {
    var company: Set<PartyField> = [.name, .postalAddress, .website]
    var person: Set<PartyField> = [.firstName, .lastName, .email, .phone, .mobile, .fax]
    if fields.taxNumber != nil {
      company.insert(.taxNumber)
      person.insert(.taxNumber)
    }
    var traits = PartyTraits(writable: [.company: company, .person: person])
    for field in PartyField.allCases { traits.lengths[field] = 255 }
    // A person's name is one field, which both parts share.
    traits.lengths[.firstName] = 127
    traits.lengths[.lastName] = 127
    traits.addressLines = 2
    traits.addressLineLength = 200
    traits.cityLength = 200
    traits.postalCodeLength = 200
    return traits
  }
}

/// The vendor's own numbers.
enum PipedriveLimit {
  /// Records of a list page.
  static let page = 500
  /// Ids of one read.
  static let ids = 100
  /// Most keys of `custom_fields`; more of them, and all are asked for.
  static let customKeys = 15
  /// What a list costs in the vendor's units: the usual price of a call.
  static let listCost = 10
  /// The least a company may spend in a day, in the vendor's units: one seat of the smallest plan.
  static let perDay = 30_000
  /// Requests in two seconds: below what the smallest plan allows a token.
  static let burst = 16
  static let burstOAuth = 60
  static let burstLength: Duration = .seconds(2)
  /// Ten searches in two seconds for everybody.
  static let searchInterval: Duration = .milliseconds(250)
  /// Archived deals leave the list of deals; they are looked through this seldom, in seconds.
  static let archiveInterval: Int64 = 6 * 3600
}
