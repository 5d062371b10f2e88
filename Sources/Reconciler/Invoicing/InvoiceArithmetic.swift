package import Domain

/// An invoice's figures, exactly as the accounting system computes them: one rounding per
/// figure, tax per line or per tax code as the system's rule says.
package enum InvoiceArithmetic {
  /// Why the figures cannot be computed.
  package enum Failure: Error, Hashable, Sendable {
    /// `line` counts from 0.
    case unknownTaxCode(String, line: Int)
    case tooLarge(line: Int?)
  }

  /// The amounts and taxes of every line and their sums.
  ///
  /// - Throws: `Failure` naming the line.
  package static func totals(
    _ lines: [DraftLine], lineAmounts: LineAmounts, taxRates: [TaxRate], currency: Currency,
    rule: InvoiceArithmeticRule, unitPriceDecimals: Int = 4
  ) throws(Failure) -> InvoiceTotals {
    let digits = rule.decimals(of: currency)
    var amounts: [ExactDecimal] = []
    var rates: [ExactDecimal] = []
    for (index, line) in lines.enumerated() {
      rates.append(try rate(of: line, at: index, lineAmounts: lineAmounts, in: taxRates))
      do {
        amounts.append(
          try exactAmount(
            line, decimals: digits, rounding: rule.rounding,
            unitPriceDecimals: unitPriceDecimals))
      } catch { throw .tooLarge(line: index) }
    }
    do {
      let taxes =
        switch rule.tax {
        case .perLine: try taxesPerLine(amounts, rates, lineAmounts, digits, rule.rounding)
        case .perTaxCode:
          try taxesPerCode(
            TaxGroups(lines, taxRates), amounts, rates, lineAmounts, digits, rule.rounding)
        }
      var totals = try sums(amounts, taxes, lineAmounts, currency)
      if decidedThere(lines, lineAmounts, taxRates) { totals.omitsTax = true }
      return totals
    } catch { throw .tooLarge(line: nil) }
  }

  /// `quantity × unit price`, less the discount, rounded once to the digits the accounting
  /// system keeps (nil: the currency's own); zero for a line of text.
  package static func lineAmount(
    _ line: DraftLine, currency: Currency, rounding: Rounding, decimals: Int? = nil,
    unitPriceDecimals: Int = 4
  ) throws(AmountError) -> Money {
    let exact = try exactAmount(
      line, decimals: decimals ?? currency.exponent, rounding: rounding,
      unitPriceDecimals: unitPriceDecimals)
    return try Money(exact, in: currency, rounding: rounding)
  }

  private static func exactAmount(
    _ line: DraftLine, decimals: Int, rounding: Rounding, unitPriceDecimals: Int
  ) throws(AmountError) -> ExactDecimal {
    guard let price = line.unitPrice else { return .zero }
    let unit = price.rounded(unitPriceDecimals, rounding)
    let gross = try (line.quantity ?? .one).multiplied(by: unit)
    if let percent = line.discountPercent {
      let rest = try ExactDecimal.hundred.subtracting(percent)
      return try gross.multiplied(by: rest).multiplied(by: hundredth).rounded(decimals, rounding)
    }
    return try gross.subtracting(line.discountAmount ?? .zero).rounded(decimals, rounding)
  }

  /// The tax in (inclusive) or on (exclusive) an amount.
  private static func tax(
    on amount: ExactDecimal, percent: ExactDecimal, _ lineAmounts: LineAmounts, _ decimals: Int,
    _ rounding: Rounding
  ) throws(AmountError) -> ExactDecimal {
    let divisor: ExactDecimal
    switch lineAmounts {
    case .noTax: return .zero
    case .exclusive: divisor = .hundred
    case .inclusive: divisor = try ExactDecimal.hundred.adding(percent)
    }
    return try amount.multiplied(by: percent).divided(by: divisor, decimals: decimals, rounding)
  }

  private static let hundredth = ExactDecimal(significand: 1, scale: 2)

  private static func rate(
    of line: DraftLine, at index: Int, lineAmounts: LineAmounts, in rates: [TaxRate]
  ) throws(Failure) -> ExactDecimal {
    guard lineAmounts != .noTax, !line.isText, let code = line.taxCode else { return .zero }
    guard let rate = rates.first(where: { $0.code == code }) else {
      throw .unknownTaxCode(code, line: index)
    }
    return rate.effectivePercent
  }

  private static func taxesPerLine(
    _ amounts: [ExactDecimal], _ rates: [ExactDecimal], _ lineAmounts: LineAmounts,
    _ decimals: Int, _ rounding: Rounding
  ) throws(AmountError) -> [ExactDecimal] {
    var taxes: [ExactDecimal] = []
    for (amount, rate) in zip(amounts, rates) {
      taxes.append(try tax(on: amount, percent: rate, lineAmounts, decimals, rounding))
    }
    return taxes
  }

  private static func decidedThere(
    _ lines: [DraftLine], _ lineAmounts: LineAmounts, _ rates: [TaxRate]
  ) -> Bool {
    guard lineAmounts != .noTax else { return false }
    let codes = Set(lines.filter { !$0.isText }.compactMap(\.taxCode))
    return rates.contains { $0.isDecidedThere == true && codes.contains($0.code) }
  }

  /// The tax of each group's sum; what rounding per line would miss goes to the last line.
  private static func taxesPerCode(
    _ groups: TaxGroups, _ amounts: [ExactDecimal], _ rates: [ExactDecimal],
    _ lineAmounts: LineAmounts, _ decimals: Int, _ rounding: Rounding
  ) throws(AmountError) -> [ExactDecimal] {
    var taxes = try taxesPerLine(amounts, rates, lineAmounts, decimals, rounding)
    var whole = ExactDecimal.zero
    for group in lineAmounts == .inclusive ? groups.byCode : groups.byRate {
      let base = try sum(group.lines.map { amounts[$0] })
      whole = try whole.adding(
        tax(on: base, percent: group.percent, lineAmounts, decimals, rounding))
    }
    for group in groups.byCode {
      guard let last = group.lines.last else { continue }
      let base = try sum(group.lines.map { amounts[$0] })
      let own = try tax(on: base, percent: group.percent, lineAmounts, decimals, rounding)
      taxes[last] = try taxes[last].adding(own.subtracting(sum(group.lines.map { taxes[$0] })))
    }
    // What rates of their own, or shared by codes, round otherwise.
    let rest = try whole.subtracting(sum(taxes))
    if !rest.isZero, let last = groups.byCode.last(where: { !$0.percent.isZero })?.lines.last {
      taxes[last] = try taxes[last].adding(rest)
    }
    return taxes
  }

  private static func sum(_ figures: [ExactDecimal]) throws(AmountError) -> ExactDecimal {
    var total = ExactDecimal.zero
    for figure in figures { total = try total.adding(figure) }
    return total
  }

  /// Where the system keeps more digits than the currency has (yen with sen), each figure is
  /// shown in whole minor units: they need not add up among themselves, but each is true.
  private static func sums(
    _ amounts: [ExactDecimal], _ taxes: [ExactDecimal], _ lineAmounts: LineAmounts,
    _ currency: Currency
  ) throws(AmountError) -> InvoiceTotals {
    let sum = try sum(amounts)
    let tax = try self.sum(taxes)
    let inclusive = lineAmounts == .inclusive
    func money(_ exact: ExactDecimal) throws(AmountError) -> Money {
      try Money(exact, in: currency)
    }
    var lineAmounts: [Money] = []
    var lineTaxes: [Money] = []
    for amount in amounts { lineAmounts.append(try money(amount)) }
    for tax in taxes { lineTaxes.append(try money(tax)) }
    return InvoiceTotals(
      lineAmounts: lineAmounts, lineTaxes: lineTaxes,
      subtotal: try money(inclusive ? sum.subtracting(tax) : sum), totalTax: try money(tax),
      total: try money(inclusive ? sum : sum.adding(tax)))
  }
}

