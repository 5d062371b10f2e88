/// One customer record of either system, as the matcher reads it. Empty strings mean "not known".
package struct MatchRecord: Sendable, Equatable {
  /// Which system the record belongs to.
  package enum Side: UInt8, Sendable, Comparable {
    case left, right

    package static func < (lhs: Side, rhs: Side) -> Bool { lhs.rawValue < rhs.rawValue }
  }

  /// What the record stands for; accounting systems usually do not say.
  package enum Kind: UInt8, Sendable { case organization, person, unknown }

  /// The record's subject; unique within its side. Ties between pairs are broken by it.
  package var key: String
  package var side: Side
  package var kind: Kind
  package var name: String
  /// For an organisation the contact person's, for a person his own.
  package var firstName: String
  package var lastName: String
  /// The company a person buys for.
  package var company: String
  /// One or more addresses; two in one string are taken apart.
  package var emails: [String]
  package var phones: [String]
  package var website: String
  package var addresses: [MatchAddress]
  package var taxNumber: String
  package var accountNumber: String
  package var isArchived: Bool

  /// A record with everything but key, side and name unknown unless given.
  package init(
    key: String, side: Side, kind: Kind = .unknown, name: String, firstName: String = "",
    lastName: String = "", company: String = "", emails: [String] = [], phones: [String] = [],
    website: String = "", addresses: [MatchAddress] = [], taxNumber: String = "",
    accountNumber: String = "", isArchived: Bool = false
  ) {
    self.key = key
    self.side = side
    self.kind = kind
    self.name = name
    self.firstName = firstName
    self.lastName = lastName
    self.company = company
    self.emails = emails
    self.phones = phones
    self.website = website
    self.addresses = addresses
    self.taxNumber = taxNumber
    self.accountNumber = accountNumber
    self.isArchived = isArchived
  }
}

/// A postal or street address; a PO box may stand in `street`.
package struct MatchAddress: Sendable, Equatable {
  package var street: String
  /// Suburb, building or a second line.
  package var street2: String
  package var city: String
  package var region: String
  package var postcode: String
  /// A country by name or code, in any usual spelling.
  package var country: String

  /// An address with the given lines; empty strings mean "not known".
  package init(
    street: String = "", street2: String = "", city: String = "", region: String = "",
    postcode: String = "", country: String = ""
  ) {
    self.street = street
    self.street2 = street2
    self.city = city
    self.region = region
    self.postcode = postcode
    self.country = country
  }

  var isEmpty: Bool {
    street.isEmpty && street2.isEmpty && city.isEmpty && region.isEmpty && postcode.isEmpty
      && country.isEmpty
  }
}
