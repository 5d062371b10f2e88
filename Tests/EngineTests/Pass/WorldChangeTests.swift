import Domain
import Engine
import Sandbox
import Snapshot
import TestSupport
import Testing

/// What people change on either side after a deal was invoiced.
struct WorldChangeTests {
  private func subtotal(_ rig: Rig, _ deal: String) -> String {
    rig.invoices(of: deal).first?.totals.subTotal.text(places: 2) ?? "none"
  }

  private func codes(_ rig: Rig) throws -> [String] {
    try rig.holds().map(\.hold.code.rawValue)
  }

  // MARK: Lines and customers that leave the deal's stamp alone

  @Test(arguments: ["edit_line", "add_line", "remove_line"])
  func linesChange(how: String) async throws {
    let rig = Rig()
    let made = try rig.person(
      "hubspot", "create_deal",
      [
        "name": "Website", "stage": "closedwon", "currency": "NZD",
        "company": .string(try rig.company("Harbour Lights Ltd")),
        "lines": [
          ["name": "Design", "quantity": "2", "price": "100.00"],
          ["name": "Build", "quantity": "1", "price": "50.00"],
        ],
      ])
    let deal = try #require(made["deal"]?.string)
    let line = try #require(made["lines"]?[1]?.string)
    try await rig.settle("won")
    #expect(subtotal(rig, deal) == "250.00")
    let stamp = rig.dealRecord(deal)?.modified
    rig.clock.advance(minutes: 10)
    switch how {
    case "edit_line": try rig.person("hubspot", how, ["line": .string(line), "price": "60.00"])
    case "add_line":
      try rig.person(
        "hubspot", how,
        ["deal": .string(deal), "line": ["name": "Extra", "quantity": "1", "price": "7.00"]])
    default: try rig.person("hubspot", how, ["line": .string(line)])
    }
    #expect(rig.dealRecord(deal)?.modified == stamp || how != "edit_line")
    rig.clock.advance(minutes: 40)
    try await rig.settle(how)
    let expected = ["edit_line": "260.00", "add_line": "257.00", "remove_line": "200.00"]
    #expect(subtotal(rig, deal) == expected[how])
    #expect(rig.liveInvoices.count == 1)
  }

