import Foundation
import Sandbox
import Testing

@Suite struct XeroPlainListTests {
  @Test(arguments: [
    ("Items", #"Code=="B""#, "", ["B"]), ("Items", #"SalesDetails.UnitPrice>=20"#, "", ["B", "C"]),
    ("Items", "", "Code DESC", ["C", "B", "A"]),
    ("Items", "", "SalesDetails.UnitPrice", ["A", "B", "C"]),
    ("Items", #"Code=="Z""#, "", []), ("Items", "IsSold==false", "", []),
    ("Accounts", #"Type=="BANK""#, "Code DESC", ["091", "090"]),
    ("Accounts", #"Code=="200" OR Code=="260""#, "", ["200", "260"]),
    ("Currencies", #"Code.StartsWith("N")"#, "", ["NZD"]),
  ])
  func filtersAndOrders(
    _ list: String, _ filter: String, _ order: String, _ expected: [String]
  ) throws {
    let harness = try XeroHarness()
    for (code, price) in [("B", "20"), ("A", "10"), ("C", "20")] {
      let body: JSONValue = [
        "Code": .string(code), "SalesDetails": ["UnitPrice": .number(price)],
      ]
      #expect(harness.call("PUT", "Items", body: body).status == 200)
    }
    let found = harness.list(list, ["where": filter, "order": order])
    #expect(found.compactMap { $0["Code"]?.string } == expected)
  }

  @Test func findsByIdentifier() throws {
    let harness = try XeroHarness()
    let sales = harness.list("Accounts").first { $0["Code"] == "200" }
    let id = try #require(sales?["AccountID"]?.string)
    let found = harness.list("Accounts", ["where": #"AccountID==guid("\#(id)")"#])
    #expect(found.map { $0["Code"]?.string } == ["200"])
    #expect(harness.list("TaxRates", ["where": #"TaxType=="OUTPUT2""#]).count == 1)
    #expect(harness.list("TrackingCategories", ["where": #"Name=="Region""#]).count == 1)
    #expect(harness.call("GET", "Items", ["where": "Code=="]).status == 400)
  }
}
