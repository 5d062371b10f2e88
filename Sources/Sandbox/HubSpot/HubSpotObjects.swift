extension HubSpotSandbox {
  /// The live record of that id, also when the id was merged into another record.
  func resolve(_ text: String, _ kind: Kind) -> Record? {
    guard var id = Int(text) else { return nil }
    while let next = aliases[id] { id = next }
    guard let record = self[store: kind].records[id], record.isLive else { return nil }
    return record
  }

  /// A live record under its own id or a unique property's value; merged ids only by record id.
  private func find(_ text: String, _ kind: Kind, by property: String?) throws(Refusal) -> Record? {
    guard let property, !property.isEmpty, property != "hs_object_id" else {
      return resolve(text, kind)
    }
    try requireUnique(property, kind)
    return holder(of: text, property: property, kind).flatMap { self[store: kind].records[$0] }
  }

  func requireUnique(_ property: String, _ kind: Kind) throws(Refusal) {
    guard self[schema: kind][property]?.isUnique == true else {
      throw .validation("Unable to perform update/upsert by non-unique property \(property)")
    }
  }

  /// Whom a unique value belongs to; a contact also answers to its additional addresses.
  func holder(of value: String, property: String, _ kind: Kind) -> Int? {
    if let id = self[store: kind].holder(of: value, property: property) { return id }
    guard kind == .contacts, property == "email" else { return nil }
    return additionalEmails[value.lowercased()].flatMap { id in
      self[store: kind].records[id]?.isLive == true ? id : nil
    }
  }

  func json(
    _ record: Record, _ kind: Kind, properties: [String], history: [String] = []
  ) -> JSONValue.Object {
    var object: JSONValue.Object = ["id": .string(String(record.id))]
    var values: JSONValue.Object = [:]
    let wanted = (properties.isEmpty ? kind.defaultProperties : properties) + history
    let always = [kind.createdProperty, kind.modifiedProperty, "hs_object_id"]
    let known = wanted.filter { self[schema: kind][$0] != nil }
    for name in Set(known + always).sorted() {
      values[name] = value(name, of: record, kind: kind).map { .string($0) } ?? .null
    }
    object["properties"] = .object(values)
    if !history.isEmpty { object["propertiesWithHistory"] = past(record, kind, history) }
    object["createdAt"] = .string(Stamp.text(record.created))
    object["updatedAt"] = .string(Stamp.text(record.modified))
    object["archived"] = .bool(!record.isLive)
    if let archivedAt = record.archivedAt {
      object["archivedAt"] = .string(Stamp.text(archivedAt))
    }
    object["url"] = .string(
      "https://app.hubspot.com/contacts/\(account.portal)/record/\(kind.typeID)/\(record.id)")
    return object
  }

  /// Only the present value is kept, so the history of a property has at most one entry.
  private func past(_ record: Record, _ kind: Kind, _ names: [String]) -> JSONValue {
    var object: JSONValue.Object = [:]
    for name in names {
      let entry = value(name, of: record, kind: kind).map {
        [
          "value": .string($0), "timestamp": .string(Stamp.text(record.modified)),
          "sourceType": "INTEGRATION",
        ] as JSONValue
      }
      object[name] = .array([entry].compactMap(\.self))
    }
    return .object(object)
  }

  func list(_ call: Call, _ kind: Kind) throws(Refusal) -> SandboxResponse {
    let history = call.list("propertiesWithHistory")
    let limit = try call.limit(standard: 10, most: history.isEmpty ? 100 : 50)
    let archived = call.flag("archived")
    let linked = try linkedKinds(call)
    let store = self[store: kind]
    var position = 0
    if let after = call.request.queryValue("after"), !after.isEmpty {
      guard let id = Int(after) else { throw .validation("Invalid after: \(after)") }
      position = store.position(from: id)
    }
    var results: [JSONValue] = []
    while position < store.order.count {
      let record = store.records[store.order[position]]
      if let record, record.isLive != archived {
        if results.count == limit {
          let next = call.nextLink(after: String(record.id))
          return .json(["results": .array(results), "paging": ["next": next]])
        }
        var object = json(record, kind, properties: call.list("properties"), history: history)
        if let found = linkedIDs(record, kind, linked) { object["associations"] = found }
        results.append(.object(object))
      }
      position += 1
    }
    return .json(["results": .array(results)])
  }

  private func linkedKinds(_ call: Call) throws(Refusal) -> [Kind] {
    try call.list("associations").map { name throws(Refusal) in
      try kind(name.replacing(" ", with: "_"))
    }
  }

  func getOne(_ call: Call, _ kind: Kind, _ id: String) throws(Refusal) -> SandboxResponse {
    let linked = try linkedKinds(call)
    let found: Record?
    if call.flag("archived") {
      found = Int(id).flatMap { self[store: kind].records[$0] }.flatMap { $0.isLive ? nil : $0 }
    } else {
      found = try find(id, kind, by: call.request.queryValue("idProperty"))
    }
    guard let found else { throw .noObject(id) }
    var object = json(
      found, kind, properties: call.list("properties"),
      history: call.list("propertiesWithHistory"))
    if let linked = linkedIDs(found, kind, linked) { object["associations"] = linked }
    return .json(.object(object))
  }

  /// `associations` of a list or get: one entry per association type; nil when there are none.
  private func linkedIDs(_ record: Record, _ kind: Kind, _ wanted: [Kind]) -> JSONValue? {
    var object: JSONValue.Object = [:]
    for other in wanted {
      let several = links.types(from: kind, to: other).count > 1
      var results: [JSONValue] = []
      let ends = liveEnds(record.id, kind, other)
      for end in ends.prefix(limits.associationPage) {
        for type in end.types.compactMap({ links.type($0, from: kind, to: other) }) {
          results.append([
            "id": .string(String(end.id)), "type": .string(type.name(amongSeveral: several)),
          ])
        }
      }
      guard !results.isEmpty else { continue }
      var list: JSONValue.Object = ["results": .array(results)]
      if ends.count > limits.associationPage {
        let after = String(ends[limits.associationPage].id)
        let path = "/crm/v4/objects/\(kind.name)/\(record.id)/associations/\(other.name)"
        list["paging"] = [
          "next": [
            "after": .string(after),
            "link": .string("https://api.hubapi.com\(path)?after=\(after)"),
          ]
        ]
      }
      object[other.associationKey] = .object(list)
    }
    return object.isEmpty ? nil : .object(object)
  }

  func liveEnds(_ id: Int, _ kind: Kind, _ other: Kind) -> [Links.End] {
    links.all(from: kind, id, to: other).filter {
      self[store: other].records[$0.id]?.isLive == true
    }
  }

  mutating func createOne(
    _ call: Call, _ kind: Kind, _ version: Version
  ) throws(Refusal) -> SandboxResponse {
    let record = try create(try call.json(), kind, version, now: call.now)
    let object = json(record, kind, properties: Array(record.values.keys))
    return .json(.object(object), status: 201)
  }

  mutating func patchOne(
    _ call: Call, _ kind: Kind, _ id: String, _ version: Version
  ) throws(Refusal) -> SandboxResponse {
    let body = try call.json()
    guard let found = try find(id, kind, by: call.request.queryValue("idProperty")) else {
      throw .noObject(id)
    }
    let changes = try changes(body["properties"], for: found, kind, version)
    let record = update(found, kind, changes, now: call.now)
    return .json(.object(json(record, kind, properties: Array(changes.keys))))
  }
}
