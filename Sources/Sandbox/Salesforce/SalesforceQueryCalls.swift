extension SalesforceSandbox {
  /// `query`, `queryAll`, and the pages that follow.
  mutating func queryRoutes(_ call: Call) throws(Refusal) -> SandboxResponse {
    guard call.method == "GET" else { throw .wrongMethod(call.method) }
    let path = call.parts[0]
    switch call.parts.count {
    case 1:
      guard let text = call.request.queryValue("q"), !text.isEmpty else {
        throw Refusal("MALFORMED_QUERY", "unexpected token: '<EOF>'")
      }
      guard Self.encodedLength(text) <= Self.longestAddress else {
        throw Refusal("URI_TOO_LONG", "The requested URI is too long", status: 414)
      }
      return try first(text, path, call)
    case 2: return try following(call.parts[1], path, call)
    default: throw .noResource
    }
  }

  private static let longestAddress = 16_000

  /// A query's share of the address: what is not plain takes three characters a byte.
  private static func encodedLength(_ text: String) -> Int {
    text.utf8.reduce(0) { length, byte in
      let isPlain =
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
      return length + (isPlain ? 1 : 3)
    }
  }

  private mutating func first(
    _ text: String, _ path: String, _ call: Call
  ) throws(Refusal) -> SandboxResponse {
    let world = self
    var parser = QueryParser(text) { world.visible($0, to: call.user) }
    let query = try parser.query()
    let found = rows(query, isAll: path == "queryAll", now: call.now)
    if query.isCount {
      return .json(["totalSize": .integer(found.count), "done": true, "records": []])
    }
    let cursor = Cursors.Cursor(
      query: query, ids: found.map(\.id), path: path, user: call.user, opened: call.now)
    return page(cursor, name: nil, from: 0, call)
  }

  private mutating func following(
    _ locator: String, _ path: String, _ call: Call
  ) throws(Refusal) -> SandboxResponse {
    let halves = locator.split(separator: "-")
    guard halves.count == 2, let start = Int(halves[1]),
      let cursor = cursors.open[String(halves[0])], cursor.path == path,
      cursor.user == call.user, cursor.opened + Cursors.life > call.now, start < cursor.ids.count
    else { throw Refusal("INVALID_QUERY_LOCATOR", "invalid query locator") }
    return page(cursor, name: String(halves[0]), from: start, call)
  }

  private mutating func page(
    _ cursor: Cursors.Cursor, name: String?, from start: Int, _ call: Call
  ) -> SandboxResponse {
    let end = min(start + pageSize(call), cursor.ids.count)
    let records = self[store: cursor.query.kind].records
    let shown = cursor.ids[start..<end].compactMap { records[$0] }
      .map { row($0, cursor.query.columns, version: call.version) }
    var body: JSONValue.Object = [
      "totalSize": .integer(cursor.ids.count), "done": .bool(end == cursor.ids.count),
    ]
    if end < cursor.ids.count {
      let known = name ?? cursors.add(cursor)
      body["nextRecordsUrl"] = .string(
        "/services/data/\(call.version)/\(cursor.path)/\(known)-\(end)")
    } else if let name {
      cursors.close(name)
    }
    body["records"] = .array(shown)
    return .json(.object(body))
  }

  private func pageSize(_ call: Call) -> Int {
    let words = (call.request.headers["sforce-query-options"] ?? "").lowercased()
      .split(separator: "=")
    let asked = words.count == 2 && words[0] == "batchsize" ? Int(words[1]) : nil
    return min(asked.map { min(max($0, 200), 2000) } ?? 2000, org.pageSize)
  }

  /// The fields of a kind the user may see.
  func visible(_ kind: Kind, to user: String) -> [Field] {
    self[fields: kind].filter { isVisible($0, to: user) }
  }

  func isVisible(_ field: Field, to user: String) -> Bool {
    guard let sets = field.seenBy else { return true }
    return sets.contains { set in
      children(.permissionSetAssignment, of: set).contains { $0.text("AssigneeId") == user }
    }
  }
}
