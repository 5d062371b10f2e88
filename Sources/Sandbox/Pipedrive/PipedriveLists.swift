import Foundation

extension PipedriveSandbox {
  static let month: Int64 = 30 * 86_400_000

  /// A place in a list: behind the element with this sort value and id.
  struct Cursor: Sendable, Hashable {
    var field: String
    var value: String
    var direction: String
    var id: Int

    var text: String {
      let json: JSONValue = [
        "field": .string(field), "fieldValue": .string(value),
        "sortDirection": .string(direction), "id": .integer(id),
      ]
      return json.serialized().base64EncodedString()
    }

    init(field: String, value: String, direction: String, id: Int) {
      (self.field, self.value, self.direction, self.id) = (field, value, direction, id)
    }

    init?(_ text: String) {
      guard let data = Data(base64Encoded: text), let json = try? JSONValue.parse(data),
        let field = json["field"]?.string, let value = json["fieldValue"]?.string,
        let direction = json["sortDirection"]?.string, let id = json["id"]?.int
      else { return nil }
      self.init(field: field, value: value, direction: direction, id: id)
    }
  }

  /// How a list is sorted, and where it goes on.
  struct Order: Sendable {
    var field: String
    var descends: Bool
    var after: Cursor?
    var limit: Int

    var direction: String { descends ? "desc" : "asc" }
  }

  func order(_ call: Call, by fields: [String], most: Int = 500) throws(Refusal) -> Order {
    let field = call.request.queryValue("sort_by") ?? "id"
    guard fields.contains(field) else {
      throw .schema("Parameter 'sort_by' must be one of \(fields.joined(separator: ", "))")
    }
    let direction = call.request.queryValue("sort_direction") ?? "asc"
    guard ["asc", "desc"].contains(direction) else {
      throw .schema("Parameter 'sort_direction' must be asc or desc")
    }
    var order = Order(
      field: field, descends: direction == "desc", limit: try call.limit(most: most))
    if let text = call.request.queryValue("cursor") {
      guard let cursor = Cursor(text), cursor.field == field, cursor.direction == direction else {
        throw .badRequest("Invalid cursor")
      }
      order.after = cursor
    }
    return order
  }

  /// One page of elements that are ordered by a sort text, with the keyset cursor behind it.
  func page<Element>(
    _ elements: [Element], _ order: Order, key: (Element) -> (sort: String, id: Int),
    show: (Element) -> JSONValue
  ) -> SandboxResponse {
    // Keys are texts that take time to write: once for each element, not for each comparison.
    var sorted = elements.map { (key: key($0), element: $0) }
    if let after = order.after {
      let place = (sort: after.value, id: after.id)
      sorted.removeAll { order.descends ? $0.key >= place : $0.key <= place }
    }
    sorted.sort { order.descends ? $0.key > $1.key : $0.key < $1.key }
    let shown = sorted.prefix(order.limit)
    var next: JSONValue = .null
    if sorted.count > order.limit, let last = shown.last {
      next = .string(
        Cursor(
          field: order.field, value: last.key.sort, direction: order.direction, id: last.key.id
        ).text)
    }
    return .json([
      "success": true, "data": .array(shown.map { show($0.element) }),
      "additional_data": ["next_cursor": next],
    ])
  }

  mutating func list(_ call: Call, _ kind: Kind, archived: Bool = false) throws(Refusal)
    -> SandboxResponse
  {
    try allowListParameters(call, kind, archived: archived)
    let sorts =
      switch kind {
      case .activities: ["id", "update_time", "add_time", "due_date"]
      case .products: ["id", "update_time", "add_time", "name"]
      case .deals, .persons, .organizations: ["id", "update_time", "add_time"]
      }
    let order = try order(call, by: sorts)
    let keys = try customKeys(call, kind)
    let candidates = try candidates(call, kind, archived: archived)
    return page(
      candidates, order, key: { ($0.sortText(order.field), $0.id) },
      show: { view($0, kind, custom: keys) })
  }

