import Domain
import Engine
import Sandbox
import TestSupport
import Testing

/// The crash points of passes that are not about a new invoice: money that came in, lines that
/// changed, a due date that passed, a deal that was lost.
struct CrashScenarioTests {
  enum Scenario: String, CaseIterable, Sendable {
    case payments, lines, overdue, voided
  }

  /// Two invoiced deals to which something has happened since the last pass.
  private func world(_ scenario: Scenario) async throws -> (Rig, deals: [String]) {
    let rig = Rig()
    rig.settings.policy.invoices.onDealReopened = .voidUnpaid
    let deals = [
      try rig.deal("First"), try rig.deal("Second", company: "Southern Fern Nurseries"),
    ]
    rig.clock.advance(minutes: 1)
    try await rig.pass()
    rig.clock.advance(minutes: 10)
    for deal in deals {
      let invoice = try #require(rig.invoices(of: deal).first)
      switch scenario {
      case .payments: try rig.pay(invoice.number, "100.00")
      case .lines:
        try rig.person(
          "hubspot", "add_line",
          [
            "deal": .string(deal), "recalculate": true,
            "line": ["name": "Extra", "quantity": "1", "price": "10.00"],
          ])
      case .overdue: break
      case .voided: try rig.move(deal, to: "closedlost")
      }
      // Longer than any listing is read again.
      rig.clock.advance(minutes: 25)
    }
    if scenario == .overdue { rig.clock.advance(days: 31) }
    return (rig, deals)
  }

  private func expectDone(_ rig: Rig, _ deals: [String], _ scenario: Scenario, _ what: String) {
    rig.expectSingle(what)
    for deal in deals {
      switch scenario {
      case .payments: #expect(rig.status(deal) == "partially_paid", "\(what)")
      case .lines:
        let subtotal = rig.invoices(of: deal).first?.totals.subTotal.text(places: 2)
        #expect(subtotal == "4210.00", "\(what)")
        #expect(rig.said(deal, "xero_amount_due") == "4841.50", "\(what)")
      case .overdue:
        #expect(rig.status(deal) == "overdue", "\(what)")
        #expect(rig.tasks(deal).count == 1, "\(what)")
      case .voided:
        #expect(rig.invoices(of: deal).isEmpty, "\(what)")
        #expect(rig.status(deal) == "voided", "\(what)")
      }
    }
  }

  @Test(arguments: Scenario.allCases)
  func everyCrashPoint(scenario: Scenario) async throws {
    let (whole, deals) = try await world(scenario)
    try await whole.pass()
    let seams = whole.seams
    try await whole.settle("\(scenario) undisturbed")
    expectDone(whole, deals, scenario, "\(scenario) undisturbed")
    let step = Stage.stride(6)
    for point in stride(from: 0, to: seams.count, by: step) {
      let (rig, deals) = try await world(scenario)
      let what = "\(scenario) killed at seam \(point), \(seams[point].name)"
      _ = try await rig.run { index, _ in index == point ? .die : .go }
      try await rig.settle(what)
      expectDone(rig, deals, scenario, what)
    }
  }
}
