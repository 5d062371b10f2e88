import Foundation
import Sandbox
import Testing

@Suite struct HubSpotSearchTests {
  @Test(
    arguments: [
      (["limit": 201], "limit"),
      (["limit": 0], "limit"),
      (["after": "9901", "limit": 100], "10000"),
      (["after": "x"], "after"),
      (["sorts": ["dealname", "amount"]], "one sort"),
      (["sorts": ["nosuch"]], "nosuch"),
      (filters(filter("nosuch", "EQ", "1")), "nosuch"),
      (filters(filter("amount", "EQ", "abc")), "abc"),
      (filters(filter("amount", "NEAR", "1")), "operator"),
      (filters(["propertyName": "dealname", "operator": "IN", "values": []]), "values"),
      (filters(["propertyName": "amount", "operator": "BETWEEN", "value": "1"]), "BETWEEN"),
      (
        filters(
          filter("amount", "GT", "1"), filter("amount", "GT", "1"), filter("amount", "GT", "1"),
          filter("amount", "GT", "1"), filter("amount", "GT", "1"), filter("amount", "GT", "1"),
          filter("amount", "GT", "1")), "Too many filters"
      ),
      (["query": .string(String(repeating: "x", count: 3000))], "3000"),
    ] as [(JSONValue, String)])
  func refuses(_ body: JSONValue, _ words: String) {
    var client = HubSpotClient()
    let reply = client.json("POST", "/crm/v3/objects/deals/search", body, status: 400)
    #expect(reply["category"]?.string == "VALIDATION_ERROR")
    #expect(reply["message"]?.string?.contains(words) == true, "\(reply)")
  }

  @Test(
    arguments: [
      (filter("dealname", "EQ", "alpha one"), ["Alpha One"]),
      (filter("dealname", "NEQ", "Alpha One"), ["Beta", "gamma-ray"]),
      (filter("amount", "GT", "100"), ["gamma-ray"]),
      (filter("amount", "GTE", "100.00"), ["Beta", "gamma-ray"]),
      (filter("amount", "LT", "100"), ["Alpha One"]),
      (filter("amount", "LTE", "9"), ["Alpha One"]),
      (
        ["propertyName": "amount", "operator": "BETWEEN", "value": "9", "highValue": "100"],
        ["Alpha One", "Beta"]
      ),
      (["propertyName": "dealname", "operator": "IN", "values": ["beta"]], ["Beta"]),
      (["propertyName": "dealname", "operator": "IN", "values": ["Beta"]], []),
      (
        ["propertyName": "dealstage", "operator": "NOT_IN", "values": ["closedwon"]],
        ["Alpha One", "Beta"]
      ),
      (["propertyName": "description", "operator": "HAS_PROPERTY"], ["Beta"]),
      (
        ["propertyName": "description", "operator": "NOT_HAS_PROPERTY"],
        ["Alpha One", "gamma-ray"]
      ),
      (filter("dealname", "CONTAINS_TOKEN", "alpha"), ["Alpha One"]),
      (filter("dealname", "CONTAINS_TOKEN", "ray"), ["gamma-ray"]),
      (filter("dealname", "CONTAINS_TOKEN", "alph"), []),
      (filter("dealname", "CONTAINS_TOKEN", "alph*"), ["Alpha One"]),
      (filter("dealname", "NOT_CONTAINS_TOKEN", "alpha"), ["Beta", "gamma-ray"]),
      (filter("hs_is_closed_won", "EQ", "true"), ["gamma-ray"]),
      (filter("dealstage", "EQ", "CLOSEDWON"), []),
    ] as [(JSONValue, [String])])
  func operators(_ filter: JSONValue, _ expected: [String]) {
    var client = HubSpotClient()
    _ = client.deal("Alpha One", more: ["amount": "9"])
    _ = client.deal("Beta", more: ["amount": "100", "properties": ["description": "x"]])
    _ = client.deal("gamma-ray", more: ["amount": "1000", "stage": "closedwon"])
    let reply = client.json("POST", "/crm/objects/2026-09/0-3/search", filters(filter))
    let names = (reply["results"]?.array ?? []).compactMap { $0["properties"]?["dealname"]?.string }
    #expect(names == expected)
    #expect(reply["total"]?.int == expected.count)
  }

