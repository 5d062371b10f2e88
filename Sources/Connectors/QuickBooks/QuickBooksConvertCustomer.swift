internal import Domain
internal import Foundation

extension QuickBooksCustomer {
  /// The customer in our terms.
  func party(
    of system: SystemName, terms known: [QuickBooksTerm]
  ) throws(ConversionError) -> PartyRecord {
    guard !id.isEmpty else { throw ConversionError("Id is missing") }
    guard !displayName.isEmpty else { throw ConversionError("DisplayName is missing") }
    var record = PartyRecord(
      subject: Subject(system: system, kind: .contact, id: id), name: presentName)
    record.firstName = givenName
    record.lastName = familyName
    record.emails = email.split(whereSeparator: { ",; ".contains($0) }).map(String.init)
    record.phones = phones
    record.addresses = places
    record.website = website
    record.status = isActive ? .active : .archived
    record.mark = QuickBooksMark.read(notes)
    record.isCustomer = true
    record.terms = known.first { $0.id == terms }?.domain
    record.modifiedAt = changed
    return record
  }

  /// An inactive record has a suffix that frees its name.
  private var presentName: String {
    guard !isActive, let end = displayName.range(of: " (deleted", options: [.caseInsensitive])
    else { return displayName }
    return String(displayName[..<end.lowerBound])
  }

  private var places: [AddressKind: PostalAddress] {
    var places: [AddressKind: PostalAddress] = [:]
    for (kind, address) in addresses {
      let place = PostalAddress(
        lines: address.lines.filter { !$0.isEmpty }, city: address.city, region: address.region,
        postalCode: address.postalCode, country: address.country)
      if !place.isEmpty { places[kind] = place }
    }
    return places
  }
}
