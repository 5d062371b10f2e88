import Domain
import Engine
import Sandbox
import Snapshot
import TestSupport
import Testing

/// One test for every row of the table in Docs/invoicing.md, under the same name: what the
/// configuration says is what the accounting system has in the end.
@Suite struct InvoicingPolicyTests {
  /// An installation with a deal of NZD 1,000.00 won just now.
  private func installation(
    lines: [JSONValue.Object] = [item("Network design", "4", "250")],
    terms: String? = nil, _ change: @escaping (inout Policy) -> Void = { _ in }
  ) throws -> (Rig, deal: String) {
    let rig = Rig.with(change)
    let deal = try rig.won(lines: lines, terms: terms)
    return (rig, deal)
  }

  /// The invoice after one pass.
  private func invoice(
    lines: [JSONValue.Object] = [item("Network design", "4", "250")], terms: String? = nil,
    _ change: @escaping (inout Policy) -> Void
  ) async throws -> XeroInvoice {
    let (rig, deal) = try installation(lines: lines, terms: terms, change)
    let report = try await rig.later()
    #expect(report.outcome == .ok, "\(report.brief)")
    return try rig.only(deal)
  }

  // MARK: The invoice

  @Test("policy: status draft")
  func statusDraft() async throws {
    #expect(try await invoice { $0.invoices.status = .draft }.status == .draft)
  }

  @Test("policy: status submitted")
  func statusSubmitted() async throws {
    #expect(try await invoice { $0.invoices.status = .submitted }.status == .submitted)
  }

  @Test("policy: status authorised")
  func statusAuthorised() async throws {
    #expect(try await invoice { $0.invoices.status = .authorised }.status == .authorised)
  }

  @Test("policy: number null")
  func numberByTheSystem() async throws {
    #expect(try await invoice { $0.invoices.number = nil }.number.hasPrefix("INV-"))
  }

  @Test("policy: number template")
  func numberOfOurOwn() async throws {
    let (rig, deal) = try installation { $0.invoices.number = Template("{crm}-{deal.number}") }
    try await rig.later()
    #expect(try rig.only(deal).number == "hubspot-\(deal)")
  }

  @Test("policy: reference template")
  func reference() async throws {
    let made = try await invoice { $0.invoices.reference = Template("{deal.name} / {crm}") }
    #expect(made.reference == "Website / hubspot")
  }

  @Test("policy: date won_date")
  func dateOfWinning() async throws {
    let (rig, deal) = try installation()
    let won = rig.today
    rig.clock.advance(days: 3)
    try await rig.later()
    #expect(try rig.only(deal).date.text == won.description)
  }

  @Test("policy: date run_date")
  func dateOfThePass() async throws {
    let (rig, deal) = try installation { $0.invoices.date = .runDate }
    rig.clock.advance(days: 3)
    try await rig.later()
    #expect(try rig.only(deal).date.text == rig.today.description)
  }

  /// Won on Monday, 2 February 2026.
  @Test(
    "policy: due",
    arguments: [
      (DueRule.terms(.days(30)), "2026-03-04"), (.terms(.daysAfterMonthEnd(10)), "2026-03-10"),
      (.terms(.dayOfNextMonth(20)), "2026-03-20"), (.terms(.dayOfNextMonth(31)), "2026-03-31"),
      (.terms(.days(0)), "2026-02-02"), (.contact, "2026-03-04"),
    ])
  func due(rule: DueRule, day: String) async throws {
    let made = try await invoice { $0.invoices.due = rule }
    #expect(made.date.text == "2026-02-02" && made.dueDate?.text == day)
  }

  @Test(
    "policy: payment_terms of the deal",
    arguments: [
      ("Net 14", "2026-02-16"), ("20th of next month", "2026-03-20"),
      ("Due on receipt", "2026-02-02"), ("30 days EOM", "2026-03-30"), ("7", "2026-02-09"),
    ])
  func termsOfTheDeal(text: String, day: String) async throws {
    let made = try await invoice(terms: text) { $0.invoices.due = .terms(.days(60)) }
    #expect(made.dueDate?.text == day)
  }

  @Test("policy: early payment discount")
  func earlyPayment() async throws {
    let made = try await invoice(terms: "2/10 net 30") { _ in }
    #expect(made.dueDate?.text == "2026-03-04")
    let note = made.lines.last?.description
    #expect(note == "2 % discount if paid within 10 days (by 2026-02-12)")
    #expect(made.lines.count == 2 && made.net == "1000.00")
  }

