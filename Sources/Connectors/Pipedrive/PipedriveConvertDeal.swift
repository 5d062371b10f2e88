import Domain

/// Turns records into deals.
struct PipedriveDealReader: Sendable {
  var context: PipedriveContext
  var fields: CRMFields
  var list: PipedriveFieldList

  /// The deal as a listing shows it: with its customers, without its products.
  func listed(_ record: PipedriveRecord) throws(PipedriveUnreadable) -> Deal {
    let pipeline = record["pipeline_id"]?.id.flatMap { context.pipeline($0) }
    let stageID = record["stage_id"]?.id ?? ""
    var deal = Deal(
      id: ID(record.id), url: "https://\(context.domain).pipedrive.com/deal/\(record.id)",
      name: record.text("title") ?? "",
      pipeline: pipeline?.choice ?? Self.bare(record["pipeline_id"]?.id ?? ""),
      stage: pipeline?.stages.first { $0.choice.id == stageID }?.choice ?? Self.bare(stageID))
    deal.amount = try amount(record)
    deal.currency = try currency(record)
    deal.outcome = try outcome(record)
    deal.wonOn = try wonOn(record, deal.outcome)
    deal.ownerID = record["owner_id"]?.id.map { ID($0) }
    deal.companyIDs = [record["org_id"]?.id].compactMap { $0 }.map { ID($0) }
    deal.personIDs = [record["person_id"]?.id].compactMap { $0 }.map { ID($0) }
    deal.paymentTerms = list.value(fields.paymentTerms, of: record)
    deal.modifiedAt = record.modified
    for name in fields.extraDeal { deal.fields[name] = list.value(name, of: record) }
    for (field, name) in fields.reports {
      deal.reported[field] = list.value(name, of: record).map {
        ReportText.read(field, $0, exponent: deal.currency?.exponent ?? 2)
      }
    }
    return deal
  }

  private static func bare(_ id: String) -> Choice { Choice(id: id, label: id) }

  private func amount(_ record: PipedriveRecord) throws(PipedriveUnreadable) -> ExactDecimal? {
    guard let value = record["value"], !value.isEmpty else { return nil }
    guard let number = value.number else { throw PipedriveUnreadable(reason: "Value is no number") }
    return number
  }

  private func currency(_ record: PipedriveRecord) throws(PipedriveUnreadable) -> Currency? {
    guard let code = record.text("currency") else { return context.homeCurrency }
    guard let currency = Currency(code) else {
      throw PipedriveUnreadable(reason: "Currency is not a currency code")
    }
    return currency
  }

  private func outcome(_ record: PipedriveRecord) throws(PipedriveUnreadable) -> Deal.Outcome {
    switch record.text("status") {
    case "open": return .open
    case "won": return .won
    case "lost", "deleted": return .lost
    default: throw PipedriveUnreadable(reason: "Status is not open, won or lost")
    }
  }

  /// While the deal is open, its arrival in its stage stands in: a configuration may call a stage
  /// won.
  private func wonOn(
    _ record: PipedriveRecord, _ outcome: Deal.Outcome
  ) throws(PipedriveUnreadable) -> Deal.WonDay? {
    let text: String?
    switch outcome {
    case .won: text = record.text("won_time") ?? record.text("close_time")
    case .open: text = record.text("stage_change_time") ?? record.text("add_time")
    case .lost: text = nil
    }
    guard let text else { return nil }
    guard let moment = Instant(text) else {
      throw PipedriveUnreadable(reason: "Won time is not a time")
    }
    return .moment(moment)
  }

  /// The deal with its products. `lineReader` knows the products' codes.
  func complete(
    _ record: PipedriveRecord, rows: [PipedriveRecord], discounts: [PipedriveRecord],
    lineReader: PipedriveLineReader
  ) throws(PipedriveUnreadable) -> Deal {
    var deal = try listed(record)
    let counted = PipedriveLineReader.counted(rows)
    deal.lines = counted.map(lineReader.line)
    deal.discount = try PipedriveDiscount.of(
      discounts, rows: counted, value: deal.amount, currency: deal.currency)
    deal.relations = Self.digest(record, rows: rows)
    deal.isComplete = true
    return deal
  }

  /// What of a deal can change without its own stamp: its customers, its rows and their values.
  static func digest(_ record: PipedriveRecord, rows: [PipedriveRecord]) -> String {
    let names = [
      "id", "product_id", "quantity", "item_price", "discount", "discount_type", "tax",
      "tax_method", "is_enabled", "name", "comments", "billing_frequency",
      "billing_frequency_cycles", "billing_start_date", "order_nr",
    ]
    var words = [record["org_id"]?.id ?? "", record["person_id"]?.id ?? ""]
    for row in rows.sorted(by: PipedriveLineReader.order) {
      words.append("|")
      words += names.map { row[$0]?.plain { _ in nil } ?? "" }
    }
    return StableHash.hex(words)
  }
}
