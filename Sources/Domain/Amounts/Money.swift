/// An amount in whole minor units of its currency (cents for NZD, yen for JPY).
package struct Money: Hashable, Sendable, Codable, CustomStringConvertible {
  package let minorUnits: Int64
  package let currency: Currency

  package init(minorUnits: Int64, currency: Currency) {
    self.minorUnits = minorUnits
    self.currency = currency
  }

  package static func zero(_ currency: Currency) -> Money {
    Money(minorUnits: 0, currency: currency)
  }

  /// The exact figure rounded to the currency's minor unit.
  package init(
    _ exact: ExactDecimal, in currency: Currency, rounding: Rounding = .halfAwayFromZero
  ) throws(AmountError) {
    let value = exact.rounded(currency.exponent, rounding)
    let (units, overflow) = value.significand.multipliedReportingOverflow(
      by: ExactDecimal.power(currency.exponent - value.scale))
    guard !overflow, let minor = Int64(exactly: units) else { throw .overflow }
    self.init(minorUnits: minor, currency: currency)
  }

  /// The amount as a decimal number in major units.
  package var exact: ExactDecimal {
    ExactDecimal(significand: Int128(minorUnits), scale: currency.exponent)
  }

  package func adding(_ other: Money) throws(AmountError) -> Money {
    guard currency == other.currency else {
      throw .currencyMismatch(currency.code, other.currency.code)
    }
    let (sum, overflow) = minorUnits.addingReportingOverflow(other.minorUnits)
    guard !overflow else { throw .overflow }
    return Money(minorUnits: sum, currency: currency)
  }

  package func subtracting(_ other: Money) throws(AmountError) -> Money {
    guard other.minorUnits != .min else { throw .overflow }
    return try adding(Money(minorUnits: -other.minorUnits, currency: other.currency))
  }

  package static func sum(
    _ amounts: some Sequence<Money>, in currency: Currency
  ) throws(AmountError) -> Money {
    var total = Money.zero(currency)
    for amount in amounts { total = try total.adding(amount) }
    return total
  }

  /// Parts in the given proportions that add up to `self` exactly: each part is cut down to the
  /// minor unit and the units left over go one each to the parts with the largest remainder, the
  /// earlier part first on a tie (largest-remainder method). Weights are not negative and not all
  /// zero.
  package func split(by weights: [ExactDecimal]) throws(AmountError) -> [Money] {
    var total = ExactDecimal.zero
    for weight in weights { total = try total.adding(weight) }
    guard !total.isZero else { throw .notANumber("a split over nothing") }
    var parts: [Int64] = []
    var remainders: [(index: Int, rest: ExactDecimal)] = []
    for (index, weight) in weights.enumerated() {
      let share = try ExactDecimal(significand: Int128(minorUnits), scale: 0)
        .multiplied(by: weight).divided(by: total, decimals: 12, .towardZero)
      let whole = share.rounded(0, .towardZero)
      guard let units = Int64(exactly: whole.significand) else { throw .overflow }
      parts.append(units)
      let rest = try share.subtracting(whole)
      remainders.append((index, rest.isNegative ? rest.negated : rest))
    }
    var left = minorUnits - parts.reduce(0, +)
    let step: Int64 = left < 0 ? -1 : 1
    let order = remainders.sorted { ($1.rest, $0.index) < ($0.rest, $1.index) }
    var next = 0
    while left != 0, !order.isEmpty {
      parts[order[next % order.count].index] += step
      left -= step
      next += 1
    }
    return parts.map { Money(minorUnits: $0, currency: currency) }
  }

  /// The same split in steps of the given decimals, where they are fewer than the currency's:
  /// for a system that keeps fewer. What is finer than a step goes to the first part.
  package func split(
    by weights: [ExactDecimal], decimals: Int
  ) throws(AmountError) -> [Money] {
    guard decimals < currency.exponent else { return try split(by: weights) }
    let step = Int64(ExactDecimal.power(currency.exponent - max(0, decimals)))
    let coarse = Money(minorUnits: minorUnits / step, currency: currency)
    var parts: [Money] = []
    for part in try coarse.split(by: weights) {
      let rest = parts.isEmpty ? minorUnits % step : 0
      parts.append(Money(minorUnits: part.minorUnits * step + rest, currency: currency))
    }
    return parts
  }

  package var isZero: Bool { minorUnits == 0 }
  package var isNegative: Bool { minorUnits < 0 }

  /// The figure alone with the currency's decimals: `1150.00`.
  package var figure: String { exact.fixed(decimals: currency.exponent) }

  /// `NZD 1,150.00`, for people.
  package var description: String { "\(currency) \(grouped)" }

  /// The figure with thousands separators: `1,150.00`.
  package var grouped: String {
    let text = figure
    let negative = text.hasPrefix("-")
    let parts = text.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
    var whole = ""
    for (index, digit) in parts[0].enumerated() {
      if index > 0, (parts[0].count - index) % 3 == 0 { whole.append(",") }
      whole.append(digit)
    }
    let decimals = parts.count > 1 ? "." + parts[1] : ""
    return (negative ? "-" : "") + whole + decimals
  }
}
