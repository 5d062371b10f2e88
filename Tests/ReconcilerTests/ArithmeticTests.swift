import Domain
import Reconciler
import Testing

/// One case of Fixtures/arithmetic: what an accountant reads there must be what we compute.
struct ArithmeticCase: Sendable, CustomTestStringConvertible {
  var rows: [[String: String]]

  var testDescription: String { "\(text("case")): \(text("what"))" }
  func text(_ column: String) -> String { rows.first?[column] ?? "" }

  static let all: [ArithmeticCase] = {
    var cases: [ArithmeticCase] = []
    for region in ["nz", "au", "uk", "us", "global"] {
      var current: [String: Int] = [:]
      for row in (try? Table.rows("arithmetic/\(region).csv")) ?? [] {
        let id = row["case"] ?? ""
        if let index = current[id] {
          cases[index].rows.append(row)
        } else {
          current[id] = cases.count
          cases.append(ArithmeticCase(rows: [row]))
        }
      }
    }
    return cases
  }()
}

@Suite struct ArithmeticTests {
  @Test func theTablesAreThere() {
    #expect(ArithmeticCase.all.count >= 300)
    #expect(ArithmeticCase.all.reduce(0) { $0 + $1.rows.count } >= 600)
  }

  @Test(arguments: ArithmeticCase.all)
  func equalsTheAccountantsTable(_ c: ArithmeticCase) throws {
    let unit = currency(c.text("currency"))
    var rates: [String: TaxRate] = [:]
    var lines: [DraftLine] = []
    for row in c.rows {
      var line = DraftLine(description: "line")
      line.quantity = decimal(row["quantity"] ?? "")
      line.unitPrice = decimal(row["unit_price"] ?? "")
      line.discountPercent =
        (row["discount_percent"] ?? "").isEmpty
        ? nil : decimal(row["discount_percent"] ?? "")
      line.discountAmount =
        (row["discount_amount"] ?? "").isEmpty
        ? nil : decimal(row["discount_amount"] ?? "")
      let code = row["tax_code"] ?? ""
      line.taxCode = code
      rates[code] = World.rate(code, code, row["tax_percent"] ?? "")
      lines.append(line)
    }
    let totals = try InvoiceArithmetic.totals(
      lines, lineAmounts: try #require(LineAmounts(rawValue: c.text("amounts_are"))),
      taxRates: Array(rates.values), currency: unit,
      rule: InvoiceArithmeticRule(
        tax: try #require(.init(rawValue: c.text("tax_rounding"))), rounding: .halfAwayFromZero))
    #expect(totals.lineAmounts.map(\.figure) == c.rows.map { $0["line_amount"] ?? "" })
    if c.text("tax_rounding") == "per_line" {
      #expect(totals.lineTaxes.map(\.figure) == c.rows.map { $0["line_tax"] ?? "" })
    } else {
      let sum = totals.lineTaxes.reduce(0) { $0 + $1.minorUnits }
      #expect(sum == totals.totalTax.minorUnits)
    }
    #expect(totals.subtotal.figure == c.text("invoice_subtotal"))
    #expect(totals.totalTax.figure == c.text("invoice_tax"))
    #expect(totals.total.figure == c.text("invoice_total"))
  }

  /// The other way of rounding: once for each rate. Most figures are the same; the table shows
  /// where they are not.
  @Test(arguments: ArithmeticCase.all)
  func equalsTheTableRoundedByRate(_ c: ArithmeticCase) throws {
    var rates: [String: TaxRate] = [:]
    let lines = c.rows.map { row in
      var line = DraftLine(description: "line")
      line.quantity = decimal(row["quantity"] ?? "")
      line.unitPrice = decimal(row["unit_price"] ?? "")
      for (column, field) in [
        ("discount_percent", \DraftLine.discountPercent),
        ("discount_amount", \DraftLine.discountAmount),
      ] where !(row[column] ?? "").isEmpty {
        line[keyPath: field] = decimal(row[column] ?? "")
      }
      let code = row["tax_code"] ?? ""
      line.taxCode = code
      rates[code] = World.rate(code, code, row["tax_percent"] ?? "")
      return line
    }
    let totals = try InvoiceArithmetic.totals(
      lines, lineAmounts: try #require(LineAmounts(rawValue: c.text("amounts_are"))),
      taxRates: Array(rates.values), currency: currency(c.text("currency")),
      rule: InvoiceArithmeticRule(tax: .perTaxCode, rounding: .halfAwayFromZero, decimals: 2))
    #expect(totals.subtotal.figure == c.text("quickbooks_subtotal"))
    #expect(totals.totalTax.figure == c.text("quickbooks_tax"))
    #expect(totals.total.figure == c.text("quickbooks_total"))
  }

  /// Codes made of two rates, one of them shared: each rate is rounded over all its lines.
  @Test func ratesThatCodesShareAreRoundedTogether() throws {
    var gst = World.rate("GST", "GST", "5")
    gst.parts = [.init(id: "g", percent: decimal("5"))]
    var both = World.rate("BOTH", "GST and QST", "14.975")
    both.parts = [.init(id: "g", percent: decimal("5")), .init(id: "q", percent: decimal("9.975"))]
    func tax(_ lines: [(code: String, price: String)]) throws -> InvoiceTotals {
      try InvoiceArithmetic.totals(
        lines.map { entry in
          var line = DraftLine(description: entry.code)
          (line.quantity, line.unitPrice, line.taxCode) = (.one, decimal(entry.price), entry.code)
          return line
        }, lineAmounts: .exclusive, taxRates: [gst, both], currency: currency("CAD"),
        rule: InvoiceArithmeticRule(tax: .perTaxCode, rounding: .halfAwayFromZero, decimals: 2))
    }
    // 5 % and 9.975 % of 0.30 are 0.02 and 0.03; 14.975 % would have been 0.04.
    #expect(try tax([("BOTH", "0.30")]).totalTax.figure == "0.05")
    // 5 % of 0.40 together; each code for itself it would have been 0.02 and 0.01.
    let shared = try tax([("BOTH", "0.30"), ("GST", "0.10")])
    #expect(shared.totalTax.figure == "0.05")
    #expect(shared.lineTaxes.reduce(0) { $0 + $1.minorUnits } == 5)
  }

  @Test func aTaxThatIsDecidedThereIsNotCompared() throws {
    var rate = World.rate("TAX", "Taxable", "0")
    rate.isDecidedThere = true
    var line = DraftLine(description: "a")
    (line.quantity, line.unitPrice, line.taxCode) = (.one, decimal("100"), "TAX")
    let totals = try InvoiceArithmetic.totals(
      [line], lineAmounts: .exclusive, taxRates: [rate], currency: currency("NZD"),
      rule: InvoiceArithmeticRule(tax: .perTaxCode, rounding: .halfAwayFromZero))
    #expect(totals.omitsTax == true && totals.total.figure == "100.00")
    var answer = invoice(total: "108.25")
    answer.subtotal = money("100")
    answer.totalTax = money("8.25")
    #expect(InvoiceArithmetic.differences(totals, answer).isEmpty)
    answer.subtotal = money("99")
    #expect(InvoiceArithmetic.differences(totals, answer).map(\.what) == ["subtotal"])
  }

  /// The vendor's own sample: inclusive lines 177.00 and −79.00 at 12.5 %.
  @Test func reproducesTheVendorsSample() throws {
    var first = DraftLine(description: "a")
    (first.quantity, first.unitPrice, first.taxCode) = (.one, decimal("177"), "OUTPUT")
    var second = first
    second.unitPrice = decimal("-79")
    let totals = try InvoiceArithmetic.totals(
      [first, second], lineAmounts: .inclusive,
      taxRates: [World.rate("OUTPUT", "GST", "12.5")], currency: currency("NZD"),
      rule: InvoiceArithmeticRule(tax: .perLine, rounding: .halfAwayFromZero))
    #expect(totals.lineTaxes.map(\.figure) == ["19.67", "-8.78"])
    #expect(
      [totals.subtotal, totals.totalTax, totals.total].map(\.figure) == [
        "87.11", "10.89", "98.00",
      ])
  }

  @Test func unknownTaxCodeNamesTheLine() {
    var line = DraftLine(description: "a")
    (line.quantity, line.unitPrice, line.taxCode) = (.one, .one, "NOPE")
    #expect(throws: InvoiceArithmetic.Failure.unknownTaxCode("NOPE", line: 1)) {
      try InvoiceArithmetic.totals(
        [DraftLine(description: "text"), line], lineAmounts: .exclusive, taxRates: [],
        currency: currency("NZD"),
        rule: InvoiceArithmeticRule(tax: .perLine, rounding: .halfAwayFromZero))
    }
  }

