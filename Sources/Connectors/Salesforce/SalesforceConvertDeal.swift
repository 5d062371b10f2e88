import Domain

/// Turns rows into deals.
struct SalesforceDealReader: Sendable {
  var context: SalesforceContext
  var fields: CRMFields
  var list: SalesforceFieldList

  /// The deal as a listing shows it: with its account, without its products.
  func listed(
    _ record: SalesforceRecord, url: String
  ) throws(SalesforceUnreadable) -> Deal {
    let pipeline = context.pipeline(record.text("RecordTypeId"))
    let stage = record.text("StageName") ?? ""
    var deal = Deal(
      id: ID(record.id), url: url, name: record.text("Name") ?? "",
      pipeline: pipeline?.choice ?? Choice(id: "default", label: "Opportunities"),
      stage: pipeline?.stages.first { $0.choice.id == stage }?.choice
        ?? Choice(id: stage, label: stage))
    deal.amount = try amount(record)
    deal.currency = try currency(record)
    deal.outcome = Self.outcome(record)
    deal.wonOn = try wonOn(record, deal.outcome)
    deal.ownerID = record.text("OwnerId").map { ID($0) }
    deal.companyIDs = [record.text("AccountId")].compactMap { $0 }.map { ID($0) }
    deal.personIDs = [record.text("ContactId")].compactMap { $0 }.map { ID($0) }
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

  /// Won and closed follow the stage, whatever the stage is called.
  static func outcome(_ record: SalesforceRecord) -> Deal.Outcome {
    if record["IsWon"]?.flag == true { return .won }
    return record["IsClosed"]?.flag == true ? .lost : .open
  }

  private func amount(
    _ record: SalesforceRecord
  ) throws(SalesforceUnreadable) -> ExactDecimal? {
    guard let value = record["Amount"], !value.isEmpty else { return nil }
    guard let number = value.number else {
      throw SalesforceUnreadable(reason: "Amount is no number")
    }
    return number
  }

  private func currency(_ record: SalesforceRecord) throws(SalesforceUnreadable) -> Currency? {
    guard let code = record.text("CurrencyIsoCode") else { return context.homeCurrency }
    guard let currency = Currency(code) else {
      throw SalesforceUnreadable(reason: "Currency is not a currency code")
    }
    return currency
  }

  /// The close date is the day of winning here. While the deal is open it is a forecast: then its
  /// arrival in its stage stands in, since a configuration may call a stage won.
  private func wonOn(
    _ record: SalesforceRecord, _ outcome: Deal.Outcome
  ) throws(SalesforceUnreadable) -> Deal.WonDay? {
    guard outcome != .lost else { return nil }
    if outcome == .open, let text = record.text("LastStageChangeDate") {
      guard let moment = Instant(text) else {
        throw SalesforceUnreadable(reason: "Last Stage Change Date is not a time")
      }
      return .moment(moment)
    }
    guard let text = record.text("CloseDate") else { return nil }
    guard let day = CalendarDate(text) else {
      throw SalesforceUnreadable(reason: "Close Date is not a date")
    }
    return .day(day)
  }

  /// The deal with its products and people.
  func complete(
    _ record: SalesforceRecord, url: String, lines: [SalesforceRecord],
    roles: [SalesforceRecord]
  ) throws(SalesforceUnreadable) -> Deal {
    var deal = try listed(record, url: url)
    let reader = SalesforceLineReader(
      extra: fields.extraLine, exponent: deal.currency?.exponent ?? 2)
    deal.lines = lines.sorted(by: SalesforceLineReader.order).map(reader.line)
    let people = Self.people(record, roles)
    if !people.isEmpty { deal.personIDs = people.map { ID($0) } }
    deal.relations = Self.digest(record, lines: lines, roles: roles)
    deal.isComplete = true
    return deal
  }

  /// The contact of the primary role first, then the deal's own, then the others.
  private static func people(_ record: SalesforceRecord, _ roles: [SalesforceRecord]) -> [String] {
    let ordered = roles.sorted { $0.id < $1.id }
    let primary = ordered.filter { $0["IsPrimary"]?.flag == true }
    return
      (primary.compactMap { $0.text("ContactId") }
      + [record.text("ContactId")]
      .compactMap { $0 } + ordered.compactMap { $0.text("ContactId") }).uniqued
  }

  /// What of a deal can change without its own stamp: its customers, its products and their names.
  static func digest(
    _ record: SalesforceRecord, lines: [SalesforceRecord], roles: [SalesforceRecord]
  ) -> String {
    let names = [
      "Id", "Product2Id", "Product2.Name", "ProductCode", "Quantity", "UnitPrice", "TotalPrice",
      "Discount", "Description", "SortOrder", "CurrencyIsoCode",
    ]
    var words = [record.text("AccountId") ?? ""] + people(record, roles)
    for line in lines.sorted(by: SalesforceLineReader.order) {
      words.append("|")
      words += names.map { line[$0]?.plain ?? "" }
    }
    return StableHash.hex(words)
  }
}
