extension ZohoSandbox {
  mutating func settingsRoutes(
    _ call: Call, _ rest: [String]
  ) throws(Refusal) -> SandboxResponse {
    guard let head = rest.first, rest.count == 1 else { throw .noRoute }
    try call.grant.require("settings", head, writes: call.method != "GET")
    switch (call.method, head) {
    case ("GET", "fields"):
      let module = try module(call)
      return .json(["fields": .array(self[fields: module].map { view($0) })])
    case ("POST", "fields"): return try createFields(call)
    case ("GET", "modules"):
      return .json([
        "modules": .array(
          Module.allCases.map { module in
            [
              "api_name": .string(module.rawValue), "plural_label": .string(module.rawValue),
              "singular_label": .string(module.singular), "generated_type": "default",
              "api_supported": true, "creatable": true,
            ]
          })
      ])
    case ("GET", "related_lists"): return try relatedLists(call)
    case ("GET", "pipeline"): return try pipelines(call)
    case (_, "fields"), (_, "modules"), (_, "related_lists"), (_, "pipeline"): throw .wrongMethod
    case (_, _): throw .noRoute
    }
  }

  private func module(_ call: Call) throws(Refusal) -> Module {
    let name = try call.required("module")
    guard let module = Module(rawValue: name) else {
      throw Refusal(
        400, "INVALID_MODULE", "the module name given seems to be invalid",
        ["param_name": "module"])
    }
    return module
  }

  private func relatedLists(_ call: Call) throws(Refusal) -> SandboxResponse {
    guard try module(call) == .deals else { return .nothing }
    return .json([
      "related_lists": .array(
        Self.dealLists.enumerated().map { place, list in
          [
            "id": .string(String(5_725_767_000_000_003_001 + place)),
            "sequence_number": .string(String(place + 1)),
            "display_label": .string(list.name.replacing("_", with: " ")),
            "api_name": .string(list.name), "name": .string(list.name),
            "module": ["api_name": .string(list.module.rawValue), "id": "5725767000000002175"],
            "href": .string("Deals/{ENTITYID}/\(list.name)"), "type": "default", "action": nil,
            "status": "visible",
          ]
        })
    ])
  }

  /// The lists of a deal; open and closed tasks are apart.
  static let dealLists: [(name: String, module: Module)] = [
    ("Products", .products), ("Quotes", .quotes), ("Sales_Orders", .salesOrders),
    ("Tasks", .tasks), ("Tasks_History", .tasks), ("Notes", .notes),
  ]

  private func pipelines(_ call: Call) throws(Refusal) -> SandboxResponse {
    _ = try call.required("layout_id")
    let names = self[fields: .deals].first { $0.key == "Pipeline" }?.choices ?? []
    let stages = self[fields: .deals].first { $0.key == "Stage" }?.choices ?? []
    return .json([
      "pipeline": .array(
        names.enumerated().map { place, name in
          [
            "id": .string(String(5_725_767_000_000_004_001 + place)), "default": .bool(place == 0),
            "display_value": .string(name.value), "actual_value": .string(name.value),
            "maps": .array(
              stages.enumerated().map { number, stage in
                [
                  "id": .string(String(5_725_767_000_000_005_001 + number)),
                  "actual_value": .string(stage.value), "display_value": .string(stage.value),
                  "sequence_number": .integer(number + 1),
                  "forecast_type": .string(stage.forecast ?? "Open"),
                  "forecast_category": ["name": "Pipeline", "id": "5725767000000006001"],
                ]
              }),
          ]
        })
    ])
  }

  // MARK: Fields

