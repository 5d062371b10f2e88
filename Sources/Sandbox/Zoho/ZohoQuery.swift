extension ZohoSandbox {
  /// COQL as far as one module and plain comparisons go. A condition is mandatory, and more than
  /// two must be put in pairs.
  func coql(_ call: Call) throws(Refusal) -> SandboxResponse {
    guard let text = try call.json()["select_query"]?.string else {
      throw Refusal(
        400, "MANDATORY_NOT_FOUND", "required field not found", ["api_name": "select_query"])
    }
    var parser = ZohoQueryParser(text)
    let query = try parser.query()
    guard let module = Module(rawValue: query.module) else {
      throw Refusal(400, "INVALID_QUERY", "invalid module", ["clause": "from"])
    }
    let known = Set(
      self[fields: module].filter { $0.type != .rows && $0.type != .subform }.map(\.key))
    for name in query.columns + query.condition.names + query.order.map(\.name)
    where name != "id" && !known.contains(name) {
      throw Refusal(
        400, "INVALID_QUERY", "column given seems to be invalid", ["column_name": .string(name)])
    }
    guard query.count <= limits.queryRows else {
      throw Refusal(400, "LIMIT_EXCEEDED", "limit", ["limit": .integer(limits.queryRows)])
    }
    let found = self[store: module].live.filter { !$0.needsApproval }.filter { record in
      query.condition.holds { seen($0, record, module) }
    }
    let sorted = found.sorted { left, right in
      for (name, descends) in query.order {
        let (one, other) = (seen(name, left, module), seen(name, right, module))
        guard one != other else { continue }
        return ZohoCondition.isLess(one, other) != descends
      }
      return (left.id.count, left.id) < (right.id.count, right.id)
    }
    let shown = sorted.dropFirst(query.start).prefix(query.count)
    guard !shown.isEmpty else { return .nothing }
    let columns = Set(query.columns)
    return .json([
      "data": .array(shown.map { view($0, module, only: Array(columns)) }),
      "info": [
        "count": .integer(shown.count),
        "more_records": .bool(sorted.count > query.start + shown.count),
      ],
    ])
  }

  /// What a comparison sees: of a lookup its id, of a time the instant in UTC.
  private func seen(_ name: String, _ record: Record, _ module: Module) -> String? {
    if name == "id" { return record.id }
    guard let field = self[fields: module].first(where: { $0.key == name }) else { return nil }
    switch field.key {
    case "Created_Time": return SandboxTime(milliseconds: record.created).iso()
    case "Modified_Time": return SandboxTime(milliseconds: record.modified).iso()
    default:
      let value = value(of: field, record, module)
      return value["id"]?.string ?? value.string ?? value.digits
    }
  }
}

/// One query, read.
struct ZohoQueryText {
  var columns: [String]
  var module: String
  var condition: ZohoCondition
  var order: [(name: String, descends: Bool)] = []
  var start = 0
  var count = 200
}

/// What follows `where`.
indirect enum ZohoCondition {
  case compare(String, String, [String])
  case both(ZohoCondition, ZohoCondition)
  case either(ZohoCondition, ZohoCondition)

  var names: [String] {
    switch self {
    case .compare(let name, _, _): [name]
    case .both(let left, let right), .either(let left, let right): left.names + right.names
    }
  }

  func holds(_ value: (String) -> String?) -> Bool {
    switch self {
    case .both(let left, let right): left.holds(value) && right.holds(value)
    case .either(let left, let right): left.holds(value) || right.holds(value)
    case .compare(let name, let operation, let wanted):
      Self.holds(value(name).map(Self.normal), operation, wanted.map(Self.normal))
    }
  }

  private static func holds(_ value: String?, _ operation: String, _ wanted: [String]) -> Bool {
    let first = wanted.first
    switch operation {
    case "is null": return value == nil
    case "is not null": return value != nil
    case "=": return value?.lowercased() == first?.lowercased()
    case "!=": return value?.lowercased() != first?.lowercased()
    case "in": return value.map { wanted.contains($0) } ?? false
    case "not in": return value.map { !wanted.contains($0) } ?? true
    case ">": return value != nil && isLess(first, value)
    case ">=": return value != nil && !isLess(value, first)
    case "<": return value != nil && isLess(value, first)
    case "<=": return value != nil && !isLess(first, value)
    default: return false
    }
  }

  /// Times are compared as instants, numbers as numbers.
  private static func normal(_ text: String) -> String {
    guard text.count > 19, text.contains("T"), let time = SandboxTime(iso: text) else {
      return text
    }
    return time.iso()
  }

  static func isLess(_ left: String?, _ right: String?) -> Bool {
    let (left, right) = (left ?? "", right ?? "")
    if let one = ExactDecimal(left), let other = ExactDecimal(right) { return one < other }
    return left < right
  }
}
