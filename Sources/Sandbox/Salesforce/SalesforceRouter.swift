extension SalesforceSandbox {
  mutating func route(_ call: Call) throws(Refusal) -> SandboxResponse {
    guard let head = call.parts.first else {
      return .json(["query": .string("/services/data/\(call.version)/query")])
    }
    let rest = Array(call.parts.dropFirst())
    switch head {
    case "query", "queryAll": return try queryRoutes(call)
    case "limits":
      return .json([
        "DailyApiRequests": [
          "Max": .integer(meter.daily), "Remaining": .integer(max(0, meter.daily - meter.used)),
        ]
      ])
    case "sobjects": return try recordRoutes(call, rest)
    case "composite":
      guard rest.first == "sobjects" else { throw .noResource }
      return try collectionRoutes(call, Array(rest.dropFirst()))
    case "tooling":
      guard rest == ["sobjects", "CustomField"] else { throw .noResource }
      return try toolingRoute(call)
    case "connect":
      guard rest == ["organization"], call.method == "GET" else { throw .noResource }
      return .json(organizationSettings)
    default: throw .noResource
    }
  }

  private var organizationSettings: JSONValue {
    var features: JSONValue.Object = ["multiCurrency": .bool(org.isMultiCurrency)]
    if !org.isMultiCurrency { features["defaultCurrencyIsoCode"] = .string(org.currency) }
    return [
      "orgId": .string(self[store: .organization].records.keys.first ?? ""),
      "name": .string(org.name), "features": .object(features),
      "userSettings": ["currencySymbol": .string(org.currency)],
    ]
  }

  func kind(_ name: String) throws(Refusal) -> Kind {
    guard let kind = Kind(named: name) else { throw .noResource }
    return kind
  }

  private mutating func recordRoutes(
    _ call: Call, _ rest: [String]
  ) throws(Refusal) -> SandboxResponse {
    guard let head = rest.first else { return .json(globalDescribe(call)) }
    let kind = try kind(head)
    switch (call.method, rest.count) {
    case ("GET", 1): return .json(["objectDescribe": describe(kind, call), "recentItems": []])
    case ("POST", 1):
      let record = try create(kind, try call.object(), user: call.user, now: call.now)
      return Self.saved(record, isCreated: nil, call)
    case ("GET", 2) where rest[1] == "describe": return .json(describe(kind, call))
    case ("GET", 2) where ["updated", "deleted"].contains(rest[1]):
      return try replication(kind, rest[1], call)
    case ("GET", 2): return try shown(try found(rest[1], kind), call)
    case ("PATCH", 2):
      let record = try found(rest[1], kind)
      try checkUnmodified(record, call)
      _ = try update(record, try call.object(), user: call.user, now: call.now)
      return SandboxResponse(status: 204)
    case ("DELETE", 2):
      try delete(try found(rest[1], kind), now: call.now)
      return SandboxResponse(status: 204)
    case ("GET", 3): return try shown(try held(kind, rest[1], rest[2]), call)
    case ("PATCH", 3): return try upsertOne(kind, rest[1], rest[2], call)
    case (_, 1), (_, 2), (_, 3): throw .wrongMethod(call.method)
    case (_, _): throw .noResource
    }
  }

  static func saved(_ record: Record, isCreated: Bool?, _ call: Call) -> SandboxResponse {
    var body: JSONValue.Object = ["id": .string(record.id), "success": true, "errors": []]
    body["created"] = isCreated.map { .bool($0) }
    let path = "/services/data/\(call.version)/sobjects/\(record.kind.name)/\(record.id)"
    return .json(
      .object(body), status: isCreated == false ? 200 : 201,
      headers: [.init(name: "Location", value: path)])
  }

  /// A live record by its id.
  func found(_ text: String, _ kind: Kind) throws(Refusal) -> Record {
    guard let id = SalesforceID.long(text) else {
      throw Refusal(
        "NOT_FOUND", "Provided external ID field does not exist or is not accessible: \(text)",
        status: 404)
    }
    guard let record = self[store: kind].records[id] else { throw .noResource }
    guard !record.isDeleted else { throw .deleted() }
    return record
  }

  private func shown(_ record: Record, _ call: Call) throws(Refusal) -> SandboxResponse {
    var columns = visible(record.kind, to: call.user)
    if let names = call.request.queryValue("fields") {
      var wanted: [Field] = []
      for name in names.split(separator: ",") {
        guard let field = columns.first(where: { $0.name.lowercased() == name.lowercased() })
        else { throw .unknownField(String(name), on: record.kind) }
        wanted.append(field)
      }
      columns = wanted
    }
    let paths = columns.map { Query.Path(steps: [], field: $0) }
    return .json(row(record, paths, version: call.version))
  }

  private func checkUnmodified(_ record: Record, _ call: Call) throws(Refusal) {
    guard let since = call.request.headers["if-unmodified-since"] else { return }
    let own = SandboxTime(milliseconds: record.stamp).httpDate
    guard since == own else {
      throw Refusal(
        "PRECONDITION_FAILED", "The record was changed after \(since)", status: 412)
    }
  }

  private func replication(
    _ kind: Kind, _ which: String, _ call: Call
  ) throws(Refusal) -> SandboxResponse {
    guard let start = call.request.queryValue("start").flatMap({ SandboxTime(iso: $0) }),
      let end = call.request.queryValue("end").flatMap({ SandboxTime(iso: $0) })
    else { throw Refusal("INVALID_REPLICATION_DATE", "startDate and endDate are needed") }
    guard end.milliseconds > start.milliseconds + 60_000 else {
      throw Refusal(
        "INVALID_REPLICATION_DATE", "startDate should precede endDate by more than a minute")
    }
    let records = self[store: kind].byStamp
      .filter { ($0.stamp >= start.milliseconds) && ($0.stamp <= end.milliseconds) }
      .compactMap { self[store: kind].records[$0.id] }
    let covered = JSONValue.string(Self.stamp(end.milliseconds))
    guard which == "deleted" else {
      return .json([
        "ids": .array(records.filter { !$0.isDeleted }.map { .string($0.id) }),
        "latestDateCovered": covered,
      ])
    }
    return .json([
      "deletedRecords": .array(
        records.filter(\.isDeleted).map {
          ["id": .string($0.id), "deletedDate": .string(Self.stamp($0.stamp))]
        }),
      "earliestDateAvailable": .string(Self.stamp(call.now - 15 * 86_400_000)),
      "latestDateCovered": covered,
    ])
  }

  private func globalDescribe(_ call: Call) -> JSONValue {
    [
      "encoding": "UTF-8", "maxBatchSize": 200,
      "sobjects": .array(
        Kind.allCases.map { kind in
          [
            "name": .string(kind.name), "label": .string(kind.name),
            "keyPrefix": .string(kind.prefix), "custom": false,
            "createable": .bool(kind.isCreateable), "queryable": true,
          ]
        }),
    ]
  }

  func describe(_ kind: Kind, _ call: Call) -> JSONValue {
    [
      "name": .string(kind.name), "label": .string(kind.name),
      "labelPlural": .string(kind.name + "s"), "keyPrefix": .string(kind.prefix),
      "custom": false, "createable": .bool(kind.isCreateable),
      "updateable": .bool(kind.isCreateable), "deletable": .bool(kind.isCreateable),
      "queryable": true, "replicateable": true, "mergeable": .bool(kind.isMergeable),
      "feedEnabled": false, "fields": .array(visible(kind, to: call.user).map(\.json)),
      "childRelationships": [],
      "recordTypeInfos": [
        [
          "active": true, "available": true, "defaultRecordTypeMapping": true,
          "developerName": "Master", "master": true, "name": "Master",
          "recordTypeId": "012000000000000AAA",
        ]
      ],
      "urls": [
        "describe": .string("/services/data/\(call.version)/sobjects/\(kind.name)/describe")
      ],
    ]
  }
}
