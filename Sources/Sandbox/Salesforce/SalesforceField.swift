extension SalesforceSandbox {
  /// The types a field may have, in the words of a describe.
  enum FieldType: String, Sendable {
    case id, string, textarea, picklist, currency, double, percent, int, date, datetime
    case reference, boolean, email, phone, url

    var isNumber: Bool {
      switch self {
      case .currency, .double, .percent, .int: true
      case .id, .string, .textarea, .picklist, .date, .datetime, .reference, .boolean, .email,
        .phone, .url:
        false
      }
    }

    var isQuoted: Bool {
      switch self {
      case .id, .string, .textarea, .picklist, .reference, .email, .phone, .url: true
      case .currency, .double, .percent, .int, .date, .datetime, .boolean: false
      }
    }
  }

  /// One field of a kind.
  struct Field: Sendable, Hashable {
    var name: String
    var label: String
    var type: FieldType
    var length = 0
    var precision = 0
    var scale = 0
    var isCustom = false
    var isExternalID = false
    var isUnique = false
    var isCreateable = true
    var isUpdateable = true
    var isRequired = false
    var isFilterable = true
    var refersTo: [Kind] = []
    var choices: [String] = []
    var isRestricted = false
    /// Permission sets that show it; nil: everybody sees it.
    var seenBy: Set<String>?

    init(_ name: String, _ type: FieldType, _ length: Int = 0) {
      self.name = name
      self.type = type
      self.length = length
      label = Self.label(name)
      if type == .currency { (precision, scale) = (18, 2) }
      if type == .double { (precision, scale) = (12, 2) }
      if type == .percent { (precision, scale) = (5, 2) }
    }

    /// `BillingPostalCode` reads “Billing Postal Code”; ids lose their ending.
    private static func label(_ name: String) -> String {
      var label = ""
      for character in name {
        if character.isUppercase, !label.isEmpty, label.last?.isUppercase == false {
          label += " "
        }
        label.append(character)
      }
      return label
    }

    /// What a dotted path calls the record it refers to.
    var relationship: String? {
      guard type == .reference else { return nil }
      if name.hasSuffix("__c") { return String(name.dropLast(1)) + "r" }
      return name == "Product2Id" ? "Product2" : String(name.dropLast(2))
    }

    func readOnly() -> Field {
      var field = self
      (field.isCreateable, field.isUpdateable) = (false, false)
      return field
    }

    func fixed() -> Field {
      var field = self
      field.isUpdateable = false
      return field
    }

    func required() -> Field {
      var field = self
      field.isRequired = true
      return field
    }

    func unfilterable() -> Field {
      var field = self
      field.isFilterable = false
      return field
    }

    static func to(_ name: String, _ kinds: Kind...) -> Field {
      var field = Field(name, .reference, 18)
      field.refersTo = kinds
      return field
    }

    static func choice(_ name: String, _ choices: [String]) -> Field {
      var field = Field(name, .picklist, 255)
      field.choices = choices
      return field
    }

    /// As a describe shows it.
    var json: JSONValue {
      [
        "name": .string(name), "label": .string(label), "type": .string(type.rawValue),
        "length": .integer(length), "precision": .integer(precision), "scale": .integer(scale),
        "nillable": .bool(!isRequired && type != .id && type != .boolean),
        "createable": .bool(isCreateable), "updateable": .bool(isUpdateable),
        "calculated": false, "custom": .bool(isCustom), "externalId": .bool(isExternalID),
        "unique": .bool(isUnique), "idLookup": .bool(isExternalID || type == .id),
        "filterable": .bool(isFilterable), "sortable": .bool(isFilterable),
        "defaultedOnCreate": .bool(type == .boolean), "restrictedPicklist": .bool(isRestricted),
        "picklistValues": .array(
          choices.map {
            [
              "active": true, "defaultValue": false, "label": .string($0), "validFor": nil,
              "value": .string($0),
            ]
          }),
        "referenceTo": .array(refersTo.map { .string($0.name) }),
        "relationshipName": relationship.map { .string($0) } ?? .null,
        "compoundFieldName": nil,
      ]
    }
  }
}
