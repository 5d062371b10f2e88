internal import Domain

/// A customer: company and person in one record.
struct QuickBooksCustomer: QuickBooksVersioned {
  static let entity = "Customer"

  let id: String
  let syncToken: String
  let displayName: String
  let givenName: String
  let familyName: String
  let email: String
  let phones: [PhoneKind: String]
  let addresses: [AddressKind: Address]
  let website: String
  let notes: String
  let isActive: Bool
  let terms: String
  let currency: String
  let changed: Instant?

  init(from decoder: any Decoder) throws {
    let fields = try RecordFields(decoder)
    id = try fields.text("Id")
    syncToken = try fields.text("SyncToken")
    displayName = try fields.text("DisplayName")
    givenName = try fields.text("GivenName")
    familyName = try fields.text("FamilyName")
    email = try fields.inner("PrimaryEmailAddr", "Address")
    var numbers: [PhoneKind: String] = [:]
    for kind in PhoneKind.allCases {
      let number = try fields.inner(kind.quickBooksKey, "FreeFormNumber")
      if !number.isEmpty { numbers[kind] = number }
    }
    phones = numbers
    var places: [AddressKind: Address] = [:]
    for kind in AddressKind.allCases {
      places[kind] = try fields.one(kind.quickBooksKey, Address.self)
    }
    addresses = places
    website = try fields.inner("WebAddr", "URI")
    notes = try fields.text("Notes")
    isActive = try fields.one("Active", LenientFlag.self)?.value ?? true
    terms = try fields.reference("SalesTermRef")
    currency = try fields.reference("CurrencyRef")
    changed = try fields.changedAt()
  }

  struct Address: Decodable {
    let lines: [String]
    let city: String
    let region: String
    let postalCode: String
    let country: String

    init(from decoder: any Decoder) throws {
      let fields = try RecordFields(decoder)
      lines = try (1...5).map { try fields.text("Line\($0)") }
      city = try fields.text("City")
      region = try fields.text("CountrySubDivisionCode")
      postalCode = try fields.text("PostalCode")
      country = try fields.text("Country")
    }
  }
}

/// A vendor or an employee: only because names are unique across all of them.
struct QuickBooksVendor: QuickBooksRecord {
  static let entity = "Vendor"
  let displayName: String

  init(from decoder: any Decoder) throws {
    displayName = try RecordFields(decoder).text("DisplayName")
  }
}

struct QuickBooksEmployee: QuickBooksRecord {
  static let entity = "Employee"
  let displayName: String

  init(from decoder: any Decoder) throws {
    displayName = try RecordFields(decoder).text("DisplayName")
  }
}

extension PhoneKind {
  /// The member that holds a number of this kind.
  var quickBooksKey: String {
    switch self {
    case .main: "PrimaryPhone"
    case .mobile: "Mobile"
    case .direct: "AlternatePhone"
    case .fax: "Fax"
    }
  }
}

extension AddressKind {
  /// The member that holds an address of this kind.
  var quickBooksKey: String {
    switch self {
    case .postal: "BillAddr"
    case .street: "ShipAddr"
    }
  }
}
