import Domain

/// Turns records into companies and people.
struct RestPartyReader: Sendable {
  var system: SystemName
  var kind: RecordKind
  var parties: RestParties
  var scope: RestScope

  func party(_ value: RestValue) throws(RestUnreadable) -> PartyRecord {
    let record = RestRecord(value: value, fields: parties.fields, scope: scope)
    let id = try record.id(kind == .person ? "the person" : "the company")
    var party = PartyRecord(
      subject: Subject(system: system, kind: kind, id: id), name: record.text("name") ?? "")
    party.firstName = record.text("first_name") ?? ""
    party.lastName = record.text("last_name") ?? ""
    names(&party)
    party.emails = record.texts("email").uniqued
    for (name, phone) in [
      ("phone", PhoneKind.main), ("mobile", .mobile), ("direct_phone", .direct), ("fax", .fax),
    ] {
      if let number = record.text(name) { party.phones[phone] = number }
    }
    let address = PostalAddress(
      lines: record.texts("address_lines").flatMap {
        $0.split(whereSeparator: \.isNewline).map(String.init)
      },
      city: record.text("address_city") ?? "", region: record.text("address_region") ?? "",
      postalCode: record.text("address_postal_code") ?? "",
      country: record.text("address_country") ?? "")
    if !address.isEmpty { party.addresses[.postal] = address }
    party.website = record.text("website") ?? ""
    party.taxNumber = record.text("tax_number") ?? ""
    party.mark = record.text("mark") ?? ""
    party.companyIDs = record.texts("companies").uniqued.map { ID($0) }
    party.modifiedAt = try record.moment("modified")
    if parties.deleted?.holds(for: value, scope) == true { party.status = .archived }
    return party
  }

  /// A person is known by one name or by two, and the other follows from it.
  private func names(_ party: inout PartyRecord) {
    guard kind == .person else { return }
    if party.name.isEmpty {
      party.name = [party.firstName, party.lastName].filter { !$0.isEmpty }.joined(separator: " ")
    } else if party.firstName.isEmpty, party.lastName.isEmpty {
      let words = party.name.split(separator: " ").map(String.init)
      party.firstName = words.first ?? ""
      party.lastName = words.dropFirst().joined(separator: " ")
    }
  }
}

/// What templates call the attributes of a party that is made or changed.
enum RestPartyWords {
  private static let texts: [PartyField] = [
    .name, .firstName, .lastName, .email, .phone, .mobile, .directPhone, .fax, .taxNumber,
    .website, .mark,
  ]
  private static let places = [
    "address_line1", "address_line2", "address_lines", "address_city", "address_region",
    "address_postal_code", "address_country",
  ]

  static func names(_ head: String) -> [String] {
    texts.map { "\(head).\($0.rawValue)" } + places.map { "\(head).\($0)" }
  }

  /// The placeholders an attribute appears under.
  static func of(_ field: PartyField, _ head: String) -> [String] {
    switch field {
    case .postalAddress: places.map { "\(head).\($0)" }
    case .streetAddress: []
    case .name, .firstName, .lastName, .email, .phone, .mobile, .directPhone, .fax, .taxNumber,
      .website, .mark:
      ["\(head).\(field.rawValue)"]
    }
  }

  /// A draft: what is empty is absent, so that a new record has no empty fields.
  static func values(_ draft: PartyDraft) -> [String: RestValue?] {
    var values: [String: RestValue?] = [:]
    for field in texts {
      guard case .text(let text) = draft.value(field), !text.isEmpty else { continue }
      values["draft.\(field.rawValue)"] = .text(clean(field, text))
    }
    if draft.kind == .person, draft.name.isEmpty || draft.firstName + draft.lastName != "" {
      let name = [draft.firstName, draft.lastName].filter { !$0.isEmpty }.joined(separator: " ")
      if !name.isEmpty { values["draft.name"] = .text(clean(.name, name)) }
    }
    let address = draft.addresses[.postal] ?? draft.addresses[.street]
    if let address, !address.isEmpty {
      for (name, value) in place(address, "draft") where !value.isEmpty { values[name] = value }
    }
    if case .existing(let company) = draft.employer {
      values["draft.company"] = .text(company.rawValue)
    }
    return values
  }

  /// A patch: what it leaves alone is absent, what it clears is an empty text.
  static func values(_ patch: PartyPatch) -> [String: RestValue?] {
    var values: [String: RestValue?] = ["id": .text(patch.subject.id)]
    for field in texts {
      if let text = patch.texts[field] {
        values["patch.\(field.rawValue)"] = .text(clean(field, text))
      }
    }
    if let address = patch.addresses[.postal] {
      for (name, value) in place(address, "patch") { values[name] = value }
    }
    return values
  }

  private static func clean(_ field: PartyField, _ text: String) -> String {
    field == .mark ? text : OutgoingText.line(text, limit: 255)
  }

  private static func place(_ address: PostalAddress, _ head: String) -> [String: RestValue] {
    let lines = address.lines.map { OutgoingText.line($0, limit: 255) }.filter { !$0.isEmpty }
    func text(_ text: String) -> RestValue { .text(OutgoingText.line(text, limit: 255)) }
    return [
      "\(head).address_line1": .text(lines.first ?? ""),
      "\(head).address_line2": .text(lines.dropFirst().joined(separator: ", ")),
      "\(head).address_lines": .text(lines.joined(separator: "\n")),
      "\(head).address_city": text(address.city), "\(head).address_region": text(address.region),
      "\(head).address_postal_code": text(address.postalCode),
      "\(head).address_country": text(address.country),
    ]
  }
}
