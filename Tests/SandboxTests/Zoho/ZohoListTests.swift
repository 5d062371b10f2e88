import Foundation
import Sandbox
import Testing

@Suite("Zoho sandbox: lists and queries")
struct ZohoListTests {
  @Test("pages by number end at two thousand; a token goes on, with the same parameters only")
  func pages() {
    var client = ZohoClient()
    client.control("bulk", ["Deals": 2050, "spacing_ms": 0])
    let address = "/Deals?fields=Deal_Name&per_page=200"
    #expect(Set(client.ids(address)).count == 2050)
    client.json("GET", address + "&page=10")
    let beyond = client.json("GET", address + "&page=11", status: 400)
    #expect(beyond["code"]?.string == "DISCRETE_PAGINATION_LIMIT_EXCEEDED")
    let token =
      client.json("GET", address)["info"]?["next_page_token"]?.string?
      .addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    client.json("GET", address + "&page_token=\(token)")
    client.json("GET", address + "&sort_by=Created_Time&page_token=\(token)", status: 400)
    client.json("GET", address + "&page=2&page_token=\(token)", status: 400)
    client.advance(seconds: 86_401)
    client.json("GET", address + "&page_token=\(token)", status: 400)
  }

  @Test("If-Modified-Since is inclusive, with any offset; nothing new is 304, nothing at all 204")
  func since() {
    var client = ZohoClient()
    let address = "/Deals?fields=Modified_Time&sort_by=Modified_Time&sort_order=asc"
    client.json("GET", address, status: 204)
    client.json("GET", address, status: 304, since: "2020-01-01T00:00:00+00:00")
    let first = client.deal("A")
    client.advance(seconds: 10)
    let second = client.deal("B")
    let rows = client.json("GET", address)["data"]?.array ?? []
    #expect(rows.compactMap { $0["id"]?.string } == [first, second])
    let stamp = rows[1]["Modified_Time"]?.string ?? ""
    #expect(stamp.hasSuffix("+13:00"))
    #expect(client.ids(address, since: stamp) == [second])
    #expect(client.call("GET", address, since: "2027-01-15T08:00:11Z").status == 304)
    #expect(rows[0].object?.keys.sorted() == ["Modified_Time", "id"])
  }

  @Test("deleted records are apart: in the bin, or gone for good")
  func deleted() {
    var client = ZohoClient()
    let (bin, gone) = (client.deal("A"), client.deal("B"))
    client.json("GET", "/Deals/deleted?type=all", status: 204)
    client.json("DELETE", "/Deals?ids=\(bin)")
    client.control("purge", ["type": "Deals", "id": .string(gone)])
    #expect(client.ids("/Deals?fields=Deal_Name").isEmpty)
    #expect(client.call("GET", "/Deals/\(bin)").status == 204)
    #expect(client.ids("/Deals/deleted?type=recycle") == [bin])
    #expect(client.ids("/Deals/deleted?type=permanent") == [gone])
    #expect(client.ids("/Deals/deleted?type=all").count == 2)
    client.json("GET", "/Deals/deleted", status: 400)
    client.control("restore", ["type": "Deals", "id": .string(bin)])
    #expect(client.ids("/Deals?fields=Deal_Name") == [bin])
  }

  @Test("queries need a condition, take pairs in brackets, and find what was just written")
  func queries() {
    var client = ZohoClient()
    let deal = client.deal("It's (a, b)", ["amount": "10.5"])
    let cases: [(String, Int)] = [
      ("select id from Deals where Deal_Name = 'It\\'s (a, b)'", 1),
      ("select id, Amount from Deals where Amount >= 10 limit 5", 1),
      ("select id from Deals where Amount > 10.5", 0),
      ("select id from Deals where id in ('\(deal)', '1') order by id desc limit 0, 200", 1),
      (
        "select id from Deals where ((Amount > 1 and Amount < 20) and Stage != 'Closed Won')", 1
      ),
      ("select id from Deals where Next_Step is null", 1),
      ("select id from Deals where Modified_Time >= '2027-01-15T21:00:00+13:00'", 1),
      ("select id from Deals where Modified_Time > '2027-01-15T08:00:00Z'", 0),
    ]
    for (text, count) in cases {
      #expect(client.query(text, status: count == 0 ? 204 : 200).count == count, "\(text)")
    }
    for text in [
      "select id from Deals", "select id from Unicorns where id = '1'", "select x from",
      "select Nothing from Deals where id = '1'", "select id from Deals where id = 'x",
      "select id from Deals where Amount > 1 and Amount < 2 and Amount = 3",
      "select id from Deals where id = '1' limit 0, 201",
    ] {
      _ = client.query(text, status: 400)
    }
  }

  @Test("related lists go by their names and need fields")
  func related() {
    var client = ZohoClient()
    let deal = client.deal("A", ["kept_in": "products", "lines": [["name": "Installation"]]])
    let names =
      client.json("GET", "/settings/related_lists?module=Deals")["related_lists"]?.array?
      .compactMap { $0["api_name"]?.string } ?? []
    #expect(names.contains("Products") && names.contains("Tasks_History"))
    let products = client.json("GET", "/Deals/\(deal)/Products?fields=Product_Code")["data"]
    #expect(products?[0]?["Product_Code"]?.string == "INST")
    client.json("GET", "/Deals/\(deal)/Products", status: 400)
    client.json("GET", "/Deals/\(deal)/Quotes?fields=Subject", status: 204)
    client.json("GET", "/Deals/\(deal)/Unicorns?fields=Subject", status: 400)
  }
}
