import Domain

/// Turns records into deals.
struct ZohoDealReader: Sendable {
  var context: ZohoContext
  var fields: CRMFields
  var list: ZohoFieldList
  /// Without a slash at its end.
  var appURL: String

  /// The deal as a listing shows it: with its customers, without its lines.
  func listed(_ record: ZohoRecord) throws(ZohoUnreadable) -> Deal {
    let stageName = record.text("Stage") ?? ""
    let pipelineName = record.text("Pipeline")
    let pipeline = pipelineName.flatMap { context.pipeline($0) } ?? context.pipelines.first
    let stage = pipeline?.stages.first { $0.choice.id == stageName }
    var deal = Deal(
      id: ID(record.id),
      // Deals go by their old name in the addresses of pages.
      url: "\(appURL)/crm/org\(context.account)/tab/Potentials/\(record.id)",
      name: record.text("Deal_Name") ?? "",
      pipeline: pipeline?.choice ?? Choice(id: pipelineName ?? "", label: pipelineName ?? ""),
      stage: stage?.choice ?? Choice(id: stageName, label: stageName))
    deal.amount = try number(record, "Amount")
    deal.currency = try currency(record)
    deal.outcome = stage?.outcome ?? .open
    deal.wonOn = try wonOn(record, deal.outcome)
    deal.ownerID = record["Owner"]?.id.map { ID($0) }
    deal.companyIDs = [record["Account_Name"]?.id].compactMap { $0 }.map { ID($0) }
    deal.personIDs = [record["Contact_Name"]?.id].compactMap { $0 }.map { ID($0) }
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

  private func number(
    _ record: ZohoRecord, _ name: String
  ) throws(ZohoUnreadable) -> ExactDecimal? {
    guard let value = record[name], !value.isEmpty else { return nil }
    guard let number = value.number else {
      throw ZohoUnreadable(reason: "\(name) is not a number")
    }
    return number
  }

  /// Organisations with a single currency have no such field.
  private func currency(_ record: ZohoRecord) throws(ZohoUnreadable) -> Currency? {
    guard let code = record.text("Currency") else { return context.homeCurrency }
    guard let currency = Currency(code) else {
      throw ZohoUnreadable(reason: "Currency is not a currency code")
    }
    return currency
  }

  /// The closing date stands in also while the deal is open, since a configuration may call an
  /// open stage won.
  private func wonOn(
    _ record: ZohoRecord, _ outcome: Deal.Outcome
  ) throws(ZohoUnreadable) -> Deal.WonDay? {
    guard outcome != .lost, let text = record.text("Closing_Date") else { return nil }
    guard let date = CalendarDate(text) else {
      throw ZohoUnreadable(reason: "Closing Date is not a date")
    }
    return .day(date)
  }

  /// The deal with its lines.
  func complete(
    _ record: ZohoRecord, _ sold: ZohoSold, columns: ZohoColumns,
    products: [String: ZohoRecord]
  ) throws(ZohoUnreadable) -> Deal {
    guard !record.isMerging else {
      throw ZohoUnreadable(
        reason: "it is being merged with another deal in Zoho CRM; it is read again after that")
    }
    var deal = try listed(record)
    let reader = ZohoLineReader(extra: fields.extraLine, columns: columns, products: products)
    switch sold.content {
    case .nothing: break
    case .rows(let rows): deal.lines = rows.map(reader.line)
    case .products(let products): deal.lines = products.map(reader.linked)
    case .document(let document, let rows):
      deal.lines = rows.map(reader.line) + reader.adjustment(document)
      deal.discount = try reader.discount(document)
    case .undecided(let words):
      var line = DealLine(id: "\(record.id)-documents", name: words)
      line.problems = [words]
      deal.lines = [line]
    }
    deal.relations = Self.digest(record, sold.stamps)
    deal.isComplete = true
    return deal
  }

  /// What of a deal can change without its own stamp: its customers and what was sold.
  static func digest(_ record: ZohoRecord, _ stamps: [String]) -> String {
    StableHash.hex(
      [record["Account_Name"]?.id ?? "", record["Contact_Name"]?.id ?? ""] + stamps)
  }
}

/// What was sold with one deal.
struct ZohoSold: Sendable {
  enum Content: Sendable {
    case nothing
    case rows([ZohoRecord])
    case products([ZohoRecord])
    /// A quote or an order with its rows.
    case document(ZohoRecord, [ZohoRecord])
    /// More than one document could be the right one.
    case undecided(String)
  }

  var content = Content.nothing
  /// What its digest is made from.
  var stamps: [String] = []
}
