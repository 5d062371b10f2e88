import Foundation
import Sandbox
import Testing

@Suite struct HubSpotBatchTests {
  private static let editions = ["/crm/v3/objects", "/crm/objects/2026-03", "/crm/objects/2026-09"]

  private func expectEnvelope(_ reply: JSONValue) {
    for key in ["status", "results", "startedAt", "completedAt"] {
      #expect(reply[key] != nil, "\(key)")
    }
    for error in reply["errors"]?.array ?? [] {
      for key in ["status", "category", "message", "context", "errors", "links"] {
        #expect(error[key] != nil, "\(key)")
      }
    }
  }

  @Test(arguments: editions)
  func readReportsMissing(_ area: String) {
    var client = HubSpotClient()
    let id = client.deal()
    let whole = client.json(
      "POST", area + "/deals/batch/read", ["inputs": [["id": .string(id)]]])
    expectEnvelope(whole)
    #expect(whole["errors"] == nil)
    let part = client.json(
      "POST", area + "/deals/batch/read",
      ["inputs": [["id": .string(id)], ["id": "99999"]], "properties": ["amount"]],
      status: area.hasSuffix("2026-09") ? 200 : 207)
    expectEnvelope(part)
    #expect(client.ids(part) == [id])
    #expect(part["errors"]?[0]?["category"]?.string == "OBJECT_NOT_FOUND")
    #expect(part["errors"]?[0]?["context"]?["ids"] == ["99999"])
    #expect(part["results"]?[0]?["properties"]?["amount"] == .null)
  }

  @Test(arguments: ["read", "create", "update", "upsert", "archive"])
  func refusesMoreThanAHundred(_ operation: String) {
    var client = HubSpotClient()
    let inputs = (0..<101).map { index -> JSONValue in ["id": .string("\(index)")] }
    client.json(
      "POST", "/crm/v3/objects/deals/batch/\(operation)", ["inputs": .array(inputs)], status: 400)
  }

  @Test(arguments: ["update", "upsert", "archive"])
  func refusesDuplicates(_ operation: String) {
    var client = HubSpotClient()
    let reply = client.json(
      "POST", "/crm/v3/objects/deals/batch/\(operation)",
      ["inputs": [["id": "1"], ["id": "1"]]], status: 400)
    #expect(reply["message"]?.string?.contains("Duplicate") == true)
  }

  @Test func createIsAllOrNothingWithoutTraceIds() {
    var client = HubSpotClient()
    let good: JSONValue = ["properties": ["name": "Good"]]
    let bad: JSONValue = ["properties": ["name": "Bad", "nosuch": "1"]]
    let count = client.world.count(.companies)
    client.json(
      "POST", "/crm/v3/objects/companies/batch/create", ["inputs": [good, bad]], status: 400)
    #expect(client.world.count(.companies) == count)
    client.json(
      "POST", "/crm/v3/objects/companies/batch/create", ["inputs": [good]], status: 201)
    #expect(client.world.count(.companies) == count + 1)
  }

  @Test(arguments: editions)
  func createReportsEachWithTraceIds(_ area: String) {
    var client = HubSpotClient()
    let good: JSONValue = ["properties": ["name": "Good"], "objectWriteTraceId": "g"]
    let bad: JSONValue = ["properties": ["nosuch": "1"], "objectWriteTraceId": "b"]
    let reply = client.json(
      "POST", area + "/companies/batch/create", ["inputs": [bad, good]],
      status: area.hasSuffix("2026-09") ? 201 : 207)
    expectEnvelope(reply)
    #expect(reply["results"]?[0]?["objectWriteTraceId"]?.string == "g")
    #expect(reply["errors"]?[0]?["context"]?["objectWriteTraceId"] == ["b"])
    #expect(reply["numErrors"]?.int == 1)
  }

  @Test func updateIgnoresMergedIds() {
    var client = HubSpotClient()
    let (one, two) = (client.deal("One"), client.deal("Two"))
    let merged =
      client.json(
        "POST", "/crm/v3/objects/deals/merge",
        ["primaryObjectId": .string(one), "objectIdToMerge": .string(two)])["id"]?.string ?? ""
    let change: JSONValue = ["amount": "5"]
    let reply = client.json(
      "POST", "/crm/v3/objects/deals/batch/update",
      ["inputs": [["id": .string(one), "properties": change]]], status: 207)
    #expect(client.ids(reply).isEmpty)
    #expect(client.world.deal(merged)?["amount"] == nil)
    client.json("PATCH", "/crm/v3/objects/deals/\(one)", ["properties": change])
    #expect(client.world.deal(merged)?["amount"] == "5")
    client.json(
      "POST", "/crm/v3/objects/deals/batch/read", ["inputs": [["id": .string(two)]]], status: 207)
  }

