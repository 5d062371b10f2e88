/// The vendor's arithmetic: every line rounded by itself, then summed; halves away from zero.
enum XeroArithmetic {
  private static let hundred = ExactDecimal(100)
  static let largestLine = ExactDecimal(mantissa: 999_999_999_999, scale: 2)

  /// What a line comes to before tax is split off; nil when the line has no amounts.
  static func lineAmount(of line: XeroLine) -> ExactDecimal? {
    guard let quantity = line.quantity, let unit = line.unitAmount else { return nil }
    let gross = quantity * unit
    if let discount = line.discountAmount { return (gross - discount).rounded(2) }
    guard let rate = line.discountRate else { return gross.rounded(2) }
    return (gross * (hundred - rate)).divided(by: hundred, places: 2)
  }

  /// The tax in or on a line amount at a rate in percent.
  static func tax(
    on amount: ExactDecimal, rate: ExactDecimal, _ amountsAre: XeroAmounts
  ) -> ExactDecimal {
    let product = amount * rate
    return switch amountsAre {
    case .noTax: .zero
    case .exclusive: product.divided(by: hundred, places: 2) ?? .zero
    case .inclusive: product.divided(by: hundred + rate, places: 2) ?? .zero
    }
  }

  /// What the discounts of a line take off, to two places.
  static func discount(of line: XeroLine) -> ExactDecimal {
    if let amount = line.discountAmount { return amount.rounded(2) }
    guard line.discountRate != nil, let quantity = line.quantity, let unit = line.unitAmount
    else { return .zero }
    return (quantity * unit).rounded(2) - line.lineAmount
  }

  static func totals(of lines: [XeroLine], _ amountsAre: XeroAmounts) -> XeroTotals {
    var totals = XeroTotals()
    for line in lines {
      totals.subTotal += line.lineAmount
      totals.totalTax += line.taxAmount
      totals.totalDiscount += discount(of: line)
    }
    if amountsAre == .inclusive { totals.subTotal -= totals.totalTax }
    return totals
  }
}
