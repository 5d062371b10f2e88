import ConfigurationFile
import Domain
import Engine
import Foundation
import Logging
import Snapshot
import Synchronization
import Transport

/// What the outside hears of a pass: a health-check ping and a metrics file. A pass never fails
/// for either.
struct PassWatch {
  let workplace: Workplace
  let configuration: Configuration
  /// The network of a test; nil: the real one.
  let given: HTTPExchange?

  /// Runs a pass and tells of its start and its end. The pass hands over its snapshot before it
  /// closes it.
  func around(
    _ pass: ((SnapshotStore, PassReport) -> Void) async throws -> PassReport
  ) async throws -> PassReport {
    let ping = ping()
    await tell(ping, .start)
    let started = workplace.now
    let state = Mutex<PassMetrics.State?>(nil)
    do {
      let report = try await pass { store, _ in
        let facts = facts(store)
        state.withLock { $0 = facts }
      }
      write(started, report.exitCode, report, state.withLock { $0 })
      await ended(ping, report)
      return report
    } catch {
      let code = code(of: error)
      write(started, code, nil, nil)
      if code != .interrupted, code != .terminated { await tell(ping, .fail) }
      throw error
    }
  }

  private func code(of error: any Error) -> ExitCode {
    switch error {
    case let error as EngineError: error.exitCode
    case let failure as Failure: failure.code
    case is SnapshotError: .snapshotUnusable
    default: .internalError
    }
  }

  // MARK: Ping

  private func ping() -> HealthPing? {
    guard let address = configuration.metrics.pingURL?.value else { return nil }
    let exchange =
      given ?? LiveHTTP.exchange(userAgent: Connections.userAgent, maxConnectionsPerHost: 1)
    return HealthPing(address: address, exchange: exchange, time: workplace.time)
  }

  /// A pass that somebody interrupted says nothing either way.
  private func ended(_ ping: HealthPing?, _ report: PassReport) async {
    switch report.outcome {
    case .ok: await tell(ping, .success)
    case .interrupted: return
    case .failed, .deferred, .braked, .signInNeeded, .planMoved: await tell(ping, .fail)
    }
  }

  private func tell(_ ping: HealthPing?, _ event: HealthPing.Event) async {
    guard let ping, let reason = await ping.send(event) else { return }
    // One line a pass is enough.
    workplace.logger.log(
      level: event == .start ? .info : .warning, "the health check could not be told",
      metadata: ["event": "\(event.rawValue)", "reason": "\(reason)"])
  }

  // MARK: Metrics

  private var systems: [SystemName] {
    [configuration.accounting.name] + configuration.crms.map(\.name)
  }

  private func facts(_ store: SnapshotStore) -> PassMetrics.State? {
    guard configuration.metrics.textfile != nil else { return nil }
    return try? store.read {
      try PassMetrics.State($0, systems: systems, now: workplace.now)
    }
  }

  private func write(
    _ started: Instant, _ code: ExitCode, _ report: PassReport?, _ state: PassMetrics.State?
  ) {
    guard let path = configuration.metrics.textfile else { return }
    var known = state
    if known == nil, FileManager.default.fileExists(atPath: configuration.statePath),
      let store = try? SnapshotStore(path: configuration.statePath)
    {
      known = facts(store)
      try? store.close()
    }
    let tokens = workplace.tokens(configuration)
    var ends: [SystemName: Instant] = [:]
    for name in systems {
      let end = (try? tokens.load(name.rawValue))?.refreshExpiresAt
      ends[name] = end.map(Instant.init(milliseconds:))
    }
    let name = URL(fileURLWithPath: configuration.path).deletingPathExtension().lastPathComponent
    let metrics = PassMetrics(
      configuration: name, version: XeroSync.version, startedAt: started,
      finishedAt: workplace.now, exitCode: code, report: report, state: known, signInEnds: ends)
    guard let reason = PublicFile.replace(path, with: metrics.text) else { return }
    workplace.logger.warning(
      "the metrics file could not be written", metadata: ["path": "\(path)", "reason": "\(reason)"])
  }
}
