/// Arithmetic that would have lost a digit.
package enum AmountError: Error, Hashable, Sendable, CustomStringConvertible {
  case overflow
  case currencyMismatch(String, String)
  case notANumber(String)

  package var description: String {
    switch self {
    case .overflow: "an amount is too large to be computed exactly"
    case .currencyMismatch(let left, let right): "\(left) and \(right) cannot be added"
    case .notANumber(let text): "“\(text)” is not a decimal number"
    }
  }
}

/// A decimal number without rounding: `significand × 10^−scale`. Quantities, unit prices, rates
/// and percentages; settled amounts are `Money`.
package struct ExactDecimal: Sendable, Codable, CustomStringConvertible {
  package let significand: Int128
  /// Digits after the decimal point, 0…18.
  package let scale: Int

  /// A value already split; trailing zeros are kept out of comparison, not out of storage.
  package init(significand: Int128, scale: Int) {
    self.significand = significand
    self.scale = scale
  }

  package init(_ integer: Int) { self.init(significand: Int128(integer), scale: 0) }

  package static let zero = ExactDecimal(0)
  package static let one = ExactDecimal(1)
  package static let hundred = ExactDecimal(100)

  /// Reads `-12.50`, `1e3`, `.5`. No thousands separators, no spaces, at most 18 decimals kept
  /// after trailing zeros are dropped and 30 digits in all.
  package init(parsing text: String) throws(AmountError) {
    guard let value = Self.scan(text) else { throw .notANumber(String(text.prefix(40))) }
    self = value
  }

  private static func scan(_ text: String) -> ExactDecimal? {
    var digits: Int128 = 0
    var scale = 0
    var count = 0
    var seenPoint = false
    var exponent = 0
    var bytes = Array(text.utf8)[...]
    let negative = bytes.first == UInt8(ascii: "-")
    if negative || bytes.first == UInt8(ascii: "+") { bytes = bytes.dropFirst() }
    while let byte = bytes.popFirst() {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        count += 1
        guard count <= 36 else { return nil }
        digits = digits * 10 + Int128(byte - UInt8(ascii: "0"))
        if seenPoint { scale += 1 }
      case UInt8(ascii: "."):
        guard !seenPoint else { return nil }
        seenPoint = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        let tail = String(decoding: bytes, as: UTF8.self)
        guard let value = Int(tail), abs(value) <= 30 else { return nil }
        exponent = value
        bytes = []
      default: return nil
      }
    }
    guard count > 0 else { return nil }
    return normal(negative ? -digits : digits, scale - exponent)
  }

  private static func normal(_ digits: Int128, _ scale: Int) -> ExactDecimal? {
    var digits = digits
    var scale = scale
    while scale > 0, digits % 10 == 0 {
      digits /= 10
      scale -= 1
    }
    while scale < 0 {
      let (next, overflow) = digits.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      digits = next
      scale += 1
    }
    return scale <= 18 ? ExactDecimal(significand: digits, scale: scale) : nil
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    do { self = try ExactDecimal(parsing: text) } catch {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  package var description: String { fixed(decimals: scale) }

  package var isNegative: Bool { significand < 0 }
  package var isZero: Bool { significand == 0 }
}

extension ExactDecimal {
  /// 10^n for n in 0…36.
  package static func power(_ exponent: Int) -> Int128 {
    var result: Int128 = 1
    for _ in 0..<exponent { result *= 10 }
    return result
  }

  /// The value rounded to `decimals` digits after the point.
  package func rounded(_ decimals: Int, _ rule: Rounding = .halfAwayFromZero) -> ExactDecimal {
    guard decimals < scale else { return self }
    let divisor = Self.power(scale - decimals)
    return ExactDecimal(significand: rule.quotient(significand, divisor), scale: decimals)
  }

  /// The digits with exactly `decimals` places; extra digits are rounded away from zero at half.
  package func fixed(decimals: Int) -> String {
    let value = rounded(decimals)
    // Zeros are appended as text: multiplying could leave the range of the digits.
    let zeros = value.isZero ? 0 : decimals - value.scale
    let digits = String(value.significand.magnitude) + String(repeating: "0", count: zeros)
    let sign = value.isNegative ? "-" : ""
    guard decimals > 0 else { return sign + digits }
    let full = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    return sign + full.dropLast(decimals) + "." + full.suffix(decimals)
  }

  /// The shortest writing: `12.50` becomes `12.5`, `3.00` becomes `3`.
  package var plain: String {
    var value = self
    while value.scale > 0, value.significand % 10 == 0 {
      value = ExactDecimal(significand: value.significand / 10, scale: value.scale - 1)
    }
    return value.description
  }

  private static func aligned(
    _ left: ExactDecimal, _ right: ExactDecimal
  ) throws(AmountError) -> (Int128, Int128, Int) {
    let scale = max(left.scale, right.scale)
    let (a, overflowA) = left.significand.multipliedReportingOverflow(
      by: power(scale - left.scale))
    let (b, overflowB) = right.significand.multipliedReportingOverflow(
      by: power(scale - right.scale))
    guard !overflowA, !overflowB else { throw .overflow }
    return (a, b, scale)
  }

  package func adding(_ other: ExactDecimal) throws(AmountError) -> ExactDecimal {
    let (a, b, scale) = try Self.aligned(self, other)
    let (sum, overflow) = a.addingReportingOverflow(b)
    guard !overflow else { throw .overflow }
    return ExactDecimal(significand: sum, scale: scale)
  }

  package func subtracting(_ other: ExactDecimal) throws(AmountError) -> ExactDecimal {
    try adding(ExactDecimal(significand: -other.significand, scale: other.scale))
  }

  package func multiplied(by other: ExactDecimal) throws(AmountError) -> ExactDecimal {
    let (product, overflow) = significand.multipliedReportingOverflow(by: other.significand)
    guard !overflow, scale + other.scale <= 36 else { throw .overflow }
    return ExactDecimal(significand: product, scale: scale + other.scale)
  }

  /// `self / divisor` rounded to `decimals` digits. The divisor is not zero.
  package func divided(
    by divisor: ExactDecimal, decimals: Int, _ rule: Rounding = .halfAwayFromZero
  ) throws(AmountError) -> ExactDecimal {
    guard !divisor.isZero else { throw .notANumber("division by zero") }
    let up = Self.power(decimals + divisor.scale)
    let down = Self.power(scale)
    let (scaled, overflow) = significand.multipliedReportingOverflow(by: up)
    let (base, overflowBase) = divisor.significand.multipliedReportingOverflow(by: down)
    guard !overflow, !overflowBase else { throw .overflow }
    let numerator = base < 0 ? -scaled : scaled
    return ExactDecimal(
      significand: rule.quotient(numerator, base < 0 ? -base : base), scale: decimals)
  }

  package var negated: ExactDecimal { ExactDecimal(significand: -significand, scale: scale) }
}

extension ExactDecimal: Hashable, Comparable {
  private var reduced: (Int128, Int) {
    var digits = significand
    var places = scale
    while places > 0, digits % 10 == 0 {
      digits /= 10
      places -= 1
    }
    return (digits, places)
  }

  package static func == (left: Self, right: Self) -> Bool { left.reduced == right.reduced }

  package func hash(into hasher: inout Hasher) {
    let (digits, places) = reduced
    hasher.combine(digits)
    hasher.combine(places)
  }

  package static func < (left: Self, right: Self) -> Bool {
    let scale = max(left.scale, right.scale)
    let (a, overflowA) = left.significand.multipliedReportingOverflow(
      by: power(scale - left.scale))
    let (b, overflowB) = right.significand.multipliedReportingOverflow(
      by: power(scale - right.scale))
    // Beyond 38 digits only the sign and the size matter.
    guard !overflowA, !overflowB else {
      return left.significand / power(left.scale) < right.significand / power(right.scale)
    }
    return a < b
  }
}
