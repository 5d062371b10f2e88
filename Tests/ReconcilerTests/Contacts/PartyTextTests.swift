import Domain
import Reconciler
import Testing

/// What people type, and what becomes of it on the way to the accounting system.
struct BadInputRow: Sendable, CustomTestStringConvertible {
  var field: PartyField
  var typed: String
  /// Nil: refused, and shown.
  var sent: String?
  var note: String?

  var testDescription: String { "\(field) \(typed.prefix(40))" }

  static let all: [BadInputRow] = [
    .init(field: .email, typed: " ann@x.nz ", sent: "ann@x.nz"),
    .init(field: .email, typed: "ann @x.nz", sent: nil),
    .init(
      field: .email, typed: "ann@x.nz, bob@x.nz", sent: "ann@x.nz", note: "the first of 2 addresses"
    ),
    .init(field: .email, typed: "Ann <ann@x.nz>", sent: "ann@x.nz"),
    .init(field: .email, typed: "ann@x", sent: nil),
    .init(field: .email, typed: "call me", sent: nil),
    .init(field: .email, typed: "\u{200F}ann@x.nz", sent: "ann@x.nz"),
    .init(field: .phone, typed: "call Bob on 021 123", sent: "call Bob on 021 123"),
    .init(
      field: .phone, typed: String(repeating: "1", count: 80),
      sent: String(repeating: "1", count: 50), note: "shortened to 50 characters"),
    .init(
      field: .name, typed: "Acme <North> Ltd", sent: "Acme North Ltd",
      note: "without angle brackets"),
    .init(field: .name, typed: "<>", sent: nil),
    .init(field: .name, typed: "Two  spaces\tand\nlines", sent: "Two spaces and lines"),
    .init(
      field: .name, typed: String(repeating: "x", count: 300),
      sent: String(repeating: "x", count: 255), note: "shortened to 255 characters"),
    .init(field: .name, typed: "Bäckerei 🥐", sent: "Bäckerei 🥐"),
    .init(field: .name, typed: "👩‍🍳 Cooks", sent: "👩‍🍳 Cooks"),
    .init(field: .name, typed: "\u{202E}Acme\u{202C}", sent: "Acme"),
    .init(field: .name, typed: "Ac\u{FFFD}me\u{0}", sent: "Acme"),
    .init(field: .name, typed: "שלום בע״מ", sent: "שלום בע״מ"),
  ]
}

@Suite struct PartyTextTests {
  @Test("bad input", arguments: BadInputRow.all)
  func badInput(_ row: BadInputRow) {
    let base = [PartyBench.contact, PartyBench.company].map {
      PartyBench.record($0, [row.field: .text(row.field == .email ? "old@x.nz" : "old")])
    }
    var now = base
    now[1].set(row.field, .text(row.typed))
    now[1].set(.website, .text("other.example"))
    let result = PartyBench.merge(PartyBench.facts(now, PartyBench.agreed(base)))
    let change = result.changes.first { $0.field == row.field }
    #expect(change?.value.text == row.sent)
    #expect(change?.note == row.note)
    #expect(result.holds.map(\.code) == (row.sent == nil ? [.fieldRefused] : []))
  }

  @Test func sixLinesBecomeFour() {
    let typed = PostalAddress(
      lines: ["Attn Ann", "Level 3", "Block B", "12 High St", "Old Mill", "Gate 4"],
      city: "Auckland")
    let base = [PartyBench.contact, PartyBench.company].map { PartyBench.record($0, [:]) }
    var now = base
    now[1].set(.postalAddress, .address(typed))
    let result = PartyBench.merge(PartyBench.facts(now, PartyBench.agreed(base)))
    guard case .address(let sent)? = result.changes.first?.value else {
      Issue.record("no address was sent")
      return
    }
    #expect(sent.lines == ["Attn Ann", "Level 3", "Block B", "12 High St, Old Mill, Gate 4"])
    #expect(result.changes.first?.note == "6 lines put into 4")
    now[0].set(.postalAddress, .address(sent))
    #expect(PartyBench.merge(PartyBench.facts(now, result.memory)).changes.isEmpty)
  }

  @Test(
    "telephone forms of one number",
    arguments: [
      "09 123 4567", "(09) 123-4567", "+64 9 123 4567", "0064 9 1234567", "+64 (0)9 123 4567",
      "64 9 123 4567",
    ])
  func telephone(_ text: String) {
    let base = [PartyBench.contact, PartyBench.company].map {
      PartyBench.record($0, [.phone: .text("+6491234567")])
    }
    var now = base
    now[1].set(.phone, .text(text))
    #expect(PartyBench.merge(PartyBench.facts(now, PartyBench.agreed(base))).changes.isEmpty)
  }
}
