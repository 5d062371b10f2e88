internal import Domain

/// A contact as Xero writes it, with its verdict where it answers a write.
struct XeroContact: XeroRecord {
  static let idKey = "ContactID"
  static let listKey = "Contacts"

  let id: String
  let number: String
  let name: String
  let firstName: String
  let lastName: String
  let email: String
  let taxNumber: String
  let website: String
  let status: String
  let mergedTo: String
  let addresses: [Address]
  let phones: [Phone]
  let persons: [Person]
  let isCustomer: Bool
  let isSupplier: Bool
  let salesTerms: XeroTerms?
  let updated: Instant?
  let verdict: XeroVerdict

  init(from decoder: any Decoder) throws {
    let fields = try XeroFields(decoder)
    id = try fields.text("ContactID")
    number = try fields.text("ContactNumber")
    name = try fields.text("Name")
    firstName = try fields.text("FirstName")
    lastName = try fields.text("LastName")
    email = try fields.text("EmailAddress")
    taxNumber = try fields.text("TaxNumber")
    website = try fields.text("Website")
    status = try fields.text("ContactStatus")
    mergedTo = try fields.text("MergedToContactID")
    addresses = try fields.list("Addresses", of: Address.self)
    phones = try fields.list("Phones", of: Phone.self)
    persons = try fields.list("ContactPersons", of: Person.self)
    isCustomer = try fields.flag("IsCustomer")
    isSupplier = try fields.flag("IsSupplier")
    salesTerms = try fields.one("PaymentTerms", XeroTerms.Pair.self)?.sales
    updated = try fields.instant("UpdatedDateUTC")
    verdict = try XeroVerdict(from: decoder)
  }

  struct Address: Decodable {
    let type: String
    let lines: [String]
    let city: String
    let region: String
    let postalCode: String
    let country: String

    init(from decoder: any Decoder) throws {
      let fields = try XeroFields(decoder)
      type = try fields.text("AddressType")
      lines = try (1...4).map { try fields.text("AddressLine\($0)") }
      city = try fields.text("City")
      region = try fields.text("Region")
      postalCode = try fields.text("PostalCode")
      country = try fields.text("Country")
    }
  }

  struct Phone: Decodable {
    let type: String
    let number: String
    let area: String
    let country: String

    init(from decoder: any Decoder) throws {
      let fields = try XeroFields(decoder)
      type = try fields.text("PhoneType")
      number = try fields.text("PhoneNumber")
      area = try fields.text("PhoneAreaCode")
      country = try fields.text("PhoneCountryCode")
    }
  }

  struct Person: Decodable {
    let email: String

    init(from decoder: any Decoder) throws {
      email = try XeroFields(decoder).text("EmailAddress")
    }
  }
}

/// Payment terms: a day and how it is counted.
struct XeroTerms: Decodable {
  let day: Int
  let type: String

  init(from decoder: any Decoder) throws {
    let fields = try XeroFields(decoder)
    day = Int(try fields.text("Day")) ?? 0
    type = try fields.text("Type")
  }

  /// Terms for sales and for bills; only the former matter.
  struct Pair: Decodable {
    let sales: XeroTerms?

    init(from decoder: any Decoder) throws {
      sales = try XeroFields(decoder).one("Sales", XeroTerms.self)
    }
  }
}

/// How Xero judged one element of a batch.
struct XeroVerdict: Decodable {
  /// `OK`, `WARNING`, `ERROR`; empty outside batches.
  let status: String
  let hasErrors: Bool
  let errors: [String]

  init(from decoder: any Decoder) throws {
    let fields = try XeroFields(decoder)
    status = try fields.text("StatusAttributeString").uppercased()
    errors =
      try fields.list("ValidationErrors", of: Message.self).map(\.text)
      .filter { !$0.isEmpty }
    hasErrors =
      try fields.flag("HasErrors") || fields.flag("HasValidationErrors") || !errors.isEmpty
  }

  struct Message: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
      let fields = try XeroFields(decoder)
      let message = try fields.text("Message")
      text = message.isEmpty ? try fields.text("Description") : message
    }
  }
}
