import Foundation
import Sandbox
import Testing

/// The simulated QuickBooks as a strict caller sees it.
@Suite("QuickBooks sandbox")
struct QuickBooksSandboxRuleTests {
  private let world: SandboxWorld
  private let token: String

  private static let start = SandboxTime(milliseconds: 1_767_225_600_000)

  init() throws {
    var sandbox = QuickBooksSandbox.demo(at: Self.start)
    let answer = sandbox.consent(client: "id", at: Self.start)
    token = try #require(answer["access_token"]?.string)
    world = SandboxWorld(vendors: [sandbox], startingAt: Self.start)
    world.setTick(milliseconds: 250)
  }

  private func call(
    _ method: String, _ path: String, _ query: [String: String] = [:], _ body: JSONValue? = nil,
    statement: String? = nil
  ) -> SandboxResponse {
    let type = statement == nil ? "application/json" : "application/text"
    return world.respond(
      to: SandboxRequest(
        method: method, path: "/v3/company/\(QuickBooksSandbox.demoRealm)/" + path,
        query: query.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: $0.value) },
        headers: [
          "authorization": "Bearer \(token)", "accept": "application/json", "content-type": type,
        ], body: statement.map { Data($0.utf8) } ?? body?.serialized() ?? Data()))
  }

  private func rows(_ statement: String) -> [JSONValue] {
    let answer = call("POST", "query", statement: statement).jsonBody?["QueryResponse"]
    return answer?.object?.values.compactMap(\.array).first ?? []
  }

  private func code(_ answer: SandboxResponse) -> String {
    answer.jsonBody?["Fault"]?["Error"]?[0]?["code"]?.string ?? "none"
  }

  private func id(_ entity: String, _ name: String) -> String {
    rows("SELECT * FROM \(entity)").first { $0["Name"]?.string == name }?["Id"]?.string ?? ""
  }

  private func customer(_ name: String = "Acme") throws -> String {
    let made = call("POST", "customer", [:], ["DisplayName": .string(name)])
    return try #require(made.jsonBody?["Customer"]?["Id"]?.string)
  }

  private func invoice(
    _ customer: String, amount: String = "100.00", price: String = "50",
    more: JSONValue.Object = [:]
  ) -> JSONValue {
    var body: JSONValue.Object = [
      "CustomerRef": ["value": .string(customer)], "GlobalTaxCalculation": "TaxExcluded",
      "Line": [
        [
          "DetailType": "SalesItemLineDetail", "Amount": .number(amount),
          "SalesItemLineDetail": [
            "ItemRef": ["value": .string(id("Item", "Sales"))], "Qty": 2,
            "UnitPrice": .number(price), "TaxCodeRef": ["value": .string(id("TaxCode", "GST"))],
          ],
        ]
      ],
    ]
    for (key, value) in more { body[key] = value }
    return .object(body)
  }

  @Test func whatIsRefused() throws {
    let acme = try customer()
    let table: [(String, String, JSONValue, String)] = [
      ("a name in use", "customer", ["DisplayName": "ACME"], "6240"),
      ("a vendor's name", "customer", ["DisplayName": "Paper & Co"], "6240"),
      ("a colon", "customer", ["DisplayName": "A:B"], "6000"),
      ("an unknown property", "customer", ["DisplayName": "B", "Nmae": "x"], "2010"),
      ("no name", "customer", ["Notes": "x"], "2020"),
      (
        "no mail address", "customer", ["DisplayName": "B", "PrimaryEmailAddr": ["Address": "x"]],
        "2210"
      ),
      ("a wrong amount", "invoice", invoice(acme, amount: "99.99"), "6070"),
      ("an unknown customer", "invoice", invoice("999"), "2500"),
      (
        "a long number", "invoice", invoice(acme, more: ["DocNumber": "1234567890123456789012"]),
        "2050"
      ),
      (
        "another currency", "invoice", invoice(acme, more: ["CurrencyRef": ["value": "USD"]]),
        "6000"
      ),
      ("no lines", "invoice", invoice(acme, more: ["Line": []]), "2020"),
      ("no tax mode", "invoice", invoice(acme, more: ["GlobalTaxCalculation": nil]), "6000"),
    ]
    for (what, path, body, expected) in table {
      #expect(code(call("POST", path, [:], body)) == expected, "\(what)")
    }
  }

  @Test func versionsGuardEveryChange() throws {
    let acme = try customer()
    let made = try #require(call("POST", "invoice", [:], invoice(acme)).jsonBody?["Invoice"])
    let id = try #require(made["Id"]?.string)
    #expect(made["TotalAmt"]?.digits == "115.00" && made["SyncToken"]?.string == "0")
    let patch: JSONValue = [
      "Id": .string(id), "SyncToken": "0", "sparse": true, "PrivateNote": "hello",
    ]
    let changed = call("POST", "invoice", [:], patch).jsonBody?["Invoice"]
    #expect(changed?["SyncToken"]?.string == "1" && changed?["TotalAmt"]?.digits == "115.00")
    #expect(code(call("POST", "invoice", [:], patch)) == "5010")
    #expect(code(call("POST", "invoice", ["operation": "void"], patch)) == "5010")
    let payment: JSONValue = [
      "CustomerRef": ["value": .string(acme)], "TotalAmt": 15,
      "Line": [["Amount": 15, "LinkedTxn": [["TxnId": .string(id), "TxnType": "Invoice"]]]],
    ]
    #expect(call("POST", "payment", [:], payment).status == 200)
    let after = call("GET", "invoice/\(id)").jsonBody?["Invoice"]
    #expect(after?["Balance"]?.digits == "100.00" && after?["SyncToken"]?.string == "2")
    // A full update clears what it does not name.
    let full = invoice(acme, more: ["Id": .string(id), "SyncToken": "2"])
    let cleared = call("POST", "invoice", [:], full).jsonBody?["Invoice"]
    #expect(cleared?["PrivateNote"] == nil && cleared?["Balance"]?.digits == "100.00")
  }

  @Test func aRequestIdIsAnsweredOnce() throws {
    let body: JSONValue = ["DisplayName": "Once"]
    let first = call("POST", "customer", ["requestid": "r1"], body)
    let again = call("POST", "customer", ["requestid": "r1"], ["DisplayName": "Other"])
    #expect(first.status == 200 && first.body == again.body)
    #expect(rows("SELECT * FROM Customer WHERE DisplayName LIKE 'O%'").count == 1)
    let long = String(repeating: "x", count: 51)
    #expect(code(call("POST", "customer", ["requestid": long], body)) == "2050")
  }

  @Test func statements() throws {
    for name in ["O'Neill", "Back\\slash", "Zoë"] { _ = try customer(name) }
    #expect(rows(#"SELECT * FROM Customer WHERE DisplayName = 'O\'Neill'"#).count == 1)
    #expect(rows(#"select * from customer where DisplayName in ('Zoë','Back\\slash')"#).count == 2)
    let count = call("POST", "query", statement: "SELECT count(*) FROM Customer").jsonBody
    #expect(count?["QueryResponse"]?["totalCount"]?.int == 3)
    #expect(rows("SELECT * FROM Customer ORDER BY DisplayName DESC MAXRESULTS 1").count == 1)
    #expect(rows("SELECT * FROM Item").allSatisfy { $0["Sku"] == nil })
    #expect(rows("SELECT *, Sku FROM Item").contains { $0["Sku"]?.string == "DESIGN" })
    for bad in [
      "SELECT * FROM Nothing", "SELECT * FROM Customer WHERE Active = true OR Id = '1'",
      "SELECT * FROM Customer WHERE DisplayName = 'open", "DELETE FROM Customer",
      "SELECT * FROM Customer MAXRESULTS 5000",
    ] {
      #expect(code(call("POST", "query", statement: bad)) == "4000", "\(bad)")
    }
    let note = "SELECT * FROM Invoice WHERE PrivateNote LIKE '%x%'"
    #expect(code(call("POST", "query", statement: note)) == "4001")
  }

  @Test func changesShowDeletionsAndLookBackThirtyDays() throws {
    let acme = try customer()
    let made = call("POST", "invoice", [:], invoice(acme)).jsonBody?["Invoice"]
    let id = try #require(made?["Id"]?.string)
    let gone = call(
      "POST", "invoice", ["operation": "delete"], ["Id": .string(id), "SyncToken": "0"])
    #expect(gone.jsonBody?["Invoice"]?["status"]?.string == "Deleted")
    let answer = call(
      "GET", "cdc", ["entities": "Invoice,Payment", "changedSince": "2025-12-31T00:00:00Z"])
    let groups = answer.jsonBody?["CDCResponse"]?[0]?["QueryResponse"]
    #expect(groups?[0]?["Invoice"]?[0]?["status"]?.string == "Deleted")
    #expect(groups?[1]?.object?.isEmpty == true)
    let early = call("GET", "cdc", ["entities": "Invoice", "changedSince": "2025-11-01"])
    #expect(early.status == 400)
  }

  @Test func aBatchJudgesEachElement() throws {
    let answer = call(
      "POST", "batch", [:],
      [
        "BatchItemRequest": [
          ["bId": "a", "operation": "create", "Customer": ["DisplayName": "One"]],
          ["bId": "b", "operation": "create", "Customer": ["DisplayName": "one"]],
          ["bId": "c", "Query": "SELECT * FROM Customer"],
        ]
      ])
    let items = answer.jsonBody?["BatchItemResponse"]?.array ?? []
    #expect(items.map { $0["bId"]?.string } == ["a", "b", "c"])
    #expect(items[1]["Fault"]?["Error"]?[0]?["code"]?.string == "6240")
    #expect(items[2]["QueryResponse"]?["Customer"]?.array?.count == 1)
    let many = JSONValue.array(
      (0..<31).map { ["bId": .string("\($0)"), "Query": "SELECT * FROM Customer"] })
    #expect(call("POST", "batch", [:], ["BatchItemRequest": many]).status == 400)
  }

  @Test func tokensRotateAndTenCallsASecondAreTheMost() throws {
    world.setTick(milliseconds: 0)
    let answers = (0..<11).map { _ in call("GET", "preferences").status }
    #expect(answers.dropLast().allSatisfy { $0 == 200 } && answers.last == 429)
    world.advance(seconds: 3601)
    let late = call("GET", "preferences")
    #expect(late.status == 401)
    #expect(late.jsonBody?["fault"]?["error"]?[0]?["code"]?.string == "3200")
    func refresh(_ token: String) -> SandboxResponse {
      world.respond(
        to: SandboxRequest(
          method: "POST", path: "/oauth2/v1/tokens/bearer",
          headers: [
            "authorization": "Basic " + Data("id:secret".utf8).base64EncodedString(),
            "x-include-refresh-token-hard-expires-in": "true",
          ], body: Data("grant_type=refresh_token&refresh_token=\(token)".utf8)))
    }
    let first = refresh(QuickBooksSandbox.knownRefreshToken).jsonBody
    #expect(first?["x_refresh_token_hard_expires_in"]?.int ?? 0 > 4 * 365 * 86_400)
    #expect(first?["refresh_token"]?.string != QuickBooksSandbox.knownRefreshToken)
    world.advance(seconds: 86_401)
    #expect(refresh(QuickBooksSandbox.knownRefreshToken).status == 400)
    #expect(refresh(first?["refresh_token"]?.string ?? "").status == 200)
  }
}
