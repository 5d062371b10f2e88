import Domain

/// Turns records into deals.
struct HubSpotDealReader: Sendable {
  var context: HubSpotContext
  var fields: CRMFields
  /// Without a slash at its end.
  var appURL: String

  /// The deal as a listing shows it: without lines and customers.
  func listed(_ record: HubSpotRecord) throws(HubSpotUnreadable) -> Deal {
    let stage = record["dealstage"] ?? ""
    let pipeline = record["pipeline"].flatMap { context.pipeline($0) }
    var deal = Deal(
      id: ID(record.id),
      url: "\(appURL)/contacts/\(context.account)/record/0-3/\(record.id)",
      name: record["dealname"] ?? "",
      pipeline: pipeline?.choice
        ?? Choice(id: record["pipeline"] ?? "", label: record["pipeline"] ?? ""),
      stage: pipeline?.stages.first { $0.choice.id == stage }?.choice
        ?? Choice(id: stage, label: stage))
    deal.amount = try number(record, "amount", "Amount")
    deal.currency = try currency(record)
    deal.outcome = outcome(record, pipeline)
    deal.wonOn = try wonOn(record, deal.outcome)
    deal.ownerID = record["hubspot_owner_id"].map { ID<Owner>($0) }
    deal.paymentTerms = record[fields.paymentTerms]
    deal.mergedFrom = Self.ids(record["hs_merged_object_ids"]).map { ID<Deal>($0) }
    deal.isArchived = record.isArchived
    deal.modifiedAt = record.stamp(.deals)
    for name in fields.extraDeal { deal.fields[name] = record[name] }
    for (field, name) in fields.reports {
      deal.reported[field] = record[name].map {
        HubSpotReportText.read(field, $0, exponent: deal.currency?.exponent ?? 2)
      }
    }
    return deal
  }

  /// `12;13`, with or without empty parts.
  static func ids(_ text: String?) -> [String] {
    (text ?? "").split(separator: ";").map { $0.filter { !$0.isWhitespace } }
      .filter { !$0.isEmpty }
  }

  private func number(
    _ record: HubSpotRecord, _ name: String, _ label: String
  ) throws(HubSpotUnreadable) -> ExactDecimal? {
    guard let text = record[name] else { return nil }
    do { return try ExactDecimal(parsing: text) } catch {
      throw HubSpotUnreadable(reason: "\(label) is not a number")
    }
  }

  /// Accounts with a single currency leave the deal's empty.
  private func currency(_ record: HubSpotRecord) throws(HubSpotUnreadable) -> Currency? {
    guard let text = record["deal_currency_code"] else { return context.homeCurrency }
    guard let currency = Currency(text) else {
      throw HubSpotUnreadable(reason: "Currency is not a currency code")
    }
    return currency
  }

  private func outcome(
    _ record: HubSpotRecord, _ pipeline: CRMCatalogue.Pipeline?
  ) -> Deal.Outcome {
    if record["hs_is_closed_won"] == "true" { return .won }
    if record["hs_is_closed_lost"] == "true" { return .lost }
    if record["hs_is_closed_won"] == "false" {
      return record["hs_is_closed"] == "true" ? .lost : .open
    }
    let stage = pipeline?.stages.first { $0.choice.id == record["dealstage"] }
    return stage?.outcome ?? .open
  }

  /// The close date stands in also while the deal is open, since a configuration may call an
  /// open stage won.
  private func wonOn(
    _ record: HubSpotRecord, _ outcome: Deal.Outcome
  ) throws(HubSpotUnreadable) -> Deal.WonDay? {
    guard outcome != .lost else { return nil }
    guard let text = record["hs_closed_won_date"] ?? record["closedate"] else { return nil }
    if let date = CalendarDate(text) { return .day(date) }
    guard let moment = HubSpotTime.instant(text) else {
      throw HubSpotUnreadable(reason: "Close date is not a date")
    }
    return .moment(moment)
  }

  /// The deal with what belongs to it. `companies`: the primary one is told by its link.
  func complete(
    _ record: HubSpotRecord, companies: [HubSpotLink], people: [HubSpotLink],
    lines: [HubSpotRecord], taxLabels: [String: String]
  ) throws(HubSpotUnreadable) -> Deal {
    var deal = try listed(record)
    let primary = companies.filter { $0.types.contains(HubSpotLink.primaryCompany) }
    deal.companyIDs = (primary + companies).map(\.id).uniqued.map { ID($0) }
    deal.personIDs = people.map(\.id).uniqued.map { ID($0) }
    let wonDay = deal.wonOn?.date(in: context.zone ?? .utc)
    let reader = HubSpotLineReader(
      extra: fields.extraLine, taxLabels: taxLabels, wonDay: wonDay)
    deal.lines = lines.sorted(by: HubSpotLineReader.order).map(reader.line)
    deal.isComplete = true
    return deal
  }
}

/// One end of an association.
struct HubSpotLink: Hashable, Sendable {
  static let primaryCompany = 5
  static let taskOfDeal = 216
  /// From a contact to its primary company.
  static let employer = 1

  var id: String
  var types: Set<Int>
}

/// How our own fields on a deal read and compare.
enum HubSpotReportText {
  /// A value as it stands on the record, in the form it is written in: amounts with the
  /// currency's decimals, dates without a time.
  static func read(_ field: ReportField, _ text: String, exponent: Int) -> String {
    switch field {
    case .amountDue, .amountPaid:
      guard let number = try? ExactDecimal(parsing: text) else { return text }
      return number.scale <= exponent ? number.fixed(decimals: exponent) : number.plain
    case .dueDate, .paidDate: return HubSpotTime.date(text)?.description ?? text
    case .invoiceNumber, .invoiceStatus, .invoiceURL: return text
    }
  }

  /// What the record now holds, in the writing of what was sent where both mean the same.
  static func held(_ field: ReportField, _ text: String, sent: String) -> String {
    let number = { (text: String) in try? ExactDecimal(parsing: text) }
    switch field {
    case .amountDue, .amountPaid:
      guard let value = number(text), value == number(sent) else {
        return read(field, text, exponent: 2)
      }
      return sent
    case .dueDate, .paidDate, .invoiceNumber, .invoiceStatus, .invoiceURL:
      return read(field, text, exponent: 2)
    }
  }
}
