extension PipedriveSandbox {
  /// A field definition. Custom ones are keyed by forty hexadecimal digits that differ in every
  /// company.
  struct Field: Sendable, Hashable {
    var code: String
    var name: String
    var type: String
    var options: [Option] = []
    var isCustom = true
    var description: JSONValue = .null

    struct Option: Sendable, Hashable {
      var id: Int
      var label: String
    }

    static let types: Set<String> = [
      "varchar", "text", "double", "phone", "date", "daterange", "time", "timerange", "set",
      "enum", "varchar_auto", "address", "monetary", "org", "people", "user",
    ]

    /// The vendor's own fields, as far as a client looks at them.
    static func standard(_ kind: Kind) -> [Field] {
      let list: [(String, String, String)] =
        switch kind {
        case .deals:
          [
            ("title", "Title", "varchar"), ("value", "Value", "monetary"),
            ("status", "Status", "status"), ("stage_id", "Stage", "stage"),
            ("person_id", "Contact person", "people"), ("org_id", "Organization", "org"),
            ("owner_id", "Owner", "user"), ("won_time", "Won time", "date"),
            ("expected_close_date", "Expected close date", "date"),
          ]
        case .persons:
          [
            ("name", "Name", "varchar"), ("emails", "Email", "varchar"),
            ("phones", "Phone", "phone"), ("org_id", "Organization", "org"),
            ("owner_id", "Owner", "user"),
          ]
        case .organizations:
          [
            ("name", "Name", "varchar"), ("address", "Address", "address"),
            ("owner_id", "Owner", "user"), ("website", "Website", "varchar"),
          ]
        case .products:
          [
            ("name", "Name", "varchar"), ("code", "Product code", "varchar"),
            ("tax", "Tax", "double"), ("unit", "Unit", "varchar"),
          ]
        case .activities: []
        }
      return list.map { Field(code: $0.0, name: $0.1, type: $0.2, isCustom: false) }
    }
  }

  mutating func fieldRoutes(
    _ call: Call, _ kind: Kind, _ rest: [String]
  ) throws(Refusal) -> SandboxResponse {
    let own = kind == .deals ? "deal-fields:full" : "contact-fields:full"
    if call.method == "GET" {
      let object = kind == .deals ? "deals" : kind == .products ? "products" : "contacts"
      try require(anyOf: ["admin", own, "\(object):read", "\(object):full"], call)
    } else {
      try require(anyOf: ["admin", own], call)
    }
    switch (call.method, rest.count) {
    case ("GET", 0):
      try call.allow("limit", "cursor", "include_fields")
      let order = try order(call, by: ["id"])
      let listed = Array(self[fields: kind].enumerated())
      return page(listed, order, key: { ("", $0.offset) }, show: { view($0.element) })
    case ("POST", 0):
      let field = try addField(try call.json(), kind)
      return .json(["success": true, "data": view(field)])
    case (_, 1...):
      let place = self[fields: kind].firstIndex { $0.code == rest[0] }
      guard let place else { throw .notFound("Field") }
      return try oneField(call, kind, place, Array(rest.dropFirst()))
    case (_, _): throw .wrongMethod
    }
  }

  private mutating func oneField(
    _ call: Call, _ kind: Kind, _ place: Int, _ rest: [String]
  ) throws(Refusal) -> SandboxResponse {
    var field = self[fields: kind][place]
    switch (call.method, rest.first) {
    case ("GET", nil): break
    case ("PATCH", nil):
      guard field.isCustom else { throw .badRequest("Standard fields cannot be changed") }
      let body = try call.json()
      for (name, value) in body {
        switch name {
        case "field_name": field.name = try checked(value, .text(255), name).string ?? field.name
        case "description", "ui_visibility", "important_fields", "required_fields": break
        default: throw .notAllowed(name)
        }
      }
    case ("DELETE", nil):
      guard field.isCustom else { throw .badRequest("Standard fields cannot be deleted") }
      self[fields: kind].remove(at: place)
      return .json(["success": true, "data": view(field)])
    case ("POST", "options"):
      guard ["enum", "set"].contains(field.type),
        let list = try? JSONValue.parse(
          call.request.body
        ).array
      else { throw .schema("options must be an array of {label}") }
      field.options += try options(list)
    case (_, _): throw .wrongMethod
    }
    self[fields: kind][place] = field
    return .json(["success": true, "data": view(field)])
  }

