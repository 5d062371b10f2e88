/// An exact decimal number: `mantissa` times ten to the power of minus `scale`.
///
/// Meant for money and rates: at most 18 digits before the point and 12 behind it when parsed,
/// so that products of three such values after rounding stay inside 128 bits.
package struct ExactDecimal: Sendable, Hashable, Comparable, CustomStringConvertible {
  package private(set) var mantissa: Int128
  package private(set) var scale: Int

  package static let zero = ExactDecimal(0)
  private static let mostWhole = 18
  private static let mostScale = 12

  /// A whole number.
  package init(_ whole: Int) { self.init(mantissa: Int128(whole), scale: 0) }

  /// `mantissa` / 10^`scale`, held in lowest terms so that equal numbers are equal values.
  package init(mantissa: Int128, scale: Int) {
    self.mantissa = mantissa
    self.scale = scale
    while self.scale > 0, self.mantissa % 10 == 0 {
      self.mantissa /= 10
      self.scale -= 1
    }
  }

  /// Reads `-12.50` or `1.25e3`; nil for any other text or when out of range.
  package init?(_ text: String) {
    let parts = text.lowercased().split(separator: "e", omittingEmptySubsequences: false)
    guard parts.count <= 2, let exponent = parts.count == 2 ? Int(parts[1]) : 0,
      abs(exponent) <= Self.mostWhole
    else { return nil }
    let negative = parts[0].hasPrefix("-")
    let number = negative ? parts[0].dropFirst() : parts[0]
    let halves = number.split(separator: ".", omittingEmptySubsequences: false)
    guard halves.count <= 2, let whole = halves.first, !whole.isEmpty,
      whole.count <= Self.mostWhole
    else { return nil }
    let fraction = halves.count == 2 ? halves[1] : ""
    let digits = whole + fraction
    guard halves.count == 1 || !fraction.isEmpty, fraction.count <= Self.mostScale,
      digits.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
      let units = Int128(digits)
    else { return nil }
    let scale = fraction.count - exponent
    guard scale <= Self.mostScale else { return nil }
    if scale >= 0 {
      self.init(mantissa: negative ? -units : units, scale: scale)
    } else {
      let grown = units.multipliedReportingOverflow(by: Self.power(-scale))
      guard !grown.overflow, grown.partialValue < Self.power(Self.mostWhole) else { return nil }
      self.init(mantissa: negative ? -grown.partialValue : grown.partialValue, scale: 0)
    }
  }

  /// Rounds to so many decimal places, halves away from zero.
  package func rounded(_ places: Int) -> Self {
    guard scale > places else { return self }
    return Self(mantissa: Self.divide(mantissa, by: Self.power(scale - places)), scale: places)
  }

  /// The quotient rounded to so many places, halves away from zero; nil when dividing by zero.
  package func divided(by other: Self, places: Int) -> Self? {
    guard other.mantissa != 0 else { return nil }
    let shift = places + other.scale - scale
    let top = shift >= 0 ? mantissa * Self.power(shift) : mantissa
    let bottom = shift >= 0 ? other.mantissa : other.mantissa * Self.power(-shift)
    return Self(mantissa: Self.divide(top, by: bottom), scale: places)
  }

  package static func + (left: Self, right: Self) -> Self {
    let scale = max(left.scale, right.scale)
    return Self(mantissa: left.at(scale) + right.at(scale), scale: scale)
  }

  package static func - (left: Self, right: Self) -> Self { left + -right }

  package static prefix func - (value: Self) -> Self {
    Self(mantissa: -value.mantissa, scale: value.scale)
  }

  package static func * (left: Self, right: Self) -> Self {
    Self(mantissa: left.mantissa * right.mantissa, scale: left.scale + right.scale)
  }

  package static func += (left: inout Self, right: Self) { left = left + right }
  package static func -= (left: inout Self, right: Self) { left = left - right }

  package static func < (left: Self, right: Self) -> Bool {
    let scale = max(left.scale, right.scale)
    return left.at(scale) < right.at(scale)
  }

  package var magnitude: Self { Self(mantissa: mantissa < 0 ? -mantissa : mantissa, scale: scale) }

  /// The shortest exact form, for example `10.5`.
  package var description: String { text(places: 0) }

  /// The exact form with at least so many decimal places, for example `10.50`.
  package func text(places: Int) -> String {
    let shown = max(places, scale)
    let units = at(shown)
    let digits = String(units < 0 ? -units : units)
    guard shown > 0 else { return (units < 0 ? "-" : "") + digits }
    let padded = String(repeating: "0", count: max(0, shown + 1 - digits.count)) + digits
    let sign = units < 0 ? "-" : ""
    return sign + padded.dropLast(shown) + "." + padded.suffix(shown)
  }

  private func at(_ wanted: Int) -> Int128 { mantissa * Self.power(wanted - scale) }

  private static func divide(_ top: Int128, by bottom: Int128) -> Int128 {
    let (quotient, remainder) = top.quotientAndRemainder(dividingBy: bottom)
    let half = remainder.magnitude >= bottom.magnitude - remainder.magnitude
    return half ? quotient + ((top < 0) == (bottom < 0) ? 1 : -1) : quotient
  }

  private static func power(_ exponent: Int) -> Int128 {
    var result: Int128 = 1
    for _ in 0..<max(0, exponent) { result *= 10 }
    return result
  }
}

extension JSONValue {
  /// The exact value of a number, also of one written in quotes; nil for every other kind.
  package var decimal: ExactDecimal? {
    switch self {
    case .number(let digits), .string(let digits): ExactDecimal(digits)
    case .null, .bool, .array, .object: nil
    }
  }

  /// A number with at least so many decimal places.
  package static func decimal(_ value: ExactDecimal, places: Int = 2) -> JSONValue {
    .number(value.text(places: places))
  }
}
