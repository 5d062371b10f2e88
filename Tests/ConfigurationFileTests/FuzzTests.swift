import ConfigurationFile
import Domain
import Foundation
import Testing

/// A small generator whose seed names a whole run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

@Suite struct FuzzTests {
  static let fragments = [
    "{", "}", "[", "]", ":", ": ", "- ", "\n", "\t", "\"", "'", "#", "&a ", "*a", "<<: *a", "|",
    ">", "!!str ", "!x ", "${", "${S}", "$${", "null", "~", "true", "1e999", "-1", "\u{FEFF}",
    "\u{E000}", "\u{0}", "é", "👩‍👩‍👧", "\r", "---\n", "...\n", "%YAML 1.1\n", "? ",
    "status: draft\n",
    "  account: 1\n", "999999999999999999999999", "@", "`", "\u{2028}", "\u{85}",
  ]

  static func mutate(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
    let at = Int.random(in: 0...bytes.count, using: &generator)
    switch Int.random(in: 0..<7, using: &generator) {
    case 0 where at < bytes.count:
      bytes[at] = UInt8.random(in: 0...255, using: &generator)
    case 1 where at < bytes.count:
      bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...12, using: &generator)))
    case 2:
      let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
      guard let line = lines.randomElement(using: &generator) else { return }
      bytes.insert(contentsOf: [10] + line + [10], at: at)
    case 3:
      var lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
      let one = lines.indices.randomElement(using: &generator) ?? 0
      let other = lines.indices.randomElement(using: &generator) ?? 0
      lines.swapAt(one, other)
      bytes = Array(lines.joined(separator: [10]))
    case 4:
      bytes = Array(bytes.prefix(at))
    default:
      let fragment = fragments.randomElement(using: &generator) ?? ""
      bytes.insert(contentsOf: Array(fragment.utf8), at: at)
    }
  }

  /// Line lengths in characters, by the line breaks that editors know.
  static func lineLengths(_ data: Data) -> [Int] {
    let text = String(decoding: data, as: UTF8.self)
    return text.unicodeScalars.split(omittingEmptySubsequences: false) { $0 == "\n" }.map(\.count)
  }

  @Test(arguments: 1...24) func wreckedFilesGiveAConfigurationOrPlaces(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let samples = try ["every-key.yaml", "sandbox.yaml"].map { try Fixture.text($0) }
    var refused = 0
    for round in 0..<60 {
      var bytes = Array((samples.randomElement(using: &generator) ?? "").utf8)
      for _ in 0..<Int.random(in: 1...5, using: &generator) {
        Self.mutate(&bytes, using: &generator)
      }
      let data = Data(bytes)
      do {
        _ = try World.loader().load(data, path: "f.yaml")
      } catch {
        refused += 1
        check(error, data, "seed \(seed) round \(round)")
      }
    }
    // Neither all nor none: the mutations reach past the parser, and they do harm.
    #expect(refused > 10 && refused < 60, "seed \(seed)")
  }

  private func check(_ error: ConfigurationErrors, _ data: Data, _ comment: Comment) {
    let text = String(decoding: data, as: UTF8.self)
    let lines = Self.lineLengths(data)
    // A lone carriage return or Unicode line break ends a line for YAML, not for this count.
    let otherBreaks: [Unicode.Scalar] = ["\r", "\u{85}", "\u{2028}", "\u{2029}"]
    let hasOtherBreaks = text.unicodeScalars.contains { otherBreaks.contains($0) }
    #expect(!error.problems.isEmpty, comment)
    for problem in error.problems {
      #expect(!problem.message.isEmpty && !problem.remedy.isEmpty, comment)
      #expect(problem.origin.line >= 1 && problem.origin.column >= 1, comment)
      #expect(!problem.message.unicodeScalars.contains { $0.value < 32 }, comment)
      guard !hasOtherBreaks else { continue }
      #expect(problem.origin.line <= lines.count, "\(comment): \(problem)")
      guard problem.origin.line <= lines.count else { continue }
      #expect(problem.origin.column <= lines[problem.origin.line - 1] + 1, "\(comment): \(problem)")
    }
    for (left, right) in zip(error.problems, error.problems.dropFirst()) {
      #expect(
        (left.origin.line, left.origin.column) <= (right.origin.line, right.origin.column),
        comment)
    }
    for secret in ["xero-secret", "hubspot-token", "slack-secret", "hook-secret"] {
      #expect(!error.description.contains(secret), comment)
    }
  }
}
