/// Fields made by the tooling API: nobody sees one before a permission set shows it.
extension SalesforceSandbox {
  private static let types: [String: FieldType] = [
    "Text": .string, "Url": .url, "Date": .date, "DateTime": .datetime, "Number": .double,
    "Currency": .currency, "Checkbox": .boolean, "Picklist": .picklist,
    "LongTextArea": .textarea, "Email": .email,
  ]

  mutating func toolingRoute(_ call: Call) throws(Refusal) -> SandboxResponse {
    guard call.method == "POST" else { throw .wrongMethod(call.method) }
    guard org.mayCustomize else {
      throw Refusal(
        "INSUFFICIENT_ACCESS",
        "use of the Metadata API requires a user with the"
          + " ModifyAllData or ModifyMetadata permissions", status: 403)
    }
    let body = try call.object()
    let parts = (body["FullName"]?.string ?? "").split(separator: ".").map(String.init)
    guard parts.count == 2, let kind = Kind(named: parts[0]), kind.takesCustomFields,
      parts[1].hasSuffix("__c"), let metadata = body["Metadata"]?.object
    else { throw Refusal("FIELD_INTEGRITY_EXCEPTION", "FullName: Object.Field__c") }
    _ = try addField(parts[1], kind, metadata, isOpen: false)
    let id = SalesforceID.made(prefix: "00N", number: self[fields: kind].count)
    return .json(["id": .string(id), "success": true, "errors": []], status: 201)
  }

  /// `isOpen`: everybody sees it at once, as after a click on “visible” in the set-up.
  @discardableResult
  mutating func addField(
    _ name: String, _ kind: Kind, _ metadata: JSONValue.Object, isOpen: Bool
  ) throws(Refusal) -> Field {
    guard let type = metadata["type"]?.string.flatMap({ Self.types[$0] }),
      let label = metadata["label"]?.string, !label.isEmpty, label.count <= 40
    else { throw Refusal("FIELD_INTEGRITY_EXCEPTION", "a field needs a type and a label") }
    guard !self[fields: kind].contains(where: { $0.name.lowercased() == name.lowercased() }) else {
      throw Refusal(
        "DUPLICATE_DEVELOPER_NAME",
        "There is already a field named \(name.dropLast(3)) on \(kind.name).", fields: ["FullName"])
    }
    var field = Field(name, type, metadata["length"]?.int ?? (type == .textarea ? 32_768 : 255))
    if type == .string {
      guard let length = metadata["length"]?.int, (1...255).contains(length) else {
        throw Refusal(
          "FIELD_INTEGRITY_EXCEPTION", "Must specify 'length' for a CustomField of type Text")
      }
    }
    if type == .double || type == .currency {
      guard let precision = metadata["precision"]?.int, let scale = metadata["scale"]?.int,
        precision <= 18, scale < precision
      else {
        throw Refusal(
          "FIELD_INTEGRITY_EXCEPTION", "Must specify 'precision' and 'scale' for this type")
      }
      (field.precision, field.scale) = (precision, scale)
    }
    field.label = label
    field.isCustom = true
    field.isExternalID = metadata["externalId"]?.bool ?? false
    field.isUnique = metadata["unique"]?.bool ?? false
    field.isFilterable = type != .textarea
    if type == .picklist {
      field.choices = (metadata["values"]?.array ?? []).compactMap(\.string)
      field.isRestricted = metadata["restricted"]?.bool ?? true
    }
    field.seenBy = isOpen ? nil : []
    self[fields: kind].append(field)
    return field
  }
}
