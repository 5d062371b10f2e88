/// Up to two hundred records at once, each judged by itself; and records by an external id.
extension SalesforceSandbox {
  private static let most = 200

  mutating func collectionRoutes(
    _ call: Call, _ rest: [String]
  ) throws(Refusal) -> SandboxResponse {
    switch (call.method, rest.count) {
    case ("POST", 0), ("PATCH", 0):
      return try collection(call) { (world, row) throws(Refusal) in
        call.method == "POST"
          ? (try world.createRow(row, call), nil) : (try world.updateRow(row, call), nil)
      }
    case ("PATCH", 2):
      let kind = try kind(rest[0])
      let field = try externalField(rest[1], kind, call)
      return try collection(call) { (world, row) throws(Refusal) in
        guard try world.type(of: row) == kind else {
          throw Refusal("INVALID_TYPE", "all records of an upsert must be of one type")
        }
        var body = row
        guard let key = body[field.name]?.string, !key.isEmpty else {
          throw Refusal(
            "MISSING_ARGUMENT", "\(field.name) not specified", fields: [field.name])
        }
        body[field.name] = .string(key)
        let (record, isCreated) = try world.upsert(kind, field, key, body, call)
        return (record.id, isCreated)
      }
    case ("DELETE", 0): return try deletions(call)
    case (_, 0), (_, 2): throw .wrongMethod(call.method)
    case (_, _): throw .noResource
    }
  }

  private mutating func collection(
    _ call: Call,
    _ work: (inout Self, JSONValue.Object) throws(Refusal) -> (id: String, created: Bool?)
  ) throws(Refusal) -> SandboxResponse {
    let body = try call.object()
    guard let records = body["records"]?.array else {
      throw .parser("The request must hold a list of records")
    }
    guard records.count <= Self.most else {
      throw Refusal(
        "EXCEEDED_MAX_SIZE_REQUEST",
        "record limit reached. cannot submit more than \(Self.most) records into this call")
    }
    if org.refusesWholeCollections { try checkNames(records) }
    let kept = body["allOrNone"]?.bool == true ? self : nil
    var answers: [JSONValue] = []
    var failed: [Bool] = []
    for record in records {
      do throws(Refusal) {
        guard let row = record.object else { throw .parser("a record is an object") }
        let done = try work(&self, row)
        var answer: JSONValue.Object = [
          "id": .string(done.id), "success": true, "errors": [],
        ]
        answer["created"] = done.created.map { .bool($0) }
        answers.append(.object(answer))
        failed.append(false)
      } catch {
        answers.append(["success": false, "errors": [error.row]])
        failed.append(true)
      }
    }
    if let kept, failed.contains(true) {
      self = kept
      let rolledBack = Refusal(
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "Record rolled back because not all records were valid and the request was using"
          + " AllOrNone header")
      for place in answers.indices where !failed[place] {
        answers[place] = ["success": false, "errors": [rolledBack.row]]
      }
    }
    return .json(.array(answers))
  }

  private func checkNames(_ records: [JSONValue]) throws(Refusal) {
    for record in records.compactMap(\.object) {
      let kind = try type(of: record)
      for name in record.keys where !["attributes", "id", "Id"].contains(name) {
        guard self[fields: kind].contains(where: { $0.name == name }) else {
          throw .unknownField(name, on: kind)
        }
      }
    }
  }

  /// The kind that `attributes` names; it must stand before the fields.
  private func type(of row: JSONValue.Object) throws(Refusal) -> Kind {
    guard row.keys.first == "attributes", let name = row["attributes"]?["type"]?.string else {
      throw .parser("Include an entity type in each record: attributes.type")
    }
    guard let kind = Kind(named: name) else {
      throw Refusal("INVALID_TYPE", "sObject type '\(name)' is not supported.")
    }
    return kind
  }

  private mutating func createRow(
    _ row: JSONValue.Object, _ call: Call
  ) throws(Refusal) -> String {
    let kind = try type(of: row)
    guard row["id"] == nil, row["Id"] == nil else {
      throw Refusal(
        "INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", fields: ["Id"])
    }
    return try create(kind, row, user: call.user, now: call.now).id
  }

