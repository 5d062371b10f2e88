internal import Domain

/// Splits an invoice into the parts of a schedule. The parts' totals, tax included, add up to
/// the undivided total exactly.
enum ScheduleSplit {
  /// Lines and figures of one part.
  struct Part: Hashable {
    var lineAmounts: LineAmounts
    var lines: [DraftLine]
    var totals: InvoiceTotals
  }

  /// What is split.
  struct Whole {
    var lines: [DraftLine]
    var lineAmounts: LineAmounts
    var totals: InvoiceTotals
    var taxRates: [TaxRate]
    var currency: Currency
    var rule: InvoiceArithmeticRule
  }

  /// One part per percentage. Where rounding the tax of each part would move the sum, all parts
  /// are written with their tax included: then the line amounts themselves are the total.
  static func parts(_ whole: Whole, percents: [ExactDecimal]) throws -> [Part] {
    let plain = try parts(
      whole, percents, amounts: whole.totals.lineAmounts, lineAmounts: whole.lineAmounts)
    if try Money.sum(plain.map(\.totals.total), in: whole.currency) == whole.totals.total {
      return plain
    }
    var gross: [Money] = []
    for (amount, tax) in zip(whole.totals.lineAmounts, whole.totals.lineTaxes) {
      gross.append(whole.lineAmounts == .exclusive ? try amount.adding(tax) : amount)
    }
    return try parts(whole, percents, amounts: gross, lineAmounts: .inclusive)
  }

  private static func parts(
    _ whole: Whole, _ percents: [ExactDecimal], amounts: [Money], lineAmounts: LineAmounts
  ) throws -> [Part] {
    var lines: [[DraftLine]] = percents.map { _ in [] }
    for (line, amount) in zip(whole.lines, amounts) {
      if line.isText {
        for index in lines.indices { lines[index].append(line) }
        continue
      }
      for (index, share) in try amount.split(
        by: percents, decimals: whole.rule.decimals(of: whole.currency)
      ).enumerated() {
        var part = line
        part.fold(
          into: share,
          note: "part \(index + 1) of \(percents.count), \(percents[index].plain) %")
        lines[index].append(part)
      }
    }
    return try lines.map { lines in
      Part(
        lineAmounts: lineAmounts, lines: lines,
        totals: try InvoiceArithmetic.totals(
          lines, lineAmounts: lineAmounts, taxRates: whole.taxRates, currency: whole.currency,
          rule: whole.rule))
    }
  }
}
