import Connectors
import Domain
import Sandbox
import Testing

@Suite("Pipedrive: reading what changed")
struct PipedriveFeedTests {
  @Test("the first reading brings everything, records without a stamp too; the second nothing new")
  func firstAndSecond() async throws {
    let bench = PipedriveBench()
    let made = try (0..<3).map { try bench.deal("Deal \($0)") }
    try bench.person("forget_stamp", ["type": "deals", "id": .string(made[0])])
    let (pages, cursor) = try await bench.poll(bench.connector())
    #expect(pages.dealIDs.sorted() == made.sorted())
    #expect(cursor.highWater != nil)
    bench.clock.advance(.seconds(3600))
    let (again, _) = try await bench.poll(bench.connector(), from: cursor)
    #expect(again.dealIDs.isEmpty == false || again.count == 1)
    #expect(again.flatMap(\.rejected).isEmpty)
  }

  @Test(
    "nothing is missed while the listing moves under the reader",
    arguments: [1, 2, 3] as [UInt64])
  func shifts(_ seed: UInt64) async throws {
    let bench = PipedriveBench()
    try bench.person("bulk", ["deals": 1203, "spacing_ms": seed % 2 == 0 ? 0 : 400])
    let all = Set(try bench.records("deals").compactMap { $0["id"]?.digits })
    bench.clock.advance(.seconds(600))
    let connector = try bench.connector()
    var random = seed
    func next(_ bound: Int) -> Int {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((random >> 33) % UInt64(bound))
    }
    let ids = all.sorted()
    var touched: Set<String> = []
    let (pages, cursor) = try await bench.poll(connector) { _ in
      bench.clock.advance(.seconds(1))
      for _ in 0..<5 {
        let id = ids[next(ids.count)]
        touched.insert(id)
        try bench.person(
          "edit", ["type": "deals", "id": .string(id), "properties": ["title": "Moved"]])
      }
    }
    #expect(Set(pages.dealIDs) == all, "seed \(seed)")
    bench.clock.advance(.seconds(300))
    let (increment, _) = try await bench.poll(bench.connector(), from: cursor)
    let titles = increment.flatMap(\.deals).filter { $0.name == "Moved" }.map(\.id.rawValue)
    let stale = pages.flatMap(\.deals).filter { $0.name == "Moved" }.map(\.id.rawValue)
    #expect(touched.isSubset(of: Set(titles).union(stale)), "seed \(seed)")
  }

  @Test("more records in one second than a page holds are all read, once each")
  func ties() async throws {
    let bench = PipedriveBench()
    let (_, cursor) = try await bench.poll(bench.connector())
    bench.clock.advance(.seconds(900))
    try bench.person("bulk", ["deals": 1100, "spacing_ms": 0])
    let (pages, _) = try await bench.poll(
      bench.connector(), from: cursor.highWater == nil ? .start : cursor)
    #expect(pages.dealIDs.count == 1100)
    #expect(Set(pages.dealIDs).count == 1100)
  }

  @Test("a cursor the vendor no longer takes starts the walk anew instead of failing")
  func staleCursor() async throws {
    let bench = PipedriveBench()
    let deal = try bench.deal()
    let cursor = FeedCursor(
      highWater: Instant(milliseconds: 0), position: "since:0:bm90IGEgY3Vyc29y")
    let (pages, _) = try await bench.poll(bench.connector(), from: cursor)
    #expect(Set(pages.dealIDs) == [deal])
  }

  @Test("deals deleted since show as deleted; archived ones are found by the slower sweep")
  func deletedAndArchived() async throws {
    let bench = PipedriveBench()
    let (gone, kept) = (try bench.deal("A"), try bench.deal("B"))
    let (_, cursor) = try await bench.poll(bench.connector())
    bench.clock.advance(.seconds(300))
    try bench.person("delete", ["type": "deals", "id": .string(gone)])
    try bench.person("win", ["deal": .string(kept)])
    try bench.person("archive_deal", ["deal": .string(kept)])
    let (pages, next) = try await bench.poll(bench.connector(), from: cursor)
    #expect(pages.deletedIDs == [gone])
    #expect(!pages.dealIDs.contains(kept))
    bench.clock.advance(.seconds(7 * 3600))
    let (later, last) = try await bench.poll(bench.connector(), from: next)
    #expect(later.dealIDs == [kept])
    #expect(later.flatMap(\.deals).first?.outcome == .won)
    bench.world.clearLog()
    bench.clock.advance(.seconds(300))
    _ = try await bench.poll(bench.connector(), from: last)
    #expect(!bench.calls.contains { $0.hasSuffix("/archived") })
  }

