extension HubSpotSandbox {
  private static let mostInputs = 100

  private func inputs(_ call: Call, most: Int = mostInputs) throws(Refusal) -> [JSONValue] {
    guard let inputs = try call.json()["inputs"]?.array else {
      throw .shape("\"inputs\" must be an array")
    }
    guard inputs.count <= most else {
      throw .validation("Invalid batch: \(inputs.count) inputs, the most is \(most)")
    }
    return inputs
  }

  private func id(of input: JSONValue) throws(Refusal) -> String {
    guard let id = input["id"]?.string ?? input["id"]?.digits else {
      throw .shape("every input needs an \"id\"")
    }
    return id
  }

  private func refuseDuplicates(_ ids: [String]) throws(Refusal) {
    var seen: Set<String> = []
    let repeated = ids.filter { !seen.insert($0).inserted }
    guard repeated.isEmpty else {
      throw .validation(
        "Duplicate IDs found in batch input: [\(repeated.joined(separator: ", "))]. "
          + "IDs must be unique.", context: ["ids": .array(repeated.map { .string($0) })])
    }
  }

  /// The common envelope; a partly failed batch is 207 except in the newest edition.
  func batchReply(
    _ results: [JSONValue], errors: [JSONValue], _ version: Version, status: Int, now: Int64
  ) -> SandboxResponse {
    var object: JSONValue.Object = ["status": "COMPLETE", "results": .array(results)]
    if !errors.isEmpty {
      object["numErrors"] = .integer(errors.count)
      object["errors"] = .array(errors)
    }
    object["startedAt"] = .string(Stamp.text(now))
    object["completedAt"] = .string(Stamp.text(now))
    return .json(.object(object), status: errors.isEmpty ? status : version.partial(status))
  }

  private func missingEntry(_ ids: [String]) -> JSONValue {
    Refusal(
      status: 404, category: "OBJECT_NOT_FOUND",
      message: "Could not get some \"records\", they may be deleted or not exist. "
        + "Check that ids are valid.",
      context: ["ids": .array(ids.map { .string($0) })]
    ).batchEntry(traceID: nil)
  }

  /// The live record under exactly that id: ids merged away do not work in a batch.
  private func exact(_ id: String, _ kind: Kind, by property: String?) -> Record? {
    let found = property.map { holder(of: id, property: $0, kind) } ?? Int(id)
    return found.flatMap { self[store: kind].records[$0] }
  }

  func batchRead(
    _ call: Call, _ kind: Kind, _ version: Version
  ) throws(Refusal) -> SandboxResponse {
    let body = try call.json()
    let property = body["idProperty"]?.string
    if let property, property != "hs_object_id" { try requireUnique(property, kind) }
    let by = property == "hs_object_id" ? nil : property
    let names = (body["properties"]?.array ?? []).compactMap(\.string)
    let history = (body["propertiesWithHistory"]?.array ?? []).compactMap(\.string)
    let archived = call.flag("archived")
    var seen: Set<String> = []
    var results: [JSONValue] = []
    var absent: [String] = []
    for input in try inputs(call, most: history.isEmpty ? Self.mostInputs : 50) {
      let id = try id(of: input)
      guard seen.insert(id).inserted else { continue }
      if let record = exact(id, kind, by: by), record.isLive != archived {
        results.append(.object(json(record, kind, properties: names, history: history)))
      } else {
        absent.append(id)
      }
    }
    let errors = absent.isEmpty ? [] : [missingEntry(absent)]
    return batchReply(results, errors: errors, version, status: 200, now: call.now)
  }

  /// With a trace id on every input failures are reported one by one; otherwise the first bad
  /// input fails the whole batch and nothing is written.
  private mutating func each(
    _ inputs: [JSONValue], _ kind: Kind, _ version: Version, status: Int, now: Int64,
    absent: [String] = [],
    check: (Self, JSONValue) throws(Refusal) -> Void,
    write: (inout Self, JSONValue) throws(Refusal) -> JSONValue.Object
  ) throws(Refusal) -> SandboxResponse {
    let isTraced =
      !inputs.isEmpty
      && inputs.allSatisfy {
        $0["objectWriteTraceId"]?.string?.isEmpty == false
      }
    if !isTraced {
      for input in inputs { try check(self, input) }
      try refuseRepeatedValues(inputs, kind)
    }
    var results: [JSONValue] = []
    var errors: [JSONValue] = []
    for input in inputs {
      let trace = input["objectWriteTraceId"]?.string
      do {
        var object = try write(&self, input)
        if let trace { object["objectWriteTraceId"] = .string(trace) }
        results.append(.object(object))
      } catch {
        errors.append(error.batchEntry(traceID: trace))
      }
    }
    if !absent.isEmpty { errors.append(missingEntry(absent)) }
    return batchReply(results, errors: errors, version, status: status, now: now)
  }

