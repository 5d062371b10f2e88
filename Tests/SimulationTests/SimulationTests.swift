import Foundation
import Synchronization
import TestSupport
import Testing

/// The whole engine in simulated worlds. `SEED` runs one seed, `PASSES` so many passes of each,
/// `OMIT` parts of them left out; without `SEED`, `BUDGET` (seconds) as many seeds as fit from
/// `FIRST` on, and at least `LEAST` passes in all.
struct SimulationTests {
  static func number(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
  }

  private static let passes = number("PASSES") ?? 12

  @Test(arguments: [0, 1])
  func seeds(shard: Int) async throws {
    if let seed = Self.number("SEED") {
      guard shard == 0 else { return }
      try await replay(UInt64(seed))
      return
    }
    let clock = ContinuousClock()
    let end = clock.now + .seconds(Self.number("BUDGET") ?? 20)
    let least = (Self.number("LEAST") ?? 0) / 2
    var seed = UInt64(Self.number("FIRST") ?? 1) + UInt64(shard)
    var figures = (seeds: 0, passes: 0, faults: 0, crashes: 0)
    repeat {
      let run = try await judge(seed, isTwice: seed % 16 < 2)
      figures.seeds += 1
      figures.passes += run.passes
      figures.faults += run.faults
      figures.crashes += run.crashes
      seed += 2
    } while clock.now < end || figures.passes < least
    print(
      "simulation \(shard): \(figures.seeds) seeds, \(figures.passes) passes,",
      "\(figures.faults) faults, \(figures.crashes) crashes")
  }

  private func replay(_ seed: UInt64) async throws {
    let omitted = Omission.list(ProcessInfo.processInfo.environment["OMIT"] ?? "")
    let lines = Self.number("LINES") ?? 200
    let run = try await Run.of(seed, passes: Self.passes, omitting: omitted, lines: lines)
    print(run.account)
    if !run.broken.isEmpty { Issue.record("\(run.broken)") }
    let again = try await Run.of(seed, passes: Self.passes, omitting: omitted)
    #expect(run.fingerprint == again.fingerprint, "I12 seed \(seed) ran in two ways")
  }

  private func judge(_ seed: UInt64, isTwice: Bool) async throws -> Run {
    var first = try await Run.of(seed, passes: Self.passes)
    if let verdict = first.verdict { try await report(seed, verdict) }
    guard isTwice else { return first }
    let second = try await Run.of(seed, passes: Self.passes)
    #expect(first.fingerprint == second.fingerprint, "I12 seed \(seed) ran in two ways")
    first.passes += second.passes
    first.faults += second.faults
    first.crashes += second.crashes
    return first
  }

  /// A failing seed, made small.
  private func report(_ seed: UInt64, _ verdict: String) async throws {
    var shrinker = Shrinker(seed: seed, passes: Self.passes)
    if Self.number("SHRINK") != 0 { try await shrinker.run(verdict: verdict) }
    let small = try await Run.of(
      seed, passes: shrinker.passes, omitting: shrinker.omitted,
      lines: Self.number("LINES") ?? 40)
    Issue.record("\(shrinker.command)\n\(small.account)")
  }
}
