extension PipedriveSandbox {
  mutating func create(
    _ kind: Kind, _ body: JSONValue.Object, _ user: Int, now: Int64
  ) throws(Refusal) -> Record {
    for name in kind.required where body[name]?.string?.isEmpty ?? true {
      throw .schema("Validation failed: \(name): Parameter '\(name)' is required")
    }
    var (values, custom) = try changes(body, kind)
    if kind == .deals, values["is_archived"]?.bool == true {
      throw .badRequest("A deal cannot be created archived")
    }
    let owner = JSONValue.integer(user)
    if values["owner_id"]?.isNull ?? true { values["owner_id"] = owner }
    values["visible_to"] = values["visible_to"] ?? 3
    if values["label_ids"] == nil, kind != .activities { values["label_ids"] = [] }
    switch kind {
    case .deals:
      values["creator_user_id"] = owner
      values["origin"] = "API"
      values["is_archived"] = false
      values["value"] = values["value"] ?? 0
      values["currency"] = values["currency"] ?? .string(company.currency)
      values["status"] = values["status"] ?? "open"
    case .products:
      values["tax"] = values["tax"] ?? 0
      values["prices"] = values["prices"] ?? []
      values["is_linkable"] = values["is_linkable"] ?? true
      values["billing_frequency"] = values["billing_frequency"] ?? "one-time"
    case .persons:
      values["emails"] = values["emails"] ?? []
      values["phones"] = values["phones"] ?? []
    case .organizations: break
    case .activities:
      values["creator_user_id"] = owner
      values["done"] = values["done"] ?? false
      values["type"] = values["type"] ?? "call"
      values["subject"] = values["subject"] ?? "Call"
    }
    var record = Record(
      id: freshID(), values: [:], custom: custom, added: now - now % 1000, touched: now)
    if let given = values["add_time"]?.string, let time = SandboxTime(iso: given) {
      record.added = time.milliseconds
    }
    values["add_time"] = nil
    try apply(values, to: &record, kind, now: now)
    save(record, kind, now: now)
    return record
  }

  mutating func update(
    _ record: Record, _ kind: Kind, _ body: JSONValue.Object, now: Int64
  ) throws(Refusal) -> Record {
    guard record.isLive else { throw .gone(kind.singular) }
    if kind == .deals, record.isArchived, body.keys != ["is_archived"] {
      throw .badRequest("Archived deals cannot be updated")
    }
    let (values, custom) = try changes(body, kind)
    for name in kind.required where values[name]?.isNull == true || values[name]?.string == "" {
      throw .schema("Validation failed: \(name): Parameter '\(name)' must not be empty")
    }
    var record = record
    for (code, value) in custom { record.custom[code] = value }
    try apply(values, to: &record, kind, now: now)
    save(record, kind, now: now)
    return self[store: kind].records[record.id] ?? record
  }

  /// The checked values of a body: plain ones and custom ones.
  private func changes(
    _ body: JSONValue.Object, _ kind: Kind
  ) throws(Refusal) -> (JSONValue.Object, JSONValue.Object) {
    var values: JSONValue.Object = [:]
    var custom: JSONValue.Object = [:]
    let types = kind.writable
    for (name, value) in body {
      if name == "custom_fields", kind.hasCustomFields {
        custom = try customValues(value, kind)
        continue
      }
      if kind == .activities, name == "person_id" {
        throw .badRequest("person_id is read-only: use participants")
      }
      if kind == .persons, Self.syncOnly.contains(name), !company.hasContactSync {
        throw .forbidden("\(name) needs contact sync", code: "ERR_FORBIDDEN")
      }
      guard let type = types[name] else { throw .notAllowed(name) }
      values[name] = try checked(value, type, name)
    }
    return (values, custom)
  }

  private static let syncOnly = ["postal_address", "notes", "im", "birthday", "job_title"]

  /// Sets checked values with everything that follows from them.
  private mutating func apply(
    _ values: JSONValue.Object, to record: inout Record, _ kind: Kind, now: Int64
  ) throws(Refusal) {
    switch kind {
    case .deals: try applyDeal(values, to: &record, now: now)
    case .persons:
      set(values, on: &record)
      let name = record.values["name"]?.string ?? ""
      let words = name.split(separator: " ").map(String.init)
      record.values["first_name"] = words.first.map { .string($0) } ?? .null
      let last = words.dropFirst().joined(separator: " ")
      record.values["last_name"] = last.isEmpty ? .null : .string(last)
    case .organizations, .products: set(values, on: &record)
    case .activities:
      let types = Self.activityTypes.map(\.key)
      if let type = values["type"]?.string, !types.contains(type) {
        throw .badRequest("type: activity type \(type) not found")
      }
      let wasDone = record.values["done"]?.bool == true
      set(values, on: &record)
      if record.values["done"]?.bool == true, !wasDone {
        record.values["marked_as_done_time"] = .string(Self.stamp(now))
      }
      let primary = record.values["participants"]?.array?.first { $0["primary"]?.bool == true }
      if let primary { record.values["person_id"] = primary["person_id"] }
    }
  }

  func set(_ values: JSONValue.Object, on record: inout Record) {
    for (name, value) in values { record.values[name] = value }
  }

  /// Soft: it stays for thirty days. Deleting moves `update_time` to the moment of deletion.
  mutating func delete(_ record: Record, _ kind: Kind, now: Int64, into survivor: Int? = nil) {
    var record = record
    record.deletedAt = now
    record.mergedInto = survivor
    save(record, kind, now: now)
  }
}
