import Domain
import Reconciler
import Testing

struct TermsCase: Sendable, CustomTestStringConvertible {
  var text: String
  var expected: ParsedTerms?

  init(_ text: String, _ terms: PaymentTerms?, early: (String, Int)? = nil) {
    self.text = text
    expected = terms.map { terms in
      ParsedTerms(
        terms: terms,
        early: early.map { ParsedTerms.EarlyDiscount(percent: decimal($0.0), days: $0.1) })
    }
  }

  var testDescription: String { "“\(text)”" }
}

@Suite struct PaymentTermsTextTests {
  static let cases: [TermsCase] = [
    TermsCase("Net 30", .days(30)), TermsCase("net30", .days(30)), TermsCase("NET 60", .days(60)),
    TermsCase("n/30", .days(30)), TermsCase("N 45", .days(45)), TermsCase("14", .days(14)),
    TermsCase("0", .days(0)), TermsCase("30 days", .days(30)), TermsCase("1 day", .days(1)),
    TermsCase("30 days net", .days(30)), TermsCase("Net_30", .days(30)),
    TermsCase("net-15", .days(15)), TermsCase("  Net  7 days. ", .days(7)),
    TermsCase("Due in 14 days", .days(14)), TermsCase("Within 10 days", .days(10)),
    TermsCase("Payment within 30 days of invoice date", .days(30)),
    TermsCase("7 days after the invoice date", .days(7)), TermsCase("2 weeks", .days(14)),
    TermsCase("14d", .days(14)), TermsCase("14.0", .days(14)),
    TermsCase("Strictly 7 days", .days(7)), TermsCase("365", .days(365)),
    TermsCase("Due on receipt", .days(0)), TermsCase("due upon receipt", .days(0)),
    TermsCase("Due_On_Receipt", .days(0)), TermsCase("on receipt of invoice", .days(0)),
    TermsCase("Immediate", .days(0)), TermsCase("Payable immediately", .days(0)),
    TermsCase("COD", .days(0)), TermsCase("Cash on delivery", .days(0)),
    TermsCase("20th of next month", .dayOfNextMonth(20)),
    TermsCase("20th of the following month", .dayOfNextMonth(20)),
    TermsCase("20th of the month following invoice", .dayOfNextMonth(20)),
    TermsCase("Due on the 15th of next month", .dayOfNextMonth(15)),
    TermsCase("10 prox", .dayOfNextMonth(10)), TermsCase("20 MFI", .dayOfNextMonth(20)),
    TermsCase("day 5 of next month", .dayOfNextMonth(5)),
    TermsCase("1st of next month", .dayOfNextMonth(1)),
    TermsCase("End of next month", .dayOfNextMonth(31)),
    TermsCase("last day of next month", .dayOfNextMonth(31)),
    TermsCase("EOM", .daysAfterMonthEnd(0)), TermsCase("end of month", .daysAfterMonthEnd(0)),
    TermsCase("last day of the month", .daysAfterMonthEnd(0)),
    TermsCase("30 days EOM", .daysAfterMonthEnd(30)),
    TermsCase("Net 30 EOM", .daysAfterMonthEnd(30)),
    TermsCase("EOM + 10", .daysAfterMonthEnd(10)), TermsCase("10 EOM", .daysAfterMonthEnd(10)),
    TermsCase("30 days end of month", .daysAfterMonthEnd(30)),
    TermsCase("14 days from the end of the month", .daysAfterMonthEnd(14)),
    TermsCase("30 days after end of month", .daysAfterMonthEnd(30)),
    TermsCase("15th of the month", .dayOfMonth(15)),
    TermsCase("25th of this month", .dayOfMonth(25)),
    TermsCase("day 20 of the current month", .dayOfMonth(20)),
    TermsCase("2/10 net 30", .days(30), early: ("2", 10)),
    TermsCase("2/10, n/30", .days(30), early: ("2", 10)),
    TermsCase("2% 10 net 30", .days(30), early: ("2", 10)),
    TermsCase("2%/10 Net 45", .days(45), early: ("2", 10)),
    TermsCase("1.5/10 net 60", .days(60), early: ("1.5", 10)),
    TermsCase("1,5% 10 days, net 30 days", .days(30), early: ("1.5", 10)),
    TermsCase("3% discount if paid within 7 days, net 30", .days(30), early: ("3", 7)),
    TermsCase("2/10 EOM", .daysAfterMonthEnd(0), early: ("2", 10)),
    TermsCase("2/10 30 days EOM", .daysAfterMonthEnd(30), early: ("2", 10)),
    TermsCase("", nil), TermsCase("net", nil), TermsCase("as agreed", nil),
    TermsCase("Net thirty", nil), TermsCase("30 days or 60 days", nil), TermsCase("1 month", nil),
    TermsCase("1000", nil), TermsCase("-5", nil), TermsCase("32nd of next month", nil),
    TermsCase("0th of next month", nil), TermsCase("50%", nil), TermsCase("50% upfront", nil),
    TermsCase("30 receipt", nil), TermsCase("2/10", nil), TermsCase("12.5", nil),
    TermsCase("9223372036854775807 weeks", nil), TermsCase("20th", nil),
    TermsCase("net 30, 60", nil), TermsCase("30 Tage", nil),
  ]

  @Test(arguments: cases)
  func reads(_ c: TermsCase) { #expect(PaymentTermsText.parse(c.text) == c.expected) }
}
