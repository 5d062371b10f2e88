internal import Domain

/// Request bodies: one element of a batch each.
enum XeroBody {
  typealias Built = Result<OutgoingJSON, WriteRefusal>

  /// A new contact; what is empty is left out.
  static func contact(_ draft: PartyDraft) -> Built {
    let name = XeroText.name(draft.name)
    guard !name.isEmpty else { return .failure(refused("the customer has no name")) }
    guard draft.mark.count <= 50 else {
      return .failure(refused("the subject \(draft.mark.prefix(80)) is longer than 50 characters"))
    }
    let addresses = draft.addresses.sorted { $0.key < $1.key }.filter { !$0.value.isEmpty }
    let phones = draft.phones.sorted { $0.key < $1.key }.filter { !$0.value.isEmpty }
    return .success(
      .fields([
        ("Name", .text(name)),
        ("ContactNumber", filled(draft.mark, 50)),
        ("FirstName", filled(draft.firstName, 255)),
        ("LastName", filled(draft.lastName, 255)),
        ("EmailAddress", filled(draft.email, 255)),
        ("TaxNumber", filled(draft.taxNumber, 50)),
        ("Addresses", nonEmpty(addresses.map { address($0.key, $0.value) })),
        ("Phones", nonEmpty(phones.map { phone($0.key, $0.value) })),
      ]))
  }

  /// Changes of a contact; an empty value clears, which Xero wants as an empty text.
  static func patch(_ patch: PartyPatch) -> Built {
    var members: [(String, OutgoingJSON?)] = []
    var phones: [OutgoingJSON] = []
    for (field, value) in patch.texts.sorted(by: { $0.key < $1.key }) {
      switch field {
      case .name:
        let name = XeroText.name(value)
        guard !name.isEmpty else { return .failure(refused("a contact's name cannot be empty")) }
        members.append(("Name", .text(name)))
      case .firstName: members.append(("FirstName", line(value, 255)))
      case .lastName: members.append(("LastName", line(value, 255)))
      case .email: members.append(("EmailAddress", line(value, 255)))
      case .taxNumber: members.append(("TaxNumber", line(value, 50)))
      case .mark: members.append(("ContactNumber", line(value, 50)))
      case .phone: phones.append(phone(.main, value))
      case .mobile: phones.append(phone(.mobile, value))
      case .directPhone: phones.append(phone(.direct, value))
      case .fax: phones.append(phone(.fax, value))
      // Addresses come apart; the website can only be changed on Xero's own pages.
      case .postalAddress, .streetAddress, .website: break
      }
    }
    members.append(("Phones", nonEmpty(phones)))
    let addresses = patch.addresses.sorted { $0.key < $1.key }
    members.append(("Addresses", nonEmpty(addresses.map { address($0.key, $0.value) })))
    let sent = members.filter { $0.1 != nil }
    guard !sent.isEmpty else {
      return .failure(refused("Xero lets no application change this field"))
    }
    return .success(.fields([("ContactID", .text(patch.subject.id))] + sent))
  }

  /// All parts, empty ones too: the slot is replaced as a whole.
  private static func address(_ kind: AddressKind, _ place: PostalAddress) -> OutgoingJSON {
    var lines = place.lines.map { OutgoingText.line($0, limit: 500) }.filter { !$0.isEmpty }
    if lines.count > 4 {
      let rest = OutgoingText.line(lines[3...].joined(separator: ", "), limit: 500)
      lines = Array(lines.prefix(3)) + [rest]
    }
    lines += Array(repeating: "", count: 4 - lines.count)
    let numbered = lines.enumerated().map { index, text in
      ("AddressLine\(index + 1)", OutgoingJSON?.some(.text(text)))
    }
    return .fields(
      [("AddressType", .text(XeroAddresses.name(kind)))] + numbered + [
        ("City", line(place.city, 255)),
        ("Region", line(place.region, 255)),
        ("PostalCode", line(place.postalCode, 50)),
        ("Country", .text(XeroText.country(place.country))),
      ])
  }

  /// The whole number in one part; the others are cleared, or they would be read in front of it.
  private static func phone(_ kind: PhoneKind, _ number: String) -> OutgoingJSON {
    .fields([
      ("PhoneType", .text(XeroPhones.name(kind))),
      ("PhoneNumber", line(number, 50)),
      ("PhoneAreaCode", .text("")),
      ("PhoneCountryCode", .text("")),
    ])
  }

  static func item(_ draft: ItemDraft) -> Built {
    let code = OutgoingText.line(draft.code, limit: 500)
    guard !code.isEmpty, code.count <= 30 else {
      return .failure(
        WriteRefusal(
          code: .itemUnknown, message: "an item's code has 1 to 30 characters",
          remedy: "Shorten the product's SKU in the CRM, or create the item in Xero by hand."))
    }
    let sales: [(String, OutgoingJSON?)] = [
      ("UnitPrice", draft.unitPrice.map { .number($0.rounded(4)) }),
      ("AccountCode", draft.account.map { .text($0) }),
      ("TaxType", draft.taxCode.map { .text($0) }),
    ]
    return .success(
      .fields([
        ("Code", .text(code)),
        ("Name", filled(draft.name, 50)),
        ("Description", filled(draft.description, 4000)),
        ("IsSold", .flag(true)),
        ("SalesDetails", sales.contains { $0.1 != nil } ? .fields(sales) : nil),
      ]))
  }

  static func line(_ text: String, _ limit: Int) -> OutgoingJSON {
    .text(OutgoingText.line(text, limit: limit))
  }

  /// Nil for an empty text.
  static func filled(_ text: String, _ limit: Int) -> OutgoingJSON? {
    let line = OutgoingText.line(text, limit: limit)
    return line.isEmpty ? nil : .text(line)
  }

  private static func nonEmpty(_ elements: [OutgoingJSON]) -> OutgoingJSON? {
    elements.isEmpty ? nil : .array(elements)
  }

  private static func refused(_ message: String) -> WriteRefusal {
    WriteRefusal(
      code: .fieldRefused, message: message, remedy: XeroRefusals.remedy(.fieldRefused))
  }
}
