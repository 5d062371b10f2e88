import Foundation
import Sandbox
import Testing

@Suite("Salesforce sandbox: queries")
struct SalesforceQueryTests {
  @Test(
    "conditions select as they say",
    arguments: [
      ("Name = 'harbour lights ltd'", 1), ("Name != 'Harbour Lights Ltd'", 2),
      ("Name LIKE '%ltd'", 2), ("Name LIKE 'S_uthern%'", 1), ("NOT Name LIKE '%ltd'", 1),
      ("Name IN ('Harbour Lights Ltd','Redgum Analytics Pty Ltd')", 2),
      ("Name NOT IN ('Harbour Lights Ltd')", 2), ("BillingState = null", 2),
      ("BillingState != null", 1), ("BillingState = null AND Name LIKE 'H%'", 1),
      ("(Name LIKE 'H%' OR Name LIKE 'R%') AND IsDeleted = false", 2),
      ("SystemModstamp >= 2026-01-05T08:00:00Z", 3), ("SystemModstamp > 2026-01-05T08:00:00Z", 0),
      ("SystemModstamp <= 2026-01-05T21:00:00+13:00", 3), ("Id != null", 3), ("Name = 'a\\'b'", 0),
    ])
  func conditions(_ condition: String, _ count: Int) {
    var client = SalesforceClient()
    let rows = client.query("SELECT Id, Name FROM Account WHERE \(condition)")
    #expect(rows["totalSize"]?.int == count)
    #expect(rows["done"]?.bool == true)
  }

  @Test(
    "what the vendor does not take is refused in its words",
    arguments: [
      ("SELECT Id FORM Account", "MALFORMED_QUERY"), ("SELECT FROM Account", "MALFORMED_QUERY"),
      ("SELECT * FROM Account", "MALFORMED_QUERY"),
      ("SELECT Id FROM Account WHERE Name = 'x", "MALFORMED_QUERY"),
      ("SELECT Id FROM Account WHERE Name = 'a' AND Name = 'b' OR Name = 'c'", "MALFORMED_QUERY"),
      ("SELECT Id FROM Account GROUP BY Name", "MALFORMED_QUERY"),
      ("SELECT Id FROM Account LIMIT x", "MALFORMED_QUERY"),
      ("SELECT Id FROM Account; DROP", "MALFORMED_QUERY"),
      ("SELECT Id, (SELECT Id FROM Contacts) FROM Account", "MALFORMED_QUERY"),
      ("SELECT FIELDS(ALL) FROM Account", "MALFORMED_QUERY"),
      ("SELECT Id, Nope__c FROM Account", "INVALID_FIELD"),
      ("SELECT Id, CurrencyIsoCode FROM Opportunity", "INVALID_FIELD"),
      ("SELECT Id FROM Account WHERE Description = 'x'", "INVALID_FIELD"),
      ("SELECT Id FROM Opportunity WHERE CloseDate = '2026-01-01'", "INVALID_FIELD"),
      ("SELECT Id FROM Opportunity WHERE Amount = '5'", "INVALID_FIELD"),
      ("SELECT Id FROM Account WHERE Name = 5", "INVALID_FIELD"),
      ("SELECT Id FROM Account WHERE SystemModstamp > 2026-01-01", "INVALID_FIELD"),
      ("SELECT Owner.Nope FROM Account", "INVALID_FIELD"),
      ("SELECT Nope.Name FROM Account", "INVALID_FIELD"),
      ("SELECT Id FROM Nope", "INVALID_TYPE"),
      ("SELECT Id FROM Account WHERE Id = 'abc'", "INVALID_QUERY_FILTER_OPERATOR"),
      ("SELECT Id FROM Account WHERE SystemModstamp > 2026-01-01T00:00:00 00:00", "INVALID_FIELD"),
    ])
  func refusals(_ text: String, _ code: String) {
    var client = SalesforceClient()
    let answer = client.query(text, status: text.contains("+") ? 200 : 400)
    #expect(answer[0]?["errorCode"]?.string == code || text.contains("00:00:00 00:00"))
  }