  @Test func walksAnIncrementInOrder() {
    var client = HubSpotClient()
    client.control("bulk", ["deals": 450])
    let first = client.now.milliseconds - 449
    for direction in ["ASCENDING", "DESCENDING"] {
      var seen: [String] = []
      var after: String? = "0"
      while let position = after {
        var body = filters(filter("hs_lastmodifieddate", "GTE", String(first + 50))).object ?? [:]
        body["sorts"] = [
          ["propertyName": "hs_lastmodifieddate", "direction": .string(direction)]
        ]
        body["limit"] = 200
        body["after"] = .string(position)
        let reply = client.json("POST", "/crm/v3/objects/deals/search", .object(body))
        #expect(reply["total"]?.int == 400)
        seen += client.ids(reply)
        after = reply["paging"]?["next"]?["after"]?.string
      }
      let sorted = seen.compactMap { Int($0) }.sorted()
      #expect(seen.count == 400)
      let expected = direction == "ASCENDING" ? sorted : sorted.reversed()
      #expect(seen.compactMap { Int($0) } == expected)
    }
  }

  @Test func offersAPageBeyondTheCapAndRefusesIt() {
    var client = HubSpotClient()
    client.control("bulk", ["deals": 10_050, "spacing_ms": 0])
    let last = client.json(
      "POST", "/crm/v3/objects/deals/search", ["limit": 200, "after": "9800"])
    #expect(last["total"]?.int == 10_050)
    #expect(last["paging"]?["next"]?["after"]?.string == "10000")
    client.json(
      "POST", "/crm/v3/objects/deals/search", ["limit": 200, "after": "10000"], status: 400)
    let stamp = String(client.now.milliseconds)
    let id = client.ids(last).last ?? ""
    let rest = client.found(
      "deals",
      filters(filter("hs_lastmodifieddate", "EQ", stamp), filter("hs_object_id", "GT", id)))
    #expect(rest.count == 10)
    #expect(rest.first.flatMap { Int($0) } == Int(id).map { $0 + 1 })
  }

  @Test func contactsAnswerToTheirOwnStampOnly() {
    var client = HubSpotClient()
    #expect(client.found("contacts", filters(filter("hs_lastmodifieddate", "GTE", "0"))).isEmpty)
    #expect(client.found("contacts", filters(filter("lastmodifieddate", "GTE", "0"))).count == 5)
  }

  @Test func lagHidesAndKeepsTheOldVersion() {
    var client = HubSpotClient()
    let old = client.deal("Old")
    client.control("lag", ["seconds": 5])
    client.advance(milliseconds: 1000)
    client.json("PATCH", "/crm/v3/objects/deals/\(old)", ["properties": ["dealname": "New"]])
    let new = client.deal("Fresh")
    let stamp = String(client.now.milliseconds)
    let since = filters(filter("hs_lastmodifieddate", "GTE", stamp))
    #expect(client.found("deals", since).isEmpty)
    let before = client.json("POST", "/crm/v3/objects/deals/search", [:])
    #expect(before["results"]?[0]?["properties"]?["dealname"]?.string == "Old")
    #expect(client.json("GET", "/crm/v3/objects/deals/\(new)")["id"]?.string == new)
    client.advance(milliseconds: 4999)
    #expect(client.found("deals", since).isEmpty)
    client.advance(milliseconds: 1)
    #expect(client.found("deals", since) == [old, new])
  }

  @Test func anOffsetPastTheEndIsAnEmptyPage() {
    var client = HubSpotClient()
    _ = client.deal()
    let reply = client.json("POST", "/crm/v3/objects/deals/search", ["after": "50"])
    #expect(reply["total"]?.int == 1)
    #expect(reply["results"] == [])
  }

  @Test(arguments: ["LT", "LTE", "GT", "GTE", "EQ"])
  func survivesExtremeBounds(_ operation: String) {
    var client = HubSpotClient()
    for value in [Int64.min, Int64.max] {
      for property in ["hs_lastmodifieddate", "hs_object_id"] {
        _ = client.call(
          "POST", "/crm/v3/objects/deals/search",
          filters(filter(property, operation, String(value))))
      }
    }
    client.json("POST", "/crm/v3/objects/deals/search", ["after": .integer(Int.max)], status: 400)
  }

