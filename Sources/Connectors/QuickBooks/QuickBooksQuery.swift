internal import Domain

/// A statement of QuickBooks' query language. Every value goes through `quoted`.
struct QuickBooksQuery: Hashable, Sendable {
  var entity: String
  /// What is selected.
  var fields = "*"
  private(set) var conditions: [String] = []
  var order: String?

  init<Record: QuickBooksRecord>(_ type: Record.Type) { entity = type.entity }

  func fields(_ names: String) -> Self {
    var query = self
    query.fields = names
    return query
  }

  func ordered(by field: String) -> Self {
    var query = self
    query.order = field
    return query
  }

  /// Adds `field comparison 'value'`; conditions are joined by AND.
  func filtered(_ field: String, _ comparison: String, _ value: String) -> Self {
    var query = self
    query.conditions.append("\(field) \(comparison) \(Self.quoted(value))")
    return query
  }

  /// Adds `field IN ('a','b')`.
  func filtered(_ field: String, isOneOf values: [String]) -> Self {
    var query = self
    let list = values.map(Self.quoted).joined(separator: ",")
    query.conditions.append("\(field) IN (\(list))")
    return query
  }

  /// Lists leave inactive records out unless both are asked for.
  func withInactive() -> Self {
    var query = self
    query.conditions.append("Active IN (true,false)")
    return query
  }

  /// The statement for one page; `start` counts from 1.
  func statement(from start: Int, most: Int) -> String {
    var text = "SELECT \(fields) FROM \(entity)"
    if !conditions.isEmpty { text += " WHERE " + conditions.joined(separator: " AND ") }
    if let order { text += " ORDERBY \(order)" }
    return text + " STARTPOSITION \(start) MAXRESULTS \(most)"
  }

  /// A value in single quotes: nothing in it can end the quotes.
  static func quoted(_ value: String) -> String {
    var out = "'"
    for character in OutgoingText.line(value, limit: 1000) {
      if character == "\\" || character == "'" { out.append("\\") }
      out.append(character)
    }
    return out + "'"
  }
}
