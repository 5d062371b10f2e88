extension SalesforceSandbox {
  /// Makes many plain records at once for tests of size.
  ///
  /// Stamps end at `now` and lie `spacing_ms` (1000 unless given) apart; with 0 all share one.
  mutating func bulk(_ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    let spacing = Int64(min(86_400_000, try form.optionalNumber("spacing_ms") ?? 1000))
    let linesPerDeal = try form.optionalNumber("lines_per_deal") ?? 0
    var made: [Kind: [String]] = [:]
    var answer: JSONValue.Object = [:]
    for (kind, key) in [
      (Kind.account, "accounts"), (.contact, "contacts"), (.opportunity, "deals"),
    ] {
      let count = try form.optionalNumber(key) ?? 0
      for index in 0..<count {
        let stamp = now - Int64(count - 1 - index) * spacing
        var body = Self.bulkBody(kind, index, won: form.flag("won"), stamp: stamp)
        let peers = kind == .account ? [] : made[.account] ?? []
        if !peers.isEmpty { body["AccountId"] = .string(peers[index % peers.count]) }
        let (wanted, user) = (body, runAs)
        let record = try asking { (world) throws(Refusal) in
          try world.create(kind, wanted, user: user, now: stamp)
        }
        made[kind, default: []].append(record.id)
        for number in 0..<(kind == .opportunity ? linesPerDeal : 0) {
          _ = try changeLine(
            .addLine,
            Form([
              "deal": .string(record.id), "name": "Bulk product \(number)", "quantity": 1,
              "price": 100,
            ]), now: stamp)
        }
      }
      guard let ids = made[kind], let first = ids.first, let last = ids.last else { continue }
      answer[key] = [
        "count": .integer(ids.count), "first": .string(first), "last": .string(last),
      ]
    }
    return .object(answer)
  }

  private static func bulkBody(
    _ kind: Kind, _ index: Int, won: Bool, stamp: Int64
  ) -> JSONValue.Object {
    switch kind {
    case .opportunity:
      [
        "Name": "Bulk Deal \(index)", "Amount": .integer(100 + index % 900),
        "StageName": won ? "Closed Won" : "Prospecting",
        "CloseDate": .string(CivilDate(SandboxTime(milliseconds: stamp)).text),
      ]
    case .contact:
      [
        "FirstName": "Bulk", "LastName": "Person \(index)",
        "Email": "person\(index)@bulk.example",
      ]
    case .account, .lineItem, .contactRole, .product, .pricebook, .pricebookEntry, .task, .user,
      .stage, .organization, .permissionSet, .permissionSetAssignment, .fieldPermissions:
      ["Name": "Bulk Company \(index)"]
    }
  }
}
