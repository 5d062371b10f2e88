package import Domain
package import Matcher

extension MatchRecord {
  /// A party as the matcher takes it; its key is the subject.
  package init(_ party: PartyRecord, side: Side) {
    let kind: Kind =
      switch party.subject.kind {
      case .company: .organization
      case .person: .person
      case .contact, .deal, .invoice, .template, .product, .item, .alert, .line, .creditNote:
        .unknown
      }
    let full = [party.firstName, party.lastName].filter { !$0.isEmpty }.joined(separator: " ")
    self.init(
      key: party.subject.description, side: side, kind: kind,
      name: party.name.isEmpty ? full : party.name, firstName: party.firstName,
      lastName: party.lastName, emails: party.emails, phones: Self.phones(of: party),
      website: party.website,
      addresses: [AddressKind.street, .postal].compactMap { kind in
        party.addresses[kind].flatMap { $0.isEmpty ? nil : MatchAddress($0) }
      }, taxNumber: party.taxNumber)
  }

  /// Telephone numbers without fax, in a fixed order.
  static func phones(of party: PartyRecord) -> [String] {
    PhoneKind.allCases.filter { $0 != .fax }.compactMap { party.phones[$0] }
      .filter { !$0.isEmpty }
  }
}

extension MatchAddress {
  init(_ address: PostalAddress) {
    self.init(
      street: address.lines.first ?? "",
      street2: address.lines.dropFirst().filter { !$0.isEmpty }.joined(separator: ", "),
      city: address.city, region: address.region, postcode: address.postalCode,
      country: address.country)
  }
}
