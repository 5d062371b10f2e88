import Domain
import Engine
import Sandbox
import Snapshot
import TestSupport
import Testing

/// What becomes of an invoice when its deal does not stay as it was.
@Suite struct InvoicingChangeTests {
  private func invoiced(
    _ change: @escaping (inout Policy) -> Void = { _ in }
  ) async throws -> (Rig, deal: String, line: String) {
    let rig = Rig.with(change)
    let made = try rig.person(
      "hubspot", "create_deal",
      [
        "name": "Website", "currency": "NZD", "stage": "closedwon", "owner": "501",
        "company": .string(try rig.company("Harbour Lights Ltd")),
        "lines": [["name": "Design", "quantity": "2", "price": "500.00"]],
      ])
    let deal = made["deal"]?.string ?? ""
    try await rig.later()
    #expect(try rig.only(deal).total == "1150.00")
    return (rig, deal, made["lines"]?[0]?.string ?? "")
  }

  private func reprice(_ rig: Rig, _ line: String, _ price: String) throws {
    try rig.person(
      "hubspot", "edit_line",
      ["line": .string(line), "price": .string(price), "recalculate": true])
  }

  // MARK: The deal changed

  @Test("policy: on_deal_changed update_unpaid")
  func unpaidIsRewritten() async throws {
    let (rig, deal, line) = try await invoiced()
    let before = try rig.only(deal)
    try reprice(rig, line, "600.00")
    rig.clock.advance(minutes: 5)
    // The plan shows what will happen before anything happens.
    let rehearsal = try await rig.rehearse()
    let planned = try #require(rehearsal.operations.first { $0.object == .invoice })
    #expect(planned.action == .update && planned.outcome == .planned)
    let total = planned.changes["total"]
    #expect(total?.from == "1150.00" && total?.to == "1380.00")
    #expect(try rig.only(deal).total == "1150.00")
    let report = try await rig.pass()
    #expect(report.outcome == .ok, "\(report.brief)")
    let after = try rig.only(deal)
    #expect(after.total == "1380.00" && after.number == before.number)
    #expect(after.id == before.id && after.lines.map(\.id) == before.lines.map(\.id))
    try await rig.later()
    #expect(rig.figure(deal, "xero_amount_due") == "1380")
    #expect(try await rig.later().isIdle)
  }

  @Test("policy: on_deal_changed update_unpaid, paid in part")
  func paidIsFlagged() async throws {
    let (rig, deal, line) = try await invoiced()
    try rig.pay(try rig.only(deal).number, "100")
    try reprice(rig, line, "600.00")
    try await rig.later()
    #expect(try rig.only(deal).total == "1150.00")
    let hold = try #require(try rig.hold(deal, .dealChanged))
    #expect(hold.message.contains("money") && hold.remedy.contains("xerosync retry"))
    // Accepted by a person it is quiet, until the deal changes once more.
    try rig.retry(deal)
    try await rig.later()
    #expect(try rig.codes(deal).isEmpty)
    #expect(try await rig.later().isIdle)
    try reprice(rig, line, "700.00")
    try await rig.later()
    #expect(try rig.codes(deal).contains(.dealChanged))
  }

  @Test("policy: on_deal_changed update_draft")
  func draftIsRewritten() async throws {
    let (rig, deal, line) = try await invoiced {
      $0.invoices.onDealChanged = .updateDraft
      $0.invoices.status = .draft
    }
    try reprice(rig, line, "600.00")
    try await rig.later()
    #expect(try rig.only(deal).total == "1380.00")
    #expect(try rig.only(deal).status == .draft)
    try rig.person("xero", "approve", ["invoice": .string(try rig.only(deal).number)])
    try reprice(rig, line, "650.00")
    try await rig.later()
    #expect(try rig.only(deal).total == "1380.00")
    #expect(try rig.codes(deal).contains(.dealChanged))
  }

