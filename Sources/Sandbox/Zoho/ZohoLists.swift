import Foundation

extension ZohoSandbox {
  /// The record as an answer shows it; `only`: these fields and the id.
  func view(_ record: Record, _ module: Module, only names: [String]? = nil) -> JSONValue {
    var object: JSONValue.Object = [:]
    for field in self[fields: module] {
      if let names, !names.contains(field.key) { continue }
      if field.key == "Currency", !org.isMulticurrency { continue }
      object[field.key] = value(of: field, record, module)
    }
    object["id"] = .string(record.id)
    if module == .tasks, object["What_Id"]?.isNull == false { object["$se_module"] = "Deals" }
    if record.isMerging || names == nil { object["$in_merge"] = .bool(record.isMerging) }
    if names == nil {
      object["$approval_state"] = record.needsApproval ? "approval_process_pending" : "approved"
      object["$locked_for_me"] = .bool(record.isLocked)
      object["$currency_symbol"] = "$"
    }
    return .object(object)
  }

  func value(of field: Field, _ record: Record, _ module: Module) -> JSONValue {
    switch field.key {
    case "Created_Time": return .string(stamp(record.created))
    case "Modified_Time": return .string(stamp(record.modified))
    case "Created_By": return user(record.creator)
    case "Modified_By": return user(record.modifier)
    case "Record_Status__s": return record.isLive ? "Available" : "Trash"
    case "Full_Name" where module == .contacts:
      let words = ["First_Name", "Last_Name"].compactMap { record.values[$0]?.string }
      return .string(words.filter { !$0.isEmpty }.joined(separator: " "))
    default: break
    }
    guard let value = record.values[field.key], !value.isNull else { return .null }
    switch field.type {
    case .lookup(let target):
      guard let id = value["id"]?.string else { return .null }
      let name = name(of: id, target)
      return ["name": .string(name), "id": .string(id)]
    case .owner:
      let user = users.first { $0.id == value["id"]?.string }
      return user.map {
        ["name": .string($0.name), "id": .string($0.id), "email": .string($0.email)]
      } ?? .null
    default: return value
    }
  }

  private func name(of id: String, _ target: Module?) -> String {
    let modules = target.map { [$0] } ?? Module.allCases
    for module in modules {
      guard let record = self[store: module].records[id] else { continue }
      let field = self[fields: module].first { $0.key == module.title }
      return field.flatMap { value(of: $0, record, module).string } ?? ""
    }
    return ""
  }

  private func user(_ id: String) -> JSONValue {
    users.first { $0.id == id }?.short ?? .null
  }

  /// The names of `fields`, which a list must have.
  func fieldNames(_ call: Call) throws(Refusal) -> [String] {
    let names = try call.required("fields").split(separator: ",").map(String.init)
    guard names.count <= 50 else {
      throw Refusal(
        400, "LIMIT_EXCEEDED", "at most 50 fields", ["param_name": "fields", "limit": 50])
    }
    return names
  }

  func list(_ call: Call, _ module: Module) throws(Refusal) -> SandboxResponse {
    let names = try fieldNames(call)
    let since = try call.since()
    var found: [Record]
    if let list = call.request.queryValue("ids") {
      let ids = list.split(separator: ",").map(String.init)
      guard ids.count <= 100 else {
        throw Refusal(400, "LIMIT_EXCEEDED", "at most 100 ids", ["param_name": "ids"])
      }
      for id in ids { _ = try existing(id, module) }
      found = Set(ids).compactMap { self[store: module].records[$0] }.filter(\.isLive)
    } else {
      found = changed(module, since, now: call.now)
    }
    found.removeAll { record in
      record.needsApproval && call.request.queryValue("approved") != "both"
        || since.map { record.modified < $0 } ?? false
    }
    return try page(call, found, module, names, sorts: true)
  }

  private func changed(_ module: Module, _ since: Int64?, now: Int64) -> [Record] {
    let store = self[store: module]
    guard let since else { return store.records.values.filter(\.isLive) }
    let place = Store.place(of: Key(moment: since, id: ""), in: store.byModified)
    return store.byModified[place...].compactMap { store.records[$0.id] }
      .filter { $0.isLive && (lag == 0 || $0.touched + lag <= now) }
  }

