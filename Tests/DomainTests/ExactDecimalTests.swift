import Domain
import Foundation
import Testing

@Suite struct ExactDecimalTests {
  struct ParseCase: Sendable {
    var text: String
    var plain: String?
  }

  @Test(arguments: [
    ParseCase(text: "0", plain: "0"), ParseCase(text: "-0", plain: "0"),
    ParseCase(text: "12.50", plain: "12.5"), ParseCase(text: "+7", plain: "7"),
    ParseCase(text: ".5", plain: "0.5"), ParseCase(text: "5.", plain: "5"),
    ParseCase(text: "-0.005", plain: "-0.005"), ParseCase(text: "1e3", plain: "1000"),
    ParseCase(text: "1.5E-2", plain: "0.015"), ParseCase(text: "100e-2", plain: "1"),
    ParseCase(text: "0.000000000000000001", plain: "0.000000000000000001"),
    ParseCase(text: "0.0000000000000000001", plain: nil),
    ParseCase(text: "0.10000000000000000000000", plain: "0.1"),
    ParseCase(text: "123456789012345678901234567890", plain: "123456789012345678901234567890"),
    ParseCase(text: "1234567890123456789012345678901234567", plain: nil),
    ParseCase(text: "", plain: nil), ParseCase(text: "-", plain: nil),
    ParseCase(text: ".", plain: nil), ParseCase(text: "1,000", plain: nil),
    ParseCase(text: "1 000", plain: nil), ParseCase(text: "1.2.3", plain: nil),
    ParseCase(text: "12x", plain: nil), ParseCase(text: "NaN", plain: nil),
    ParseCase(text: "1e99", plain: nil), ParseCase(text: "1e", plain: nil),
    ParseCase(text: "--1", plain: nil), ParseCase(text: "٣", plain: nil),
  ])
  func parses(_ c: ParseCase) {
    #expect((try? ExactDecimal(parsing: c.text))?.plain == c.plain)
  }

  struct RoundCase: Sendable {
    var text: String
    var decimals: Int
    var away: String
    var even: String
    var zero: String
  }

  @Test(arguments: [
    RoundCase(text: "0.005", decimals: 2, away: "0.01", even: "0.00", zero: "0.00"),
    RoundCase(text: "-0.005", decimals: 2, away: "-0.01", even: "0.00", zero: "0.00"),
    RoundCase(text: "0.015", decimals: 2, away: "0.02", even: "0.02", zero: "0.01"),
    RoundCase(text: "1.0049", decimals: 2, away: "1.00", even: "1.00", zero: "1.00"),
    RoundCase(text: "2.5", decimals: 0, away: "3", even: "2", zero: "2"),
    RoundCase(text: "-2.5", decimals: 0, away: "-3", even: "-2", zero: "-2"),
    RoundCase(text: "-3.5", decimals: 0, away: "-4", even: "-4", zero: "-3"),
    RoundCase(text: "9.9999", decimals: 3, away: "10.000", even: "10.000", zero: "9.999"),
    RoundCase(text: "7", decimals: 2, away: "7.00", even: "7.00", zero: "7.00"),
  ])
  func rounds(_ c: RoundCase) {
    let value = decimal(c.text)
    func shown(_ rule: Rounding) -> String {
      value.rounded(c.decimals, rule).fixed(decimals: c.decimals)
    }
    #expect(shown(.halfAwayFromZero) == c.away)
    #expect(shown(.halfToEven) == c.even)
    #expect(shown(.towardZero) == c.zero)
  }

  @Test func paddingNeverLeavesTheRange() {
    let most = decimal(String(repeating: "9", count: 36))
    #expect(most.fixed(decimals: 4) == String(repeating: "9", count: 36) + ".0000")
    #expect(ExactDecimal.zero.fixed(decimals: 4) == "0.0000")
    #expect(decimal("-0.5").fixed(decimals: 3) == "-0.500")
  }

  @Test func equalityIgnoresWriting() {
    #expect(decimal("1.50") == decimal("1.5"))
    #expect(ExactDecimal(significand: 150, scale: 2) == ExactDecimal(significand: 15, scale: 1))
    #expect(Set([ExactDecimal(significand: 150, scale: 2), decimal("1.5")]).count == 1)
    #expect(decimal("-1") < decimal("-0.999"))
    #expect(decimal("2") > decimal("1.999999999999999999"))
  }

  @Test func computesExactly() throws {
    #expect(try decimal("0.1").adding(decimal("0.2")) == decimal("0.3"))
    #expect(try decimal("1").subtracting(decimal("0.001")) == decimal("0.999"))
    #expect(try decimal("1.005").multiplied(by: decimal("3")) == decimal("3.015"))
    #expect(try decimal("1").divided(by: decimal("3"), decimals: 4) == decimal("0.3333"))
    #expect(try decimal("2").divided(by: decimal("-3"), decimals: 2) == decimal("-0.67"))
    #expect(try decimal("1").divided(by: decimal("0.15"), decimals: 2) == decimal("6.67"))
  }

  @Test func losesNoDigitSilently() {
    let huge = decimal("123456789012345678901234567890")
    #expect(throws: AmountError.overflow) { try huge.multiplied(by: huge) }
    #expect(throws: AmountError.self) { try huge.divided(by: .zero, decimals: 2) }
    let tiny = ExactDecimal(significand: 1, scale: 36)
    #expect(throws: AmountError.overflow) { try tiny.multiplied(by: decimal("0.1")) }
    #expect(throws: AmountError.overflow) { try tiny.adding(huge) }
  }

  @Test func encodesAsText() throws {
    let data = try JSONEncoder().encode([decimal("12.50")])
    #expect(String(decoding: data, as: UTF8.self) == "[\"12.5\"]")
    #expect(try JSONDecoder().decode([ExactDecimal].self, from: data) == [decimal("12.5")])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([ExactDecimal].self, from: Data("[\"x\"]".utf8))
    }
  }

  @Test(arguments: Array(UInt64(1)...5))
  func sumsAgreeWithIntegers(seed: UInt64) throws {
    var random = Seeded(seed: seed)
    for _ in 1...2000 {
      let (a, b) = (random.int(-9_999_999...9_999_999), random.int(-9_999_999...9_999_999))
      let left = ExactDecimal(significand: Int128(a), scale: 4)
      let right = ExactDecimal(significand: Int128(b), scale: 4)
      #expect(try left.adding(right).rounded(4).significand == Int128(a + b), "seed \(seed)")
      #expect(try left.multiplied(by: right).significand == Int128(a) * Int128(b), "seed \(seed)")
      #expect((left < right) == (a < b), "seed \(seed)")
    }
  }
}