  func view(_ field: Field) -> JSONValue {
    var object: JSONValue.Object = [
      "id": .string(field.id), "api_name": .string(field.key), "field_label": .string(field.label),
      "display_label": .string(field.label), "data_type": .string(field.type.word),
      "custom_field": .bool(field.isCustom), "system_mandatory": .bool(field.isRequired),
      "read_only": .bool(field.isReadOnly), "field_read_only": .bool(field.isReadOnly),
      "length": .integer(field.length), "visible": true, "view_type": ["view": true],
      "json_type": .string(Self.jsonType(field.type)),
      "unique": field.isUnique ? ["casesensitive": "false"] : [:],
    ]
    object["decimal_place"] =
      [.currency, .double].contains(field.type) ? .integer(field.decimals) : nil
    object["lookup"] =
      if case .lookup(let module?) = field.type {
        ["module": ["api_name": .string(module.rawValue), "id": "5725767000000002179"]]
      } else {
        [:]
      }
    object["pick_list_values"] = .array(field.choices.enumerated().map(view))
    return .object(object)
  }

  private func view(_ place: Int, _ choice: Field.Choice) -> JSONValue {
    var object: JSONValue.Object = [
      "id": .string(String(5_725_767_000_000_007_001 + place)),
      "actual_value": .string(choice.value), "display_value": .string(choice.value),
      "reference_value": .string(choice.value), "sequence_number": .integer(place + 1),
      "type": "used", "colour_code": nil,
    ]
    if let forecast = choice.forecast {
      object["forecast_type"] = .string(forecast)
      object["probability"] = .integer(choice.probability)
    }
    return .object(object)
  }

  private static func jsonType(_ type: Field.Kind) -> String {
    switch type {
    case .text, .textarea, .email, .phone, .website, .picklist, .date, .datetime: "string"
    case .currency, .double: "double"
    case .integer: "integer"
    case .boolean: "boolean"
    case .owner, .lookup: "jsonobject"
    case .multiselect, .subform, .rows: "jsonarray"
    }
  }

  private mutating func createFields(_ call: Call) throws(Refusal) -> SandboxResponse {
    let module = try module(call)
    guard let wanted = try call.json()["fields"]?.array, !wanted.isEmpty else {
      throw Refusal(
        400, "MANDATORY_NOT_FOUND", "required field not found",
        ["api_name": "fields", "json_path": "$.fields"])
    }
    guard wanted.count <= 5 else {
      throw Refusal(400, "LIMIT_EXCEEDED", "only five fields at a time", ["limit": 5])
    }
    var rows: [JSONValue] = []
    for body in wanted {
      let field = try addField(body.object ?? [:], module)
      rows.append([
        "code": "SUCCESS", "details": ["id": .string(field.id)], "message": "field created",
        "status": "success",
      ])
    }
    return .json(["fields": .array(rows)], status: 201)
  }

  /// The API name is made from the label; a label that is taken is refused.
  @discardableResult
  mutating func addField(
    _ body: JSONValue.Object, _ module: Module
  ) throws(Refusal) -> Field {
    guard let label = body["field_label"]?.string, !label.isEmpty, label.count <= 50 else {
      throw Refusal(
        400, "MANDATORY_NOT_FOUND", "required field not found", ["api_name": "field_label"])
    }
    guard let word = body["data_type"]?.string, let type = Field.Kind.creatable[word] else {
      throw Refusal(400, "INVALID_DATA", "invalid data", ["api_name": "data_type"])
    }
    let key = Self.apiName(label)
    guard
      !self[fields: module].contains(where: {
        $0.key == key || $0.label.lowercased() == label.lowercased()
      })
    else {
      throw Refusal(
        400, "DUPLICATE_DATA", "duplicate data", ["api_name": "field_label"])
    }
    guard self[fields: module].count(where: \.isCustom) < 150 else {
      throw Refusal(400, "LIMIT_EXCEEDED", "the limit of custom fields is reached")
    }
    var field = Field(key, type, length: body["length"]?.int ?? 255)
    field.id = freshID()
    field.label = label
    field.isCustom = true
    field.decimals = body["decimal_place"]?.int ?? 2
    field.isUnique = body["unique"]?.object != nil
    field.choices = (body["pick_list_values"]?.array ?? []).compactMap {
      ($0["actual_value"] ?? $0["display_value"])?.string.map { .init(value: $0) }
    }
    self[fields: module].append(field)
    return field
  }

  static func apiName(_ label: String) -> String {
    String(label.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }
}
