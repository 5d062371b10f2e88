import Foundation
import Sandbox
import Testing

@Suite struct JSONValueTests {
  @Test(arguments: [
    #"{"a":1,"b":[true,false,null],"c":"x"}"#, #"[]"#, #"{}"#, #"-0.10"#, #"1e400"#,
    #"{"price":12345678901234567890.123456789}"#, #""é😀""#, #"[1.0,1.00,1]"#,
  ])
  func writesBackWhatItRead(text: String) throws {
    #expect(try JSONValue.parse(Data(text.utf8)).serialized() == Data(text.utf8))
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\":1,}", "{a:1}", "01", "1.", ".5", "+1", "nul", "\"\u{1}\"",
    "\"\\x\"", "\"\\uD800\"", "{} {}", "{\"a\":1,\"a\":2}", "NaN", "[1 2]", "\"open",
    String(repeating: "[", count: 300),
  ])
  func refusesWhatIsNotJSON(text: String) {
    #expect(throws: JSONParseError.self) { try JSONValue.parse(Data(text.utf8)) }
  }

  @Test func refusesBytesThatAreNotUTF8() {
    #expect(throws: JSONParseError.self) {
      try JSONValue.parse(Data([0x22, 0xC3, 0x28, 0x22]))
    }
  }

  @Test func readsEscapes() throws {
    let value = try JSONValue.parse(Data(#""\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00""#.utf8))
    #expect(value.string == "\"\\/\u{8}\u{C}\n\r\té😀")
    #expect(try JSONValue.parse(value.serialized()) == value)
  }

  @Test func keepsTheOrderOfMembersThroughLookupAndRemoval() {
    var object: JSONValue.Object = [:]
    for number in 0..<40 { object["k\(number)"] = .integer(number) }
    object["k3"] = nil
    object["k7"] = "seven"
    #expect(object.count == 39)
    #expect(object["k3"] == nil)
    #expect(object["k7"] == "seven")
    #expect(object["k39"]?.int == 39)
    #expect(object.keys.prefix(4) == ["k0", "k1", "k2", "k4"])
  }

  @Test func readsTypedMembers() throws {
    let value = try JSONValue.parse(Data(#"{"n":7,"d":7.5,"s":"x","b":true,"l":[1,2]}"#.utf8))
    #expect(value["n"]?.int == 7)
    #expect(value["d"]?.int == nil)
    #expect(value["d"]?.decimal == ExactDecimal("7.50"))
    #expect(value["s"]?.string == "x")
    #expect(value["b"]?.bool == true)
    #expect(value["l"]?[1]?.int == 2)
    #expect(value["l"]?[2] == nil)
    #expect(value["missing"] == nil)
  }
}

@Suite struct ExactDecimalTests {
  @Test(arguments: [
    ("2.345", 2, "2.35"), ("-2.345", 2, "-2.35"), ("2.344", 2, "2.34"), ("0.005", 2, "0.01"),
    ("-0.005", 2, "-0.01"), ("1.5", 0, "2"), ("2.5", 0, "3"), ("100", 2, "100.00"),
    ("0.1", 1, "0.1"), ("1e2", 2, "100.00"), ("1.25e1", 2, "12.50"),
  ])
  func roundsHalvesAwayFromZero(text: String, places: Int, expected: String) throws {
    let value = try #require(ExactDecimal(text))
    #expect(value.rounded(places).text(places: places) == expected)
  }

  @Test(arguments: ["", "-", "1.", ".1", "1.2.3", "1e", "x", "1e99", "1234567890123456789"])
  func refusesOtherTexts(text: String) { #expect(ExactDecimal(text) == nil) }

  @Test func isExact() throws {
    let tenth = try #require(ExactDecimal("0.1"))
    let fifth = try #require(ExactDecimal("0.2"))
    #expect(tenth + fifth == ExactDecimal("0.3"))
    #expect((tenth * fifth).description == "0.02")
    #expect(ExactDecimal(1).divided(by: ExactDecimal(3), places: 4)?.description == "0.3333")
    #expect(ExactDecimal(-2).divided(by: ExactDecimal(3), places: 2)?.description == "-0.67")
    #expect(ExactDecimal(1).divided(by: .zero, places: 2) == nil)
    #expect(ExactDecimal("1.10") == ExactDecimal("1.1"))
  }
}

@Suite struct SandboxTimeTests {
  @Test(arguments: [
    ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"),
    ("2026-01-02T03:04:05", "2026-01-02T03:04:05.000Z"),
    ("2026-01-02T03:04:05+00:00", "2026-01-02T03:04:05.000Z"),
    ("2026-01-02T03:04:05.6789+13:00", "2026-01-01T14:04:05.678Z"),
    ("2026-01-02T03:04:05-0500", "2026-01-02T08:04:05.000Z"),
    ("2024-02-29", "2024-02-29T00:00:00.000Z"),
    ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59.000Z"),
  ])
  func readsTheFormsClientsSend(text: String, expected: String) {
    #expect(SandboxTime(iso: text)?.iso(fraction: true) == expected)
  }

  @Test(arguments: ["", "02/01/2026", "2026-02-30", "2026-13-01T00:00:00Z", "2026-01-02X03:04:05"])
  func refusesOtherForms(text: String) { #expect(SandboxTime(iso: text) == nil) }

  @Test func countsDaysBothWays() throws {
    for day in stride(from: -200_000, to: 200_000, by: 997) {
      let date = CivilDate(dayNumber: day)
      let (year, month, dayOfMonth) = date.parts
      #expect(CivilDate(year: year, month: month, day: dayOfMonth) == date)
    }
    let end = try #require(CivilDate("2026-01-31"))
    #expect(end.adding(months: 1).text == "2026-02-28")
    #expect(end.adding(months: 13).text == "2027-02-28")
    let newYear = SandboxTime(milliseconds: 1_767_225_600_000)
    #expect(newYear.httpDate == "Thu, 01 Jan 2026 00:00:00 GMT")
  }
}