  @Test func differencesNameTheLine() {
    let expected = InvoiceTotals(
      lineAmounts: [money("100"), money("50")], lineTaxes: [money("15"), money("7.50")],
      subtotal: money("150"), totalTax: money("22.50"), total: money("172.50"))
    var answer = invoice(total: "172.50")
    answer.subtotal = money("150")
    answer.totalTax = money("22.50")
    var first = InvoiceLine(description: "a")
    (first.amount, first.tax) = (money("100"), money("15"))
    var second = InvoiceLine(description: "b")
    (second.amount, second.tax) = (money("50"), money("7.50"))
    answer.lines = [first, second]
    #expect(InvoiceArithmetic.differences(expected, answer).isEmpty)
    answer.lines?[1].tax = money("7.49")
    answer.totalTax = money("22.49")
    answer.total = money("172.49")
    #expect(
      InvoiceArithmetic.differences(expected, answer).map(\.description) == [
        "line 2: tax is NZD 7.49, expected NZD 7.50",
        "total tax is NZD 22.49, expected NZD 22.50", "total is NZD 172.49, expected NZD 172.50",
      ])
    answer.lines = [first]
    #expect(InvoiceArithmetic.differences(expected, answer).first?.what == "number of lines")
  }
}

/// A second opinion in whole numbers only, written from the vendor's formula.
enum Oracle {
  struct Line {
    /// Ten-thousandths, ten-thousandths, hundredths of a per cent, ten-thousandths of a per cent.
    var quantity, price, discount, rate: Int
  }

