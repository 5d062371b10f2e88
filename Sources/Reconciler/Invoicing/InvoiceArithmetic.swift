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
    var amounts: [Money] = []
    var rates: [ExactDecimal] = []
    for (index, line) in lines.enumerated() {
      rates.append(try rate(of: line, at: index, lineAmounts: lineAmounts, in: taxRates))
      do {
        amounts.append(
          try lineAmount(
            line, currency: currency, rounding: rule.rounding,
            unitPriceDecimals: unitPriceDecimals))
      } catch { throw .tooLarge(line: index) }
    }
    do {
      let taxes =
        switch rule.tax {
        case .perLine:
          try taxesPerLine(amounts, rates, lineAmounts, currency, rule.rounding)
        case .perTaxCode:
          try taxesPerCode(lines, amounts, rates, lineAmounts, currency, rule.rounding)
        }
      return try sums(amounts, taxes, lineAmounts, currency)
    } catch { throw .tooLarge(line: nil) }
  }

  /// `quantity × unit price`, less the discount, rounded once to the currency's minor unit; zero
  /// for a line of text.
  package static func lineAmount(
    _ line: DraftLine, currency: Currency, rounding: Rounding, unitPriceDecimals: Int = 4
  ) throws(AmountError) -> Money {
    guard let price = line.unitPrice else { return .zero(currency) }
    let unit = price.rounded(unitPriceDecimals, rounding)
    let gross = try (line.quantity ?? .one).multiplied(by: unit)
    if let percent = line.discountPercent {
      let rest = try ExactDecimal.hundred.subtracting(percent)
      let net = try gross.multiplied(by: rest).multiplied(by: hundredth)
      return try Money(net, in: currency, rounding: rounding)
    }
    let net = try gross.subtracting(line.discountAmount ?? .zero)
    return try Money(net, in: currency, rounding: rounding)
  }

  /// The tax in (inclusive) or on (exclusive) an amount.
  package static func tax(
    on amount: Money, percent: ExactDecimal, lineAmounts: LineAmounts, rounding: Rounding
  ) throws(AmountError) -> Money {
    let divisor: ExactDecimal
    switch lineAmounts {
    case .noTax: return .zero(amount.currency)
    case .exclusive: divisor = .hundred
    case .inclusive: divisor = try ExactDecimal.hundred.adding(percent)
    }
    let tax = try amount.exact.multiplied(by: percent).divided(
      by: divisor, decimals: amount.currency.exponent, rounding)
    return try Money(tax, in: amount.currency, rounding: rounding)
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
    _ amounts: [Money], _ rates: [ExactDecimal], _ lineAmounts: LineAmounts,
    _ currency: Currency, _ rounding: Rounding
  ) throws(AmountError) -> [Money] {
    var taxes: [Money] = []
    for (amount, rate) in zip(amounts, rates) {
      taxes.append(
        try tax(on: amount, percent: rate, lineAmounts: lineAmounts, rounding: rounding))
    }
    return taxes
  }

  /// The tax of each code's sum; what rounding per line would miss goes to the code's last line.
  private static func taxesPerCode(
    _ lines: [DraftLine], _ amounts: [Money], _ rates: [ExactDecimal],
    _ lineAmounts: LineAmounts, _ currency: Currency, _ rounding: Rounding
  ) throws(AmountError) -> [Money] {
    var taxes = try taxesPerLine(amounts, rates, lineAmounts, currency, rounding)
    var groups: [String: [Int]] = [:]
    for (index, line) in lines.enumerated() where !line.isText {
      groups[line.taxCode ?? "", default: []].append(index)
    }
    for group in groups.values {
      guard let last = group.last else { continue }
      let base = try Money.sum(group.map { amounts[$0] }, in: currency)
      let whole = try tax(
        on: base, percent: rates[last], lineAmounts: lineAmounts, rounding: rounding)
      let spread = try Money.sum(group.map { taxes[$0] }, in: currency)
      taxes[last] = try taxes[last].adding(whole.subtracting(spread))
    }
    return taxes
  }

  private static func sums(
    _ amounts: [Money], _ taxes: [Money], _ lineAmounts: LineAmounts, _ currency: Currency
  ) throws(AmountError) -> InvoiceTotals {
    let sum = try Money.sum(amounts, in: currency)
    let tax = try Money.sum(taxes, in: currency)
    let inclusive = lineAmounts == .inclusive
    return InvoiceTotals(
      lineAmounts: amounts, lineTaxes: taxes,
      subtotal: inclusive ? try sum.subtracting(tax) : sum, totalTax: tax,
      total: inclusive ? sum : try sum.adding(tax))
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
          compare("tax", index + 1, expected.lineTaxes[index], line.tax)
        }
      } else {
        out.append(
          Difference(
            what: "number of lines", line: nil, expected: "\(expected.lineAmounts.count)",
            answered: "\(lines.count)"))
      }
    }
    compare("subtotal", nil, expected.subtotal, answered.subtotal)
    compare("total tax", nil, expected.totalTax, answered.totalTax)
    compare("total", nil, expected.total, answered.total)
    return out
  }
}
