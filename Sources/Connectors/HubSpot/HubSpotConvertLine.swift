import Domain

/// Turns line items into deal lines. What is wrong with one is told in it: the deal stays
/// readable.
struct HubSpotLineReader: Sendable {
  var extra: [String]
  var taxLabels: [String: String]
  /// The day from which a delayed start counts; nil while it is not known.
  var wonDay: CalendarDate?

  /// As they stand on the deal; those without a place last, in the order they were made.
  static func order(_ left: HubSpotRecord, _ right: HubSpotRecord) -> Bool {
    func place(_ record: HubSpotRecord) -> ExactDecimal {
      record["hs_position_on_quote"].flatMap { try? ExactDecimal(parsing: $0) }
        ?? ExactDecimal(Int(Int32.max))
    }
    return (place(left), left.id.count, left.id) < (place(right), right.id.count, right.id)
  }

  func line(_ record: HubSpotRecord) -> DealLine {
    var line = DealLine(id: record.id, name: record["name"] ?? "")
    line.stamp = record[HubSpotObject.lineItems.stamp] ?? ""
    line.description = record["description"]
    line.sku = record["hs_sku"]
    line.productID = record["hs_product_id"].map { ID($0) }
    line.quantity = number(record, "quantity", "Quantity", &line)
    line.unitPrice = number(record, "price", "Unit price", &line)
    line.discount = discount(record, &line)
    if let code = record["hs_line_item_currency_code"] {
      line.currency = Currency(code)
      if line.currency == nil { line.problems.append("Currency “\(code)” is no currency code") }
    }
    line.tax =
      record["hs_tax_rate_group_id"].flatMap { taxLabels[$0] } ?? record["hs_tax_label"]
    applyTiers(record, &line)
    line.recurrence = recurrence(record, &line)
    for name in extra { line.fields[name] = record[name] }
    return line
  }

  private func number(
    _ record: HubSpotRecord, _ name: String, _ label: String, _ line: inout DealLine
  ) -> ExactDecimal? {
    guard let text = record[name] else { return nil }
    do { return try ExactDecimal(parsing: text) } catch {
      line.problems.append("\(label) “\(text.prefix(40))” is not a number")
      return nil
    }
  }

  /// The money discount is per unit, the percentage is off the line.
  private func discount(_ record: HubSpotRecord, _ line: inout DealLine) -> Discount? {
    let perUnit = number(record, "discount", "Unit discount", &line)
    let percent = number(record, "hs_discount_percentage", "Discount percentage", &line)
    let hasMoney = perUnit.map { !$0.isZero } ?? false
    let hasPercent = percent.map { !$0.isZero } ?? false
    if hasMoney, hasPercent {
      line.problems.append("both Unit discount and Discount percentage are set")
      return nil
    }
    if hasPercent { return percent.map { .percent($0) } }
    guard hasMoney, let perUnit, let quantity = line.quantity else { return nil }
    do { return .amount(try perUnit.multiplied(by: quantity)) } catch {
      line.problems.append("Unit discount is too large")
      return nil
    }
  }

  /// With tiered prices the unit price is only an average: the line's own total counts, as one
  /// piece, so that no rounded average is multiplied.
  private func applyTiers(_ record: HubSpotRecord, _ line: inout DealLine) {
    guard let model = record["hs_pricing_model"]?.lowercased(), model != "flat" else { return }
    guard let total = number(record, "amount", "Net price", &line) else {
      line.problems.append("Net price is missing on a line with tiered prices")
      return
    }
    if let quantity = line.quantity, quantity != .one {
      line.description = ["Quantity \(quantity.plain)", line.description].compactMap { $0 }
        .joined(separator: "\n")
    }
    line.quantity = .one
    line.unitPrice = total
    line.discount = nil
  }
}

/// Recurring lines.
extension HubSpotLineReader {
  private static let frequencies: [String: (every: Int, unit: Recurrence.Unit)] = [
    "weekly": (1, .week), "biweekly": (2, .week), "monthly": (1, .month),
    "quarterly": (3, .month), "per_six_months": (6, .month), "annually": (12, .month),
    "per_two_years": (24, .month), "per_three_years": (36, .month),
    "per_four_years": (48, .month), "per_five_years": (60, .month),
  ]

