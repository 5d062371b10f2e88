internal import Domain

/// Spreads a discount on the whole deal over its lines so that the parts add up to the cent.
enum DiscountSpread {
  /// Why it cannot be spread.
  enum Failure: Error, Hashable {
    /// The discount is more than the lines come to, or no line has an amount.
    case moreThanLines(discount: Money, lines: Money)
    case outOfRange(ExactDecimal)
    case tooLarge
  }

  /// The lines with the discount taken off them.
  static func apply(
    _ discount: Discount, to lines: [DraftLine], currency: Currency, rule: InvoiceArithmeticRule
  ) throws(Failure) -> [DraftLine] {
    do {
      var amounts: [Money] = []
      for line in lines {
        amounts.append(
          try InvoiceArithmetic.lineAmount(
            line, currency: currency, rounding: rule.rounding, decimals: rule.decimals))
      }
      let total = try Money.sum(amounts, in: currency)
      let off = try amount(discount, of: total, rule)
      if off.isZero { return lines }
      let weights = amounts.map { $0.isNegative ? ExactDecimal.zero : $0.exact }
      let room = try Money.sum(amounts.filter { !$0.isNegative }, in: currency)
      guard off.minorUnits <= total.minorUnits, !room.isZero else {
        throw Failure.moreThanLines(discount: off, lines: total)
      }
      var out = lines
      for (index, part) in try off.split(
        by: weights, decimals: rule.decimals(of: currency)
      ).enumerated() where !part.isZero {
        let net = try amounts[index].subtracting(part)
        out[index] = try line(lines[index], reducedTo: net, rule)
      }
      return out
    } catch let failure as Failure { throw failure } catch { throw .tooLarge }
  }

  private static func amount(
    _ discount: Discount, of total: Money, _ rule: InvoiceArithmeticRule
  ) throws -> Money {
    let digits = rule.decimals(of: total.currency)
    switch discount {
    case .percent(let percent):
      guard !percent.isNegative, percent <= .hundred else { throw Failure.outOfRange(percent) }
      let off = try total.exact.multiplied(by: percent).multiplied(
        by: ExactDecimal(significand: 1, scale: 2))
      return try Money(off.rounded(digits, rule.rounding), in: total.currency)
    case .amount(let amount):
      guard !amount.isNegative else { throw Failure.outOfRange(amount) }
      return try Money(amount.rounded(digits, rule.rounding), in: total.currency)
    }
  }

  /// The line with a discount amount that makes it come to exactly `net`.
  private static func line(
    _ line: DraftLine, reducedTo net: Money, _ rule: InvoiceArithmeticRule
  ) throws -> DraftLine {
    guard let price = line.unitPrice, let quantity = line.quantity else { return line }
    var out = line
    let gross = try quantity.multiplied(by: price)
    let digits = rule.decimals(of: net.currency)
    let grossMoney = try Money(gross.rounded(digits, rule.rounding), in: net.currency)
    out.discountPercent = nil
    out.discountAmount = try grossMoney.subtracting(net).exact
    let check = try InvoiceArithmetic.lineAmount(
      out, currency: net.currency, rounding: rule.rounding, decimals: rule.decimals)
    if check != net {
      out = line
      out.fold(into: net, note: "\(quantity.plain) × \(price.plain), less discount")
    }
    return out
  }
}
