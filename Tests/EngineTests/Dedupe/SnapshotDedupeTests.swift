import Domain
import Engine
import Foundation
import Matcher
import Snapshot
import Testing

/// The first hour on a snapshot: ask, decide, ask again.
@Suite struct SnapshotDedupeTests {
  private let store: SnapshotStore
  private let now = Instant(milliseconds: 1_795_000_000_000)
  private static let crm: SystemName = "crm"
  private static let books: SystemName = "books"

  init() throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("dedupe-\(UUID().uuidString).sqlite").path
    store = try SnapshotStore(path: path)
    try store.write { writer in
      for number in 1...40 {
        _ = try writer.store(party: Self.party(Self.crm, .company, number))
        _ = try writer.store(party: Self.party(Self.books, .contact, number))
      }
      // The books have customer 3 twice.
      var twin = Self.party(Self.books, .contact, 3)
      twin.subject = Subject(system: Self.books, kind: .contact, id: "3b")
      twin.name += " Ltd"
      _ = try writer.store(party: twin)
    }
  }

  private static func party(
    _ system: SystemName, _ kind: RecordKind, _ number: Int
  ) -> PartyRecord {
    let words = ["Kauri", "Rimu", "Totara", "Matai", "Kahikatea", "Rata", "Puriri"]
    let name = "\(words[number % 7])\(words[number / 7]) Joinery"
    var party = PartyRecord(
      subject: Subject(system: system, kind: kind, id: "\(number)"), name: name)
    party.emails = ["office@\(name.lowercased().replacingOccurrences(of: " ", with: "")).nz"]
    party.phones = [.main: "09 55\(100 + number) \(200 + number)"]
    party.addresses = [
      .street: PostalAddress(lines: ["\(number) Quay Street"], city: "Otaki", postalCode: "5512")
    ]
    return party
  }

  private func list() async throws -> DedupeList {
    try await Deduper(threshold: nil)
      .compare(store, accounting: Self.books, crms: [Self.crm]).list
  }

  private var desk: DecisionDesk {
    DecisionDesk(store: store, accounting: Self.books, now: now)
  }

  @Test func safeLinksAreARunAndNotAskedAgain() async throws {
    var first = try await list()
    let safe = first.decideSafe(onePartner: true)
    #expect(safe.count >= 30)
    let applied = try desk.apply(safe)
    let run = try #require(applied.run)
    let entries = try store.read { try $0.history(run: run) }
    #expect(entries.count == applied.links.count)
    #expect(entries.allSatisfy { $0.state == .applied && $0.operation.action == .link })
    #expect(try store.read { try $0.allLinks().map(\.by) }.allSatisfy { $0 == "dedupe" })
    let again = try await list()
    let asked = Set(again.entries.map { [$0.left, $0.right] })
    #expect(asked.isDisjoint(with: safe.map { [$0.left, $0.right] }))
    #expect(again.entries.allSatisfy { $0.isInside || $0.band != .auto })
    // Carried out twice, the same decisions change nothing.
    let repeated = try desk.apply(safe)
    #expect(repeated.links.isEmpty && repeated.run == nil)
  }

  @Test func whatIsToldApartIsNotAskedAgain() async throws {
    let first = try await list()
    let decisions = first.entries.map {
      Decision(left: $0.left, right: $0.right, verdict: .different)
    }
    #expect(try desk.apply(decisions).different == decisions.count)
    #expect(try await list().entries.isEmpty)
    #expect(try store.read { try $0.allLinks() }.isEmpty)
  }

  @Test func twiceInOneSystemBecomesOneParty() async throws {
    let applied = try desk.apply([
      Decision(left: "books:contact:3b", right: "books:contact:3", verdict: .merge),
      Decision(left: "crm:company:3", right: "books:contact:3", verdict: .link),
    ])
    #expect(applied.merges.count == 1)
    let links = try store.read { try $0.allLinks() }.sorted { $0.since < $1.since }
    #expect(links.map(\.link.right.id) == ["3", "3b"])
    let outcome = try await Deduper(threshold: nil)
      .compare(store, accounting: Self.books, crms: [Self.crm])
    #expect(outcome.merges.map(\.left) == ["books:contact:3"])
    let settled: Set = ["books:contact:3", "books:contact:3b"]
    #expect(!outcome.list.entries.contains { Set([$0.left, $0.right]) == settled })
  }

  struct Bad: Sendable {
    var decision: Decision
    var problem: String
  }

  static let bad: [Bad] = [
    Bad(
      decision: Decision(left: "crm:deal:1", right: "books:contact:1", verdict: .link),
      problem: "“crm:deal:1” is no company, person or contact"),
    Bad(
      decision: Decision(left: "crm:company:1", right: "books:contact:99", verdict: .link),
      problem: "books:contact:99 is not known here; it was deleted, or its id was changed"),
    Bad(
      decision: Decision(left: "crm:company:1", right: "other:company:1", verdict: .link),
      problem: "crm:company:1 and other:company:1 are both outside books: link each with its "
        + "contact"),
    Bad(
      decision: Decision(left: "crm:company:1", right: "books:contact:1", verdict: .merge),
      problem: "crm:company:1 and books:contact:1 are in two systems: they are linked, not "
        + "merged; write link"),
  ]

  @Test(arguments: bad) func refuses(_ bad: Bad) throws {
    #expect(try desk.problem(bad.decision) == bad.problem)
  }

  @Test func whatIsLinkedIsNotToldApartByTheWay() throws {
    let pair = Decision(left: "crm:company:1", right: "books:contact:1", verdict: .link)
    _ = try desk.apply([pair])
    var other = pair
    other.verdict = .different
    #expect(
      try desk.problem(other)?.hasPrefix("crm:company:1 and books:contact:1 are linked;") == true)
  }
}
