extension PipedriveSandbox {
  /// Search reads an index that lags behind writes; exact matches do not heed letter case.
  func search(_ call: Call, _ kind: Kind) throws(Refusal) -> SandboxResponse {
    try require(
      anyOf: ["search:read", "\(scopeName(kind)):read", "\(scopeName(kind)):full"], call)
    let known = fields(of: kind)
    let wanted = call.list("fields") ?? known
    for name in wanted where !known.contains(name) {
      throw .schema("Parameter 'fields' must be among \(known.joined(separator: ", "))")
    }
    let exact = call.request.queryValue("exact_match") == "true"
    let term = (call.request.queryValue("term") ?? "").lowercased()
    guard term.count >= (exact ? 1 : 2) else {
      throw .badRequest("Parameter 'term' must be at least \(exact ? 1 : 2) characters long")
    }
    let found = self[store: kind].records.values.filter { record in
      record.isLive && !record.isArchived && record.touched + lag.search <= call.now
        && texts(record, kind, wanted).contains {
          exact ? $0.lowercased() == term : $0.lowercased().contains(term)
        }
    }
    let order = try order(call, by: ["id"])
    let answer = page(
      Array(found), order, key: { ("", $0.id) }, show: { item($0, kind) })
    guard var body = answer.jsonBody?.object else { return answer }
    body["data"] = ["items": body["data"] ?? []]
    return .json(.object(body))
  }

  private func fields(of kind: Kind) -> [String] {
    switch kind {
    case .deals: ["custom_fields", "notes", "title"]
    case .persons: ["custom_fields", "email", "notes", "phone", "name"]
    case .organizations: ["address", "custom_fields", "notes", "name"]
    case .products: ["code", "custom_fields", "name"]
    case .activities: []
    }
  }

  private func texts(_ record: Record, _ kind: Kind, _ fields: [String]) -> [String] {
    fields.flatMap { field -> [String] in
      switch field {
      case "email", "phone":
        (record.values[field + "s"]?.array ?? []).compactMap { $0["value"]?.string }
      case "address": [record.values["address"]?["value"]?.string].compactMap(\.self)
      case "custom_fields":
        // Texts only: money, dates and options are not in the index.
        self[fields: kind].filter { $0.isCustom && $0.type != "date" }
          .compactMap { record.custom[$0.code]?.string }
      default: [record.values[field]?.string].compactMap(\.self)
      }
    }
  }

  private func item(_ record: Record, _ kind: Kind) -> JSONValue {
    var object: JSONValue.Object = [
      "id": .integer(record.id), "type": .string(kind.singular.lowercased()),
      (kind == .deals ? "title" : "name"):
        record.values[kind == .deals ? "title" : "name"] ?? .null,
    ]
    object["custom_fields"] = .array(
      self[fields: kind].filter(\.isCustom).compactMap { record.custom[$0.code] }
        .filter { $0.string != nil })
    if kind == .persons {
      for name in ["emails", "phones"] {
        object[name] = .array(
          (record.values[name]?.array ?? []).compactMap { $0["value"] })
      }
    }
    return ["result_score": "0.5", "item": .object(object)]
  }

  /// Search over several kinds at once; this sandbox answers it for one kind a call.
  func itemSearch(_ call: Call, _ rest: [String]) throws(Refusal) -> SandboxResponse {
    guard call.method == "GET", rest.isEmpty else { throw .noRoute }
    let types = call.list("item_types") ?? []
    guard types.count == 1, let kind = Kind(path: types[0] + "s"), kind != .activities else {
      throw .schema("Parameter 'item_types' must be one of deal, person, organization, product")
    }
    return try search(call, kind)
  }
}
