import ConfigurationFile
import Connectors
import Domain
import Foundation
import Sandbox
import Testing
import Transport

/// The starting description against the CRM it describes.
@Suite("Described CRM: reading the sandbox") struct RestSandboxTests {
  @Test("records with one stamp at the edge of a page are all read, once")
  func ties() async throws {
    let bench = try RestBench()
    try bench.person("bulk", ["companies": 250])
    let (pages, cursor) = try await bench.poll(bench.connector(), .companies)
    #expect(pages.count == 3)
    #expect(pages.parties.count == 252)
    #expect(Set(pages.parties).count == 252)
    let again = try await bench.poll(bench.connector(), .companies, from: cursor)
    #expect(again.pages.parties.count == 250, "the newest second is read again")
  }

  @Test("a record that changes while it is listed is read again")
  func changesMeanwhile() async throws {
    let bench = try RestBench()
    try bench.person("bulk", ["companies": 150])
    let first = try bench.records("companies")[0]["id"]?.digits ?? ""
    let (_, cursor) = try await bench.poll(bench.connector(), .companies) { page in
      guard page == 1 else { return }
      bench.clock.advance(.seconds(300))
      try bench.person(
        "edit", ["type": "companies", "id": .string(first), "properties": ["name": "Renamed"]])
    }
    bench.clock.advance(.seconds(300))
    let again = try await bench.poll(bench.connector(), .companies, from: cursor)
    #expect(again.pages.flatMap(\.parties).contains { $0.name == "Renamed" })
  }

  @Test("what appears late in a list is not missed")
  func lag() async throws {
    let bench = try RestBench()
    try bench.person("lag", ["seconds": 45])
    let early = try bench.deal("Early")
    bench.clock.advance(.seconds(50))
    let late = try bench.deal("Late")
    let (pages, cursor) = try await bench.poll(bench.connector())
    #expect(pages.deals == [early.rawValue])
    bench.clock.advance(.seconds(50))
    let again = try await bench.poll(bench.connector(), from: cursor)
    #expect(again.pages.deals.contains(late.rawValue))
  }

  @Test("a walk that was cut off goes on in the next pass")
  func resumes() async throws {
    let bench = try RestBench()
    try bench.person("bulk", ["companies": 220])
    let first = try await bench.connector().page(.companies, from: .start)
    #expect(first.hasMore)
    let rest = try await bench.poll(bench.connector(), .companies, from: first.next)
    #expect(Set(first.parties.map(\.subject.id) + rest.pages.parties).count == 222)
  }

  @Test("a cursor nobody knows any more begins the walk anew")
  func staleCursor() async throws {
    let bench = try RestBench()
    try bench.person("bulk", ["companies": 120])
    var cursor = try await bench.connector().page(.companies, from: .start).next
    cursor.position = cursor.position?.replacing(#""place":""#, with: #""place":"x"#)
    let (pages, _) = try await bench.poll(bench.connector(), .companies, from: cursor)
    #expect(Set(pages.parties).count == 122)
  }

  @Test("a list that repeats its first page is an error, not an endless pass")
  func repeats() async throws {
    let bench = try RestBench()
    try bench.person("bulk", ["companies": 150])
    try bench.person("habits", ["repeats_pages": true])
    await #expect(throws: RemoteError.self) {
      try await bench.poll(bench.connector(), .companies)
    }
    #expect(bench.calls.count <= 3)
  }

  @Test("a deal is read with amount, stage, customers and lines, to the cent")
  func deal() async throws {
    let bench = try RestBench()
    let person = try bench.records("people")[0]["id"]?.digits ?? ""
    let id = try bench.deal(
      "Ünïcode 🎉 “quotes” 株式会社",
      [
        "amount": "4375.55", "stage": "won", "owner": "tom@kauri.example",
        "person": .string(person),
        "payment_terms": "Net 20",
        "lines": [
          ["name": "Design", "quantity": "2.5", "price": "1200.10", "tax": "GST"],
          ["name": "Build", "price": "2000.00", "discount_percentage": "10", "sku": "B-1"],
        ],
      ])
    let answers = try await bench.connector().deals([id])
    guard case .found(let deal)? = answers.first else {
      Issue.record("\(answers)")
      return
    }
    #expect(deal.name == "Ünïcode 🎉 “quotes” 株式会社")
    #expect(deal.amount?.plain == "4375.55")
    #expect(deal.currency?.code == "NZD")
    #expect(deal.outcome == .won)
    #expect(deal.stage.label == "Sold")
    #expect(deal.pipeline.label == "Sales")
    #expect(deal.wonOn == .moment(Instant(milliseconds: RestClock.start)))
    #expect(deal.ownerID?.rawValue == "502")
    #expect(deal.personIDs.map(\.rawValue) == [person])
    #expect(deal.paymentTerms == "Net 20")
    #expect(deal.lines.map(\.name) == ["Design", "Build"])
    #expect(deal.lines[0].quantity?.plain == "2.5")
    #expect(deal.lines[0].unitPrice?.plain == "1200.1")
    #expect(deal.lines[0].tax == "GST")
    #expect(deal.lines[1].discount == .percent(ExactDecimal(10)))
    #expect(deal.lines[1].sku == "B-1")
    #expect(deal.isComplete && !deal.relations.isEmpty)
  }

