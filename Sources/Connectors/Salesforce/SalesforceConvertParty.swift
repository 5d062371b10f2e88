import Domain

/// Turns accounts and contacts into parties.
struct SalesforcePartyReader: Sendable {
  var system: SystemName
  var fields: CRMFields
  var list: SalesforceFieldList
  var isPerson: Bool

  /// A person account is an account and a contact at once: it is read as the account.
  func isTwin(_ record: SalesforceRecord) -> Bool {
    isPerson && record["IsPersonAccount"]?.flag == true
  }

  func party(_ record: SalesforceRecord) -> PartyRecord {
    let kind = isPerson ? RecordKind.person : .company
    var party = PartyRecord(
      subject: Subject(system: system, kind: kind, id: record.id),
      name: record.text("Name") ?? "")
    let address = Self.address(record, isPerson ? "Mailing" : "Billing")
    if !address.isEmpty { party.addresses[.postal] = address }
    party.website = record.text("Website") ?? ""
    party.taxNumber = fields.taxNumber.flatMap { list.value($0, of: record) } ?? ""
    party.mark = list.value(fields.accountingID, of: record) ?? ""
    for (name, kind) in [("Phone", PhoneKind.main), ("MobilePhone", .mobile), ("Fax", .fax)] {
      if let number = record.text(name) { party.phones[kind] = number }
    }
    let email = record.text(isPerson ? "Email" : "PersonEmail")
    party.emails = [email].compactMap { $0 }
    party.status = record.isDeleted ? .archived : .active
    if record.isDeleted { party.mergedInto = record.text("MasterRecordId").map { ID($0) } }
    party.modifiedAt = record.modified
    if isPerson {
      party.firstName = record.text("FirstName") ?? ""
      party.lastName = record.text("LastName") ?? ""
      party.name = [party.firstName, party.lastName].filter { !$0.isEmpty }
        .joined(separator: " ")
      party.companyIDs = [record.text("AccountId")].compactMap { $0 }.map { ID($0) }
    }
    return party
  }

  private static func address(_ record: SalesforceRecord, _ prefix: String) -> PostalAddress {
    func part(_ name: String) -> String { record.text(prefix + name) ?? "" }
    return PostalAddress(
      lines: part("Street").split(whereSeparator: \.isNewline).map(String.init),
      city: part("City"), region: part("State"), postalCode: part("PostalCode"),
      country: part("Country"))
  }
}

/// A custom field the organisation does not have, or does not show.
struct SalesforceMissing: Error, Hashable { var name: String }

/// Turns drafts and patches into the vendor's fields.
struct SalesforcePartyWriter: Sendable {
  var fields: CRMFields
  var list: SalesforceFieldList
  var isPerson: Bool

  typealias Member = OutgoingJSON.Member

  func body(_ draft: PartyDraft) throws(SalesforceMissing) -> [Member] {
    // Without its mark a record could be made twice: it is not made at all.
    guard let mark = list[fields.accountingID] else {
      throw SalesforceMissing(name: fields.accountingID)
    }
    var members: [Member] = []
    func add(_ name: String, _ text: String, _ limit: Int) {
      let line = OutgoingText.line(text, limit: limit)
      if !line.isEmpty { members.append(Member(name, .text(line))) }
    }
    if isPerson {
      // A last name is the one thing a contact must have.
      add("FirstName", draft.lastName.isEmpty ? "" : draft.firstName, 40)
      add("LastName", draft.lastName.isEmpty ? draft.name : draft.lastName, 80)
      add("Email", PartyKeys.email(draft.email), 80)
      add("MobilePhone", draft.phones[.mobile] ?? "", 40)
      if case .existing(let company) = draft.employer {
        members.append(Member("AccountId", .text(company.rawValue)))
      }
    } else {
      add("Name", draft.name, 255)
      add("Website", draft.website, 255)
    }
    add("Phone", draft.phones[.main] ?? draft.phones[.direct] ?? "", 40)
    add("Fax", draft.phones[.fax] ?? "", 40)
    if let address = draft.addresses[.postal] ?? draft.addresses[.street] {
      members += parts(of: address).filter { $0.value != .null }
    }
    if let field = fields.taxNumber.flatMap({ list[$0] }) { add(field.name, draft.taxNumber, 255) }
    if !draft.mark.isEmpty { members.append(Member(mark.name, .text(draft.mark))) }
    return members
  }

  /// Only what Salesforce has a field for; an empty value clears.
  func body(_ patch: PartyPatch) throws(SalesforceMissing) -> [Member] {
    var members: [Member] = []
    func set(_ field: PartyField, _ name: String, _ limit: Int) {
      guard let text = patch.texts[field] else { return }
      let line = OutgoingText.line(text, limit: limit)
      members.append(Member(name, line.isEmpty ? .null : .text(line)))
    }
    if isPerson {
      set(.firstName, "FirstName", 40)
      if patch.texts[.lastName]?.isEmpty == false { set(.lastName, "LastName", 80) }
      if let email = patch.texts[.email] {
        let address = PartyKeys.email(email)
        members.append(Member("Email", address.isEmpty ? .null : .text(address)))
      }
      set(.mobile, "MobilePhone", 40)
    } else {
      if patch.texts[.name]?.isEmpty == false { set(.name, "Name", 255) }
      set(.website, "Website", 255)
    }
    set(.phone, "Phone", 40)
    set(.fax, "Fax", 40)
    if let address = patch.addresses[.postal] { members += parts(of: address) }
    if patch.texts[.mark] != nil {
      guard let mark = list[fields.accountingID] else {
        throw SalesforceMissing(name: fields.accountingID)
      }
      set(.mark, mark.name, 255)
    }
    if let field = fields.taxNumber.flatMap({ list[$0] }) { set(.taxNumber, field.name, 255) }
    return members
  }

  /// An organisation with lists of countries takes their codes under another name.
  private func parts(of address: PostalAddress) -> [Member] {
    let prefix = isPerson ? "Mailing" : "Billing"
    func member(_ name: String, _ text: String, _ limit: Int) -> Member {
      let line = OutgoingText.line(text, limit: limit)
      return Member(prefix + name, line.isEmpty ? .null : .text(line))
    }
    let lines = address.lines.map { OutgoingText.line($0, limit: 255) }.filter { !$0.isEmpty }
    let street = OutgoingText.block(lines.joined(separator: "\n"), limit: 255)
    let isCode =
      address.country.utf8.count == 2 && list[prefix + "CountryCode"] != nil
      && address.country.allSatisfy { $0.isASCII && $0.isLetter }
    return [
      Member(prefix + "Street", street.isEmpty ? .null : .text(street)),
      member("City", address.city, 40), member("State", address.region, 80),
      member("PostalCode", address.postalCode, 20),
      isCode
        ? member("CountryCode", address.country.uppercased(), 2)
        : member("Country", address.country, 80),
    ]
  }
}