  static func halfAway(_ numerator: Int128, _ denominator: Int128) -> Int128 {
    let doubled = numerator.magnitude * 2 + denominator.magnitude
    let whole = Int128(doubled / (denominator.magnitude * 2))
    return numerator < 0 ? -whole : whole
  }

  /// Subtotal, tax and total in minor units of a currency with `digits` decimals.
  static func totals(_ lines: [Line], inclusive: Bool, digits: Int) -> (Int128, Int128, Int128) {
    var sum: Int128 = 0
    var tax: Int128 = 0
    let unit: Int128 = digits == 0 ? 1 : digits == 2 ? 100 : 1000
    for line in lines {
      let exact = Int128(line.quantity) * Int128(line.price) * Int128(10_000 - line.discount)
      let amount = halfAway(exact * unit, 1_000_000_000_000)
      sum += amount
      let base: Int128 = inclusive ? 1_000_000 + Int128(line.rate) : 1_000_000
      tax += halfAway(amount * Int128(line.rate), base)
    }
    return inclusive ? (sum - tax, tax, sum) : (sum, tax, sum + tax)
  }
}

@Suite struct ArithmeticPropertyTests {
  /// 100,000 invoices, 10,000 from each seed.
  @Test(arguments: Array(UInt64(1)...10))
  func equalsTheIntegerOracle(seed: UInt64) throws {
    var random = Seeded(seed: seed)
    let percents = [0, 50_000, 55_000, 72_500, 88_750, 100_000, 149_750, 150_000, 200_000]
    let rates = percents.map {
      TaxRate(
        code: "T\($0)", name: "", effectivePercent: ExactDecimal(significand: Int128($0), scale: 4),
        isActive: true, appliesToSales: true)
    }
    let rule = InvoiceArithmeticRule(tax: .perLine, rounding: .halfAwayFromZero)
    for round in 1...10_000 {
      let code = random.pick(["NZD", "NZD", "GBP", "JPY", "KWD"])
      let inclusive = random.int(0...1) == 1
      var lines: [DraftLine] = []
      var oracle: [Oracle.Line] = []
      for _ in 0..<random.int(1...4) {
        let one = Oracle.Line(
          quantity: random.int(-20_000...400_000), price: random.int(-10_000...9_999_999),
          discount: random.pick([0, 0, random.int(0...10_000)]), rate: random.pick(percents))
        var line = DraftLine(description: "")
        line.quantity = ExactDecimal(significand: Int128(one.quantity), scale: 4)
        line.unitPrice = ExactDecimal(significand: Int128(one.price), scale: 4)
        if one.discount > 0 {
          line.discountPercent = ExactDecimal(significand: Int128(one.discount), scale: 2)
        }
        line.taxCode = "T\(one.rate)"
        lines.append(line)
        oracle.append(one)
      }
      let unit = currency(code)
      let ours = try InvoiceArithmetic.totals(
        lines, lineAmounts: inclusive ? .inclusive : .exclusive, taxRates: rates, currency: unit,
        rule: rule)
      let theirs = Oracle.totals(oracle, inclusive: inclusive, digits: unit.exponent)
      guard Int128(ours.subtotal.minorUnits) == theirs.0,
        Int128(ours.totalTax.minorUnits) == theirs.1, Int128(ours.total.minorUnits) == theirs.2
      else {
        Issue.record("seed \(seed), round \(round): \(oracle) in \(code) gave \(ours)")
        return
      }
    }
  }
}
