import Domain
import Foundation
import Testing

@Suite struct MoneyTests {
  struct FigureCase: Sendable {
    var units: Int64
    var code: String
    var figure: String
    var shown: String
  }

  @Test(arguments: [
    FigureCase(units: 115_000, code: "NZD", figure: "1150.00", shown: "NZD 1,150.00"),
    FigureCase(units: 5, code: "NZD", figure: "0.05", shown: "NZD 0.05"),
    FigureCase(units: -5, code: "NZD", figure: "-0.05", shown: "NZD -0.05"),
    FigureCase(units: -123_456_789, code: "USD", figure: "-1234567.89", shown: "USD -1,234,567.89"),
    FigureCase(units: 0, code: "EUR", figure: "0.00", shown: "EUR 0.00"),
    FigureCase(units: 1150, code: "JPY", figure: "1150", shown: "JPY 1,150"),
    FigureCase(units: 1150, code: "KWD", figure: "1.150", shown: "KWD 1.150"),
    FigureCase(units: 100_000, code: "CLF", figure: "10.0000", shown: "CLF 10.0000"),
  ])
  func figures(_ c: FigureCase) {
    let money = Money(minorUnits: c.units, currency: currency(c.code))
    #expect(money.figure == c.figure)
    #expect(money.description == c.shown)
  }

  struct ReadCase: Sendable {
    var text: String
    var code: String
    var units: Int64
  }

  @Test(arguments: [
    ReadCase(text: "0.005", code: "NZD", units: 1),
    ReadCase(text: "-0.005", code: "NZD", units: -1),
    ReadCase(text: "0.5", code: "JPY", units: 1), ReadCase(text: "0.49", code: "JPY", units: 0),
    ReadCase(text: "1.0005", code: "KWD", units: 1001),
    ReadCase(text: "7", code: "KWD", units: 7000),
  ])
  func roundsToTheMinorUnit(_ c: ReadCase) throws {
    #expect(try Money(decimal(c.text), in: currency(c.code)).minorUnits == c.units)
  }

  @Test func refusesWhatItCannotHold() {
    let nzd = currency("NZD")
    let most = Money(minorUnits: .max, currency: nzd)
    #expect(throws: AmountError.overflow) { try most.adding(Money(minorUnits: 1, currency: nzd)) }
    #expect(throws: AmountError.overflow) {
      try Money.zero(nzd).subtracting(Money(minorUnits: .min, currency: nzd))
    }
    #expect(throws: AmountError.currencyMismatch("NZD", "AUD")) {
      try most.adding(.zero(currency("AUD")))
    }
    #expect(throws: AmountError.overflow) { try Money(decimal("1e30"), in: nzd) }
    #expect(throws: AmountError.self) {
      try Money(minorUnits: 5, currency: nzd).split(by: [.zero, .zero])
    }
  }

  struct SplitCase: Sendable {
    var units: Int64
    var weights: [String]
    var parts: [Int64]
  }

  @Test(arguments: [
    SplitCase(units: 100, weights: ["1", "1", "1"], parts: [34, 33, 33]),
    SplitCase(units: 200, weights: ["1", "1", "1"], parts: [67, 67, 66]),
    SplitCase(units: -100, weights: ["1", "1", "1"], parts: [-34, -33, -33]),
    SplitCase(units: 115_000, weights: ["30", "70"], parts: [34_500, 80_500]),
    SplitCase(units: 1, weights: ["30", "70"], parts: [0, 1]),
    SplitCase(units: 1, weights: ["50", "50"], parts: [1, 0]),
    SplitCase(units: 0, weights: ["1", "2"], parts: [0, 0]),
    SplitCase(units: 10, weights: ["0", "1", "0"], parts: [0, 10, 0]),
    SplitCase(units: 5, weights: ["33.33", "33.33", "33.34"], parts: [2, 1, 2]),
    SplitCase(units: 7, weights: ["1"], parts: [7]),
  ])
  func splitsByLargestRemainder(_ c: SplitCase) throws {
    let whole = Money(minorUnits: c.units, currency: currency("NZD"))
    #expect(try whole.split(by: c.weights.map(decimal)).map(\.minorUnits) == c.parts)
  }

  /// Parts add up, and none is further than one unit from its exact share.
  @Test(arguments: Array(UInt64(1)...10))
  func splitsExactly(seed: UInt64) throws {
    var random = Seeded(seed: seed)
    for round in 1...500 {
      let units = random.int(-10_000_000...10_000_000)
      var weights = (0..<random.int(1...7)).map { _ in random.int(0...1000) }
      weights[0] += 1
      let whole = Money(minorUnits: Int64(units), currency: currency("NZD"))
      let parts = try whole.split(by: weights.map { ExactDecimal($0) }).map(\.minorUnits)
      let sum = weights.reduce(0, +)
      #expect(parts.reduce(0, +) == Int64(units), "seed \(seed), round \(round)")
      for (part, weight) in zip(parts, weights) {
        #expect(abs(Int(part) * sum - units * weight) < sum, "seed \(seed), round \(round)")
      }
    }
  }
}

@Suite struct CurrencyTests {
  @Test(arguments: ["NZD", "nzd", "Jpy"])
  func reads(_ text: String) { #expect(Currency(text)?.code == text.uppercased()) }

  @Test(arguments: ["", "NZ", "NZDD", "N1D", "ÄÖÜ", "NZ ", "$"])
  func refuses(_ text: String) { #expect(Currency(text) == nil) }

  @Test(arguments: [
    ("NZD", 2), ("USD", 2), ("JPY", 0), ("KRW", 0), ("VND", 0), ("ISK", 0), ("CLP", 0),
    ("KWD", 3), ("BHD", 3), ("TND", 3), ("CLF", 4), ("HUF", 2),
  ])
  func exponents(_ code: String, _ digits: Int) { #expect(currency(code).exponent == digits) }

  @Test func encodesAsCode() throws {
    let data = try JSONEncoder().encode([currency("NZD")])
    #expect(String(decoding: data, as: UTF8.self) == "[\"NZD\"]")
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([Currency].self, from: Data("[\"dollar\"]".utf8))
    }
  }
}
