/// What the organisation computes by itself.
extension SalesforceSandbox {
  /// Fills in what a new record gets without being told.
  mutating func complete(
    _ values: inout [String: JSONValue], _ kind: Kind, user: String, now: Int64
  ) throws(Refusal) {
    let hasOwner = self[fields: kind].contains { $0.name == "OwnerId" }
    if hasOwner, values["OwnerId"] == nil { values["OwnerId"] = .string(user) }
    if org.isMultiCurrency, self[fields: kind].contains(where: { $0.name == "CurrencyIsoCode" }),
      values["CurrencyIsoCode"] == nil
    {
      // A product of a deal has the deal's.
      let deal = values["OpportunityId"]?.string.flatMap(live)
      values["CurrencyIsoCode"] = deal?["CurrencyIsoCode"] ?? .string(org.currency)
    }
    switch kind {
    case .contact: values["Name"] = Self.name(of: values)
    case .opportunity: try stage(&values, former: nil, now: now)
    case .lineItem: try price(&values, changed: values)
    case .task:
      if values["Status"] == nil { values["Status"] = "Not Started" }
      if values["Priority"] == nil { values["Priority"] = "Normal" }
    case .product, .pricebook, .pricebookEntry:
      if values["IsActive"] == nil { values["IsActive"] = false }
    case .fieldPermissions:
      let name = values["Field"]?.string?.split(separator: ".").last.map(String.init)
      guard let on = values["SobjectType"]?.string.flatMap(Kind.init(named:)),
        self[fields: on].contains(where: { $0.name == name && $0.isCustom })
      else {
        throw Refusal(
          "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
          "Field Name: bad value for restricted picklist field", fields: ["Field"])
      }
    case .account, .contactRole, .user, .stage, .organization, .permissionSet,
      .permissionSetAssignment:
      break
    }
  }

  /// Brings what is computed in step with a change.
  func adapt(
    _ values: inout [String: JSONValue], _ changed: [String: JSONValue], _ former: Record
  ) throws(Refusal) {
    switch former.kind {
    case .contact: values["Name"] = Self.name(of: values)
    case .opportunity:
      // With products on it the amount is theirs; a change of it is let fall.
      if !children(.lineItem, of: former.id).isEmpty { values["Amount"] = former["Amount"] }
      try stage(&values, former: former, now: nil)
    case .lineItem: try price(&values, changed: changed)
    case .account, .contactRole, .product, .pricebook, .pricebookEntry, .task, .user, .stage,
      .organization, .permissionSet, .permissionSetAssignment, .fieldPermissions:
      break
    }
  }

  private static func name(of values: [String: JSONValue]) -> JSONValue {
    let parts = ["FirstName", "LastName"].compactMap { values[$0]?.string }
    return .string(parts.joined(separator: " "))
  }

  /// Won and closed follow the stage.
  private func stage(
    _ values: inout [String: JSONValue], former: Record?, now: Int64?
  ) throws(Refusal) {
    guard let name = values["StageName"]?.string else { return }
    let stage = self[store: .stage].records.values.first {
      $0.text("ApiName") == name && $0.flag("IsActive")
    }
    guard let stage else {
      if former?.text("StageName") == name { return }
      throw Refusal(
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "Stage: bad value for restricted picklist field: \(name)", fields: ["StageName"])
    }
    values["IsWon"] = .bool(stage.flag("IsWon"))
    values["IsClosed"] = .bool(stage.flag("IsClosed"))
    if former?.text("StageName") != name { values["Probability"] = stage["DefaultProbability"] }
  }

  /// A line has a price of its own or a total, and knows its product by the price book.
  private func price(
    _ values: inout [String: JSONValue], changed: [String: JSONValue]
  ) throws(Refusal) {
    guard changed["UnitPrice"]?.decimal == nil || changed["TotalPrice"]?.decimal == nil else {
      throw Refusal(
        "FIELD_INTEGRITY_EXCEPTION", "field integrity exception: TotalPrice, UnitPrice",
        fields: ["TotalPrice", "UnitPrice"])
    }
    if let entry = values["PricebookEntryId"]?.string.flatMap(live) {
      values["Product2Id"] = entry["Product2Id"]
      values["ListPrice"] = entry["UnitPrice"]
      if values["UnitPrice"] == nil, values["TotalPrice"] == nil {
        values["UnitPrice"] = entry["UnitPrice"]
      }
    }
    guard let product = values["Product2Id"]?.string.flatMap(live) else {
      throw Refusal(
        "REQUIRED_FIELD_MISSING", "Required fields are missing: [PricebookEntryId]",
        fields: ["PricebookEntryId"])
    }
    let deal = values["OpportunityId"]?.string.flatMap(live)
    values["ProductCode"] = product["ProductCode"]
    values["Name"] = .string(
      [deal?.text("Name"), product.text("Name")].compactMap { $0 }.joined(separator: " "))
    guard let quantity = values["Quantity"]?.decimal else { return }
    let share = ExactDecimal(100) - (values["Discount"]?.decimal ?? .zero)
    if let total = changed["TotalPrice"]?.decimal {
      let base = quantity * share
      let unit = (total * ExactDecimal(100)).divided(by: base, places: 2) ?? .zero
      values["UnitPrice"] = .number(unit.text(places: 1))
    } else if let unit = values["UnitPrice"]?.decimal {
      let whole = (quantity * unit * share).divided(by: ExactDecimal(100), places: 2) ?? .zero
      values["TotalPrice"] = .number(whole.text(places: 1))
      values["Subtotal"] = .number((quantity * unit).rounded(2).text(places: 1))
    }
  }

