import Domain
import Reconciler
import Testing

/// One row: what was agreed, what each side holds now, and what must come of it.
struct MergeRow: Sendable, CustomTestStringConvertible {
  var what: String
  var field: PartyField = .email
  var base: String?
  var xero: String
  var hubspot: String
  var pipedrive: String?
  var policy: ContactPolicy.Conflict = .newest
  /// Who was modified last.
  var newest: SystemName = "xero"
  var use: SystemName?
  /// What is written, by system.
  var writes: [SystemName: String] = [:]
  var resolution: String?
  var hold: HoldCode?

  var testDescription: String { what }

  static let all: [MergeRow] = [
    MergeRow(what: "nothing changed", base: "a@x.nz", xero: "a@x.nz", hubspot: "a@x.nz"),
    MergeRow(
      what: "one side changed: copy", base: "a@x.nz", xero: "b@x.nz", hubspot: "a@x.nz",
      writes: ["hubspot": "b@x.nz"]),
    MergeRow(
      what: "the other side changed: copy", base: "a@x.nz", xero: "a@x.nz", hubspot: "b@x.nz",
      writes: ["xero": "b@x.nz"]),
    MergeRow(
      what: "one of three changed: copy to both", base: "a@x.nz", xero: "a@x.nz",
      hubspot: "b@x.nz", pipedrive: "a@x.nz", writes: ["xero": "b@x.nz", "pipedrive": "b@x.nz"]),
    MergeRow(
      what: "both changed to the same", base: "a@x.nz", xero: "b@x.nz", hubspot: "b@x.nz"),
    MergeRow(
      what: "two of three changed to the same", base: "a@x.nz", xero: "b@x.nz",
      hubspot: "b@x.nz", pipedrive: "a@x.nz", writes: ["pipedrive": "b@x.nz"]),
    MergeRow(
      what: "clearing travels", base: "a@x.nz", xero: "", hubspot: "a@x.nz",
      writes: ["hubspot": ""]),
    MergeRow(
      what: "cleared and edited: a conflict", base: "a@x.nz", xero: "", hubspot: "b@x.nz",
      newest: "hubspot", writes: ["xero": "b@x.nz"], resolution: "newest:hubspot"),
    MergeRow(
      what: "conflict, newest is the accounting side", base: "a@x.nz", xero: "b@x.nz",
      hubspot: "c@x.nz", writes: ["hubspot": "b@x.nz"], resolution: "newest:xero"),
    MergeRow(
      what: "conflict, newest is the CRM", base: "a@x.nz", xero: "b@x.nz", hubspot: "c@x.nz",
      newest: "hubspot", writes: ["xero": "c@x.nz"], resolution: "newest:hubspot"),
    MergeRow(
      what: "conflict, a tie goes to the accounting side", base: "a@x.nz", xero: "b@x.nz",
      hubspot: "c@x.nz", newest: "", writes: ["hubspot": "b@x.nz"], resolution: "newest:xero"),
    MergeRow(
      what: "conflict, accounting", base: "a@x.nz", xero: "b@x.nz", hubspot: "c@x.nz",
      policy: .accounting, newest: "hubspot", writes: ["hubspot": "b@x.nz"],
      resolution: "accounting:xero"),
    MergeRow(
      what: "conflict, crm", base: "a@x.nz", xero: "b@x.nz", hubspot: "c@x.nz", policy: .crm,
      writes: ["xero": "c@x.nz"], resolution: "crm:hubspot"),
    MergeRow(
      what: "conflict of two CRMs, accounting untouched", base: "a@x.nz", xero: "a@x.nz",
      hubspot: "b@x.nz", pipedrive: "c@x.nz", policy: .accounting, newest: "pipedrive",
      writes: ["xero": "c@x.nz", "hubspot": "c@x.nz"], resolution: "accounting:pipedrive"),
    MergeRow(
      what: "conflict, hold", base: "a@x.nz", xero: "b@x.nz", hubspot: "c@x.nz", policy: .hold,
      resolution: "hold", hold: .fieldConflict),
    MergeRow(
      what: "conflict, a person chose", base: "a@x.nz", xero: "b@x.nz", hubspot: "c@x.nz",
      policy: .hold, use: "hubspot", writes: ["xero": "c@x.nz"], resolution: "use:hubspot"),
    MergeRow(
      what: "first meeting, one side empty: filled", base: nil, xero: "", hubspot: "c@x.nz",
      writes: ["xero": "c@x.nz"]),
    MergeRow(
      what: "first meeting, both say the same", base: nil, xero: "A@x.nz", hubspot: "a@x.nz"),
    MergeRow(
      what: "first meeting, both differ: a conflict", base: nil, xero: "b@x.nz",
      hubspot: "c@x.nz", writes: ["hubspot": "b@x.nz"], resolution: "newest:xero"),
    MergeRow(
      what: "letter case of an address is no change", base: "a@x.nz", xero: "A@X.nz",
      hubspot: "a@x.nz"),
    MergeRow(what: "blanks are no change", base: "a@x.nz", xero: " a@x.nz ", hubspot: "a@x.nz"),
    MergeRow(
      what: "a reformatted telephone is no change", field: .phone, base: "09 123 4567",
      xero: "+64 9 123 4567", hubspot: "09 123 4567"),
    MergeRow(
      what: "a telephone travels as typed", field: .phone, base: "09 123 4567",
      xero: "09 123 4567", hubspot: "(09) 765-4321", writes: ["xero": "(09) 765-4321"]),
    MergeRow(
      what: "an extension is a change", field: .phone, base: "09 123 4567",
      xero: "09 123 4567 ext 12", hubspot: "09 123 4567",
      writes: ["hubspot": "09 123 4567 ext 12"]),
    MergeRow(
      what: "letter case of a name is a change", field: .name, base: "acme", xero: "acme",
      hubspot: "ACME", writes: ["xero": "ACME"]),
    MergeRow(
      what: "composed and decomposed letters are the same", field: .name, base: "Café",
      xero: "Cafe\u{301}", hubspot: "Café"),
    MergeRow(
      what: "a cleared name goes nowhere", field: .name, base: "Acme", xero: "Acme", hubspot: "",
      hold: .fieldRefused),
    MergeRow(
      what: "angle brackets stay where they are allowed", field: .name, base: "Acme",
      xero: "Acme", hubspot: "Acme <North>", writes: ["xero": "Acme North"]),
    MergeRow(
      what: "no mail address: shown, not sent", base: "a@x.nz", xero: "a@x.nz",
      hubspot: "ask at desk", hold: .fieldRefused),
    MergeRow(
      what: "two mail addresses: the first", base: "a@x.nz", xero: "a@x.nz",
      hubspot: "b@x.nz; c@x.nz", writes: ["xero": "b@x.nz"]),
    MergeRow(
      what: "a tax number in groups is no change", field: .taxNumber, base: "123456789",
      xero: "123-456-789", hubspot: "123456789"),
    MergeRow(
      what: "a site with and without scheme is the same", field: .website, base: "acme.nz",
      xero: "https://www.acme.nz/", hubspot: "acme.nz"),
    MergeRow(
      what: "first names are merged alone", field: .firstName, base: "Ann", xero: "Ann",
      hubspot: "Anna", writes: ["xero": "Anna"]),
    MergeRow(
      what: "a mobile number is a kind of its own", field: .mobile, base: "021 123456",
      xero: "021 999999", hubspot: "021 123456", writes: ["hubspot": "021 999999"]),
  ]
}

