import Foundation
import Sandbox
import Testing

@Suite struct HubSpotAssociationTests {
  private static let areas = [
    "/crm/v4/associations", "/crm/associations/2026-03", "/crm/associations/2026-09",
  ]

  @Test(arguments: areas)
  func batchReadGivesNumbers(_ area: String) {
    var client = HubSpotClient()
    let deal = client.deal(more: ["company": "1001", "contacts": ["1002"]])
    let lonely = client.deal("Lonely")
    let reply = client.json(
      "POST", area + "/deals/companies/batch/read", ["inputs": [["id": .string(deal)]]])
    let result = reply["results"]?[0]
    #expect(result?["from"]?["id"]?.string == deal)
    #expect(result?["to"]?[0]?["toObjectId"] == 1001)
    #expect(
      result?["to"]?[0]?["associationTypes"]
        == [
          ["category": "HUBSPOT_DEFINED", "typeId": 5, "label": "Primary"],
          ["category": "HUBSPOT_DEFINED", "typeId": 341, "label": nil],
        ])
    let part = client.json(
      "POST", area + "/0-3/0-1/batch/read",
      ["inputs": [["id": .string(deal)], ["id": .string(lonely)]]],
      status: area.hasSuffix("2026-09") ? 200 : 207)
    #expect(part["results"]?.array?.count == 1)
    #expect(
      part["errors"]?[0]?["subCategory"]?.string == "crm.associations.NO_ASSOCIATIONS_FOUND")
  }

  @Test func pagesLongLists() {
    var client = HubSpotClient()
    client.control("limits", ["association_page": 2])
    let lines = (0..<5).map { index -> JSONValue in ["name": "L\(index)", "price": "1"] }
    let deal = client.deal(lines: .array(lines))
    var seen: [String] = []
    var after: String?
    repeat {
      var input: JSONValue.Object = ["id": .string(deal)]
      if let after { input["after"] = .string(after) }
      let result = client.json(
        "POST", "/crm/v4/associations/deals/line_items/batch/read", ["inputs": [.object(input)]])[
          "results"]?[0]
      seen += (result?["to"]?.array ?? []).compactMap { $0["toObjectId"]?.digits }
      after = result?["paging"]?["next"]?["after"]?.string
    } while after != nil
    #expect(seen == client.world.deal(deal)?.links[.lineItems]?.map(\.id))
    let single = client.json("GET", "/crm/v4/objects/deals/\(deal)/associations/line_items?limit=2")
    #expect(single["results"]?.array?.count == 2)
    #expect(single["paging"]?["next"]?["after"] != nil)
  }

  @Test func linkingDoesNotMoveTheStamp() {
    var client = HubSpotClient()
    let deal = client.deal()
    let before = client.world.deal(deal)?.modified
    client.advance(milliseconds: 1000)
    client.json(
      "PUT", "/crm/v4/objects/deals/\(deal)/associations/default/companies/1001")
    client.json(
      "PUT", "/crm/v4/objects/deals/\(deal)/associations/companies/1004",
      [["associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 5]], status: 201)
    client.json(
      "POST", "/crm/v4/associations/deals/companies/batch/create",
      [
        "inputs": [
          [
            "from": ["id": .string(deal)], "to": ["id": "1001"],
            "types": [["associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 5]],
          ]
        ]
      ], status: 201)
    client.json(
      "POST", "/crm/associations/2026-09/deals/contacts/batch/associate/default",
      ["inputs": [["from": ["id": .string(deal)], "to": ["id": "1002"]]]])
    let view = client.world.deal(deal)
    #expect(view?.modified == before)
    #expect(view?.links[.companies]?.map(\.typeIDs) == [[5, 341], [341]])
    #expect(view?.links[.contacts]?.map(\.id) == ["1002"])
    let back = client.json("GET", "/crm/objects/2026-09/companies/1001/associations/deals")
    let types = back["results"]?[0]?["associationTypes"]?.array?.compactMap { $0["typeId"]?.int }
    #expect(types == [6, 342])
  }

  @Test(arguments: [("/crm/v4/associations", 204), ("/crm/associations/2026-03", 200)])
  func archives(_ area: String, _ status: Int) {
    var client = HubSpotClient()
    let deal = client.deal(more: ["company": "1001"])
    let pair: JSONValue = [
      "inputs": [["from": ["id": .string(deal)], "to": [["id": "1001"]]]]
    ]
    let answer = client.call("POST", area + "/deals/companies/batch/archive", pair)
    #expect(answer.status == status)
    #expect(client.world.deal(deal)?.links[.companies] == nil)
    #expect(client.world.linked(.companies, "1001", to: .deals).isEmpty)
  }

  @Test(arguments: [4, 341, 999])
  func typeIdsAreDirectional(_ type: Int) {
    var client = HubSpotClient()
    let deal = client.deal()
    client.json(
      "PUT", "/crm/v4/objects/deals/\(deal)/associations/contacts/1002",
      [["associationCategory": "HUBSPOT_DEFINED", "associationTypeId": .integer(type)]],
      status: 400)
  }

  @Test func createsTaskOnDeal() {
    var client = HubSpotClient()
    let deal = client.deal()
    let task = client.json(
      "POST", "/crm/objects/2026-09/tasks",
      [
        "properties": [
          "hs_timestamp": "2026-11-22T00:00:00Z", "hs_task_subject": "Chase",
          "hs_task_priority": "HIGH", "hubspot_owner_id": "501",
        ],
        "associations": [
          [
            "to": ["id": .string(deal)],
            "types": [["associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 216]],
          ]
        ],
      ], status: 201)
    #expect(client.world.tasks(ofDeal: deal).map(\.id) == [task["id"]?.string])
    #expect(client.world.tasks(ofDeal: deal).first?["hs_task_status"] == "NOT_STARTED")
  }

  @Test func aLineItemHasOneDeal() {
    var client = HubSpotClient()
    _ = client.deal(lines: [["name": "L", "price": "1"]])
    let other = client.deal("Other")
    let line = client.world.records(.lineItems).first?.id ?? ""
    client.json(
      "PUT", "/crm/v4/objects/deals/\(other)/associations/default/line_items/\(line)", status: 400)
  }

  @Test func archivedEndsAreNotShown() {
    var client = HubSpotClient()
    let deal = client.deal(more: ["company": "1001"])
    client.control("archive", ["type": "companies", "id": "1001"])
    #expect(client.world.deal(deal)?.links[.companies] == nil)
    client.control("restore", ["type": "companies", "id": "1001"])
    #expect(client.world.deal(deal)?.links[.companies]?.count == 1)
  }
}