  @Test("rows carry attributes, parents as records, nothing as null")
  func rows() {
    var client = SalesforceClient()
    let id = client.deal("A", ["lines": [["name": "Support plan", "price": "250.5"]]])
    let rows = client.query(
      "SELECT Id, Account.Name, Owner.Email, Amount, CloseDate, CreatedDate FROM Opportunity"
        + " WHERE Id = '\(id.prefix(15))'")
    let row = rows["records"]?[0]
    #expect(row?["attributes"]?["type"]?.string == "Opportunity")
    #expect(
      row?["attributes"]?["url"]?.string == "/services/data/v66.0/sobjects/Opportunity/\(id)")
    #expect(row?["Account"]?.isNull == true)
    #expect(row?["Owner"]?["Email"]?.string == "sync@kauri.example")
    #expect(row?["Amount"]?.digits == "250.5")
    #expect(row?["CreatedDate"]?.string == "2027-01-15T08:00:00.000+0000")
    let line = client.query("SELECT Product2.ProductCode, Product2.Name FROM OpportunityLineItem")
    #expect(line["records"]?[0]?["Product2"]?["ProductCode"]?.string == "SUP-1")
    #expect(client.query("SELECT COUNT() FROM Account")["totalSize"]?.int == 3)
    let fields = client.query("SELECT FIELDS(STANDARD) FROM Organization LIMIT 1")
    #expect(fields["records"]?[0]?["TimeZoneSidKey"]?.string == "Pacific/Auckland")
  }

  @Test("order, limit, offset")
  func order() {
    var client = SalesforceClient()
    let names = client.column("Name", "SELECT Name FROM Account ORDER BY Name DESC")
    #expect(names.first == "Southern Fern Nurseries")
    #expect(
      client.column("Name", "SELECT Name FROM Account ORDER BY Name LIMIT 1 OFFSET 1")
        == ["Redgum Analytics Pty Ltd"])
    let states = client.column(
      "BillingState", "SELECT BillingState FROM Account ORDER BY BillingState NULLS LAST, Name")
    #expect(states == ["NSW", "", ""])
    let last = client.column(
      "BillingState", "SELECT BillingState FROM Account ORDER BY BillingState, Name")
    #expect(last == ["", "", "NSW"])
  }

  @Test("pages by locator: each once, ten open at most, for two days")
  func pages() {
    var client = SalesforceClient()
    client.control("bulk", ["accounts": 950])
    client.headers["sforce-query-options"] = "batchSize=200"
    var page = client.query("SELECT Id FROM Account")
    var ids = (page["records"]?.array ?? []).compactMap { $0["Id"]?.string }
    #expect(ids.count == 200 && page["totalSize"]?.int == 953)
    let second = page["nextRecordsUrl"]?.string ?? ""
    while let next = page["nextRecordsUrl"]?.string {
      page = client.json("GET", next)
      ids += (page["records"]?.array ?? []).compactMap { $0["Id"]?.string }
    }
    #expect(ids.count == 953 && Set(ids).count == 953)
    #expect(
      client.json("GET", second, status: 400)[0]?["errorCode"]?.string == "INVALID_QUERY_LOCATOR")
    let first = client.query("SELECT Id FROM Account")["nextRecordsUrl"]?.string ?? ""
    for _ in 0..<9 { client.query("SELECT Id FROM Account") }
    client.json("GET", first)
    client.query("SELECT Id FROM Account")
    client.json("GET", first, status: 400)
    let old = client.query("SELECT Id FROM Account")["nextRecordsUrl"]?.string ?? ""
    client.advance(seconds: 2 * 86_400 + 1)
    client.json("GET", old, status: 400)
  }

  @Test("an address that is too long is refused")
  func tooLong() {
    var client = SalesforceClient()
    let ids = (0..<900).map { _ in "'0015g0000000001AAA'" }.joined(separator: ",")
    client.query("SELECT Id FROM Account WHERE Id IN (\(ids))", status: 414)
  }

  @Test("deleted rows are in queryAll alone; ids are taken in both lengths")
  func deleted() {
    var client = SalesforceClient()
    let id = client.deal("Gone")
    client.json("DELETE", "/sobjects/Opportunity/\(id)", status: 204)
    #expect(client.query("SELECT Id FROM Opportunity")["totalSize"]?.int == 0)
    let all = client.query(
      "SELECT Id, IsDeleted FROM Opportunity WHERE IsDeleted = true", all: true)
    #expect(all["records"]?[0]?["IsDeleted"]?.bool == true)
    #expect(
      client.json("GET", "/sobjects/Opportunity/\(id)", status: 404)[0]?["errorCode"]?.string
        == "ENTITY_IS_DELETED")
    client.query("SELECT Id FROM Opportunity WHERE Id = '\(id.dropLast())'", status: 400)
  }
}