extension InvoiceArithmetic {
  /// One figure of an answer that is not the one expected.
  package struct Difference: Hashable, Sendable, CustomStringConvertible {
    /// `total`, `tax`, `line amount`, ….
    package var what: String
    /// From 1; nil for a figure of the whole invoice.
    package var line: Int?
    package var expected: String
    package var answered: String

    package var description: String {
      let place = line.map { "line \($0): " } ?? ""
      return "\(place)\(what) is \(answered), expected \(expected)"
    }
  }

  /// Where the answered invoice differs from our own figures; empty when equal to the cent.
  /// Figures the answer does not carry are not compared.
  package static func differences(
    _ expected: InvoiceTotals, _ answered: Invoice
  ) -> [Difference] {
    var out: [Difference] = []
    func compare(_ what: String, _ line: Int?, _ ours: Money, _ theirs: Money?) {
      guard let theirs, theirs != ours else { return }
      out.append(
        Difference(
          what: what, line: line, expected: ours.description, answered: theirs.description))
    }
    if let lines = answered.lines {
      if lines.count == expected.lineAmounts.count {
        for (index, line) in lines.enumerated() {
          compare("line amount", index + 1, expected.lineAmounts[index], line.amount)
          if expected.omitsTax != true {
            compare("tax", index + 1, expected.lineTaxes[index], line.tax)
          }
        }
      } else {
        out.append(
          Difference(
            what: "number of lines", line: nil, expected: "\(expected.lineAmounts.count)",
            answered: "\(lines.count)"))
      }
    }
    compare("subtotal", nil, expected.subtotal, answered.subtotal)
    guard expected.omitsTax != true else { return out }
    compare("total tax", nil, expected.totalTax, answered.totalTax)
    compare("total", nil, expected.total, answered.total)
    return out
  }
}
