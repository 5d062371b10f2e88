import Engine
import Foundation
import Matcher
import Testing

/// Files that people hand over, changed at random: understood or refused in words, never a crash.
/// `FUZZ` sets the number of files of each kind.
struct FileFuzzTests {
  private static func number(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
  }

  private static let files = number("FUZZ").map { $0 * 20 } ?? 1200
  private static let seed = UInt64(number("SEED") ?? 1)

  /// SplitMix64.
  struct Chance {
    private var state: UInt64

    init(seed: UInt64, number: Int) {
      state =
        seed &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(bitPattern: Int64(number)) &* 0xD6E8_FEB8_6659_FD93
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return range.lowerBound + Int((mixed ^ (mixed >> 31)) % UInt64(range.count))
    }
  }

  private static let fragments = [
    "\"", "\"\"", ",", ";", "\t", "\n", "\r\n", "\u{FEFF}", "\u{0}", "=", "+", "-", "@", "same",
    "different", "é", "👩‍👧", "\u{85}", "99999999999999999999", "-1", "NaN", "'", "\\",
  ]

  static func mutate(_ bytes: inout [UInt8], _ chance: inout Chance) {
    let place = chance.number(0...bytes.count)
    switch chance.number(0...5) {
    case 0 where place < bytes.count: bytes[place] = UInt8(chance.number(0...255))
    case 1 where place < bytes.count:
      bytes.removeSubrange(place..<min(bytes.count, place + chance.number(1...20)))
    case 2: bytes = Array(bytes.prefix(place))
    case 3: bytes.insert(contentsOf: bytes.prefix(chance.number(0...bytes.count)), at: place)
    default:
      let fragment = fragments[chance.number(0...(fragments.count - 1))]
      bytes.insert(contentsOf: Array(fragment.utf8), at: place)
    }
    if bytes.count > 200_000 { bytes = Array(bytes.prefix(200_000)) }
  }

  private func eachMutation(of text: String, _ body: ([UInt8]) throws -> Void) {
    for number in 0..<Self.files {
      var chance = Chance(seed: Self.seed, number: number)
      var bytes = Array(text.utf8)
      for _ in 0..<chance.number(1...6) { Self.mutate(&bytes, &chance) }
      do { try body(bytes) } catch is MalformedInput {
        continue
      } catch {
        Issue.record("seed \(Self.seed), file \(number): \(error)")
      }
    }
  }

  private static let table = #"""
    Name,Email,Phone,City,Country,VAT number
    Harbour Lights Ltd,accounts@harbour.example,+64 9 555 0101,Auckland,New Zealand,123-456-789
    "Tui, Bakery",hello@tui.example,,Dunedin,NZ,
    "Kea ""Climbing""",,021 555 010,"Queens
    town",,

    """#

  @Test func tables() {
    eachMutation(of: Self.table) { bytes in
      _ = try PartyTable.read(file: "customers.csv", bytes: bytes, side: .left)
    }
  }

  @Test func decisions() {
    let text = DecisionFile.header.joined(separator: ",") + "\n" + "same,xero:contact:1,a,b\n"
    eachMutation(of: text) { bytes in
      _ = try DecisionFile.read(file: "decisions.csv", bytes: bytes, check: { _ in nil })
    }
  }

  @Test func plans() {
    let text = #"{"schema":1,"run":1,"outcome":"ok","operations":[],"holds":[],"plan_digest":"x"}"#
    for number in 0..<Self.files {
      var chance = Chance(seed: Self.seed, number: number)
      var bytes = Array(text.utf8)
      for _ in 0..<chance.number(1...6) { Self.mutate(&bytes, &chance) }
      // Not understood is an answer; the process must live to give it.
      _ = try? JSONDecoder().decode(PassReport.self, from: Data(bytes))
    }
  }
}
