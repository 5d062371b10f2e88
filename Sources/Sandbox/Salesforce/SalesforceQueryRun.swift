extension SalesforceSandbox {
  /// The rows of a query in their order, as far as its limit goes.
  func rows(_ query: Query, isAll: Bool, now: Int64) -> [Record] {
    let most = query.limit.map { $0 + query.offset }
    let isByStamp =
      query.order.count <= 2 && query.order.first?.path.field.name == "SystemModstamp"
      && query.order.allSatisfy { !$0.descends && $0.path.steps.isEmpty }
      && query.order.dropFirst().allSatisfy { $0.path.field.name == "Id" }
    func isWanted(_ record: Record) -> Bool {
      (isAll || !record.isDeleted) && isShown(record, query, now)
        && (query.filter.map { holds($0, record) } ?? true)
    }
    var found: [Record] = []
    if isByStamp {
      let store = self[store: query.kind]
      let start = Key(stamp: query.filter.flatMap(Self.earliest) ?? Int64.min, id: "")
      for key in store.byStamp[Store.place(of: start, in: store.byStamp)...] {
        guard let record = store.records[key.id], isWanted(record) else { continue }
        found.append(record)
        if let most, found.count >= most { break }
      }
    } else {
      found = candidates(query).filter(isWanted)
      found = sorted(found, query.order)
    }
    return Array(found.dropFirst(query.offset).prefix(query.limit ?? Int.max))
  }

  /// Rows of transactions that are not through yet are in no query by stamp.
  private func isShown(_ record: Record, _ query: Query, _ now: Int64) -> Bool {
    guard org.lag > 0, record.touched + org.lag > now else { return true }
    return query.filter.flatMap(Self.earliest) == nil
  }

  /// The stamp before which nothing can match; nil where the filter does not say.
  private static func earliest(_ filter: Query.Filter) -> Int64? {
    switch filter {
    case .all(let parts): parts.compactMap(earliest).max()
    case .any(let parts):
      parts.allSatisfy { earliest($0) != nil } ? parts.compactMap(earliest).min() : nil
    case .compare(let path, let comparison, .moment(let moment))
    where path.steps.isEmpty && path.field.name == "SystemModstamp":
      [.equal, .more, .moreOrEqual].contains(comparison) ? moment : nil
    case .compare, .among, .like, .not: nil
    }
  }

  /// Records that may match: all of the kind, unless ids or parents are named.
  private func candidates(_ query: Query) -> [Record] {
    let store = self[store: query.kind]
    guard let filter = query.filter, let named = Self.named(filter, query.kind) else {
      return store.byStamp.compactMap { store.records[$0.id] }
    }
    let ids =
      named.isParent
      ? named.ids.sorted().flatMap { store.children[$0] ?? [] } : named.ids.sorted()
    return ids.compactMap { store.records[$0] }
  }

  private static func named(
    _ filter: Query.Filter, _ kind: Kind
  ) -> (ids: Set<String>, isParent: Bool)? {
    func texts(_ values: Set<Query.Value>) -> Set<String> {
      Set(
        values.compactMap { value in
          if case .text(let id) = value { id } else { nil }
        })
    }
    switch filter {
    case .all(let parts): return parts.lazy.compactMap { named($0, kind) }.first
    case .among(let path, let values, false) where path.steps.isEmpty:
      if path.field.name == "Id" { return (texts(values), false) }
      return path.field.name == kind.parentField && !values.contains(.null)
        ? (texts(values), true) : nil
    case .compare(let path, .equal, .text(let id)) where path.steps.isEmpty:
      if path.field.name == "Id" { return ([id], false) }
      return path.field.name == kind.parentField ? ([id], true) : nil
    case .any, .not, .compare, .among, .like: return nil
    }
  }

  private func sorted(_ records: [Record], _ order: [Query.Order]) -> [Record] {
    guard !order.isEmpty else { return records.sorted { $0.id < $1.id } }
    let keyed = records.map { record in
      (record, order.map { held($0.path, record) })
    }
    return keyed.sorted { left, right in
      for (place, order) in order.enumerated() where left.1[place] != right.1[place] {
        if left.1[place] == .null { return !order.nullsLast }
        if right.1[place] == .null { return order.nullsLast }
        let isLess = QueryValues.isLess(left.1[place], right.1[place]) ?? false
        return isLess != order.descends
      }
      return left.0.id < right.0.id
    }.map(\.0)
  }

  private func holds(_ filter: Query.Filter, _ record: Record) -> Bool {
    switch filter {
    case .all(let parts): return parts.allSatisfy { holds($0, record) }
    case .any(let parts): return parts.contains { holds($0, record) }
    case .not(let part): return !holds(part, record)
    case .like(let path, let pattern):
      guard case .text(let text) = held(path, record) else { return false }
      return QueryValues.matches(text, pattern)
    case .among(let path, let values, let isNegative):
      return values.contains(held(path, record)) != isNegative
    case .compare(let path, let comparison, let value):
      let held = held(path, record)
      switch comparison {
      case .equal: return held == value
      case .different: return held != value
      case .less: return QueryValues.isLess(held, value) ?? false
      case .more: return QueryValues.isLess(value, held) ?? false
      case .lessOrEqual: return QueryValues.isLess(value, held).map { !$0 } ?? false
      case .moreOrEqual: return QueryValues.isLess(held, value).map { !$0 } ?? false
      }
    }
  }

  /// The record a path leads to; nil where a reference is empty.
  private func end(_ path: Query.Path, _ record: Record) -> Record? {
    var current = record
    for step in path.steps {
      guard let id = current.text(step.field.name),
        let next = step.field.refersTo.lazy.compactMap({ self[store: $0].records[id] }).first
      else { return nil }
      current = next
    }
    return current
  }

  private func held(_ path: Query.Path, _ record: Record) -> Query.Value {
    guard let end = end(path, record) else { return .null }
    return QueryValues.held(value(path.field.name, of: end), path.field.type)
  }

  /// A row as an answer shows it: parents as records within it, or null.
  func row(_ record: Record, _ columns: [Query.Path], version: String) -> JSONValue {
    var object: JSONValue.Object = ["attributes": Self.attributes(record, version: version)]
    for path in columns { place(path, path.steps[...], record, &object, version) }
    return .object(object)
  }

  private func place(
    _ path: Query.Path, _ steps: ArraySlice<Query.Path.Step>, _ record: Record,
    _ object: inout JSONValue.Object, _ version: String
  ) {
    guard let step = steps.first else {
      object[path.field.name] = value(path.field.name, of: record)
      return
    }
    let id = record.text(step.field.name)
    let parent = step.field.refersTo.lazy.compactMap { kind in
      id.flatMap { self[store: kind].records[$0] }
    }.first
    guard let parent else {
      object[step.name] = .null
      return
    }
    var inner =
      object[step.name]?.object ?? ["attributes": Self.attributes(parent, version: version)]
    place(path, steps.dropFirst(), parent, &inner, version)
    object[step.name] = .object(inner)
  }
}
