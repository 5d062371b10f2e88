import Domain
import Engine
import Sandbox

/// The life of a deal in eight scenes, each checked as it is shown.
struct DealLife {
  let theatre: DemoTheatre

  /// True when every scene ended as it should.
  func play() async throws -> Bool {
    theatre.say(
      "The sandbox plays \(theatre.crm.title) and \(theatre.accounting.title) on this machine; "
        + "nothing leaves it.")
    var scenes = Scenes(theatre: theatre)
    try await scenes.won()
    try await scenes.idle()
    try await scenes.partlyPaid()
    try await scenes.overdue()
    try await scenes.paid()
    try await scenes.answerLost()
    scenes.close()
    return scenes.failures.isEmpty
  }
}

private struct Scenes {
  let theatre: DemoTheatre
  var failures: [String] = []
  private var company = ""
  private var invoice = ""

  init(theatre: DemoTheatre) { self.theatre = theatre }

  private mutating func check(_ holds: Bool, _ what: String) {
    theatre.say(holds ? "   ✓ \(what)" : "   ✗ NOT SO: \(what)")
    if !holds { failures.append(what) }
  }

  mutating func won() async throws {
    theatre.heading("A deal with three lines, a discount and GST is won in \(theatre.crm.title)")
    company = try makeCompany()
    try theatre.wins(
      "Website relaunch", amount: "4375.00", for: company,
      lines: [
        ["name": "Design sprint", "quantity": "2", "price": "1200.00"],
        [
          "name": "Front-end build", "quantity": "1", "price": "2000.00",
          "discount_percentage": "10",
        ],
        ["name": "Hosting set-up", "quantity": "1", "price": "175.00"],
      ])
    theatre.advance(minutes: 1)
    theatre.say("   xerosync run --dry-run")
    let rehearsal = try await theatre.pass(isDryRun: true)
    theatre.show(rehearsal)
    theatre.say("   xerosync run")
    let report = try await theatre.pass()
    theatre.show(report)
    check(
      rehearsal.planDigest == report.planDigest,
      "the run applied exactly the plan the dry run had shown")
    invoice =
      report.operations.first { $0.object == .invoice && $0.action == .create }?.externalID ?? ""
    check(!invoice.isEmpty, "the invoice is in \(theatre.accounting.title)")
  }

  private func makeCompany() throws -> String {
    let found = try theatre.person(theatre.crm.kind, "create", theatre.crm.company)["id"]
    return found?.string ?? found?.digits ?? ""
  }

  mutating func idle() async throws {
    theatre.heading("Nothing changes; cron runs again")
    theatre.advance(minutes: 5)
    let report = try await theatre.pass()
    theatre.show(report)
    check(report.operations.isEmpty, "no write anywhere")
    let ledger = theatre.accounting
    check(
      (report.apiCalls[SystemName(ledger.kind)] ?? 99) <= 2, "at most 2 \(ledger.title) calls")
    let crm = theatre.crm
    check(
      (report.apiCalls[SystemName(crm.kind)] ?? 99) <= crm.idleCalls,
      "at most \(crm.idleCalls) \(crm.title) calls")
  }

  mutating func partlyPaid() async throws {
    theatre.heading(
      "The customer pays NZD 1,000.00; the bookkeeper records it in \(theatre.accounting.title)")
    try theatre.person(
      theatre.accounting.kind, "pay", ["invoice": .string(invoice), "amount": "1000.00"])
    theatre.advance(minutes: 5)
    let report = try await theatre.pass()
    theatre.show(report)
    check(reports(report, "partially_paid"), "the deal says partially_paid")
  }

  mutating func overdue() async throws {
    theatre.advance(days: 31)
    theatre.heading("31 days pass, it is \(theatre.today); nobody touched anything")
    let report = try await theatre.pass()
    theatre.show(report)
    check(reports(report, "overdue"), "the deal says overdue")
    check(
      report.operations.contains { $0.object == .task && $0.outcome == .applied },
      "its owner has a task, once")
    let again = try await theatre.pass()
    check(again.operations.isEmpty, "the next pass does not tell the owner again")
  }

  mutating func paid() async throws {
    theatre.heading("The rest is paid")
    try theatre.person(theatre.accounting.kind, "pay", ["invoice": .string(invoice)])
    theatre.advance(minutes: 5)
    let report = try await theatre.pass()
    theatre.show(report)
    check(reports(report, "paid"), "the deal says paid")
  }

  mutating func answerLost() async throws {
    theatre.heading(
      "Another deal is won, and the connection breaks just after \(theatre.accounting.title) made "
        + "the invoice")
    try theatre.wins(
      "Support plan", amount: "900.00", for: company,
      lines: [["name": "Support, six months", "quantity": "6", "price": "150.00"]])
    theatre.advance(minutes: 1)
    let before = theatre.invoiceCount
    try theatre.setFaults(
      """
      [{"vendor": "\(theatre.accounting.kind)", "method": "\(theatre.accounting.method)",
        "path": "\(theatre.accounting.path)", "times": 1, "fault": "drop_after"}]
      """)
    let broken = try await theatre.pass()
    theatre.show(broken)
    check(
      broken.operations.contains { $0.outcome == .unknown },
      "the outcome is unknown, and said to be")
    theatre.advance(minutes: 5)
    let mended = try await theatre.pass()
    theatre.show(mended)
    theatre.say("   The pass looked the invoice up by its mark before sending anything again.")
    check(theatre.invoiceCount <= before + 1, "one invoice, not two")
    check(reports(mended, "awaiting_payment"), "the deal has its invoice")
  }

  private func reports(_ report: PassReport, _ status: String) -> Bool {
    report.operations.contains {
      $0.object == .deal && $0.changes["invoice_status"]?.to == status && $0.outcome == .applied
    }
  }

  func close() {
    theatre.heading(failures.isEmpty ? "That was the whole life of a deal" : "Something is wrong")
    for failure in failures { theatre.say("   ✗ \(failure)") }
    if failures.isEmpty {
      theatre.say("   Next: `xerosync init`, set the credentials, `xerosync run --dry-run`.")
    }
  }
}
