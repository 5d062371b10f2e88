internal import Domain

/// Request bodies of customers and items.
enum QuickBooksBody {
  typealias Built = Result<OutgoingJSON, WriteRefusal>

  /// A new customer; what is empty is left out. Its currency can never be changed afterwards.
  static func customer(_ draft: PartyDraft, _ lists: QuickBooksLists) -> Built {
    let name = QuickBooksText.name(draft.name)
    guard !name.isEmpty else { return .failure(refused("the customer has no name")) }
    let isPerson =
      !draft.lastName.isEmpty
      && OutgoingText.line("\(draft.firstName) \(draft.lastName)", limit: 100) == name
    let currency = lists.preferences.isMultiCurrency ? draft.currency?.code : nil
    var members: [(String, OutgoingJSON?)] = [
      ("DisplayName", .text(name)),
      ("CompanyName", isPerson ? nil : filled(draft.name, 100)),
      ("GivenName", filled(draft.firstName.replacing(":", with: " "), 100)),
      ("FamilyName", filled(draft.lastName.replacing(":", with: " "), 100)),
      ("PrimaryEmailAddr", member("Address", draft.email, 100)),
    ]
    for (kind, number) in draft.phones.sorted(by: { $0.key < $1.key }) {
      members.append((kind.quickBooksKey, member("FreeFormNumber", number, 30)))
    }
    for (kind, place) in draft.addresses.sorted(by: { $0.key < $1.key }) where !place.isEmpty {
      members.append((kind.quickBooksKey, address(place)))
    }
    members += [
      ("CurrencyRef", currency.map { .fields([("value", .text($0))]) }),
      ("Notes", draft.mark.isEmpty ? nil : .text(QuickBooksMark.written(draft.mark))),
    ]
    return .success(.fields(members))
  }

  /// Changes of a customer: what is not named stays. An empty value clears.
  static func patch(_ patch: PartyPatch, of customer: QuickBooksCustomer) -> Built {
    var members: [(String, OutgoingJSON?)] = []
    for (field, value) in patch.texts.sorted(by: { $0.key < $1.key }) {
      switch field {
      case .name:
        let name = QuickBooksText.name(value)
        guard !name.isEmpty else { return .failure(refused("a customer's name cannot be empty")) }
        members.append(("DisplayName", .text(name)))
      case .firstName: members.append(("GivenName", line(value.replacing(":", with: " "), 100)))
      case .lastName: members.append(("FamilyName", line(value.replacing(":", with: " "), 100)))
      case .email: members.append(("PrimaryEmailAddr", part("Address", value, 100)))
      case .phone, .mobile, .directPhone, .fax:
        if let kind = field.phone {
          members.append((kind.quickBooksKey, part("FreeFormNumber", value, 30)))
        }
      // Addresses come apart; these are not written to customers.
      case .postalAddress, .streetAddress, .taxNumber, .website, .mark: break
      }
    }
    for (kind, place) in patch.addresses.sorted(by: { $0.key < $1.key }) {
      members.append((kind.quickBooksKey, address(place)))
    }
    guard !members.isEmpty else {
      return .failure(refused("QuickBooks customers have no such field for applications"))
    }
    return .success(.fields(versioned(customer) + members))
  }

  /// Id, present version, and that what is not named stays as it is.
  static func versioned(_ record: some QuickBooksVersioned) -> [(String, OutgoingJSON?)] {
    [
      ("Id", .text(record.id)), ("SyncToken", .text(record.syncToken)), ("sparse", .flag(true)),
    ]
  }

  /// All parts, empty ones too: the address is replaced as a whole.
  private static func address(_ place: PostalAddress) -> OutgoingJSON {
    var lines = place.lines.map { OutgoingText.line($0, limit: 500) }.filter { !$0.isEmpty }
    if lines.count > 5 {
      let rest = OutgoingText.line(lines[4...].joined(separator: ", "), limit: 500)
      lines = Array(lines.prefix(4)) + [rest]
    }
    lines += Array(repeating: "", count: 5 - lines.count)
    let numbered = lines.enumerated().map { index, text in
      ("Line\(index + 1)", OutgoingJSON?.some(.text(text)))
    }
    return .fields(
      numbered + [
        ("City", line(place.city, 255)),
        ("CountrySubDivisionCode", line(place.region, 255)),
        ("PostalCode", line(place.postalCode, 30)),
        ("Country", line(place.country, 255)),
      ])
  }

  /// A new service. Its account decides where every sale of it goes.
  static func item(_ draft: ItemDraft, _ lists: QuickBooksLists) -> Built {
    let code = OutgoingText.line(draft.code, limit: 500)
    guard !code.isEmpty, code.count <= 100 else {
      return .failure(
        QuickBooksRefusals.refusal(.itemUnknown, "an item's code has 1 to 100 characters"))
    }
    guard let account = draft.account.flatMap(lists.account) else {
      return .failure(
        QuickBooksRefusals.refusal(
          .accountUnknown, "the new item \(code) needs an income account that QuickBooks has"))
    }
    let name = OutgoingText.line(draft.name.replacing(":", with: " "), limit: 100)
    return .success(
      .fields([
        // Item names are unique; the code in it keeps two products of one name apart.
        ("Name", .text(name.isEmpty || name == code ? code : cut("\(name) (\(code))"))),
        ("Sku", .text(code)),
        ("Type", .text("Service")),
        ("Description", filled(draft.description, 4000)),
        ("UnitPrice", draft.unitPrice.map { .number($0.rounded(5)) }),
        ("IncomeAccountRef", .fields([("value", .text(account.id))])),
      ]))
  }

  private static func cut(_ name: String) -> String { OutgoingText.line(name, limit: 100) }

  static func line(_ text: String, _ limit: Int) -> OutgoingJSON {
    .text(OutgoingText.line(text, limit: limit))
  }

  /// Nil for an empty text.
  static func filled(_ text: String, _ limit: Int) -> OutgoingJSON? {
    let line = OutgoingText.line(text, limit: limit)
    return line.isEmpty ? nil : .text(line)
  }

  private static func part(_ key: String, _ text: String, _ limit: Int) -> OutgoingJSON {
    .fields([(key, line(text, limit))])
  }

  private static func member(_ key: String, _ text: String, _ limit: Int) -> OutgoingJSON? {
    filled(text, limit).map { .fields([(key, $0)]) }
  }

  static func reference(_ id: String) -> OutgoingJSON { .fields([("value", .text(id))]) }

  private static func refused(_ message: String) -> WriteRefusal {
    QuickBooksRefusals.refusal(.fieldRefused, message)
  }
}

extension PartyField {
  /// The kind of number this field holds.
  fileprivate var phone: PhoneKind? {
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
}
