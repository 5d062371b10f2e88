import Foundation

extension QuickBooksLedger {
  /// Fields a statement may filter by; the vendor cannot search notes and memos.
  private static let searchable: Set<String> = [
    "Id", "DisplayName", "GivenName", "FamilyName", "CompanyName", "FullyQualifiedName",
    "PrimaryEmailAddr", "Active", "Name", "Sku", "Type", "AccountType", "Code", "DocNumber",
    "TxnDate", "DueDate", "TotalAmt", "Balance", "CustomerRef", "MetaData.CreateTime",
    "MetaData.LastUpdatedTime", "PaymentRefNum", "AcctNum",
  ]

  func query(_ text: String, at now: SandboxTime) throws(QuickBooksFault) -> JSONValue {
    let statement = try QuickBooksStatement(text)
    let unknown = statement.conditions.first { !Self.searchable.contains($0.field) }
    if let unknown {
      throw QuickBooksFault(
        "4001", "Invalid query",
        "QueryValidationError: property '\(unknown.field)' is not queryable")
    }
    var found = try matching(statement)
    if statement.counts { return ["totalCount": .integer(found.count)] }
    try sort(&found, statement)
    let page = found.dropFirst(statement.start - 1).prefix(statement.most)
    guard !page.isEmpty else { return [:] }
    let shown = page.map { row in Self.selected(answered(statement.entity, row), statement) }
    return [
      statement.entity: .array(shown), "startPosition": .integer(statement.start),
      "maxResults": .integer(shown.count),
    ]
  }

  private func matching(
    _ statement: QuickBooksStatement
  ) throws(QuickBooksFault) -> [QuickBooksTable.Row] {
    switch statement.entity {
    case "CompanyInfo": return [virtual(companyInfo)]
    case "Preferences": return [virtual(preferences)]
    default: break
    }
    let asksActive = statement.conditions.contains { $0.field == "Active" }
    var found: [QuickBooksTable.Row] = []
    for row in rows(statement.entity) {
      if Self.lists.contains(statement.entity), !asksActive, !row.isActive { continue }
      var fits = true
      for condition in statement.conditions where fits {
        fits = try Self.holds(condition, row)
      }
      if fits { found.append(row) }
    }
    return found
  }

  private func virtual(_ json: JSONValue) -> QuickBooksTable.Row {
    let zero = SandboxTime(milliseconds: 0)
    return QuickBooksTable.Row(id: "1", object: json.object ?? [:], created: zero, changed: zero)
  }

  private static func selected(_ json: JSONValue, _ statement: QuickBooksStatement) -> JSONValue {
    guard var object = json.object else { return json }
    let named = statement.fields.filter { $0 != "*" }
    if statement.fields.contains("*") {
      // The vendor leaves the code of an item out of "everything".
      if statement.entity == "Item", !named.contains("Sku") { object["Sku"] = nil }
      return .object(object)
    }
    let kept = Set(named.map { String($0.prefix { $0 != "." }) } + ["Id"])
    for key in object.keys where !kept.contains(key) { object[key] = nil }
    return .object(object)
  }

  private static func holds(
    _ condition: QuickBooksStatement.Condition, _ row: QuickBooksTable.Row
  ) throws(QuickBooksFault) -> Bool {
    let own = value(condition.field, row)
    let wanted = condition.values.first ?? ""
    switch condition.comparison {
    case "IN": return condition.values.contains { order(own, $0, condition.field) == 0 }
    case "LIKE": return like(own.lowercased(), wanted.lowercased())
    case "=": return order(own, wanted, condition.field) == 0
    default:
      guard let order = order(own, wanted, condition.field) else {
        throw .query("\(wanted) cannot be compared with \(condition.field)")
      }
      switch condition.comparison {
      case "<": return order < 0
      case ">": return order > 0
      case "<=": return order <= 0
      default: return order >= 0
      }
    }
  }

  private static func value(_ field: String, _ row: QuickBooksTable.Row) -> String {
    switch field {
    case "Id": return row.id
    case "MetaData.CreateTime": return row.created.pacific
    case "MetaData.LastUpdatedTime": return row.changed.pacific
    case "CustomerRef": return row.reference("CustomerRef")
    case "PrimaryEmailAddr": return row.object["PrimaryEmailAddr"]?["Address"]?.string ?? ""
    case "Active": return row.isActive ? "true" : "false"
    default: return row.text(field)
    }
  }

  /// Negative, zero or positive; nil where the two cannot be compared.
  private static func order(_ left: String, _ right: String, _ field: String) -> Int? {
    if field.hasPrefix("MetaData.") {
      guard let a = SandboxTime(iso: left), let b = SandboxTime(iso: right) else { return nil }
      // Stamps have whole seconds.
      let (one, other) = (a.milliseconds / 1000, b.milliseconds / 1000)
      return one < other ? -1 : one == other ? 0 : 1
    }
    let isNumber = ["Id", "TotalAmt", "Balance", "CustomerRef"].contains(field)
    if isNumber, let a = ExactDecimal(left), let b = ExactDecimal(right) {
      return a < b ? -1 : a == b ? 0 : 1
    }
    let (a, b) = (left.lowercased(), right.lowercased())
    return a < b ? -1 : a == b ? 0 : 1
  }

  private static func like(_ text: String, _ pattern: String) -> Bool {
    let parts = pattern.split(separator: "%", omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 1 else { return text == pattern }
    guard text.hasPrefix(parts[0]), let last = parts.last else { return false }
    var rest = text.dropFirst(parts[0].count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let range = rest.firstRange(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return rest.hasSuffix(last)
  }

  private func sort(
    _ found: inout [QuickBooksTable.Row], _ statement: QuickBooksStatement
  ) throws(QuickBooksFault) {
    guard let order = statement.order else { return }
    let sign = order.descends ? -1 : 1
    let keyed = found.map { (Self.value(order.field, $0), $0) }
    found = keyed.enumerated().sorted { one, other in
      let way = (Self.order(one.element.0, other.element.0, order.field) ?? 0) * sign
      return way == 0 ? one.offset < other.offset : way < 0
    }.map(\.element.1)
  }

  // MARK: change data capture

  private static let captureDays: Int64 = 30
  private static let captureMost = 1000

  func changes(
    _ request: SandboxRequest, at now: SandboxTime
  ) throws(QuickBooksFault) -> JSONValue {
    let names = (request.queryValue("entities") ?? "").split(separator: ",").map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    guard !names.isEmpty else { throw .missing("entities") }
    guard let since = request.queryValue("changedSince").flatMap({ SandboxTime(iso: $0) }) else {
      throw .missing("changedSince")
    }
    guard since >= now.advanced(seconds: -Self.captureDays * 86_400) else {
      throw QuickBooksFault(
        "2030", "Invalid ID", "changedSince lies more than 30 days back", element: "changedSince")
    }
    var left = Self.captureMost
    var groups: [JSONValue] = []
    for name in names {
      guard let entity = Self.entity(name) else { throw .unknownProperty(name) }
      let changed = shown(entity).filter {
        $0.changed.milliseconds / 1000 >= since.milliseconds / 1000
      }.prefix(left)
      left -= changed.count
      groups.append(
        changed.isEmpty
          ? [:]
          : [
            entity: .array(changed.map { answered(entity, $0) }), "startPosition": 1,
            "maxResults": .integer(changed.count),
          ])
    }
    return ["CDCResponse": [["QueryResponse": .array(groups)]], "time": .string(now.pacific)]
  }
}