  @Test("a pass in which nothing changed costs one call a list and thirty units")
  func idleCost() async throws {
    let bench = PipedriveBench()
    _ = try bench.deal()
    let first = try bench.connector()
    let catalogue = try await first.catalogue()
    var cursors: [CRMFeed: FeedCursor] = [:]
    for feed in first.capabilities.feeds {
      cursors[feed] = try await bench.poll(first, feed).cursor
    }
    bench.clock.advance(.seconds(300))
    try bench.person("limits", ["daily_used": 0])
    bench.world.clearLog()
    let second = try bench.connector()
    await second.adopt(catalogue)
    for feed in second.capabilities.feeds {
      _ = try await bench.poll(second, feed, from: cursors[feed] ?? .start)
    }
    #expect(bench.calls.count == 3, "\(bench.calls)")
    #expect(try bench.person("limits")["daily_used"]?.int == 30)
  }

  @Test("a merge is told when the survivor carries the loser's title or invoice number")
  func merges() async throws {
    let bench = PipedriveBench()
    let loser = try bench.deal("Old", ["properties": ["Xero invoice number": "INV-7"]])
    let survivor = try bench.deal("New")
    let other = try bench.deal("Other")
    let (_, cursor) = try await bench.poll(bench.connector())
    bench.clock.advance(.seconds(300))
    try bench.person(
      "merge", ["type": "deals", "loser": .string(loser), "survivor": .string(survivor)])
    bench.clock.advance(.seconds(60))
    try bench.person("delete", ["type": "deals", "id": .string(other)])
    // An edit after the merge moves the survivor's stamp away from the loser's.
    try bench.person(
      "edit", ["type": "deals", "id": .string(survivor), "properties": ["title": "Newer"]])
    let connector = try bench.connector()
    let (pages, _) = try await bench.poll(connector, from: cursor)
    let deal = try #require(pages.flatMap(\.deals).first { $0.id.rawValue == survivor })
    #expect(deal.mergedFrom == [ID(loser)])
    #expect(pages.deletedIDs == [other])
    let answers = try await connector.deals([ID(loser), ID(other), ID("999999"), ID("x/../y")])
    #expect(
      answers.contains {
        if case .merged(ID(loser), let into) = $0 {
          into.id == ID(survivor)
        } else {
          false
        }
      })
    #expect(
      answers.contains {
        if case .merged(_, let into) = $0 {
          into.mergedFrom == [ID(loser)]
        } else {
          false
        }
      })
    #expect(answers.contains(.archived(ID(other))))
    #expect(answers.contains(.gone(ID("999999"))))
    #expect(answers.contains(.gone(ID("x/../y"))))
  }

  @Test("people and organisations are read with all their parts, whatever the script")
  func parties() async throws {
    let bench = PipedriveBench()
    let company = try bench.company()
    try bench.person(
      "create",
      [
        "type": "persons",
        "properties": [
          "name": "Zoë 山田 Ünal", "org_id": .integer(Int(company) ?? 0),
          "emails": [
            ["value": "second@x.example", "primary": false, "label": "home"],
            ["value": "first@x.example", "primary": true],
          ],
          "phones": [
            ["value": "+64 21 1", "label": "mobile"], ["value": "+64 9 2", "label": "work"],
          ],
          "Xero contact id": "c-1",
        ],
      ])
    let (people, _) = try await bench.poll(bench.connector(), .people)
    let zoe = try #require(people.flatMap(\.parties).first { $0.name.hasPrefix("Zoë") })
    #expect(zoe.firstName == "Zoë")
    #expect(zoe.lastName == "山田 Ünal")
    #expect(zoe.emails == ["first@x.example", "second@x.example"])
    #expect(zoe.phones == [.mobile: "+64 21 1", .main: "+64 9 2"])
    #expect(zoe.companyIDs == [ID(company)])
    #expect(zoe.mark == "c-1")
    let (firms, _) = try await bench.poll(bench.connector(), .companies)
    let firm = try #require(firms.flatMap(\.parties).first { $0.subject.id == company })
    #expect(
      firm.addresses[.postal]
        == PostalAddress(
          lines: ["12 Quay Street"], city: "Auckland", postalCode: "1010",
          country: "New Zealand"))
  }
}
