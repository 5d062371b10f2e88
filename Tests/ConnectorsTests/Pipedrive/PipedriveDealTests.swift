import Connectors
import Domain
import Sandbox
import Testing

@Suite("Pipedrive: deals with their products")
struct PipedriveDealTests {
  private func read(_ bench: PipedriveBench, _ id: String) async throws -> Deal {
    let answers = try await bench.connector().deals([ID(id)])
    guard case .found(let deal)? = answers.first else {
      Issue.record("\(answers)")
      return Deal(
        id: ID("?"), url: "", name: "", pipeline: Choice(id: "", label: ""),
        stage: Choice(id: "", label: ""))
    }
    return deal
  }

  @Test("a won deal with rows, codes, taxes and discounts")
  func whole() async throws {
    let bench = PipedriveBench()
    let id = try bench.deal(
      "Relaunch",
      [
        "status": "won", "won_time": "2026-11-19T11:30:00Z", "owner": "tom@kauri.example",
        "properties": ["Payment terms": "20 days", "Xero invoice number": "INV-1"],
        "lines": [
          ["name": "Design", "quantity": "2", "price": "1200.00", "tax": "15"],
          [
            "name": "Installation", "quantity": "1.5", "price": "100.10",
            "discount_percentage": "10", "tax": "15", "comments": "On site",
          ],
          ["name": "Consulting hour", "quantity": "3", "price": "50.00", "discount_amount": "20"],
          ["name": "Old", "quantity": "1", "price": "9.00", "is_enabled": false],
        ],
      ])
    let deal = try await read(bench, id)
    #expect(deal.url == "https://kauritrading.pipedrive.com/deal/\(id)")
    #expect(deal.outcome == .won)
    #expect(deal.wonOn == .moment(Instant("2026-11-19T11:30:00Z") ?? Instant(milliseconds: 0)))
    #expect(deal.ownerID?.rawValue == "9002")
    #expect(deal.paymentTerms == "20 days")
    #expect(deal.reported[.invoiceNumber] == "INV-1")
    #expect(deal.currency?.code == "NZD")
    #expect(deal.companyIDs.count == 1)
    #expect(deal.isComplete)
    #expect(deal.lines.map(\.name) == ["Design", "Installation", "Consulting hour"])
    #expect(deal.lines.map(\.tax) == ["15%", "15%", "15%"])
    #expect(deal.lines.map(\.sku) == [nil, "INST", "CONS-H"])
    #expect(deal.lines[1].description == "On site")
    #expect(deal.lines[1].discount == .percent(ExactDecimal(10)))
    #expect(deal.lines[2].discount == .amount(ExactDecimal(20)))
    #expect(deal.lines.flatMap { $0.problems }.isEmpty)
    #expect(deal.amount?.plain == "2665.14")
  }

  @Test(
    "an amount of discount is taken as the row's own sum says",
    arguments: [(false, false), (true, false), (false, true), (true, true)])
  func discounts(_ perUnit: Bool, _ withTax: Bool) async throws {
    let bench = PipedriveBench()
    try bench.person(
      "company",
      ["discount_is_per_unit": .bool(perUnit), "sum_includes_tax": .bool(withTax)])
    let id = try bench.deal(
      "A",
      [
        "lines": [
          [
            "name": "X", "quantity": "3", "price": "50.00", "discount_amount": "20", "tax": "15",
          ]
        ]
      ])
    let deal = try await read(bench, id)
    #expect(deal.lines[0].discount == .amount(ExactDecimal(perUnit ? 60 : 20)))
    #expect(deal.lines[0].problems.isEmpty)
  }

  @Test("discounts of the whole deal are asked for only where the rows do not explain its value")
  func dealDiscounts() async throws {
    let bench = PipedriveBench()
    let plain = try bench.deal("A", ["lines": [["name": "X", "price": "100"]]])
    _ = try await read(bench, plain)
    #expect(!bench.calls.contains { $0.hasSuffix("/discounts") })
    try bench.person(
      "add_discount", ["deal": .string(plain), "type": "percentage", "amount": 10])
    let one = try await read(bench, plain)
    #expect(one.discount == .percent(ExactDecimal(10)))
    #expect(one.amount?.plain == "90")
    try bench.person("add_discount", ["deal": .string(plain), "type": "amount", "amount": 5])
    #expect(try await read(bench, plain).discount == .amount(ExactDecimal(15)))
  }

