import Domain
import Foundation
import Testing

@Suite struct CalendarDateTests {
  @Test(arguments: [
    "2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "26-01-01", "2026-1-1", "",
    "2026-01-01T00:00", "0000-01-01", "1900-02-29", "2026/01/01",
  ])
  func refuses(_ text: String) { #expect(CalendarDate(text) == nil) }

  @Test(arguments: [
    ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2026-11-22", 20_779),
    ("0001-01-01", -719_162), ("9999-12-31", 2_932_896),
  ])
  func countsDays(_ text: String, _ number: Int) {
    #expect(date(text).dayNumber == number)
    #expect(CalendarDate(dayNumber: number).description == text)
  }

  @Test func everyDayFollowsTheLast() {
    var day = date("1899-12-31")
    for number in day.dayNumber...date("2101-01-01").dayNumber {
      #expect(day == CalendarDate(dayNumber: number))
      #expect(CalendarDate(day.description) == day)
      let next = day.adding(days: 1)
      #expect(next > day && next.days(since: day) == 1)
      day = next
    }
  }

  struct MonthCase: Sendable {
    var from: String
    var months: Int
    var to: String
  }

  @Test(arguments: [
    MonthCase(from: "2026-01-31", months: 1, to: "2026-02-28"),
    MonthCase(from: "2028-01-31", months: 1, to: "2028-02-29"),
    MonthCase(from: "2026-11-30", months: 3, to: "2027-02-28"),
    MonthCase(from: "2026-12-15", months: 1, to: "2027-01-15"),
    MonthCase(from: "2026-03-31", months: -1, to: "2026-02-28"),
    MonthCase(from: "2026-01-15", months: -13, to: "2024-12-15"),
    MonthCase(from: "2028-02-29", months: 12, to: "2029-02-28"),
    MonthCase(from: "2028-02-29", months: 48, to: "2032-02-29"),
    MonthCase(from: "2026-05-05", months: 0, to: "2026-05-05"),
  ])
  func addsMonths(_ c: MonthCase) {
    #expect(date(c.from).adding(months: c.months) == date(c.to))
  }

  @Test func monthEnds() {
    #expect(date("2028-02-10").endOfMonth == date("2028-02-29"))
    #expect(date("2026-02-10").withDay(31) == date("2026-02-28"))
    #expect(date("2026-02-10").withDay(0) == date("2026-02-01"))
  }
}

@Suite struct PaymentTermsTests {
  struct DueCase: Sendable {
    var terms: PaymentTerms
    var from: String
    var due: String
  }

  @Test(arguments: [
    DueCase(terms: .days(0), from: "2026-11-22", due: "2026-11-22"),
    DueCase(terms: .days(30), from: "2026-11-22", due: "2026-12-22"),
    DueCase(terms: .days(30), from: "2027-01-31", due: "2027-03-02"),
    DueCase(terms: .daysAfterMonthEnd(0), from: "2026-11-22", due: "2026-11-30"),
    DueCase(terms: .daysAfterMonthEnd(30), from: "2027-01-05", due: "2027-03-02"),
    DueCase(terms: .dayOfMonth(25), from: "2026-11-22", due: "2026-11-25"),
    DueCase(terms: .dayOfMonth(31), from: "2026-11-22", due: "2026-11-30"),
    DueCase(terms: .dayOfMonth(5), from: "2026-11-22", due: "2026-11-22"),
    DueCase(terms: .dayOfNextMonth(20), from: "2026-11-22", due: "2026-12-20"),
    DueCase(terms: .dayOfNextMonth(20), from: "2026-12-31", due: "2027-01-20"),
    DueCase(terms: .dayOfNextMonth(31), from: "2027-01-31", due: "2027-02-28"),
    DueCase(terms: .dayOfNextMonth(31), from: "2028-01-31", due: "2028-02-29"),
  ])
  func fallsDue(_ c: DueCase) { #expect(c.terms.dueDate(from: date(c.from)) == date(c.due)) }
}

@Suite struct InstantTests {
  struct ReadCase: Sendable {
    var text: String
    var shown: String?
  }

  @Test(arguments: [
    ReadCase(text: "2026-11-22T08:00:00Z", shown: "2026-11-22T08:00:00Z"),
    ReadCase(text: "2026-11-22T08:00:00.5Z", shown: "2026-11-22T08:00:00.500Z"),
    ReadCase(text: "2026-11-22T08:00:00.1239Z", shown: "2026-11-22T08:00:00.123Z"),
    ReadCase(text: "2026-11-22T21:00:00+13:00", shown: "2026-11-22T08:00:00Z"),
    ReadCase(text: "2026-11-22T21:00:00+1300", shown: "2026-11-22T08:00:00Z"),
    ReadCase(text: "2026-11-22T00:30:00-09:30", shown: "2026-11-22T10:00:00Z"),
    ReadCase(text: "2026-11-22T05:00:00+05", shown: "2026-11-22T00:00:00Z"),
    ReadCase(text: "2026-11-22 08:00", shown: "2026-11-22T08:00:00Z"),
    ReadCase(text: "2026-11-22T08:00:00", shown: "2026-11-22T08:00:00Z"),
    ReadCase(text: "2026-11-22", shown: "2026-11-22T00:00:00Z"),
    ReadCase(text: "1969-12-31T23:59:59.999Z", shown: "1969-12-31T23:59:59.999Z"),
    ReadCase(text: "2026-11-22T25:00:00Z", shown: nil), ReadCase(text: "2026-11-22T08", shown: nil),
    ReadCase(text: "2026-11-22T08:60:00Z", shown: nil), ReadCase(text: "soon", shown: nil),
    ReadCase(text: "2026-11-22X08:00:00Z", shown: nil),
    ReadCase(text: "2026-11-22T08:00:00Zulu", shown: nil),
    ReadCase(text: "2026-02-30T08:00:00Z", shown: nil), ReadCase(text: "", shown: nil),
  ])
  func reads(_ c: ReadCase) { #expect(Instant(c.text)?.description == c.shown) }

  @Test func measures() {
    let start = instant("2026-11-22T08:00:00Z")
    #expect(start.advanced(seconds: 90).seconds(since: start) == 90)
    #expect(start.seconds(since: start.advanced(seconds: 90)) == -90)
    #expect(start < start.advanced(seconds: 1))
  }

  struct DayCase: Sendable {
    var zone: String
    var at: String
    var day: String
  }

  @Test(arguments: [
    DayCase(zone: "Pacific/Auckland", at: "2026-11-22T10:59:59Z", day: "2026-11-22"),
    DayCase(zone: "Pacific/Auckland", at: "2026-11-22T11:00:00Z", day: "2026-11-23"),
    DayCase(zone: "Pacific/Auckland", at: "2026-06-22T11:59:59Z", day: "2026-06-22"),
    DayCase(zone: "Pacific/Auckland", at: "2026-06-22T12:00:00Z", day: "2026-06-23"),
    DayCase(zone: "America/New_York", at: "2026-03-08T04:59:59Z", day: "2026-03-07"),
    DayCase(zone: "America/New_York", at: "2026-03-09T04:00:00Z", day: "2026-03-09"),
    DayCase(zone: "Asia/Kathmandu", at: "2026-11-22T18:15:00Z", day: "2026-11-23"),
    DayCase(zone: "UTC", at: "2028-02-29T23:59:59Z", day: "2028-02-29"),
  ])
  func dayInZone(_ c: DayCase) {
    #expect(Zone(c.zone)?.date(at: instant(c.at)) == date(c.day))
  }

  @Test func unknownZonesAreRefused() { #expect(Zone("Mars/Olympus") == nil) }
}