  private mutating func updateRow(
    _ row: JSONValue.Object, _ call: Call
  ) throws(Refusal) -> String {
    let kind = try type(of: row)
    guard let text = (row["id"] ?? row["Id"])?.string else {
      throw Refusal("MISSING_ARGUMENT", "Id not specified in an update call", fields: ["Id"])
    }
    guard let id = SalesforceID.long(text), id.hasPrefix(kind.prefix) else {
      throw Refusal("MALFORMED_ID", "malformed id \(text)", fields: ["Id"])
    }
    guard let record = self[store: kind].records[id] else {
      throw Refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    }
    return try update(record, row, user: call.user, now: call.now).id
  }

  private mutating func deletions(_ call: Call) throws(Refusal) -> SandboxResponse {
    let ids = (call.request.queryValue("ids") ?? "").split(separator: ",").map(String.init)
    guard !ids.isEmpty, ids.count <= Self.most else {
      throw Refusal("INVALID_ARGUMENT", "ids: up to \(Self.most) of them")
    }
    var answers: [JSONValue] = []
    for text in ids {
      do throws(Refusal) {
        guard let record = SalesforceID.long(text).flatMap(live) else { throw .deleted() }
        try delete(record, now: call.now)
        answers.append(["id": .string(record.id), "success": true, "errors": []])
      } catch {
        answers.append(["id": .string(text), "success": false, "errors": [error.row]])
      }
    }
    return .json(.array(answers))
  }

  func externalField(
    _ name: String, _ kind: Kind, _ call: Call
  ) throws(Refusal) -> Field {
    let field = visible(kind, to: call.user).first {
      $0.name.lowercased() == name.lowercased() && $0.isExternalID
    }
    guard let field else {
      throw Refusal(
        "NOT_FOUND", "Provided external ID field does not exist or is not accessible: \(name)",
        status: 404)
    }
    return field
  }

  /// Live records that hold a value in an external id that need not be unique.
  private func holders(_ kind: Kind, _ field: Field, _ value: String) -> [Record] {
    if field.isUnique {
      return self[store: kind].holder(of: value, in: field.name)
        .flatMap { self[store: kind].records[$0] }.map { [$0] } ?? []
    }
    return self[store: kind].records.values.filter {
      !$0.isDeleted && $0.text(field.name)?.lowercased() == value.lowercased()
    }
  }

  mutating func upsert(
    _ kind: Kind, _ field: Field, _ key: String, _ body: JSONValue.Object, _ call: Call
  ) throws(Refusal) -> (Record, Bool) {
    let own = holders(kind, field, key)
    guard own.count <= 1 else {
      throw Refusal(
        "DUPLICATE_EXTERNAL_ID", "\(field.name): more than one record found for \(key)",
        fields: [field.name])
    }
    if let record = own.first {
      return (try update(record, body, user: call.user, now: call.now), false)
    }
    return (try create(kind, body, user: call.user, now: call.now), true)
  }

  mutating func upsertOne(
    _ kind: Kind, _ name: String, _ key: String, _ call: Call
  ) throws(Refusal) -> SandboxResponse {
    if name == "Id" {
      let record = try update(
        try found(key, kind), try call.object(), user: call.user, now: call.now)
      return Self.saved(record, isCreated: false, call)
    }
    let field = try externalField(name, kind, call)
    let own = holders(kind, field, key)
    if own.count > 1 { return choices(own, call) }
    if own.isEmpty, call.request.queryValue("updateOnly") == "true" { throw .noResource }
    var body = try call.object()
    guard body[field.name] == nil else {
      throw Refusal(
        "INVALID_FIELD",
        "The \(field.name) field should not be specified in the sobject data.", fields: [field.name]
      )
    }
    body[field.name] = .string(key)
    let (record, isCreated) = try upsert(kind, field, key, body, call)
    return Self.saved(record, isCreated: isCreated, call)
  }

  func held(_ kind: Kind, _ name: String, _ key: String) throws(Refusal) -> Record {
    let field = self[fields: kind].first { $0.name.lowercased() == name.lowercased() }
    guard let field, field.isExternalID else { throw .noResource }
    guard let record = holders(kind, field, key).first else { throw .noResource }
    return record
  }

  private func choices(_ records: [Record], _ call: Call) -> SandboxResponse {
    .json(
      .array(
        records.map(\.id).sorted().map {
          .string("/services/data/\(call.version)/sobjects/\(records[0].kind.name)/\($0)")
        }), status: 300)
  }
}
