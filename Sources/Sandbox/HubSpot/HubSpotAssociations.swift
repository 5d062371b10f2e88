extension HubSpotSandbox {
  /// The far end of a link to be made.
  struct LinkTarget: Sendable {
    var kind: Kind
    var id: Int
    var types: [LinkType]
  }

  private static let mostReads = 1000
  private static let mostPairs = 2000

  /// `associations` of a creation; the type id tells what kind of record is meant.
  func linkTargets(_ json: JSONValue?, from kind: Kind) throws(Refusal) -> [LinkTarget] {
    guard let json, !json.isNull else { return [] }
    guard let list = json.array else { throw .shape("\"associations\" must be an array") }
    return try list.map { entry throws(Refusal) in
      let specs = entry["types"]?.array ?? []
      guard let first = specs.first?["associationTypeId"]?.int,
        let known = LinkType.standard.first(where: { $0.from == kind && $0.id == first })
      else { throw invalidType(specs.first, kind.name, "any") }
      let types = try linkTypes(specs, from: kind, to: known.to)
      let id = try self.id(entry["to"])
      guard let record = resolve(id, known.to) else { throw noTarget(id, known.to) }
      try requireSingleParent(kind, nil, known.to, record.id)
      return LinkTarget(kind: known.to, id: record.id, types: types)
    }
  }

  func linkTypes(
    _ specs: [JSONValue], from: Kind, to: Kind
  ) throws(Refusal) -> [LinkType] {
    guard !specs.isEmpty else { throw .shape("\"types\" must not be empty") }
    return try specs.map { spec throws(Refusal) in
      guard let id = spec["associationTypeId"]?.int,
        let type = links.type(id, from: from, to: to),
        spec["associationCategory"]?.string == type.category
      else { throw invalidType(spec, from.name, to.name) }
      return type
    }
  }

  private func invalidType(_ spec: JSONValue?, _ from: String, _ to: String) -> Refusal {
    let id = spec?["associationTypeId"]?.digits ?? "null"
    let category = spec?["associationCategory"]?.string ?? "null"
    return .validation(
      "No association type \(id) of category \(category) exists from \(from) to \(to). "
        + "Type ids differ by direction.",
      context: ["associationTypeId": [.string(id)]])
  }

  private func noTarget(_ id: String, _ kind: Kind) -> Refusal {
    .validation(
      "One or more associations are not valid: \(kind.singular) \(id) does not exist",
      context: ["INVALID_OBJECT_IDS": [.string("\(kind.name)=\(id)")]])
  }

  private func id(_ json: JSONValue?) throws(Refusal) -> String {
    guard let id = json?["id"]?.string ?? json?["id"]?.digits else {
      throw .shape("\"from\" and \"to\" need an \"id\"")
    }
    return id
  }

  /// A line item belongs to exactly one deal.
  private func requireSingleParent(
    _ from: Kind, _ id: Int?, _ to: Kind, _ other: Int
  ) throws(Refusal) {
    let (item, deal): (Int?, Int?) =
      switch (from, to) {
      case (.deals, .lineItems): (other, id)
      case (.lineItems, .deals): (id, other)
      case (_, _): (nil, nil)
      }
    guard let item, let parent = links.all(from: .lineItems, item, to: .deals).first,
      parent.id != deal
    else { return }
    throw .validation("Line item \(item) already belongs to deal \(parent.id)")
  }

  /// Both ends as live records, in this order.
  func pair(
    _ from: Kind, _ id: String, _ to: Kind, _ other: String
  ) throws(Refusal) -> (Int, Int) {
    guard let left = resolve(id, from) else { throw .noObject(id) }
    guard let right = resolve(other, to) else { throw .noObject(other) }
    try requireSingleParent(from, left.id, to, right.id)
    return (left.id, right.id)
  }

  func plainType(_ from: Kind, _ to: Kind) throws(Refusal) -> LinkType {
    guard let type = links.types(from: from, to: to).first else {
      throw .validation("\(from.name) cannot be associated with \(to.name)")
    }
    return type
  }

  func endJSON(_ end: Links.End, _ from: Kind, _ to: Kind) -> JSONValue {
    [
      "toObjectId": .integer(end.id),
      "associationTypes": .array(
        end.types.compactMap { links.type($0, from: from, to: to)?.json }),
    ]
  }

  func labelsJSON(_ from: Kind, _ id: Int, _ to: Kind, _ other: Int) -> JSONValue {
    let end = links.all(from: from, id, to: to).first { $0.id == other }
    let labels = (end?.types ?? []).compactMap { links.type($0, from: from, to: to)?.label }
    return [
      "fromObjectTypeId": .string(from.typeID), "fromObjectId": .integer(id),
      "toObjectTypeId": .string(to.typeID), "toObjectId": .integer(other),
      "labels": .array(labels.map { .string($0) }),
    ]
  }

  func defaultJSON(_ type: LinkType, _ id: Int, _ other: Int) -> [JSONValue] {
    let there: JSONValue = [
      "from": ["id": .string(String(id))], "to": ["id": .string(String(other))],
      "associationSpec": [
        "associationCategory": .string(type.category), "associationTypeId": .integer(type.id),
      ],
    ]
    let back: JSONValue = [
      "from": ["id": .string(String(other))], "to": ["id": .string(String(id))],
      "associationSpec": [
        "associationCategory": .string(type.category),
        "associationTypeId": .integer(type.reverse),
      ],
    ]
    return [there, back]
  }

  /// One page of links; the cursor is the id that comes next.
  func page(
    _ ends: [Links.End], after: String?, limit: Int
  ) throws(Refusal) -> (ends: ArraySlice<Links.End>, next: String?) {
    var start = 0
    if let after, !after.isEmpty {
      guard let id = Int(after) else { throw .validation("Invalid after: \(after)") }
      start = ends.firstIndex { $0.id >= id } ?? ends.count
    }
    let end = min(ends.count, start + limit)
    return (ends[start..<end], end < ends.count ? String(ends[end].id) : nil)
  }

  /// `/associations/{from}/{to}/…`
  mutating func associations(
    _ call: Call, _ version: Version, _ rest: [String]
  ) throws(Refusal) -> SandboxResponse {
    guard rest.count >= 3 else { throw .noRoute }
    let (from, to) = (try kind(rest[0]), try kind(rest[1]))
    let operation = rest.dropFirst(2).joined(separator: "/")
    if operation == "labels" {
      guard call.method == "GET" else { throw .wrongMethod }
      try require(.read, from, call)
      let list = links.types(from: from, to: to).map(\.json)
      return .json(["results": .array(list)])
    }
    guard call.method == "POST" else { throw .wrongMethod }
    try require(operation == "batch/read" ? .read : .write, from, call)
    let most = operation == "batch/read" ? Self.mostReads : Self.mostPairs
    guard let inputs = try call.json()["inputs"]?.array else {
      throw .shape("\"inputs\" must be an array")
    }
    guard inputs.count <= most else {
      throw .validation("Invalid batch: \(inputs.count) inputs, the most is \(most)")
    }
    switch operation {
    case "batch/read":
      try require(.read, to, call)
      return try readLinks(inputs, from, to, version, now: call.now)
    case "batch/create": return try createLinks(inputs, from, to, version, now: call.now)
    case "batch/associate/default":
      return try associateDefault(inputs, from, to, now: call.now)
    case "batch/archive", "batch/labels/archive":
      try archiveLinks(inputs, from, to, labelsOnly: operation != "batch/archive")
      guard version != .v4 else { return SandboxResponse(status: 204) }
      return batchReply([], errors: [], version, status: 200, now: call.now)
    default: throw .noRoute
    }
  }

  private func readLinks(
    _ inputs: [JSONValue], _ from: Kind, _ to: Kind, _ version: Version, now: Int64
  ) throws(Refusal) -> SandboxResponse {
    var results: [JSONValue] = []
    var errors: [JSONValue] = []
    for input in inputs {
      let id = try id(input)
      let isLive = Int(id).flatMap { self[store: from].records[$0] }?.isLive == true
      let all = isLive ? Int(id).map { liveEnds($0, from, to) } ?? [] : []
      guard !all.isEmpty else {
        errors.append(noLinks(id, from, to))
        continue
      }
      let (ends, next) = try page(
        all, after: input["after"]?.string, limit: limits.associationPage)
      var object: JSONValue.Object = [
        "from": ["id": .string(id)], "to": .array(ends.map { endJSON($0, from, to) }),
      ]
      if let next {
        let path = "/crm/v4/objects/\(from.name)/\(id)/associations/\(to.name)"
        object["paging"] = [
          "next": [
            "after": .string(next),
            "link": .string("https://api.hubapi.com\(path)?after=\(next)"),
          ]
        ]
      }
      results.append(.object(object))
    }
    return batchReply(results, errors: errors, version, status: 200, now: now)
  }

  private func noLinks(_ id: String, _ from: Kind, _ to: Kind) -> JSONValue {
    Refusal(
      status: 404, category: "OBJECT_NOT_FOUND",
      message: "No \(to.singular) is associated with \(from.singular) \(id).",
      subCategory: "crm.associations.NO_ASSOCIATIONS_FOUND",
      context: [
        "fromObjectId": [.string(id)], "fromObjectType": [.string(from.typeID)],
        "toObjectType": [.string(to.typeID)],
      ]
    ).batchEntry(traceID: nil)
  }

  /// Pairs that cannot be linked are reported; the others are linked.
  private mutating func createLinks(
    _ inputs: [JSONValue], _ from: Kind, _ to: Kind, _ version: Version, now: Int64
  ) throws(Refusal) -> SandboxResponse {
    var results: [JSONValue] = []
    var errors: [JSONValue] = []
    for input in inputs {
      let types = try linkTypes(input["types"]?.array ?? [], from: from, to: to)
      do {
        let (id, other) = try pair(
          from, try id(input["from"]), to, try id(input["to"]))
        links.add(from: from, id, to: to, other, types: types)
        results.append(labelsJSON(from, id, to, other))
      } catch {
        errors.append(error.batchEntry(traceID: nil))
      }
    }
    return batchReply(results, errors: errors, version, status: 201, now: now)
  }

  private mutating func associateDefault(
    _ inputs: [JSONValue], _ from: Kind, _ to: Kind, now: Int64
  ) throws(Refusal) -> SandboxResponse {
    let type = try plainType(from, to)
    let pairs = try inputs.map { input throws(Refusal) in
      try pair(from, try id(input["from"]), to, try id(input["to"]))
    }
    for (id, other) in pairs { links.add(from: from, id, to: to, other, types: [type]) }
    return batchReply(
      pairs.flatMap { defaultJSON(type, $0, $1) }, errors: [], .v4, status: 200, now: now)
  }

  private mutating func archiveLinks(
    _ inputs: [JSONValue], _ from: Kind, _ to: Kind, labelsOnly: Bool
  ) throws(Refusal) {
    for input in inputs {
      let id = try id(input["from"])
      let ends = labelsOnly ? [input["to"] ?? .null] : input["to"]?.array ?? []
      let types =
        labelsOnly
        ? try linkTypes(input["types"]?.array ?? [], from: from, to: to) : nil
      for end in ends {
        let other = try self.id(end)
        if let left = Int(id), let right = Int(other) {
          links.remove(from: from, left, to: to, right, only: types)
        }
      }
    }
  }
}
