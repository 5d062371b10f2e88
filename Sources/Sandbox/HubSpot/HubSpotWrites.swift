extension HubSpotSandbox {
  /// A creation that passed every check.
  struct Creation: Sendable {
    var changes: Changes
    var targets: [LinkTarget]
  }

  /// Checks `{properties, associations?}`; writes nothing.
  func creation(
    _ body: JSONValue, _ kind: Kind, _ version: Version
  ) throws(Refusal) -> Creation {
    let changes = try checked(body["properties"] ?? [:], kind: kind, current: nil)
    try requireForCreation(changes, kind, version)
    try requireFree(changes, kind, holder: nil)
    return Creation(
      changes: changes, targets: try linkTargets(body["associations"], from: kind))
  }

  /// Creates a record from `{properties, associations?}`; nothing is written when it is refused.
  mutating func create(
    _ body: JSONValue, _ kind: Kind, _ version: Version, now: Int64
  ) throws(Refusal) -> Record {
    let plan = try creation(body, kind, version)
    var record = Record(id: freshID(), values: [:], created: now, modified: now)
    apply(withDefaults(plan.changes, kind), to: &record, kind, now: now)
    store(record, kind, now: now)
    for target in plan.targets {
      links.add(from: kind, record.id, to: target.kind, target.id, types: target.types)
    }
    return record
  }

  /// Checks an update of a live record; writes nothing.
  func changes(
    _ properties: JSONValue?, for found: Record, _ kind: Kind, _ version: Version
  ) throws(Refusal) -> Changes {
    let changes = try checked(properties, kind: kind, current: found)
    try requireFree(changes, kind, holder: found.id)
    if version == .september2026 {
      let cleared = (mandatory[kind] ?? []).filter { name in
        (changes[name] ?? found.values[name]) == nil
      }
      if !cleared.isEmpty { throw missing(cleared) }
    }
    return changes
  }

  /// Applies checked changes to a live record and moves its stamp, whatever the values were.
  mutating func update(
    _ found: Record, _ kind: Kind, _ changes: Changes, now: Int64
  ) -> Record {
    var record = found
    apply(changes, to: &record, kind, now: now)
    record.modified = now
    store(record, kind, now: now)
    return record
  }

  mutating func store(_ record: Record, _ kind: Kind, now: Int64) {
    let unique = self[schema: kind].uniqueNames
    self[store: kind].put(record, uniqueProperties: unique, now: now, lag: lag)
  }

  /// Into the recycle bin: the modified stamp stays as it was.
  mutating func archive(_ id: Int, _ kind: Kind, now: Int64) {
    guard var record = self[store: kind].records[id], record.isLive else { return }
    record.archivedAt = now
    store(record, kind, now: now)
  }

  private func requireForCreation(
    _ changes: Changes, _ kind: Kind, _ version: Version
  ) throws(Refusal) {
    var required: [String] =
      switch kind {
      case .deals: ["dealname", "dealstage"] + (pipelines.count > 1 ? ["pipeline"] : [])
      case .tasks, .notes: ["hs_timestamp"]
      case .products: ["name"]
      case .contacts, .companies, .lineItems: []
      }
    if version == .september2026 { required += mandatory[kind] ?? [] }
    let absent = required.filter { (changes[$0] ?? nil) == nil }
    if !absent.isEmpty { throw missing(absent) }
    let anyOf: [String] =
      switch kind {
      case .contacts: ["email", "firstname", "lastname"]
      case .companies: ["name", "domain"]
      case .deals, .products, .lineItems, .tasks, .notes: []
      }
    if !anyOf.isEmpty, anyOf.allSatisfy({ (changes[$0] ?? nil) == nil }) {
      throw .validation(
        "Error creating \(kind.singular). At least one of these must be given: "
          + anyOf.joined(separator: ", "),
        context: ["properties": .array(anyOf.map { .string($0) })])
    }
  }

  private func missing(_ names: [String]) -> Refusal {
    Refusal(
      status: 400, category: "VALIDATION_ERROR",
      message: "Error creating or updating the record. Some required properties were not set.",
      errors: [
        [
          "message": "Required properties are missing.", "code": "MISSING_REQUIRED_PROPERTIES",
          "context": ["properties": .array(names.map { .string($0) })],
        ]
      ],
      context: ["properties": .array(names.map { .string($0) })])
  }

  private func requireFree(
    _ changes: Changes, _ kind: Kind, holder id: Int?
  ) throws(Refusal) {
    for property in self[schema: kind].uniqueNames {
      guard let changed = changes[property], let value = changed,
        let other = holder(of: value, property: property, kind), other != id
      else { continue }
      if kind == .contacts, property == "email" {
        throw .conflict("Contact already exists. Existing ID: \(other)")
      }
      throw .validation(
        "Cannot set PropertyValueCoordinates{portalId=\(account.portal), "
          + "objectTypeId=\(kind.typeID), propertyName=\(property), value=\(value)}. "
          + "\(other) already has that value.")
    }
  }

  private func withDefaults(_ changes: Changes, _ kind: Kind) -> Changes {
    var all = changes
    func fill(_ name: String, _ value: String?) {
      if (all[name] ?? nil) == nil, let value { all[name] = .some(value) }
    }
    switch kind {
    case .deals:
      fill("pipeline", pipelines.first?.id)
      fill("deal_currency_code", account.rates.isEmpty ? nil : account.companyCurrency)
    case .lineItems:
      let id = (changes["hs_product_id"] ?? nil).flatMap { Int($0) }
      if let product = id.flatMap({ self[store: .products].records[$0] }) {
        for name in ["name", "price", "description", "hs_sku", "recurringbillingfrequency"] {
          fill(name, product.values[name])
        }
      }
    case .tasks: fill("hs_task_status", "NOT_STARTED")
    case .contacts, .companies, .products, .notes: break
    }
    return all
  }

  private func apply(_ changes: Changes, to record: inout Record, _ kind: Kind, now: Int64) {
    let wasWon = kind == .deals && stage(of: record)?.isWon == true
    for (name, value) in changes {
      if name == "lifecyclestage", isBackward(value, from: record.values[name], kind) { continue }
      record.values[name] = value
    }
    switch kind {
    case .deals:
      let isWon = stage(of: record)?.isWon == true
      if isWon != wasWon { record.values["hs_closed_won_date"] = isWon ? Stamp.text(now) : nil }
    case .lineItems:
      if (changes["discount"] ?? nil) != nil { record.values["hs_discount_percentage"] = nil }
      if (changes["hs_discount_percentage"] ?? nil) != nil { record.values["discount"] = nil }
    case .tasks:
      let isDone = record.values["hs_task_status"] == "COMPLETED"
      if isDone != (record.values["hs_task_completion_date"] != nil) {
        record.values["hs_task_completion_date"] = isDone ? Stamp.text(now) : nil
      }
    case .contacts, .companies, .products, .notes: break
    }
  }

  /// A lifecycle stage only moves forward unless it was cleared first.
  private func isBackward(_ value: String?, from current: String?, _ kind: Kind) -> Bool {
    let order = self[schema: kind]["lifecyclestage"]?.options.map(\.value) ?? []
    guard let value, let current, let new = order.firstIndex(of: value),
      let old = order.firstIndex(of: current)
    else { return false }
    return new < old
  }
}
