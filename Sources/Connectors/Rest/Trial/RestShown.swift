import Domain

/// A record as xerosync understands it, for people: names and values in plain words.
package struct RestShown: Hashable, Sendable, Encodable {
  /// `deal`, `company` or `person`.
  package var kind: String
  package var id: String
  /// Only what is there.
  package var fields: [String: String] = [:]
  package var lines: [[String: String]] = []

  init(_ deal: Deal) {
    kind = RecordKind.deal.rawValue
    id = deal.id.rawValue
    set("name", deal.name)
    set("url", deal.url)
    set("amount", deal.amount?.plain)
    set("currency", deal.currency?.code)
    set("pipeline", deal.pipeline.label)
    set("stage", deal.stage.label)
    set("outcome", deal.outcome.rawValue)
    switch deal.wonOn {
    case .day(let day): fields["won_on"] = day.description
    case .moment(let moment): fields["won_on"] = moment.description
    case nil: break
    }
    set("owner", deal.ownerID?.rawValue)
    set("companies", deal.companyIDs.map(\.rawValue).joined(separator: ", "))
    set("people", deal.personIDs.map(\.rawValue).joined(separator: ", "))
    set("payment_terms", deal.paymentTerms)
    set("discount", Self.text(deal.discount))
    set("modified", deal.modifiedAt?.description)
    for (field, text) in deal.reported { set("reported.\(field.rawValue)", text) }
    for (name, text) in deal.fields { set("deal.\(name)", text) }
    lines = deal.lines.map(Self.shown)
  }

  init(_ party: PartyRecord) {
    kind = party.subject.kind.rawValue
    id = party.subject.id
    for field in PartyField.allCases { set(field.rawValue, party.value(field).text) }
    set("companies", party.companyIDs.map(\.rawValue).joined(separator: ", "))
    set("modified", party.modifiedAt?.description)
    if party.status != .active { fields["status"] = party.status.rawValue }
  }

  private mutating func set(_ name: String, _ text: String?) {
    if let text, !text.isEmpty { fields[name] = text }
  }

  private static func text(_ discount: Discount?) -> String? {
    switch discount {
    case .percent(let off): "\(off.plain)%"
    case .amount(let off): off.plain
    case nil: nil
    }
  }

  private static func shown(_ line: DealLine) -> [String: String] {
    var fields = ["name": line.name]
    func set(_ name: String, _ text: String?) {
      if let text, !text.isEmpty { fields[name] = text }
    }
    set("description", line.description)
    set("sku", line.sku)
    set("quantity", line.quantity?.plain)
    set("unit_price", line.unitPrice?.plain)
    set("discount", text(line.discount))
    set("tax", line.tax)
    set("currency", line.currency?.code)
    if let every = line.recurrence { set("recurs", "every \(every.every) \(every.unit.rawValue)") }
    set("problems", line.problems.joined(separator: "; "))
    return fields
  }
}
