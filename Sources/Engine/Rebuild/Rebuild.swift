package import Domain
package import Snapshot

/// A snapshot made anew from the marks in the systems. Nothing is written to any of them.
package struct Rebuild: Sendable {
  let environment: PassEnvironment
  let asOf: Instant?

  package init(environment: PassEnvironment, asOf: Instant? = nil) {
    self.environment = environment
    self.asOf = asOf
  }

  /// What was found.
  package struct Outcome: Sendable {
    package var report: PassReport
    package var customers = 0
    package var invoices = 0
    package var templates = 0
    /// Deals that have an invoice.
    package var deals = 0

    /// Whether every system was read to its end.
    package var isComplete: Bool { report.outcome == .ok && report.troubles.isEmpty }
  }

  /// Fills an empty snapshot, or one that holds what was salvaged of another.
  ///
  /// - Throws: `EngineError` when a system could not be asked; then the snapshot is of no use.
  package func run(on store: SnapshotStore) async throws(EngineError) -> Outcome {
    var options = PassOptions()
    options.isFull = true
    options.isBaseline = true
    options.isRebuild = true
    options.asOf = asOf
    // Nothing is created, so there is no number to brake at; a side that shows nothing is one.
    var environment = environment
    environment.policy.brakes.maxCreatesPerRun = .max
    let report = try await Pass(environment: environment, options: options).run(on: store)
    do {
      return try store.read { try outcome($0, report) }
    } catch { throw .snapshot(error) }
  }

  private func outcome(_ reader: SnapshotReader, _ report: PassReport) throws -> Outcome {
    var outcome = Outcome(report: report)
    var invoiced: Set<Subject> = []
    for stored in try reader.allLinks() {
      switch stored.link.role {
      case .party: outcome.customers += 1
      case .template: outcome.templates += 1
      case .invoice:
        outcome.invoices += 1
        invoiced.insert(stored.link.left)
      }
    }
    outcome.deals = invoiced.count
    return outcome
  }
}
