extension ZohoSandbox {
  /// Records that are gone are listed apart, newest first.
  func deleted(_ call: Call, _ module: Module) throws(Refusal) -> SandboxResponse {
    let type = try call.required("type")
    guard ["all", "recycle", "permanent"].contains(type) else {
      throw Refusal(400, "INVALID_DATA", "type", ["param_name": "type"])
    }
    let since = try call.since()
    let size = try call.number("per_page", 1...200) ?? 200
    let number = try call.number("page", 1...10_000) ?? 1
    guard (number - 1) * size < 2000 else {
      throw Refusal(
        400, "DISCRETE_PAGINATION_LIMIT_EXCEEDED", "too many records", ["limit": 2000])
    }
    let found = self[store: module].records.values.filter { record in
      guard let time = record.deletedAt else { return false }
      return since.map { time >= $0 } ?? true
        && (type == "all" || (type == "permanent") == record.isPermanent)
    }.sorted { ($0.deletedAt ?? 0, $0.id) > ($1.deletedAt ?? 0, $1.id) }
    let shown = found.dropFirst((number - 1) * size).prefix(size)
    guard !shown.isEmpty else { return since == nil ? .nothing : .unchanged }
    return .json([
      "data": .array(
        shown.map { record in
          [
            "id": .string(record.id), "type": record.isPermanent ? "permanent" : "recycle",
            "display_name": record.values[module.title] ?? record.values["Last_Name"] ?? "",
            "deleted_by": users.first?.short ?? .null,
            "created_by": users.first?.short ?? .null,
            "deleted_time": .string(stamp(record.deletedAt ?? 0)),
          ]
        }),
      "info": [
        "per_page": .integer(size), "count": .integer(shown.count), "page": .integer(number),
        "more_records": .bool(found.count > number * size),
      ],
    ])
  }

  func related(
    _ call: Call, _ module: Module, _ id: String, _ name: String
  ) throws(Refusal) -> SandboxResponse {
    let names = try fieldNames(call)
    guard module == .deals, let list = Self.dealLists.first(where: { $0.name == name }) else {
      throw Refusal(
        400, "INVALID_DATA", "the relation name given seems to be invalid",
        ["resource_path_index": 2])
    }
    guard let deal = try existing(id, module) else { return .nothing }
    let since = try call.since()
    let records = self[store: list.module].live.filter { record in
      if let since, record.modified < since { return false }
      switch list.name {
      case "Products": return deal.products.contains(record.id)
      case "Quotes", "Sales_Orders": return record.values["Deal_Name"]?["id"]?.string == id
      case "Notes": return record.values["Parent_Id"]?["id"]?.string == id
      default:
        let isDone = record.values["Status"]?.string == "Completed"
        return record.values["What_Id"]?["id"]?.string == id
          && isDone == (list.name == "Tasks_History")
      }
    }
    return try page(call, records, list.module, names, sorts: false)
  }

  /// `PUT Deals/{id}/Products` links, `DELETE Deals/{id}/Products/{id}` parts them.
  mutating func link(
    _ call: Call, _ module: Module, _ rest: [String]
  ) throws(Refusal) -> SandboxResponse {
    guard module == .deals, rest[1] == "Products" else { throw .noRoute }
    guard var deal = try existing(rest[0], module) else {
      throw Refusal(400, "INVALID_DATA", "the id given seems to be invalid")
    }
    var rows: [JSONValue] = []
    let ids =
      call.method == "PUT"
      ? (try call.json()["data"]?.array ?? []).compactMap { $0["id"]?.string } : [rest[2]]
    for id in ids {
      guard self[store: .products].records[id]?.isLive == true else {
        rows.append(Refusal(400, "INVALID_DATA", "invalid data", ["api_name": "id"]).body)
        continue
      }
      deal.products.removeAll { $0 == id }
      if call.method == "PUT" { deal.products.append(id) }
      rows.append([
        "code": "SUCCESS", "details": ["id": .string(id)], "message": "relation updated",
        "status": "success",
      ])
    }
    // A link is no change of the deal itself.
    self[store: .deals].put(deal)
    return .json(["data": .array(rows)])
  }
}
