/// Phantom type of ids of companies, people and contacts.
package enum Party {}

/// One system's record of a party: a replica.
package struct PartyRecord: Hashable, Sendable, Codable {
  package var subject: Subject
  package var name: String
  package var firstName: String
  package var lastName: String
  /// The first is the primary one.
  package var emails: [String]
  package var phones: [PhoneKind: String]
  package var addresses: [AddressKind: PostalAddress]
  package var taxNumber: String
  package var website: String
  /// For people: the companies they belong to, the primary one first.
  package var companyIDs: [ID<Party>]
  package var status: Status
  /// The surviving record, where this one was merged away.
  package var mergedInto: ID<Party>?
  package var mergedFrom: [ID<Party>]
  /// Where the record came from, as it carries it itself: in the accounting system the subject
  /// of the CRM record, in a CRM the id of the accounting contact. Empty when there is none.
  package var mark: String
  package var isCustomer: Bool
  package var isSupplier: Bool
  /// The contact's own payment terms.
  package var terms: PaymentTerms?
  package var modifiedAt: Instant?

  package enum Status: String, Hashable, Sendable, Codable {
    case active, archived
    /// A privacy request: never written to, never revived.
    case erased
  }

  package init(subject: Subject, name: String) {
    self.subject = subject
    self.name = name
    firstName = ""
    lastName = ""
    emails = []
    phones = [:]
    addresses = [:]
    taxNumber = ""
    website = ""
    companyIDs = []
    status = .active
    mergedFrom = []
    mark = ""
    isCustomer = false
    isSupplier = false
  }

  package var id: ID<Party> { ID(subject.id) }
}

/// The kinds of telephone number both sides know.
package enum PhoneKind: String, Hashable, Sendable, Codable, CaseIterable, Comparable,
  CodingKeyRepresentable
{
  case main, mobile, direct, fax

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Where post goes and where the party sits.
package enum AddressKind: String, Hashable, Sendable, Codable, CaseIterable, Comparable,
  CodingKeyRepresentable
{
  case postal, street

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// An address as its parts are typed; every part may be empty.
package struct PostalAddress: Hashable, Sendable, Codable {
  package var lines: [String]
  package var city: String
  package var region: String
  package var postalCode: String
  /// Name or ISO code, as the system holds it.
  package var country: String

  package init(
    lines: [String] = [], city: String = "", region: String = "", postalCode: String = "",
    country: String = ""
  ) {
    self.lines = lines
    self.city = city
    self.region = region
    self.postalCode = postalCode
    self.country = country
  }

  package var isEmpty: Bool {
    lines.allSatisfy(\.isEmpty) && city.isEmpty && region.isEmpty && postalCode.isEmpty
      && country.isEmpty
  }
}