  @Test(
    "recurring rows and taxes by their method",
    arguments: [
      (["frequency": "monthly"], 1, "month", nil), (["frequency": "quarterly"], 3, "month", nil),
      (["frequency": "semi-annually", "cycles": "4"], 6, "month", 4),
      (["frequency": "annually"], 12, "month", nil),
      (["frequency": "weekly", "cycles": "8"], 1, "week", 8),
    ] as [(JSONValue, Int, String, Int?)])
  func recurring(_ more: JSONValue, _ every: Int, _ unit: String, _ periods: Int?) async throws {
    let bench = PipedriveBench()
    var line: JSONValue.Object = [
      "name": "Plan", "price": "10", "tax": "15", "tax_method": "inclusive",
      "billing_start_date": "2026-12-01",
    ]
    for (name, value) in more.object ?? [:] { line[name] = value }
    let id = try bench.deal("A", ["lines": [.object(line)]])
    let found = try await read(bench, id).lines[0]
    #expect(found.tax == "15% included")
    #expect(found.recurrence?.every == every)
    #expect(found.recurrence?.unit.rawValue == unit)
    #expect(found.recurrence?.periods == periods)
    #expect(found.recurrence?.start?.description == "2026-12-01")
  }

  @Test("a row that changes without moving the deal's stamp shows in its relations")
  func relations() async throws {
    let bench = PipedriveBench()
    try bench.person("company", ["rows_touch_deal": false])
    let made = try bench.person(
      "create_deal",
      [
        "title": "A", "company": .string(try bench.company()),
        "lines": [["name": "X", "price": "5"]],
      ])
    let id = ID<Deal>(made["deal"]?.digits ?? "")
    let connector = try bench.connector()
    let before = try await connector.relations(of: [id])
    #expect(before[id] == (try await read(bench, id.rawValue)).relations)
    bench.clock.advance(.seconds(60))
    try bench.person(
      "edit_line", ["line": .string(made["lines"]?[0]?.digits ?? ""), "price": "6"])
    let after = try await connector.relations(of: [id, ID("999999")])
    #expect(after[id] != before[id])
    #expect(after.count == 1)
  }

  @Test("an archived deal is still a deal; one of an unknown status is rejected, not lost")
  func archived() async throws {
    let bench = PipedriveBench()
    let id = try bench.deal("A", ["status": "won"])
    try bench.person("archive_deal", ["deal": .string(id)])
    #expect(try await read(bench, id).outcome == .won)
  }

  @Test("choices are told by their labels, fields by name or by key")
  func fields() async throws {
    let bench = PipedriveBench {
      $0.fields["invoice_status"] = Sourced("Billing state")
      $0.extraDealFields = ["Region", "expected_close_date"]
    }
    try bench.person(
      "create_field",
      [
        "type": "deals", "name": "Billing state", "field_type": "enum",
        "options": [["label": "Awaiting payment"], ["label": "Paid"]],
      ])
    try bench.person(
      "create_field",
      [
        "type": "deals", "name": "Region", "field_type": "set",
        "options": [["label": "North"], ["label": "South"]],
      ])
    let id = try bench.deal("A", ["properties": ["expected_close_date": "2026-12-24"]])
    let connector = try bench.connector()
    let outcome = await connector.report([
      DealReport(deal: ID(id), values: [.invoiceStatus: "awaiting_payment"])
    ])
    guard case .applied(let held)? = outcome.first else {
      Issue.record("\(outcome)")
      return
    }
    #expect(held[.invoiceStatus] == "awaiting_payment")
    let deal = try await read(bench, id)
    #expect(deal.reported[.invoiceStatus] == "awaiting_payment")
    #expect(deal.fields["expected_close_date"] == "2026-12-24")
    let unknown = await connector.report([
      DealReport(deal: ID(id), values: [.invoiceStatus: "voided"])
    ])
    guard case .refused(let refusal)? = unknown.first else {
      Issue.record("\(unknown)")
      return
    }
    #expect(refusal.code == .fieldRefused)
    #expect(refusal.remedy.contains("add the option"))
  }
}
