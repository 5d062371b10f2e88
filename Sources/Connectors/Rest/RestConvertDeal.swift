import Domain
import Transport

/// Turns records into deals.
struct RestDealReader: Sendable {
  var deals: RestDeals
  var context: RestContext
  var fields: CRMFields
  var scope: RestScope
  /// The currency of deals that name none.
  var currency: Currency?

  /// The deal as a listing shows it: with its customers, without its lines.
  func listed(_ value: RestValue) throws(RestUnreadable) -> Deal {
    let record = RestRecord(value: value, fields: deals.fields, scope: scope)
    let id = try record.id("the deal")
    let pipeline = pipeline(record)
    let stage = stage(record, in: pipeline)
    var deal = Deal(
      id: ID(id), url: scope.with(["deal.id": .text(URLQuery.escape(id))]).plain(deals.url) ?? "",
      name: record.text("name") ?? "", pipeline: pipeline, stage: stage.choice)
    deal.amount = try record.number("amount")
    deal.currency = try record.currency("currency") ?? context.currency ?? currency
    deal.outcome = outcome(value, stage.outcome)
    if deal.outcome != .lost { deal.wonOn = try record.day("won_on") }
    deal.ownerID = record.text("owner").map { ID($0) }
    deal.companyIDs = record.texts("companies").uniqued.map { ID($0) }
    deal.personIDs = record.texts("people").uniqued.map { ID($0) }
    deal.paymentTerms = record.text("payment_terms")
    deal.discount = try discount(record)
    deal.modifiedAt = try record.moment("modified")
    for (field, target) in deals.reported {
      deal.reported[field] = reported(field, target, record)
    }
    for name in fields.extraDeal { deal.fields[name] = extra(name, value) }
    return deal
  }

  private func discount(_ record: RestRecord) throws(RestUnreadable) -> Discount? {
    if let percent = try record.number("discount_percent"), !percent.isZero {
      return .percent(percent)
    }
    if let amount = try record.number("discount_amount"), !amount.isZero { return .amount(amount) }
    return nil
  }

  private func pipeline(_ record: RestRecord) -> Choice {
    let id = record.text("pipeline") ?? ""
    let known = context.pipelines.first { $0.choice.id == id }?.choice
    return known ?? Choice(id: id, label: record.text("pipeline_name") ?? id)
  }

  /// The stage by its id, or by its name where records carry names.
  private func stage(_ record: RestRecord, in pipeline: Choice) -> CRMCatalogue.Stage {
    let id = record.text("stage") ?? ""
    let own = context.pipelines.filter { $0.choice.id == pipeline.id || pipeline.id.isEmpty }
    let stages = (own.isEmpty ? context.pipelines : own).flatMap(\.stages)
    if let known = stages.first(where: { $0.choice.id == id })
      ?? stages.first(where: { !id.isEmpty && $0.choice.label == id })
    {
      return known
    }
    return CRMCatalogue.Stage(
      choice: Choice(id: id, label: record.text("stage_name") ?? id), outcome: .open)
  }

  private func outcome(_ value: RestValue, _ stage: Deal.Outcome) -> Deal.Outcome {
    if deals.won?.holds(for: value, scope) == true { return .won }
    if deals.lost?.holds(for: value, scope) == true { return .lost }
    return deals.won == nil ? stage : .open
  }

  /// Our own field in the form it is written in: days without a time, amounts in major units.
  private func reported(_ name: ReportField, _ field: RestField, _ record: RestRecord) -> String? {
    switch name {
    case .amountDue, .amountPaid:
      var amounts = record
      amounts.fields = [name.rawValue: field]
      let number = try? amounts.number(name.rawValue)
      return number?.plain ?? record.text(field)
    case .dueDate, .paidDate:
      var dates = record
      dates.fields = [name.rawValue: field]
      switch try? dates.day(name.rawValue) {
      case .day(let day): return day.description
      case .moment(let moment): return scope.zone.date(at: moment).description
      case nil: return record.text(field)
      }
    case .invoiceStatus:
      // The label of a choice may be written as people write it: “Awaiting payment”.
      guard let text = record.text(field) else { return nil }
      let word = text.lowercased().replacing(" ", with: "_")
      return ReceivableStatus(rawValue: word) == nil ? text : word
    case .invoiceNumber, .invoiceURL: return record.text(field)
    }
  }

