import Domain
import Engine
import Sandbox
import Snapshot
import TestSupport
import Testing

/// Several invoices for one deal: schedules of deposits and milestones, and repeating invoices.
@Suite struct InvoicingPeriodTests {
  private func scheduled() throws -> Rig {
    let percents = try ["30", "70"].map(decimal)
    return Rig.with { policy in
      policy.invoices.schedule = [
        SchedulePart(percent: percents[0], daysAfterWon: 0),
        SchedulePart(percent: percents[1], daysAfterWon: 30),
      ]
    }
  }

  private func cents(_ invoices: [XeroInvoice]) throws -> Int64 {
    let nzd = try #require(Currency("NZD"))
    var sum: Int64 = 0
    for invoice in invoices { sum += try Money(decimal(invoice.total), in: nzd).minorUnits }
    return sum
  }

  // MARK: Schedules

  @Test("policy: schedule")
  func schedule() async throws {
    let rig = try scheduled()
    // 3 × 33.33 at 15 % is NZD 114.99: no third of it is whole cents.
    let deal = try rig.won(lines: [item("Design", "3", "33.33")])
    try await rig.later()
    let deposit = try rig.only(deal)
    #expect(deposit.url?.hasSuffix("#invoice-1") == true)
    #expect(deposit.reference == "Website 1/2" && deposit.date.text == "2026-02-02")
    #expect(rig.status(deal) == "awaiting_payment")
    try rig.pay(deposit.number)
    try await rig.later()
    #expect(rig.status(deal) == "partially_paid", "the rest is still to be invoiced")
    rig.clock.advance(days: 29)
    try await rig.later()
    #expect(rig.invoices(of: deal).count == 1)
    rig.clock.advance(days: 1)
    try await rig.later()
    let both = rig.invoices(of: deal)
    #expect(both.count == 2 && both.contains { $0.date.text == "2026-03-04" })
    #expect(try cents(both) == 11_499)
    try await rig.later()
    #expect(rig.said(deal, "xero_invoice_number").split(separator: ",").count == 2)
    try rig.pay(try #require(both.first { $0.status == .authorised }).number)
    try await rig.later()
    #expect(rig.status(deal) == "paid")
    #expect(rig.figure(deal, "xero_amount_paid") == "114.99")
  }

  @Test("policy: schedule after everything remembered was lost")
  func scheduleFoundByItsMarks() async throws {
    let rig = try scheduled()
    let deal = try rig.won(lines: [item("Design", "3", "33.33")])
    try await rig.later()
    rig.forget()
    try await rig.later()
    #expect(rig.invoices(of: deal).count == 1, "the deposit is not taken for the whole")
    rig.clock.advance(days: 31)
    try await rig.later()
    #expect(rig.invoices(of: deal).count == 2)
    rig.forget()
    for _ in 1...3 { try await rig.later() }
    #expect(rig.invoices(of: deal).count == 2)
    let failures = try await rig.verify().failures
    #expect(failures.isEmpty, "\(failures)")
  }

  @Test("policy: schedule, one part voided")
  func onePartVoided() async throws {
    let rig = try scheduled()
    let deal = try rig.won(lines: [item("Design", "3", "33.33")])
    rig.clock.advance(days: 31)
    try await rig.later()
    let first = try #require(
      rig.invoices(of: deal).first { $0.url?.hasSuffix("#invoice-1") == true })
    try rig.person("xero", "void", ["invoice": .string(first.number)])
    try await rig.later()
    #expect(try rig.codes(deal) == [.invoiceVoided])
    try rig.retry(deal)
    try await rig.later()
    #expect(try cents(rig.invoices(of: deal)) == 11_499)
    #expect(rig.liveInvoices.contains { $0.url?.hasSuffix("#invoice-1-revision-1") == true })
    // The other part, voided later, waits for a word of its own.
    let second = try #require(
      rig.invoices(of: deal).first { $0.url?.hasSuffix("#invoice-2") == true })
    try rig.person("xero", "void", ["invoice": .string(second.number)])
    try await rig.later()
    #expect(try rig.codes(deal) == [.invoiceVoided] && rig.liveInvoices.count == 1)
  }

  // MARK: Repeating invoices

  private func generate(_ rig: Rig) throws {
    try rig.person("xero", "generate_repeating", ["until": .string(rig.today.description)])
  }

  @Test("policy: recurring mode repeating_template")
  func template() async throws {
    let rig = Rig.with()
    let deal = try rig.won(lines: [
      item("Set-up", "1", "500"),
      subscription("Hosting", "100", start: "2026-03-31", term: "P12M"),
    ])
    let report = try await rig.later()
    #expect(report.operations.contains { $0.object == .repeatingInvoice }, "\(report.brief)")
    #expect(try rig.only(deal).net == "500.00", "what is billed once is a normal invoice")
    let made = try #require(rig.templates.first)
    #expect(rig.templates.count == 1 && made.totals.total.text(places: 2) == "115.00")
    #expect(made.schedule.start.text == "2026-03-31")
    #expect(made.schedule.end?.text == "2027-02-28", "twelve, the last on 28 February")

    // An outage over three periods: each is made once, linked, and counted.
    rig.clock.advance(days: 100)
    try generate(rig)
    try await rig.later()
    try await rig.later()
    let children = rig.liveInvoices.filter { $0.repeatingInvoice == made.id }
    #expect(children.map(\.date.text) == ["2026-03-31", "2026-04-30"])
    // 575.00 once, and twice 115.00.
    #expect(rig.figure(deal, "xero_amount_due") == "805")
    #expect(rig.status(deal) == "overdue")
    for invoice in rig.liveInvoices { try rig.pay(invoice.number) }
    try await rig.later()
    #expect(rig.status(deal) == "paid" && rig.figure(deal, "xero_amount_paid") == "805")
    #expect(rig.templates.count == 1)
    let failures = try await rig.verify().failures
    #expect(failures.isEmpty, "\(failures)")
  }

  @Test("policy: recurring lines only")
  func templateAlone() async throws {
    let rig = Rig.with()
    let deal = try rig.won(lines: [subscription("Hosting", "100", every: "annually")])
    try await rig.later()
    #expect(rig.invoices.isEmpty && rig.templates.map(\.schedule.period) == [12])
    try generate(rig)
    try await rig.later()
    #expect(rig.status(deal) == "awaiting_payment")
    #expect(try await rig.later().isIdle)
  }

  @Test(
    "policy: recurring rhythm",
    arguments: [
      ("weekly", 1, XeroRepeatingInvoice.Unit.weekly), ("biweekly", 2, .weekly),
      ("monthly", 1, .monthly), ("quarterly", 3, .monthly), ("per_six_months", 6, .monthly),
      ("annually", 12, .monthly), ("per_two_years", 24, .monthly),
    ])
  func rhythm(frequency: String, period: Int, unit: XeroRepeatingInvoice.Unit) async throws {
    let rig = Rig.with()
    _ = try rig.won(lines: [subscription("Hosting", "100", every: frequency)])
    try await rig.later()
    let schedule = try #require(rig.templates.first?.schedule)
    #expect(schedule.period == period && schedule.unit == unit)
    #expect(schedule.start.text == "2026-02-02", "from the won date")
  }

  @Test("policy: recurring status draft")
  func draftTemplate() async throws {
    let rig = Rig.with { $0.recurring.status = .draft }
    let deal = try rig.won(lines: [subscription("Hosting", "100")])
    try await rig.later()
    #expect(rig.templates.map(\.status) == [.draft])
    try generate(rig)
    try await rig.later()
    #expect(rig.status(deal) == "draft")
  }

  @Test("policy: recurring mode invoice_first_period")
  func firstPeriod() async throws {
    let rig = Rig.with { $0.recurring.mode = .invoiceFirstPeriod }
    let deal = try rig.won(lines: [item("Set-up", "1", "500"), subscription("Hosting", "100")])
    try await rig.later()
    #expect(try rig.only(deal).net == "600.00" && rig.templates.isEmpty)
  }

  @Test("policy: recurring mode hold")
  func recurringHeld() async throws {
    let rig = Rig.with { $0.recurring.mode = .hold }
    let deal = try rig.won(lines: [subscription("Hosting", "100")])
    try await rig.later()
    #expect(try rig.codes(deal) == [.recurringUnsupported])
    #expect(rig.invoices.isEmpty && rig.templates.isEmpty)
  }

  @Test("policy: recurring, deal lost, on_deal_reopened void_unpaid")
  func templateEnds() async throws {
    let rig = Rig.with { $0.invoices.onDealReopened = .voidUnpaid }
    let deal = try rig.won(lines: [subscription("Hosting", "100")])
    try await rig.later()
    try generate(rig)
    try await rig.later()
    try rig.move(deal, to: "closedlost")
    try await rig.later()
    #expect(rig.templates.map(\.status) == [.deleted] && rig.liveInvoices.isEmpty)
    try rig.move(deal, to: "closedwon")
    for _ in 1...2 { try await rig.later() }
    #expect(rig.templates.count == 1)
    #expect(try rig.codes(deal) == [.invoiceVoided])
    try rig.retry(deal)
    try await rig.later()
    #expect(rig.templates.map(\.status) == [.deleted, .authorised])
  }

  @Test("policy: recurring, deal lost, on_deal_reopened flag")
  func templateStays() async throws {
    let rig = Rig.with()
    let deal = try rig.won(lines: [subscription("Hosting", "100")])
    try await rig.later()
    try rig.move(deal, to: "closedlost")
    try await rig.later()
    #expect(try rig.codes(deal) == [.dealReopened])
    #expect(rig.templates.map(\.status) == [.authorised])
  }

  @Test("policy: recurring, deal changed")
  func templateOfAChangedDeal() async throws {
    let rig = Rig.with()
    let deal = try rig.won(lines: [subscription("Hosting", "100")])
    try await rig.later()
    try rig.person(
      "hubspot", "add_line", ["deal": .string(deal), "line": ["name": "More", "price": "7"]])
    for _ in 1...3 { try await rig.later(minutes: 40) }
    #expect(try rig.codes(deal).contains(.dealChanged))
    #expect(rig.templates.count == 1 && rig.invoices.isEmpty)
  }

  @Test("policy: recurring after everything remembered was lost")
  func templateFoundAgain() async throws {
    let rig = Rig.with()
    let deal = try rig.won(lines: [
      item("Set-up", "1", "500"), subscription("Hosting", "100"),
      subscription("Licence", "900", every: "annually"),
    ])
    try await rig.later()
    try generate(rig)
    try await rig.later()
    let due = rig.figure(deal, "xero_amount_due")
    #expect(due == "1725", "575 once, 115 a month, 1035 a year")
    rig.forget()
    for _ in 1...3 { try await rig.later() }
    #expect(rig.templates.count == 2 && rig.liveInvoices.count == 3)
    #expect(rig.figure(deal, "xero_amount_due") == due)
    let failures = try await rig.verify().failures
    #expect(failures.isEmpty, "\(failures)")
  }

  @Test("policy: recurring, the answer lost")
  func templateOnce() async throws {
    let rig = Rig.with()
    _ = try rig.won(lines: [
      subscription("Hosting", "100"), subscription("Licence", "900", every: "annually"),
    ])
    rig.world.setFaults([
      Fault(.dropAfter, vendor: "xero", method: "PUT", path: "/api.xro/2.0/RepeatingInvoices")
    ])
    let broken = try await rig.later()
    #expect(broken.operations.contains { $0.outcome == .unknown }, "\(broken.brief)")
    for _ in 1...3 { try await rig.later() }
    #expect(rig.templates.count == 2)
    #expect(try await rig.later().isIdle)
  }
}
