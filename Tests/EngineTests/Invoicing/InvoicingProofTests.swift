import Domain
import Engine
import Foundation
import Reconciler
import Sandbox
import Snapshot
import TestSupport
import Testing

/// `verify` and `report`.
@Suite struct InvoicingProofTests {
  private func invoiced() async throws -> (Rig, deal: String) {
    let rig = Rig.with()
    let deal = try rig.deal()
    try await rig.later()
    try await rig.later()
    return (rig, deal)
  }

  private func codes(_ rig: Rig) async throws -> [BrokenPromise.Code] {
    try await rig.verify().failures.map(\.code)
  }

  // MARK: verify

  @Test func everyPromiseHolds() async throws {
    let (rig, _) = try await invoiced()
    _ = try rig.won("Held", lines: [item("Work", "1", "1", ["discount_percentage": "101"])])
    try await rig.later()
    let before = SnapshotFiles.contents(of: rig.directory.path)
    rig.world.clearLog()
    let verification = try await rig.verify()
    #expect(verification.failures.isEmpty, "\(verification.failures)")
    #expect(verification.deals == 2 && verification.held == 1)
    #expect(verification.invoices == 1 && verification.links == 2)
    #expect(rig.writes.isEmpty)
    #expect(SnapshotFiles.contents(of: rig.directory.path) == before)
  }

  @Test func aWonDealWithoutAnInvoice() async throws {
    let (rig, _) = try await invoiced()
    let deal = try rig.deal("New")
    rig.clock.advance(minutes: 5)
    let failures = try await rig.verify().failures
    #expect(failures.map(\.code) == [.notInvoiced])
    #expect(failures.first?.subject == Rig.subject(deal))
  }

  @Test func aStatusThatIsNotTrue() async throws {
    let (rig, deal) = try await invoiced()
    try rig.person(
      "hubspot", "edit",
      ["type": "deals", "id": .string(deal), "properties": ["xero_invoice_status": "paid"]])
    rig.clock.advance(minutes: 5)
    let failures = try await rig.verify().failures
    #expect(failures.map(\.code) == [.statusUntrue])
    #expect(failures.first?.message.contains("awaiting_payment") == true)
  }

  @Test func aPaymentNobodyToldTheDealOf() async throws {
    let (rig, deal) = try await invoiced()
    try rig.pay(try rig.only(deal).number)
    rig.clock.advance(minutes: 5)
    #expect(try await codes(rig) == [.statusUntrue])
  }