  @Test("policy: on_deal_changed flag")
  func changeIsFlagged() async throws {
    let (rig, deal, line) = try await invoiced { $0.invoices.onDealChanged = .flag }
    try reprice(rig, line, "600.00")
    let report = try await rig.later()
    #expect(try rig.only(deal).total == "1150.00")
    #expect(try rig.codes(deal).contains(.dealChanged), "\(report.brief)")
  }

  // MARK: The deal is no longer won

  @Test("policy: on_deal_reopened flag")
  func reopenedIsFlagged() async throws {
    let (rig, deal, _) = try await invoiced()
    try rig.move(deal, to: "contractsent")
    try await rig.later()
    #expect(try rig.codes(deal) == [.dealReopened])
    #expect(try rig.only(deal).status == .authorised)
    try rig.move(deal, to: "closedwon")
    try await rig.later()
    #expect(try rig.codes(deal).isEmpty && rig.liveInvoices.count == 1)
  }

  @Test("policy: on_deal_reopened void_unpaid", arguments: ["contractsent", "closedlost"])
  func reopenedIsVoided(stage: String) async throws {
    let (rig, deal, _) = try await invoiced { $0.invoices.onDealReopened = .voidUnpaid }
    let number = try rig.only(deal).number
    try rig.move(deal, to: stage)
    rig.clock.advance(minutes: 5)
    let rehearsal = try await rig.rehearse()
    #expect(rehearsal.operations.contains { $0.action == .void }, "\(rehearsal.brief)")
    try await rig.pass()
    try await rig.later()
    #expect(rig.liveInvoices.isEmpty && rig.status(deal) == "voided")
    #expect(rig.said(deal, "xero_invoice_number") == number)
    #expect(rig.figure(deal, "xero_amount_due") == "0")
    // Won again it waits for a person's word.
    try rig.move(deal, to: "closedwon")
    try await rig.later()
    #expect(try rig.codes(deal) == [.invoiceVoided] && rig.liveInvoices.isEmpty)
    try rig.retry(deal)
    try await rig.later()
    #expect(try rig.only(deal).url?.hasSuffix("#revision-1") == true)
  }

  @Test("policy: on_deal_reopened void_unpaid, paid in part")
  func paidIsNotVoided() async throws {
    let (rig, deal, _) = try await invoiced { $0.invoices.onDealReopened = .voidUnpaid }
    try rig.pay(try rig.only(deal).number, "100")
    try rig.move(deal, to: "closedlost")
    try await rig.later()
    #expect(try rig.codes(deal) == [.dealReopened])
    #expect(rig.liveInvoices.count == 1 && rig.status(deal) == "partially_paid")
  }

  @Test("policy: voided by a person, never made anew without retry")
  func voidedStaysVoided() async throws {
    let (rig, deal, _) = try await invoiced()
    for round in 1...2 {
      try rig.person("xero", "void", ["invoice": .string(try rig.only(deal).number)])
      for _ in 1...3 { try await rig.later(minutes: 60) }
      #expect(rig.liveInvoices.isEmpty && rig.status(deal) == "voided")
      #expect(try rig.codes(deal) == [.invoiceVoided], "round \(round)")
      try rig.retry(deal)
      try await rig.later()
      #expect(try rig.only(deal).url?.hasSuffix("#revision-\(round)") == true)
      #expect(try rig.codes(deal).isEmpty)
    }
  }

  @Test("policy: voided by a person, ignored")
  func voidedAndIgnored() async throws {
    let (rig, deal, _) = try await invoiced()
    try rig.person("xero", "void", ["invoice": .string(try rig.only(deal).number)])
    try await rig.later()
    try rig.ignore(deal)
    try await rig.later()
    #expect(try rig.codes(deal).isEmpty && rig.liveInvoices.isEmpty)
  }

  @Test("policy: deal deleted")
  func deletedIsFlagged() async throws {
    let (rig, deal, _) = try await invoiced()
    try rig.person("hubspot", "archive", ["type": "deals", "id": .string(deal)])
    for _ in 1...3 { try await rig.later(minutes: 40) }
    #expect(try rig.codes(deal) == [.dealDeleted])
    #expect(rig.liveInvoices.count == 1)
  }