  /// Another company is attached: the unpaid invoice follows.
  @Test func customerChanges() async throws {
    let (rig, deal, _) = try await Stage.invoiced()
    let old = try rig.company("Harbour Lights Ltd")
    let new = try rig.company("Southern Fern Nurseries")
    try rig.person(
      "hubspot", "disassociate",
      [
        "from_type": "deals", "from": .string(deal), "to_type": "companies", "to": .string(old),
      ])
    for type: JSONValue in [5, 341] {
      try rig.person(
        "hubspot", "associate",
        [
          "from_type": "deals", "from": .string(deal), "to_type": "companies",
          "to": .string(new), "typeId": type,
        ])
    }
    rig.clock.advance(minutes: 40)
    try await rig.settle("customer", passes: 6)
    let invoice = try #require(rig.invoices(of: deal).first)
    let contact = rig.contacts.first { $0.id == invoice.contact }
    let held = try codes(rig)
    #expect(
      contact?.name == "Southern Fern Nurseries" || held.contains("deal_changed"),
      "\(contact?.name ?? "none") \(held)")
    #expect(rig.liveInvoices.count == 1)
  }

  // MARK: Deals that go and come

  @Test func archivedAndRestored() async throws {
    let (rig, deal, _) = try await Stage.invoiced()
    let deals: JSONValue = ["type": "deals", "id": .string(deal)]
    try rig.person("hubspot", "archive", deals)
    rig.clock.advance(minutes: 40)
    try await rig.settle("archived")
    #expect(rig.invoices(of: deal).count == 1)
    try rig.person("hubspot", "restore", deals)
    rig.clock.advance(days: 2)
    try await rig.settle("restored")
    rig.expectInvoiced(deal, "restored")
    #expect(try codes(rig).isEmpty)
  }

  /// Lost after all, and won again: the same invoice, and a hold in between.
  @Test func lostAndWonAgain() async throws {
    let (rig, deal, _) = try await Stage.invoiced()
    try rig.move(deal, to: "closedlost")
    try await rig.settle("lost")
    #expect(try codes(rig) == ["deal_reopened"])
    #expect(rig.invoices(of: deal).count == 1)
    try rig.move(deal, to: "closedwon")
    try await rig.settle("won again")
    rig.expectInvoiced(deal, "won again")
    #expect(try codes(rig).isEmpty)
  }

  @Test(arguments: [false, true])
  func mergedDeals(bothInvoiced: Bool) async throws {
    let (rig, first, _) = try await Stage.invoiced()
    let second = try rig.deal("Second", stage: bothInvoiced ? "closedwon" : "contractsent")
    try await rig.settle("second")
    let merged = try rig.person(
      "hubspot", "merge",
      ["type": "deals", "primary": .string(second), "secondary": .string(first)])
    let survivor = try #require(merged["id"]?.string)
    try rig.move(survivor, to: "closedwon")
    rig.clock.advance(minutes: 40)
    try await rig.settle("merged")
    let held = try codes(rig)
    #expect(rig.liveInvoices.count == (bothInvoiced ? 2 : 1), "\(held)")
    #expect(held.contains("deals_merged") == bothInvoiced, "\(held)")
  }

  @Test func mergedCompanies() async throws {
    let (rig, deal, _) = try await Stage.invoiced()
    let old = try rig.company("Harbour Lights Ltd")
    let new = try rig.company("Southern Fern Nurseries")
    try rig.person(
      "hubspot", "merge",
      ["type": "companies", "primary": .string(new), "secondary": .string(old)])
    rig.clock.advance(minutes: 40)
    try await rig.settle("merged", passes: 6)
    rig.expectInvoiced(deal, "merged")
    let next = try rig.deal("Next", company: "Southern Fern Nurseries")
    try await rig.settle("next")
    #expect(rig.invoices(of: next).count == 1)
    #expect(rig.contacts.count == 1)
  }

  // MARK: The ledger's side

  @Test func mergedContacts() async throws {
    let (rig, deal, _) = try await Stage.invoiced()
    let contact = try #require(rig.contacts.first)
    let made = try rig.person(
      "xero", "create_contact", ["fields": ["Name": "Harbour Group"]])
    let other = try #require(made["ContactID"]?.string)
    try rig.person(
      "xero", "merge_contacts", ["from": .string(contact.id.description), "to": .string(other)])
    let next = try rig.deal("Next")
    try await rig.settle("merged")
    #expect(rig.invoices(of: deal).count == 1)
    let held = try codes(rig)
    let invoice = try #require(rig.invoices(of: next).first, "\(held)")
    #expect(invoice.contact.description == other)
  }

  /// A person voids: the deal shows it, and no other invoice is made until asked for.
  @Test func voidedByAPerson() async throws {
    let (rig, deal, invoice) = try await Stage.invoiced()
    try rig.person("xero", "void", ["invoice": .string(invoice.number)])
    try await rig.settle("voided")
    #expect(rig.status(deal) == "voided")
    #expect(rig.liveInvoices.isEmpty)
    #expect(try codes(rig) == ["invoice_voided"])
    let store = try rig.store()
    let retried = try Clerk(store: store, now: Instant(milliseconds: rig.clock.now))
      .retry(Rig.subject(deal)).get()
    try store.close()
    #expect(retried.accepted == [.invoiceVoided])
    try await rig.settle("retried")
    #expect(rig.liveInvoices.count == 1)
    #expect(rig.status(deal) == "awaiting_payment")
  }

  @Test func paymentTakenBack() async throws {
    let (rig, deal, invoice) = try await Stage.invoiced()
    try rig.pay(invoice.number)
    try await rig.settle("paid")
    #expect(rig.status(deal) == "paid")
    try rig.person("xero", "unpay", ["invoice": .string(invoice.number)])
    try await rig.settle("unpaid")
    #expect(rig.status(deal) == "awaiting_payment")
    try rig.person("xero", "credit", ["invoice": .string(invoice.number), "amount": "830.00"])
    try await rig.settle("credited")
    #expect(rig.said(deal, "xero_amount_due") == "4000.00")
  }

  /// A due date moved by a person decides, not ours.
  @Test func dueDateMoved() async throws {
    let (rig, deal, invoice) = try await Stage.invoiced()
    try rig.person(
      "xero", "edit_invoice",
      ["invoice": .string(invoice.number), "set": ["DueDate": "2026-12-31"]])
    try await rig.settle("moved")
    #expect(rig.said(deal, "xero_due_date").hasPrefix("2026-12-31"))
    rig.clock.advance(days: 60)
    try await rig.settle("later")
    #expect(rig.status(deal) == "awaiting_payment")
  }

  /// Somebody writes into our fields of the deal: they are put right, once.
  @Test func ourFieldsOverwritten() async throws {
    let (rig, deal, _) = try await Stage.invoiced()
    try rig.person(
      "hubspot", "edit",
      [
        "type": "deals", "id": .string(deal), "properties": ["xero_invoice_status": "paid"],
      ])
    try await rig.settle("overwritten")
    #expect(rig.status(deal) == "awaiting_payment")
  }

  /// A customer that Xero refuses holds its deal alone; mended, it is done.
  @Test func refusedContactIsRetried() async throws {
    let (rig, deal) = try Stage.won()
    let other = try rig.deal("Second", company: "Southern Fern Nurseries")
    rig.world.setFaults([
      Fault(
        .status(
          .init(
            status: 400, contentType: "application/json",
            body: #"{"ErrorNumber":10,"Type":"ValidationException","Message":"no","Elements":[]}"#)),
        vendor: "xero", method: "PUT", path: "/api.xro/2.0/Contacts", times: nil)
    ])
    let report = try await rig.pass()
    #expect(report.outcome == .failed, "\(report.brief)")
    #expect(rig.liveInvoices.isEmpty)
    #expect(try Set(codes(rig)) == ["refused"])
    rig.world.clearLog()
    rig.clock.advance(minutes: 5)
    try await rig.pass()
    #expect(rig.writes.isEmpty, "a refused operation is tried again without a reason")
    rig.world.setFaults([])
    let store = try rig.store()
    for subject in try Clerk(store: store, now: Instant(milliseconds: rig.clock.now))
      .heldSubjects()
    {
      _ = try Clerk(store: store, now: Instant(milliseconds: rig.clock.now)).retry(subject)
    }
    try store.close()
    try await rig.settle("retried")
    for deal in [deal, other] { #expect(rig.invoices(of: deal).count == 1) }
    #expect(try codes(rig).isEmpty)
  }
}
