extension ZohoSandbox {
  /// What became of one row.
  enum Row: Sendable {
    case done(String, action: String?)
    case refused(Refusal)
  }

  private func rows(_ call: Call) throws(Refusal) -> [JSONValue] {
    let body = try call.json()
    for name in body.keys
    where ![
      "data", "trigger", "process", "lar_id", "duplicate_check_fields", "apply_feature_execution",
      "skip_feature_execution",
    ].contains(name) {
      throw Refusal(400, "INVALID_DATA", "invalid data", ["api_name": .string(name)])
    }
    guard let rows = body["data"]?.array, !rows.isEmpty else {
      throw Refusal(
        400, "MANDATORY_NOT_FOUND", "required field not found",
        ["api_name": "data", "json_path": "$.data"])
    }
    guard rows.count <= 100 else {
      throw Refusal(
        400, "LIMIT_EXCEEDED", "at most 100 records", ["api_name": "data", "limit": 100])
    }
    return rows
  }

  mutating func insert(_ call: Call, _ module: Module) throws(Refusal) -> SandboxResponse {
    var answers: [Row] = []
    for (place, row) in try rows(call).enumerated() {
      answers.append(inserted(row.object ?? [:], module, place, now: call.now))
    }
    return answer(answers, module, done: "record added", status: 201)
  }

  mutating func inserted(
    _ body: JSONValue.Object, _ module: Module, _ place: Int, now: Int64
  ) -> Row {
    do throws(Refusal) {
      return .done(try create(body, module, place, now: now).id, action: nil)
    } catch { return .refused(error) }
  }

  mutating func update(
    _ call: Call, _ module: Module, only id: String?
  ) throws(Refusal) -> SandboxResponse {
    var answers: [Row] = []
    let rows = try rows(call)
    guard id == nil || rows.count == 1 else { throw Refusal(400, "INVALID_DATA", "data") }
    for (place, row) in rows.enumerated() {
      var body = row.object ?? [:]
      if let id { body["id"] = .string(id) }
      do throws(Refusal) {
        answers.append(.done(try change(body, module, place, now: call.now), action: nil))
      } catch { answers.append(.refused(error)) }
    }
    return answer(answers, module, done: "record updated", status: 200)
  }

  mutating func change(
    _ body: JSONValue.Object, _ module: Module, _ place: Int, now: Int64
  ) throws(Refusal) -> String {
    guard let id = body["id"]?.string else {
      throw Refusal(
        202, "MANDATORY_NOT_FOUND", "required field not found",
        ["api_name": "id", "json_path": .string("$.data[\(place)].id")])
    }
    guard let record = self[store: module].records[id], record.isLive else {
      throw Refusal(
        202, "INVALID_DATA", "the id given seems to be invalid",
        ["api_name": "id", "json_path": .string("$.data[\(place)].id")])
    }
    if record.isLocked { throw Refusal(202, "RECORD_LOCKED", "record is locked") }
    if record.needsApproval { throw Refusal(202, "NOT_APPROVED", "record waits for approval") }
    if record.isInBlueprint, body["Stage"] != nil {
      throw Refusal(
        202, "RECORD_IN_BLUEPRINT", "the record is in a blueprint", ["api_name": "Stage"])
    }
    var changed = record
    for (name, value) in try checked(body, module, place, on: record, now: now) {
      changed.values[name] = value
    }
    try require(changed.values, module, place)
    save(changed, module, now: now)
    return id
  }

  mutating func create(
    _ body: JSONValue.Object, _ module: Module, _ place: Int, now: Int64
  ) throws(Refusal) -> Record {
    let id = freshID()
    let creator = users.first?.id ?? ""
    var record = Record(
      id: id, values: [:], created: now - now % 1000, modified: now - now % 1000,
      creator: creator, modifier: creator, touched: now)
    for (name, value) in try checked(body, module, place, on: nil, now: now) {
      record.values[name] = value
    }
    try require(record.values, module, place)
    if record.values["Owner"] == nil { record.values["Owner"] = ["id": .string(creator)] }
    if module == .deals {
      if record.values["Pipeline"] == nil {
        record.values["Pipeline"] = .string("Standard (Standard)")
      }
    }
    if self[fields: module].contains(where: { $0.key == "Currency" }), org.isMulticurrency,
      record.values["Currency"] == nil
    {
      record.values["Currency"] = .string(org.currency)
    }
    save(record, module, now: now)
    return record
  }

  private func require(
    _ values: JSONValue.Object, _ module: Module, _ place: Int
  ) throws(Refusal) {
    for field in self[fields: module] where field.isRequired {
      let value = values[field.key] ?? .null
      guard value.isNull || value.string == "" || value.array?.isEmpty == true else { continue }
      throw Refusal(
        202, "MANDATORY_NOT_FOUND", "required field not found",
        [
          "api_name": .string(field.key),
          "json_path": .string("$.data[\(place)].\(field.key)"),
        ])
    }
  }

  /// Writes a record with a fresh stamp.
  mutating func save(_ record: Record, _ module: Module, now: Int64) {
    var record = record
    record.modified = now - now % 1000
    record.touched = now
    self[store: module].put(record)
  }

  mutating func delete(_ record: Record, _ module: Module, now: Int64) {
    var record = record
    record.deletedAt = now - now % 1000
    self[store: module].put(record)
  }

  mutating func upsert(_ call: Call, _ module: Module) throws(Refusal) -> SandboxResponse {
    let keys = (try call.json()["duplicate_check_fields"]?.array ?? []).compactMap(\.string)
    var answers: [Row] = []
    for (place, row) in try rows(call).enumerated() {
      var body = row.object ?? [:]
      let key = (keys.isEmpty ? [module.upsertKey] : keys).first { name in
        body[name]?.string.map { holder(of: $0, name, module, but: "") != nil } ?? false
      }
      do throws(Refusal) {
        if let key, let text = body[key]?.string,
          let old = holder(of: text, key, module, but: "")
        {
          body["id"] = .string(old)
          answers.append(
            .done(try change(body, module, place, now: call.now), action: "update"))
        } else {
          answers.append(
            .done(try create(body, module, place, now: call.now).id, action: "insert"))
        }
      } catch { answers.append(.refused(error)) }
    }
    return answer(answers, module, done: "record added", status: 200)
  }

  /// All rows in their order; the status tells whether they fared alike.
  private func answer(
    _ rows: [Row], _ module: Module, done: String, status: Int
  ) -> SandboxResponse {
    var refused = 0
    let shown: [JSONValue] = rows.map { row in
      switch row {
      case .refused(let refusal):
        refused += 1
        return refusal.body
      case .done(let id, let action):
        guard let record = self[store: module].records[id] else { return .null }
        var object: JSONValue.Object = ["code": "SUCCESS"]
        if let action {
          object["duplicate_field"] = .null
          object["action"] = .string(action)
        }
        object["details"] = [
          "id": .string(id), "Created_Time": .string(stamp(record.created)),
          "Modified_Time": .string(stamp(record.modified)),
          "Created_By": users.first?.short ?? .null, "Modified_By": users.first?.short ?? .null,
        ]
        object["message"] = .string(done)
        object["status"] = "success"
        return .object(object)
      }
    }
    let code = refused == 0 ? status : refused < rows.count ? 207 : rows.count == 1 ? 400 : 202
    return .json(["data": .array(shown)], status: code)
  }
}
