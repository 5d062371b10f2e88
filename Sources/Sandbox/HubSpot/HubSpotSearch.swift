extension HubSpotSandbox {
  mutating func search(_ call: Call, _ kind: Kind) throws(Refusal) -> SandboxResponse {
    let query = try searchQuery(call, kind)
    if self[store: kind].settle(now: call.now, lag: lag) { memo = nil }
    let found = try remembered(call, query, kind)
    let total = found.count
    let page = page(of: found, query, kind)
    var object: JSONValue.Object = [
      "total": .integer(total),
      "results": .array(
        page.map { .object(json($0, kind, properties: query.properties)) }),
    ]
    let next = query.offset + page.count
    if next < total, !page.isEmpty {
      object["paging"] = ["next": ["after": .string(String(next))]]
    }
    return .json(.object(object))
  }

  /// The record as search knows it now; nil when it does not, or when it is gone.
  private func visible(_ id: Int, _ kind: Kind) -> Record? {
    let store = self[store: kind]
    guard let record = store.records[id], record.isLive else { return nil }
    return store.shadows[id].map(\.visible) ?? record
  }

  /// The next page of a query that was just asked need not be searched again.
  private mutating func remembered(
    _ call: Call, _ query: SearchQuery, _ kind: Kind
  ) throws(Refusal) -> [SortedIndex.Key] {
    var question = try call.json().object ?? [:]
    for name in ["after", "limit", "properties"] { question[name] = nil }
    if let memo, memo.kind == kind, memo.question == question { return memo.found }
    let found = matches(query, kind)
    memo = SearchMemo(kind: kind, question: question, found: found)
    return found
  }

  private func page(
    of found: [SortedIndex.Key], _ query: SearchQuery, _ kind: Kind
  ) -> [Record] {
    guard query.offset < found.count else { return [] }
    let range = query.offset..<min(found.count, query.offset + query.limit)
    let keys =
      query.descending
      ? range.map { found[found.count - 1 - $0] } : range.map { found[$0] }
    return keys.compactMap { visible($0.id, kind) }
  }

  /// All matches in ascending order.
  private func matches(_ query: SearchQuery, _ kind: Kind) -> [SortedIndex.Key] {
    let groups = query.groups.filter { !$0.isEmpty }
    if groups.isEmpty, !query.groups.isEmpty { return [] }
    let keys = candidates(groups, kind)
    let needsRecords = !query.words.isEmpty || groups.contains { !$0.others.isEmpty }
    let isPlain = groups.count <= 1 && !needsRecords
    let narrow = groups.first.map { $0.ids != .min ... .max } ?? false
    var found =
      isPlain && !narrow && groups.first?.candidates == nil
      ? keys : keys.filter { holds($0, groups, query.words, kind) }
    switch query.sort {
    case .modified: break
    case .id: found.sort { $0.id < $1.id }
    case .property(let name): found = sorted(found, by: name, kind)
    }
    return found
  }

  /// Everything that may match, by (modified, id) as search sees them.
  private func candidates(_ groups: [FilterGroup], _ kind: Kind) -> [SortedIndex.Key] {
    let store = self[store: kind]
    if !groups.isEmpty, groups.allSatisfy({ $0.candidates != nil }) {
      return Set(groups.flatMap { $0.candidates ?? [] })
        .compactMap { visible($0, kind)?.key }.sorted()
    }
    let low = groups.map(\.modified.lowerBound).min() ?? .min
    let high = groups.map(\.modified.upperBound).max() ?? .max
    let from = store.byModified.rank(SortedIndex.Key(modified: low, id: .min))
    let to =
      high == .max
      ? store.byModified.count
      : store.byModified.rank(SortedIndex.Key(modified: high + 1, id: .min))
    let keys = store.byModified.slice(from..<max(from, to))
    guard !store.shadows.isEmpty else { return keys }
    let late = store.shadows.keys.compactMap { visible($0, kind)?.key }
      .filter { $0.modified >= low && $0.modified <= high }
    return (keys.filter { store.shadows[$0.id] == nil } + late).sorted()
  }

  private func holds(
    _ key: SortedIndex.Key, _ groups: [FilterGroup], _ words: [String], _ kind: Kind
  ) -> Bool {
    var record: Record?
    let inGroup =
      groups.isEmpty
      || groups.contains { group in
        guard group.modified.contains(key.modified), group.ids.contains(key.id) else {
          return false
        }
        guard !group.others.isEmpty else { return true }
        record = record ?? visible(key.id, kind)
        guard let record else { return false }
        return group.others.allSatisfy { holds($0, record, kind) }
      }
    guard inGroup, !words.isEmpty else { return inGroup }
    guard let record = record ?? visible(key.id, kind) else { return false }
    let text = kind.queryProperties.compactMap { record.values[$0]?.lowercased() }
      .joined(separator: " ")
    return words.allSatisfy { text.contains($0) }
  }

  private func holds(_ filter: Filter, _ record: Record, _ kind: Kind) -> Bool {
    if let other = filter.association {
      let linked = liveEnds(record.id, kind, other).map { String($0.id) }
      switch filter.operation {
      case .equal, .oneOf: return linked.contains { filter.values.contains($0) }
      case .notEqual, .noneOf: return !linked.contains { filter.values.contains($0) }
      case .present: return !linked.isEmpty
      case .absent: return linked.isEmpty
      case .less, .lessOrEqual, .greater, .greaterOrEqual, .between, .containsToken,
        .containsNoToken:
        return false
      }
    }
    let value = value(filter.property, of: record, kind: kind)
    guard let value, !value.isEmpty else { return filter.operation == .absent }
    return holds(filter, value)
  }

  private func holds(_ filter: Filter, _ value: String) -> Bool {
    let first = filter.values.first ?? ""
    switch filter.operation {
    case .present: return true
    case .absent: return false
    case .equal: return compare(value, first, filter.type) == 0
    case .notEqual: return compare(value, first, filter.type) != 0
    case .less: return compare(value, first, filter.type) < 0
    case .lessOrEqual: return compare(value, first, filter.type) <= 0
    case .greater: return compare(value, first, filter.type) > 0
    case .greaterOrEqual: return compare(value, first, filter.type) >= 0
    case .between:
      return compare(value, first, filter.type) >= 0
        && compare(value, filter.high ?? "", filter.type) <= 0
    case .oneOf: return isListed(value, filter)
    case .noneOf: return !isListed(value, filter)
    case .containsToken: return hasToken(value, first)
    case .containsNoToken: return !hasToken(value, first)
    }
  }

  /// A list of text values is matched in lower case only, as the index holds it.
  private func isListed(_ value: String, _ filter: Filter) -> Bool {
    switch filter.type {
    case .string, .phoneNumber: filter.values.contains(value.lowercased())
    case .enumeration, .bool: filter.values.contains(value)
    case .number, .date, .datetime: filter.values.contains { compare(value, $0, filter.type) == 0 }
    }
  }

  private func compare(_ left: String, _ right: String, _ type: PropertyType) -> Int {
    switch type {
    case .number: order(ExactDecimal(left) ?? .zero, ExactDecimal(right) ?? .zero)
    case .date, .datetime: order(Stamp.parse(left) ?? 0, Stamp.parse(right) ?? 0)
    case .enumeration, .bool: order(left, right)
    case .string, .phoneNumber: order(left.lowercased(), right.lowercased())
    }
  }

  private func order<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
    left == right ? 0 : (left < right ? -1 : 1)
  }

  /// Whole words, with `*` standing for any run of characters at either end.
  private func hasToken(_ value: String, _ pattern: String) -> Bool {
    let value = value.lowercased()
    let pattern = pattern.lowercased()
    let core = pattern.filter { $0 != "*" }
    guard !core.isEmpty else { return true }
    let tokens = [value] + value.split { !($0.isLetter || $0.isNumber) }.map(String.init)
    return tokens.contains { token in
      switch (pattern.hasPrefix("*"), pattern.hasSuffix("*")) {
      case (true, true): token.contains(core)
      case (true, false): token.hasSuffix(core)
      case (false, true): token.hasPrefix(core)
      case (false, false): token == core
      }
    }
  }

  /// Records without the value come first.
  private func sorted(
    _ keys: [SortedIndex.Key], by name: String, _ kind: Kind
  ) -> [SortedIndex.Key] {
    let type = self[schema: kind][name]?.type ?? .string
    let valued = keys.map { key in
      (key, visible(key.id, kind).flatMap { value(name, of: $0, kind: kind) })
    }
    return valued.sorted { left, right in
      switch (left.1, right.1) {
      case (nil, nil): return left.0.id < right.0.id
      case (nil, _?): return true
      case (_?, nil): return false
      case (let mine?, let other?):
        let result = compare(mine, other, type)
        return result == 0 ? left.0.id < right.0.id : result < 0
      }
    }.map(\.0)
  }
}
