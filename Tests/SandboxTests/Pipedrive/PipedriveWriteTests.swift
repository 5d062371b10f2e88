import Sandbox
import Testing

@Suite("Pipedrive sandbox: writes")
struct PipedriveWriteTests {
  @Test(
    "types are strict and unknown keys are refused",
    arguments: [
      ("deals", ["title": "A", "value": "5"]), ("deals", ["value": 5]),
      ("deals", ["title": "A", "is_archived": 1]), ("deals", ["title": "A", "status": "paid"]),
      ("deals", ["title": "A", "person_id": 424_242]), ("deals", ["title": "A", "stage_id": 999]),
      ("deals", ["title": "A", "pipeline_id": 2, "stage_id": 11]),
      ("deals", ["title": "A", "currency": "XXX"]),
      ("deals", ["title": "A", "custom_fields": [:]]),
      ("deals", ["title": "A", "won_time": "2026-11-01T00:00:00Z"]),
      ("deals", ["title": "A", "0123456789012345678901234567890123456789": "x"]),
      ("deals", ["title": "A", "owner_id": 9004]),
      ("organizations", ["name": "A", "address": ["locality": "Auckland"]]),
      ("organizations", ["address": ["value": "x"]]),
      ("persons", ["name": "A", "emails": "a@example.org"]),
      ("persons", ["name": "A", "email": "a@example.org"]),
      ("activities", ["subject": "A", "person_id": 1]), ("activities", ["type": "nonsense"]),
      ("products", ["name": "A", "prices": [["price": "5", "currency": "NZD"]]]),
    ] as [(String, JSONValue)])
  func refused(_ collection: String, _ body: JSONValue) {
    var client = PipedriveClient()
    let answer = client.json("POST", "/api/v2/\(collection)", body, status: 400)
    #expect(answer["success"]?.bool == false)
    #expect(["ERR_SCHEMA_VALIDATION_FAILED", "ERR_BAD_REQUEST"].contains(answer["code"]?.string))
  }

  @Test("winning sets won_time, reopening takes it back, a given time is kept")
  func winning() {
    var client = PipedriveClient()
    let deal = client.deal()
    client.control("win", ["deal": .integer(deal)])
    let won = client.json("GET", "/api/v2/deals/\(deal)")["data"]
    #expect(won?["status"]?.string == "won")
    #expect(won?["won_time"]?.string == won?["update_time"]?.string)
    client.advance(seconds: 60)
    client.control("reopen", ["deal": .integer(deal)])
    let open = client.json("GET", "/api/v2/deals/\(deal)")["data"]
    #expect(open?["won_time"]?.isNull == true)
    let given = client.json(
      "PATCH", "/api/v2/deals/\(deal)",
      ["status": "won", "won_time": "2026-10-31T11:30:00Z"])["data"]
    #expect(given?["won_time"]?.string == "2026-10-31T11:30:00Z")
    #expect(given?["close_time"]?.string == "2026-10-31T11:30:00Z")
  }

  @Test("PATCH replaces lists whole and nulls the parts of an address left out")
  func replaced() {
    var client = PipedriveClient()
    let person = client.json(
      "POST", "/api/v2/persons",
      ["name": "Ana", "emails": [["value": "a@x.example"], ["value": "b@x.example"]]])["data"]
    #expect(person?["emails"]?[0]?["primary"]?.bool == true)
    #expect(person?["emails"]?[1]?["label"]?.string == "work")
    let id = person?["id"]?.int ?? 0
    let changed = client.json(
      "PATCH", "/api/v2/persons/\(id)", ["emails": [["value": "c@x.example"]]])["data"]
    #expect(changed?["emails"]?.array?.count == 1)
    let firm = client.json(
      "POST", "/api/v2/organizations",
      ["name": "Firm", "address": ["value": "1 A St", "locality": "B"]])["data"]
    let moved = client.json(
      "PATCH", "/api/v2/organizations/\(firm?["id"]?.int ?? 0)",
      ["address": ["value": "2 C St"]])["data"]
    #expect(moved?["address"]?["locality"]?.isNull == true)
    #expect(moved?["name"]?.string == "Firm")
  }

