import Connectors
import Domain
import Engine
import Foundation
import Reconciler
import Sandbox
import Snapshot
import TestSupport
import Testing

/// The accountant's tables and random deals, proved by the simulated accounting system through
/// the connector: it computes by itself, and every figure of its answer must be ours.
@Suite struct InvoicingTableTests {
  private struct Case {
    var id: String
    var draft: InvoiceDraft
    var figures: [String]
  }

  @Test(arguments: ["nz", "au", "uk", "us", "global"])
  func theAccountingSystemAgreesWithTheTables(region: String) async throws {
    let rig = Rig.with()
    let customer = try rig.person("xero", "create_contact", ["fields": ["Name": "Table Ltd"]])
    #expect(customer.object != nil)
    let contact = try #require(rig.contacts.first)
    let rows = try Self.rows(region)
    var percents: Set<String> = []
    for row in rows { percents.insert(row["tax_percent"] ?? "") }
    for percent in percents {
      try rig.person(
        "xero", "add_tax_rate", ["type": .string("T\(percent)"), "rate": .string(percent)])
    }
    for code in Set(rows.compactMap { $0["currency"] }) {
      let known = ["NZD", "AUD", "GBP", "USD", "EUR", "JPY"]
      if !known.contains(code) {
        try rig.person("xero", "add_currency", ["code": .string(code), "rate": "1.5"])
      }
    }
    let cases = try Self.cases(rows, contact: ID(contact.id.description))
    #expect(cases.count > 30)
    let outcomes = try await OneThread.run { () -> [WriteOutcome<Invoice>] in
      let store = try rig.store()
      defer { try? store.close() }
      return try await rig.environment(on: store).systems.accounting.createInvoices(
        cases.map { KeyedWrite(key: $0.id, content: $0.draft) })
    }
    for (one, outcome) in zip(cases, outcomes) {
      guard case .applied(let invoice) = outcome else {
        Issue.record("\(one.id): \(outcome)")
        continue
      }
      let lines = invoice.lines ?? []
      let answered =
        lines.flatMap { [$0.amount?.figure ?? "", $0.tax?.figure ?? ""] }
        + [invoice.subtotal.figure, invoice.totalTax.figure, invoice.total.figure]
      #expect(answered == one.figures, "\(one.id)")
      #expect(InvoiceArithmetic.differences(one.draft.expected, invoice).isEmpty, "\(one.id)")
    }
  }

  /// Cases of the vendor's rule, in currencies with cents.
  private static func cases(
    _ rows: [[String: String]], contact: ID<Party>
  ) throws -> [Case] {
    var order: [String] = []
    var groups: [String: [[String: String]]] = [:]
    for row in rows {
      let id = row["case"] ?? ""
      if groups[id] == nil { order.append(id) }
      groups[id, default: []].append(row)
    }
    return try order.compactMap { id in
      let rows = groups[id] ?? []
      guard let first = rows.first, first["tax_rounding"] == "per_line",
        let unit = Domain.Currency(first["currency"] ?? ""), unit.exponent == 2,
        let rule = LineAmounts(rawValue: first["amounts_are"] ?? "")
      else { return nil }
      return try Self.one(id, rows, unit, rule, contact)
    }
  }

  private static func one(
    _ id: String, _ rows: [[String: String]], _ unit: Domain.Currency, _ rule: LineAmounts,
    _ contact: ID<Party>
  ) throws -> Case {
    var lines: [DraftLine] = []
    var rates: [TaxRate] = []
    var figures: [String] = []
    for row in rows {
      var line = DraftLine(description: "line")
      func number(_ column: String) throws -> Domain.ExactDecimal? {
        let text = row[column] ?? ""
        return text.isEmpty ? nil : try decimal(text)
      }
      line.quantity = try number("quantity")
      line.unitPrice = try number("unit_price")
      line.discountPercent = try number("discount_percent")
      line.discountAmount = try number("discount_amount")
      line.account = "200"
      let percent = row["tax_percent"] ?? ""
      line.taxCode = "T\(percent)"
      lines.append(line)
      rates.append(
        TaxRate(
          code: "T\(percent)", name: "", effectivePercent: try decimal(percent), isActive: true,
          appliesToSales: true))
      figures += [row["line_amount"] ?? "", row["line_tax"] ?? ""]
    }
    let first = rows[0]
    figures += ["invoice_subtotal", "invoice_tax", "invoice_total"].map { first[$0] ?? "" }
    let totals = try InvoiceArithmetic.totals(
      lines, lineAmounts: rule, taxRates: rates, currency: unit,
      rule: InvoiceArithmeticRule(tax: .perLine, rounding: .halfAwayFromZero, decimals: 2))
    let date = try day("2026-02-02")
    var draft = InvoiceDraft(
      mark: InvoiceMark(number: nil, reference: id, sourceURL: "https://crm.example/\(id)"),
      contact: .existing(contact), status: .draft, date: date, dueDate: date, currency: unit,
      lineAmounts: rule, lines: lines, expected: totals, role: .whole)
    draft.unitPriceDecimals = 4
    return Case(id: id, draft: draft, figures: figures)
  }

  private static func rows(_ region: String) throws -> [[String: String]] {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    let file = root.appendingPathComponent("Fixtures/arithmetic/\(region).csv")
    let records = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
      cells(String($0))
    }
    guard let header = records.first else { return [] }
    return records.dropFirst().map {
      Dictionary(zip(header, $0), uniquingKeysWith: { first, _ in first })
    }
  }

  private static func cells(_ record: String) -> [String] {
    var cells = [""]
    var isQuoted = false
    for character in record {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: cells.append("")
      case _: cells[cells.count - 1].append(character)
      }
    }
    return cells
  }

  /// Three hundred deals of every kind in one pass: no answer differs, every promise holds.
  @Test func theAccountingSystemAgreesWithRandomDeals() async throws {
    let rig = Rig.with { policy in
      policy.brakes.allowLarge = true
      policy.invoices.amountTolerance = Domain.ExactDecimal(significand: 1, scale: 2)
    }
    var random = SystemSequence(seed: 7)
    for number in 1...300 {
      let lines = (0..<random.int(1...4)).map { index -> JSONValue.Object in
        var more: JSONValue.Object = [:]
        switch random.int(0...3) {
        case 0:
          more["discount_percentage"] = .string("\(random.int(0...100)).\(random.int(0...99))")
        case 1: more["discount"] = .string("0.\(random.int(0...99))")
        default: break
        }
        if more["discount_percentage"]?.string?.hasPrefix("100") == true { more = [:] }
        return item(
          "Line \(index)", "\(random.int(1...40)).\(random.int(0...9999))",
          "\(random.int(1...999)).\(random.int(0...9999))", more)
      }
      _ = try rig.won("Deal \(number)", lines: lines)
    }
    let report = try await rig.later()
    #expect(report.operations.count { $0.object == .invoice && $0.outcome == .applied } == 300)
    let held = try rig.holds().map(\.hold).filter { $0.code != .totalDiffers }
    #expect(held.isEmpty, "\(held.prefix(3).map(\.message))")
    try await rig.later()
    let verification = try await rig.verify()
    #expect(verification.failures.isEmpty, "\(verification.failures.prefix(3))")
    #expect(verification.invoices == 300)
  }
}

/// A generator whose whole sequence follows from its seed.
private struct SystemSequence: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
}
