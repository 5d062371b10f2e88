extension HubSpotSandbox {
  mutating func route(_ call: Call) throws(Refusal) -> SandboxResponse {
    let parts = call.parts
    switch parts.first {
    case "account-info": return try accountInfo(call, Array(parts.dropFirst()))
    case "tax-rates": return try taxRateRoutes(call, Array(parts.dropFirst()))
    case "settings": return try currencyRoutes(call, Array(parts.dropFirst()))
    default: break
    }
    guard parts.count >= 3 else { throw .noRoute }
    if let version = Version(path: parts[1]), version == .v3 || version == .v4 {
      return try crm(call, area: parts[2], version, Array(parts.dropFirst(3)))
    }
    guard let version = Version(path: parts[2]), version != .v3,
      version != .v4 || parts[1] == "associations"
    else { throw .noRoute }
    return try crm(call, area: parts[1], version, Array(parts.dropFirst(3)))
  }

  private mutating func crm(
    _ call: Call, area: String, _ version: Version, _ rest: [String]
  ) throws(Refusal) -> SandboxResponse {
    let isDated = version == .march2026 || version == .september2026
    switch area {
    case "objects" where rest.count >= 4 && rest[2] == "associations" && version != .v3:
      return try objectLinks(call, rest)
    case "objects" where version != .v4: return try objects(call, version, rest)
    case "associations" where isDated || version == .v4:
      return try associations(call, version, rest)
    case "properties" where isDated || version == .v3: return try properties(call, rest)
    case "pipelines" where isDated || version == .v3: return try pipelineRoutes(call, rest)
    case "owners" where isDated || version == .v3: return try ownerRoutes(call, rest)
    default: throw .noRoute
    }
  }

  func kind(_ path: String) throws(Refusal) -> Kind {
    guard let kind = Kind(path: path) else {
      throw .validation("Unable to infer object type from: \(path)")
    }
    return kind
  }

  private mutating func objects(
    _ call: Call, _ version: Version, _ rest: [String]
  ) throws(Refusal) -> SandboxResponse {
    guard let first = rest.first else { throw .noRoute }
    let kind = try kind(first)
    switch (call.method, rest.count, rest.count > 1 ? rest[1] : "") {
    case ("GET", 1, _):
      try require(.read, kind, call)
      return try list(call, kind)
    case ("POST", 1, _):
      try require(.write, kind, call)
      return try createOne(call, kind, version)
    case ("POST", 2, "search"):
      try require(.read, kind, call)
      return try search(call, kind)
    case ("POST", 2, "merge"):
      try require(.write, kind, call)
      return try merge(call, kind)
    case ("GET", 2, let id):
      try require(.read, kind, call)
      return try getOne(call, kind, id)
    case ("PATCH", 2, let id):
      try require(.write, kind, call)
      return try patchOne(call, kind, id, version)
    case ("DELETE", 2, let id):
      try require(.write, kind, call)
      if let record = resolve(id, kind) { archive(record.id, kind, now: call.now) }
      return SandboxResponse(status: 204)
    case ("POST", 3, "batch"): return try batch(call, kind, version, rest[2])
    case (_, 1, _), (_, 2, _), (_, 3, "batch"): throw .wrongMethod
    case (_, _, _): throw .noRoute
    }
  }

  private mutating func batch(
    _ call: Call, _ kind: Kind, _ version: Version, _ operation: String
  ) throws(Refusal) -> SandboxResponse {
    switch operation {
    case "read":
      try require(.read, kind, call)
      return try batchRead(call, kind, version)
    case "create", "update", "upsert", "archive":
      try require(.write, kind, call)
      switch operation {
      case "create": return try batchCreate(call, kind, version)
      case "update": return try batchUpdate(call, kind, version)
      case "upsert": return try batchUpsert(call, kind, version)
      default: return try batchArchive(call, kind)
      }
    default: throw .noRoute
    }
  }
}
