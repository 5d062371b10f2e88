extension HubSpotSandbox {
  /// Makes many plain records at once for tests of size.
  ///
  /// Stamps end at `now` and lie `spacing_ms` (1 unless given) apart; with 0 all share one stamp.
  mutating func bulk(_ form: Form, now: Int64) throws(Misuse) -> JSONValue {
    let spacing = Int64(min(86_400_000, try form.optionalNumber("spacing_ms") ?? 1))
    let linesPerDeal = try form.optionalNumber("lines_per_deal") ?? 0
    var made: [Kind: [Int]] = [:]
    for kind in [Kind.companies, .contacts, .deals] {
      let count = try form.optionalNumber(kind.name) ?? 0
      made[kind] = (0..<count).map { index in
        let stamp = now - Int64(count - 1 - index) * spacing
        return addBulk(kind, index, stamp, won: form.flag("won"), now: now)
      }
    }
    let companies = made[.companies] ?? []
    let contacts = made[.contacts] ?? []
    let primary = links.type(5, from: .deals, to: .companies)
    let person = links.type(3, from: .deals, to: .contacts)
    for (index, deal) in (made[.deals] ?? []).enumerated() {
      if !companies.isEmpty, let primary {
        let company = companies[index % companies.count]
        links.add(from: .deals, deal, to: .companies, company, types: [primary])
      }
      if !contacts.isEmpty, let person {
        let contact = contacts[index % contacts.count]
        links.add(from: .deals, deal, to: .contacts, contact, types: [person])
      }
      for _ in 0..<linesPerDeal { addBulkLine(to: deal, now: now) }
    }
    var answer: JSONValue.Object = [:]
    for kind in [Kind.companies, .contacts, .deals] {
      guard let ids = made[kind], let first = ids.first, let last = ids.last else { continue }
      answer[kind.name] = [
        "count": .integer(ids.count), "first": .string(String(first)),
        "last": .string(String(last)),
      ]
    }
    return .object(answer)
  }

  private mutating func addBulk(
    _ kind: Kind, _ index: Int, _ stamp: Int64, won: Bool, now: Int64
  ) -> Int {
    let id = freshID()
    var values: [String: String] = [:]
    switch kind {
    case .companies:
      values = ["name": "Bulk Company \(id)", "domain": "bulk\(id).example"]
    case .contacts:
      values = [
        "firstname": "Bulk", "lastname": "Person \(id)", "email": "person\(id)@bulk.example",
      ]
    case .deals:
      values = [
        "dealname": "Bulk Deal \(id)", "amount": "\(100 + index % 900).00",
        "pipeline": "default", "dealstage": won ? "closedwon" : "appointmentscheduled",
        "deal_currency_code": account.companyCurrency,
      ]
      if won {
        values["closedate"] = Stamp.text(stamp)
        values["hs_closed_won_date"] = Stamp.text(stamp)
      }
    case .products, .lineItems, .tasks, .notes: break
    }
    store(Record(id: id, values: values, created: stamp, modified: stamp), kind, now: now)
    return id
  }

  private mutating func addBulkLine(to deal: Int, now: Int64) {
    let line = Record(
      id: freshID(), values: ["name": "Bulk line", "quantity": "1", "price": "100.00"],
      created: now, modified: now)
    store(line, .lineItems, now: now)
    links.add(
      from: .deals, deal, to: .lineItems, line.id,
      types: links.types(from: .deals, to: .lineItems))
  }
}
