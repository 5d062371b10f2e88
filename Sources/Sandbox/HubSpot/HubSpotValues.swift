extension HubSpotSandbox {
  private static let longestText = 65_536

  /// What a write asks for, checked and in stored form; nil clears the property.
  typealias Changes = [String: String?]

  /// Checks one write's properties against the schema. All problems are reported at once.
  func checked(
    _ input: JSONValue?, kind: Kind, current: Record?
  ) throws(Refusal) -> Changes {
    guard let object = input?.object else { throw .shape("\"properties\" must be an object") }
    var changes: Changes = [:]
    var problems: [PropertyProblem] = []
    for (name, value) in object {
      guard let text = Self.plainText(value) else {
        throw .shape("the value of \"\(name)\" must be text, a number, a boolean or null")
      }
      switch check(name, text, kind: kind, current: current) {
      case .success(let stored): changes[name] = .some(stored)
      case .failure(let problem): problems.append(problem.problem)
      }
    }
    problems += crossChecks(changes, kind: kind, current: current)
    guard problems.isEmpty else { throw .properties(problems, portal: account.portal) }
    return changes
  }

  private struct Failed: Error { var problem: PropertyProblem }

  private static func plainText(_ value: JSONValue) -> String? {
    switch value {
    case .null: ""
    case .bool(let flag): flag ? "true" : "false"
    case .number(let digits): digits
    case .string(let text): text
    case .array, .object: nil
    }
  }

  private func check(
    _ name: String, _ text: String, kind: Kind, current: Record?
  ) -> Result<String?, Failed> {
    func fail(_ code: String, _ message: String) -> Result<String?, Failed> {
      .failure(Failed(problem: PropertyProblem(name: name, code: code, message: message)))
    }
    guard let property = self[schema: kind][name] else {
      return fail("PROPERTY_DOESNT_EXIST", "Property \"\(name)\" does not exist")
    }
    guard !property.isReadOnly else {
      return fail(
        "READ_ONLY_VALUE", "\"\(name)\" is a read only property; its value cannot be set.")
    }
    guard !text.isEmpty else { return .success(nil) }
    switch property.type {
    case .string, .phoneNumber:
      guard text.count <= Self.longestText else {
        return fail("PROPERTY_VALUE_TOO_LONG", "\"\(name)\" is longer than 65536 characters.")
      }
      return special(property, text).map { .success($0) }
        ?? fail(
          name == "email" ? "INVALID_EMAIL" : "INVALID_OPTION",
          "\"\(text)\" is not a valid value for \"\(name)\".")
    case .number:
      guard let number = ExactDecimal(text) else {
        return fail("INVALID_INTEGER", "\(text) was not a valid number.")
      }
      guard name != "price" || number >= .zero else {
        return fail("INVALID_PRICE", "The price must not be negative.")
      }
      return .success(text)
    case .bool:
      guard ["true", "false"].contains(text) else {
        return fail("INVALID_OPTION", "\(text) was not one of the allowed options: [true, false]")
      }
      return .success(text)
    case .date:
      guard let days = Self.day(of: text) else {
        return fail("INVALID_DATE", "\(text) was not a valid date.")
      }
      return .success(Stamp.day(days))
    case .datetime:
      guard let instant = Stamp.parse(text) else {
        return fail("INVALID_DATE", "\(text) was not a valid long.")
      }
      return .success(Stamp.text(instant))
    case .enumeration:
      return enumeration(property, text, current: current).map { .success($0) }
        ?? fail("INVALID_OPTION", optionMessage(property, text))
    }
  }

  /// A date is a calendar day, or epoch milliseconds at exactly midnight UTC.
  private static func day(of text: String) -> Int64? {
    if let number = Int64(text) {
      return number % Stamp.dayMilliseconds == 0
        ? Stamp.floorDivide(number, Stamp.dayMilliseconds) : nil
    }
    return Stamp.days(text)
  }

  /// Text properties with rules of their own; nil when the value breaks them.
  private func special(_ property: Property, _ text: String) -> String? {
    switch property.name {
    case "email":
      let parts = text.split(separator: "@", omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, parts[1].contains("."),
        !parts[1].hasPrefix("."), !parts[1].hasSuffix("."), !text.contains(" ")
      else { return nil }
      return text.lowercased()
    case "hs_tax_rate_group_id": return taxRates.contains { $0.id == text } ? text : nil
    case "hs_line_item_currency_code": return account.currencies.contains(text) ? text : nil
    default: return text
    }
  }

  private func enumeration(_ property: Property, _ text: String, current: Record?) -> String? {
    switch property.name {
    case "hubspot_owner_id":
      return owners.contains { $0.id == text && !$0.isArchived } ? text : nil
    case "pipeline": return pipelines.contains { $0.id == text } ? text : nil
    // Checked against its pipeline once the whole write is known.
    case "dealstage": return text
    default: break
    }
    let allowed = property.options.map(\.value)
    guard property.isMultiSelect else { return allowed.contains(text) ? text : nil }
    let appends = text.hasPrefix(";")
    let chosen = text.split(separator: ";").map(String.init)
    guard chosen.allSatisfy({ allowed.isEmpty || allowed.contains($0) }) else { return nil }
    let kept =
      appends
      ? current?.values[property.name]?.split(separator: ";").map(String.init) ?? [] : []
    return (kept + chosen.filter { !kept.contains($0) }).joined(separator: ";")
  }

  private func optionMessage(_ property: Property, _ text: String) -> String {
    let allowed: [String] =
      switch property.name {
      case "hubspot_owner_id": owners.filter { !$0.isArchived }.map(\.id)
      case "pipeline": pipelines.map(\.id)
      default: property.options.map(\.value)
      }
    return "\(text) was not one of the allowed options: [\(allowed.joined(separator: ", "))]"
  }

  /// Rules between properties of one record.
  private func crossChecks(
    _ changes: Changes, kind: Kind, current: Record?
  ) -> [PropertyProblem] {
    func after(_ name: String) -> String? {
      changes[name].map { $0 } ?? current?.values[name]
    }
    switch kind {
    case .deals:
      guard changes["dealstage"] != nil || changes["pipeline"] != nil,
        let stage = after("dealstage")
      else { return [] }
      let pipelineID = after("pipeline") ?? pipelines.first?.id ?? ""
      let stages = pipelines.first { $0.id == pipelineID }?.stages.map(\.id) ?? []
      guard !stages.contains(stage) else { return [] }
      return [
        PropertyProblem(
          name: "dealstage", code: "INVALID_OPTION",
          message: "\(stage) is not a stage of pipeline \(pipelineID), which has: "
            + "[\(stages.joined(separator: ", "))]")
      ]
    case .lineItems:
      guard let discount = changes["discount"], discount != nil,
        let percentage = changes["hs_discount_percentage"], percentage != nil
      else { return [] }
      return [
        PropertyProblem(
          name: "discount", code: "INVALID_DISCOUNT",
          message: "Only one of discount and hs_discount_percentage can be set.")
      ]
    case .contacts, .companies, .products, .tasks, .notes: return []
    }
  }
}