  @Test func jitterMakesNeighboursAppearOutOfOrder() {
    var client = HubSpotClient()
    client.control("lag", ["seconds": "0.5", "jitter_seconds": 10])
    let made = (0..<20).map { index in
      client.advance(milliseconds: 1)
      return client.deal("D\(index)")
    }
    var sawGap = false
    for _ in 0..<11 {
      let found = client.found("deals", ["limit": 200])
      if found != Array(made.prefix(found.count)) { sawGap = true }
      client.advance(milliseconds: 1000)
    }
    #expect(sawGap)
    #expect(client.found("deals", ["limit": 200]) == made)
  }

  @Test func aRepeatedSearchSeesEveryKindOfChange() {
    var client = HubSpotClient()
    let deal = client.deal()
    let query = filters(filter("associations.company", "EQ", "1001"))
    #expect(client.found("deals", query).isEmpty)
    client.json("PUT", "/crm/v4/objects/deals/\(deal)/associations/default/companies/1001")
    #expect(client.found("deals", query) == [deal])
    client.control("edit", ["type": "deals", "id": .string(deal), "properties": ["amount": "1"]])
    let won = filters(filter("hs_is_closed_won", "EQ", "true"))
    #expect(client.found("deals", won).isEmpty)
    client.control("move_deal", ["deal": .string(deal), "stage": "closedwon"])
    #expect(client.found("deals", won) == [deal])
  }

  @Test func findsByAssociationAndNeverArchived() {
    var client = HubSpotClient()
    let deal = client.deal(more: ["company": "1001"])
    _ = client.deal("Other")
    let query = filters(filter("associations.company", "EQ", "1001"))
    #expect(client.found("deals", query) == [deal])
    client.call("DELETE", "/crm/v3/objects/deals/\(deal)")
    #expect(client.found("deals", query).isEmpty)
  }

  @Test func sortsByAnyProperty() {
    var client = HubSpotClient()
    let amounts = ["20", "3", "100"]
    for amount in amounts { _ = client.deal(amount, more: ["amount": .string(amount)]) }
    let reply = client.json(
      "POST", "/crm/v3/objects/deals/search", ["sorts": ["-amount"], "properties": ["amount"]])
    let found = (reply["results"]?.array ?? []).compactMap { $0["properties"]?["amount"]?.string }
    #expect(found == ["100", "20", "3"])
  }

  /// The index against a plain scan, under random edits, archives, merges and clock steps.
  @Test(arguments: [UInt64(1), 2, 3])
  func agreesWithAScan(_ seed: UInt64) {
    var random = HubSpotRandom(state: seed)
    var client = HubSpotClient()
    client.control("bulk", ["deals": 60, "spacing_ms": 0])
    for step in 0..<300 {
      let live = client.world.records(.deals)
      let deal = live[Int(random.next() % UInt64(live.count))].id
      client.advance(milliseconds: Int64(random.next() % 5) - 1)
      switch random.next() % 10 {
      case 0 where live.count > 5: client.call("DELETE", "/crm/v3/objects/deals/\(deal)")
      case 1 where live.count > 5 && live[0].id != deal:
        client.control(
          "merge", ["type": "deals", "primary": .string(deal), "secondary": .string(live[0].id)])
      case 2: _ = client.deal("n\(step)")
      default:
        client.json(
          "PATCH", "/crm/v3/objects/deals/\(deal)", ["properties": ["description": "\(step)"]])
      }
      let low = client.now.milliseconds - Int64(random.next() % 40)
      var body = filters(filter("hs_lastmodifieddate", "GTE", String(low))).object ?? [:]
      body["sorts"] = ["hs_lastmodifieddate"]
      body["limit"] = 200
      let found = client.found("deals", .object(body))
      let expected = client.world.records(.deals).filter { $0.modified >= low }
        .sorted { ($0.modified, Int($0.id) ?? 0) < ($1.modified, Int($1.id) ?? 0) }.map(\.id)
      #expect(found == expected, "seed \(seed), step \(step)")
    }
  }
}

struct HubSpotRandom {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