  private func allowListParameters(
    _ call: Call, _ kind: Kind, archived: Bool
  ) throws(Refusal) {
    var names: Set<String> = [
      "filter_id", "ids", "owner_id", "updated_since", "sort_by", "sort_direction", "limit",
      "cursor", "api_token", "include_fields",
    ]
    switch kind {
    case .deals:
      names.formUnion(["person_id", "org_id", "pipeline_id", "stage_id", "status"])
      names.formUnion(["updated_until", "custom_fields"])
      if !archived { names.formUnion(["include_option_labels", "include_labels"]) }
    case .persons:
      names.formUnion(["org_id", "deal_id", "updated_until", "custom_fields"])
      names.formUnion(["include_option_labels", "include_labels"])
    case .organizations:
      names.formUnion(["updated_until", "custom_fields"])
      names.formUnion(["include_option_labels", "include_labels"])
    case .products:
      names.insert("custom_fields")
      names.remove("include_fields")
    case .activities:
      names.formUnion(["deal_id", "lead_id", "person_id", "org_id", "done", "updated_until"])
    }
    for item in call.request.query where !names.contains(item.name) {
      throw .notAllowed(item.name)
    }
  }

  /// At most fifteen keys; nil: all.
  func customKeys(_ call: Call, _ kind: Kind) throws(Refusal) -> Set<String>? {
    guard let keys = call.list("custom_fields") else { return nil }
    guard keys.count <= 15 else { throw .schema("Parameter 'custom_fields' takes at most 15 keys") }
    return Set(keys)
  }

  private func candidates(
    _ call: Call, _ kind: Kind, archived: Bool
  ) throws(Refusal) -> [Record] {
    let store = self[store: kind]
    let statuses = try statuses(call)
    let since = try call.moment("updated_since")
    let until = try call.moment("updated_until")
    var matches: [(String, Int)] = []
    for name in ["owner_id", "person_id", "org_id", "pipeline_id", "stage_id", "deal_id"] {
      if let wanted = try call.integer(name) { matches.append((name, wanted)) }
    }
    let done = call.request.queryValue("done").map { $0 == "true" }
    var found: [Record]
    if let ids = call.list("ids") {
      guard ids.count <= 100 else { throw .schema("Parameter 'ids' takes at most 100 ids") }
      let numbers = ids.compactMap { Int($0) }
      guard numbers.count == ids.count else { throw .schema("Parameter 'ids' must hold numbers") }
      found = Set(numbers).compactMap { store.records[$0] }
    } else if let since {
      let floor = since % 1000 == 0 ? since : since + 1000 - since % 1000
      let place = Store.place(of: Key(updated: floor, id: Int.min), in: store.byUpdated)
      found = store.byUpdated[place...].compactMap { store.records[$0.id] }
    } else {
      found = store.order.compactMap { store.records[$0] }
    }
    found.removeAll { record in
      if kind == .deals, record.isArchived != archived { return true }
      if let updated = record.updated {
        if let until, updated >= until { return true }
        if let since, updated < since { return true }
      } else if since != nil || until != nil {
        return true
      }
      return matches.contains { name, wanted in value(name, of: record, kind) != wanted }
        || done.map { record.values["done"]?.bool != $0 } ?? false
    }
    let now = call.now
    return found.filter { record in
      if lag.lists > 0, since != nil, record.touched + lag.lists > now { return false }
      return isVisible(record, kind, statuses, now: now)
    }
  }

  /// A person's deals are asked for by the deal.
  private func value(_ name: String, of record: Record, _ kind: Kind) -> Int? {
    if kind == .persons, name == "deal_id" { return nil }
    return record.values[name]?.int
  }

  private func statuses(_ call: Call) throws(Refusal) -> Set<String>? {
    guard let list = call.list("status") else { return nil }
    let known: Set<String> = ["open", "won", "lost", "deleted"]
    for status in list where !known.contains(status) {
      throw .schema("Parameter 'status' must be one of open, won, lost, deleted")
    }
    return Set(list)
  }

  /// Deleted deals show under their own status for thirty days; other records leave the lists.
  private func isVisible(
    _ record: Record, _ kind: Kind, _ statuses: Set<String>?, now: Int64
  ) -> Bool {
    if let deleted = record.deletedAt {
      guard deleted + Self.month > now else { return false }
      return kind == .deals ? statuses?.contains("deleted") == true : company.listsDeleted
    }
    guard kind == .deals, let statuses else { return true }
    return statuses.contains(record.values["status"]?.string ?? "open")
  }
}

extension PipedriveSandbox.Record {
  /// What the list sorts by, as a text that sorts like it.
  func sortText(_ field: String) -> String {
    switch field {
    case "update_time": updated.map { PipedriveSandbox.stamp($0) } ?? ""
    case "add_time": PipedriveSandbox.stamp(added)
    case "due_date", "name": values[field]?.string ?? ""
    default: ""
    }
  }
}
