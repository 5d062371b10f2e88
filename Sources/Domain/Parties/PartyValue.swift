/// What one mergeable attribute of a party holds: a text, or an address as a whole.
package enum PartyValue: Hashable, Sendable, Codable {
  case text(String)
  case address(PostalAddress)

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      self = .text(text)
    } else {
      self = .address(try container.decode(PostalAddress.self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let text): try container.encode(text)
    case .address(let address): try container.encode(address)
    }
  }

  /// Blanks alone say nothing.
  package var isEmpty: Bool {
    switch self {
    case .text(let text): text.allSatisfy(\.isWhitespace)
    case .address(let address): address.isEmpty
    }
  }

  /// As a person reads it, in one line.
  package var text: String {
    switch self {
    case .text(let text): text
    case .address(let place):
      (place.lines + [place.city, place.region, place.postalCode, place.country])
        .filter { !$0.isEmpty }.joined(separator: ", ")
    }
  }
}

extension PartyField {
  /// The telephone slot it stands for; nil for what is no number.
  package var phoneKind: PhoneKind? {
    switch self {
    case .phone: .main
    case .mobile: .mobile
    case .directPhone: .direct
    case .fax: .fax
    case .name, .firstName, .lastName, .email, .postalAddress, .streetAddress, .taxNumber,
      .website, .mark:
      nil
    }
  }

  /// The address slot it stands for; nil for what is no address.
  package var addressKind: AddressKind? {
    switch self {
    case .postalAddress: .postal
    case .streetAddress: .street
    case .name, .firstName, .lastName, .email, .phone, .mobile, .directPhone, .fax, .taxNumber,
      .website, .mark:
      nil
    }
  }

  /// The group under which the configuration names it; nil for our own mark.
  package var group: ContactPolicy.Field? {
    switch self {
    case .name, .firstName, .lastName: .name
    case .email: .email
    case .phone, .mobile, .directPhone, .fax: .phone
    case .postalAddress, .streetAddress: .address
    case .taxNumber: .taxNumber
    case .website: .website
    case .mark: nil
    }
  }

  /// In words, for messages.
  package var words: String { rawValue.split(separator: "_").joined(separator: " ") }

  /// What an absent value of this attribute is.
  package var nothing: PartyValue {
    addressKind == nil ? .text("") : .address(PostalAddress())
  }
}

extension PartyRecord {
  /// The attribute as the system holds it; an absent one is empty.
  package func value(_ field: PartyField) -> PartyValue {
    if let kind = field.addressKind { return .address(addresses[kind] ?? PostalAddress()) }
    if let kind = field.phoneKind { return .text(phones[kind] ?? "") }
    return switch field {
    case .name: .text(name)
    case .firstName: .text(firstName)
    case .lastName: .text(lastName)
    case .email: .text(emails.first ?? "")
    case .taxNumber: .text(taxNumber)
    case .website: .text(website)
    case .mark: .text(mark)
    case .phone, .mobile, .directPhone, .fax, .postalAddress, .streetAddress: field.nothing
    }
  }
}

extension PartyPatch {
  /// The attributes it sets.
  package var fields: [PartyField] {
    PartyField.allCases.filter { value($0) != nil }
  }

  /// The new value of an attribute; nil where the patch leaves it alone.
  package func value(_ field: PartyField) -> PartyValue? {
    if let kind = field.addressKind { return addresses[kind].map { .address($0) } }
    return texts[field].map { .text($0) }
  }

  package mutating func set(_ field: PartyField, _ value: PartyValue) {
    switch value {
    case .text(let text): texts[field] = text
    case .address(let address): if let kind = field.addressKind { addresses[kind] = address }
    }
  }
}

extension PartyDraft {
  /// The attribute the new record is to have; an absent one is empty.
  package func value(_ field: PartyField) -> PartyValue {
    if let kind = field.addressKind { return .address(addresses[kind] ?? PostalAddress()) }
    if let kind = field.phoneKind { return .text(phones[kind] ?? "") }
    return switch field {
    case .name: .text(name)
    case .firstName: .text(firstName)
    case .lastName: .text(lastName)
    case .email: .text(email)
    case .taxNumber: .text(taxNumber)
    case .website: .text(website)
    case .mark: .text(mark)
    case .phone, .mobile, .directPhone, .fax, .postalAddress, .streetAddress: field.nothing
    }
  }
}
