internal import Connectors
package import Domain
package import Snapshot
internal import Transport

/// One pass in numbers, for a Prometheus text file.
package struct PassMetrics: Sendable {
  /// The configuration file without directory and ending: tells several organisations apart.
  package var configuration: String
  package var version: String
  package var startedAt: Instant
  package var finishedAt: Instant
  package var exitCode: ExitCode
  /// nil: the pass could not be run.
  package var report: PassReport?
  /// nil: the snapshot could not be read.
  package var state: State?
  package var signInEnds: [SystemName: Instant] = [:]

  /// What the snapshot tells.
  package struct State: Sendable {
    package var lastSuccess: Instant?
    package var openOperations: Int
    package var oldestOpen: Instant?
    package var holds: [HoldCode: Int]
    package var links: Int
    /// By system and listing: everything modified up to then has been read.
    package var cursors: [SystemName: [String: Instant]]
    package var callsInDay: [SystemName: Int]
    package var bytes: Int

    /// Reads it; `systems` are those of the configuration.
    package init(
      _ reader: SnapshotReader, systems: [SystemName], now: Instant
    ) throws {
      let listings = Set(
        AccountingFeed.allCases.map(\.rawValue) + CRMFeed.allCases.map(\.rawValue))
      let open = try reader.openOperations()
      lastSuccess = try reader.lastSuccess()
      openOperations = open.count
      oldestOpen = open.map(\.plannedAt).min()
      holds = Dictionary(grouping: try reader.holds(), by: \.hold.code).mapValues(\.count)
      links = try reader.linkCount()
      bytes = try reader.sizeInBytes()
      cursors = [:]
      callsInDay = [:]
      for system in systems {
        for listing in listings {
          let cursor = try reader.cursor(FeedCursor.self, of: system, feed: listing)
          cursors[system, default: [:]][listing] = cursor?.highWater
        }
        let budget = try reader.cache("budget:\(system)", as: BudgetState.self)
        callsInDay[system] = budget?.body.used(at: now.milliseconds)
      }
    }
  }

  package init(
    configuration: String, version: String, startedAt: Instant, finishedAt: Instant,
    exitCode: ExitCode, report: PassReport?, state: State?,
    signInEnds: [SystemName: Instant] = [:]
  ) {
    self.configuration = configuration
    self.version = version
    self.startedAt = startedAt
    self.finishedAt = finishedAt
    self.exitCode = exitCode
    self.report = report
    self.state = state
    self.signInEnds = signInEnds
  }

  /// The whole file. Times are Unix seconds, as Prometheus wants them.
  package var text: String {
    var page = MetricsPage(configuration: configuration)
    page.add("info", "Always 1; the version that wrote this file.", [(["version": version], "1")])
    page.add(
      "pass_start_timestamp_seconds", "When the last pass started.", seconds: startedAt)
    page.add("pass_end_timestamp_seconds", "When the last pass ended.", seconds: finishedAt)
    page.add(
      "pass_success_timestamp_seconds", "When the last pass ended that did all it had to do.",
      seconds: state?.lastSuccess)
    page.add(
      "pass_duration_seconds", "How long the last pass took.",
      milliseconds: finishedAt.milliseconds - startedAt.milliseconds)
    page.add(
      "pass_exit_code", "The exit code of the last pass.", number: Int(exitCode.rawValue))
    addReport(to: &page)
    addState(to: &page)
    page.add(
      "sign_in_end_timestamp_seconds", "When a sign-in ends that a person must renew.",
      signInEnds.sorted { $0.key < $1.key }.map {
        (["system": $0.key.rawValue], MetricsPage.seconds($0.value))
      })
    return page.text
  }

  private func addReport(to page: inout MetricsPage) {
    guard let report else { return }
    let groups = Dictionary(grouping: report.operations) {
      "\($0.action.rawValue) \($0.object.rawValue) \($0.outcome.rawValue)"
    }
    page.add(
      "pass_operations", "Operations of the last pass.",
      groups.sorted { $0.key < $1.key }.compactMap { _, operations in
        operations.first.map {
          (
            [
              "action": $0.action.rawValue, "object": $0.object.rawValue,
              "outcome": $0.outcome.rawValue,
            ], String(operations.count)
          )
        }
      })
    page.add(
      "pass_api_calls", "Requests the last pass sent, sign-in not counted.",
      bySystem: report.apiCalls)
  }

  private func addState(to page: inout MetricsPage) {
    guard let state else { return }
    page.add(
      "holds", "Records that wait for a person, by reason.",
      state.holds.sorted { $0.key < $1.key }.map {
        (["code": $0.key.rawValue], String($0.value))
      })
    page.add("operations_open", "Operations not settled yet.", number: state.openOperations)
    page.add(
      "operations_oldest_open_timestamp_seconds",
      "When the oldest operation that is still open was planned.", seconds: state.oldestOpen)
    page.add("links", "Links between records of two systems.", number: state.links)
    page.add(
      "api_calls_day", "Requests of the last 24 hours, sign-in not counted.",
      bySystem: state.callsInDay)
    page.add(
      "listing_read_timestamp_seconds",
      "Everything in the listing that was modified up to then has been read.",
      state.cursors.sorted { $0.key < $1.key }.flatMap { system, listings in
        listings.sorted { $0.key < $1.key }.map {
          (["listing": $0.key, "system": system.rawValue], MetricsPage.seconds($0.value))
        }
      })
    page.add("snapshot_bytes", "Size of the snapshot.", number: state.bytes)
  }
}