  @Test func aTotalThatIsNotTheDeals() async throws {
    let (rig, deal) = try await invoiced()
    try rig.person(
      "xero", "edit_invoice",
      [
        "invoice": .string(try rig.only(deal).number),
        "set": [
          "LineItems": [
            [
              "Description": "By hand", "Quantity": 1, "UnitAmount": "4200.01",
              "AccountCode": "200", "TaxType": "OUTPUT2",
            ]
          ]
        ],
      ])
    rig.clock.advance(minutes: 5)
    let failures = try await rig.verify().failures
    #expect(failures.contains { $0.code == .totalDiffers }, "\(failures)")
    #expect(
      failures.contains {
        $0.message.contains("NZD 4,830.01") && $0.message.contains("NZD 4,830.00")
      })
  }

  @Test func twoInvoicesForOneDeal() async throws {
    let (rig, deal) = try await invoiced()
    let first = try rig.only(deal)
    try rig.person(
      "xero", "create_invoice",
      [
        "fields": [
          "Type": "ACCREC", "Contact": ["ContactID": .string(first.contact.description)],
          "Date": "2026-02-02", "DueDate": "2026-03-04", "Status": "DRAFT",
          "Url": .string(first.url ?? ""),
          "LineItems": [["Description": "Twice", "Quantity": 1, "UnitAmount": 1]],
        ]
      ])
    rig.clock.advance(minutes: 5)
    #expect(try await codes(rig).contains(.invoicedTwice))
  }

  @Test func aLinkThatPointsAtNothing() async throws {
    let (rig, deal) = try await invoiced()
    let store = try rig.store()
    let gone = Subject(system: "xero", kind: .invoice, id: "7d3f4f0a-7f1c-4a53-9b1c-2f6f5b9a0001")
    try store.write {
      try $0.link(
        Link(left: Rig.subject(deal), right: gone, role: .invoice(.part(number: 9))), by: "hand",
        at: Instant(milliseconds: rig.clock.now))
    }
    try store.close()
    let failures = try await rig.verify().failures
    #expect(failures.map(\.code) == [.linkBroken], "\(failures)")
    #expect(failures.first?.message.contains("xerosync unlink") == true)
  }

  @Test func nothingIsProvedWhileASystemIsAway() async throws {
    let (rig, _) = try await invoiced()
    rig.world.setFaults([
      Fault(.status(.init(status: 500)), vendor: "xero", path: "/api.xro/2.0/Invoices", times: nil)
    ])
    await #expect(throws: EngineError.self) { try await rig.verify() }
  }

  // MARK: report

  private func report(_ rig: Rig) throws -> BusinessReport {
    let store = try rig.store()
    defer { try? store.close() }
    let traits = Explainer.AccountingTraits(
      name: "xero",
      arithmetic: InvoiceArithmeticRule(
        tax: .perLine, rounding: .halfAwayFromZero, decimals: 2),
      referenceLengthMax: 255, contactNameLengthMax: 255)
    return try BusinessReporter(
      store: store, policy: rig.settings.policy, accounting: traits, crms: ["hubspot"],
      now: Instant(milliseconds: rig.clock.now)
    ).report()
  }

  @Test func theReportTellsWhatIsOwedAndWhatIsNotInvoiced() async throws {
    let (rig, deal) = try await invoiced()
    try rig.pay(try rig.only(deal).number, "830")
    _ = try rig.won("Small", lines: [item("Work", "1", "100")])
    let odd = try rig.won("Odd", lines: [item("Work", "1", "1", ["discount_percentage": "101"])])
    let unlike = try rig.won("Unlike", lines: [item("Work", "1", "10")], amount: "12")
    try await rig.later()
    let ignored = try rig.won("Ignored", lines: [item("Work", "1", "1", ["discount": "5"])])
    try await rig.later()
    try rig.ignore(ignored)
    rig.clock.advance(days: 45)
    try await rig.later()
    let report = try report(rig)
    #expect(report.receivables.map(\.amountDue).sorted() == ["11.50", "115.00", "4000.00"])
    #expect(Set(report.receivables.map(\.daysLate)) == [15])
    let owner = try #require(report.owners.first)
    #expect(report.owners.count == 1 && owner.amount(.days1To30) == "4126.50")
    #expect(owner.amount(.notDue) == "0.00" && owner.total == "4126.50")
    #expect(report.invoiced.count == 3)
    #expect(
      Dictionary(uniqueKeysWithValues: report.notInvoiced.map { ($0.deal, $0.code) }) == [
        Rig.subject(odd): "bad_line", Rig.subject(ignored): "ignored",
      ])
    #expect(report.differences.map(\.deal) == [Rig.subject(unlike)])
    #expect(report.passes.count >= 4 && report.passes.first?.outcome == "ok")
  }

  @Test(
    arguments: [
      (0, "not_due"), (1, "days_1_30"), (30, "days_1_30"), (31, "days_31_60"),
      (61, "days_61_90"), (90, "days_61_90"), (91, "days_over_90"),
    ])
  func agesAreNamed(late: Int, name: String) {
    #expect(BusinessReport.Age(daysLate: late).rawValue == name)
  }

  @Test func thePageIsSafeAndWhole() async throws {
    let rig = Rig.with()
    _ = try rig.won(
      "<script>alert(1)</script> & \"Sons\"", lines: [item("Work", "1", "100")],
      company: "O'Neill <b>& Co</b>")
    try await rig.later()
    try await rig.later()
    let page = ReportPage(try report(rig), title: "R & D").html
    #expect(!page.contains("<script>") && !page.contains("<b>"))
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;Sons&quot;"))
    #expect(page.contains("<h1>R &amp; D</h1>") && page.contains("NZD 115.00"))
    for outside in ["http://", "https://", "src=", "@import", "url("] {
      #expect(!page.contains(outside), "\(outside)")
    }
  }

  @Test func theReportIsTheSameInJSON() async throws {
    let (rig, _) = try await invoiced()
    let report = try report(rig)
    let data = try PassReport.encoder.encode(report)
    let text = String(decoding: data, as: UTF8.self)
    #expect(text.contains("\"schema\" : 1") && text.contains("\"amount_due\" : \"4830.00\""))
    #expect(try JSONDecoder().decode(BusinessReport.self, from: data) == report)
  }
}