  @Test func upsertsByUniquePropertyOnly() {
    var client = HubSpotClient()
    client.json(
      "POST", "/crm/v3/properties/companies",
      [
        "name": "my_key", "label": "My key", "type": "string", "fieldType": "text",
        "groupName": "companyinformation", "hasUniqueValue": true,
      ], status: 201)
    func input(_ key: String, _ name: String) -> JSONValue {
      ["id": .string(key), "idProperty": "my_key", "properties": ["name": .string(name)]]
    }
    let path = "/crm/v3/objects/companies/batch/upsert"
    let first = client.json("POST", path, ["inputs": [input("k1", "A")]])
    #expect(first["results"]?[0]?["new"]?.bool == true)
    let second = client.json("POST", path, ["inputs": [input("k1", "B"), input("k2", "C")]])
    #expect(second["results"]?.array?.map { $0["new"]?.bool } == [false, true])
    #expect(client.ids(second).first == client.ids(first).first)
    let byKey = client.json("GET", "/crm/v3/objects/companies/k1?idProperty=my_key&properties=name")
    #expect(byKey["properties"]?["name"]?.string == "B")
    for property in ["hs_object_id", "name"] {
      let reply = client.json(
        "POST", path,
        ["inputs": [["id": "1", "idProperty": .string(property), "properties": [:]]]], status: 400)
      #expect(reply["message"]?.string?.contains("non-unique") == true)
    }
    let clash = client.json(
      "PATCH", "/crm/v3/objects/companies/k2?idProperty=my_key",
      ["properties": ["my_key": "k1"]], status: 400)
    #expect(clash["message"]?.string?.contains("already has that value") == true)
  }

  @Test func mergeMakesAThirdRecord() {
    var client = HubSpotClient()
    let one = client.deal("One", more: ["company": "1001", "amount": "5"])
    let two = client.deal("Two", more: ["company": "1004", "contacts": ["1005"]])
    client.advance(milliseconds: 10)
    let reply = client.json(
      "POST", "/crm/objects/2026-09/0-3/merge",
      ["primaryObjectId": .string(one), "objectIdToMerge": .string(two)])
    let merged = reply["id"]?.string ?? ""
    #expect(![one, two].contains(merged))
    for id in [one, two] {
      #expect(client.json("GET", "/crm/v3/objects/deals/\(id)")["id"]?.string == merged)
      #expect(client.world.survivor(of: id) == merged)
    }
    let view = client.world.deal(merged)
    #expect(view?["dealname"] == "One")
    #expect(view?["hs_merged_object_ids"] == "\(one);\(two)")
    #expect(view?.links[.companies]?.first { $0.id == "1001" }?.typeIDs == [5, 341])
    #expect(view?.links[.companies]?.first { $0.id == "1004" }?.typeIDs == [341])
    #expect(view?.links[.contacts]?.map(\.id) == ["1005"])
    #expect(client.found("deals", [:]) == [merged])
    let three = client.deal("Three")
    let last =
      client.control(
        "merge", ["type": "deals", "primary": .string(three), "secondary": .string(one)]
      )["id"]?.string ?? ""
    #expect(client.world.deal(last)?["hs_merged_object_ids"] == "\(three);\(one);\(two);\(merged)")
    #expect(client.json("GET", "/crm/v3/objects/deals/\(two)")["id"]?.string == last)
  }

  @Test func mergedContactsKeepBothAddresses() {
    var client = HubSpotClient()
    let merged =
      client.control(
        "merge", ["type": "contacts", "primary": "1002", "secondary": "1003"])["id"]?.string ?? ""
    #expect(
      client.world.contact(merged)?["hs_additional_emails"] == "owen@harbourlights.example")
    let reply = client.json(
      "POST", "/crm/v3/objects/contacts",
      ["properties": ["email": "owen@harbourlights.example"]], status: 409)
    #expect(reply["message"]?.string == "Contact already exists. Existing ID: \(merged)")
  }
}
