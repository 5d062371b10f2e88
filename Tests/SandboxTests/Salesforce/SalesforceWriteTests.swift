import Foundation
import Sandbox
import Testing

@Suite("Salesforce sandbox: writes")
struct SalesforceWriteTests {
  @Test(
    "values that do not fit are refused in the vendor's words",
    arguments: [
      (["Name": "A", "Phone": 5], "JSON_PARSER_ERROR"),
      (["Name": "A", "Fax": .string(String(repeating: "1", count: 41))], "STRING_TOO_LONG"),
      (["Name": "A", "Nope": "x"], "INVALID_FIELD"),
      (["Name": "A", "MasterRecordId": "0015g0000000001AAA"], "INVALID_FIELD_FOR_INSERT_UPDATE"),
      (["Name": "A", "ParentId": "0035g0000000001AAA"], "MALFORMED_ID"),
      (["Name": "A", "ParentId": "0015g00000zzzzzAAA"], "INVALID_CROSS_REFERENCE_KEY"),
      (["Name": "  "], "REQUIRED_FIELD_MISSING"), ([:], "REQUIRED_FIELD_MISSING"),
    ] as [(JSONValue, String)])
  func refused(_ body: JSONValue, _ code: String) {
    var client = SalesforceClient()
    let answer = client.json("POST", "/sobjects/Account", body, status: 400)
    #expect(answer[0]?["errorCode"]?.string == code)
    #expect(client.query("SELECT Id FROM Account")["totalSize"]?.int == 3, "nothing was made")
  }

  @Test("one record: made, read, changed, cleared, deleted")
  func single() {
    var client = SalesforceClient()
    let made = client.json("POST", "/sobjects/Account", ["Name": " A\nB "], status: 201)
    let id = made["id"]?.string ?? ""
    #expect(made["success"]?.bool == true && id.hasPrefix("001") && id.count == 18)
    client.advance(seconds: 5)
    client.json("PATCH", "/sobjects/Account/\(id)", ["Phone": "1", "Fax": "2"], status: 204)
    client.json("PATCH", "/sobjects/Account/\(id)", ["Fax": nil], status: 204)
    let read = client.json(
      "GET", "/sobjects/Account/\(id)", query: ["fields": "Name,Phone,Fax,SystemModstamp"])
    #expect(read["Name"]?.string == "A B" && read["Phone"]?.string == "1")
    #expect(read["Fax"]?.isNull == true)
    #expect(read["SystemModstamp"]?.string == "2027-01-15T08:00:05.000+0000")
    client.json(
      "POST", "/sobjects/Account/\(id)", query: ["_HttpMethod": "PATCH"], ["Phone": "2"],
      status: 204)
    client.headers["if-unmodified-since"] = "Fri, 15 Jan 2027 08:00:04 GMT"
    client.json("PATCH", "/sobjects/Account/\(id)", ["Phone": "3"], status: 412)
    client.headers["if-unmodified-since"] = nil
    client.json("DELETE", "/sobjects/Account/\(id)", status: 204)
    client.json("PATCH", "/sobjects/Account/\(id)", ["Phone": "4"], status: 404)
    client.json("GET", "/sobjects/Nope/\(id)", status: 404)
  }

