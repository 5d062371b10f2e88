extension PipedriveSandbox {
  /// One record. `values` hold the vendor's fields in their own JSON shape.
  struct Record: Sendable, Hashable {
    let id: Int
    var values: JSONValue.Object
    var custom: JSONValue.Object = [:]
    var added: Int64
    /// `update_time` in whole seconds; nil for records older than the field.
    var updated: Int64?
    /// The very moment of the last write, for what lags behind it.
    var touched: Int64
    var deletedAt: Int64?
    var mergedInto: Int?

    var isLive: Bool { deletedAt == nil }
    var isArchived: Bool { values["is_archived"]?.bool == true }
    var key: Key { Key(updated: updated ?? Int64.min, id: id) }
  }

  /// The place of a record in a list sorted by `update_time`.
  struct Key: Sendable, Hashable, Comparable {
    var updated: Int64
    var id: Int

    static func < (left: Self, right: Self) -> Bool {
      (left.updated, left.id) < (right.updated, right.id)
    }
  }

  /// How far behind the truth the vendor's read paths are, in milliseconds.
  struct Lag: Sendable, Hashable {
    /// Of searches.
    var search: Int64 = 0
    /// Of lists by `updated_since`.
    var lists: Int64 = 0
  }

  /// All records of one kind with the orders that lists need.
  struct Store: Sendable {
    private(set) var records: [Int: Record] = [:]
    /// Ids ascending.
    private(set) var order: [Int] = []
    /// By update time, then id.
    private(set) var byUpdated: [Key] = []

    mutating func put(_ record: Record) {
      if let old = records[record.id] {
        let place = Self.place(of: old.key, in: byUpdated)
        if place < byUpdated.count, byUpdated[place] == old.key { byUpdated.remove(at: place) }
      } else {
        order.insert(record.id, at: Self.place(of: record.id, in: order))
      }
      byUpdated.insert(record.key, at: Self.place(of: record.key, in: byUpdated))
      records[record.id] = record
    }

    /// The first position whose element is not smaller.
    static func place<Element: Comparable>(of element: Element, in list: [Element]) -> Int {
      var low = 0
      var high = list.count
      while low < high {
        let middle = (low + high) / 2
        if list[middle] < element { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }

  /// Writes a record with fresh stamps and notes what changed for its history.
  mutating func save(_ record: Record, _ kind: Kind, now: Int64, keepsStamp: Bool = false) {
    var record = record
    if !keepsStamp { record.updated = now - now % 1000 }
    record.touched = now
    note(self[store: kind].records[record.id], record, kind, now: now)
    self[store: kind].put(record)
  }

  /// The record as an answer shows it.
  func view(_ record: Record, _ kind: Kind, custom keys: Set<String>? = nil) -> JSONValue {
    var object: JSONValue.Object = ["id": .integer(record.id)]
    for name in kind.shown { object[name] = record.values[name] ?? .null }
    if kind == .persons, company.hasContactSync {
      for name in ["postal_address", "notes", "im", "birthday", "job_title"] {
        object[name] = record.values[name] ?? .null
      }
    }
    if kind == .deals, let day = record.values["close_time"]?.string {
      object["local_close_date"] = .string(String(day.prefix(10)))
    }
    object["add_time"] = .string(Self.stamp(record.added))
    object["update_time"] = record.updated.map { .string(Self.stamp($0)) } ?? .null
    object["is_deleted"] = .bool(!record.isLive)
    if kind == .deals, !record.isLive { object["status"] = "deleted" }
    if kind == .products, case .array(let prices) = object["prices"] ?? .null {
      object["prices"] = .array(
        prices.map { price in
          var row = price.object ?? [:]
          row["product_id"] = .integer(record.id)
          return .object(row)
        })
    }
    if kind == .products, let number = record.values["category"]?.int {
      object["category"] = .string(String(number))
    }
    guard kind.hasCustomFields else { return .object(object) }
    var custom: JSONValue.Object = [:]
    for field in self[fields: kind] where field.isCustom {
      if let keys, !keys.contains(field.code) { continue }
      custom[field.code] = record.custom[field.code] ?? .null
    }
    object["custom_fields"] = .object(custom)
    return .object(object)
  }
}