  @Test(
    "policy: line_amounts",
    arguments: [
      (LineAmounts.exclusive, "1000.00", "150.00", "1150.00"),
      (.inclusive, "869.57", "130.43", "1000.00"), (.noTax, "1000.00", "0.00", "1000.00"),
    ])
  func lineAmounts(rule: LineAmounts, net: String, tax: String, total: String) async throws {
    let made = try await invoice { $0.invoices.lineAmounts = rule }
    #expect([made.net, made.tax, made.total] == [net, tax, total])
  }

  @Test("policy: account")
  func account() async throws {
    let made = try await invoice { $0.invoices.account = Sourced("260") }
    #expect(made.lines.map(\.accountCode) == ["260"])
  }

  @Test("policy: tax")
  func tax() async throws {
    let made = try await invoice { $0.invoices.tax = Sourced("ZERORATED") }
    #expect(made.lines.map(\.taxType) == ["ZERORATED"] && made.total == "1000.00")
  }

  @Test("policy: without_line_items single_line")
  func singleLine() async throws {
    let rig = Rig.with()
    let deal = try rig.won("Audit", lines: [], amount: "480.50")
    try await rig.later()
    let made = try rig.only(deal)
    #expect(made.net == "480.50" && made.lines.map(\.description) == ["Audit"])
  }

  @Test("policy: without_line_items hold")
  func noLinesHeld() async throws {
    let rig = Rig.with { $0.invoices.withoutLines = .hold }
    let deal = try rig.won("Audit", lines: [], amount: "480.50")
    try await rig.later()
    #expect(rig.invoices.isEmpty)
    #expect(try rig.codes(deal) == [.noLines])
    // Mended in the CRM, it is invoiced.
    try rig.person(
      "hubspot", "add_line", ["deal": .string(deal), "line": ["name": "Audit", "price": "480.50"]])
    try await rig.later(minutes: 40)
    try await rig.later(minutes: 40)
    #expect(try rig.only(deal).net == "480.50")
    #expect(try rig.codes(deal).isEmpty)
  }

  @Test("policy: branding_theme")
  func brandingTheme() async throws {
    let (rig, deal) = try installation { $0.invoices.brandingTheme = Sourced("special projects") }
    try await rig.later()
    let theme = rig.world.withVendor(XeroSandbox.self) { vendor in
      vendor.ledgers[0].brandingThemes.first { $0.name == "Special Projects" }?.id
    }
    #expect(try rig.only(deal).brandingTheme == theme ?? nil)
  }

  @Test("policy: tracking")
  func tracking() async throws {
    let made = try await invoice {
      $0.invoices.tracking = [
        TrackingRule(category: Sourced("region"), option: Template("north")),
        TrackingRule(category: Sourced("Salesperson"), option: Template("Aroha")),
      ]
    }
    #expect(made.lines[0].tracking.map(\.optionName) == ["North", "Aroha"])
  }

  @Test("policy: tracking option that the organisation lacks")
  func trackingUnknown() async throws {
    let (rig, deal) = try installation {
      $0.invoices.tracking = [
        TrackingRule(category: Sourced("Region"), option: Template("{deal.pipeline}"))
      ]
    }
    try await rig.later()
    let hold = try #require(try rig.hold(deal, .trackingUnknown))
    #expect(hold.message.contains("Region") && rig.invoices.isEmpty)
  }

  @Test("policy: create_items false")
  func itemsLeftOut() async throws {
    let (rig, deal) = try installation(lines: [item("Router", "1", "100", ["sku": "RT-9"])])
    try await rig.later()
    #expect(try rig.only(deal).lines[0].itemCode == nil)
  }

  @Test("policy: create_items true")
  func itemsMade() async throws {
    let (rig, deal) = try installation(
      lines: [
        item("Router", "1", "100", ["sku": "RT-9"]), item("Spare", "1", "90", ["sku": "RT-9"]),
      ]
    ) { $0.invoices.createItems = true }
    let report = try await rig.later()
    #expect(report.operations.count { $0.object == .item } == 1, "\(report.brief)")
    #expect(try rig.only(deal).lines.map(\.itemCode) == ["RT-9", "RT-9"])
  }

  @Test("policy: item of the same code in another letter case")
  func itemByCode() async throws {
    let rig = Rig.with()
    try rig.person("xero", "add_item", ["code": "rt-9", "price": "80", "account": "260"])
    let deal = try rig.won(lines: [item("Router", "1", "100", ["sku": "RT-9"])])
    try await rig.later()
    let made = try rig.only(deal)
    #expect(made.lines[0].itemCode == "rt-9" && made.net == "100.00")
    #expect(made.lines[0].accountCode == "260")
  }

  // MARK: E-mail

  @Test("policy: send_email false")
  func notSent() async throws {
    let (rig, deal) = try installation()
    try await rig.later()
    #expect(try !rig.only(deal).sentToContact)
  }

