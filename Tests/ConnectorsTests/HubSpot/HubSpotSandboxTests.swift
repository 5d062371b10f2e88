import Connectors
import Domain
import Foundation
import Testing
import Transport

@Suite("HubSpot: reading a simulated account")
struct HubSpotSandboxReadTests {
  private func deal(_ bench: HubSpotBench, _ name: String = "Roof") throws -> String {
    let company = bench.ids(.companies, "name", "Harbour Lights Ltd")[0]
    let people = ["Mere", "Owen"].flatMap { bench.ids(.contacts, "firstname", $0) }
    let made = try bench.person(
      "create_deal",
      """
      {"name": "\(name)", "stage": "closedwon", "owner": "hana@kauri.example",
       "company": "\(company)", "contacts": ["\(people.joined(separator: "\",\""))"],
       "lines": [
        {"name": "Labour", "quantity": "3", "price": "100", "discount": "2.5",
         "properties": {"hs_position_on_quote": "2"}},
        {"name": "Tiles", "quantity": "1", "price": "19.99", "tax_rate_group": "701",
         "properties": {"hs_position_on_quote": "1"}}]}
      """)
    return try #require(made["deal"])
  }

  @Test func anIdlePollIsOneCallAFeed() async throws {
    let bench = try HubSpotBench()
    _ = try deal(bench)
    await bench.connector.adopt(try await bench.connector.catalogue())
    var cursors: [CRMFeed: FeedCursor] = [:]
    for feed in bench.connector.capabilities.feeds {
      cursors[feed] = try await bench.poll(feed).cursor
    }
    bench.clearLog()
    for feed in bench.connector.capabilities.feeds {
      let again = try await bench.poll(feed, from: cursors[feed] ?? .start)
      #expect(again.cursor == cursors[feed])
      #expect(again.pages.count == 1)
    }
    #expect(bench.calls.count == 4, "\(bench.calls)")
  }

