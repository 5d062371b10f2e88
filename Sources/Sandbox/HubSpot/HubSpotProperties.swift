extension HubSpotSandbox {
  /// `/properties/{type}/…`: definitions and their groups.
  mutating func properties(_ call: Call, _ rest: [String]) throws(Refusal) -> SandboxResponse {
    guard let first = rest.first else { throw .noRoute }
    let kind = try kind(first)
    let isRead = call.method == "GET" || rest.last == "read"
    try requireSchema(isRead ? .read : .write, kind, call)
    switch (call.method, rest.count, rest.count > 1 ? rest[1] : "") {
    case ("GET", 1, _):
      let list = self[schema: kind].list(archived: call.flag("archived")).map { shown($0).json }
      return .json(["results": .array(list)])
    case ("POST", 1, _):
      let property = try define(try call.json(), kind, now: call.now)
      return .json(property.json, status: 201)
    case (_, 2, "groups"), (_, 3, "groups"):
      return try groups(call, kind, name: rest.count == 3 ? rest[2] : nil)
    case ("POST", 3, "batch"): return try batchProperties(call, kind, rest[2])
    case ("GET", 2, let name):
      guard let property = self[schema: kind][name] else { throw noProperty(name, kind) }
      return .json(shown(property).json)
    case ("PATCH", 2, let name):
      return .json(try redefine(name, try call.json(), kind, now: call.now).json)
    case ("DELETE", 2, let name):
      try undefine(name, kind, now: call.now)
      return SandboxResponse(status: 204)
    case (_, 1...3, _): throw .wrongMethod
    case (_, _, _): throw .noRoute
    }
  }

  /// Options that follow from the account are filled in when a definition is read.
  private func shown(_ property: Property) -> Property {
    var property = property
    switch property.name {
    case "pipeline":
      property.options = pipelines.map { PropertyOption(label: $0.label, value: $0.id) }
    case "dealstage":
      property.options = pipelines.flatMap(\.stages)
        .map { PropertyOption(label: $0.label, value: $0.id) }
    case "hubspot_owner_id":
      property.options = owners.filter { !$0.isArchived }
        .map { PropertyOption(label: "\($0.firstName) \($0.lastName)", value: $0.id) }
    default: break
    }
    return property
  }

  private func noProperty(_ name: String, _ kind: Kind) -> Refusal {
    Refusal(
      status: 404, category: "OBJECT_NOT_FOUND",
      message: "Property '\(name)' does not exist on \(kind.name)",
      subCategory: "Properties.PROPERTY_NOT_FOUND")
  }

  private static let fieldTypes: [PropertyType: Set<String>] = [
    .bool: ["booleancheckbox", "calculation_equation"],
    .date: ["date"], .datetime: ["date"],
    .enumeration: [
      "booleancheckbox", "checkbox", "radio", "select", "calculation_equation",
    ],
    .number: ["number", "calculation_equation"],
    .phoneNumber: ["phonenumber"],
    .string: ["file", "html", "phonenumber", "text", "textarea", "calculation_equation"],
  ]

  private mutating func define(
    _ body: JSONValue, _ kind: Kind, now: Int64
  ) throws(Refusal) -> Property {
    let fields = ["name", "label", "type", "fieldType", "groupName"]
    let absent = fields.filter { body[$0]?.string?.isEmpty ?? true }
    guard absent.isEmpty, let name = body["name"]?.string,
      let label = body["label"]?.string, let group = body["groupName"]?.string,
      let fieldType = body["fieldType"]?.string
    else {
      throw .validation("Some required fields were not set: [\(absent.joined(separator: ", "))]")
    }
    guard let type = body["type"]?.string.flatMap(PropertyType.init(rawValue:)),
      Self.fieldTypes[type]?.contains(fieldType) == true
    else {
      throw .validation(
        "Invalid type and fieldType: \(body["type"]?.string ?? "") with \(fieldType)")
    }
    guard Self.isName(name) else {
      throw .validation(
        "Invalid property name \(name): lower case letters, digits and underscores, "
          + "starting with a letter")
    }
    guard self[schema: kind].groups.contains(where: { $0.name == group }) else {
      throw .validation("Property group '\(group)' does not exist")
    }
    guard self[schema: kind][name] == nil else {
      throw Refusal(
        status: 409, category: "OBJECT_ALREADY_EXISTS",
        message: "A property named '\(name)' already exists.",
        subCategory: "Properties.PROPERTY_EXISTS")
    }
    let isUnique = body["hasUniqueValue"]?.bool ?? false
    guard !isUnique || self[schema: kind].uniqueNames.count < 10 else {
      throw .validation("Only 10 unique properties are allowed per object type")
    }
    var property = Property(
      name: name, label: label, type: type, fieldType: fieldType, group: group,
      description: body["description"]?.string ?? "",
      options: try options(body["options"], type, fieldType), isUnique: isUnique,
      created: now, modified: now)
    property.extra = extra(body)
    self[schema: kind].put(property)
    return property
  }

  private func extra(_ body: JSONValue) -> JSONValue.Object {
    var extra: JSONValue.Object = [:]
    for name in [
      "showCurrencySymbol", "currencyPropertyName", "numberDisplayHint", "textDisplayHint",
      "formField", "hidden", "displayOrder",
    ] {
      if let value = body[name], !value.isNull { extra[name] = value }
    }
    return extra
  }

  private static func isName(_ name: String) -> Bool {
    guard let first = name.utf8.first, (0x61...0x7A).contains(first), name.utf8.count <= 100
    else { return false }
    return name.utf8.allSatisfy {
      (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
    }
  }

  private func options(
    _ json: JSONValue?, _ type: PropertyType, _ fieldType: String
  ) throws(Refusal) -> [PropertyOption] {
    let list = try (json?.array ?? []).map { option throws(Refusal) in
      guard let label = option["label"]?.string, let value = option["value"]?.string,
        !value.isEmpty
      else { throw .shape("every option needs a \"label\" and a \"value\"") }
      return PropertyOption(label: label, value: value)
    }
    guard Set(list.map(\.value)).count == list.count, Set(list.map(\.label)).count == list.count
    else { throw .validation("Property options must have unique labels and values") }
    guard type != .enumeration || fieldType == "booleancheckbox" || !list.isEmpty else {
      throw .validation("An enumeration needs at least one option")
    }
    return list
  }

  private mutating func redefine(
    _ name: String, _ body: JSONValue, _ kind: Kind, now: Int64
  ) throws(Refusal) -> Property {
    guard var property = self[schema: kind][name] else { throw noProperty(name, kind) }
    guard !property.isBuiltIn else {
      throw .validation("The definition of \(name) is read only")
    }
    if let label = body["label"]?.string { property.label = label }
    if let description = body["description"]?.string { property.description = description }
    if let group = body["groupName"]?.string {
      guard self[schema: kind].groups.contains(where: { $0.name == group }) else {
        throw .validation("Property group '\(group)' does not exist")
      }
      property.group = group
    }
    if let list = body["options"], !list.isNull {
      property.options = try options(list, property.type, property.fieldType)
    }
    for (key, value) in extra(body) { property.extra[key] = value }
    property.modified = now
    self[schema: kind].put(property)
    return property
  }

  private mutating func undefine(_ name: String, _ kind: Kind, now: Int64) throws(Refusal) {
    guard var property = self[schema: kind][name] else { throw noProperty(name, kind) }
    guard !property.isBuiltIn else { throw .validation("\(name) cannot be archived") }
    property.archivedAt = now
    self[schema: kind].put(property)
  }

  private mutating func groups(
    _ call: Call, _ kind: Kind, name: String?
  ) throws(Refusal) -> SandboxResponse {
    let index = self[schema: kind].groups.firstIndex { $0.name == name }
    switch (call.method, name, index) {
    case ("GET", nil, _):
      return .json(["results": .array(self[schema: kind].groups.map(\.json))])
    case ("POST", nil, _):
      let body = try call.json()
      guard let name = body["name"]?.string, !name.isEmpty,
        let label = body["label"]?.string, !label.isEmpty
      else { throw .validation("Some required fields were not set: [name, label]") }
      guard !self[schema: kind].groups.contains(where: { $0.name == name }) else {
        throw Refusal(
          status: 409, category: "OBJECT_ALREADY_EXISTS",
          message: "A property group named '\(name)' already exists.",
          subCategory: "Properties.PROPERTY_GROUP_EXISTS")
      }
      let group = PropertyGroup(
        name: name, label: label, order: body["displayOrder"]?.int ?? -1)
      self[schema: kind].groups.append(group)
      return .json(group.json, status: 201)
    case ("GET", _?, let index?): return .json(self[schema: kind].groups[index].json)
    case ("PATCH", _?, let index?):
      let body = try call.json()
      if let label = body["label"]?.string { self[schema: kind].groups[index].label = label }
      return .json(self[schema: kind].groups[index].json)
    case ("DELETE", let name?, let index?):
      guard !self[schema: kind].list(archived: false).contains(where: { $0.group == name }) else {
        throw .validation("The group \(name) still has properties")
      }
      self[schema: kind].groups.remove(at: index)
      return SandboxResponse(status: 204)
    case (_, let name?, nil):
      throw Refusal(
        status: 404, category: "OBJECT_NOT_FOUND", message: "Group '\(name)' does not exist")
    case (_, _, _): throw .wrongMethod
    }
  }

  private mutating func batchProperties(
    _ call: Call, _ kind: Kind, _ operation: String
  ) throws(Refusal) -> SandboxResponse {
    guard ["read", "create", "archive"].contains(operation) else { throw .noRoute }
    guard let inputs = try call.json()["inputs"]?.array, inputs.count <= 100 else {
      throw .shape("\"inputs\" must be an array of at most 100")
    }
    var results: [JSONValue] = []
    var errors: [JSONValue] = []
    for input in inputs {
      do {
        let property = try change(input, kind, operation, now: call.now)
        results.append(property.json)
      } catch {
        errors.append(error.batchEntry(traceID: nil))
      }
    }
    guard operation != "archive" else { return SandboxResponse(status: 204) }
    let status = operation == "create" ? 201 : 200
    return batchReply(results, errors: errors, .v3, status: status, now: call.now)
  }

  private mutating func change(
    _ input: JSONValue, _ kind: Kind, _ operation: String, now: Int64
  ) throws(Refusal) -> Property {
    if operation == "create" { return try define(input, kind, now: now) }
    let name = input["name"]?.string ?? ""
    guard let property = self[schema: kind][name] else { throw noProperty(name, kind) }
    if operation == "archive" { try undefine(name, kind, now: now) }
    return shown(property)
  }
}
