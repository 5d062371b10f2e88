import Domain
import Snapshot
import Testing

/// What the snapshot remembers beside the journal.
struct MemoryTests {
  private let store: SnapshotStore
  private let now = Instant(milliseconds: 1_769_976_000_000)

  init() throws { store = try SnapshotStore(path: TemporaryFile.path()) }

  private func deal(_ id: String) -> Subject { Subject(system: "hubspot", kind: .deal, id: id) }

  private func invoice(_ id: String) -> Subject {
    Subject(system: "xero", kind: .invoice, id: id)
  }

  private func hold(_ code: HoldCode, _ message: String = "m") -> Hold {
    Hold(subject: deal("1"), code: code, message: message, remedy: "r")
  }

  // MARK: Holds

  @Test func holdsKeepTheirDate() throws {
    let later = now.advanced(seconds: 86_400)
    try store.write { try $0.replaceHolds(of: [deal("1")], with: [hold(.noLines)], at: now) }
    try store.write {
      try $0.replaceHolds(
        of: [deal("1")], with: [hold(.noLines, "other words"), hold(.badLine)], at: later)
    }
    let holds = try store.read { try $0.holds() }
    #expect(holds.map(\.hold.code) == [.badLine, .noLines])
    #expect(holds.map(\.since) == [later, now])
    #expect(holds.last?.hold.message == "other words")
    try store.write { try $0.replaceHolds(of: [deal("2")], with: [], at: later) }
    #expect(try store.read { try $0.holds().count } == 2)
    try store.write { try $0.replaceHolds(of: [deal("1")], with: [], at: later) }
    #expect(try store.read { try $0.holds() }.isEmpty)
  }

  // MARK: Cursors

