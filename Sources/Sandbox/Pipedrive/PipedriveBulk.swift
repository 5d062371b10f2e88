extension PipedriveSandbox {
  /// Makes many plain records at once for tests of size.
  ///
  /// Stamps end at `now` and lie `spacing_ms` (1000 unless given) apart; with 0 all share one.
  mutating func bulk(_ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    let spacing = Int64(min(86_400_000, try form.optionalNumber("spacing_ms") ?? 1000))
    let linesPerDeal = try form.optionalNumber("lines_per_deal") ?? 0
    var made: [Kind: [Int]] = [:]
    for kind in [Kind.organizations, .persons, .deals] {
      let count = try form.optionalNumber(kind.name) ?? 0
      for index in 0..<count {
        let stamp = now - Int64(count - 1 - index) * spacing
        var body = Self.bulkBody(kind, index, won: form.flag("won"), stamp: stamp)
        let peers = kind == .persons || kind == .deals ? made[.organizations] ?? [] : []
        if !peers.isEmpty { body["org_id"] = .integer(peers[index % peers.count]) }
        let people = kind == .deals ? made[.persons] ?? [] : []
        if !people.isEmpty { body["person_id"] = .integer(people[index % people.count]) }
        let user = users.first?.id ?? 0
        let wanted = body
        let record = try asking { (world) throws(Refusal) in
          try world.create(kind, wanted, user, now: stamp)
        }
        made[kind, default: []].append(record.id)
        if kind == .deals, linesPerDeal > 0 {
          try bulkLines(linesPerDeal, record, now: stamp)
        }
      }
    }
    var answer: JSONValue.Object = [:]
    for (kind, ids) in made {
      guard let first = ids.first, let last = ids.last else { continue }
      answer[kind.name] = [
        "count": .integer(ids.count), "first": .integer(first), "last": .integer(last),
      ]
    }
    return .object(answer)
  }

  private static func bulkBody(
    _ kind: Kind, _ index: Int, won: Bool, stamp: Int64
  ) -> JSONValue.Object {
    switch kind {
    case .deals:
      var body: JSONValue.Object = [
        "title": "Bulk Deal \(index)", "value": .integer(100 + index % 900),
      ]
      if won {
        body["status"] = "won"
        body["won_time"] = .string(Self.stamp(stamp))
      }
      return body
    case .persons:
      return [
        "name": "Bulk Person \(index)",
        "emails": [["value": "person\(index)@bulk.example", "primary": true]],
      ]
    case .organizations, .products, .activities: return ["name": "Bulk Company \(index)"]
    }
  }

  private mutating func bulkLines(
    _ count: Int, _ deal: Record, now: Int64
  ) throws(Misuse) {
    let user = users.first?.id ?? 0
    var product = self[store: .products].records.values.filter(\.isLive).map(\.id).min() ?? 0
    if product == 0 {
      product = try asking { (world) throws(Refusal) in
        try world.create(.products, ["name": "Bulk product"], user, now: now).id
      }
    }
    let chosen = product
    for _ in 0..<count {
      _ = try asking { (world) throws(Refusal) in
        try world.addRow(
          ["product_id": .integer(chosen), "quantity": 1, "item_price": 100], to: deal, now: now)
      }
    }
  }
}