  @Test("lines on several pages are all read")
  func manyLines() async throws {
    let bench = try RestBench()
    let lines: [JSONValue] = (0..<120).map { ["name": .string("L\($0)"), "price": "1.00"] }
    let id = try bench.deal("Long", ["stage": "won", "lines": .array(lines)])
    guard case .found(let deal)? = try await bench.connector().deals([id]).first else {
      Issue.record("not found")
      return
    }
    #expect(deal.lines.map(\.name) == (0..<120).map { "L\($0)" })
  }

  @Test("a deleted deal is gone from the list, from a reading by id and from the rolling check")
  func deleted() async throws {
    let bench = try RestBench()
    let id = try bench.deal()
    let (_, cursor) = try await bench.poll(bench.connector())
    bench.clock.advance(.seconds(600))
    try bench.person("delete", ["type": "deals", "id": .string(id.rawValue)])
    let again = try await bench.poll(bench.connector(), from: cursor)
    #expect(again.pages.gone == [id.rawValue])
    #expect(try await bench.connector().deals([id]) == [.gone(id)])
    #expect(try await bench.connector().relations(of: [id]) == [id: "gone"])
  }

  @Test("a changed line changes the digest of its deal, a new stamp alone does not")
  func relations() async throws {
    let bench = try RestBench()
    let id = try bench.deal("Lines", ["lines": [["name": "A", "price": "1.00"]]])
    let before = try await bench.connector().relations(of: [id])
    try bench.person(
      "edit",
      ["type": "deals", "id": .string(id.rawValue), "properties": ["payment_terms": "Net 7"]])
    #expect(try await bench.connector().relations(of: [id]) == before)
    let line = try bench.records("deals")[0]["lines"]?[0]?["id"]?.digits ?? ""
    try bench.person("edit_line", ["line": .string(line), "price": "2.00"])
    #expect(try await bench.connector().relations(of: [id]) != before)
  }

  @Test("the catalogue: account, owners, stages with their meaning, what a deal can be told")
  func catalogue() async throws {
    let catalogue = try await RestBench().connector().catalogue()
    #expect(catalogue.account == "acc-7731")
    #expect(catalogue.homeCurrency?.code == "NZD")
    #expect(catalogue.zone?.name == "Pacific/Auckland")
    #expect(catalogue.owners.map(\.isActive) == [true, true, false])
    #expect(catalogue.pipelines.map(\.choice.label) == ["Sales", "Renewals"])
    #expect(catalogue.pipelines[0].stages.map(\.outcome) == [.open, .open, .won, .won, .lost])
    #expect(catalogue.reportable == Set(ReportField.allCases))
  }

  @Test("parties by id: the found, the gone, and what is none")
  func parties() async throws {
    let bench = try RestBench()
    let company = try bench.company()
    let answers = try await bench.connector().parties([
      Subject(system: "crm", kind: .company, id: company),
      Subject(system: "crm", kind: .person, id: "1"),
      Subject(system: "crm", kind: .deal, id: "1"),
    ])
    guard case .found(let party) = answers[0] else {
      Issue.record("\(answers)")
      return
    }
    #expect(party.name == "Harbour Lights Ltd")
    #expect(party.addresses[.postal]?.city == "Auckland")
    #expect(answers[1] == .gone(Subject(system: "crm", kind: .person, id: "1")))
    #expect(answers[2] == .gone(Subject(system: "crm", kind: .deal, id: "1")))
  }

  @Test("the limit of the window is waited for; that of the day ends the pass")
  func limits() async throws {
    let bench = try RestBench()
    for number in 0..<40 { _ = try bench.deal("D\(number)", ["stage": "won"]) }
    let ids = try bench.records("deals").compactMap { $0["id"]?.digits }.map { ID<Deal>($0) }
    let start = bench.clock.now
    #expect(try await bench.connector().deals(ids).count == 40)
    #expect(bench.clock.now - start >= 10_000)
    #expect(!bench.world.log.contains { $0.status == 429 }, "the stated limit is kept")
    try bench.person("limits", ["window": 5])
    #expect(try await bench.connector().deals(Array(ids.prefix(10))).count == 10)
    try bench.person("limits", ["off": true, "day": 10, "day_used": 10])
    await #expect(throws: RemoteError.self) { try await bench.connector().deals(ids) }
  }
}
