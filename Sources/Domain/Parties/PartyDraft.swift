/// A party to be created in some system.
package struct PartyDraft: Hashable, Sendable, Codable {
  package var kind: RecordKind
  package var name: String
  package var firstName: String
  package var lastName: String
  package var email: String
  package var phones: [PhoneKind: String]
  package var addresses: [AddressKind: PostalAddress]
  package var taxNumber: String
  package var website: String
  /// What the new record carries about where it came from.
  package var mark: String
  /// For a person: the company it belongs to; nil: none.
  package var employer: Employer?
  /// The currency of what it buys, where the record must have one; nil: the organisation's own.
  package var currency: Currency?

  /// A company that exists, or one that an earlier operation of the plan makes.
  package enum Employer: Hashable, Sendable, Codable {
    case existing(ID<Party>)
    case created(by: OperationID)
  }

  /// A draft with the details of an existing replica.
  package init(kind: RecordKind, copying record: PartyRecord, mark: String) {
    self.kind = kind
    name = record.name
    firstName = record.firstName
    lastName = record.lastName
    email = record.emails.first ?? ""
    phones = record.phones
    addresses = record.addresses
    taxNumber = record.taxNumber
    website = record.website
    self.mark = mark
  }
}

/// One mergeable attribute of a party.
package enum PartyField: String, Hashable, Sendable, Codable, CaseIterable, Comparable,
  CodingKeyRepresentable
{
  case name
  case firstName = "first_name"
  case lastName = "last_name"
  case email
  case phone, mobile
  case directPhone = "direct_phone"
  case fax
  case postalAddress = "postal_address"
  case streetAddress = "street_address"
  case taxNumber = "tax_number"
  case website
  /// Our mark: the id of the other side's record.
  case mark

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// New values for some attributes of an existing replica; an empty value clears.
package struct PartyPatch: Hashable, Sendable, Codable {
  package var subject: Subject
  package var texts: [PartyField: String]
  package var addresses: [AddressKind: PostalAddress]
  /// What the record held before, for `undo`; nil: not known.
  package var former: Former?

  /// The values a patch replaces.
  package struct Former: Hashable, Sendable, Codable {
    package var texts: [PartyField: String]
    package var addresses: [AddressKind: PostalAddress]

    package init(
      texts: [PartyField: String] = [:], addresses: [AddressKind: PostalAddress] = [:]
    ) {
      self.texts = texts
      self.addresses = addresses
    }
  }

  package init(
    subject: Subject, texts: [PartyField: String] = [:],
    addresses: [AddressKind: PostalAddress] = [:]
  ) {
    self.subject = subject
    self.texts = texts
    self.addresses = addresses
  }
}
