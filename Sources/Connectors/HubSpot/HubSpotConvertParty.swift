import Domain

/// Turns companies and contacts into parties.
struct HubSpotPartyReader: Sendable {
  var system: SystemName
  var fields: CRMFields

  func party(_ record: HubSpotRecord, _ kind: RecordKind) -> PartyRecord {
    var party = PartyRecord(
      subject: Subject(system: system, kind: kind, id: record.id), name: "")
    party.phones[.main] = record["phone"]
    let address = PostalAddress(
      lines: lines(record["address"]) + lines(record["address2"]), city: record["city"] ?? "",
      region: record["state"] ?? "", postalCode: record["zip"] ?? "",
      country: record["country"] ?? "")
    // The one address a record has is where its invoices go.
    if !address.isEmpty { party.addresses[.postal] = address }
    party.website = record["website"] ?? record["domain"] ?? ""
    party.taxNumber = fields.taxNumber.flatMap { record[$0] } ?? ""
    party.mark = record[fields.accountingID] ?? ""
    party.mergedFrom = HubSpotDealReader.ids(record["hs_merged_object_ids"]).map { ID($0) }
    party.status = record.isArchived ? .archived : .active
    if kind == .person {
      person(record, &party)
    } else {
      party.name = record["name"] ?? record["domain"] ?? ""
      party.modifiedAt = record.stamp(.companies)
    }
    return party
  }

  private func person(_ record: HubSpotRecord, _ party: inout PartyRecord) {
    party.firstName = record["firstname"] ?? ""
    party.lastName = record["lastname"] ?? ""
    party.emails =
      ([record["email"]].compactMap { $0 }
      + HubSpotDealReader.ids(record["hs_additional_emails"])).uniqued
    party.phones[.mobile] = record["mobilephone"]
    party.phones[.fax] = record["fax"]
    let name = [party.firstName, party.lastName].filter { !$0.isEmpty }.joined(separator: " ")
    party.name = name.isEmpty ? party.emails.first ?? record["company"] ?? "" : name
    party.companyIDs = [record["associatedcompanyid"]].compactMap { $0 }.map { ID($0) }
    party.modifiedAt = record.stamp(.contacts)
  }

  private func lines(_ text: String?) -> [String] {
    (text ?? "").split(whereSeparator: \.isNewline).map(String.init)
  }
}

/// Turns drafts and patches into property values; an empty value clears.
struct HubSpotPartyWriter: Sendable {
  var fields: CRMFields

  func properties(_ draft: PartyDraft) -> [String: String] {
    var values: [String: String] = [:]
    if draft.kind == .person {
      values["firstname"] = draft.firstName
      values["lastname"] =
        draft.firstName.isEmpty && draft.lastName.isEmpty ? draft.name : draft.lastName
      values["email"] = PartyKeys.email(draft.email)
      values["mobilephone"] = draft.phones[.mobile]
      values["fax"] = draft.phones[.fax]
    } else {
      values["name"] = draft.name
      values["domain"] = Self.domain(draft.website)
    }
    values["phone"] = draft.phones[.main] ?? draft.phones[.direct]
    values["website"] = draft.website
    if let address = draft.addresses[.postal] ?? draft.addresses[.street] {
      values.merge(properties(address, draft.kind)) { $1 }
    }
    if let name = fields.taxNumber { values[name] = draft.taxNumber }
    values[fields.accountingID] = draft.mark
    return values.filter { !$0.value.isEmpty }
      .mapValues { OutgoingText.block($0, limit: 65_536) }
  }

  /// Only what HubSpot has a property for.
  func properties(_ patch: PartyPatch) -> [String: String] {
    var values: [String: String] = [:]
    for (field, text) in patch.texts {
      guard let name = property(field, patch.subject.kind) else { continue }
      values[name] = field == .email ? PartyKeys.email(text) : text
    }
    if let address = patch.addresses[.postal] {
      values.merge(properties(address, patch.subject.kind)) { $1 }
    }
    return values.mapValues { OutgoingText.block($0, limit: 65_536) }
  }

  private func property(_ field: PartyField, _ kind: RecordKind) -> String? {
    let isPerson = kind == .person
    return switch field {
    case .name: isPerson ? nil : "name"
    case .firstName: isPerson ? "firstname" : nil
    case .lastName: isPerson ? "lastname" : nil
    case .email: isPerson ? "email" : nil
    case .phone: "phone"
    case .mobile: isPerson ? "mobilephone" : nil
    case .fax: isPerson ? "fax" : nil
    case .taxNumber: fields.taxNumber
    case .website: "website"
    case .mark: fields.accountingID
    case .directPhone, .postalAddress, .streetAddress: nil
    }
  }

  private func properties(_ address: PostalAddress, _ kind: RecordKind) -> [String: String] {
    let lines = address.lines.filter { !$0.isEmpty }
    var values = [
      "city": address.city, "state": address.region, "zip": address.postalCode,
      "country": address.country,
    ]
    if kind == .person {
      values["address"] = lines.joined(separator: "\n")
    } else {
      values["address"] = lines.first ?? ""
      values["address2"] = lines.dropFirst().joined(separator: "\n")
    }
    return values
  }

  /// `https://www.example.org/shop` becomes `www.example.org`.
  static func domain(_ website: String) -> String {
    let host = website.lowercased().replacing("https://", with: "").replacing("http://", with: "")
    let name = host.prefix { $0 != "/" && $0 != "?" && $0 != ":" && !$0.isWhitespace }
    return name.contains(".") ? String(name) : ""
  }
}