  /// A field that rules name: one of `extra`, else a key of the record.
  private func extra(_ name: String, _ value: RestValue) -> String? {
    if let field = deals.extra[name] {
      return RestRecord(value: value, fields: [:], scope: scope).text(field)
    }
    return value[name]?.plain
  }

  /// The deal with its lines.
  func complete(_ value: RestValue, lines: [RestValue]) throws(RestUnreadable) -> Deal {
    var deal = try listed(value)
    if let described = deals.lines {
      let reader = RestLineReader(lines: described, extra: fields.extraLine, scope: scope)
      deal.lines = lines.enumerated().map { reader.line($0.element, number: $0.offset + 1) }
    }
    deal.relations = Self.digest(deal)
    deal.isComplete = true
    return deal
  }

  /// What of a deal may change without its own stamp: its customers, its lines and their values.
  static func digest(_ deal: Deal) -> String {
    var words = deal.companyIDs.map(\.rawValue) + ["|"] + deal.personIDs.map(\.rawValue)
    for line in deal.lines {
      words.append("|")
      words += [
        line.id, line.name, line.description ?? "", line.sku ?? "", line.quantity?.plain ?? "",
        line.unitPrice?.plain ?? "", line.tax ?? "", line.currency?.code ?? "",
      ]
      switch line.discount {
      case .percent(let off): words.append("\(off.plain)%")
      case .amount(let off): words.append(off.plain)
      case nil: words.append("")
      }
      words += line.fields.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
    }
    return StableHash.hex(words)
  }
}

/// Turns rows into deal lines. What is wrong with one is told in it: the deal stays readable.
struct RestLineReader: Sendable {
  var lines: RestLines
  var extra: [String]
  var scope: RestScope

  func line(_ value: RestValue, number: Int) -> DealLine {
    let record = RestRecord(value: value, fields: lines.fields, scope: scope)
    var line = DealLine(id: record.text("id") ?? String(number), name: record.text("name") ?? "")
    line.description = record.text("description")
    line.sku = record.text("sku")
    line.productID = record.text("product").map { ID($0) }
    line.tax = record.text("tax")
    do {
      line.quantity = try record.number("quantity")
      line.unitPrice = try record.number("unit_price")
      line.currency = try record.currency("currency")
      if let percent = try record.number("discount_percent"), !percent.isZero {
        line.discount = .percent(percent)
      } else if let amount = try record.number("discount_amount"), !amount.isZero {
        line.discount = .amount(amount)
      }
      line.recurrence = try recurrence(record)
    } catch {
      line.problems.append(error.reason)
    }
    // Where the API has no quantities, a line is one of something.
    if lines.fields["quantity"] == nil, line.unitPrice != nil { line.quantity = .one }
    for name in extra {
      let field = lines.extra[name]
      line.fields[name] = field.flatMap { record.text($0) } ?? value[name]?.plain
    }
    return line
  }

  private static let periods: [String: (every: Int, unit: Recurrence.Unit)] = [
    "weekly": (1, .week), "fortnightly": (2, .week), "monthly": (1, .month),
    "quarterly": (3, .month), "half_yearly": (6, .month), "yearly": (12, .month),
    "annually": (12, .month),
  ]

  private func recurrence(_ record: RestRecord) throws(RestUnreadable) -> Recurrence? {
    guard let word = record.text("recurs"), word != "once" else { return nil }
    guard let period = Self.periods[word.lowercased()] else {
      throw RestUnreadable(
        reason: "recurs is none of once, \(Self.periods.keys.sorted().joined(separator: ", "))")
    }
    var recurrence = Recurrence(every: period.every, unit: period.unit)
    recurrence.periods = try record.number("recurs_periods").flatMap { Int($0.plain) }
    switch try record.day("recurs_from") {
    case .day(let day): recurrence.start = day
    case .moment(let moment): recurrence.start = scope.zone.date(at: moment)
    case nil: break
    }
    return recurrence
  }
}