@Suite struct PartyMergeTests {
  @Test("merge rule", arguments: MergeRow.all)
  func rule(_ row: MergeRow) {
    func record(_ subject: Subject, _ text: String) -> PartyRecord {
      let stamp =
        row.newest == subject.system ? "2026-11-21T00:00:00Z" : "2026-11-20T00:00:00Z"
      return PartyBench.record(subject, [row.field: .text(text)], at: stamp)
    }
    var now = [
      record(PartyBench.contact, row.xero), record(PartyBench.company, row.hubspot),
    ]
    if let text = row.pipedrive { now.append(record(PartyBench.other, text)) }
    var memory = PartyMemory()
    if let base = row.base {
      memory = PartyBench.agreed(now.map { record($0.subject, base) })
    }
    memory.use = row.use
    let result = PartyBench.merge(PartyBench.facts(now, memory), PartyBench.policy(row.policy))
    let mine = result.changes.filter { $0.field == row.field }
    let written = Dictionary(
      mine.map { ($0.record.subject.system, $0.value.text) }, uniquingKeysWith: { $1 })
    #expect(written == row.writes)
    #expect(result.changes.count == mine.count)
    #expect(result.conflicts.map(\.resolution) == [row.resolution].compactMap { $0 })
    #expect(result.holds.map(\.code) == [row.hold].compactMap { $0 })
    #expect(result.memory.use == nil)
    // Once the answers are heard, nothing is left to do; a hold stays.
    var later = now
    for index in later.indices {
      for change in mine where change.record.subject == later[index].subject {
        later[index].set(row.field, change.value)
      }
    }
    var heard = result.memory
    for record in later {
      heard.heard(record, mine.filter { $0.record.subject == record.subject }.map(\.field))
    }
    let again = PartyBench.merge(
      PartyBench.facts(later, heard), PartyBench.policy(row.policy))
    #expect(again.changes.isEmpty)
    #expect(again.holds.map(\.code) == [row.hold].compactMap { $0 })
    if row.hold == nil { #expect(again.conflicts.isEmpty) }
  }

  @Test func anAddressIsTransferredAsAWhole() {
    let old = PostalAddress(lines: ["1 High St"], city: "Auckland", country: "New Zealand")
    let new = PostalAddress(lines: ["2 Low St"], city: "Wellington", country: "NZ")
    let base = [PartyBench.contact, PartyBench.company].map {
      PartyBench.record($0, [.postalAddress: .address(old)])
    }
    let memory = PartyBench.agreed(base)
    var now = base
    now[1].set(.postalAddress, .address(new))
    let result = PartyBench.merge(PartyBench.facts(now, memory))
    #expect(result.changes.map(\.value) == [.address(new)])
    #expect(result.changes.map(\.record.subject) == [PartyBench.contact])
    // The country by its code and lines joined are no change.
    now = base
    now[0].set(
      .postalAddress,
      .address(PostalAddress(lines: ["1 High St,"], city: "Auckland", country: "nz")))
    #expect(PartyBench.merge(PartyBench.facts(now, memory)).changes.isEmpty)
  }

  @Test func onlyDeclaredFieldsAreShared() {
    let base = [PartyBench.contact, PartyBench.company].map {
      PartyBench.record($0, [.email: .text("a@x.nz"), .taxNumber: .text("1")])
    }
    var now = base
    now[1].set(.email, .text("b@x.nz"))
    now[1].set(.taxNumber, .text("2"))
    var policy = ContactPolicy()
    policy.fields = [.email]
    let result = PartyBench.merge(PartyBench.facts(now, PartyBench.agreed(base)), policy)
    #expect(result.changes.map(\.field) == [.email])
  }

  @Test func everyFieldHasItsOwnPolicy() {
    let base = [PartyBench.contact, PartyBench.company].map {
      PartyBench.record($0, [.email: .text("a@x.nz"), .taxNumber: .text("1")])
    }
    var now = base
    now[0].set(.email, .text("b@x.nz"))
    now[1].set(.email, .text("c@x.nz"))
    now[0].set(.taxNumber, .text("2"))
    now[1].set(.taxNumber, .text("3"))
    var policy = PartyBench.policy(.hold)
    policy.conflict = [.taxNumber: .crm]
    let result = PartyBench.merge(PartyBench.facts(now, PartyBench.agreed(base)), policy)
    #expect(result.holds.map(\.code) == [.fieldConflict])
    #expect(result.holds.first?.remedy.contains("xerosync resolve xero:contact:c1 --use") == true)
    #expect(result.changes.map(\.value.text) == ["3"])
  }

  @Test func anArchivedReplicaIsLeftAloneAndCatchesUpWhenRestored() {
    let base = [PartyBench.contact, PartyBench.company].map {
      PartyBench.record($0, [.email: .text("a@x.nz")])
    }
    var now = base
    now[0].status = .archived
    now[1].set(.email, .text("b@x.nz"))
    let result = PartyBench.merge(PartyBench.facts(now, PartyBench.agreed(base)))
    #expect(result.changes.isEmpty)
    now[0].status = .active
    let restored = PartyBench.merge(PartyBench.facts(now, result.memory))
    #expect(restored.changes.map(\.value.text) == ["b@x.nz"])
    #expect(restored.conflicts.isEmpty)
  }

  @Test func anEditMadeWhileBehindIsAConflictAndNotALoss() {
    let base = [PartyBench.contact, PartyBench.company].map {
      PartyBench.record($0, [.email: .text("a@x.nz")])
    }
    var now = base
    now[1].set(.email, .text("b@x.nz"))
    let first = PartyBench.merge(PartyBench.facts(now, PartyBench.agreed(base)))
    #expect(first.changes.count == 1)
    // The write never arrived, and somebody edits the target.
    now[0].set(.email, .text("z@x.nz"))
    let second = PartyBench.merge(PartyBench.facts(now, first.memory))
    #expect(second.conflicts.map(\.field) == ["email"])
    #expect(second.conflicts.first?.values == ["xero": "z@x.nz", "hubspot": "b@x.nz"])
  }

  @Test func whatTheVendorMakesOfAValueIsNoEdit() {
    let base = [PartyBench.contact, PartyBench.company].map {
      PartyBench.record($0, [.name: .text("Acme")])
    }
    var now = base
    let long = String(repeating: "Long name ", count: 30)
    now[1].set(.name, .text(long))
    let result = PartyBench.merge(PartyBench.facts(now, PartyBench.agreed(base)))
    #expect(result.changes.first?.value.text.count == 255 - 1)
    #expect(result.changes.first?.note == "shortened to 255 characters")
    now[0].set(.name, .text("LONG NAME AS THE VENDOR LIKES IT"))
    var memory = result.memory
    memory.heard(now[0], [.name])
    let again = PartyBench.merge(PartyBench.facts(now, memory))
    #expect(again.changes.isEmpty && again.conflicts.isEmpty && again.holds.isEmpty)
  }

  @Test func aFieldThatGoesBackAndForthIsHeld() {
    var now = [PartyBench.contact, PartyBench.company].map {
      PartyBench.record($0, [.phone: .text("09 111 1111")])
    }
    var memory = PartyBench.agreed(now)
    var held: [HoldCode] = []
    var writes = 0
    for round in 0..<8 {
      let value = PartyValue.text(round.isMultiple(of: 2) ? "09 222 2222" : "09 111 1111")
      now[round % 2].set(.phone, value)
      let result = PartyBench.merge(PartyBench.facts(now, memory))
      memory = result.memory
      held = result.holds.map(\.code)
      guard held.isEmpty else { break }
      for change in result.changes {
        writes += 1
        for index in now.indices where now[index].subject == change.record.subject {
          now[index].set(.phone, change.value)
          memory.heard(now[index], [.phone])
        }
      }
    }
    #expect(held == [.flipFlop])
    #expect(writes == 4)
    memory.use = "hubspot"
    let chosen = PartyBench.merge(PartyBench.facts(now, memory))
    #expect(chosen.holds.isEmpty)
    #expect(chosen.memory.fields[.phone]?.flips == 0)
  }

  @Test func baselineWritesNothingOfThePast() {
    let now = [
      PartyBench.record(
        PartyBench.contact, [.email: .text("a@x.nz"), .phone: .text("09 111 1111")]),
      PartyBench.record(PartyBench.company, [.email: .text("b@x.nz")]),
    ]
    let memory = PartyBench.agreed(now)
    let result = PartyBench.merge(PartyBench.facts(now, memory))
    #expect(result.changes.isEmpty && result.conflicts.isEmpty)
  }

  @Test func memorySurvivesItsStorage() throws {
    var memory = PartyMemory()
    var field = PartyMemory.Field(value: .text("a"))
    field.hear(PartyBench.contact, .text("a"), at: 1)
    field.hear(PartyBench.company, .text("A"), at: 1)
    memory.fields[.name] = field
    memory.fields[.postalAddress] = PartyMemory.Field(
      value: .address(PostalAddress(lines: ["1"], city: "x")))
    memory.fields[.name]?.advance(to: .text("b"))
    #expect(memory.fields[.name]?.echo(of: PartyBench.contact)?.value == .text("a"))
    #expect(memory.fields[.name]?.echo(of: PartyBench.company)?.value == .text("A"))
  }
}