  @Test("policy: deals merged, each with an invoice")
  func mergedIsHeld() async throws {
    let (rig, first, _) = try await invoiced()
    let second = try rig.won("Website again", lines: [item("Design", "1", "300")])
    try await rig.later()
    let merged = try rig.person(
      "hubspot", "merge",
      ["type": "deals", "primary": .string(first), "secondary": .string(second)])
    let survivor = merged["id"]?.string ?? ""
    for _ in 1...3 { try await rig.later(minutes: 40) }
    #expect(rig.liveInvoices.count == 2, "nothing is invoiced again")
    #expect(try rig.codes(survivor).contains(.dealsMerged))
  }

  @Test("policy: lock date")
  func lockedPeriod() async throws {
    let rig = Rig.with()
    try rig.person("xero", "lock", ["period": "2026-02-10"])
    let deal = try rig.won(lines: [item("Design", "1", "100")])
    try await rig.later()
    let hold = try #require(try rig.hold(deal, .periodLocked))
    #expect(hold.message.contains("2026-02-02") && hold.remedy.contains("2026-02-11"))
    #expect(rig.invoices.isEmpty)
    try rig.person("xero", "lock")
    try rig.retry(deal)
    try await rig.later()
    #expect(try rig.only(deal).date.text == "2026-02-02")
  }

  @Test("policy: archived contact")
  func archivedContact() async throws {
    let (rig, deal, _) = try await invoiced()
    let contact = try #require(rig.contacts.first)
    try rig.person("xero", "archive_contact", ["contact": .string(contact.id.description)])
    let second = try rig.won("Second", lines: [item("Design", "1", "70")])
    try await rig.later()
    #expect(try rig.codes(second) == [.contactArchived])
    #expect(try rig.only(deal).total == "1150.00" && rig.liveInvoices.count == 1)
    try rig.person("xero", "restore_contact", ["contact": .string(contact.id.description)])
    try await rig.later()
    #expect(try rig.codes(second).isEmpty && rig.invoices(of: second).count == 1)
  }

  @Test("policy: plan limit of the accounting system")
  func planLimit() async throws {
    let rig = Rig.with()
    try rig.person("xero", "plan", ["approvals_left": 0])
    let deal = try rig.won(lines: [item("Design", "1", "100")])
    let report = try await rig.later()
    #expect(try rig.codes(deal) == [.planLimit], "\(report.brief)")
    #expect(report.exitCode == .operationFailed)
    try rig.person("xero", "plan", ["approvals_left": .null])
    try rig.retry(deal)
    try await rig.later()
    #expect(try rig.codes(deal).isEmpty && rig.invoices(of: deal).count == 1)
  }

  @Test("policy: daily limit of e-mails")
  func emailLimit() async throws {
    let rig = Rig.with { $0.invoices.sendEmail = true }
    try rig.person("xero", "plan", ["plan": "demo"])
    let company = try rig.company("Harbour Lights Ltd")
    let deal = try rig.won(lines: [item("Design", "1", "100")])
    let person = try rig.person(
      "hubspot", "create", ["type": "contacts", "properties": ["email": "ap@harbour.example"]])
    try rig.person(
      "hubspot", "associate",
      [
        "from_type": "deals", "from": .string(deal), "to_type": "contacts",
        "to": .string(person["id"]?.string ?? ""),
      ])
    #expect(!company.isEmpty)
    try await rig.later()
    #expect(try rig.codes(deal) == [.emailRefused])
    #expect(rig.invoices(of: deal).count == 1 && rig.status(deal) == "awaiting_payment")
    // Looked at again, it is still so: the reason does not vanish.
    try await rig.later()
    #expect(try rig.codes(deal) == [.emailRefused])
    try rig.person("xero", "plan", ["plan": "paying"])
    rig.clock.advance(days: 1)
    try await rig.later()
    #expect(try rig.only(deal).sentToContact)
    try await rig.later()
    #expect(try rig.codes(deal).isEmpty)
  }
}