  @Test func cursorMovesWithWhatItCovers() throws {
    struct Stop: Error {}
    try store.write { try $0.setCursor(["page": 1], of: "xero", feed: "contacts") }
    #expect(throws: (any Error).self) {
      try store.write { writer in
        _ = try writer.store(party: party("c1"))
        try writer.setCursor(["page": 2], of: "xero", feed: "contacts")
        throw Stop()
      }
    }
    let cursor = try store.read {
      try $0.cursor([String: Int].self, of: "xero", feed: "contacts")
    }
    #expect(cursor == ["page": 1])
    #expect(try store.read { try $0.count(of: .contact, in: "xero") } == 0)
    #expect(try store.read { try $0.cursor([String: Int].self, of: "xero", feed: "x") } == nil)
    try store.write { try $0.clearCursors() }
    #expect(
      try store.read { try $0.cursor([String: Int].self, of: "xero", feed: "contacts") } == nil)
  }

  // MARK: Records

  private func party(_ id: String, name: String = "Acme", at stamp: Int64? = nil) -> PartyRecord {
    var party = PartyRecord(
      subject: Subject(system: "xero", kind: .contact, id: id), name: name)
    party.emails = ["Ann@Acme.example"]
    party.modifiedAt = stamp.map(Instant.init(milliseconds:))
    return party
  }

  /// An older version, as a lagging listing shows it, never takes the place of a newer one.
  @Test func olderVersionsAreDropped() throws {
    let changes = try store.write { writer in
      try [
        party("c1", at: 2000), party("c1", at: 2000), party("c1", name: "Old", at: 1000),
        party("c1", at: 3000), party("c1", name: "New", at: 4000),
      ].map { try writer.store(party: $0) }
    }
    #expect(changes == [.new, .unchanged, .stale, .unchanged, .changed])
    let subject = party("c1").subject
    #expect(try store.read { try $0.party(subject)?.name } == "New")
    #expect(
      try store.read { try $0.parties(of: "xero", .name, equal: PartyKeys.name("New")) }
        .map(\.subject) == [subject])
    #expect(
      try store.read { try $0.parties(of: "xero", .name, equal: PartyKeys.name("Acme")) }.isEmpty)
  }

  /// Content that is the same under a newer stamp moves the stamp, so that a version between the
  /// two is known to be old.
  @Test func stampsMoveWithoutContent() throws {
    let last = try store.write { writer in
      _ = try writer.store(party: party("c1", at: 2000))
      _ = try writer.store(party: party("c1", at: 5000))
      return try writer.store(party: party("c1", name: "Between", at: 3000))
    }
    #expect(last == .stale)
  }

  // MARK: Merges

  @Test func mergedDealTakesItsLinksAlong() throws {
    try store.write { writer in
      try writer.link(
        Link(left: deal("1"), right: invoice("i1"), role: .invoice(.whole)), by: "pass", at: now)
      try writer.updateDealState(deal("1")) { $0.invoicedContent = "content" }
      try writer.recordAlert("key", of: deal("1"), at: now)
      try writer.markDirty(deal("1"), because: "x")
      try writer.put(hold(.noLines), at: now)
      try writer.rekey(deal: deal("1"), to: deal("2"))
    }
    try store.read { reader throws in
      #expect(try reader.links(of: deal("1")).isEmpty)
      #expect(try reader.links(of: deal("2")).map(\.link.right) == [invoice("i1")])
      #expect(try reader.dealState(deal("2")).invoicedContent == "content")
      #expect(try reader.alerts(of: deal("2")) == ["key"])
      #expect(try reader.holds().isEmpty)
      let today = try #require(CalendarDate("2026-02-02"))
      #expect(!(try reader.agenda(on: today).contains(deal("1"))))
    }
  }

  /// Both have an invoice: both are the survivor's, and the other deal is looked at no more.
  @Test func twoInvoicedDealsMerged() throws {
    try store.write { writer in
      for number in ["1", "2"] {
        try writer.link(
          Link(left: deal(number), right: invoice("i" + number), role: .invoice(.whole)),
          by: "pass", at: now)
      }
      try writer.rekey(deal: deal("1"), to: deal("2"))
    }
    try store.read { reader throws in
      #expect(try reader.linkCount() == 2)
      #expect(
        try reader.links(of: deal("2")).map(\.link.right) == [invoice("i1"), invoice("i2")])
      #expect(try reader.survivor(of: deal("1")) == deal("2"))
      #expect(try reader.survivor(of: deal("2")) == nil)
    }
  }

  @Test func mergedPartyTakesItsLinksAlong() throws {
    let old = Subject(system: "hubspot", kind: .company, id: "1")
    let new = Subject(system: "hubspot", kind: .company, id: "2")
    let contact = party("c1").subject
    try store.write { writer in
      try writer.link(Link(left: old, right: contact, role: .party), by: "hand", at: now)
      try writer.setParties([old], of: deal("1"))
      try writer.rekey(party: old, to: new)
    }
    try store.read { reader throws in
      #expect(try reader.links(of: new).map(\.by) == ["hand"])
      #expect(try reader.links(of: old).isEmpty)
      #expect(try reader.deals(of: new) == [deal("1")])
    }
  }

  // MARK: Agenda

  @Test func daysWake() throws {
    let day = try #require(CalendarDate("2026-03-01"))
    try store.write { try $0.wake(deal("1"), on: day) }
    #expect(try store.read { try $0.agenda(on: day.adding(days: -1)) }.isEmpty)
    #expect(try store.read { try $0.agenda(on: day) } == [deal("1")])
    try store.write { try $0.wake(deal("1"), on: nil) }
    #expect(try store.read { try $0.agenda(on: day) }.isEmpty)
  }

  /// A value this version cannot read is named, and nothing is made up in its place.
  @Test func unreadableValue() throws {
    let path = TemporaryFile.path()
    let store = try SnapshotStore(path: path)
    try store.write { _ = try $0.store(party: party("c1")) }
    try store.spoil("UPDATE record SET body = '{\"not\": \"a party\"}'")
    #expect(throws: SnapshotError.unreadableValue(table: "record", key: "xero:contact:c1")) {
      _ = try store.read { try $0.party(party("c1").subject) }
    }
  }
}
