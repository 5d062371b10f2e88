extension SalesforceSandbox {
  /// One record; `values` hold the fields that hold something.
  struct Record: Sendable {
    let id: String
    let kind: Kind
    var values: [String: JSONValue] = [:]
    var created: Int64
    /// In whole seconds, as the organisation keeps it.
    var stamp: Int64
    /// The very moment of the last write.
    var touched: Int64
    var isDeleted = false

    subscript(name: String) -> JSONValue { values[name] ?? .null }

    func text(_ name: String) -> String? { values[name]?.string }
    func flag(_ name: String) -> Bool { values[name]?.bool ?? false }
    func decimal(_ name: String) -> ExactDecimal? { values[name]?.decimal }
    var key: Key { Key(stamp: stamp, id: id) }
  }

  /// The place of a record in an order by `SystemModstamp`, then `Id`.
  struct Key: Sendable, Hashable, Comparable {
    var stamp: Int64
    var id: String

    static func < (left: Self, right: Self) -> Bool {
      left.stamp == right.stamp ? left.id < right.id : left.stamp < right.stamp
    }
  }

  /// All records of one kind with the orders that queries need.
  struct Store: Sendable {
    private(set) var records: [String: Record] = [:]
    private(set) var byStamp: [Key] = []
    /// Ids by the parent they belong to, in the order they were made.
    private(set) var children: [String: [String]] = [:]
    /// Ids of live records by unique field and value.
    private var holders: [String: String] = [:]

    mutating func put(_ record: Record, unique: [String]) {
      if let old = records[record.id] { forget(old, unique) }
      byStamp.insert(record.key, at: Self.place(of: record.key, in: byStamp))
      if let parent = record.kind.parentField.flatMap({ record.text($0) }) {
        children[parent, default: []].append(record.id)
        if children[parent]?.count ?? 0 > 1 { children[parent]?.sort() }
      }
      if !record.isDeleted {
        for name in unique {
          if let value = record.text(name) { holders[Self.holder(name, value)] = record.id }
        }
      }
      records[record.id] = record
    }

    private mutating func forget(_ old: Record, _ unique: [String]) {
      let place = Self.place(of: old.key, in: byStamp)
      if place < byStamp.count, byStamp[place] == old.key { byStamp.remove(at: place) }
      if let parent = old.kind.parentField.flatMap({ old.text($0) }) {
        children[parent]?.removeAll { $0 == old.id }
      }
      for name in unique {
        guard let value = old.text(name) else { continue }
        let key = Self.holder(name, value)
        if holders[key] == old.id { holders[key] = nil }
      }
    }

    /// The live record that holds this value in a unique field.
    func holder(of value: String, in field: String) -> String? {
      holders[Self.holder(field, value)]
    }

    private static func holder(_ name: String, _ value: String) -> String {
      name + "\u{0}" + value.lowercased()
    }

    /// The first position whose element is not smaller.
    static func place(of key: Key, in list: [Key]) -> Int {
      var low = 0
      var high = list.count
      while low < high {
        let middle = (low + high) / 2
        if list[middle] < key { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }

  /// Writes a record with a fresh stamp.
  mutating func save(_ record: Record, now: Int64) {
    var record = record
    record.stamp = now - now % 1000
    record.touched = now
    put(record)
  }

  mutating func put(_ record: Record) {
    let unique = self[fields: record.kind].filter { $0.isUnique || $0.isExternalID }.map(\.name)
    self[store: record.kind].put(record, unique: unique)
  }

  /// The live record of that id, whatever its kind.
  func live(_ id: String) -> Record? {
    guard let kind = Kind.allCases.first(where: { id.hasPrefix($0.prefix) }),
      let record = self[store: kind].records[id], !record.isDeleted
    else { return nil }
    return record
  }

  /// Live records under a parent, in the order they were made.
  func children(_ kind: Kind, of parent: String) -> [Record] {
    let store = self[store: kind]
    return (store.children[parent] ?? []).compactMap { store.records[$0] }
      .filter { !$0.isDeleted }
  }

  /// One field's value as a query sees it.
  func value(_ name: String, of record: Record) -> JSONValue {
    switch name {
    case "Id": return .string(record.id)
    case "IsDeleted": return .bool(record.isDeleted)
    case "CreatedDate": return .string(Self.stamp(record.created))
    case "LastModifiedDate", "SystemModstamp": return .string(Self.stamp(record.stamp))
    default: break
    }
    if let value = record.values[name] { return value }
    let field = self[fields: record.kind].first { $0.name == name }
    return field?.type == .boolean ? false : .null
  }

  /// UTC, with milliseconds that are always none, and no colon in the offset.
  static func stamp(_ milliseconds: Int64) -> String {
    SandboxTime(milliseconds: milliseconds).secondsText + ".000+0000"
  }

  static func attributes(_ record: Record, version: String) -> JSONValue {
    [
      "type": .string(record.kind.name),
      "url": .string("/services/data/\(version)/sobjects/\(record.kind.name)/\(record.id)"),
    ]
  }
}
