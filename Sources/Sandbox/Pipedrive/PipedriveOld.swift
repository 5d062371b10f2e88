extension PipedriveSandbox {
  /// A note of API v1.
  struct Note: Sendable, Hashable {
    var id: Int
    var content: String
    var deal: Int?
    var person: Int?
    var organization: Int?
    var added: Int64
    var updated: Int64
  }

  static let activityTypes: [(key: String, name: String)] = [
    ("call", "Call"), ("meeting", "Meeting"), ("task", "Task"), ("deadline", "Deadline"),
    ("email", "Email"), ("lunch", "Lunch"),
  ]

  /// What is left of v1.
  mutating func routeOld(
    _ call: Call, _ head: String, _ rest: [String]
  ) throws(Refusal) -> SandboxResponse {
    switch (call.method, head, rest.count) {
    case ("GET", "users", 0):
      try require(anyOf: ["users:read", "admin"], call)
      return old(.array(users.map { view($0, me: call.user) }))
    case ("GET", "users", 1) where rest[0] == "me": return old(me(call.user))
    case ("GET", "users", 1):
      guard let user = users.first(where: { String($0.id) == rest[0] }) else {
        throw .notFound("User")
      }
      return old(view(user, me: call.user))
    case ("GET", "currencies", 0):
      let list = company.currencies.sorted { $0.key < $1.key }.enumerated().map { place, pair in
        let shape: JSONValue = [
          "id": .integer(place + 1), "code": .string(pair.key), "name": .string(pair.key),
          "decimal_points": .integer(pair.value), "symbol": .string(pair.key),
          "active_flag": true, "is_custom_flag": .bool(pair.key.count != 3),
        ]
        return shape
      }
      return old(.array(list))
    case ("GET", "activityTypes", 0):
      let list = Self.activityTypes.enumerated().map { place, type in
        let shape: JSONValue = [
          "id": .integer(place + 1), "name": .string(type.name),
          "key_string": .string(type.key), "active_flag": true,
        ]
        return shape
      }
      return old(.array(list))
    case ("GET", "deals", 2) where rest[1] == "changelog":
      try require(anyOf: ["deals:read", "deals:full", "recents:read"], call)
      return try changelog(call, rest[0])
    case ("PUT", _, 2) where rest[1] == "merge":
      guard let kind = Kind(path: head), [.deals, .persons, .organizations].contains(kind) else {
        throw .noRoute
      }
      try requireAccess(to: kind, call)
      guard let loser = Int(rest[0]), let survivor = try call.json()["merge_with_id"]?.int else {
        throw .badRequest("merge_with_id is required")
      }
      return old(view(try merge(kind, loser, into: survivor, now: call.now), kind))
    case (_, "notes", _): return try noteRoutes(call, rest)
    case (_, "deals", _), (_, "persons", _), (_, "organizations", _), (_, "products", _),
      (_, "activities", _), (_, "pipelines", _), (_, "stages", _), (_, "itemSearch", _):
      throw .removed
    case (_, _, _): throw .noRoute
    }
  }

  private func old(_ data: JSONValue, status: Int = 200) -> SandboxResponse {
    .json(["success": true, "data": data], status: status)
  }

  private func me(_ id: Int) -> JSONValue {
    let user = users.first { $0.id == id }
    var object = user.map { view($0, me: id).object ?? [:] } ?? [:]
    object["company_id"] = .integer(company.id)
    object["company_name"] = .string(company.name)
    object["company_domain"] = .string(company.domain)
    object["company_country"] = .string(company.country)
    object["default_currency"] = .string(company.currency)
    object["timezone_name"] = .string(company.timeZone)
    return .object(object)
  }

  private func view(_ user: User, me: Int) -> JSONValue {
    [
      "id": .integer(user.id), "name": .string(user.name), "email": .string(user.email),
      "active_flag": .bool(user.isActive), "is_deleted": .bool(!user.isActive),
      "activated": true, "is_admin": .integer(user.isAdmin ? 1 : 0),
      "is_you": .bool(user.id == me), "default_currency": .string(company.currency),
      "timezone_name": .string(company.timeZone), "created": "2024-01-05 09:00:00",
      "modified": .null,
    ]
  }

  private func changelog(_ call: Call, _ id: String) throws(Refusal) -> SandboxResponse {
    let deal = try existing(id, .deals, now: call.now)
    let entries = changes.enumerated().filter { $0.element.record == deal.id }
    var order = Order(field: "id", descends: true, limit: try call.limit())
    if let text = call.request.queryValue("cursor") {
      guard let cursor = Cursor(text) else { throw .badRequest("Invalid cursor") }
      order.after = cursor
    }
    return page(
      Array(entries), order, key: { ("", $0.offset) },
      show: { entry in
        [
          "field_key": .string(entry.element.key), "old_value": text(entry.element.old),
          "new_value": text(entry.element.new), "actor_user_id": .integer(call.user),
          "time": .string(Self.oldStamp(entry.element.time)), "change_source": "app",
          "is_bulk_update_flag": false,
        ]
      })
  }

  private func text(_ value: JSONValue) -> JSONValue {
    switch value {
    case .null: .null
    case .string(let text): .string(text)
    case .bool, .number, .array, .object:
      .string(String(decoding: value.serialized(), as: UTF8.self))
    }
  }

  private mutating func noteRoutes(
    _ call: Call, _ rest: [String]
  ) throws(Refusal) -> SandboxResponse {
    switch (call.method, rest.count) {
    case ("GET", 0):
      let deal = try call.integer("deal_id")
      let start = try call.integer("start") ?? 0
      let limit = try call.limit()
      let found = notes.filter { deal == nil || $0.deal == deal }
      let shown = found.dropFirst(start).prefix(limit)
      let more = start + limit < found.count
      return .json([
        "success": true, "data": shown.isEmpty ? .null : .array(shown.map(view)),
        "additional_data": [
          "pagination": [
            "start": .integer(start), "limit": .integer(limit),
            "more_items_in_collection": .bool(more),
            "next_start": more ? .integer(start + limit) : .null,
          ]
        ],
      ])
    case ("POST", 0):
      let body = try call.json()
      guard let content = body["content"]?.string, content.count <= 100_000 else {
        throw .badRequest("content is required")
      }
      let note = Note(
        id: freshID(), content: content, deal: body["deal_id"]?.int,
        person: body["person_id"]?.int, organization: body["org_id"]?.int, added: call.now,
        updated: call.now)
      guard note.deal != nil || note.person != nil || note.organization != nil else {
        throw .badRequest("deal_id, person_id, org_id or lead_id is required")
      }
      notes.append(note)
      return old(view(note), status: 201)
    case ("PUT", 1), ("GET", 1), ("DELETE", 1):
      guard let place = notes.firstIndex(where: { String($0.id) == rest[0] }) else {
        throw .notFound("Note")
      }
      if call.method == "DELETE" { return old(.bool(notes.remove(at: place).id > 0)) }
      if call.method == "PUT", let content = try call.json()["content"]?.string {
        notes[place].content = content
        notes[place].updated = call.now
      }
      return old(view(notes[place]))
    case (_, _): throw .wrongMethod
    }
  }

  private func view(_ note: Note) -> JSONValue {
    func id(_ value: Int?) -> JSONValue { value.map { .integer($0) } ?? .null }
    return [
      "id": .integer(note.id), "content": .string(note.content), "deal_id": id(note.deal),
      "person_id": id(note.person), "org_id": id(note.organization), "active_flag": true,
      "add_time": .string(Self.oldStamp(note.added)),
      "update_time": .string(Self.oldStamp(note.updated)),
    ]
  }
}