  @Test("custom fields take values of their own type only")
  func customFields() {
    var client = PipedriveClient()
    let deal = client.deal()
    let money = client.json(
      "POST", "/api/v2/dealFields", ["field_name": "Due", "field_type": "monetary"])
    let code = money["data"]?["field_code"]?.string ?? ""
    let address = "/api/v2/deals/\(deal)"
    client.json("PATCH", address, ["custom_fields": .object([code: 5])], status: 400)
    client.json(
      "PATCH", address, ["custom_fields": .object([code: ["value": 5]])], status: 400)
    let set = client.json(
      "PATCH", address,
      ["custom_fields": .object([code: ["value": .number("5.50"), "currency": "NZD"]])])
    #expect(set["data"]?["custom_fields"]?[code]?["value"]?.digits == "5.5")
    client.json(
      "PATCH", address, ["custom_fields": .object([client.key("Xero due date"): "1.2.2027"])],
      status: 400)
    // Two calls make two fields of one name.
    client.json("POST", "/api/v2/dealFields", ["field_name": "Due", "field_type": "text"])
    let fields = client.json("GET", "/api/v2/dealFields?limit=500")["data"]?.array ?? []
    #expect(fields.count { $0["field_name"]?.string == "Due" } == 2)
    client.control("company", ["most_fields": 3])
    let capped = client.json(
      "POST", "/api/v2/dealFields", ["field_name": "More", "field_type": "text"], status: 403)
    #expect(capped["code"]?.string?.hasPrefix("feature_capping_") == true)
  }

  @Test("a deal's value follows its rows and discounts; the tax method is one for all rows")
  func rows() {
    var client = PipedriveClient()
    let deal = client.deal(
      "A",
      [
        "lines": [
          ["name": "Design", "quantity": "2", "price": "30.23", "tax": "15"],
          [
            "name": "Build", "quantity": "1", "price": "100.00", "discount_percentage": "10",
            "tax": "15", "tax_method": "inclusive",
          ],
        ]
      ])
    let rows = client.json("GET", "/api/v2/deals/products?deal_ids=\(deal)")["data"]?.array ?? []
    #expect(rows.map { $0["sum"]?.digits } == ["60.46", "90"])
    #expect(rows.allSatisfy { $0["tax_method"]?.string == "inclusive" })
    #expect(client.json("GET", "/api/v2/deals/\(deal)")["data"]?["value"]?.digits == "150.46")
    client.json(
      "POST", "/api/v2/deals/\(deal)/discounts",
      ["type": "amount", "amount": .number("0.46"), "description": "Rounding"], status: 201)
    #expect(client.json("GET", "/api/v2/deals/\(deal)")["data"]?["value"]?.digits == "150")
    client.json("PATCH", "/api/v2/deals/\(deal)", ["value": 1])
    #expect(client.json("GET", "/api/v2/deals/\(deal)")["data"]?["value"]?.digits == "150")
    let row = rows[0]["id"]?.int ?? 0
    client.json("PATCH", "/api/v2/deals/\(deal)/products/\(row)", ["is_enabled": false])
    #expect(client.json("GET", "/api/v2/deals/\(deal)")["data"]?["value"]?.digits == "89.54")
  }

  @Test(
    "billing rules of recurring rows",
    arguments: [
      (["billing_frequency": "weekly"], 400),
      (
        [
          "billing_frequency": "weekly",
          "billing_frequency_cycles": 4,
        ], 201
      ), (["billing_frequency_cycles": 4], 400),
      (["billing_frequency": "monthly"], 201), (["billing_frequency": "biweekly"], 400),
      (["billing_frequency": "monthly", "billing_frequency_cycles": 209], 400),
    ] as [(JSONValue, Int)])
  func recurring(_ more: JSONValue, _ status: Int) {
    var client = PipedriveClient()
    let deal = client.deal()
    let product = client.ids("/api/v2/products")[0]
    var body: JSONValue.Object = [
      "product_id": .integer(product), "item_price": 10, "quantity": 1,
    ]
    for (name, value) in more.object ?? [:] { body[name] = value }
    client.json("POST", "/api/v2/deals/\(deal)/products", .object(body), status: status)
  }

  @Test("a merge deletes the record in the path, fills the survivor's gaps and names nobody")
  func merging() {
    var client = PipedriveClient()
    let loser = client.deal("Old", ["properties": ["Xero invoice number": "INV-7"]])
    let survivor = client.deal("New", ["lines": [["name": "X", "price": "5"]]])
    client.advance(seconds: 5)
    client.json(
      "PUT", "/v1/deals/\(loser)/merge", ["merge_with_id": .integer(survivor)])
    #expect(client.ids("/api/v2/deals?status=open,won,lost,deleted") == [loser, survivor])
    let shown = client.json("GET", "/api/v2/deals/\(survivor)")["data"]
    #expect(shown?["title"]?.string == "New")
    #expect(
      shown?["custom_fields"]?[client.key("Xero invoice number")]?.string == "INV-7")
    let gone = client.json("GET", "/api/v2/deals/\(loser)")["data"]
    #expect(gone?["is_deleted"]?.bool == true)
    #expect(gone?["update_time"]?.string == shown?["update_time"]?.string)
    let log = client.json("GET", "/v1/deals/\(survivor)/changelog")["data"]?.array ?? []
    #expect(!log.isEmpty)
  }
}
