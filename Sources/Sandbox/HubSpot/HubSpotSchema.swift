extension HubSpotSandbox {
  enum PropertyType: String, Sendable, Hashable, CaseIterable {
    case bool, date, datetime, enumeration, number, string
    case phoneNumber = "phone_number"
  }

  struct PropertyOption: Sendable, Hashable {
    var label: String
    var value: String

    func json(order: Int) -> JSONValue {
      [
        "label": .string(label), "value": .string(value), "displayOrder": .integer(order),
        "hidden": false,
      ]
    }
  }

  /// One property definition of one object type.
  struct Property: Sendable, Hashable {
    var name: String
    var label: String
    var type: PropertyType
    var fieldType: String
    var group: String
    var description = ""
    var options: [PropertyOption] = []
    var isUnique = false
    /// Computed by the vendor: writing it is refused.
    var isReadOnly = false
    /// Part of the vendor's own schema: it cannot be deleted.
    var isBuiltIn = false
    /// What the client declared beyond the fields above, given back as it came.
    var extra: JSONValue.Object = [:]
    var created: Int64 = 0
    var modified: Int64 = 0
    var archivedAt: Int64?

    var isMultiSelect: Bool { type == .enumeration && fieldType == "checkbox" }

    var json: JSONValue {
      var object: JSONValue.Object = [
        "createdAt": .string(Stamp.text(created)), "updatedAt": .string(Stamp.text(modified)),
        "name": .string(name), "label": .string(label), "type": .string(type.rawValue),
        "fieldType": .string(fieldType), "description": .string(description),
        "groupName": .string(group),
        "options": .array(options.enumerated().map { $1.json(order: $0) }),
        "displayOrder": -1, "calculated": .bool(isReadOnly), "externalOptions": false,
        "hasUniqueValue": .bool(isUnique), "hidden": false, "hubspotDefined": .bool(isBuiltIn),
        "modificationMetadata": [
          "archivable": .bool(!isBuiltIn), "readOnlyDefinition": .bool(isBuiltIn),
          "readOnlyOptions": .bool(isBuiltIn), "readOnlyValue": .bool(isReadOnly),
        ],
        "formField": false, "dataSensitivity": "non_sensitive",
        "archived": .bool(archivedAt != nil),
      ]
      for (key, value) in extra { object[key] = value }
      if let archivedAt { object["archivedAt"] = .string(Stamp.text(archivedAt)) }
      return .object(object)
    }
  }

  struct PropertyGroup: Sendable, Hashable {
    var name: String
    var label: String
    var order: Int

    var json: JSONValue {
      [
        "name": .string(name), "label": .string(label), "displayOrder": .integer(order),
        "archived": false,
      ]
    }
  }

  /// The properties and groups of one object type, in the order they were made.
  struct Schema: Sendable {
    private(set) var names: [String] = []
    private(set) var properties: [String: Property] = [:]
    var groups: [PropertyGroup] = []
    private(set) var uniqueNames: [String] = []
    private(set) var computedNames: [String] = []

    subscript(name: String) -> Property? {
      guard let found = properties[name], found.archivedAt == nil else { return nil }
      return found
    }

    mutating func put(_ property: Property) {
      if properties[property.name] == nil { names.append(property.name) }
      properties[property.name] = property
      uniqueNames = names.filter { properties[$0]?.isUnique == true }
      computedNames = names.filter { properties[$0]?.isReadOnly == true }
    }

    func list(archived: Bool) -> [Property] {
      names.compactMap { properties[$0] }.filter { ($0.archivedAt != nil) == archived }
    }
  }
}
