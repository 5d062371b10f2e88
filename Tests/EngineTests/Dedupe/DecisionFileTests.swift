import Engine
import Foundation
import Matcher
import Testing

@Suite struct DecisionFileTests {
  private static func records(_ side: MatchRecord.Side) -> [MatchRecord] {
    let prefix = side == .left ? "left:party:" : "right:party:"
    return (1...40).map { number in
      MatchRecord(
        key: "\(prefix)\(number)", side: side, kind: .organization,
        name: number == 7 ? "=HYPERLINK(\"http://x\")" : "Harbour \(number) Joinery Limited",
        emails: ["office@harbour\(number)joinery.nz"], phones: ["+64 9 55\(number) 1\(number)88"],
        addresses: [MatchAddress(street: "\(number), Quay St", city: "Otaki", postcode: "5512")])
    }
  }

  private static func list(
    left: [MatchRecord] = records(.left), right: [MatchRecord] = records(.right)
  ) async -> Deduper.Outcome {
    await Deduper(threshold: nil).compare(
      PartyTable(records: left, notes: []), named: "l",
      PartyTable(records: right, notes: []), named: "r", country: "NZ")
  }

  private static func text(_ outcome: Deduper.Outcome) -> String {
    var text = ""
    DecisionFile.write(
      outcome.list, record: { key in outcome.records.first { $0.key == key } },
      to: { text += $0 })
    return text
  }

  @Test func writesTheSameFileForAnyOrderOfRows() async throws {
    let one = Self.text(await Self.list())
    let other = Self.text(
      await Self.list(left: Self.records(.left).reversed(), right: Self.records(.right).shuffled()))
    #expect(one == other)
    #expect(one.split(separator: "\n").count > 40)
    #expect(one.hasPrefix(DecisionFile.header.joined(separator: ",") + "\n"))
  }

  /// No cell of the file starts as a spreadsheet's formula does.
  @Test func disarmsFormulas() async throws {
    let text = Self.text(await Self.list())
    #expect(text.contains("'=HYPERLINK"))
    #expect(text.contains("'+64 9"))
    for cell in text.split(whereSeparator: { $0 == "," || $0 == "\n" }) {
      let bare = cell.drop { $0 == "\"" }
      #expect(!"=+-@".contains(bare.first ?? "x"), "\(cell)")
    }
  }

  @Test(arguments: ["=1+1", "+64 9", "-x", "@a", "'=1", "''-", "O'Hara", "'quoted'", "", "  =x"])
  func restoresWhatItDisarmed(_ text: String) {
    #expect(FormulaGuard.restore(FormulaGuard.protect(text)) == text)
    #expect(!"=+-@".contains(FormulaGuard.protect(text).first ?? "x"))
  }

  /// As a spreadsheet hands it back: other separator, columns moved and added, dates mangled.
  @Test func readsWhatASpreadsheetMadeOfIt() async throws {
    let outcome = await Self.list()
    let first = try #require(outcome.list.entries.first)
    let edited =
      "\u{FEFF}Right;my notes;SCORE;Left;Decision\r\n"
      + "\(first.right);;Jan-98;\(first.left); Link \r\n"
      + "right:party:2;;0,5;left:party:1;DIFFERENT\r\nright:party:9;;;left:party:3;\r\n"
    let decisions = try DecisionFile.read(
      file: "d.csv", bytes: Array(edited.utf8), check: { _ in nil })
    #expect(
      decisions == [
        Decision(left: first.left, right: first.right, verdict: .link, row: 2),
        Decision(left: "left:party:1", right: "right:party:2", verdict: .different, row: 3),
      ])
  }

  @Test func givesBackEveryDecisionItWrote() async throws {
    var outcome = await Self.list()
    let safe = outcome.list.decideSafe(onePartner: false)
    #expect(safe.count >= 30)
    let read = try DecisionFile.read(
      file: "d.csv", bytes: Array(Self.text(outcome).utf8), check: { _ in nil })
    #expect(read.map { [$0.left, $0.right] } == safe.map { [$0.left, $0.right] })
    #expect(read.allSatisfy { $0.verdict == .link })
  }

  struct Bad: Sendable, CustomTestStringConvertible {
    var text: String
    var problems: [String]
    var testDescription: String { text }

    init(_ text: String, _ problems: String...) {
      self.text = text
      self.problems = problems
    }
  }

  static let bad: [Bad] = [
    Bad("decision,left\nlink,a:b:c\n", "row 1: there is no column “right”"),
    Bad(
      "decision,decision,left,right\n,,a:b:c,a:b:d\n",
      "row 1: two columns are headed “decision”"),
    Bad(
      "decision,left,right\nlink,a:b:1,c:d:1\nyes,a:b:2,c:d:2\n,42,c:d:3\nmerge,a:b:4,\n"
        + "link,a:b:5,a:b:5\n",
      "row 3: its decision “yes” is none of link, different, merge, or nothing",
      "row 4: “42” in “left” is no subject like hubspot:company:42; undo what the spreadsheet "
        + "did to it",
      "row 5: its “right” is empty",
      "row 6: its left and right are the same record a:b:5"),
    Bad(
      "decision,left,right\nlink,a:b:1,c:d:1\ndifferent,c:d:1,a:b:1\n",
      "row 3: it says “different” of the pair that row 2 says “link” of"),
    Bad(
      "decision,left,right\nlink,a:b:1,c:d:9\nlink,a:b:1\n",
      "row 2: c:d:9 is unknown", "row 3: it has 2 cells, the header has 3"),
  ]

  @Test(arguments: bad) func refusesWholeNamingEveryBadRow(_ file: Bad) throws {
    let error = #expect(throws: MalformedInput.self) {
      try DecisionFile.read(file: "d.csv", bytes: Array(file.text.utf8)) {
        $0.right == "c:d:9" ? "c:d:9 is unknown" : nil
      }
    }
    let told = error?.description.split(separator: "\n").dropFirst().map { $0.dropFirst(2) }
    #expect(told?.map(String.init) == file.problems)
  }
}
