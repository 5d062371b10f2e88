extension HubSpotSandbox {
  enum Operator: String, Sendable, CaseIterable {
    case equal = "EQ"
    case notEqual = "NEQ"
    case less = "LT"
    case lessOrEqual = "LTE"
    case greater = "GT"
    case greaterOrEqual = "GTE"
    case between = "BETWEEN"
    case oneOf = "IN"
    case noneOf = "NOT_IN"
    case present = "HAS_PROPERTY"
    case absent = "NOT_HAS_PROPERTY"
    case containsToken = "CONTAINS_TOKEN"
    case containsNoToken = "NOT_CONTAINS_TOKEN"
  }

  struct Filter: Sendable {
    var property: String
    /// Text for the pseudo-property `associations.<type>`.
    var type: PropertyType
    var operation: Operator
    var values: [String]
    var high: String?
    /// Set for the pseudo-property `associations.<type>`.
    var association: Kind?
  }

  /// Filters that must all hold; time and id bounds are taken out of them.
  struct FilterGroup: Sendable {
    var modified: ClosedRange<Int64> = .min ... .max
    var ids: ClosedRange<Int> = .min ... .max
    var others: [Filter] = []
    /// The only ids that can match, where a filter names them.
    var candidates: [Int]?
    /// The bounds contradict each other.
    var isEmpty = false
  }

  enum SortKey: Sendable, Hashable {
    case modified
    case id
    case property(String)
  }

  struct SearchQuery: Sendable {
    var groups: [FilterGroup]
    var words: [String]
    var sort: SortKey
    var descending: Bool
    var properties: [String]
    var limit: Int
    var offset: Int
  }

  /// The matches of the latest search; forgotten at every write.
  struct SearchMemo: Sendable {
    var kind: Kind
    var question: JSONValue.Object
    var found: [SortedIndex.Key]
  }

  private static let mostBody = 3000
  private static let mostResults = 10_000

  /// Reads and checks a search body; `after`, `limit`, `sorts` and the rest may be left out.
  func searchQuery(_ call: Call, _ kind: Kind) throws(Refusal) -> SearchQuery {
    let body = try call.json()
    let length = String(decoding: call.request.body, as: UTF8.self).count
    guard length <= Self.mostBody else {
      throw .validation("The request body has \(length) characters, the most is \(Self.mostBody)")
    }
    let limit = try number(body["limit"], "limit") ?? 10
    guard (1...200).contains(limit) else {
      throw .validation("Invalid limit \(limit): a search page holds 1 to 200 records")
    }
    let offset = try number(body["after"], "after") ?? 0
    guard (0...(Self.mostResults - limit)).contains(offset) else {
      throw .validation(
        "Paging past \(Self.mostResults) results is not supported: after \(offset), limit \(limit)")
    }
    let (sort, descending) = try sortKey(body["sorts"], kind)
    return SearchQuery(
      groups: try filterGroups(body, kind),
      words: (body["query"]?.string ?? "").lowercased().split(separator: " ").map(String.init),
      sort: sort, descending: descending,
      properties: (body["properties"]?.array ?? []).compactMap(\.string), limit: limit,
      offset: offset)
  }

  private func number(_ value: JSONValue?, _ name: String) throws(Refusal) -> Int? {
    guard let value, !value.isNull, value.string != "" else { return nil }
    guard let number = value.int ?? value.string.flatMap({ Int($0) }) else {
      throw .shape("\"\(name)\" must be a number")
    }
    return number
  }

  private func sortKey(
    _ sorts: JSONValue?, _ kind: Kind
  ) throws(Refusal) -> (SortKey, descending: Bool) {
    let list = sorts?.array ?? []
    guard list.count <= 1 else { throw .validation("Only one sort is supported") }
    guard let sort = list.first else { return (.id, false) }
    var name = sort.string ?? sort["propertyName"]?.string ?? ""
    var descending = sort["direction"]?.string?.uppercased() == "DESCENDING"
    if name.hasPrefix("-") {
      name.removeFirst()
      descending = true
    }
    guard self[schema: kind][name] != nil else { throw unknown(name, kind) }
    switch name {
    case kind.modifiedProperty: return (.modified, descending)
    // Ids are given out in the order of creation.
    case "hs_object_id", kind.createdProperty: return (.id, descending)
    default: return (.property(name), descending)
    }
  }

  private func unknown(_ name: String, _ kind: Kind) -> Refusal {
    .validation(
      "There was a problem with the request. Property \(name) does not exist on \(kind.name).",
      context: ["propertyName": [.string(name)]])
  }

  private func filterGroups(
    _ body: JSONValue, _ kind: Kind
  ) throws(Refusal) -> [FilterGroup] {
    var groups = (body["filterGroups"]?.array ?? []).map { $0["filters"]?.array ?? [] }
    // A bare list of filters counts as one group.
    if groups.isEmpty, let filters = body["filters"]?.array { groups = [filters] }
    guard groups.count <= 5, groups.allSatisfy({ $0.count <= 6 }),
      groups.reduce(0, { $0 + $1.count }) <= 18
    else {
      throw .validation("Too many filters: at most 5 groups, 6 filters in each and 18 in all")
    }
    return try groups.map { filters throws(Refusal) in
      var group = FilterGroup()
      for filter in filters { try add(try self.filter(filter, kind), to: &group, kind) }
      return group
    }
  }

  private func filter(_ json: JSONValue, _ kind: Kind) throws(Refusal) -> Filter {
    guard let name = json["propertyName"]?.string,
      let operation = json["operator"]?.string.flatMap(Operator.init(rawValue:))
    else {
      throw .validation(
        "Every filter needs a propertyName and an operator, one of "
          + Operator.allCases.map(\.rawValue).joined(separator: ", "))
    }
    func text(_ value: JSONValue?) -> String? {
      value?.string ?? value?.digits ?? value?.bool.map { "\($0)" }
    }
    var filter = Filter(
      property: name, type: .string, operation: operation, values: [],
      high: text(json["highValue"]))
    if name.hasPrefix("associations.") {
      filter.association = try self.kind(String(name.dropFirst("associations.".count)))
    } else {
      guard let property = self[schema: kind][name] else { throw unknown(name, kind) }
      filter.type = property.type
    }
    switch operation {
    case .oneOf, .noneOf:
      filter.values = (json["values"]?.array ?? []).compactMap(text)
      guard !filter.values.isEmpty else {
        throw .validation("operator \(operation.rawValue) requires a non-empty values array")
      }
    case .present, .absent: break
    case .between:
      guard let low = text(json["value"]), filter.high != nil else {
        throw .validation("operator BETWEEN requires value and highValue")
      }
      filter.values = [low]
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .containsToken,
      .containsNoToken:
      guard let value = text(json["value"]) else {
        throw .validation("operator \(operation.rawValue) requires a value")
      }
      filter.values = [value]
    }
    try requireForm(filter)
    return filter
  }

  private func requireForm(_ filter: Filter) throws(Refusal) {
    for value in filter.values + [filter.high].compactMap(\.self) {
      let isValid: Bool =
        switch filter.type {
        case .date, .datetime: Stamp.parse(value) != nil
        case .number: ExactDecimal(value) != nil
        case .bool, .enumeration, .string, .phoneNumber: true
        }
      guard isValid else {
        throw .validation("Invalid value \(value) for property \(filter.property)")
      }
    }
  }

  /// Time and id filters become bounds, so that an increment costs what it returns.
  private func add(
    _ filter: Filter, to group: inout FilterGroup, _ kind: Kind
  ) throws(Refusal) {
    if filter.association != nil {
      group.others.append(filter)
      if filter.operation == .equal || filter.operation == .oneOf, let other = filter.association {
        let ids = filter.values.compactMap { Int($0) }
          .flatMap { links.all(from: other, $0, to: kind).map(\.id) }
        narrow(&group, to: ids)
      }
    } else if filter.property == kind.modifiedProperty, let range = bounds(filter) {
      intersect(&group.modified, range, &group.isEmpty)
    } else if filter.property == "hs_object_id", let range = bounds(filter) {
      let low = Int(clamping: range.lowerBound)
      let ids = low...max(low, Int(clamping: range.upperBound))
      intersect(&group.ids, ids, &group.isEmpty)
      if filter.operation == .equal { narrow(&group, to: [ids.lowerBound]) }
    } else {
      group.others.append(filter)
      if filter.property == "hs_object_id", filter.operation == .oneOf {
        narrow(&group, to: filter.values.compactMap { Int($0) })
      }
    }
  }

  private func narrow(_ group: inout FilterGroup, to ids: [Int]) {
    group.candidates = group.candidates.map { $0.filter(ids.contains) } ?? ids
  }

  private func intersect<Bound>(
    _ range: inout ClosedRange<Bound>, _ other: ClosedRange<Bound>, _ isEmpty: inout Bool
  ) {
    guard range.overlaps(other) else {
      isEmpty = true
      return
    }
    range = range.clamped(to: other)
  }

  private func bounds(_ filter: Filter) -> ClosedRange<Int64>? {
    guard let value = filter.values.first.flatMap(Stamp.parse) else { return nil }
    switch filter.operation {
    case .equal: return value...value
    case .less: return value == .min ? nil : .min...value - 1
    case .lessOrEqual: return .min...value
    case .greater: return value == .max ? nil : value + 1 ... .max
    case .greaterOrEqual: return value ... .max
    case .between:
      guard let high = filter.high.flatMap(Stamp.parse), high >= value else { return nil }
      return value...high
    case .notEqual, .oneOf, .noneOf, .present, .absent, .containsToken, .containsNoToken:
      return nil
    }
  }
}
