import TestSupport

/// One run of a seed, whole or with parts left out.
struct Run: Sendable {
  var seed: UInt64
  var broken: [String] = []
  var fingerprint: UInt64 = 0
  var account = ""
  var passes = 0
  var faults = 0
  var crashes = 0

  static func of(
    _ seed: UInt64, passes: Int, swarm: Swarm? = nil, bug: Sabotage? = nil,
    omitting omitted: Set<Omission> = [], lines: Int = 0
  ) async throws -> Run {
    try await OneThread.run {
      var simulation = Simulation(
        seed: seed, swarm: swarm, bug: bug, omitting: omitted, isTold: lines > 0)
      try await simulation.run(passes: passes)
      return Run(
        seed: seed, broken: simulation.broken, fingerprint: simulation.trace.fingerprint,
        account: lines > 0 ? simulation.account(lines: lines) : "", passes: simulation.passes,
        faults: simulation.faults, crashes: simulation.crashes)
    }
  }

  /// The promise that was broken first, without what was broken about it.
  var verdict: String? { broken.first.map { String($0.prefix { $0 != ":" }) } }
}

/// Makes a failing run small: leaves out whatever can be left out while the same promise stays
/// broken.
struct Shrinker {
  let seed: UInt64
  let swarm: Swarm?
  let bug: Sabotage?
  /// Runs it may still spend.
  private var budget: Int
  private(set) var passes: Int
  private(set) var omitted: Set<Omission>

  init(seed: UInt64, passes: Int, swarm: Swarm? = nil, bug: Sabotage? = nil, budget: Int = 120) {
    self.seed = seed
    self.passes = passes
    self.swarm = swarm
    self.bug = bug
    self.budget = budget
    omitted = []
  }

  mutating func run(verdict: String) async throws {
    // The last passes are the easiest to do without.
    for fewer in 0..<passes {
      guard try await stillBreaks(verdict, passes: fewer, omitted) else { continue }
      passes = fewer
      break
    }
    for pass in (0..<passes).reversed() {
      try await leaveOut([Omission(.pass, of: pass)], verdict)
    }
    for pass in (0..<passes).reversed() where !omitted.contains(Omission(.pass, of: pass)) {
      for part in [Omission.Part.faults, .crash, .disk, .memory, .clock] {
        try await leaveOut([Omission(part, of: pass)], verdict)
      }
      for edit in 0..<4 { try await leaveOut([Omission(.edit(edit), of: pass)], verdict) }
    }
  }

  private mutating func leaveOut(_ more: Set<Omission>, _ verdict: String) async throws {
    if try await stillBreaks(verdict, passes: passes, omitted.union(more)) {
      omitted.formUnion(more)
    }
  }

  private mutating func stillBreaks(
    _ verdict: String, passes: Int, _ omitted: Set<Omission>
  ) async throws -> Bool {
    guard budget > 0 else { return false }
    budget -= 1
    let run = try await Run.of(seed, passes: passes, swarm: swarm, bug: bug, omitting: omitted)
    return run.verdict == verdict
  }

  /// How to see it again.
  var command: String {
    let omit = omitted.sorted().map(\.description).joined(separator: ",")
    return "make simulate SEED=\(seed) PASSES=\(passes)" + (omit.isEmpty ? "" : " OMIT=\(omit)")
  }
}
