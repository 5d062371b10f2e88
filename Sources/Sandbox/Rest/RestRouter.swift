extension RestSandbox {
  mutating func route(_ call: Call) throws(Refusal) -> SandboxResponse {
    guard let head = call.parts.first else { throw .noRoute }
    switch (call.method, head, call.parts.count) {
    case ("GET", "account", 1):
      try call.allow()
      return .json([
        "id": .string(account.id), "name": .string(account.name),
        "currency": .string(account.currency), "time_zone": .string(account.zone),
      ])
    case ("GET", "owners", 1):
      try call.allow()
      return .json(["items": .array(owners.map(view))])
    case ("GET", "pipelines", 1):
      try call.allow()
      return .json(["items": .array(pipelines.map(view))])
    default: break
    }
    guard let kind = Kind(rawValue: head) else { throw .noRoute }
    switch (call.method, call.parts.count) {
    case ("GET", 1): return try list(call, kind)
    case ("POST", 1): return try post(call, kind)
    case ("GET", 2):
      try call.allow()
      return .json(["item": view(try existing(call.parts[1], kind))])
    case ("PATCH", 2): return try patch(call, kind)
    case ("GET", 3) where kind == .deals && call.parts[2] == "lines":
      return try lineList(call, try existing(call.parts[1], kind))
    case (_, 1), (_, 2): throw Refusal(405, "method_not_allowed", "This cannot be done here")
    case (_, _): throw .noRoute
    }
  }

  func existing(_ text: String, _ kind: Kind) throws(Refusal) -> Record {
    guard let id = Int(text) else { throw Refusal(400, "bad_id", "An id is a number") }
    guard let record = live(id, kind) else { throw .notFound }
    return record
  }

  private func view(_ owner: Owner) -> JSONValue {
    [
      "id": .integer(owner.id), "name": .string(owner.name), "email": .string(owner.email),
      "active": .bool(owner.isActive),
    ]
  }

  private func view(_ pipeline: Pipeline) -> JSONValue {
    [
      "id": .integer(pipeline.id), "name": .string(pipeline.name),
      "stages": .array(
        pipeline.stages.map {
          ["id": .integer($0.id), "name": .string($0.name), "means": .string($0.means)]
        }),
    ]
  }

  // MARK: Lists

  /// By the time of change, then by id; a cursor goes on behind the last record of a page.
  private func list(_ call: Call, _ kind: Kind) throws(Refusal) -> SandboxResponse {
    try call.allow("changed_since", "limit", "cursor", "external_ref", "deal_id")
    let limit = try call.number("limit", 1...100, standard: 25)
    var found = records.values.filter { $0.kind == kind && $0.touched <= call.now - lag }
    if let text = call.request.queryValue("changed_since") {
      guard text.hasSuffix("Z"), let since = SandboxTime(iso: text) else {
        throw Refusal(400, "bad_parameter", "changed_since must be a time in UTC, as …Z")
      }
      if !habits.contains(.ignoresSince) {
        found = found.filter { $0.changed >= since.milliseconds }
      }
    } else {
      found = found.filter { !$0.isDeleted }
    }
    for name in ["external_ref", "deal_id"] {
      guard let wanted = call.request.queryValue(name) else { continue }
      found = found.filter { ($0.values[name]?.string ?? $0.values[name]?.digits) == wanted }
    }
    let sorted = found.sorted { ($0.changed, $0.id) < ($1.changed, $1.id) }
    let rest = try remaining(sorted, call)
    let page = Array(rest.prefix(limit))
    let last = rest.count > limit ? page.last : nil
    return .json([
      "items": .array(page.map(view)),
      "next_cursor": last.map { .string("\($0.changed).\($0.id)") } ?? .null,
    ])
  }

  private func remaining(_ sorted: [Record], _ call: Call) throws(Refusal) -> [Record] {
    guard let cursor = call.request.queryValue("cursor"), !habits.contains(.repeatsPages) else {
      return sorted
    }
    let parts = cursor.split(separator: ".").compactMap { Int($0) }
    guard parts.count == 2 else { throw Refusal(400, "bad_cursor", "The cursor is not ours") }
    return sorted.filter { (Int($0.changed), $0.id) > (parts[0], parts[1]) }
  }

  private func lineList(_ call: Call, _ deal: Record) throws(Refusal) -> SandboxResponse {
    try call.allow("page", "page_size")
    let page = try call.number("page", 1...10_000, standard: 1)
    let size = try call.number("page_size", 1...50, standard: 10)
    let own = lines[deal.id] ?? []
    let shown = own.dropFirst((page - 1) * size).prefix(size)
    return .json([
      "items": .array(shown.map { view($0) }), "page": .integer(page),
      "pages": .integer((own.count + size - 1) / size),
    ])
  }

  // MARK: Writes

  private static let replyLife: Int64 = 86_400_000

  private mutating func post(_ call: Call, _ kind: Kind) throws(Refusal) -> SandboxResponse {
    let body = try call.json()
    guard kind != .deals else {
      throw Refusal(403, "forbidden", "Deals are made in the app only")
    }
    let key = call.request.headers["idempotency-key"] ?? ""
    if !key.isEmpty, let reply = replies[key], call.now - reply.at < Self.replyLife {
      guard reply.content == body else {
        throw Refusal(409, "key_reused", "This key came with another body")
      }
      return .json(reply.body, status: 201)
    }
    let record = try create(kind, body, now: call.now)
    let answer: JSONValue = ["item": view(record)]
    if !key.isEmpty { replies[key] = Reply(body: answer, content: body, at: call.now) }
    return .json(answer, status: 201)
  }

  mutating func create(
    _ kind: Kind, _ body: JSONValue.Object, now: Int64
  ) throws(Refusal) -> Record {
    for name in kind.required where body[name] == nil || body[name] == .null {
      throw .invalid(name, "is required")
    }
    var record = Record(id: freshID(), kind: kind, values: [:], changed: 0, touched: 0)
    try fill(&record, body, now: now)
    if kind == .deals, record.values["currency"] == nil {
      record.values["currency"] = .string(account.currency)
    }
    save(record, now: now)
    return records[record.id] ?? record
  }

  private mutating func patch(_ call: Call, _ kind: Kind) throws(Refusal) -> SandboxResponse {
    let record = try existing(call.parts[1], kind)
    return .json(["item": view(try update(record, try call.json(), now: call.now))])
  }

  /// What comes to nothing moves no stamp.
  mutating func update(
    _ record: Record, _ body: JSONValue.Object, now: Int64
  ) throws(Refusal) -> Record {
    var changed = record
    try fill(&changed, body, now: now)
    guard changed != record else { return record }
    save(changed, now: now)
    return records[record.id] ?? changed
  }
}
