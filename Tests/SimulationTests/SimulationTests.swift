import Foundation
import Synchronization
import TestSupport
import Testing

/// The whole engine in simulated worlds. `SEED` runs one seed, `PASSES` so many passes of each,
/// `BUDGET` (seconds, without `SEED`) as many seeds as fit.
struct SimulationTests {
  private static func number(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
  }

  private struct Run: Sendable {
    var broken: [String]
    var trace: [String]
    var account: String
    var passes: Int
    var faults: Int
    var crashes: Int
  }

  private func run(_ seed: UInt64, passes: Int) async throws -> Run {
    try await OneThread.run {
      var simulation = Simulation(seed: seed)
      try await simulation.run(passes: passes)
      return Run(
        broken: simulation.broken, trace: simulation.trace,
        account: simulation.account(lines: Self.number("LINES") ?? 40),
        passes: simulation.passes, faults: simulation.faults, crashes: simulation.crashes)
    }
  }

  @Test(arguments: [0, 1])
  func seeds(shard: Int) async throws {
    let passes = Self.number("PASSES") ?? 12
    if let seed = Self.number("SEED") {
      guard shard == 0 else { return }
      try await judge(UInt64(seed), passes: passes, isTwice: true)
      return
    }
    let clock = ContinuousClock()
    let end = clock.now + .seconds(Self.number("BUDGET") ?? 20)
    var seed = UInt64(Self.number("FIRST") ?? 1) + UInt64(shard)
    var figures = (seeds: 0, passes: 0, faults: 0, crashes: 0)
    repeat {
      let run = try await judge(seed, passes: passes, isTwice: seed % 8 < 2)
      figures.seeds += 1
      figures.passes += run.passes
      figures.faults += run.faults
      figures.crashes += run.crashes
      seed += 2
    } while clock.now < end
    print(
      "simulation \(shard): \(figures.seeds) seeds, \(figures.passes) passes,",
      "\(figures.faults) faults, \(figures.crashes) crashes")
  }

  @discardableResult
  private func judge(_ seed: UInt64, passes: Int, isTwice: Bool) async throws -> Run {
    let first = try await run(seed, passes: passes)
    if !first.broken.isEmpty { Issue.record("\(first.account)") }
    guard isTwice else { return first }
    let second = try await run(seed, passes: passes)
    if first.trace != second.trace {
      let place = zip(first.trace, second.trace).prefix { $0 == $1 }.count
      let one = first.trace.dropFirst(place).first ?? "nothing"
      let two = second.trace.dropFirst(place).first ?? "nothing"
      Issue.record("I12 seed \(seed) ran in two ways:\n  \(one)\n  \(two)")
    }
    return first
  }
}
