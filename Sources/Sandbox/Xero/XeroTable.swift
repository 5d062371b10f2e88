/// A record of the simulated ledger that lists in the order of its last change.
protocol XeroRecord: Sendable {
  var id: XeroID { get }
  var updated: SandboxTime { get }
}

/// Records by id, and in the vendor's default order: last change, then id.
struct XeroTable<Record: XeroRecord>: Sendable {
  private var records: [Record] = []
  private var slots: [XeroID: Int] = [:]
  private var order: [Key] = []

  private struct Key: Sendable, Comparable {
    var updated: Int64
    var id: XeroID
    var slot: Int

    static func < (left: Self, right: Self) -> Bool {
      left.updated != right.updated ? left.updated < right.updated : left.id < right.id
    }
  }

  var count: Int { order.count }

  subscript(id: XeroID) -> Record? { slots[id].map { records[$0] } }

  mutating func reserve(_ more: Int) {
    records.reserveCapacity(records.count + more)
    slots.reserveCapacity(slots.count + more)
    order.reserveCapacity(order.count + more)
  }

  /// Inserts a new record or replaces the one of the same id.
  mutating func save(_ record: Record) {
    if let slot = slots[record.id] {
      if records[slot].updated != record.updated {
        order.remove(at: position(of: key(records[slot], slot)))
        place(key(record, slot))
      }
      records[slot] = record
    } else {
      let slot = records.count
      records.append(record)
      slots[record.id] = slot
      place(key(record, slot))
    }
  }

  /// Forgets a record, as undoing its creation does. The slot stays behind unused.
  mutating func remove(_ id: XeroID) {
    guard let slot = slots.removeValue(forKey: id) else { return }
    order.remove(at: position(of: key(records[slot], slot)))
  }

  /// How many records changed at or after the time (nil: all).
  func count(since: SandboxTime?) -> Int { order.count - start(since) }

  /// Records changed at or after the time (nil: all), in order.
  func listed(since: SandboxTime?) -> some Sequence<Record> {
    order[start(since)...].lazy.map { records[$0.slot] }
  }

  /// One page of the same list without walking what lies before it.
  func page(since: SandboxTime?, skipping: Int, atMost: Int) -> [Record] {
    order[start(since)...].dropFirst(skipping).prefix(atMost).map { records[$0.slot] }
  }

  private func start(_ since: SandboxTime?) -> Int {
    guard let since else { return 0 }
    return partition { $0.updated >= since.milliseconds }
  }

  private func key(_ record: Record, _ slot: Int) -> Key {
    Key(updated: record.updated.milliseconds, id: record.id, slot: slot)
  }

  private func position(of key: Key) -> Int { partition { !($0 < key) } }

  private mutating func place(_ key: Key) {
    if let last = order.last, key < last {
      order.insert(key, at: position(of: key))
    } else {
      order.append(key)
    }
  }

  /// The first position at which the predicate holds, given that it holds from there on.
  private func partition(_ holds: (Key) -> Bool) -> Int {
    var low = 0
    var high = order.count
    while low < high {
      let middle = (low + high) / 2
      if holds(order[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
