extension ZohoSandbox {
  /// The checked values of a row. Names the module does not have are dropped without a word, as
  /// the vendor does; what nobody may write, too.
  func checked(
    _ body: JSONValue.Object, _ module: Module, _ place: Int, on record: Record?, now: Int64
  ) throws(Refusal) -> [(String, JSONValue)] {
    var values: [(String, JSONValue)] = []
    for field in self[fields: module] where !field.isReadOnly {
      guard let value = body[field.key] else { continue }
      if field.key == "Currency", !org.isMulticurrency { continue }
      let path = "$.data[\(place)].\(field.key)"
      if value.isNull {
        values.append((field.key, .null))
        continue
      }
      if field.type == .rows {
        values += try inventory(value, module, body, on: record, path)
        continue
      }
      let kept = try checked(value, field, path)
      if field.isUnique, let text = kept.string,
        let other = holder(of: text, field.key, module, but: record?.id ?? "")
      {
        throw duplicate(field.key, other, module, path)
      }
      values.append((field.key, kept))
    }
    return values
  }

  private func duplicate(
    _ key: String, _ id: String, _ module: Module, _ path: String
  ) -> Refusal {
    Refusal(
      202, "DUPLICATE_DATA", "duplicate data",
      [
        "api_name": .string(key), "json_path": .string(path),
        "duplicate_record": [
          "id": .string(id), "Owner": users.first?.short ?? .null,
          "module": ["api_name": .string(module.rawValue), "id": "5725767000000002175"],
        ],
      ])
  }

  /// The oldest other live record with that text in a field.
  func holder(of text: String, _ key: String, _ module: Module, but id: String) -> String? {
    self[store: module].records.values.filter { record in
      record.isLive && record.id != id
        && record.values[key]?.string?.lowercased() == text.lowercased()
    }.map(\.id).min()
  }

  private func checked(
    _ value: JSONValue, _ field: Field, _ path: String
  ) throws(Refusal) -> JSONValue {
    func fail(_ expected: String) -> Refusal {
      Refusal(
        202, "INVALID_DATA", "invalid data",
        [
          "api_name": .string(field.key), "expected_data_type": .string(expected),
          "json_path": .string(path),
        ])
    }
    switch field.type {
    case .text, .textarea, .phone, .website, .email, .picklist:
      return try text(value, field, path, fail(field.type.word))
    case .currency, .double:
      guard value.digits != nil, let number = value.decimal else { throw fail("double") }
      let kept =
        field.isCustom || field.type == .currency ? number.rounded(max(2, field.decimals)) : number
      return .number(kept.description)
    case .integer:
      guard value.int != nil else { throw fail("integer") }
      return value
    case .boolean:
      guard value.bool != nil else { throw fail("boolean") }
      return value
    case .date:
      guard let text = value.string, text.count == 10, CivilDate(text) != nil else {
        throw fail("date")
      }
      return value
    case .datetime:
      guard let text = value.string, text.contains("T"), SandboxTime(iso: text) != nil else {
        throw fail("datetime")
      }
      return value
    case .multiselect:
      guard let list = value.array, list.allSatisfy({ $0.string != nil }) else {
        throw fail("jsonarray")
      }
      return value
    case .owner: return try owner(value, fail("ownerlookup"))
    case .lookup(let target): return try lookup(value, target, fail("lookup"))
    case .subform, .rows: return try subform(value, fail("jsonarray"))
    }
  }

  private func text(
    _ value: JSONValue, _ field: Field, _ path: String, _ refusal: Refusal
  ) throws(Refusal) -> JSONValue {
    guard let text = value.string else { throw refusal }
    guard text.count <= field.length else {
      throw Refusal(
        202, "INVALID_DATA", "invalid data",
        [
          "api_name": .string(field.key), "maximum_length": .integer(field.length),
          "json_path": .string(path),
        ])
    }
    switch field.type {
    case .email:
      guard text.contains("@"), !text.contains(" ") else { throw refusal }
    case .picklist:
      let known = field.key == "Currency" ? org.currencies : field.choices.map(\.value)
      guard known.contains(text) else { throw refusal }
    case .text, .phone:
      // One line.
      guard !text.contains(where: \.isNewline) else { throw refusal }
    case .textarea, .website, .multiselect, .currency, .double, .integer, .date, .datetime,
      .boolean, .owner, .subform, .rows, .lookup:
      break
    }
    return value
  }

  private func owner(_ value: JSONValue, _ refusal: Refusal) throws(Refusal) -> JSONValue {
    let user = users.first { user in
      user.isActive && (user.id == value["id"]?.string || user.email == value["email"]?.string)
    }
    guard let user else { throw refusal }
    return ["id": .string(user.id)]
  }

  private func lookup(
    _ value: JSONValue, _ target: Module?, _ refusal: Refusal
  ) throws(Refusal) -> JSONValue {
    let id = value["id"]?.string ?? value.string ?? ""
    let modules = target.map { [$0] } ?? Module.allCases
    guard modules.contains(where: { self[store: $0].records[id]?.isLive == true }) else {
      throw refusal
    }
    return ["id": .string(id)]
  }

  private func subform(_ value: JSONValue, _ refusal: Refusal) throws(Refusal) -> JSONValue {
    guard let list = value.array else { throw refusal }
    var rows: [JSONValue] = []
    for (place, element) in list.enumerated() {
      guard var row = element.object else { throw refusal }
      if row["id"] == nil { row["id"] = .string(rowID(place, list.count)) }
      rows.append(.object(row))
    }
    return .array(rows)
  }

  /// Rows are numbered from the next record's id on: high enough to meet no record.
  func rowID(_ place: Int, _ seed: Int) -> String {
    let base = self[store: .quotes].records.count + self[store: .salesOrders].records.count
    let deals = self[store: .deals].records.count
    return String(
      5_725_767_900_000_000_000 + Int64(base * 1000 + deals) * 1_000_000
        + Int64(seed * 1000 + place))
  }
}
