import Domain

/// Turns rows of products into deal lines. What is wrong with one is told in it: the deal stays
/// readable.
struct PipedriveLineReader: Sendable {
  var extra: [String]
  /// Products by id, for their codes.
  var products: [String: PipedriveRecord]

  /// Rows that count, as they stand on the deal.
  static func counted(_ rows: [PipedriveRecord]) -> [PipedriveRecord] {
    rows.filter { $0["is_enabled"]?.flag != false }.sorted(by: order)
  }

  static func order(_ left: PipedriveRecord, _ right: PipedriveRecord) -> Bool {
    func place(_ record: PipedriveRecord) -> ExactDecimal {
      record["order_nr"]?.number ?? ExactDecimal(Int(Int32.max))
    }
    return (place(left), left.id.count, left.id) < (place(right), right.id.count, right.id)
  }

  func line(_ row: PipedriveRecord) -> DealLine {
    let product = row["product_id"]?.id
    var line = DealLine(id: row.id, name: row.text("name") ?? "")
    line.description = row.text("comments")
    line.sku = product.flatMap { products[$0]?.text("code") }
    line.productID = product.map { ID($0) }
    line.quantity = number(row, "quantity", "Quantity", &line)
    line.unitPrice = number(row, "item_price", "Price", &line)
    line.discount = discount(row, &line)
    if let code = row.text("currency") {
      line.currency = Currency(code)
      if line.currency == nil { line.problems.append("Currency “\(code)” is no currency code") }
    }
    line.tax = Self.tax(row)
    line.recurrence = recurrence(row, &line)
    for name in extra {
      let text = (row[name] ?? product.flatMap { products[$0]?[name] })?.plain { _ in nil } ?? ""
      line.fields[name] = text.isEmpty ? nil : text
    }
    return line
  }

  private func number(
    _ row: PipedriveRecord, _ name: String, _ label: String, _ line: inout DealLine
  ) -> ExactDecimal? {
    guard let value = row[name], !value.isEmpty else { return nil }
    guard let number = value.number else {
      line.problems.append("\(label) is not a number")
      return nil
    }
    return number
  }

  /// A percentage without a name is all there is: `15%`, or `15% included` where prices hold it.
  static func tax(_ row: PipedriveRecord) -> String? {
    guard let percent = row["tax"]?.number else { return nil }
    switch row.text("tax_method") {
    case "none": return "no tax"
    case "inclusive": return "\(percent.plain)% included"
    default: return "\(percent.plain)%"
    }
  }

  /// Whether an amount is taken off each unit or off the row is written nowhere: the row's own sum
  /// tells, with or without its tax.
  private func discount(_ row: PipedriveRecord, _ line: inout DealLine) -> Discount? {
    guard let off = number(row, "discount", "Discount", &line), !off.isZero else { return nil }
    if row.text("discount_type") != "amount" { return .percent(off) }
    guard let quantity = line.quantity, let price = line.unitPrice,
      let gross = try? quantity.multiplied(by: price),
      let times = try? off.multiplied(by: quantity)
    else { return .amount(off) }
    guard let fit = [off, times].first(where: { fits($0, gross: gross, row) }) else {
      line.problems.append("the discount does not lead to the row's sum")
      return nil
    }
    return .amount(fit)
  }

  private func fits(_ off: ExactDecimal, gross: ExactDecimal, _ row: PipedriveRecord) -> Bool {
    guard let sum = row["sum"]?.number, let net = try? gross.subtracting(off) else { return false }
    if PipedriveDiscount.isNear(net, sum) { return true }
    guard let percent = row["tax"]?.number, row.text("tax_method") == "exclusive",
      let share = try? ExactDecimal.hundred.adding(percent),
      let taxed = try? net.multiplied(by: share).divided(by: .hundred, decimals: 6)
    else { return false }
    return PipedriveDiscount.isNear(taxed, sum)
  }

  private static let frequencies: [String: (every: Int, unit: Recurrence.Unit)] = [
    "weekly": (1, .week), "monthly": (1, .month), "quarterly": (3, .month),
    "semi-annually": (6, .month), "annually": (12, .month),
  ]

  private func recurrence(_ row: PipedriveRecord, _ line: inout DealLine) -> Recurrence? {
    guard let text = row.text("billing_frequency"), text != "one-time" else { return nil }
    guard let frequency = Self.frequencies[text] else {
      line.problems.append("Billing frequency “\(text)” is not known")
      return nil
    }
    var recurrence = Recurrence(every: frequency.every, unit: frequency.unit)
    recurrence.periods = number(row, "billing_frequency_cycles", "Billing cycles", &line)
      .flatMap { Int($0.plain) }
    if let start = row.text("billing_start_date") {
      recurrence.start = CalendarDate(start)
      if recurrence.start == nil { line.problems.append("Billing start date is not a date") }
    }
    return recurrence
  }
}

/// Discounts on a whole deal.
enum PipedriveDiscount {
  /// A cent and a half: sums are rounded to the cent, each row by itself.
  static func isNear(_ left: ExactDecimal, _ right: ExactDecimal) -> Bool {
    guard let gap = try? left.subtracting(right) else { return false }
    let size = gap.isNegative ? gap.negated : gap
    return size <= ExactDecimal(significand: 15, scale: 3)
  }

  /// Whether the rows alone lead to the deal's value, with or without exclusive tax: then it has
  /// no discount of its own, and none needs to be asked for.
  static func isExplained(_ record: PipedriveRecord, rows: [PipedriveRecord]) -> Bool {
    let counted = PipedriveLineReader.counted(rows)
    guard !counted.isEmpty, let value = record["value"]?.number else { return true }
    guard let sum = total(counted) else { return false }
    return isNear(sum, value)
  }

  static func total(_ rows: [PipedriveRecord]) -> ExactDecimal? {
    var total = ExactDecimal.zero
    for row in rows {
      guard let sum = row["sum"]?.number, let next = try? total.adding(sum) else { return nil }
      total = next
    }
    return total
  }

  /// One percentage is told as such; amounts are added; of a mixture the deal's own value tells
  /// what it comes to.
  static func of(
    _ discounts: [PipedriveRecord], rows: [PipedriveRecord], value: ExactDecimal?,
    currency: Currency?
  ) throws(PipedriveUnreadable) -> Discount? {
    guard !discounts.isEmpty, !rows.isEmpty else { return nil }
    var amounts = ExactDecimal.zero
    var percents: [ExactDecimal] = []
    for discount in discounts {
      guard let amount = discount["amount"]?.number else {
        throw PipedriveUnreadable(reason: "a discount of the deal is not a number")
      }
      if discount.text("type") == "amount" {
        guard let sum = try? amounts.adding(amount) else {
          throw PipedriveUnreadable(reason: "a discount of the deal is too large")
        }
        amounts = sum
      } else {
        percents.append(amount)
      }
    }
    if percents.isEmpty { return .amount(amounts) }
    if percents.count == 1, amounts.isZero { return .percent(percents[0]) }
    guard let sum = total(rows), let value, let off = try? sum.subtracting(value),
      !off.isNegative
    else {
      throw PipedriveUnreadable(reason: "several discounts of the deal do not lead to its value")
    }
    return .amount(off.rounded(currency?.exponent ?? 2))
  }
}
