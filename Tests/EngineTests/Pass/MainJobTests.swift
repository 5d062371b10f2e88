import Domain
import Engine
import Sandbox
import TestSupport
import Testing

/// The main job: a won deal becomes an invoice, and what becomes of the invoice comes back.
struct MainJobTests {
  /// What we wrote comes back as what we wrote: the pass after it reads little and writes nothing.
  @Test func ourOwnWritingIsNoNews() async throws {
    let rig = Rig()
    try rig.deal()
    rig.clock.advance(minutes: 1)
    try await rig.pass()
    rig.clock.advance(minutes: 5)
    rig.world.clearLog()
    let report = try await rig.pass()
    #expect(report.isIdle, "\(report.brief)")
    let calls = rig.calls("hubspot").map { "\($0.method) \($0.path)" }
    #expect(calls.count <= 5, "\(calls)")
    #expect(rig.calls("xero").count <= 2)
  }

  @Test func wonDealLivesUntilItIsPaid() async throws {
    let rig = Rig()
    let deal = try rig.deal()
    rig.clock.advance(minutes: 1)
    let first = try await rig.pass()
    #expect(first.outcome == .ok, "\(first.brief)")
    let invoice = try #require(rig.invoices(of: deal).first, "\(first.brief)")
    #expect(rig.liveInvoices.count == 1)
    // 2 × 1200 + 2000 less 10 % = 4200, and 15 % of it.
    #expect(invoice.totals.total.text(places: 2) == "4830.00")
    #expect(rig.status(deal) == "awaiting_payment")
    #expect(rig.said(deal, "xero_invoice_number") == invoice.number)
    try await expectIdle(rig)

    try rig.pay(invoice.number, "1000.00")
    rig.clock.advance(minutes: 5)
    let second = try await rig.pass()
    #expect(rig.status(deal) == "partially_paid", "\(second.brief)")
    #expect(rig.said(deal, "xero_amount_due") == "3830.00")

    rig.clock.advance(days: 31)
    let third = try await rig.pass()
    #expect(rig.status(deal) == "overdue", "\(third.brief)")
    #expect(rig.tasks(deal).count == 1)
    try await expectIdle(rig)

    try rig.pay(invoice.number)
    rig.clock.advance(minutes: 5)
    let fourth = try await rig.pass()
    #expect(rig.status(deal) == "paid", "\(fourth.brief)")
    try await expectIdle(rig)
    #expect(rig.leaks().isEmpty)
  }

  /// Nothing changes: no write anywhere, and few calls. Every half hour a slice of the deals is
  /// compared by relation, which costs a call for each kind of relation.
  private func expectIdle(
    _ rig: Rig, location: SourceLocation = #_sourceLocation
  ) async throws {
    rig.clock.advance(minutes: 40)
    try await rig.pass()
    for minutes in [5, 5] {
      rig.clock.advance(minutes: minutes)
      rig.world.clearLog()
      let report = try await rig.pass()
      #expect(report.isIdle, "\(report.brief)", sourceLocation: location)
      #expect(rig.writes.isEmpty, sourceLocation: location)
      #expect(report.apiCalls["xero"] == rig.calls("xero").count, sourceLocation: location)
      #expect(rig.calls("xero").count <= 2, sourceLocation: location)
      let calls = rig.calls("hubspot").map { "\($0.method) \($0.path)" }
      #expect(calls.count <= 5, "\(calls)", sourceLocation: location)
    }
  }
}
