import Connectors
import Domain
import Sandbox
import Testing
import Transport

@Suite("Salesforce: reading what changed")
struct SalesforceFeedTests {
  @Test("the first reading brings everything; the second nothing that is new")
  func firstAndSecond() async throws {
    let bench = SalesforceBench()
    let made = try (0..<3).map { try bench.deal("Deal \($0)") }
    let (pages, cursor) = try await bench.poll(bench.connector())
    #expect(pages.dealIDs.sorted() == made.sorted())
    #expect(cursor.position == nil && cursor.highWater != nil)
    bench.clock.advance(.seconds(3600))
    let (again, _) = try await bench.poll(bench.connector(), from: cursor)
    // What lies within the look-back is read again, and is the same.
    #expect(again.flatMap(\.deals) == pages.flatMap(\.deals))
    #expect(again.count == 1)
  }

  @Test("a query says what it means: stamp and id, deleted rows too, in whole seconds")
  func queries() async throws {
    let bench = SalesforceBench()
    let connector = try bench.connector()
    _ = try await connector.page(.lines, from: .start)
    let seen = Instant(milliseconds: 1_795_132_800_999)
    _ = try await connector.page(.lines, from: FeedCursor(highWater: seen))
    let place = FeedCursor(
      highWater: seen, position: "after:1795132800000:00k5g0000000001AAA", reached: seen)
    _ = try await connector.page(.lines, from: place)
    let columns = "SELECT Id,OpportunityId,IsDeleted,SystemModstamp FROM OpportunityLineItem"
    let end = " ORDER BY SystemModstamp,Id LIMIT 2000"
    #expect(
      bench.queries == [
        columns + end, columns + " WHERE SystemModstamp >= 2026-11-19T23:55:00Z" + end,
        columns + " WHERE SystemModstamp > 2026-11-20T00:00:00Z OR (SystemModstamp ="
          + " 2026-11-20T00:00:00Z AND Id > '00k5g0000000001AAA')" + end,
      ])
    #expect(bench.calls.allSatisfy { $0 == "GET /queryAll" })
  }

  @Test(
    "a place in a listing that somebody tampered with is not put into a query",
    arguments: ["after:0:' OR Id != '", "after:x:00k5g0000000001AAA", "after:0:", "since:0:1"])
  func tampered(_ position: String) async throws {
    let bench = SalesforceBench()
    _ = try await bench.connector().page(.lines, from: FeedCursor(position: position))
    #expect(bench.queries.allSatisfy { !$0.contains("WHERE") })
  }

  @Test(
    "nothing is missed while the listing moves under the reader",
    arguments: [1, 2, 3] as [UInt64])
  func shifts(_ seed: UInt64) async throws {
    let bench = SalesforceBench()
    try bench.person("bulk", ["deals": 2603, "spacing_ms": seed % 2 == 0 ? 0 : 400])
    try bench.person("org", ["page_size": 700])
    let all = Set(try bench.records("Opportunity").compactMap { $0["Id"]?.string })
    bench.clock.advance(.seconds(600))
    var random = seed
    func next(_ bound: Int) -> Int {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((random >> 33) % UInt64(bound))
    }
    let ids = all.sorted()
    var touched: Set<String> = []
    let (pages, cursor) = try await bench.poll(bench.connector()) { _ in
      bench.clock.advance(.seconds(1))
      for _ in 0..<5 {
        let id = ids[next(ids.count)]
        touched.insert(id)
        try bench.person(
          "edit", ["type": "Opportunity", "id": .string(id), "properties": ["Name": "Moved"]])
      }
    }
    #expect(Set(pages.dealIDs) == all, "seed \(seed)")
    bench.clock.advance(.seconds(400))
    let (increment, _) = try await bench.poll(bench.connector(), from: cursor)
    let seen = (pages + increment).flatMap(\.deals).filter { $0.name == "Moved" }
    #expect(touched.isSubset(of: Set(seen.map(\.id.rawValue))), "seed \(seed)")
  }

  @Test("more records in one second than a page holds are all read, once each")
  func ties() async throws {
    let bench = SalesforceBench()
    _ = try bench.deal()
    let (_, cursor) = try await bench.poll(bench.connector())
    bench.clock.advance(.seconds(900))
    try bench.person("bulk", ["deals": 4500, "spacing_ms": 0])
    let (pages, _) = try await bench.poll(bench.connector(), from: cursor)
    #expect(pages.count == 3)
    // And the one of before, which the look-back meets again.
    #expect(pages.dealIDs.count == 4501)
    #expect(Set(pages.dealIDs).count == 4501)
  }

  @Test("a row that appears late, with a stamp that lies back, is met by the next reading")
  func lag() async throws {
    let bench = SalesforceBench()
    _ = try bench.deal("Early")
    let (_, start) = try await bench.poll(bench.connector())
    bench.clock.advance(.seconds(600))
    try bench.person("lag", ["seconds": 120])
    let late = try bench.deal("Late")
    bench.clock.advance(.seconds(60))
    let (hidden, cursor) = try await bench.poll(bench.connector(), from: start)
    #expect(!hidden.dealIDs.contains(late))
    bench.clock.advance(.seconds(90))
    let (shown, _) = try await bench.poll(bench.connector(), from: cursor)
    #expect(shown.dealIDs.contains(late))
  }

  @Test("deletions, restored records, and lines that went away")
  func deleted() async throws {
    let bench = SalesforceBench()
    let made = try bench.person(
      "create_deal",
      [
        "name": "A", "company": .string(try bench.company()),
        "lines": [["name": "X", "price": "5"], ["name": "Y", "price": "6"]],
      ])
    let deal = made["deal"]?.string ?? ""
    let line = made["lines"]?[0]?.string ?? ""
    let gone = try bench.deal("Gone")
    let (_, cursor) = try await bench.poll(bench.connector())
    let (_, lines) = try await bench.poll(bench.connector(), .lines)
    bench.clock.advance(.seconds(900))
    try bench.person("delete", ["type": "Opportunity", "id": .string(gone)])
    try bench.person("remove_line", ["line": .string(line)])
    let (pages, _) = try await bench.poll(bench.connector(), from: cursor)
    #expect(pages.deletedIDs == [gone])
    #expect(pages.flatMap(\.deals).first { $0.id.rawValue == deal }?.amount?.plain == "6")
    let (changed, _) = try await bench.poll(bench.connector(), .lines, from: lines)
    let removed = try #require(changed.flatMap(\.lines).first { $0.id == line })
    #expect(removed.deal?.rawValue == deal && removed.stamp.hasSuffix("deleted"))
    #expect(try await bench.connector().dealsOwning(lines: [line, "' OR"]) == [ID(deal)])
    #expect(try await bench.connector().deals([ID(gone)]) == [.archived(ID(gone))])
    bench.clock.advance(.seconds(900))
    try bench.person("restore", ["type": "Opportunity", "id": .string(gone)])
    let (back, _) = try await bench.poll(bench.connector(), from: cursor)
    #expect(back.dealIDs.contains(gone) && back.deletedIDs.isEmpty)
  }

  @Test("merged accounts and contacts name their survivors, through chains")
  func merges() async throws {
    let bench = SalesforceBench()
    func make(_ name: String) throws -> String {
      try bench.person("create", ["type": "Account", "properties": ["Name": .string(name)]])["id"]?
        .string ?? ""
    }
    let (first, second, third) = (try make("One"), try make("Two"), try make("Three"))
    let dead = try make("Dead")
    let (_, cursor) = try await bench.poll(bench.connector(), .companies)
    bench.clock.advance(.seconds(900))
    for (loser, winner) in [(first, second), (second, third)] {
      try bench.person(
        "merge", ["type": "Account", "loser": .string(loser), "survivor": .string(winner)])
      bench.clock.advance(.seconds(5))
    }
    try bench.person("delete", ["type": "Account", "id": .string(dead)])
    let (pages, _) = try await bench.poll(bench.connector(), .companies, from: cursor)
    let merged = Dictionary(
      uniqueKeysWithValues: pages.flatMap(\.parties).map { ($0.subject.id, $0.mergedInto) })
    #expect(merged[first] == ID(second))
    #expect(merged[second] == ID(third))
    #expect(merged[third] == .some(nil))
    #expect(pages.deletedIDs == [dead])
    let subjects = [first, dead, "0015g00000zzzzzAAA"].map {
      Subject(system: "salesforce", kind: .company, id: $0)
    }
    let answers = try await bench.connector().parties(subjects)
    guard case .merged(subjects[0], let into) = answers[0], case .found(let archived) = answers[1],
      case .gone(subjects[2]) = answers[2]
    else {
      Issue.record("\(answers)")
      return
    }
    #expect(into.subject.id == third)
    #expect(archived.status == .archived)
  }

  @Test("a pass in which nothing changed costs one call a list")
  func idleCost() async throws {
    let bench = SalesforceBench()
    _ = try bench.deal()
    let first = try bench.connector()
    let catalogue = try await first.catalogue()
    var cursors: [CRMFeed: FeedCursor] = [:]
    for feed in first.capabilities.feeds {
      cursors[feed] = try await bench.poll(first, feed).cursor
    }
    bench.clock.advance(.seconds(300))
    bench.world.clearLog()
    let second = try bench.connector()
    await second.adopt(catalogue)
    for feed in second.capabilities.feeds {
      _ = try await bench.poll(second, feed, from: cursors[feed] ?? .start)
    }
    #expect(bench.calls.count == 4, "\(bench.calls)")
    #expect(await second.callCount() == 4)
  }

  @Test("a slow organisation is asked for less at a time; a field that went away is noticed")
  func mended() async throws {
    let bench = SalesforceBench()
    let deal = try bench.deal()
    let connector = try bench.connector()
    let catalogue = try await connector.catalogue()
    let body =
      #"[{"message":"Your query request was running for too long.","errorCode":"QUERY_TIMEOUT"}]"#
    bench.world.setFaults([
      Fault(
        .status(.init(status: 400, contentType: "application/json", body: body)),
        vendor: "salesforce", path: "/services/data/v66.0/queryAll")
    ])
    #expect(try await bench.poll(connector).pages.dealIDs == [deal])
    #expect(bench.queries.last?.hasSuffix("LIMIT 200") == true)
    try bench.person("delete_field", ["type": "Opportunity", "name": "Payment_Terms__c"])
    let later = try bench.connector()
    await later.adopt(catalogue)
    #expect(try await bench.poll(later).pages.dealIDs == [deal])
  }

  @Test("people and accounts are read with all their parts, whatever the script")
  func parties() async throws {
    let bench = SalesforceBench()
    let company = try bench.company()
    try bench.person(
      "create",
      [
        "type": "Contact",
        "properties": [
          "FirstName": "Zoë 山田", "LastName": "Ünal", "AccountId": .string(company),
          "Email": "first@x.example", "Phone": "+64 9 2", "MobilePhone": "+64 21 1",
          "MailingStreet": "Flat 1\r\n2 Rue d'Été", "MailingCity": "Nîmes",
          "MailingCountry": "France", "Xero_Contact_Id__c": "c-1",
        ],
      ])
    let (people, _) = try await bench.poll(bench.connector(), .people)
    let zoe = try #require(people.flatMap(\.parties).first { $0.lastName == "Ünal" })
    #expect(zoe.name == "Zoë 山田 Ünal")
    #expect(zoe.emails == ["first@x.example"])
    #expect(zoe.phones == [.mobile: "+64 21 1", .main: "+64 9 2"])
    #expect(zoe.companyIDs == [ID(company)])
    #expect(zoe.mark == "c-1")
    #expect(
      zoe.addresses[.postal]
        == PostalAddress(lines: ["Flat 1", "2 Rue d'Été"], city: "Nîmes", country: "France"))
    let (firms, _) = try await bench.poll(bench.connector(), .companies)
    let firm = try #require(firms.flatMap(\.parties).first { $0.subject.id == company })
    #expect(
      firm.addresses[.postal]
        == PostalAddress(
          lines: ["12 Quay Street"], city: "Auckland", postalCode: "1010",
          country: "New Zealand"))
  }
}