  /// Two inputs of one batch must not claim the same unique value.
  private func refuseRepeatedValues(_ inputs: [JSONValue], _ kind: Kind) throws(Refusal) {
    for property in self[schema: kind].uniqueNames {
      var seen: Set<String> = []
      for input in inputs {
        guard let value = input["properties"]?[property]?.string, !value.isEmpty else {
          continue
        }
        guard seen.insert(value.lowercased()).inserted else {
          throw .conflict("Duplicate value \(value) of \(property) in one batch")
        }
      }
    }
  }

  mutating func batchCreate(
    _ call: Call, _ kind: Kind, _ version: Version
  ) throws(Refusal) -> SandboxResponse {
    try each(
      try inputs(call), kind, version, status: 201, now: call.now,
      check: { (world, input) throws(Refusal) in
        _ = try world.creation(input, kind, version)
      },
      write: { (world, input) throws(Refusal) in
        let record = try world.create(input, kind, version, now: call.now)
        return world.json(record, kind, properties: Array(record.values.keys))
      })
  }

  mutating func batchUpdate(
    _ call: Call, _ kind: Kind, _ version: Version
  ) throws(Refusal) -> SandboxResponse {
    let inputs = try inputs(call)
    try refuseDuplicates(try inputs.map { input throws(Refusal) in try id(of: input) })
    var known: [JSONValue] = []
    var absent: [String] = []
    for input in inputs {
      let property = input["idProperty"]?.string
      if let property { try requireUnique(property, kind) }
      let id = try id(of: input)
      if exact(id, kind, by: property)?.isLive == true {
        known.append(input)
      } else {
        absent.append(id)
      }
    }
    return try each(
      known, kind, version, status: 200, now: call.now, absent: absent,
      check: { (world, input) throws(Refusal) in
        _ = try world.planned(input, kind, version)
      },
      write: { (world, input) throws(Refusal) in
        let (found, changes) = try world.planned(input, kind, version)
        let record = world.update(found, kind, changes, now: call.now)
        return world.json(record, kind, properties: Array(changes.keys))
      })
  }

  private func planned(
    _ input: JSONValue, _ kind: Kind, _ version: Version
  ) throws(Refusal) -> (Record, Changes) {
    let id = try id(of: input)
    guard let found = exact(id, kind, by: input["idProperty"]?.string) else {
      throw .noObject(id)
    }
    return (found, try changes(input["properties"], for: found, kind, version))
  }

  mutating func batchUpsert(
    _ call: Call, _ kind: Kind, _ version: Version
  ) throws(Refusal) -> SandboxResponse {
    let inputs = try inputs(call)
    try refuseDuplicates(try inputs.map { input throws(Refusal) in try id(of: input) })
    for input in inputs {
      guard let property = input["idProperty"]?.string else {
        throw .validation("Unable to perform upsert: every input needs an idProperty")
      }
      try requireUnique(property, kind)
    }
    return try each(
      inputs, kind, version, status: 200, now: call.now,
      check: { (world, input) throws(Refusal) in
        if world.upsertHolder(input, kind) != nil {
          _ = try world.planned(input, kind, version)
        } else {
          _ = try world.creation(try world.upsertBody(input), kind, version)
        }
      },
      write: { (world, input) throws(Refusal) in
        try world.upsert(input, kind, version, now: call.now)
      })
  }

  private func upsertHolder(_ input: JSONValue, _ kind: Kind) -> Record? {
    guard let id = try? id(of: input) else { return nil }
    return exact(id, kind, by: input["idProperty"]?.string)
  }

  /// A created record carries the unique value it was asked for by.
  private func upsertBody(_ input: JSONValue) throws(Refusal) -> JSONValue {
    var values = input["properties"]?.object ?? [:]
    let property = input["idProperty"]?.string ?? ""
    if values[property] == nil { values[property] = .string(try id(of: input)) }
    return ["properties": .object(values)]
  }

  private mutating func upsert(
    _ input: JSONValue, _ kind: Kind, _ version: Version, now: Int64
  ) throws(Refusal) -> JSONValue.Object {
    let isNew = upsertHolder(input, kind) == nil
    let record: Record
    if isNew {
      record = try create(try upsertBody(input), kind, version, now: now)
    } else {
      let (found, changes) = try planned(input, kind, version)
      record = update(found, kind, changes, now: now)
    }
    let values = try upsertBody(input)["properties"]?.object
    var object = json(record, kind, properties: values?.keys ?? [])
    object["new"] = .bool(isNew)
    return object
  }

  mutating func batchArchive(_ call: Call, _ kind: Kind) throws(Refusal) -> SandboxResponse {
    let ids = try inputs(call).map { input throws(Refusal) in try id(of: input) }
    try refuseDuplicates(ids)
    for id in ids { if let id = Int(id) { archive(id, kind, now: call.now) } }
    return SandboxResponse(status: 204)
  }
}