  @Test("a collection judges each row; all or none undoes them all")
  func collections() {
    var client = SalesforceClient()
    func row(_ name: JSONValue) -> JSONValue { ["attributes": ["type": "Account"], "Name": name] }
    let late: JSONValue = ["Name": "Late", "attributes": ["type": "Account"]]
    let body: JSONValue = ["allOrNone": false, "records": [row("A"), row(""), late, row("B")]]
    let answer = client.json("POST", "/composite/sobjects", body)
    #expect(answer.array?.map { $0["success"]?.bool } == [true, false, false, true])
    #expect(answer[1]?["errors"]?[0]?["statusCode"]?.string == "REQUIRED_FIELD_MISSING")
    #expect(answer[2]?["errors"]?[0]?["statusCode"]?.string == "JSON_PARSER_ERROR")
    #expect(client.query("SELECT Id FROM Account")["totalSize"]?.int == 5)
    let none = client.json(
      "POST", "/composite/sobjects", ["allOrNone": true, "records": [row("C"), row("")]])
    #expect(
      none[0]?["errors"]?[0]?["statusCode"]?.string == "ALL_OR_NONE_OPERATION_ROLLED_BACK")
    #expect(client.query("SELECT Id FROM Account")["totalSize"]?.int == 5)
    let many = JSONValue.array((0..<201).map { row("M\($0)".isEmpty ? nil : .string("M\($0)")) })
    client.json("POST", "/composite/sobjects", ["records": many], status: 400)
    let id = answer[0]?["id"]?.string ?? ""
    let update: JSONValue = [
      "attributes": ["type": "Account"], "id": .string(id), "Phone": "1",
    ]
    #expect(
      client.json("PATCH", "/composite/sobjects", ["records": [update]])[0]?["success"]?.bool
        == true)
    let gone = client.call("DELETE", "/composite/sobjects", query: ["ids": "\(id),\(id)"]).jsonBody
    #expect(gone?.array?.map { $0["success"]?.bool } == [true, false])
  }

  @Test("upsert by an external id: made once, found in any letter case, refused where unknown")
  func upserts() {
    var client = SalesforceClient()
    let path = "/sobjects/Account/Xero_Contact_Id__c/c-1"
    let made = client.json("PATCH", path, ["Name": "A"], status: 201)
    #expect(made["created"]?.bool == true)
    let again = client.json("PATCH", path.replacing("c-1", with: "C-1"), ["Phone": "1"])
    #expect(again["created"]?.bool == false && again["id"] == made["id"])
    #expect(client.json("GET", path)["Phone"]?.string == "1")
    let none = path.replacing("c-1", with: "c-2")
    client.json("PATCH", none, query: ["updateOnly": "true"], ["Name": "B"], status: 404)
    client.json("PATCH", "/sobjects/Account/Phone/1", ["Name": "B"], status: 404)
    client.json("PATCH", path, ["Xero_Contact_Id__c": "c-1"], status: 400)
    client.control(
      "create_field", ["type": "Account", "name": "Loose__c", "externalId": true])
    for name in ["X", "Y"] {
      client.json(
        "POST", "/sobjects/Account", ["Name": .string(name), "Loose__c": "l"], status: 201)
    }
    let both = client.json("PATCH", "/sobjects/Account/Loose__c/l", ["Phone": "1"], status: 300)
    #expect(both.array?.count == 2)
    let row: JSONValue = ["attributes": ["type": "Account"], "Name": "Z", "Loose__c": "l"]
    let rows = client.json("PATCH", "/composite/sobjects/Account/Loose__c", ["records": [row]])
    #expect(rows[0]?["errors"]?[0]?["statusCode"]?.string == "DUPLICATE_EXTERNAL_ID")
    client.json(
      "POST", "/sobjects/Account", ["Name": "Twin", "Xero_Contact_Id__c": "C-1"], status: 400)
  }

  @Test("amounts follow lines, marks follow stages, the contact follows its role")
  func derived() {
    var client = SalesforceClient()
    let id = client.deal(
      "A", ["lines": [["name": "X", "quantity": 3, "price": "33.335", "discount_percentage": 10]]])
    func read(_ client: inout SalesforceClient) -> JSONValue {
      client.json("GET", "/sobjects/Opportunity/\(id)")
    }
    #expect(read(&client)["Amount"]?.digits == "90.02", "\(read(&client))")
    #expect(read(&client)["HasOpportunityLineItem"]?.bool == true)
    client.json(
      "PATCH", "/sobjects/Opportunity/\(id)", ["Amount": 5, "StageName": "Paid"], status: 204)
    #expect(read(&client)["Amount"]?.digits == "90.02", "an amount made of lines is not changed")
    #expect(read(&client)["IsWon"]?.bool == true && read(&client)["IsClosed"]?.bool == true)
    client.json("PATCH", "/sobjects/Opportunity/\(id)", ["StageName": "Nope"], status: 400)
    client.json("PATCH", "/sobjects/Opportunity/\(id)", ["IsWon": false], status: 400)
    let contact = client.column("Id", "SELECT Id FROM Contact LIMIT 1")[0]
    client.json(
      "POST", "/sobjects/OpportunityContactRole",
      ["OpportunityId": .string(id), "ContactId": .string(contact), "IsPrimary": true],
      status: 201)
    #expect(read(&client)["ContactId"]?.string == contact)
    let both: JSONValue = [
      "OpportunityId": .string(id), "Quantity": 1, "UnitPrice": 1, "TotalPrice": 1,
    ]
    client.json("POST", "/sobjects/OpportunityLineItem", both, status: 400)
  }

  @Test("locks end by themselves, rules and duplicate rules refuse")
  func refusals() {
    var client = SalesforceClient()
    let id = client.deal()
    client.control("lock", ["id": .string(id), "times": 1])
    let path = "/sobjects/Opportunity/\(id)"
    #expect(
      client.json("PATCH", path, ["Name": "B"], status: 400)[0]?["errorCode"]?.string
        == "UNABLE_TO_LOCK_ROW")
    client.json("PATCH", path, ["Name": "B"], status: 204)
    client.control("org", ["finds_duplicates": true])
    let found = client.json(
      "POST", "/sobjects/Account", ["Name": "Harbour Lights Ltd"], status: 400)[0]
    #expect(found?["errorCode"]?.string == "DUPLICATES_DETECTED")
    let match = found?["duplicateResult"]?["matchResults"]?[0]?["matchRecords"]?[0]
    #expect(match?["record"]?["Id"]?.string?.hasPrefix("001") == true)
  }

  @Test("a field made by the tooling API is seen once a permission set shows it")
  func tooling() {
    var client = SalesforceClient(.demo())
    let field: JSONValue = [
      "FullName": "Opportunity.Mark__c",
      "Metadata": ["label": "Mark", "type": "Text", "length": 64],
    ]
    client.json("POST", "/tooling/sobjects/CustomField", field, status: 201)
    client.json("POST", "/tooling/sobjects/CustomField", field, status: 400)
    client.query("SELECT Mark__c FROM Opportunity", status: 400)
    let set =
      client.json(
        "POST", "/sobjects/PermissionSet", ["Name": "S", "Label": "S"], status: 201)["id"] ?? .null
    client.json(
      "POST", "/sobjects/FieldPermissions",
      [
        "ParentId": set, "SobjectType": "Opportunity", "Field": "Opportunity.Mark__c",
        "PermissionsRead": true, "PermissionsEdit": true,
      ], status: 201)
    client.query("SELECT Mark__c FROM Opportunity", status: 400)
    let user = client.column("Id", "SELECT Id FROM User WHERE Email = 'sync@kauri.example'")[0]
    client.json(
      "POST", "/sobjects/PermissionSetAssignment",
      ["PermissionSetId": set, "AssigneeId": .string(user)], status: 201)
    client.query("SELECT Mark__c FROM Opportunity")
    let described = client.json("GET", "/sobjects/Opportunity/describe")["fields"]?.array ?? []
    #expect(described.contains { $0["name"]?.string == "Mark__c" })
  }
}
