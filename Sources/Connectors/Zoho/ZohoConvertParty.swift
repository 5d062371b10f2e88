import Domain

/// Turns accounts and contacts into parties.
struct ZohoPartyReader: Sendable {
  var system: SystemName
  var fields: CRMFields
  var list: ZohoFieldList
  var isPerson: Bool

  func party(_ record: ZohoRecord) -> PartyRecord {
    let kind = isPerson ? RecordKind.person : .company
    let name = record.text(isPerson ? "Full_Name" : "Account_Name") ?? ""
    var party = PartyRecord(
      subject: Subject(system: system, kind: kind, id: record.id), name: name)
    for (slot, names) in ZohoAddress.slots(isPerson) {
      let address = names.read(record)
      if !address.isEmpty { party.addresses[slot] = address }
    }
    for (kind, name) in Self.phones(isPerson) {
      if let number = record.text(name) { party.phones[kind] = number }
    }
    party.website = record.text("Website") ?? ""
    party.taxNumber = fields.taxNumber.flatMap { list.value($0, of: record) } ?? ""
    party.mark = list.value(fields.accountingID, of: record) ?? ""
    party.status = record.isTrash ? .archived : .active
    party.modifiedAt = record.modified
    if isPerson { person(record, &party) }
    return party
  }

  private func person(_ record: ZohoRecord, _ party: inout PartyRecord) {
    party.firstName = record.text("First_Name") ?? ""
    party.lastName = record.text("Last_Name") ?? ""
    if party.name.isEmpty {
      party.name = [party.firstName, party.lastName].filter { !$0.isEmpty }
        .joined(separator: " ")
    }
    party.emails = ["Email", "Secondary_Email"].compactMap { record.text($0) }.uniqued
    party.companyIDs = [record["Account_Name"]?.id].compactMap { $0 }.map { ID($0) }
  }

  static func phones(_ isPerson: Bool) -> [(PhoneKind, String)] {
    isPerson
      ? [(.main, "Phone"), (.mobile, "Mobile"), (.fax, "Fax")]
      : [(.main, "Phone"), (.fax, "Fax")]
  }
}

/// The five fields of one address.
struct ZohoAddress: Hashable, Sendable {
  var street: String
  var city: String
  var region: String
  var code: String
  var country: String

  private init(_ prefix: String, code: String) {
    street = "\(prefix)_Street"
    city = "\(prefix)_City"
    region = "\(prefix)_State"
    self.code = "\(prefix)_\(code)"
    country = "\(prefix)_Country"
  }

  /// Where post goes is where invoices go.
  static func slots(_ isPerson: Bool) -> [(AddressKind, ZohoAddress)] {
    isPerson
      ? [(.postal, ZohoAddress("Mailing", code: "Zip")), (.street, .init("Other", code: "Zip"))]
      : [
        (.postal, ZohoAddress("Billing", code: "Code")),
        (.street, .init("Shipping", code: "Code")),
      ]
  }

  func read(_ record: ZohoRecord) -> PostalAddress {
    func part(_ name: String) -> String { record.text(name) ?? "" }
    let lines = part(street).split(whereSeparator: \.isNewline).map(String.init)
    return PostalAddress(
      lines: lines, city: part(city), region: part(region), postalCode: part(code),
      country: part(country))
  }

  /// All five: what is left out of a write stays as it was.
  func members(_ address: PostalAddress) -> [OutgoingJSON.Member] {
    let lines = address.lines.map { OutgoingText.line($0, limit: 250) }.filter { !$0.isEmpty }
    let whole = OutgoingText.line(lines.joined(separator: ", "), limit: 250)
    return [
      (street, whole), (city, OutgoingText.line(address.city, limit: 100)),
      (region, OutgoingText.line(address.region, limit: 100)),
      (code, OutgoingText.line(address.postalCode, limit: 30)),
      (country, OutgoingText.line(address.country, limit: 100)),
    ].map { name, text in .init(name, text.isEmpty ? .null : .text(text)) }
  }
}

/// A field the organisation does not have.
struct ZohoMissing: Error, Hashable { var name: String }

