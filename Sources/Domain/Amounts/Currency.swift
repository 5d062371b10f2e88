/// An ISO 4217 currency: three capital letters and the digits of its minor unit.
package struct Currency: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
  package let code: String

  /// Accepts any three letters (upper-cased): which ones are usable is the organisation's list.
  package init?(_ code: String) {
    let upper = code.uppercased()
    guard upper.utf8.count == 3, upper.utf8.allSatisfy({ (65...90).contains($0) }) else {
      return nil
    }
    self.code = upper
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let currency = Currency(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "not a currency code: \(text)")
    }
    self = currency
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(code)
  }

  /// Digits after the decimal point (ISO 4217, list one, active codes).
  package var exponent: Int {
    switch code {
    case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
      "VND", "VUV", "XAF", "XOF", "XPF":
      0
    case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
    case "CLF", "UYW": 4
    default: 2
    }
  }

  package var description: String { code }

  package static func < (left: Self, right: Self) -> Bool { left.code < right.code }
}
