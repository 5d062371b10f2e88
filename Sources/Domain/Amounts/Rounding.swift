/// The named ways an exact figure becomes one with fewer decimals.
package enum Rounding: String, Hashable, Sendable, Codable {
  /// Halves go away from zero: 0.005 → 0.01, −0.005 → −0.01. What invoices use.
  case halfAwayFromZero = "half_away_from_zero"
  /// Halves go to the even neighbour (banker's rounding).
  case halfToEven = "half_to_even"
  /// Towards zero: digits are cut off.
  case towardZero = "toward_zero"

  /// `numerator / denominator` rounded to an integer. The denominator is greater than zero.
  package func quotient(_ numerator: Int128, _ denominator: Int128) -> Int128 {
    let (whole, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
    let twice = rest.magnitude * 2
    let step: Int128 = numerator < 0 ? -1 : 1
    switch self {
    case .towardZero: return whole
    case .halfAwayFromZero: return twice >= denominator.magnitude ? whole + step : whole
    case .halfToEven:
      if twice == denominator.magnitude { return whole % 2 == 0 ? whole : whole + step }
      return twice > denominator.magnitude ? whole + step : whole
    }
  }
}
