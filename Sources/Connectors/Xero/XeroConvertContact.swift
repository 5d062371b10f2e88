internal import Domain

extension XeroContact {
  /// The contact in our terms.
  func party(of system: SystemName) throws(ConversionError) -> PartyRecord {
    guard !id.isEmpty else { throw ConversionError("ContactID is missing") }
    var record = PartyRecord(
      subject: Subject(system: system, kind: .contact, id: id.lowercased()), name: name)
    record.firstName = firstName
    record.lastName = lastName
    record.emails = email.isEmpty ? [] : [email] + otherEmails
    record.phones = numbers
    record.addresses = places
    record.taxNumber = taxNumber
    record.website = website
    record.status = try standing()
    record.mergedInto = mergedTo.isEmpty ? nil : ID(mergedTo.lowercased())
    record.mark = number
    record.isCustomer = isCustomer
    record.isSupplier = isSupplier
    record.terms = salesTerms?.domain
    record.modifiedAt = updated
    return record
  }

  /// Of the further people; the first address must stay the contact's own.
  private var otherEmails: [String] {
    var seen: Set<String> = [email.lowercased()]
    return persons.map(\.email).filter { !$0.isEmpty && seen.insert($0.lowercased()).inserted }
  }

  private func standing() throws(ConversionError) -> PartyRecord.Status {
    switch status.uppercased() {
    case "ACTIVE", "": .active
    case "ARCHIVED": .archived
    case "GDPRREQUEST": .erased
    default: throw ConversionError("ContactStatus has a value this version does not know")
    }
  }

  /// Country, area and number in one readable line; an empty slot is no number.
  private var numbers: [PhoneKind: String] {
    var numbers: [PhoneKind: String] = [:]
    for phone in phones {
      guard let kind = XeroPhones.kind(phone.type), !phone.number.isEmpty else { continue }
      var country = phone.country
      if country.first?.isNumber == true { country = "+" + country }
      numbers[kind] = [country, phone.area, phone.number].filter { !$0.isEmpty }
        .joined(separator: " ")
    }
    return numbers
  }

  private var places: [AddressKind: PostalAddress] {
    var places: [AddressKind: PostalAddress] = [:]
    for address in addresses {
      guard let kind = XeroAddresses.kind(address.type) else { continue }
      let place = PostalAddress(
        lines: address.lines.filter { !$0.isEmpty }, city: address.city, region: address.region,
        postalCode: address.postalCode, country: address.country)
      if !place.isEmpty { places[kind] = place }
    }
    return places
  }
}

/// Xero's names of telephone slots.
enum XeroPhones {
  static func kind(_ name: String) -> PhoneKind? {
    PhoneKind.allCases.first { Self.name($0) == name.uppercased() }
  }

  static func name(_ kind: PhoneKind) -> String {
    switch kind {
    case .main: "DEFAULT"
    case .mobile: "MOBILE"
    case .direct: "DDI"
    case .fax: "FAX"
    }
  }
}

/// Xero's names of address slots.
enum XeroAddresses {
  static func kind(_ name: String) -> AddressKind? {
    AddressKind.allCases.first { Self.name($0) == name.uppercased() }
  }

  static func name(_ kind: AddressKind) -> String {
    switch kind {
    case .postal: "POBOX"
    case .street: "STREET"
    }
  }
}

extension XeroTerms {
  /// Nil for a way of counting we do not know.
  var domain: PaymentTerms? {
    switch type.uppercased() {
    case "DAYSAFTERBILLDATE", "DAYSAFTERINVOICEDATE": .days(day)
    case "DAYSAFTERBILLMONTH", "DAYSAFTERINVOICEMONTH": .daysAfterMonthEnd(day)
    case "OFCURRENTMONTH": .dayOfMonth(day)
    case "OFFOLLOWINGMONTH": .dayOfNextMonth(day)
    default: nil
    }
  }

  /// The number and the word that stand for these terms.
  static func written(_ terms: PaymentTerms) -> (day: Int, type: String) {
    switch terms {
    case .days(let days): (days, "DAYSAFTERBILLDATE")
    case .daysAfterMonthEnd(let days): (days, "DAYSAFTERBILLMONTH")
    case .dayOfMonth(let day): (day, "OFCURRENTMONTH")
    case .dayOfNextMonth(let day): (day, "OFFOLLOWINGMONTH")
    }
  }
}