  /// What a saved record moves elsewhere.
  mutating func settle(_ record: Record, former: Record?, now: Int64) {
    switch record.kind {
    case .lineItem: rollUp(record.text("OpportunityId") ?? "", now: now)
    case .contactRole:
      if record.flag("IsPrimary") {
        for role in children(.contactRole, of: record.text("OpportunityId") ?? "")
        where role.id != record.id && role.flag("IsPrimary") {
          var other = role
          other.values["IsPrimary"] = false
          save(other, now: now)
        }
      }
      repointContact(record.text("OpportunityId") ?? "", now: now)
    case .opportunity:
      guard former?.text("StageName") != record.text("StageName") || former == nil else { break }
      var moved = self[store: .opportunity].records[record.id] ?? record
      moved.values["LastStageChangeDate"] = .string(Self.stamp(now))
      put(moved)
      if former == nil, let contact = record.text("ContactId") {
        let role = Record(
          id: freshID(.contactRole), kind: .contactRole,
          values: [
            "OpportunityId": .string(record.id), "ContactId": .string(contact), "IsPrimary": true,
          ], created: now, stamp: now - now % 1000, touched: now)
        put(role)
      }
    case .fieldPermissions: grant(record)
    case .account, .contact, .product, .pricebook, .pricebookEntry, .task, .user, .stage,
      .organization, .permissionSet, .permissionSetAssignment:
      break
    }
  }

  /// The amount of a deal with products is their sum.
  mutating func rollUp(_ id: String, now: Int64) {
    guard var deal = live(id) else { return }
    let lines = children(.lineItem, of: id)
    let old = deal.values
    deal.values["HasOpportunityLineItem"] = .bool(!lines.isEmpty)
    if !lines.isEmpty {
      let sum = lines.reduce(ExactDecimal.zero) { $0 + ($1.decimal("TotalPrice") ?? .zero) }
      deal.values["Amount"] = .number(sum.text(places: 1))
    }
    if deal.values != old { save(deal, now: now) }
  }

  /// The contact of a deal is that of its primary role.
  mutating func repointContact(_ id: String, now: Int64) {
    guard var deal = live(id) else { return }
    let primary = children(.contactRole, of: id).first { $0.flag("IsPrimary") }
    guard deal.text("ContactId") != primary?.text("ContactId") else { return }
    deal.values["ContactId"] = primary?["ContactId"]
    save(deal, now: now)
  }

  private mutating func grant(_ record: Record) {
    guard let set = record.text("ParentId"), record.flag("PermissionsRead"),
      let kind = record.text("SobjectType").flatMap(Kind.init(named:)),
      let name = record.text("Field")?.split(separator: ".").last.map(String.init),
      let place = self[fields: kind].firstIndex(where: { $0.name == name })
    else { return }
    self[fields: kind][place].seenBy?.insert(set)
  }

  /// The loser is deleted and names the winner; what belonged to it belongs to the winner.
  mutating func merge(_ loser: Record, into winner: Record, now: Int64) {
    var (gone, kept) = (loser, winner)
    gone.isDeleted = true
    gone.values["MasterRecordId"] = .string(winner.id)
    save(gone, now: now)
    for (name, value) in loser.values where kept.values[name] == nil && name != "MasterRecordId" {
      kept.values[name] = value
    }
    save(kept, now: now)
    let reference = loser.kind == .account ? "AccountId" : "ContactId"
    for kind in [Kind.contact, .opportunity, .contactRole, .task] {
      for record in self[store: kind].records.values where !record.isDeleted {
        for name in [reference, "WhatId", "WhoId"] where record.text(name) == loser.id {
          var moved = self[store: kind].records[record.id] ?? record
          moved.values[name] = .string(winner.id)
          save(moved, now: now)
        }
      }
    }
  }
}
