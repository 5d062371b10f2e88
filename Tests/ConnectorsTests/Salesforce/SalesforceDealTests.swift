import Connectors
import Domain
import Sandbox
import Testing

@Suite("Salesforce: deals with their products")
struct SalesforceDealTests {
  private func read(_ bench: SalesforceBench, _ id: String) async throws -> Deal {
    let answers = try await bench.connector().deals([ID(id)])
    guard case .found(let deal)? = answers.first else {
      Issue.record("\(answers)")
      return Deal(
        id: ID("?"), url: "", name: "", pipeline: Choice(id: "", label: ""),
        stage: Choice(id: "", label: ""))
    }
    return deal
  }

  @Test("a won deal with products, codes, discounts and people")
  func whole() async throws {
    let bench = SalesforceBench()
    let mere = try bench.record("Contact") { $0["FirstName"]?.string == "Mere" }["Id"]
    let owen = try bench.record("Contact") { $0["FirstName"]?.string == "Owen" }["Id"]
    let id = try bench.deal(
      "Relaunch",
      [
        "stage": "Closed Won", "close_date": "2026-11-19", "owner": "tom@kauri.example",
        "properties": ["Payment_Terms__c": "20 days", "Xero_Invoice_Number__c": "INV-1"],
        "lines": [
          ["name": "Design", "quantity": "2", "price": "1200.00", "SortOrder": 2],
          [
            "name": "Installation", "quantity": "1.5", "price": "100.10",
            "discount_percentage": "10", "description": "On site", "SortOrder": 1,
          ],
          ["name": "Consulting hour", "quantity": "3", "price": "50.00"],
        ],
      ])
    for (contact, isPrimary) in [(mere, false), (owen, true)] {
      try bench.person(
        "create",
        [
          "type": "OpportunityContactRole",
          "properties": [
            "OpportunityId": .string(id), "ContactId": contact ?? .null,
            "IsPrimary": .bool(isPrimary),
          ],
        ])
    }
    let deal = try await read(bench, id)
    #expect(deal.url == "http://localhost:1/\(id)")
    #expect(deal.outcome == .won)
    #expect(deal.wonOn == CalendarDate("2026-11-19").map { .day($0) })
    #expect(deal.ownerID?.rawValue == (try bench.user("tom@kauri.example")))
    #expect(deal.paymentTerms == "20 days")
    #expect(deal.reported[.invoiceNumber] == "INV-1")
    #expect(deal.currency?.code == "NZD")
    #expect(deal.companyIDs == [ID(try bench.company())])
    #expect(deal.personIDs == [owen, mere].map { ID($0?.string ?? "") })
    #expect(deal.isComplete)
    #expect(deal.lines.map(\.name) == ["Installation", "Design", "Consulting hour"])
    #expect(deal.lines.map(\.sku) == ["INST", nil, "CONS-H"])
    #expect(deal.lines[0].description == "On site")
    #expect(deal.lines[0].discount == .percent(ExactDecimal(10)))
    #expect(deal.lines.flatMap { $0.problems }.isEmpty)
    #expect(deal.amount?.plain == "2685.14")
  }

