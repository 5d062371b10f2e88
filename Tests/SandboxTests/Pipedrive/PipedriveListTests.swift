import Sandbox
import Testing

@Suite("Pipedrive sandbox: lists")
struct PipedriveListTests {
  @Test("a keyset cursor walks records that share one second, whatever changes meanwhile")
  func tiesAndShifts() {
    var client = PipedriveClient()
    client.control("bulk", ["deals": 7, "spacing_ms": 0])
    let all = client.ids("/api/v2/deals?sort_by=update_time&limit=3")
    #expect(all.count == 7)
    #expect(all == all.sorted())
    let first = client.json("GET", "/api/v2/deals?sort_by=update_time&limit=3")
    let cursor = first["additional_data"]?["next_cursor"]?.string ?? ""
    client.advance(seconds: 5)
    client.control("edit", ["type": "deals", "id": .integer(all[0]), "properties": ["title": "X"]])
    let rest = client.json(
      "GET", "/api/v2/deals?sort_by=update_time&limit=10&cursor=\(cursor)")
    let shown = (rest["data"]?.array ?? []).compactMap { $0["id"]?.int }
    #expect(shown == Array(all.dropFirst(3)) + [all[0]])
    #expect(rest["additional_data"]?["next_cursor"]?.isNull == true)
  }

  @Test("updated_since is inclusive, updated_until exclusive, null stamps never come")
  func bounds() {
    var client = PipedriveClient()
    let deal = client.deal()
    let stamp = client.json("GET", "/api/v2/deals/\(deal)")["data"]?["update_time"]?.string ?? ""
    #expect(client.ids("/api/v2/deals?updated_since=\(stamp)") == [deal])
    #expect(client.ids("/api/v2/deals?updated_until=\(stamp)").isEmpty)
    client.control("forget_stamp", ["type": "deals", "id": .integer(deal)])
    #expect(client.ids("/api/v2/deals?updated_since=\(stamp)").isEmpty)
    #expect(client.ids("/api/v2/deals") == [deal])
    client.json("GET", "/api/v2/products?updated_until=\(stamp)", status: 400)
    client.json("GET", "/api/v2/deals?updated_since=2026-01-01", status: 400)
  }

  @Test("deleted deals show under their own status for thirty days, archived ones apart")
  func deletedAndArchived() {
    var client = PipedriveClient()
    let (gone, kept, old) = (client.deal("A"), client.deal("B"), client.deal("C"))
    client.control("delete", ["type": "deals", "id": .integer(gone)])
    client.control("archive_deal", ["deal": .integer(old)])
    #expect(client.ids("/api/v2/deals") == [kept])
    #expect(client.ids("/api/v2/deals?status=open,won,lost,deleted") == [gone, kept])
    #expect(client.ids("/api/v2/deals/archived") == [old])
    let shown = client.json("GET", "/api/v2/deals/\(gone)")
    #expect(shown["data"]?["is_deleted"]?.bool == true)
    client.json("PATCH", "/api/v2/deals/\(old)", ["title": "no"], status: 400)
    client.json("PATCH", "/api/v2/deals/\(gone)", ["title": "no"], status: 410)
    client.advance(seconds: 31 * 86_400)
    #expect(client.ids("/api/v2/deals?status=deleted").isEmpty)
    client.json("GET", "/api/v2/deals/\(gone)", status: 410)
  }

  @Test(
    "what a list does not know is refused",
    arguments: [
      "/api/v2/deals?limit=501", "/api/v2/deals?limit=0", "/api/v2/deals?start=0",
      "/api/v2/deals?status=all_not_deleted", "/api/v2/deals?sort_by=title",
      "/api/v2/deals?cursor=nonsense", "/api/v2/deals?ids=a", "/api/v2/persons?status=open",
      "/api/v2/deals/products", "/api/v2/deals/products?deal_ids=1,2",
    ])
  func refused(_ address: String) {
    var client = PipedriveClient()
    client.json("GET", address, status: 400)
  }

  @Test("ids leave out what is not there, custom_fields narrows what is shown")
  func idsAndKeys() {
    var client = PipedriveClient()
    let deal = client.deal("A", ["properties": ["Xero invoice number": "INV-1"]])
    #expect(client.ids("/api/v2/deals?ids=\(deal),999999") == [deal])
    let key = client.key("Xero invoice number")
    #expect(key.count == 40)
    let data = client.json("GET", "/api/v2/deals?custom_fields=\(key)")["data"]?[0]
    #expect(data?["custom_fields"]?.object?.keys == [key])
    #expect(data?["custom_fields"]?[key]?.string == "INV-1")
  }

  @Test("v1 calls with a v2 twin are gone; what is left answers in its own shape")
  func oldCalls() {
    var client = PipedriveClient()
    client.json("GET", "/v1/deals", status: 410)
    client.json("GET", "/api/v1/persons", status: 410)
    let me = client.json("GET", "/v1/users/me")["data"]
    #expect(me?["company_id"]?.int == 7_700_123)
    #expect(me?["default_currency"]?.string == "NZD")
    #expect(client.json("GET", "/v1/users")["data"]?.array?.count == 4)
    let deal = client.deal()
    client.json("POST", "/v1/notes", ["content": "x", "deal_id": .integer(deal)], status: 201)
    let notes = client.json("GET", "/v1/notes?deal_id=\(deal)")
    #expect(notes["additional_data"]?["pagination"]?["more_items_in_collection"]?.bool == false)
    #expect(notes["data"]?.array?.count == 1)
  }

  @Test("search lags behind, lists do not")
  func searchLag() {
    var client = PipedriveClient()
    client.control("lag", ["seconds": 60])
    let made = client.json(
      "POST", "/api/v2/persons",
      ["name": "Zoë Ünal", "emails": [["value": "ZOE@example.org", "primary": true]]])
    let address = "/api/v2/persons/search?term=zoe@example.org&fields=email&exact_match=true"
    #expect(client.json("GET", address)["data"]?["items"]?.array?.isEmpty == true)
    #expect(client.ids("/api/v2/persons?limit=100").contains(made["data"]?["id"]?.int ?? 0))
    client.advance(seconds: 61)
    #expect(client.json("GET", address)["data"]?["items"]?.array?.count == 1)
    client.json("GET", "/api/v2/persons/search?term=z", status: 400)
  }
}
