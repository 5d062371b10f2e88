import Connectors
import Domain
import Sandbox
import Testing

@Suite("Zoho: deals with what was sold")
struct ZohoDealTests {
  private func read(_ bench: ZohoBench, _ id: String) async throws -> Deal {
    let answers = try await bench.connector().deals([ID(id)])
    guard case .found(let deal)? = answers.first else {
      Issue.record("\(answers)")
      return Deal(
        id: ID("?"), url: "", name: "", pipeline: Choice(id: "", label: ""),
        stage: Choice(id: "", label: ""))
    }
    return deal
  }

  private static let lines: JSONValue = [
    ["name": "Design", "quantity": "2", "price": "1200.00", "tax": "GST"],
    [
      "name": "Installation", "quantity": "1.5", "price": "100.10",
      "discount_percentage": "10", "tax": "GST", "description": "On site",
    ],
    ["name": "Consulting hour", "quantity": "3", "price": "50.00", "discount_amount": "20"],
  ]

  @Test("a won deal with the rows of its quote: codes, taxes, discounts, adjustment")
  func whole() async throws {
    let bench = ZohoBench()
    let id = try bench.deal(
      "Relaunch",
      [
        "stage": "Closed Won", "closing_date": "2026-11-19", "owner": "tom@kauri.example",
        "amount": "2665.14", "discount": "15", "adjustment": "-0.14", "lines": Self.lines,
        "properties": ["Payment terms": "20 days", "Xero invoice number": "INV-1"],
      ])
    let deal = try await read(bench, id)
    #expect(deal.url == "https://crm.zoho.com/crm/org60012345/tab/Potentials/\(id)")
    #expect(deal.outcome == .won)
    #expect(deal.pipeline.label == "Standard (Standard)")
    #expect(deal.wonOn == CalendarDate("2026-11-19").map { .day($0) })
    #expect(deal.ownerID?.rawValue == "5725767000000411902")
    #expect(deal.paymentTerms == "20 days")
    #expect(deal.reported[.invoiceNumber] == "INV-1")
    #expect(deal.currency?.code == "NZD")
    #expect(deal.companyIDs.count == 1)
    #expect(deal.isComplete)
    #expect(
      deal.lines.map(\.name) == ["Design", "Installation", "Consulting hour", "Adjustment"])
    #expect(deal.lines.map(\.tax) == ["GST", "GST", nil, nil])
    #expect(deal.lines.map(\.sku) == [nil, "INST", "CONS-H", nil])
    #expect(deal.lines[1].description == "On site")
    #expect(deal.lines[1].discount == .percent(ExactDecimal(10)))
    #expect(deal.lines[2].discount == .amount(ExactDecimal(20)))
    #expect(deal.lines[3].unitPrice?.plain == "-0.14")
    #expect(deal.discount == .amount(ExactDecimal(15)))
    #expect(deal.lines.flatMap { $0.problems }.isEmpty)
    #expect(deal.amount?.plain == "2665.14")
  }

  @Test(
    "lines are read from where the organisation keeps them",
    arguments: [
      ("sales_orders", "sales_order", ["Design", "Installation", "Consulting hour"]),
      ("products", "products", ["Installation", "Consulting hour", "Design"]),
      ("subform", "Deal_Items", ["Design", "Installation", "Consulting hour"]),
      ("amount", "quote", []), ("quotes", "sales_order", []),
    ])
  func places(_ source: String, _ kept: String, _ names: [String]) async throws {
    let bench = ZohoBench {
      $0.options["line_items"] = Sourced(source)
      $0.options["line_subform"] = Sourced("Deal_Items")
    }
    try bench.person("create_subform", ["name": "Deal_Items"])
    let id = try bench.deal("A", ["kept_in": .string(kept), "lines": Self.lines])
    let deal = try await read(bench, id)
    #expect(Set(deal.lines.map(\.name)) == Set(names))
    #expect(deal.lines.flatMap(\.problems).isEmpty)
    if source == "products" {
      #expect(deal.lines.allSatisfy { $0.quantity == .one })
      #expect(deal.lines.first { $0.sku == "INST" }?.unitPrice?.plain == "1200")
    }
    if source == "subform" {
      #expect(deal.lines.map(\.unitPrice?.plain) == ["1200", "100.1", "50"])
      #expect(deal.lines[1].sku == "INST")
    }
  }

  @Test("columns of a subform may have other names; nonsense is told before anything is sent")
  func columns() async throws {
    let bench = ZohoBench {
      $0.options["line_subform"] = Sourced("Items")
      $0.options["line_columns"] = Sourced("name=Was, quantity=Menge, price=Preis")
    }
    try bench.person("create_subform", ["name": "Items"])
    let id = try bench.deal("A")
    try bench.person(
      "edit",
      [
        "type": "Deals", "id": .string(id),
        "properties": ["Items": [["Was": "Beratung", "Menge": 2, "Preis": .number("80.5")]]],
      ])
    let line = try #require(try await read(bench, id).lines.first)
    #expect(line.name == "Beratung")
    #expect(line.quantity?.plain == "2")
    #expect(line.unitPrice?.plain == "80.5")
    #expect(throws: ConnectorSetupError.self) {
      try ZohoBench {
        $0.options["line_subform"] = Sourced("Items")
        $0.options["line_columns"] = Sourced("colour=Red")
      }.connector()
    }
    #expect(throws: ConnectorSetupError.self) {
      try ZohoBench { $0.options["line_items"] = Sourced("subform") }.connector()
    }
    #expect(throws: ConnectorSetupError.self) {
      try ZohoBench { $0.options["line_items"] = Sourced("everywhere") }.connector()
    }
  }

  @Test("of several quotes the accepted one counts; two accepted ones are nobody's guess")
  func choice() async throws {
    let bench = ZohoBench()
    func lines(_ name: String) -> JSONValue { [["name": .string(name), "price": "10"]] }
    let id = try bench.deal("A", ["document_stage": "Draft", "lines": lines("Draft")])
    #expect(try await read(bench, id).lines.map(\.name) == ["Draft"])
    func add(_ stage: String, _ name: String) throws -> String {
      let product =
        try bench.record("Products") { $0["Product_Code"]?.string == "INST" }["id"] ?? .null
      return try bench.person(
        "create",
        [
          "type": "Quotes",
          "properties": [
            "Subject": .string(name), "Deal_Name": ["id": .string(id)],
            "Quote_Stage": .string(stage),
            "Quoted_Items": [["Product_Name": ["id": product], "Quantity": 1]],
          ],
        ])["id"]?.string ?? ""
    }
    _ = try add("Confirmed", "Second")
    _ = try add("Closed Lost", "Third")
    #expect(try await read(bench, id).lines.map(\.name) == ["Installation"])
    let fourth = try add("Closed Won", "Fourth")
    let undecided = try await read(bench, id)
    #expect(undecided.lines.count == 1)
    #expect(undecided.lines[0].problems[0].contains("“Second”, “Fourth”"))
    bench.clock.advance(.seconds(5))
    try bench.person(
      "edit",
      ["type": "Quotes", "id": .string(fourth), "properties": ["Quote_Stage": "Closed Lost"]])
    #expect(try await read(bench, id).lines.map(\.name) == ["Installation"])
  }

  @Test("a quote that changes without moving its deal's stamp shows in feed and relations")
  func relations() async throws {
    let bench = ZohoBench()
    let made = try bench.person(
      "create_deal",
      [
        "name": "A", "company": .string(try bench.company()),
        "lines": [["name": "X", "price": "5"]],
      ])
    let id = ID<Deal>(made["deal"]?.string ?? "")
    let quote = made["document"]?.string ?? ""
    let connector = try bench.connector()
    let before = try await connector.relations(of: [id])
    #expect(before[id] == (try await read(bench, id.rawValue)).relations)
    let (_, cursor) = try await bench.poll(connector, .deals)
    bench.clock.advance(.seconds(600))
    try bench.person(
      "edit",
      ["type": "Quotes", "id": .string(quote), "properties": ["Quote_Stage": "Draft"]])
    let (pages, _) = try await bench.poll(
      connector, .lines, from: FeedCursor(highWater: cursor.highWater))
    #expect(pages.flatMap(\.lines).map(\.id) == [quote])
    #expect(pages.flatMap(\.lines).first?.deal == id)
    let after = try await connector.relations(of: [id, ID("999999")])
    #expect(after[id] != before[id])
    #expect(after.count == 1)
  }

  @Test("a deal that waits for approval is not gone; one being merged is not touched")
  func unusual() async throws {
    let bench = ZohoBench()
    let (waiting, merging) = (try bench.deal("A", ["stage": "Closed Won"]), try bench.deal("B"))
    try bench.person(
      "mark", ["type": "Deals", "id": .string(waiting), "needs_approval": true])
    try bench.person("mark", ["type": "Deals", "id": .string(merging), "merging": true])
    let answers = try await (try bench.connector()).deals([ID(waiting), ID(merging)])
    guard case .found = answers[0], case .rejected(_, let reason) = answers[1] else {
      Issue.record("\(answers)")
      return
    }
    #expect(reason.contains("merged"))
    let (pages, _) = try await bench.poll(bench.connector())
    #expect(!pages.zohoDeals.contains(waiting))
  }

  @Test(
    "amounts and currencies",
    arguments: [(true, "JPY", "JPY"), (true, "AUD", "AUD"), (false, "AUD", "NZD")])
  func currencies(_ multi: Bool, _ written: String, _ read: String) async throws {
    let bench = ZohoBench()
    try bench.person("org", ["multicurrency": .bool(multi)])
    let id = try bench.deal("A", ["currency": .string(written), "amount": "35000"])
    let deal = try await self.read(bench, id)
    #expect(deal.currency?.code == read)
    #expect(deal.amount == ExactDecimal(35_000))
  }

  @Test("further fields are read by label or API name")
  func fields() async throws {
    let bench = ZohoBench { $0.extraDealFields = ["Region", "Next_Step"] }
    try bench.person(
      "create_field",
      [
        "type": "Deals", "name": "Region", "data_type": "picklist",
        "choices": ["North", "South"],
      ])
    let id = try bench.deal("A", ["properties": ["Region": "South", "Next_Step": "Call"]])
    let deal = try await read(bench, id)
    #expect(deal.fields == ["Region": "South", "Next_Step": "Call"])
  }
}