  mutating func addField(_ body: JSONValue.Object, _ kind: Kind) throws(Refusal) -> Field {
    for name in body.keys
    where ![
      "field_name", "field_type", "options", "description", "ui_visibility",
      "important_fields", "required_fields",
    ].contains(name) {
      throw .notAllowed(name)
    }
    guard let name = body["field_name"]?.string, !name.isEmpty, name.count <= 255 else {
      throw .schema("Validation failed: field_name: Parameter 'field_name' is required")
    }
    guard let type = body["field_type"]?.string, Field.types.contains(type) else {
      throw .schema("Validation failed: field_type: Parameter 'field_type' is not a known type")
    }
    let custom = Kind.allCases.reduce(0) { $0 + self[fields: $1].count { $0.isCustom } }
    guard custom < company.mostFields else {
      throw .forbidden(
        "You have reached the limit of custom fields", code: "feature_capping_custom_fields_limit")
    }
    var field = Field(code: hash(name, kind), name: name, type: type)
    field.description = body["description"] ?? .null
    if ["enum", "set"].contains(type) {
      guard let list = body["options"]?.array, !list.isEmpty else {
        throw .schema("options are required for fields of type \(type)")
      }
      field.options = try options(list)
    } else if let given = body["options"], !given.isNull {
      throw .schema("options are not allowed for fields of type \(type)")
    }
    self[fields: kind].append(field)
    return field
  }

  private mutating func options(_ list: [JSONValue]) throws(Refusal) -> [Field.Option] {
    var options: [Field.Option] = []
    for element in list {
      guard let label = element["label"]?.string, !label.isEmpty else {
        throw .schema("Every option needs a label")
      }
      options.append(Field.Option(id: freshID(), label: label))
    }
    return options
  }

  /// Forty hexadecimal digits that nobody can guess from the name.
  private mutating func hash(_ name: String, _ kind: Kind) -> String {
    var state: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in "\(kind.name)/\(name)/\(freshID())".utf8 {
      state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }
    var text = ""
    while text.count < 40 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let digits = String(state >> 16, radix: 16)
      text += String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    }
    return String(text.prefix(40))
  }

  func view(_ field: Field) -> JSONValue {
    let options: JSONValue =
      field.options.isEmpty
      ? .null
      : .array(
        field.options.map {
          ["id": .integer($0.id), "label": .string($0.label), "color": .null]
        })
    return [
      "field_name": .string(field.name), "field_code": .string(field.code),
      "field_type": .string(field.type), "description": field.description, "options": options,
      "subfields": .null, "is_custom_field": .bool(field.isCustom),
      "is_optional_response_field": false,
    ]
  }

  /// The custom values of a write, each checked against its field.
  func customValues(_ value: JSONValue, _ kind: Kind) throws(Refusal) -> JSONValue.Object {
    guard let object = value.object, !object.isEmpty else {
      throw .schema("Validation failed: custom_fields: must be a non-empty object")
    }
    var made: JSONValue.Object = [:]
    for (code, given) in object {
      guard let field = self[fields: kind].first(where: { $0.code == code && $0.isCustom }) else {
        throw .notAllowed("custom_fields.\(code)")
      }
      made[code] = try customValue(given, field)
    }
    return made
  }

  private func customValue(_ value: JSONValue, _ field: Field) throws(Refusal) -> JSONValue {
    if value.isNull { return .null }
    let name = "custom_fields.\(field.code)"
    func fail(_ expected: String) -> Refusal {
      .schema("Validation failed: \(name): must be \(expected)")
    }
    switch field.type {
    case "varchar", "varchar_auto", "phone": return try checked(value, .text(255), name)
    case "text": return try checked(value, .text(65_000), name)
    case "double": return try checked(value, .number, name)
    case "date": return try checked(value, .date, name)
    case "monetary":
      guard let object = value.object, object.keys.sorted() == ["currency", "value"],
        let amount = object["value"], amount.digits != nil, let number = amount.decimal,
        let code = object["currency"]?.string, company.currencies[code] != nil
      else { throw fail("an object {value, currency}") }
      return ["value": .number(number.description), "currency": .string(code)]
    case "enum":
      guard let id = value.int, field.options.contains(where: { $0.id == id }) else {
        throw fail("the id of an option")
      }
      return value
    case "set":
      guard let list = value.array, !list.isEmpty,
        list.allSatisfy({ id in field.options.contains { $0.id == id.int } })
      else { throw fail("a non-empty array of option ids, or null") }
      return value
    case "user": return try checked(value, .user, name)
    case "org": return try checked(value, .record(.organizations), name)
    case "people": return try checked(value, .record(.persons), name)
    case "address": return try address(value, fail("an object with a value"))
    default:
      guard value.object != nil else { throw fail("an object") }
      return value
    }
  }
}