  /// One page. By number it ends at the two thousandth record; by token it goes on.
  func page(
    _ call: Call, _ records: [Record], _ module: Module, _ names: [String], sorts: Bool
  ) throws(Refusal) -> SandboxResponse {
    let order = try Order(call)
    let size = try call.number("per_page", 1...200) ?? 200
    let sorted = records.sorted { order.isBefore($0, $1) }
    guard !sorted.isEmpty else {
      return call.request.headers["if-modified-since"] == nil ? .nothing : .unchanged
    }
    let start = try start(call, sorted, order, size)
    let shown = sorted.dropFirst(start).prefix(size)
    guard let last = shown.last else { return .nothing }
    let hasMore = sorted.count > start + shown.count
    let token = hasMore ? token(call, last, order, at: start + shown.count) : nil
    return .json([
      "data": .array(shown.map { view($0, module, only: names) }),
      "info": [
        "per_page": .integer(size), "count": .integer(shown.count),
        "page": .integer(start / size + 1), "sort_by": .string(order.field),
        "sort_order": order.descends ? "desc" : "asc", "more_records": .bool(hasMore),
        "next_page_token": token.map { .string($0) } ?? .null, "previous_page_token": .null,
        "page_token_expiry": token == nil ? .null : .string(stamp(call.now + 86_400_000)),
        "call": false, "email": false,
      ],
    ])
  }

  private func start(
    _ call: Call, _ sorted: [Record], _ order: Order, _ size: Int
  ) throws(Refusal) -> Int {
    let invalid = Refusal(
      400, "INVALID_DATA", "the page_token given seems to be invalid",
      ["param_name": "page_token"])
    guard let text = call.request.queryValue("page_token") else {
      let number = try call.number("page", 1...Int.max / 200) ?? 1
      guard number * size <= 2000 || (number - 1) * size < 2000 else {
        throw Refusal(
          400, "DISCRETE_PAGINATION_LIMIT_EXCEEDED",
          "the limit of records by page number is reached; use page_token", ["limit": 2000])
      }
      return (number - 1) * size
    }
    guard call.request.queryValue("page") == nil, let data = Data(base64Encoded: text),
      let json = try? JSONValue.parse(data), json["for"]?.string == fingerprint(call),
      let expires = json["expires"]?.int, expires > call.now
    else { throw invalid }
    if let offset = json["offset"]?.int { return offset }
    guard let id = json["id"]?.string, let moment = json["moment"]?.int else { throw invalid }
    let key = Key(moment: Int64(moment), id: id)
    return sorted.firstIndex { order.isBehind($0, key) } ?? sorted.count
  }

  private func token(_ call: Call, _ last: Record, _ order: Order, at offset: Int) -> String {
    var json: JSONValue.Object = [
      "for": .string(fingerprint(call)), "expires": .integer(call.now + 86_400_000),
    ]
    if org.countsPages {
      json["offset"] = .integer(offset)
    } else {
      json["id"] = .string(last.id)
      json["moment"] = .integer(order.key(last).moment)
    }
    return JSONValue.object(json).serialized().base64EncodedString()
  }

  /// A token goes with the same parameters only.
  private func fingerprint(_ call: Call) -> String {
    call.request.path + "?"
      + call.request.query.filter { $0.name != "page_token" }
      .map { "\($0.name)=\($0.value)" }.sorted().joined(separator: "&")
  }
}

extension ZohoSandbox {
  /// How a list is sorted.
  struct Order: Sendable {
    var field: String
    var descends: Bool

    init(_ call: Call) throws(Refusal) {
      field = call.request.queryValue("sort_by") ?? "id"
      let direction = call.request.queryValue("sort_order") ?? "desc"
      guard ["id", "Created_Time", "Modified_Time"].contains(field) else {
        throw Refusal(400, "INVALID_DATA", "sort_by", ["param_name": "sort_by"])
      }
      guard ["asc", "desc"].contains(direction) else {
        throw Refusal(400, "INVALID_DATA", "sort_order", ["param_name": "sort_order"])
      }
      descends = direction == "desc"
    }

    func key(_ record: Record) -> Key {
      switch field {
      case "Modified_Time": record.key
      case "Created_Time": Key(moment: record.created, id: record.id)
      default: Key(moment: 0, id: record.id)
      }
    }

    func isBefore(_ left: Record, _ right: Record) -> Bool {
      descends ? key(right) < key(left) : key(left) < key(right)
    }

    /// Whether the record comes after that place.
    func isBehind(_ record: Record, _ place: Key) -> Bool {
      descends ? key(record) < place : place < key(record)
    }
  }
}
