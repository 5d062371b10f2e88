extension HubSpotSandbox {
  /// One CRM record. Every value is text; a property without a value is absent.
  struct Record: Sendable, Hashable {
    let id: Int
    var values: [String: String]
    var created: Int64
    /// `hs_lastmodifieddate` (contacts: `lastmodifieddate`) and `updatedAt`, in milliseconds.
    var modified: Int64
    var archivedAt: Int64?
    /// The ids merged into this record, oldest first.
    var ancestors: [Int] = []

    var isLive: Bool { archivedAt == nil }
    var key: SortedIndex.Key { SortedIndex.Key(modified: modified, id: id) }
  }

  /// How long search lags behind writes, in milliseconds; `jitter` adds 0…jitter per record so
  /// that neighbours become visible out of order.
  struct Lag: Sendable, Hashable {
    var base: Int64 = 0
    var jitter: Int64 = 0

    var isOn: Bool { base > 0 || jitter > 0 }

    func delay(of id: Int) -> Int64 {
      jitter > 0 ? base + Int64(id) &* 2_654_435_761 % (jitter + 1) : base
    }
  }

  /// All records of one kind with the orders that lists and searches need.
  struct Store: Sendable {
    private(set) var records: [Int: Record] = [:]
    /// Every id ever held, ascending; ids merged away are no longer in `records`.
    private(set) var order: [Int] = []
    private(set) var byModified = SortedIndex()
    /// property → value in lower case → id
    private var unique: [String: [String: Int]] = [:]
    /// Records whose newest state search does not see yet.
    private(set) var shadows: [Int: Shadow] = [:]

    struct Shadow: Sendable {
      /// What search sees; nil when it does not know the record.
      var visible: Record?
      var pending: [(written: Int64, record: Record)]
    }

    mutating func put(_ record: Record, uniqueProperties: [String], now: Int64, lag: Lag) {
      let old = records[record.id]
      noteForSearch(old: old, new: record, now: now, lag: lag)
      if let old, old.isLive { byModified.remove(old.key) }
      if record.isLive { byModified.insert(record.key) }
      for property in uniqueProperties {
        forget(property, of: old)
        if let value = record.values[property], record.isLive {
          unique[property, default: [:]][value.lowercased()] = record.id
        }
      }
      if old == nil { insertInOrder(record.id) }
      records[record.id] = record
    }

    /// Takes a record away for good: it was merged into another.
    mutating func remove(_ id: Int, uniqueProperties: [String]) {
      guard let old = records.removeValue(forKey: id) else { return }
      shadows[id] = nil
      byModified.remove(old.key)
      for property in uniqueProperties { forget(property, of: old) }
    }

    func holder(of value: String, property: String) -> Int? {
      unique[property]?[value.lowercased()]
    }

    /// Lets the index catch up with all writes older than the lag; tells whether any were.
    mutating func settle(now: Int64, lag: Lag) -> Bool {
      var hasChanged = false
      for (id, shadow) in shadows {
        var shadow = shadow
        while let next = shadow.pending.first, next.written + lag.delay(of: id) <= now {
          shadow.visible = next.record
          shadow.pending.removeFirst()
          hasChanged = true
        }
        shadows[id] = shadow.pending.isEmpty ? nil : shadow
      }
      return hasChanged
    }

    /// The position in `order` of the first id not smaller than `id`.
    func position(from id: Int) -> Int {
      var low = 0
      var high = order.count
      while low < high {
        let middle = (low + high) / 2
        if order[middle] < id { low = middle + 1 } else { high = middle }
      }
      return low
    }

    private mutating func noteForSearch(old: Record?, new: Record, now: Int64, lag: Lag) {
      if shadows[new.id] != nil {
        shadows[new.id]?.pending.append((now, new))
      } else if lag.isOn {
        shadows[new.id] = Shadow(
          visible: old.flatMap { $0.isLive ? $0 : nil }, pending: [(now, new)])
      }
    }

    private mutating func forget(_ property: String, of old: Record?) {
      guard let old, let value = old.values[property]?.lowercased(),
        unique[property]?[value] == old.id
      else { return }
      unique[property]?[value] = nil
    }

    private mutating func insertInOrder(_ id: Int) {
      if let last = order.last, last > id {
        let place = position(from: id)
        if order[place] != id { order.insert(id, at: place) }
      } else if order.last != id {
        order.append(id)
      }
    }
  }
}
