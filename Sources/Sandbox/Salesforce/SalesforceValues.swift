extension SalesforceSandbox {
  /// A value as the field keeps it; null for nothing.
  func checked(_ value: JSONValue, _ field: Field) throws(Refusal) -> JSONValue {
    if value.isNull { return .null }
    switch field.type {
    case .string, .textarea, .picklist, .phone, .url, .email: return try text(value, field)
    case .currency, .double, .percent, .int: return try number(value, field)
    case .boolean:
      guard value.bool != nil else { throw mistyped(value, field) }
      return value
    case .date:
      guard let text = value.string, let date = CivilDate(text) else {
        throw mistyped(value, field)
      }
      return .string(date.text)
    case .datetime:
      guard let text = value.string, text.contains("T"), let time = SandboxTime(iso: text) else {
        throw mistyped(value, field)
      }
      return .string(Self.stamp(time.milliseconds))
    case .reference, .id: return try reference(value, field)
    }
  }

  private func mistyped(_ value: JSONValue, _ field: Field) -> Refusal {
    .parser(
      "Cannot deserialize instance of \(field.type.rawValue) from"
        + " \(value.string == nil ? "VALUE_NUMBER_INT" : "VALUE_STRING") value or request may be"
        + " missing a required field (\(field.name))")
  }

  private func text(_ value: JSONValue, _ field: Field) throws(Refusal) -> JSONValue {
    guard let raw = value.string else { throw mistyped(value, field) }
    var text = raw[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    if field.type != .textarea { text = text.replacing("\n", with: " ")[...] }
    guard !text.isEmpty else { return .null }
    guard text.count <= field.length else {
      throw Refusal(
        "STRING_TOO_LONG",
        "\(field.label): data value too large: \(text.prefix(60)) (max length=\(field.length))",
        fields: [field.name])
    }
    if field.type == .email, !text.contains("@") || text.hasSuffix("@") || text.contains(" ") {
      throw Refusal(
        "INVALID_EMAIL_ADDRESS", "\(field.label): invalid email address: \(text)",
        fields: [field.name])
    }
    if field.type == .picklist, field.isRestricted, !field.choices.contains(String(text)) {
      throw Refusal(
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "\(field.label): bad value for restricted picklist field: \(text)",
        fields: [field.name])
    }
    return .string(String(text))
  }

  private func number(_ value: JSONValue, _ field: Field) throws(Refusal) -> JSONValue {
    if value.string == "" { return .null }
    guard let number = value.decimal else { throw mistyped(value, field) }
    let kept = number.rounded(field.type == .int ? 0 : field.scale)
    let whole = kept.magnitude.text(places: 0).split(separator: ".").first?.count ?? 0
    guard field.type == .int || whole <= field.precision - field.scale else {
      throw Refusal(
        "NUMBER_OUTSIDE_VALID_RANGE",
        "\(field.label): value outside of valid range on numeric field: \(number)",
        fields: [field.name])
    }
    return .number(kept.text(places: field.type == .int ? 0 : 1))
  }

  private func reference(_ value: JSONValue, _ field: Field) throws(Refusal) -> JSONValue {
    guard let text = value.string else { throw mistyped(value, field) }
    guard !text.isEmpty else { return .null }
    guard let id = SalesforceID.long(text),
      field.refersTo.contains(where: { id.hasPrefix($0.prefix) })
    else {
      throw Refusal(
        "MALFORMED_ID", "\(field.label): id value of incorrect type: \(text)",
        fields: [field.name])
    }
    guard let target = live(id) else {
      if field.refersTo.contains(where: { self[store: $0].records[id] != nil }) {
        throw Refusal("ENTITY_IS_DELETED", "entity is deleted", fields: [])
      }
      throw Refusal(
        "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", fields: [])
    }
    if field.name == "OwnerId", !target.flag("IsActive") {
      throw Refusal(
        "INACTIVE_OWNER_OR_USER",
        "operation performed with inactive user [\(id)] as owner of record",
        fields: ["OwnerId"])
    }
    return .string(id)
  }
}
