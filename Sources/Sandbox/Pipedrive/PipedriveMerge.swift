extension PipedriveSandbox {
  /// One entry of a record's history.
  struct Change: Sendable, Hashable {
    var kind: Kind
    var record: Int
    var key: String
    var old: JSONValue
    var new: JSONValue
    var time: Int64
  }

  private static let mostChanges = 50_000

  /// Writes the difference between two states of a record into its history.
  mutating func note(_ old: Record?, _ new: Record, _ kind: Kind, now: Int64) {
    guard kind == .deals, let old else { return }
    for (name, value) in new.values where old.values[name] != value {
      changes.append(
        Change(
          kind: kind, record: new.id, key: name, old: old.values[name] ?? .null, new: value,
          time: now))
    }
    for (code, value) in new.custom where old.custom[code] != value {
      changes.append(
        Change(
          kind: kind, record: new.id, key: code, old: old.custom[code] ?? .null, new: value,
          time: now))
    }
    if changes.count > Self.mostChanges { changes.removeFirst(changes.count / 2) }
  }

  /// The record in the path disappears; the other survives and its values win. Nothing in either
  /// record tells of the other.
  mutating func merge(
    _ kind: Kind, _ loserID: Int, into survivorID: Int, now: Int64
  ) throws(Refusal) -> Record {
    guard loserID != survivorID else { throw .badRequest("A record cannot be merged with itself") }
    let store = self[store: kind]
    guard let loser = store.records[loserID], loser.isLive,
      var survivor = store.records[survivorID], survivor.isLive
    else { throw .notFound(kind.singular) }
    for (name, value) in loser.values where survivor.values[name]?.isNull ?? true {
      survivor.values[name] = value
    }
    for (code, value) in loser.custom where survivor.custom[code]?.isNull ?? true {
      survivor.custom[code] = value
    }
    for name in ["emails", "phones"] where kind == .persons {
      let own = survivor.values[name]?.array ?? []
      let values = own.compactMap { $0["value"]?.string }
      let more = (loser.values[name]?.array ?? []).filter { element in
        element["value"]?.string.map { !values.contains($0) } ?? false
      }
      survivor.values[name] = .array(
        own
          + more.map { element in
            guard !own.isEmpty, var object = element.object else { return element }
            object["primary"] = false
            return .object(object)
          })
    }
    repoint(kind, loserID, survivorID, now: now)
    delete(loser, kind, now: now, into: survivorID)
    save(survivor, kind, now: now)
    if kind == .deals { revalue(survivorID, now: now) }
    return self[store: kind].records[survivorID] ?? survivor
  }

  /// What pointed at the loser points at the survivor.
  private mutating func repoint(_ kind: Kind, _ loser: Int, _ survivor: Int, now: Int64) {
    let field: String
    switch kind {
    case .deals:
      for (id, row) in rows where row.deal == loser { rows[id]?.deal = survivor }
      for place in discounts.indices where discounts[place].deal == loser {
        discounts[place].deal = survivor
      }
      field = "deal_id"
    case .persons: field = "person_id"
    case .organizations: field = "org_id"
    case .products, .activities: return
    }
    for other in [Kind.deals, .persons, .activities] {
      for record in self[store: other].records.values
      where record.isLive && record.values[field]?.int == loser {
        var changed = record
        changed.values[field] = .integer(survivor)
        save(changed, other, now: now)
      }
    }
  }
}