  private func recurrence(_ record: HubSpotRecord, _ line: inout DealLine) -> Recurrence? {
    guard let text = record["recurringbillingfrequency"] else { return nil }
    guard let frequency = Self.frequencies[text.lowercased()] else {
      line.problems.append("Billing frequency “\(text)” is not known")
      return nil
    }
    var recurrence = Recurrence(every: frequency.every, unit: frequency.unit)
    recurrence.start = start(record, &line)
    recurrence.end = date(record, "hs_recurring_billing_end_date", "Billing end date", &line)
    let payments = "hs_recurring_billing_number_of_payments"
    if let count = number(record, payments, "Number of payments", &line) {
      recurrence.periods = count.rounded(0) == count ? Int(count.rounded(0).plain) : nil
      if recurrence.periods == nil {
        line.problems.append("Number of payments is not a whole number")
      }
    } else if let term = record["hs_recurring_billing_period"] {
      apply(term, to: &recurrence, &line)
    }
    return recurrence
  }

  private func date(
    _ record: HubSpotRecord, _ name: String, _ label: String, _ line: inout DealLine
  ) -> CalendarDate? {
    guard let text = record[name] else { return nil }
    guard let date = HubSpotTime.date(text) else {
      line.problems.append("\(label) “\(text.prefix(40))” is not a date")
      return nil
    }
    return date
  }

  private func start(_ record: HubSpotRecord, _ line: inout DealLine) -> CalendarDate? {
    if record["hs_recurring_billing_start_date"] != nil {
      return date(record, "hs_recurring_billing_start_date", "Billing start date", &line)
    }
    func delay(_ name: String, _ label: String) -> Int? {
      number(record, name, label, &line).flatMap { Int($0.plain) }
    }
    switch record["hs_billing_start_delay_type"] {
    case "hs_billing_start_delay_days":
      let days = delay("hs_billing_start_delay_days", "Billing start delay (days)")
      return wonDay.flatMap { day in days.map { day.adding(days: $0) } }
    case "hs_billing_start_delay_months":
      let months = delay("hs_billing_start_delay_months", "Billing start delay (months)")
      return wonDay.flatMap { day in months.map { day.adding(months: $0) } }
    case .some, nil: return nil
    }
  }

  /// The end of a term such as `P12M`: as a number of billing periods where it is a whole one,
  /// else (weekly billing for a year) as its last day.
  private func apply(_ term: String, to recurrence: inout Recurrence, _ line: inout DealLine) {
    guard let (count, unit) = Self.term(term) else {
      line.problems.append("Term “\(term.prefix(40))” is not a period")
      return
    }
    if unit == recurrence.unit, count % recurrence.every == 0 {
      recurrence.periods = count / recurrence.every
    } else if let start = recurrence.start ?? wonDay {
      let end = unit == .month ? start.adding(months: count) : start.adding(days: count * 7)
      recurrence.end = recurrence.end ?? end.adding(days: -1)
    } else {
      line.problems.append("Term “\(term)” is no whole number of billing periods")
    }
  }

  /// `P12M`, `P1Y`, `P1Y6M`, `P8W`, in the unit that holds it exactly.
  static func term(_ text: String) -> (count: Int, unit: Recurrence.Unit)? {
    guard text.first == "P" else { return nil }
    var months = 0
    var weeks = 0
    var digits = ""
    for character in text.dropFirst() {
      if character.isASCII, character.isNumber {
        digits.append(character)
        continue
      }
      guard let count = Int(digits), count < 10_000 else { return nil }
      digits = ""
      switch character {
      case "Y": months += count * 12
      case "M": months += count
      case "W": weeks += count
      case "D" where count % 7 == 0: weeks += count / 7
      default: return nil
      }
    }
    guard digits.isEmpty, (months > 0) != (weeks > 0) else { return nil }
    return months > 0 ? (months, .month) : (weeks, .week)
  }
}
