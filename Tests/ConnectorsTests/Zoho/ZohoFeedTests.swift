import Connectors
import Domain
import Sandbox
import Testing

@Suite("Zoho: reading what changed")
struct ZohoFeedTests {
  @Test("the first reading brings everything; the second nothing new, in six calls")
  func firstAndSecond() async throws {
    let bench = ZohoBench()
    let made = try (0..<3).map { try bench.deal("Deal \($0)") }
    let first = try bench.connector()
    let catalogue = try await first.catalogue()
    var cursors: [CRMFeed: FeedCursor] = [:]
    for feed in first.capabilities.feeds {
      let (pages, cursor) = try await bench.poll(first, feed)
      if feed == .deals { #expect(pages.zohoDeals.sorted() == made.sorted()) }
      if feed == .companies { #expect(pages.zohoParties.count == 3) }
      cursors[feed] = cursor
    }
    bench.clock.advance(.seconds(600))
    bench.world.clearLog()
    let second = try bench.connector()
    await second.adopt(catalogue)
    for feed in second.capabilities.feeds {
      let (pages, cursor) = try await bench.poll(second, feed, from: cursors[feed] ?? .start)
      #expect(pages.flatMap(\.rejected).isEmpty)
      #expect(cursor.highWater == cursors[feed]?.highWater)
    }
    #expect(
      bench.calls == [
        "GET /Deals", "GET /Deals/deleted", "GET /Accounts", "GET /Accounts/deleted",
        "GET /Contacts", "GET /Contacts/deleted", "GET /Quotes",
      ])
  }

  @Test(
    "nothing is missed while the listing moves under the reader",
    arguments: [1, 2, 3, 4] as [UInt64])
  func shifts(_ seed: UInt64) async throws {
    let bench = ZohoBench()
    // Also where the vendor's page tokens only count records.
    try bench.person("org", ["counts_pages": .bool(seed > 2)])
    try bench.person("bulk", ["Deals": 703, "spacing_ms": seed % 2 == 0 ? 0 : 400])
    let ids = try bench.records("Deals").compactMap { $0["id"]?.string }
    bench.clock.advance(.seconds(600))
    let connector = try bench.connector()
    var random = seed
    func next(_ bound: Int) -> Int {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((random >> 33) % UInt64(bound))
    }
    let isTied = seed % 2 == 0
    let (pages, cursor) = try await bench.poll(connector) { _ in
      bench.clock.advance(.seconds(1))
      // A second that holds more records than a page is walked by token: nothing leaves it then.
      guard !isTied || seed < 3 else { return }
      for _ in 0..<5 {
        try bench.person(
          "edit",
          ["type": "Deals", "id": .string(ids[next(ids.count)]), "properties": ["Amount": 5]])
      }
    }
    #expect(Set(pages.zohoDeals) == Set(ids), "seed \(seed)")
    bench.clock.advance(.seconds(300))
    let changed = Set(
      try bench.records("Deals").filter { $0["Amount"]?.digits == "5" }
        .compactMap { $0["id"]?.string })
    let (increment, _) = try await bench.poll(bench.connector(), from: cursor)
    let seen = (pages + increment).flatMap(\.deals).filter { $0.amount?.plain == "5" }
    #expect(changed.isSubset(of: Set(seen.map(\.id.rawValue))), "seed \(seed)")
  }

  @Test("more than two thousand records in one second are all read, by page token")
  func ties() async throws {
    let bench = ZohoBench()
    let first = try bench.deal()
    let (_, cursor) = try await bench.poll(bench.connector())
    bench.clock.advance(.seconds(900))
    try bench.person("bulk", ["Deals": 2100, "spacing_ms": 0])
    let (pages, _) = try await bench.poll(bench.connector(), from: cursor)
    // The youngest that was known is read again, as far back as listings lag.
    #expect(Set(pages.zohoDeals).subtracting([first]).count == 2100)
    #expect(!bench.world.log.contains { $0.status == 400 })
  }

  @Test("a page token the vendor no longer takes starts its second anew instead of failing")
  func staleToken() async throws {
    let bench = ZohoBench()
    let deal = try bench.deal()
    let cursor = FeedCursor(
      highWater: Instant(milliseconds: 0), position: "since:0:bm90IGEgdG9rZW4=")
    let (pages, _) = try await bench.poll(bench.connector(), from: cursor)
    #expect(Set(pages.zohoDeals) == [deal])
  }

  @Test("what was deleted since is told, restored records come back")
  func deleted() async throws {
    let bench = ZohoBench()
    let (gone, purged, kept) = (try bench.deal("A"), try bench.deal("B"), try bench.deal("C"))
    let (_, cursor) = try await bench.poll(bench.connector())
    bench.clock.advance(.seconds(300))
    try bench.person("delete", ["type": "Deals", "id": .string(gone)])
    try bench.person("purge", ["type": "Deals", "id": .string(purged)])
    let (pages, next) = try await bench.poll(bench.connector(), from: cursor)
    #expect(Set(pages.zohoDeleted) == [gone, purged])
    let answers = try await (try bench.connector()).deals([gone, kept, "17", "x/y"].map { ID($0) })
    #expect(answers[0] == .gone(ID(gone)))
    #expect(answers[2] == .gone(ID("17")))
    #expect(answers[3] == .gone(ID("x/y")))
    bench.clock.advance(.seconds(300))
    try bench.person("restore", ["type": "Deals", "id": .string(gone)])
    let (again, last) = try await bench.poll(bench.connector(), from: next)
    #expect(again.zohoDeals.contains(gone))
    #expect(!again.zohoDeleted.contains(gone))
    bench.clock.advance(.seconds(3600))
    let (quiet, _) = try await bench.poll(bench.connector(), from: last)
    #expect(quiet.zohoDeleted.isEmpty)
  }

  @Test("a record that a lagging list hides is read when it shows")
  func lag() async throws {
    let bench = ZohoBench()
    _ = try bench.deal("Old")
    let (_, cursor) = try await bench.poll(bench.connector())
    bench.clock.advance(.seconds(600))
    let hidden = try bench.deal("Hidden")
    bench.clock.advance(.seconds(60))
    let shown = try bench.deal("Shown")
    bench.clock.advance(.seconds(70))
    try bench.person("lag", ["seconds": 100])
    // The younger is hidden still; the older just shows.
    let (pages, next) = try await bench.poll(bench.connector(), from: cursor)
    #expect(pages.zohoDeals.contains(hidden) && !pages.zohoDeals.contains(shown))
    bench.clock.advance(.seconds(40))
    let (later, _) = try await bench.poll(bench.connector(), from: next)
    #expect(later.zohoDeals.contains(shown))
  }

  @Test("accounts and contacts are read with all their parts, whatever the script")
  func parties() async throws {
    let bench = ZohoBench()
    let company = try bench.company()
    try bench.person(
      "create",
      [
        "type": "Contacts",
        "properties": [
          "First_Name": "Zoë", "Last_Name": "山田 Ünal", "Email": "first@x.example",
          "Secondary_Email": "second@x.example", "Mobile": "+64 21 1", "Phone": "+64 9 2",
          "Account_Name": ["id": .string(company)], "Xero contact id": "c-1",
          "Mailing_Street": "1 Side St", "Mailing_City": "Nelson",
        ],
      ])
    let (people, _) = try await bench.poll(bench.connector(), .people)
    let zoe = try #require(people.flatMap(\.parties).first { $0.firstName == "Zoë" })
    #expect(zoe.name == "Zoë 山田 Ünal")
    #expect(zoe.lastName == "山田 Ünal")
    #expect(zoe.emails == ["first@x.example", "second@x.example"])
    #expect(zoe.phones == [.mobile: "+64 21 1", .main: "+64 9 2"])
    #expect(zoe.companyIDs == [ID(company)])
    #expect(zoe.mark == "c-1")
    #expect(zoe.addresses == [.postal: PostalAddress(lines: ["1 Side St"], city: "Nelson")])
    let (firms, _) = try await bench.poll(bench.connector(), .companies)
    let firm = try #require(firms.flatMap(\.parties).first { $0.subject.id == company })
    #expect(
      firm.addresses[.postal]
        == PostalAddress(
          lines: ["12 Quay Street"], city: "Auckland", postalCode: "1010",
          country: "New Zealand"))
    #expect(firm.website == "harbourlights.example")
  }
}