  @Test("policy: send_email true")
  func sent() async throws {
    let (rig, deal) = try installation { $0.invoices.sendEmail = true }
    try rig.person(
      "hubspot", "edit",
      [
        "type": "companies", "id": .string(try rig.company("Harbour Lights Ltd")),
        "properties": ["domain": "harbourlights.example"],
      ])
    let contact = try rig.person(
      "hubspot", "create",
      ["type": "contacts", "properties": ["email": "ap@harbourlights.example"]])
    try rig.person(
      "hubspot", "associate",
      [
        "from_type": "deals", "from": .string(deal), "to_type": "contacts",
        "to": .string(contact["id"]?.string ?? ""),
      ])
    let rehearsal = try await rig.rehearse()
    #expect(rehearsal.operations.contains { $0.action == .notify }, "\(rehearsal.brief)")
    let report = try await rig.later()
    #expect(report.outcome == .ok, "\(report.brief)")
    #expect(try rig.only(deal).sentToContact)
    #expect(try await rig.later().operations.isEmpty)
  }

  @Test("policy: send_email true for a draft")
  func draftUnsent() async throws {
    let (rig, deal) = try installation {
      $0.invoices.sendEmail = true
      $0.invoices.status = .draft
    }
    let report = try await rig.later()
    #expect(report.outcome == .ok, "\(report.brief)")
    #expect(try !rig.only(deal).sentToContact)
    #expect(rig.status(deal) == "draft")
  }

  // MARK: Differences and duplicates

  @Test("policy: amount_tolerance")
  func tolerance() async throws {
    let rig = Rig.with { $0.invoices.amountTolerance = ExactDecimal(significand: 5, scale: 2) }
    let near = try rig.won("Near", lines: [item("Work", "1", "100.05")], amount: "100")
    let far = try rig.won("Far", lines: [item("Work", "1", "100.06")], amount: "100")
    try await rig.later()
    #expect(try rig.codes(near).isEmpty)
    #expect(try rig.codes(far) == [.totalDiffers])
    // The invoice follows the lines all the same.
    #expect(try rig.only(far).net == "100.06")
  }

  @Test("policy: possible_duplicate hold")
  func duplicateHeld() async throws {
    let (rig, deal, byHand) = try await billedByHand { _ in }
    try await rig.later()
    let hold = try #require(try rig.hold(deal, .possibleDuplicate))
    #expect(hold.message.contains(byHand.number) && hold.remedy.contains("xerosync link"))
    #expect(rig.liveInvoices.count == 1)
    try rig.link(deal, to: byHand)
    try await rig.later()
    #expect(try rig.codes(deal).isEmpty)
    #expect(rig.liveInvoices.count == 1 && rig.said(deal, "xero_invoice_number") == byHand.number)
  }

  @Test("policy: possible_duplicate hold, then retry")
  func duplicateReleased() async throws {
    let (rig, deal, _) = try await billedByHand { _ in }
    try await rig.later()
    try rig.retry(deal)
    try await rig.later()
    #expect(try rig.codes(deal).isEmpty && rig.liveInvoices.count == 2)
  }

  @Test("policy: possible_duplicate create")
  func duplicateMade() async throws {
    let (rig, deal, _) = try await billedByHand { $0.invoices.possibleDuplicate = .create }
    try await rig.later()
    #expect(try rig.only(deal).total == "1150.00")
    #expect(rig.liveInvoices.count == 2)
  }

  /// A customer known from an earlier deal, and an invoice of the same total made by hand.
  private func billedByHand(
    _ change: @escaping (inout Policy) -> Void
  ) async throws -> (Rig, deal: String, XeroInvoice) {
    let (rig, _) = try installation(lines: [item("Earlier", "1", "7")], change)
    try await rig.later()
    let contact = try #require(rig.contacts.first)
    let earlier = try #require(rig.liveInvoices.first)
    try rig.person("xero", "void", ["invoice": .string(earlier.number)])
    try rig.person(
      "xero", "create_invoice",
      [
        "fields": [
          "Type": "ACCREC", "Contact": ["ContactID": .string(contact.id.description)],
          "Date": "2026-02-01", "DueDate": "2026-03-01", "Status": "AUTHORISED",
          "LineItems": [
            [
              "Description": "By hand", "Quantity": 1, "UnitAmount": 1000, "AccountCode": "200",
              "TaxType": "OUTPUT2",
            ]
          ],
        ]
      ])
    let byHand = try #require(rig.liveInvoices.first)
    let deal = try rig.won("Network", lines: [item("Network design", "4", "250")])
    return (rig, deal, byHand)
  }
}
