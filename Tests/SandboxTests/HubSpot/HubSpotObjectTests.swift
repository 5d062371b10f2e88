import Foundation
import Sandbox
import Testing

@Suite struct HubSpotObjectTests {
  @Test(arguments: [
    "/crm/v3/objects/deals", "/crm/v3/objects/deals/", "/crm/v3/objects/0-3",
    "/crm/objects/2026-03/0-3", "/crm/objects/2026-09/deals", "/crm/objects/2026-09/deal",
  ])
  func servesEveryEditionAndSpelling(_ path: String) {
    var client = HubSpotClient()
    let id = client.deal("One", more: ["company": "1001", "contacts": ["1002"]])
    let reply = client.json(
      "GET",
      path + "?archived=False&properties=dealname&properties=hs_is_closed_won,nosuch"
        + "&associations=companies,line_items,contacts")
    let record = reply["results"]?[0]
    for key in ["id", "properties", "createdAt", "updatedAt", "archived"] {
      #expect(record?[key] != nil, "\(key)")
    }
    #expect(record?["id"]?.string == id)
    #expect(record?["properties"]?["hs_is_closed_won"]?.string == "false")
    #expect(record?["properties"]?["nosuch"] == nil)
    #expect(record?["archived"]?.bool == false)
    #expect(
      record?["associations"]?["companies"]?["results"]
        == [
          ["id": "1001", "type": "deal_to_company"],
          ["id": "1001", "type": "deal_to_company_unlabeled"],
        ])
    #expect(record?["associations"]?["line items"] == nil)
    #expect(reply["paging"] == nil)
  }

  @Test(arguments: ["/crm/objects/v3/deals", "/crm/2026-09/objects/deals", "/crm/v3/deals"])
  func knowsNoOtherShape(_ path: String) {
    var client = HubSpotClient()
    client.json("GET", path, status: 404)
  }

  @Test func listsByIdCursor() {
    var client = HubSpotClient()
    client.control("bulk", ["deals": 25])
    var seen: [String] = []
    var after = ""
    repeat {
      let reply = client.json("GET", "/crm/v3/objects/deals?limit=10&after=\(after)")
      seen += client.ids(reply)
      after = reply["paging"]?["next"]?["after"]?.string ?? ""
    } while !after.isEmpty
    #expect(seen == client.world.records(.deals).map(\.id))
    client.json("GET", "/crm/v3/objects/deals?limit=101", status: 400)
    client.json(
      "GET", "/crm/v3/objects/deals?limit=51&propertiesWithHistory=amount", status: 400)
  }

  @Test(
    arguments: [
      ("nosuch", "1", "PROPERTY_DOESNT_EXIST"),
      ("amount", "1,000", "INVALID_INTEGER"),
      ("dealstage", "nostage", "INVALID_OPTION"),
      ("pipeline", "nopipe", "INVALID_OPTION"),
      ("deal_currency_code", "SEK", "INVALID_OPTION"),
      ("hubspot_owner_id", "504", "INVALID_OPTION"),
      ("hs_is_closed_won", "true", "READ_ONLY_VALUE"),
      ("hs_lastmodifieddate", "1", "READ_ONLY_VALUE"),
      ("closedate", "soon", "INVALID_DATE"),
      ("xero_due_date", "2026-02-30", "INVALID_DATE"),
      ("xero_due_date", "1800000000001", "INVALID_DATE"),
      ("xero_amount_due", "12.3.4", "INVALID_INTEGER"),
    ] as [(String, JSONValue, String)])
  func refusesBadValues(_ name: String, _ value: JSONValue, _ code: String) throws {
    var client = HubSpotClient(.demo(withSyncFields: true))
    let id = client.deal()
    let before = client.world.deal(id)
    let reply = client.json(
      "PATCH", "/crm/v3/objects/deals/\(id)", ["properties": [name: value]], status: 400)
    let message = try #require(reply["message"]?.string)
    let prefix = "Property values were not valid: "
    #expect(message.hasPrefix(prefix))
    let inside = try JSONValue.parse(Data(message.dropFirst(prefix.count).utf8))
    #expect(inside[0]?["error"]?.string == code)
    #expect(inside[0]?["name"]?.string == name)
    #expect(inside[0]?["isValid"]?.bool == false)
    #expect(inside[0]?["portalId"]?.int != nil)
    #expect(reply["correlationId"]?.string?.count == 36)
    #expect(client.world.deal(id) == before)
  }

  @Test(
    arguments: [
      ("amount", 1500, "1500"), ("amount", "1500.00", "1500.00"),
      ("closedate", "2026-11-22", "2026-11-22T00:00:00.000Z"),
      ("closedate", "1795341600000", "2026-11-22T10:00:00.000Z"),
      ("closedate", "2026-11-22T23:00:00+13:00", "2026-11-22T10:00:00.000Z"),
      ("xero_due_date", "1795305600000", "2026-11-22"),
      ("xero_due_date", "2026-11-22", "2026-11-22"),
      ("dealname", "", nil), ("dealname", .null, nil),
    ] as [(String, JSONValue, String?)])
  func storesEveryValueAsText(_ name: String, _ value: JSONValue, _ stored: String?) {
    var client = HubSpotClient(.demo(withSyncFields: true))
    let id = client.deal()
    let reply = client.json(
      "PATCH", "/crm/v3/objects/deals/\(id)", ["properties": [name: value]])
    #expect(reply["properties"]?[name] == stored.map { .string($0) } ?? .null)
    #expect(client.world.deal(id)?[name] == stored)
  }

  @Test func syncFieldsAreAbsentUnlessAskedFor() {
    var client = HubSpotClient()
    client.json("GET", "/crm/v3/properties/deals/xero_invoice_number", status: 404)
    client = HubSpotClient(.demo(withSyncFields: true))
    client.json("GET", "/crm/v3/properties/deals/xero_invoice_number")
    client.json("GET", "/crm/v3/properties/companies/xero_contact_id")
  }

  @Test(
    arguments: [
      ("deals", ["dealname": "x", "dealstage": "closedwon"], "pipeline"),
      ("deals", ["dealstage": "closedwon", "pipeline": "default"], "dealname"),
      ("tasks", ["hs_task_subject": "x"], "hs_timestamp"),
      ("notes", ["hs_note_body": "x"], "hs_timestamp"),
      ("contacts", ["phone": "1"], "email"),
      ("companies", ["phone": "1"], "domain"),
    ] as [(String, JSONValue, String)])
  func requiresProperties(_ type: String, _ values: JSONValue, _ name: String) {
    var client = HubSpotClient()
    let reply = client.json(
      "POST", "/crm/v3/objects/\(type)", ["properties": values], status: 400)
    #expect(String(decoding: reply.serialized(), as: UTF8.self).contains(name))
  }

  @Test func emailIsUnique() {
    var client = HubSpotClient()
    let reply = client.json(
      "POST", "/crm/v3/objects/contacts",
      ["properties": ["email": "MERE@HarbourLights.example"]], status: 409)
    #expect(reply["message"]?.string == "Contact already exists. Existing ID: 1002")
    #expect(reply["category"]?.string == "CONFLICT")
    let found = client.json(
      "GET", "/crm/v3/objects/contacts/mere@harbourlights.example?idProperty=email")
    #expect(found["id"]?.string == "1002")
  }

  @Test func archiveKeepsTheStampAndRestoreTheId() {
    var client = HubSpotClient()
    let id = client.deal()
    let stamp = client.world.deal(id)?.modified
    client.advance(milliseconds: 5000)
    #expect(client.call("DELETE", "/crm/v3/objects/deals/\(id)").status == 204)
    #expect(client.call("DELETE", "/crm/v3/objects/deals/99999").status == 204)
    client.json("GET", "/crm/v3/objects/deals/\(id)", status: 404)
    let archived = client.json("GET", "/crm/v3/objects/deals/\(id)?archived=true")
    #expect(archived["archived"]?.bool == true)
    #expect(archived["archivedAt"]?.string != nil)
    #expect(client.ids(client.json("GET", "/crm/v3/objects/deals?archived=true")) == [id])
    #expect(client.ids(client.json("GET", "/crm/v3/objects/deals")).isEmpty)
    #expect(client.world.deal(id)?.modified == stamp)
    client.control("restore", ["type": "deals", "id": .string(id)])
    #expect(client.json("GET", "/crm/v3/objects/deals/\(id)")["id"]?.string == id)
  }

  @Test func winningIsDerivedFromTheStage() {
    var client = HubSpotClient()
    let id = client.deal()
    client.advance(milliseconds: 1000)
    client.control("move_deal", ["deal": .string(id), "stage": "Closed Won"])
    let won = client.world.deal(id)
    #expect(won?["hs_is_closed_won"] == "true")
    #expect(won?["hs_is_closed"] == "true")
    #expect(won?["hs_closed_won_date"] == won?["hs_lastmodifieddate"])
    #expect(won?["closedate"] == won?["hs_lastmodifieddate"])
    client.json(
      "PATCH", "/crm/v3/objects/deals/\(id)", ["properties": ["dealstage": "contractsent"]])
    #expect(client.world.deal(id)?["hs_closed_won_date"] == nil)
    client.control(
      "move_deal",
      ["deal": .string(id), "stage": "88003", "pipeline": "Renewals", "closedate": "2026-01-05"])
    #expect(client.world.deal(id)?["hs_is_closed_won"] == "true")
    #expect(client.world.deal(id)?["closedate"] == "2026-01-05T00:00:00.000Z")
  }

  @Test(
    arguments: [
      (["price": "234.56", "quantity": 10, "discount_percentage": 20], "1876.48", "469.12"),
      (["price": "100", "quantity": 3, "discount": "10.005"], "269.99", "30.02"),
      (["price": "0.333333", "quantity": 3], "1.00", "0.00"),
      (["price": "1.005", "quantity": 1], "1.01", "0.00"),
      (
        ["price": "99.99", "quantity": "0.5", "discount_percentage": "33.333333"], "33.33", "16.66"
      ),
      (["price": "1050.5", "quantity": 1, "currency": "JPY"], "1051", "0"),
    ] as [(JSONValue, String, String)])
  func lineAmountsAreExact(_ line: JSONValue, _ amount: String, _ discount: String) {
    var client = HubSpotClient()
    var fields = line.object ?? [:]
    fields["name"] = "L"
    fields["tax_rate_group"] = "701"
    let id = client.deal(lines: [.object(fields)])
    let item = client.world.linked(.deals, id, to: .lineItems).first
    #expect(item?["amount"] == amount)
    #expect(item?["hs_total_discount"] == discount)
    #expect(item?["hs_tax_rate"] == "15")
    if amount == "1876.48" {
      #expect(item?["hs_tax_amount"] == "281.47")
      #expect(item?["hs_post_tax_amount"] == "2157.95")
    }
  }

  @Test func lineChangesLeaveTheDealAlone() {
    var client = HubSpotClient()
    let id = client.deal(lines: [["name": "A", "price": "10", "quantity": 2]])
    #expect(client.world.deal(id)?["amount"] == "20.00")
    let before = client.world.deal(id)
    client.advance(milliseconds: 1000)
    let line = client.control(
      "add_line", ["deal": .string(id), "line": ["name": "B", "price": "5"]])["line"]
    #expect(client.world.deal(id)?.modified == before?.modified)
    #expect(client.world.deal(id)?["amount"] == "20.00")
    client.control("edit_line", ["line": line ?? .null, "price": "7", "recalculate": true])
    #expect(client.world.deal(id)?["amount"] == "27.00")
    client.control("remove_line", ["line": line ?? .null])
    #expect(client.world.linked(.deals, id, to: .lineItems).count == 1)
  }

  @Test func aProductIsCopiedOnce() {
    var client = HubSpotClient()
    let product = client.world.records(.products).first
    let made = client.json(
      "POST", "/crm/v3/objects/line_items",
      ["properties": ["hs_product_id": .string(product?.id ?? ""), "quantity": "2"]], status: 201)
    #expect(made["properties"]?["price"]?.string == product?["price"])
    #expect(made["properties"]?["name"]?.string == product?["name"])
  }

  @Test func newestEditionEnforcesMandatoryProperties() {
    var client = HubSpotClient()
    client.control("require", ["type": "deals", "properties": ["hs_next_step"]])
    let id = client.deal()
    let change: JSONValue = ["properties": ["description": "x"]]
    client.json("PATCH", "/crm/v3/objects/deals/\(id)", change)
    client.json("PATCH", "/crm/objects/2026-03/deals/\(id)", change)
    client.json("PATCH", "/crm/objects/2026-09/deals/\(id)", change, status: 400)
  }
}
