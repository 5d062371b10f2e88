extension PipedriveSandbox {
  mutating func route(_ call: Call) throws(Refusal) -> SandboxResponse {
    guard let head = call.parts.first else { throw .noRoute }
    let rest = Array(call.parts.dropFirst())
    if call.version == "v1" { return try routeOld(call, head, rest) }
    guard call.version == "v2" else { throw .noRoute }
    if let kind = Kind(fieldsPath: head) { return try fieldRoutes(call, kind, rest) }
    switch head {
    case "pipelines", "stages":
      try require(anyOf: ["base", "admin", "deals:read", "deals:full"], call)
      return try settingsRoutes(call, head, rest)
    case "itemSearch": return try itemSearch(call, rest)
    default: break
    }
    guard let kind = Kind(path: head) else { throw .noRoute }
    try requireAccess(to: kind, call)
    if kind == .deals, let answer = try dealRoutes(call, rest) { return answer }
    return try recordRoutes(call, kind, rest)
  }

  private mutating func recordRoutes(
    _ call: Call, _ kind: Kind, _ rest: [String]
  ) throws(Refusal) -> SandboxResponse {
    switch (call.method, rest.count) {
    case ("GET", 0): return try list(call, kind)
    case ("POST", 0):
      let record = try create(kind, try call.json(), call.user, now: call.now)
      return .json(["success": true, "data": view(record, kind)], status: created(kind))
    case ("GET", 1) where rest[0] == "search" && kind != .activities:
      return try search(call, kind)
    case ("GET", 1):
      try call.allow("include_fields", "custom_fields", "include_option_labels", "include_labels")
      let keys = try customKeys(call, kind)
      let record = try existing(rest[0], kind, now: call.now)
      return .json(["success": true, "data": view(record, kind, custom: keys)])
    case ("PATCH", 1):
      let record = try update(
        try existing(rest[0], kind, now: call.now), kind, try call.json(), now: call.now)
      return .json(["success": true, "data": view(record, kind)])
    case ("DELETE", 1):
      let record = try existing(rest[0], kind, now: call.now)
      guard record.isLive else { throw .gone(kind.singular) }
      delete(record, kind, now: call.now)
      return .json(["success": true, "data": ["id": .integer(record.id)]])
    case (_, 0), (_, 1): throw .wrongMethod
    case (_, _): throw .noRoute
    }
  }

  private func created(_ kind: Kind) -> Int { kind == .products ? 201 : 200 }

  /// A record by its id: deleted ones for thirty days, then gone.
  func existing(_ id: String, _ kind: Kind, now: Int64) throws(Refusal) -> Record {
    guard let number = Int(id) else { throw .schema("Parameter 'id' must be a number") }
    guard let record = self[store: kind].records[number] else { throw .notFound(kind.singular) }
    if let deleted = record.deletedAt {
      guard deleted + Self.month > now else { throw .gone(kind.singular) }
      guard company.showsDeleted else { throw .notFound(kind.singular) }
    }
    return record
  }

  private func settingsRoutes(
    _ call: Call, _ head: String, _ rest: [String]
  ) throws(Refusal) -> SandboxResponse {
    guard call.method == "GET" else { throw .wrongMethod }
    switch rest.count {
    case 0:
      try call.allow("pipeline_id", "sort_by", "sort_direction", "limit", "cursor")
      let order = try order(call, by: ["id", "update_time", "add_time", "order_nr"])
      if head == "pipelines" {
        return page(pipelines, order, key: { ("", $0.id) }, show: { $0.json })
      }
      let pipeline = try call.integer("pipeline_id")
      let shown = stages.filter { pipeline == nil || $0.pipeline == pipeline }
      let sort = { (stage: Stage) in
        (order.field == "order_nr" ? padded(stage.order, 6) : "", stage.id)
      }
      return page(shown, order, key: sort, show: { $0.json })
    case 1:
      let id = Int(rest[0])
      let found =
        head == "pipelines"
        ? pipelines.first { $0.id == id }?.json : stages.first { $0.id == id }?.json
      guard let found else { throw .notFound(head == "pipelines" ? "Pipeline" : "Stage") }
      return .json(["success": true, "data": found])
    default: throw .noRoute
    }
  }
}
