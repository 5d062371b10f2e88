extension SalesforceSandbox {
  /// Makes a record as an API client would; a refusal leaves nothing behind.
  mutating func create(
    _ kind: Kind, _ body: JSONValue.Object, user: String, now: Int64
  ) throws(Refusal) -> Record {
    guard kind.isCreateable else {
      throw Refusal(
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
        "entity type \(kind.name) does not support create")
    }
    var values = try changes(kind, body, user: user, isNew: true)
    try complete(&values, kind, user: user, now: now)
    let missing = self[fields: kind].filter { field in
      field.isRequired && values[field.name]?.isNull ?? true
    }.map(\.name)
    guard missing.isEmpty else {
      throw Refusal(
        "REQUIRED_FIELD_MISSING",
        "Required fields are missing: [\(missing.joined(separator: ", "))]", fields: missing)
    }
    try check(values, kind, id: nil)
    try lookForDuplicates(values, kind)
    for id in values.values.compactMap(\.string) where locks[id] != nil { try unlock(id) }
    let record = Record(
      id: freshID(kind), kind: kind, values: values.filter { !$0.value.isNull }, created: now,
      stamp: now - now % 1000, touched: now)
    put(record)
    settle(record, former: nil, now: now)
    return self[store: kind].records[record.id] ?? record
  }

  /// Changes a record as an API client would. Null clears a field; what is absent stays.
  mutating func update(
    _ record: Record, _ body: JSONValue.Object, user: String, now: Int64
  ) throws(Refusal) -> Record {
    guard !record.isDeleted else { throw .deleted() }
    let kind = record.kind
    let changed = try changes(kind, body, user: user, isNew: false)
    var values = record.values
    for (name, value) in changed { values[name] = value }
    try adapt(&values, changed, record)
    for field in self[fields: kind] where field.isRequired && changed[field.name]?.isNull == true {
      throw Refusal(
        "REQUIRED_FIELD_MISSING", "Required fields are missing: [\(field.name)]",
        fields: [field.name])
    }
    try check(changed, kind, id: record.id)
    try unlock(record.id)
    for id in [record.text("AccountId")].compactMap({ $0 }) { try unlock(id) }
    var next = record
    next.values = values.filter { !$0.value.isNull }
    save(next, now: now)
    settle(next, former: record, now: now)
    return self[store: kind].records[record.id] ?? next
  }

  /// The body's fields, each checked.
  private func changes(
    _ kind: Kind, _ body: JSONValue.Object, user: String, isNew: Bool
  ) throws(Refusal) -> [String: JSONValue] {
    var values: [String: JSONValue] = [:]
    for (name, value) in body where !["attributes", "id", "Id"].contains(name) {
      let known = self[fields: kind].first { $0.name.lowercased() == name.lowercased() }
      guard let field = known else { throw .unknownField(name, on: kind) }
      guard isVisible(field, to: user), isNew ? field.isCreateable : field.isUpdateable else {
        throw .notWritable([field.name])
      }
      values[field.name] = try checked(value, field)
    }
    return values
  }

  /// Rules of the organisation, and values that only one record may have.
  private func check(
    _ values: [String: JSONValue], _ kind: Kind, id: String?
  ) throws(Refusal) {
    for rule in rules where rule.kind == kind && values[rule.field]?.string == rule.value {
      throw Refusal("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.message, fields: [rule.field])
    }
    for field in self[fields: kind] where field.isUnique {
      guard let value = values[field.name]?.string,
        let holder = self[store: kind].holder(of: value, in: field.name), holder != id
      else { continue }
      throw Refusal(
        "DUPLICATE_VALUE",
        "duplicate value found: \(field.name) duplicates value on record with id:"
          + " \(holder.prefix(15))", fields: [])
    }
  }

  private func lookForDuplicates(
    _ values: [String: JSONValue], _ kind: Kind
  ) throws(Refusal) {
    guard org.findsDuplicates, kind == .account || kind == .contact else { return }
    let name = kind == .account ? "Name" : "Email"
    guard let value = values[name]?.string?.lowercased() else { return }
    let found = self[store: kind].records.values.filter {
      !$0.isDeleted && $0.text(name)?.lowercased() == value
    }.map(\.id).sorted()
    guard !found.isEmpty else { return }
    throw Refusal(
      "DUPLICATES_DETECTED", "Use one of these records?", duplicates: found.map { (kind, $0) })
  }

  /// A row somebody else is writing to.
  mutating func unlock(_ id: String) throws(Refusal) {
    guard let times = locks[id], times > 0 else { return }
    locks[id] = times == 1 ? nil : times - 1
    throw Refusal(
      "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record or 1 records: \(id)")
  }

  mutating func delete(_ record: Record, now: Int64) throws(Refusal) {
    guard !record.isDeleted else { throw .deleted() }
    if record.kind == .account {
      let own = children(.opportunity, of: record.id)
      guard !own.contains(where: { $0.flag("IsWon") }) else {
        throw Refusal(
          "DELETE_FAILED",
          "Your attempt to delete \(record.text("Name") ?? "") could not be completed because"
            + " some opportunities in it were closed won.")
      }
      for child in own + children(.contact, of: record.id) { try delete(child, now: now) }
    }
    if record.kind == .opportunity {
      for kind in [Kind.lineItem, .contactRole] {
        for child in children(kind, of: record.id) { bury(child, now: now) }
      }
    }
    bury(record, now: now)
    if record.kind == .lineItem { rollUp(record.text("OpportunityId") ?? "", now: now) }
    if record.kind == .contactRole { repointContact(record.text("OpportunityId") ?? "", now: now) }
  }

  private mutating func bury(_ record: Record, now: Int64) {
    var gone = record
    gone.isDeleted = true
    save(gone, now: now)
  }

  mutating func restore(_ record: Record, now: Int64) {
    var back = record
    back.isDeleted = false
    back.values["MasterRecordId"] = nil
    save(back, now: now)
  }
}
