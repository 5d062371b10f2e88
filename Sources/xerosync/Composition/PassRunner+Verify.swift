import ConfigurationFile
import Domain
import Engine
import Snapshot

extension PassRunner {
  /// Proves the promises on a working copy of the snapshot; both systems are only read.
  func verify(asOf: Instant? = nil) async throws -> Verification {
    var options = PassOptions()
    options.isDryRun = true
    options.isFull = true
    options.asOf = asOf
    let lock: PassLock?
    do {
      lock = try PassLock.take(snapshot: configuration.statePath, creating: false)
    } catch {
      throw Failure(
        .locked, "A pass holds \(configuration.statePath); verify when it has ended.")
    }
    defer { withExtendedLifetime(lock) {} }
    let given = options
    return try await WorkingCopy(of: configuration.statePath).use { path in
      let store = try SnapshotStore(path: path)
      let systems = try Connections(
        workplace: workplace, configuration: configuration, store: store, exchange: exchange
      ).systems()
      let environment = PassEnvironment(
        systems: systems, policy: configuration.policy, time: workplace.time,
        logger: workplace.logger, shouldStop: shouldStop, progress: progress)
      let verification = try await heeding(systems) {
        try await Pass(environment: environment, options: given).verify(on: store)
      }
      try store.close()
      return verification
    }
  }
}
