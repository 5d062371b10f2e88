import Domain
import Reconciler
import Testing

struct StateCase: Sendable, CustomTestStringConvertible {
  var name: String
  var invoices: [Invoice]
  var status: ReceivableStatus
  var due: String
  var paid: String
  var dueDate: String
  var paidDate = ""
  var more = false

  var testDescription: String { name }
}

@Suite struct ReceivableStateTests {
  static let today = date("2026-12-21")

  static func settled(
    _ id: String = "i1", paid: String = "1150", credited: String = "0", on day: String
  ) -> Invoice {
    var one = invoice(id, paid: paid, credited: credited, status: .paid)
    one.fullyPaidOn = date(day)
    return one
  }

  static let cases: [StateCase] = [
    StateCase(
      name: "draft", invoices: [invoice(status: .draft)], status: .draft, due: "1150.00",
      paid: "0.00", dueDate: "2026-12-20"),
    StateCase(
      name: "submitted is a draft", invoices: [invoice(status: .submitted)], status: .draft,
      due: "1150.00", paid: "0.00", dueDate: "2026-12-20"),
    StateCase(
      name: "awaiting payment", invoices: [invoice(due: "2027-01-20")],
      status: .awaitingPayment, due: "1150.00", paid: "0.00", dueDate: "2027-01-20"),
    StateCase(
      name: "due today is not overdue", invoices: [invoice(due: "2026-12-21")],
      status: .awaitingPayment, due: "1150.00", paid: "0.00", dueDate: "2026-12-21"),
    StateCase(
      name: "overdue the day after", invoices: [invoice(due: "2026-12-20")], status: .overdue,
      due: "1150.00", paid: "0.00", dueDate: "2026-12-20"),
    StateCase(
      name: "no due date is never overdue", invoices: [invoice(due: nil)],
      status: .awaitingPayment, due: "1150.00", paid: "0.00", dueDate: ""),
    StateCase(
      name: "partly paid", invoices: [invoice(paid: "150", due: "2027-01-20")],
      status: .partiallyPaid, due: "1000.00", paid: "150.00", dueDate: "2027-01-20"),
    StateCase(
      name: "partly credited, no payment", invoices: [invoice(credited: "150", due: "2027-01-20")],
      status: .partiallyPaid, due: "1000.00", paid: "0.00", dueDate: "2027-01-20"),
    StateCase(
      name: "overdue wins over partly paid", invoices: [invoice(paid: "150")], status: .overdue,
      due: "1000.00", paid: "150.00", dueDate: "2026-12-20"),
    StateCase(
      name: "paid", invoices: [settled(on: "2026-12-01")], status: .paid, due: "0.00",
      paid: "1150.00", dueDate: "2026-12-20", paidDate: "2026-12-01"),
    StateCase(
      name: "paid and credited is paid",
      invoices: [settled(paid: "1000", credited: "150", on: "2026-12-01")], status: .paid,
      due: "0.00", paid: "1000.00", dueDate: "2026-12-20", paidDate: "2026-12-01"),
    StateCase(
      name: "fully credited", invoices: [settled(paid: "0", credited: "1150", on: "2026-12-02")],
      status: .credited, due: "0.00", paid: "0.00", dueDate: "2026-12-20", paidDate: "2026-12-02"),
    StateCase(
      name: "nothing to pay is paid", invoices: [invoice(total: "0.00", status: .paid)],
      status: .paid, due: "0.00", paid: "0.00", dueDate: "2026-12-20"),
    StateCase(
      name: "voided", invoices: [invoice(status: .voided)], status: .voided, due: "0.00",
      paid: "0.00", dueDate: "2026-12-20"),
    StateCase(
      name: "deleted draft", invoices: [invoice(status: .deleted)], status: .voided, due: "0.00",
      paid: "0.00", dueDate: "2026-12-20"),
    StateCase(
      name: "a voided one beside a standing one does not count",
      invoices: [invoice("i1", status: .voided), invoice("i2", due: "2027-01-20")],
      status: .awaitingPayment, due: "1150.00", paid: "0.00", dueDate: "2027-01-20"),
    StateCase(
      name: "one paid, one open: partly paid, earliest open due date",
      invoices: [settled("i1", on: "2026-12-01"), invoice("i2", due: "2027-02-01")],
      status: .partiallyPaid, due: "1150.00", paid: "1150.00", dueDate: "2027-02-01"),
    StateCase(
      name: "one of two overdue", invoices: [invoice("i1"), invoice("i2", due: "2027-02-01")],
      status: .overdue, due: "2300.00", paid: "0.00", dueDate: "2026-12-20"),
    StateCase(
      name: "all parts paid",
      invoices: [
        settled("i1", on: "2026-12-01"), settled("i2", on: "2026-12-11"),
      ], status: .paid, due: "0.00", paid: "2300.00", dueDate: "2026-12-20",
      paidDate: "2026-12-11"),
    StateCase(
      name: "deposit paid, parts to come", invoices: [settled(on: "2026-12-01")],
      status: .partiallyPaid, due: "0.00", paid: "1150.00", dueDate: "2026-12-20", more: true),
    StateCase(
      name: "deposit paid, next part a draft",
      invoices: [settled("i1", on: "2026-12-01"), invoice("i2", status: .draft)],
      status: .partiallyPaid, due: "1150.00", paid: "1150.00", dueDate: "2026-12-20"),
    StateCase(
      name: "one credited, one paid",
      invoices: [
        settled("i1", paid: "0", credited: "1150", on: "2026-12-01"),
        settled("i2", on: "2026-12-03"),
      ], status: .paid, due: "0.00", paid: "1150.00", dueDate: "2026-12-20",
      paidDate: "2026-12-03"),
    StateCase(
      name: "payment reversed", invoices: [invoice(paid: "0", due: "2027-01-20")],
      status: .awaitingPayment, due: "1150.00", paid: "0.00", dueDate: "2027-01-20"),
    StateCase(
      name: "yen has no cents",
      invoices: [invoice(total: "11000", paid: "1000", due: "2027-01-20", code: "JPY")],
      status: .partiallyPaid, due: "10000", paid: "1000", dueDate: "2027-01-20"),
  ]

