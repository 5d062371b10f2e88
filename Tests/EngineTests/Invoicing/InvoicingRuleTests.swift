import Domain
import Engine
import Sandbox
import Snapshot
import TestSupport
import Testing

/// What rules set, currencies, and the ways money comes and goes.
@Suite struct InvoicingRuleTests {
  private func rule(
    _ conditions: [Condition], _ change: (inout Rule.Settings) -> Void
  ) -> Rule {
    var settings = Rule.Settings()
    change(&settings)
    return Rule(conditions: conditions, set: settings)
  }

  private func when(_ field: Condition.Field, _ pattern: String) -> Condition {
    Condition(field: field, patterns: [Pattern(pattern)])
  }

  // MARK: Rules

  @Test("policy: rules, tax by country")
  func taxByCountry() async throws {
    let export = rule([when(.country, "AU")]) { $0.tax = Sourced("ZERORATED") }
    let rig = Rig.with { $0.rules = [export] }
    let company = try rig.person(
      "hubspot", "create",
      ["type": "companies", "properties": ["name": "Murray Pty", "country": "Australia"]])
    #expect(company["id"] != nil)
    let abroad = try rig.won("Abroad", lines: [item("Work", "1", "100")], company: "Murray Pty")
    let home = try rig.won("Home", lines: [item("Work", "1", "100")])
    try await rig.later()
    #expect(try rig.only(abroad).tax == "0.00" && rig.only(home).tax == "15.00")
  }

  @Test("policy: rules, by line")
  func byLine() async throws {
    let consulting = rule([when(.sku, "CONS-*")]) { settings in
      settings.account = Sourced("260")
      settings.tracking = [TrackingRule(category: Sourced("Region"), option: Template("South"))]
    }
    let rig = Rig.with { $0.rules = [consulting] }
    let deal = try rig.won(lines: [
      item("Advice", "1", "100", ["sku": "CONS-DAY"]), item("Cable", "1", "10"),
    ])
    try await rig.later()
    let lines = try rig.only(deal).lines
    #expect(lines.map(\.accountCode) == ["260", "200"])
    #expect(lines.map { $0.tracking.map(\.optionName) } == [["South"], []])
  }

  @Test("policy: rules, by invoice")
  func byInvoice() async throws {
    let draft = rule([when(.pipeline, "default")]) { settings in
      settings.status = .draft
      settings.due = .terms(.days(7))
      settings.brandingTheme = Sourced("Standard")
      settings.number = Template("R-{deal.number}")
      settings.reference = Template("Retainer {deal.number}")
      settings.date = .runDate
      settings.lineAmounts = .inclusive
    }
    let rig = Rig.with { $0.rules = [draft] }
    let deal = try rig.won(lines: [item("Retainer", "1", "115")])
    rig.clock.advance(days: 1)
    try await rig.later()
    let made = try rig.only(deal)
    #expect(made.status == .draft && made.number == "R-\(deal)" && made.net == "100.00")
    #expect(made.reference == "Retainer \(deal)" && made.brandingTheme != nil)
    #expect(made.date.text == "2026-02-03" && made.dueDate?.text == "2026-02-10")
  }

  @Test("policy: rules, hold")
  func heldByRule() async throws {
    let held = rule([when(.deal("dealname"), "Test*")]) { $0.hold = "test deals are not billed" }
    let rig = Rig.with { $0.rules = [held] }
    rig.settings.crms[0].extraDealFields = ["dealname"]
    let deal = try rig.won("Test deal", lines: [item("Work", "1", "1")])
    try await rig.later()
    #expect(try rig.hold(deal, .heldByRule)?.message.contains("test deals are not billed") == true)
    #expect(rig.invoices.isEmpty)
  }

  // MARK: Discounts and odd lines