  @Test func aDealIsExpandedWithLinesInOrderAndThePrimaryCompanyFirst() async throws {
    let bench = try HubSpotBench()
    let id = try deal(bench)
    let other = bench.ids(.companies, "name", "Southern Fern Nurseries")[0]
    try bench.person(
      "associate",
      #"{"from_type": "deals", "from": "\#(id)", "to_type": "companies", "to": "\#(other)"}"#)
    await bench.connector.adopt(try await bench.connector.catalogue())
    bench.clearLog()
    let answers = try await bench.connector.deals([ID(id)])
    guard case .found(let deal) = answers.first else {
      Issue.record("\(answers)")
      return
    }
    #expect(deal.isComplete)
    #expect(deal.lines.map(\.name) == ["Tiles", "Labour"])
    #expect(deal.lines.last?.discount == .amount(ExactDecimal(significand: 75, scale: 1)))
    #expect(deal.lines.first?.tax == "GST on Income")
    #expect(deal.companyIDs.count == 2)
    #expect(deal.companyIDs.last == ID(other))
    #expect(deal.personIDs.count == 2)
    #expect(deal.outcome == .won)
    #expect(deal.ownerID == ID("501"))
    // One batch read of deals, three of links, one of lines; tax rates once in a pass.
    #expect(bench.calls.count == 6, "\(bench.calls)")
    let owners = try await bench.connector.dealsOwning(lines: deal.lines.map(\.id))
    #expect(owners == [ID(id)])
  }

  @Test func mergedArchivedAndUnknownDealsAreToldApart() async throws {
    let bench = try HubSpotBench()
    let (first, second, third) = (try deal(bench, "A"), try deal(bench, "B"), try deal(bench, "C"))
    let merged = try bench.person(
      "merge", #"{"type": "deals", "primary": "\#(first)", "secondary": "\#(second)"}"#)["id"]
    try bench.person("archive", #"{"type": "deals", "id": "\#(third)"}"#)
    let survivor = try #require(merged)
    let asked = [first, second, third, "99999999"]
    let answers = try await bench.connector.deals(asked.map { ID($0) })
    for old in [first, second] {
      let found = answers.contains {
        guard case .merged(ID(old), let deal) = $0 else { return false }
        return deal.id == ID(survivor) && Set(deal.mergedFrom) == [ID(first), ID(second)]
          && deal.isComplete
      }
      #expect(found, "\(old): \(answers)")
    }
    #expect(answers.contains(.archived(ID(third))))
    #expect(answers.contains(.gone(ID("99999999"))))
    // In a listing the survivor names its ancestors.
    let page = try await bench.connector.page(.deals, from: .start)
    #expect(page.deals.contains { Set($0.mergedFrom) == [ID(first), ID(second)] })
  }

  @Test func aLinkOrLineChangesTheDigestWithoutMovingTheDeal() async throws {
    let bench = try HubSpotBench()
    let id = try deal(bench)
    let before = try await bench.connector.relations(of: [ID(id)])
    #expect(try await bench.connector.relations(of: [ID(id)]) == before)
    let cursor = try await bench.poll(.lines).cursor
    bench.clock.advance(.seconds(5000))
    let line = try #require(
      try bench.person("add_line", #"{"deal": "\#(id)", "name": "Extra", "price": "5"}"#)["line"])
    #expect(try await bench.connector.relations(of: [ID(id)]) != before)
    let polled = try await bench.poll(.lines, from: cursor)
    #expect(polled.pages.flatMap(\.lines).map(\.id).contains(line))
  }

  /// Fewer than a page, more than a page, and more than a search can reach.
  @Test(arguments: [(150, 0), (650, 0), (10_400, 0), (650, 1), (1203, 250)])
  func everyRecordIsSeenHoweverManyShareAStamp(count: Int, spacing: Int) async throws {
    let bench = try HubSpotBench()
    try bench.person("bulk", #"{"companies": \#(count), "spacing_ms": \#(spacing)}"#)
    let newest = bench.clock.now
    let (pages, cursor) = try await bench.poll(.companies)
    let seen = Set(pages.flatMap(\.parties).map(\.id))
    #expect(seen.count == count + 4)
    #expect(cursor.position == nil)
    #expect(cursor.highWater?.milliseconds == newest)
    // Reading again what a page ends with must stay cheap.
    #expect(pages.count <= 2 * (count / 200 + 1) + 2, "\(pages.count) pages")
    #expect(pages.allSatisfy { $0.rejected.isEmpty })
  }

  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func everyRecordIsSeenInAnyMixOfStamps(seed: UInt64) async throws {
    var random = HubSpotRandom(state: seed)
    let bench = try HubSpotBench()
    for _ in 0..<6 {
      let count = random.next(below: 450) + 1
      let spacing = random.next(below: 3)
      try bench.person("bulk", #"{"contacts": \#(count), "spacing_ms": \#(spacing)}"#)
      bench.clock.advance(.milliseconds(Int64(random.next(below: 4) * 300)))
    }
    let pages = try await bench.poll(.people).pages
    let missing = bench.all(.contacts).subtracting(pages.flatMap(\.parties).map(\.id.rawValue))
    #expect(missing.isEmpty, "seed \(seed): \(missing.count) missing")
  }

  @Test func aRecordThatChangesWhileTheListingIsReadHidesNoOther() async throws {
    let bench = try HubSpotBench()
    try bench.person("bulk", #"{"companies": 600, "spacing_ms": 10}"#)
    let all = bench.all(.companies)
    var cursor = FeedCursor.start
    var seen: Set<String> = []
    var hasMore = true
    var turn = 0
    while hasMore {
      let page = try await bench.connector.page(.companies, from: cursor)
      for party in page.parties { seen.insert(party.id.rawValue) }
      (cursor, hasMore) = (page.next, page.hasMore)
      guard turn < 3 else { continue }
      turn += 1
      bench.clock.advance(.seconds(1))
      // Records of the page just read move to the end of the listing.
      for party in page.parties.prefix(20) {
        try bench.person(
          "edit",
          #"{"type": "companies", "id": "\#(party.id)", "properties": {"city": "Hamilton"}}"#)
      }
    }
    #expect(seen == all, "\(all.subtracting(seen).count) missing")
  }

  @Test func aLateIndexIsCaughtUpWithByTheOverlap() async throws {
    let bench = try HubSpotBench()
    try bench.person("lag", #"{"seconds": 300}"#)
    bench.clock.advance(.seconds(1000))
    let late = try deal(bench, "late")
    bench.clock.advance(.seconds(200))
    try bench.person("lag", #"{"seconds": 0}"#)
    let early = try deal(bench, "early")
    try bench.person("lag", #"{"seconds": 300}"#)
    let (pages, cursor) = try await bench.poll(.deals)
    let first = pages.flatMap(\.deals).map(\.id.rawValue)
    try #require(first.contains(early) && !first.contains(late))
    bench.clock.advance(.seconds(400))
    let second = try await bench.poll(.deals, from: cursor).pages.flatMap(\.deals)
    #expect(second.contains { $0.id == ID(late) })
  }

  @Test func partiesAreFoundMergedOrGone() async throws {
    let bench = try HubSpotBench()
    let mere = bench.ids(.contacts, "firstname", "Mere")[0]
    let owen = bench.ids(.contacts, "firstname", "Owen")[0]
    let fern = bench.ids(.companies, "name", "Southern Fern Nurseries")[0]
    let merged = try #require(
      try bench.person(
        "merge", #"{"type": "contacts", "primary": "\#(mere)", "secondary": "\#(owen)"}"#)["id"])
    let person = { Subject(system: "hubspot", kind: .person, id: $0) }
    let answers = try await bench.connector.parties([
      person(mere), person("12345678"), Subject(system: "hubspot", kind: .company, id: fern),
    ])
    try #require(answers.count == 3)
    guard case .found(let company) = answers[0], case .merged(person(mere), let into) = answers[1],
      case .gone(person("12345678")) = answers[2]
    else {
      Issue.record("\(answers)")
      return
    }
    #expect(company.name == "Southern Fern Nurseries")
    #expect(into.id == ID(merged))
    #expect(into.emails.contains("owen@harbourlights.example"))
  }

  @Test func theCatalogueKnowsPipelinesOwnersAndAccount() async throws {
    let bench = try HubSpotBench()
    let catalogue = try await bench.connector.catalogue()
    #expect(catalogue.account == "24680135")
    #expect(catalogue.homeCurrency?.code == "NZD")
    #expect(catalogue.zone?.name == "Pacific/Auckland")
    #expect(catalogue.pipelines.map(\.choice.label) == ["Sales Pipeline", "Renewals"])
    #expect(catalogue.pipelines[1].stages.map(\.outcome) == [.open, .won, .lost])
    #expect(catalogue.owners.count == 4)
    #expect(catalogue.owners.filter { !$0.isActive }.map(\.name) == ["Les Gone"])
    #expect(catalogue.dealFields?.contains("xero_invoice_number") == true)
  }

  @Test func searchesStayBelowTheAccountsLimit() async throws {
    let bench = try HubSpotBench()
    for _ in 0..<30 { _ = try await bench.connector.page(.lines, from: .start) }
    #expect(bench.answers(429) == 0)
  }
}

/// The same numbers for the same seed.
private struct HubSpotRandom {
  var state: UInt64

  mutating func next(below limit: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(limit))
  }
}
