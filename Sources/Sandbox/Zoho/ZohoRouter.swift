extension ZohoSandbox {
  mutating func route(_ call: Call) throws(Refusal) -> SandboxResponse {
    let rest = Array(call.parts.dropFirst())
    switch call.parts[0] {
    case "org": return try orgRoutes(call, rest)
    case "users":
      try call.grant.require("users")
      return try userRoutes(call, rest)
    case "settings": return try settingsRoutes(call, rest)
    case "coql":
      guard call.method == "POST", rest.isEmpty else { throw .wrongMethod }
      try call.grant.require("coql")
      return try coql(call)
    default: break
    }
    guard let module = Module(rawValue: call.parts[0]) else {
      throw Refusal(
        400, "INVALID_MODULE", "the module name given seems to be invalid",
        ["resource_path_index": 0])
    }
    try call.grant.require("modules", module.scope, writes: call.method != "GET")
    return try moduleRoutes(call, module, rest)
  }

  private mutating func moduleRoutes(
    _ call: Call, _ module: Module, _ rest: [String]
  ) throws(Refusal) -> SandboxResponse {
    switch (call.method, rest.count, rest.first) {
    case ("GET", 0, _): return try list(call, module)
    case ("POST", 0, _): return try insert(call, module)
    case ("PUT", 0, _): return try update(call, module, only: nil)
    case ("DELETE", 0, _): return try remove(call, module, try call.required("ids"))
    case ("GET", 1, "deleted"): return try deleted(call, module)
    case ("POST", 1, "upsert"): return try upsert(call, module)
    case ("GET", 2, "actions") where rest[1] == "count":
      return .json(["count": .integer(self[store: module].live.count)])
    case ("GET", 1, _): return try one(call, module, rest[0])
    case ("PUT", 1, _): return try update(call, module, only: rest[0])
    case ("DELETE", 1, _): return try remove(call, module, rest[0])
    case ("GET", 2, _): return try related(call, module, rest[0], rest[1])
    case ("PUT", 2, _), ("DELETE", 3, _): return try link(call, module, rest)
    case ("POST", 3, _) where rest[1] == "actions" && rest[2] == "merge":
      return try mergeCall(call, module, rest[0])
    case (_, 0...3, _): throw .wrongMethod
    default: throw .noRoute
    }
  }

  /// A live record by its id, as a path names it.
  func existing(_ id: String, _ module: Module) throws(Refusal) -> Record? {
    guard !id.isEmpty, id.allSatisfy({ $0.isASCII && $0.isNumber }) else {
      throw Refusal(
        400, "INVALID_DATA", "the id given seems to be invalid", ["resource_path_index": 1])
    }
    guard let record = self[store: module].records[id], record.isLive else { return nil }
    return record
  }

  private func one(
    _ call: Call, _ module: Module, _ id: String
  ) throws(Refusal) -> SandboxResponse {
    guard let record = try existing(id, module) else { return .nothing }
    if let since = try call.since(), record.modified < since { return .unchanged }
    let names = call.request.queryValue("fields").map { $0.split(separator: ",").map(String.init) }
    return .json(["data": [view(record, module, only: names)]])
  }

  private mutating func remove(
    _ call: Call, _ module: Module, _ list: String
  ) throws(Refusal) -> SandboxResponse {
    let ids = list.split(separator: ",").map(String.init)
    guard ids.count <= 100 else { throw Refusal(400, "LIMIT_EXCEEDED", "too many ids") }
    var rows: [JSONValue] = []
    for id in ids {
      guard let record = try existing(id, module) else {
        rows.append(
          Refusal(400, "INVALID_DATA", "the id given seems to be invalid", ["id": .string(id)])
            .body)
        continue
      }
      delete(record, module, now: call.now)
      rows.append([
        "code": "SUCCESS", "details": ["id": .string(id)], "message": "record deleted",
        "status": "success",
      ])
    }
    return .json(["data": .array(rows)])
  }
}

extension SandboxResponse {
  /// Nothing is there: neither body nor content type.
  static let nothing = SandboxResponse(status: 204)
  static let unchanged = SandboxResponse(status: 304)
}