  @Test("policy: discounts, zero and negative lines, text lines")
  func oddLines() async throws {
    let rig = Rig.with()
    let deal = try rig.won(lines: [
      item("Percent", "3", "33.3333", ["discount_percentage": "12.5"]),
      item("Money", "2", "10.005", ["discount": "1.25"]), item("Free", "1", "0"),
      item("Credit for the old one", "-1", "20"),
    ])
    try await rig.later()
    let made = try rig.only(deal)
    // 99.9999 − 12.5 % = 87.50; 20.01 − 2.50 = 17.51; 0; −20.
    #expect(
      made.lines.map { $0.lineAmount.text(places: 2) } == ["87.50", "17.51", "0.00", "-20.00"])
    #expect(made.net == "85.01" && made.tax == "12.76", "15 % of each line: 13.13, 2.63, −3.00")
    #expect(try rig.codes(deal).isEmpty)
  }

  @Test("policy: total of zero")
  func zero() async throws {
    let rig = Rig.with()
    let deal = try rig.won(lines: [item("Gift", "1", "50", ["discount_percentage": "100"])])
    try await rig.later()
    #expect(try rig.only(deal).total == "0.00")
    try await rig.later()
    #expect(rig.status(deal) == "paid")
  }

  @Test("policy: total below zero")
  func negative() async throws {
    let rig = Rig.with()
    let deal = try rig.won(lines: [item("Credit", "-1", "50")])
    try await rig.later()
    let hold = try #require(try rig.hold(deal, .totalNegative))
    #expect(hold.remedy.contains("credit note") && rig.invoices.isEmpty)
  }

  // MARK: Currencies

  @Test(
    "policy: currency",
    arguments: [("NZD", "115.00"), ("AUD", "115.00"), ("JPY", "115.00"), ("KWD", "115.00")])
  func currency(code: String, total: String) async throws {
    let rig = Rig.with()
    if code == "KWD" { try rig.person("xero", "add_currency", ["code": "KWD", "rate": "0.18"]) }
    try rig.person("hubspot", "account", ["currencies": [code: "1.5"]])
    let deal = try rig.won(lines: [item("Work", "1", "100")], currency: code)
    let report = try await rig.later()
    let made = try rig.only(deal)
    #expect(made.currency == code && made.total == total, "\(report.brief)")
    #expect(try rig.codes(deal).isEmpty)
  }

  /// Xero keeps two digits of every currency: of yen it makes sen, of fils it drops one.
  @Test(
    "policy: currencies with 0 and 3 decimals",
    arguments: [("JPY", "3", "333.35", "1150.06"), ("KWD", "1", "10.005", "11.51")])
  func digits(code: String, quantity: String, price: String, total: String) async throws {
    let rig = Rig.with()
    if code == "KWD" { try rig.person("xero", "add_currency", ["code": "KWD", "rate": "0.18"]) }
    try rig.person("hubspot", "account", ["currencies": [code: "1.5"]])
    let deal = try rig.won(lines: [item("Work", quantity, price)], currency: code)
    let report = try await rig.later()
    #expect(try rig.only(deal).total == total, "\(report.brief)")
    let held = try rig.holds().map(\.hold.message)
    #expect(held.isEmpty, "\(held)")
    try rig.pay(try rig.only(deal).number)
    try await rig.later()
    #expect(rig.status(deal) == "paid")
  }

  @Test("policy: currency that the organisation does not use")
  func currencyNotEnabled() async throws {
    let rig = Rig.with()
    try rig.person("hubspot", "account", ["currencies": ["CHF": "1.1"]])
    let deal = try rig.won(lines: [item("Work", "1", "100")], currency: "CHF")
    try await rig.later()
    let hold = try #require(try rig.hold(deal, .currencyNotEnabled))
    #expect(hold.message.contains("CHF") && hold.remedy.contains("xerosync retry"))
    #expect(rig.invoices.isEmpty && rig.contacts.isEmpty)
    try rig.person("xero", "add_currency", ["code": "CHF", "rate": "0.6"])
    try rig.retry(deal)
    try await rig.later()
    #expect(try rig.only(deal).currency == "CHF")
  }

  // MARK: Status

  @Test("policy: payment status of the deal")
  func status() async throws {
    let rig = Rig.with()
    let deal = try rig.won(lines: [item("Work", "1", "100")])
    try await rig.later()
    #expect(rig.status(deal) == "awaiting_payment")
    let number = try rig.only(deal).number
    try rig.pay(number, "15")
    try await rig.later()
    #expect(rig.status(deal) == "partially_paid" && rig.figure(deal, "xero_amount_due") == "100")
    rig.clock.advance(days: 31)
    try await rig.later()
    #expect(rig.status(deal) == "overdue")
    try rig.pay(number)
    try await rig.later()
    #expect(rig.status(deal) == "paid" && rig.figure(deal, "xero_amount_due") == "0")
    // The bank took it back.
    try rig.person("xero", "unpay", ["invoice": .string(number)])
    try await rig.later()
    #expect(rig.status(deal) == "overdue" && rig.said(deal, "xero_paid_date").isEmpty)
  }

  @Test("policy: credit notes, paid and credited told apart")
  func credits() async throws {
    let rig = Rig.with()
    let deal = try rig.won(lines: [item("Work", "1", "100")])
    let second = try rig.won("Second", lines: [item("Work", "1", "200")])
    try await rig.later()
    let number = try rig.only(deal).number
    try rig.person("xero", "credit", ["invoice": .string(number), "amount": "15"])
    try await rig.later()
    #expect(rig.status(deal) == "partially_paid" && rig.figure(deal, "xero_amount_paid") == "0")
    try rig.person("xero", "credit", ["invoice": .string(number)])
    try await rig.later()
    #expect(rig.status(deal) == "credited" && rig.figure(deal, "xero_amount_due") == "0")
    // Settled with any money it is paid.
    let other = try rig.only(second).number
    try rig.person("xero", "credit", ["invoice": .string(other), "amount": "30"])
    try rig.pay(other)
    try await rig.later()
    #expect(rig.status(second) == "paid" && rig.figure(second, "xero_amount_paid") == "200")
  }

  @Test("policy: overpayment")
  func overpaid() async throws {
    let rig = Rig.with()
    let deal = try rig.won(lines: [item("Work", "1", "100")])
    try await rig.later()
    let number = try rig.only(deal).number
    try rig.person("xero", "overpay", ["invoice": .string(number), "amount": "150"])
    try await rig.later()
    #expect(rig.status(deal) == "paid" && rig.figure(deal, "xero_amount_due") == "0")
    #expect(try await rig.verify().failures.isEmpty)
  }

  @Test("policy: invoice_url")
  func onlineInvoice() async throws {
    let rig = Rig.with { $0.invoices.status = .draft }
    let deal = try rig.won(lines: [item("Work", "1", "100")])
    try await rig.later()
    #expect(rig.said(deal, "xero_invoice_url").hasPrefix("https://go.xero.com/"))
    try rig.person("xero", "approve", ["invoice": .string(try rig.only(deal).number)])
    for _ in 1...2 { try await rig.later() }
    #expect(rig.said(deal, "xero_invoice_url").hasPrefix("https://in.xero.com/"))
    rig.world.clearLog()
    try await rig.later()
    #expect(rig.writes.isEmpty)
  }

  @Test("policy: an answer that differs from our own figures")
  func answerDiffers() async throws {
    let rig = Rig.with()
    // The lists are a day old at most: the rate changes after they were read.
    _ = try rig.won("First", lines: [item("Work", "1", "10")])
    try await rig.later()
    rig.world.withVendor(XeroSandbox.self) { vendor in
      for index in vendor.ledgers[0].taxRates.indices
      where vendor.ledgers[0].taxRates[index].type == "OUTPUT2" {
        vendor.ledgers[0].taxRates[index].rate = Sandbox.ExactDecimal(10)
      }
    }
    let deal = try rig.won("Second", lines: [item("Work", "1", "100"), item("More", "1", "50")])
    try await rig.later()
    let hold = try #require(try rig.hold(deal, .answerDiffers))
    #expect(hold.message.contains("line 1: tax is NZD 10.00, expected NZD 15.00"))
    // It stands until a person has looked.
    for _ in 1...2 { try await rig.later() }
    #expect(try rig.codes(deal) == [.answerDiffers])
    try rig.retry(deal)
    try await rig.later()
    #expect(try rig.codes(deal).isEmpty && rig.invoices(of: deal).count == 1)
  }

  @Test("policy: a number that another invoice has")
  func numberTaken() async throws {
    let rig = Rig.with { $0.invoices.number = Template("A-{deal.name}") }
    let first = try rig.won("One", lines: [item("Work", "1", "100")])
    try await rig.later()
    let second = try rig.won("One", lines: [item("Work", "1", "70")])
    try await rig.later()
    #expect(try rig.only(first).number == "A-One")
    #expect(try rig.codes(second) == [.numberTaken] && rig.liveInvoices.count == 1)
  }
}