  @Test(
    "a line whose total was set by hand comes to that total",
    arguments: [
      // Quantity, total, discount: what is invoiced.
      ("3", "100.00", nil, "3", "33.3333"), ("7000", "100.00", nil, "1", "100"),
      ("4", "100.00", nil, "4", "25"), ("3", "90.00", "10", "3", "33.3333"),
    ] as [(String, String, String?, String, String)])
  func totals(
    _ quantity: String, _ total: String, _ discount: String?, _ pieces: String, _ price: String
  ) async throws {
    let bench = SalesforceBench()
    var line: JSONValue.Object = [
      "name": "X", "quantity": .string(quantity), "total": .string(total),
    ]
    if let discount { line["discount_percentage"] = .string(discount) }
    let id = try bench.deal("A", ["lines": [.object(line)]])
    let found = try await read(bench, id).lines[0]
    #expect(found.quantity?.plain == pieces)
    #expect(found.unitPrice?.plain == price)
    let share = found.discount == nil ? ExactDecimal.hundred : ExactDecimal(90)
    let quantity = try #require(found.quantity)
    let sum = try quantity.multiplied(by: try #require(found.unitPrice))
      .multiplied(by: share).divided(by: .hundred, decimals: 8).rounded(2)
    #expect(sum == (try ExactDecimal(parsing: total)))
  }

  @Test(
    "stages mean what their marks say, whatever they are called",
    arguments: [
      ("Prospecting", Deal.Outcome.open), ("Closed Won", .won), ("Paid", .won),
      ("Closed Lost", .lost),
    ])
  func stages(_ stage: String, _ outcome: Deal.Outcome) async throws {
    let bench = SalesforceBench()
    let id = try bench.deal("A", ["stage": .string(stage), "close_date": "2026-12-24"])
    try bench.person("rename_stage", ["stage": .string(stage), "label": "Renamed"])
    let deal = try await read(bench, id)
    #expect(deal.outcome == outcome)
    #expect(deal.stage == Choice(id: stage, label: "Renamed"))
    switch outcome {
    case .won: #expect(deal.wonOn == CalendarDate("2026-12-24").map { .day($0) })
    // The close date of an open deal is a forecast.
    case .open:
      #expect(deal.wonOn == .moment(Instant(milliseconds: SalesforceClock.start)))
    case .lost: #expect(deal.wonOn == nil)
    }
  }

  @Test("with several currencies every record has its own; with one the organisation tells")
  func currencies() async throws {
    let bench = SalesforceBench()
    let plain = try bench.deal("A", ["amount": "10"])
    #expect(try await read(bench, plain).currency?.code == "NZD")
    try bench.person("org", ["multi_currency": true])
    let foreign = try bench.deal(
      "B", ["currency": "AUD", "lines": [["name": "X", "price": "5"]]])
    let deal = try await read(bench, foreign)
    #expect(deal.currency?.code == "AUD")
    #expect(deal.lines.map { $0.currency?.code } == ["AUD"])
    let told = SalesforceBench { $0.options["currency"] = Sourced("USD") }
    let id = try told.deal("A", ["amount": "10"])
    #expect(try await read(told, id).currency?.code == "USD")
  }

  @Test("what changes on a deal without its own stamp shows in its relations")
  func relations() async throws {
    let bench = SalesforceBench()
    let made = try bench.person(
      "create_deal",
      [
        "name": "A", "company": .string(try bench.company()),
        "lines": [["name": "X", "price": "5"]],
      ])
    let id = ID<Deal>(made["deal"]?.string ?? "")
    let connector = try bench.connector()
    let before = try await connector.relations(of: [id])
    #expect(before[id] == (try await read(bench, id.rawValue)).relations)
    let product = try bench.record("Product2") { $0["Name"]?.string == "X" }
    try bench.person(
      "edit",
      ["type": "Product2", "id": product["Id"] ?? .null, "properties": ["Name": "Renamed"]])
    let after = try await connector.relations(of: [id, ID("0065g00000zzzzzAAA"), ID("x' OR")])
    #expect(after[id] != before[id])
    #expect(after.count == 1)
  }

  @Test("fields of rules are read where they are, and fields of parents for lines")
  func extras() async throws {
    let bench = SalesforceBench {
      $0.extraDealFields = ["Region__c", "NextStep", "Nowhere__c", "Id FROM User"]
      $0.extraLineFields = ["ServiceDate"]
    }
    try bench.person(
      "create_field",
      [
        "type": "Opportunity", "name": "Region__c", "field_type": "Picklist",
        "values": ["north", "south"],
      ])
    let id = try bench.deal(
      "A",
      [
        "properties": ["Region__c": "north", "NextStep": "Call"],
        "lines": [["name": "X", "price": "5", "ServiceDate": "2026-12-01"]],
      ])
    let deal = try await read(bench, id)
    #expect(deal.fields == ["Region__c": "north", "NextStep": "Call"])
    #expect(deal.lines[0].fields == ["ServiceDate": "2026-12-01"])
    #expect(bench.queries.allSatisfy { !$0.contains("FROM User,") && !$0.contains("Nowhere") })
  }

  @Test("many deals are read in a few calls, each with its own")
  func many() async throws {
    let bench = SalesforceBench()
    try bench.person("bulk", ["deals": 450, "lines_per_deal": 2, "accounts": 3])
    try bench.person("org", ["page_size": 150])
    let ids = try bench.records("Opportunity").compactMap { $0["Id"]?.string }
    let connector = try bench.connector()
    _ = try await connector.catalogue()
    bench.world.clearLog()
    let answers = try await connector.deals(ids.map { ID($0) })
    let deals = answers.compactMap { answer -> Deal? in
      if case .found(let deal) = answer { deal } else { nil }
    }
    #expect(deals.count == 450)
    #expect(deals.allSatisfy { $0.lines.count == 2 && $0.companyIDs.count == 1 })
    #expect(bench.calls.contains { $0.hasPrefix("GET /query/") }, "pages are followed")
  }
}