  @Test(arguments: cases)
  func derives(_ c: StateCase) throws {
    let linked = c.invoices.map { LinkedInvoice(role: .whole, invoice: $0) }
    let state = try #require(
      ReceivableState.derive(linked, today: Self.today, expectsMore: c.more))
    let values = state.values
    #expect(state.status == c.status)
    #expect(values[.invoiceStatus] == c.status.rawValue)
    #expect(values[.amountDue] == c.due)
    #expect(values[.amountPaid] == c.paid)
    #expect(values[.dueDate] == c.dueDate)
    #expect(values[.paidDate] == c.paidDate)
    let shuffled = ReceivableState.derive(
      linked.reversed(), today: Self.today, expectsMore: c.more)
    #expect(shuffled == state)
  }

  @Test func nothingWithoutInvoices() {
    #expect(ReceivableState.derive([], today: Self.today) == nil)
  }

  @Test func joinsNumbersAndShowsTheOneThatMatters() throws {
    let first = invoice("i1", number: "INV-1", due: "2027-03-01", on: "2026-11-01")
    let second = invoice("i2", number: "INV-2", due: "2027-02-01", on: "2026-11-05")
    let linked = [second, first].map { LinkedInvoice(role: .whole, invoice: $0) }
    let state = try #require(ReceivableState.derive(linked, today: Self.today))
    #expect(state.values[.invoiceNumber] == "INV-1, INV-2")
    #expect(state.url == "https://ledger.example/i2")
  }

  struct SameCase: Sendable {
    var field: ReportField
    var left: String
    var right: String
    var same: Bool
  }

  @Test(arguments: [
    SameCase(field: .amountDue, left: "1150", right: "1150.00", same: true),
    SameCase(field: .amountDue, left: "1150.0", right: "1150.01", same: false),
    SameCase(field: .amountPaid, left: "", right: "0.00", same: false),
    SameCase(field: .dueDate, left: "2026-12-22T00:00:00Z", right: "2026-12-22", same: true),
    SameCase(field: .dueDate, left: "1797897600000", right: "2026-12-22", same: true),
    SameCase(field: .dueDate, left: "2026-12-23", right: "2026-12-22", same: false),
    SameCase(field: .paidDate, left: "", right: "", same: true),
    SameCase(field: .invoiceNumber, left: "0042", right: "42", same: false),
    SameCase(field: .invoiceStatus, left: "Paid", right: "paid", same: false),
  ])
  func comparesByMeaning(_ c: SameCase) {
    #expect(c.field.saysTheSame(c.left, c.right) == c.same)
    #expect(c.field.saysTheSame(c.right, c.left) == c.same)
  }
}
