/// What the records of parties in one system can hold: the stated rule by which a value that
/// does not fit is shortened or refused.
package struct PartyTraits: Hashable, Sendable {
  /// The attributes an application may write, by kind of record.
  package var writable: [RecordKind: Set<PartyField>]
  /// Longest texts in characters; what is not named is unlimited.
  package var lengths: [PartyField: Int]
  package var addressLines: Int
  package var addressLineLength: Int
  package var cityLength: Int
  package var postalCodeLength: Int
  /// Whether `<` and `>` are refused in names.
  package var forbidsAngleBrackets: Bool
  /// Whether `:` is refused in names.
  package var forbidsColons: Bool

  package init(writable: [RecordKind: Set<PartyField>]) {
    self.writable = writable
    lengths = [:]
    addressLines = 100
    addressLineLength = 1000
    cityLength = 255
    postalCodeLength = 255
    forbidsAngleBrackets = false
    forbidsColons = false
  }

  /// An accounting system that holds everything but our own mark's changes and the web site.
  package static let accounting: PartyTraits = {
    var traits = PartyTraits(
      writable: [.contact: Set(PartyField.allCases).subtracting([.website, .mark])])
    traits.lengths = [
      .name: 255, .firstName: 255, .lastName: 255, .email: 255, .phone: 50, .mobile: 50,
      .directPhone: 50, .fax: 50, .taxNumber: 50,
    ]
    traits.addressLines = 4
    traits.addressLineLength = 500
    traits.postalCodeLength = 50
    traits.forbidsAngleBrackets = true
    return traits
  }()

  /// A CRM with companies without mail addresses and people whose name is made of two parts.
  package static let crm = PartyTraits(writable: [
    .company: [.name, .phone, .postalAddress, .website],
    .person: [.firstName, .lastName, .email, .phone, .mobile, .fax, .postalAddress, .website],
  ])
}
