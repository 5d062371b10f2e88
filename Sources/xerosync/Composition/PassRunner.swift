import ConfigurationFile
import Connectors
import Domain
import Engine
import Foundation
import Snapshot
import Transport

/// Runs one pass for one configuration: lock, snapshot, systems, pass.
struct PassRunner {
  let workplace: Workplace
  let configuration: Configuration
  var exchange: HTTPExchange?
  /// Told when the process is asked to end; nil: nobody listens.
  var interruption: Interruption?
  var progress: @Sendable (PassProgress) -> Void = { _ in }

  func run(_ options: PassOptions, allowLarge: Bool = false) async throws -> PassReport {
    let lock = try takeLock(creating: !options.isDryRun)
    defer { withExtendedLifetime(lock) {} }
    guard options.isDryRun else {
      let watch = PassWatch(workplace: workplace, configuration: configuration, given: exchange)
      return try await watch.around { seen in
        try await pass(options, allowLarge, on: openForWork(), isSeen: seen)
      }
    }
    return try await WorkingCopy(of: configuration.statePath).use { path in
      try await pass(options, allowLarge, on: SnapshotStore(path: path))
    }
  }

  private func pass(
    _ options: PassOptions, _ allowLarge: Bool, on store: SnapshotStore,
    isSeen: (SnapshotStore, PassReport) -> Void = { _, _ in }
  ) async throws -> PassReport {
    var environment = try environment(on: store)
    environment.policy.brakes.allowLarge = allowLarge
    do {
      let report = try await heeding(environment.systems) {
        try await Pass(environment: environment, options: options).run(on: store)
      }
      isSeen(store, report)
      try store.close()
      return report
    } catch {
      try? store.close()
      throw error
    }
  }

  /// Work in which waits for a limit or a slow answer end at once when the process is to end.
  func heeding<Value>(
    _ systems: ConnectedSystems, _ work: () async throws -> Value
  ) async throws -> Value {
    let id = interruption?.whenRequested {
      Task {
        await systems.accounting.drain()
        for crm in systems.crms { await crm.drain() }
      }
    }
    defer { if let id { interruption?.forget(id) } }
    do { return try await work() } catch let error as EngineError {
      guard let interruption, interruption.wasRequested, case .unavailable = error else {
        throw error
      }
      throw Failure(
        interruption.wasInterrupt ? .interrupted : .terminated,
        "Asked to end; nothing was written, and the next pass goes on.")
    }
  }

  /// What a pass on this snapshot works with.
  func environment(on store: SnapshotStore) throws -> PassEnvironment {
    let systems = try Connections(
      workplace: workplace, configuration: configuration, store: store, exchange: exchange
    ).systems()
    var policy = configuration.policy
    policy.brakes.maxCreatesPerRun = configuration.limits.maxCreatesPerRun
    var environment = PassEnvironment(
      systems: systems, policy: policy, time: workplace.time, logger: workplace.logger,
      shouldStop: shouldStop, progress: progress)
    environment.watch = WatchPolicy(
      failedPasses: configuration.notify.failedPasses, signInDays: configuration.notify.signInDays)
    environment.historyDays = configuration.limits.historyDays
    return environment
  }

  /// Whether the process was asked to end.
  var shouldStop: @Sendable () -> Bool { { [interruption] in interruption?.wasRequested ?? false } }

  func takeLock(creating: Bool) throws -> PassLock? {
    do {
      if creating { try makeDirectory() }
      return try PassLock.take(snapshot: configuration.statePath, creating: creating)
    } catch let failure as PassLock.Failure {
      switch failure {
      case .held:
        throw Failure(.locked, "Another pass holds \(configuration.statePath); nothing was done.")
      case .unusable(let path, let reason):
        throw Failure(
          .snapshotUnusable,
          "The lock \(path) cannot be taken: \(reason). Give this user write permission to its "
            + "directory, or set `state` to another place; nothing was sent to any system.")
      }
    }
  }

  private func makeDirectory() throws {
    let directory = URL(fileURLWithPath: configuration.statePath).deletingLastPathComponent()
    do {
      try FileManager.default.createDirectory(
        at: directory, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch {
      throw Failure(
        .snapshotUnusable,
        "The directory \(directory.path) cannot be made. Make it for this user, or set `state` "
          + "in the configuration to another place; nothing was sent to any system.")
    }
  }

  private func openForWork() throws -> SnapshotStore {
    let isNew = !FileManager.default.fileExists(atPath: configuration.statePath)
    let store = try SnapshotStore(path: configuration.statePath)
    if isNew {
      try? FileManager.default.setAttributes(
        [.posixPermissions: 0o600], ofItemAtPath: configuration.statePath)
    }
    return store
  }
}
