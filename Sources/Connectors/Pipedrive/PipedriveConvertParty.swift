import Domain

/// Turns organisations and persons into parties.
struct PipedrivePartyReader: Sendable {
  var system: SystemName
  var fields: CRMFields
  var list: PipedriveFieldList
  var isPerson: Bool

  func party(_ record: PipedriveRecord) -> PartyRecord {
    let kind = isPerson ? RecordKind.person : .company
    var party = PartyRecord(
      subject: Subject(system: system, kind: kind, id: record.id), name: record.text("name") ?? "")
    // The one address a record has is where its invoices go.
    let address = PipedriveAddress.read(record[isPerson ? "postal_address" : "address"])
    if !address.isEmpty { party.addresses[.postal] = address }
    party.website = record.text("website") ?? ""
    party.taxNumber = fields.taxNumber.flatMap { list.value($0, of: record) } ?? ""
    party.mark = list.value(fields.accountingID, of: record) ?? ""
    party.status = record.isDeleted ? .archived : .active
    party.modifiedAt = record.modified
    if isPerson { person(record, &party) }
    return party
  }

  private func person(_ record: PipedriveRecord, _ party: inout PartyRecord) {
    party.firstName = record.text("first_name") ?? ""
    party.lastName = record.text("last_name") ?? ""
    if party.firstName.isEmpty, party.lastName.isEmpty {
      let words = party.name.split(separator: " ").map(String.init)
      party.firstName = words.first ?? ""
      party.lastName = words.dropFirst().joined(separator: " ")
    }
    party.emails = PipedrivePoints(record["emails"]).ordered.map(\.value)
    for point in PipedrivePoints(record["phones"]).ordered {
      let kind = PipedrivePoints.phoneKind(point.label)
      if party.phones[kind] == nil { party.phones[kind] = point.value }
    }
    party.companyIDs = [record["org_id"]?.id].compactMap { $0 }.map { ID($0) }
  }
}

/// E-mail addresses or telephone numbers of a person.
struct PipedrivePoints: Hashable, Sendable {
  struct Point: Hashable, Sendable {
    var value: String
    var isPrimary: Bool
    var label: String
  }

  var points: [Point]

  init(_ value: WireValue?) {
    points = (value?.list ?? []).compactMap { element in
      guard let text = element["value"]?.text else { return nil }
      return Point(
        value: text, isPrimary: element["primary"]?.flag ?? false,
        label: element["label"]?.text ?? "work")
    }
  }

  /// The primary one first.
  var ordered: [Point] { points.filter(\.isPrimary) + points.filter { !$0.isPrimary } }

  static func phoneKind(_ label: String) -> PhoneKind {
    switch label.lowercased() {
    case "mobile": .mobile
    case "fax": .fax
    default: .main
    }
  }

  /// Sets the value at the first point that `matches`, and leaves the others as they are: a write
  /// replaces them all. An empty value takes that point away.
  mutating func set(_ value: String, label: String, where matches: (Point) -> Bool) {
    let target = ordered.first(where: matches)
    let place = target.flatMap { points.firstIndex(of: $0) }
    if value.isEmpty {
      if let place { points.remove(at: place) }
    } else if let place {
      points[place].value = value
    } else {
      points.append(Point(value: value, isPrimary: points.isEmpty, label: label))
    }
    if !points.isEmpty, !points.contains(where: \.isPrimary) { points[0].isPrimary = true }
  }

  var json: OutgoingJSON {
    .array(
      points.map { point in
        .fields([
          ("value", .text(point.value)), ("primary", .flag(point.isPrimary)),
          ("label", .text(point.label)),
        ])
      })
  }
}

/// An address in the parts the vendor has.
enum PipedriveAddress {
  /// Where no part is filled in, the whole text is one line.
  static func read(_ value: WireValue?) -> PostalAddress {
    guard let value else { return PostalAddress() }
    func part(_ name: String) -> String { value[name]?.text ?? "" }
    let street = [part("street_number"), part("route")].filter { !$0.isEmpty }
      .joined(separator: " ")
    let address = PostalAddress(
      lines: [part("subpremise"), street, part("sublocality")].filter { !$0.isEmpty },
      city: part("locality"), region: part("admin_area_level_1"),
      postalCode: part("postal_code"), country: part("country"))
    guard address.isEmpty else { return address }
    return PostalAddress(lines: [value.text ?? part("value")].filter { !$0.isEmpty })
  }

  /// Nil clears the address.
  static func json(_ address: PostalAddress) -> OutgoingJSON? {
    let lines = address.lines.map { OutgoingText.line($0, limit: 200) }.filter { !$0.isEmpty }
    let places = [address.city, address.region, address.postalCode, address.country].map {
      OutgoingText.line($0, limit: 200)
    }
    let whole = (lines + places).filter { !$0.isEmpty }.joined(separator: ", ")
    guard !whole.isEmpty else { return nil }
    func text(_ value: String?) -> OutgoingJSON? {
      value.flatMap { $0.isEmpty ? nil : .text($0) }
    }
    let street = lines.count > 1 ? lines.dropFirst().joined(separator: ", ") : lines.first
    return .fields([
      ("value", .text(whole)), ("subpremise", text(lines.count > 1 ? lines.first : nil)),
      ("route", text(street)), ("locality", text(places[0])),
      ("admin_area_level_1", text(places[1])), ("postal_code", text(places[2])),
      ("country", text(places[3])),
    ])
  }
}