/// Turns drafts and patches into the vendor's fields.
struct ZohoPartyWriter: Sendable {
  var fields: CRMFields
  var list: ZohoFieldList
  var isPerson: Bool

  private typealias Member = OutgoingJSON.Member

  func body(_ draft: PartyDraft) -> Result<[OutgoingJSON.Member], ZohoMissing> {
    // Without its mark a record could be made twice: it is not made at all.
    guard let mark = list[fields.accountingID] else {
      return .failure(ZohoMissing(name: fields.accountingID))
    }
    var members = isPerson ? person(draft) : company(draft)
    for (kind, name) in ZohoPartyReader.phones(isPerson) {
      add(name, draft.phones[kind] ?? "", limit: 30, to: &members)
    }
    for (slot, names) in ZohoAddress.slots(isPerson) {
      guard let address = draft.addresses[slot], !address.isEmpty else { continue }
      members += names.members(address).filter { $0.value != .null }
    }
    if !draft.mark.isEmpty { members.append(Member(mark.key, .text(draft.mark))) }
    if let field = fields.taxNumber.flatMap({ list[$0] }) {
      add(field.key, draft.taxNumber, limit: 255, to: &members)
    }
    return .success(members)
  }

  private func person(_ draft: PartyDraft) -> [Member] {
    let (first, last) = Self.names(draft)
    var members: [Member] = []
    add("First_Name", first, limit: 40, to: &members)
    add("Last_Name", last, limit: 80, to: &members)
    add("Email", PartyKeys.email(draft.email), limit: 100, to: &members)
    if case .existing(let company) = draft.employer, ZohoConnector.isID(company.rawValue) {
      members.append(Member("Account_Name", .fields([("id", .text(company.rawValue))])))
    }
    return members
  }

  private func company(_ draft: PartyDraft) -> [Member] {
    var members: [Member] = []
    add("Account_Name", draft.name, limit: 200, to: &members)
    add("Website", draft.website, limit: 255, to: &members)
    return members
  }

  /// Nothing for an empty text.
  private func add(_ name: String, _ text: String, limit: Int, to members: inout [Member]) {
    let line = OutgoingText.line(text, limit: limit)
    if !line.isEmpty { members.append(Member(name, .text(line))) }
  }

  /// A last name is mandatory: a person of one name has it there.
  private static func names(_ draft: PartyDraft) -> (first: String, last: String) {
    var (first, last) = (draft.firstName, draft.lastName)
    if last.isEmpty {
      let words = draft.name.split(separator: " ").map(String.init)
      last = first.isEmpty ? words.last ?? draft.name : first
      first = first.isEmpty ? words.dropLast().joined(separator: " ") : ""
    }
    return (first, last)
  }

  /// Only what Zoho has a field for.
  func body(_ patch: PartyPatch) -> Result<[OutgoingJSON.Member], ZohoMissing> {
    var members: [Member] = []
    func set(_ field: PartyField, _ name: String, limit: Int) {
      guard let text = patch.texts[field] else { return }
      let line = OutgoingText.line(text, limit: limit)
      members.append(Member(name, line.isEmpty ? .null : .text(line)))
    }
    if isPerson {
      set(.firstName, "First_Name", limit: 40)
      // It cannot be empty.
      if patch.texts[.lastName]?.isEmpty == false { set(.lastName, "Last_Name", limit: 80) }
      set(.email, "Email", limit: 100)
      set(.mobile, "Mobile", limit: 30)
    } else {
      if patch.texts[.name]?.isEmpty == false { set(.name, "Account_Name", limit: 200) }
      set(.website, "Website", limit: 255)
    }
    set(.phone, "Phone", limit: 30)
    set(.fax, "Fax", limit: 30)
    for (slot, names) in ZohoAddress.slots(isPerson) {
      if let address = patch.addresses[slot] { members += names.members(address) }
    }
    if patch.texts[.mark] != nil {
      guard let field = list[fields.accountingID] else {
        return .failure(ZohoMissing(name: fields.accountingID))
      }
      set(.mark, field.key, limit: 255)
    }
    if let field = fields.taxNumber.flatMap({ list[$0] }) {
      set(.taxNumber, field.key, limit: 255)
    }
    return .success(members)
  }
}
