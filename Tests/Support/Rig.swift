import Connectors
import Domain
package import Engine
package import Foundation
import Logging
package import Sandbox
package import Snapshot
import Synchronization
import Transport

/// A whole installation in one process: simulated vendors, virtual time, tokens, one snapshot on
/// disk, and passes of the real engine over them. Passes of one rig follow one another.
package final class Rig: Sendable {
  package let clock: VirtualClock
  package let world: SandboxWorld
  /// Holds the snapshot and nothing else; removed with the rig.
  package let directory: URL
  let tokens = TokenMemory()
  private let lines = LogLines()
  private let state: Mutex<State>

  private struct State {
    var settings: RigSettings
    var generation = 0
    var seams: [Seam] = []
    var watcher: SnapshotStore?
    var hosts: Set<String> = []
  }

  /// A Monday morning in Auckland: 2 February 2026, 20:00 UTC the day before.
  package static let start: Int64 = 1_769_976_000_000

  /// - Parameter change: what is to differ from an ordinary installation.
  package init(
    vendors: [any SimulatedVendor]? = nil, _ change: (inout RigSettings) -> Void = { _ in }
  ) {
    let clock = VirtualClock(startingAt: Self.start)
    let start = SandboxTime(milliseconds: Self.start - 86_400_000)
    self.clock = clock
    world = SandboxWorld(
      vendors: vendors
        ?? [
          XeroSandbox.demo(at: start), HubSpotSandbox.demo(withSyncFields: true, created: start),
        ],
      clock: { SandboxTime(milliseconds: clock.now) })
    directory = Scratch.directory()
    var settings = RigSettings()
    change(&settings)
    state = Mutex(State(settings: settings))
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  /// What the next pass is configured with.
  package var settings: RigSettings {
    get { state.withLock { $0.settings } }
    set { state.withLock { $0.settings = newValue } }
  }

  /// The snapshot of the process that runs now.
  package var snapshotPath: String {
    path(state.withLock { $0.generation })
  }

  /// Everything that was logged, at every level.
  package var log: [String] { lines.all }

  /// The seams of the last pass, in order.
  package var seams: [Seam] { state.withLock { $0.seams } }

  /// Signs in to the accounting system as a person does in a browser: with a token that expires
  /// and one that renews it and is used up by that.
  package func signInWithRefreshToken() throws {
    let now = SandboxTime(milliseconds: clock.now)
    let consent = world.withVendor(XeroSandbox.self) { $0.consent(at: now) }
    guard let access = consent?["access_token"]?.string,
      let refresh = consent?["refresh_token"]?.string
    else { throw Refused(description: "no consent") }
    tokens["xero"] = StoredToken(
      accessToken: Secret(access), expiresAt: clock.now + 1_800_000,
      refreshToken: Secret(refresh), obtainedAt: clock.now)
    settings.accounting.auth.flow = Sourced("authorization_code")
  }

  private func path(_ generation: Int) -> String {
    directory.appendingPathComponent("snapshot-\(generation).sqlite").path
  }

  /// Every host that a request was meant for.
  package var hosts: Set<String> { state.withLock { $0.hosts } }

  /// A second reader of the file that a pass is at work on; the same one during that pass.
  func watcher() throws -> SnapshotStore {
    if let known = state.withLock({ $0.watcher }) { return known }
    let opened = try store()
    state.withLock { $0.watcher = opened }
    return opened
  }

  private func dismissWatcher() {
    let watcher = state.withLock { state in
      defer { state.watcher = nil }
      return state.watcher
    }
    try? watcher?.close()
  }

  /// Opens the snapshot, as a command between two passes would.
  package func store(seams: SnapshotSeams = SnapshotSeams()) throws -> SnapshotStore {
    try SnapshotStore(path: snapshotPath, seams: seams)
  }

  /// How a pass that may be killed ended.
  package enum End: Sendable {
    case report(PassReport)
    case failed(EngineError)
    /// The process died; the next pass finds what it left.
    case died(at: Seam?)
  }

  /// One pass to its end.
  ///
  /// - Throws: what ended the pass.
  @discardableResult
  package func pass(_ options: PassOptions = PassOptions()) async throws -> PassReport {
    switch try await run(options, rule: { _, _ in .go }) {
    case .report(let report): return report
    case .failed(let error): throw error
    case .died: throw OneThread.Stalled()
    }
  }

  /// One pass with a say at each of its seams (counted from 0).
  package func run(
    _ options: PassOptions = PassOptions(), failWrites: SnapshotFaults = .none,
    rule: @escaping @Sendable (Int, Seam) -> Ruling
  ) async throws -> End {
    try await OneThread.run { [self] in
      let isCopied = options.isDryRun && settings.sabotage != .dryRunWrites
      let path = isCopied ? dryCopy() : snapshotPath
      let process = Incarnation(snapshot: path, rule: rule)
      let end = await end(of: process, on: path, options, failWrites)
      dismissWatcher()
      state.withLock { $0.seams = process.seams }
      if isCopied {
        try? FileManager.default.removeItem(
          at: URL(fileURLWithPath: path).deletingLastPathComponent())
      }
      guard !process.isAlive else { return end }
      if let legacy = process.legacy, !options.isDryRun { succeed(legacy) }
      return .died(at: process.seams.last)
    }
  }

  /// The dead process's snapshot becomes that of the next one.
  private func succeed(_ legacy: String) {
    let old = snapshotPath
    let next = path(state.withLock { $0.generation + 1 })
    SnapshotFiles.copy(legacy, to: next)
    SnapshotFiles.remove(legacy)
    SnapshotFiles.remove(old)
    state.withLock { $0.generation += 1 }
  }

  private func dryCopy() -> String {
    let copy = Scratch.directory().appendingPathComponent("copy.sqlite").path
    SnapshotFiles.copy(snapshotPath, to: copy)
    return copy
  }

  private func end(
    of process: Incarnation, on path: String, _ options: PassOptions, _ faults: SnapshotFaults
  ) async -> End {
    do {
      let bug = settings.sabotage
      var options = options
      if bug == .dryRunSends { options.isDryRun = false }
      if let bug { try SabotagedSnapshot.spoil(path, by: bug) }
      let store = try SnapshotStore(
        path: path,
        seams: SnapshotSeams(
          willWrite: { try faults.next() }, didWrite: { _ = process.pass(.didCommit) }))
      defer { try? store.close() }
      let environment = try environment(of: process, on: store)
      return .report(try await Pass(environment: environment, options: options).run(on: store))
    } catch let error as EngineError {
      return .failed(error)
    } catch let error as SnapshotError {
      return .failed(.snapshot(error))
    } catch {
      return .failed(.unavailable("rig", reason: "\(error)"))
    }
  }

  /// What a command beside the passes works with: the same systems, on a store of its own.
  package func environment(on store: SnapshotStore) throws -> PassEnvironment {
    try environment(of: Incarnation(snapshot: store.path, rule: { _, _ in .go }), on: store)
  }

  func environment(
    of process: Incarnation, on store: SnapshotStore
  ) throws -> PassEnvironment {
    let settings = settings
    let time = clock.source(isDead: { !process.isAlive })
    func connector(_ connection: ConnectionSettings) -> ConnectorEnvironment {
      ConnectorEnvironment(
        exchange: exchange(of: process), time: time,
        tokens: tokens.store(of: process, bug: settings.sabotage),
        budget: budget(of: connection.name, store, time), logger: logger(), redactor: Redactor(),
        passDeadline: time.monotonic() + .seconds(settings.passSeconds),
        userAgent: "xerosync/test", seed: settings.seed)
    }
    var systems = ConnectedSystems(
      accounting: try ConnectorRegistry.accounting(
        settings: settings.accounting, environment: connector(settings.accounting)),
      crms: try settings.crms.map {
        try ConnectorRegistry.crm(settings: $0, environment: connector($0))
      }, notifiers: settings.notifiers)
    if let bug = settings.sabotage {
      systems.accounting = SabotagedAccounting(systems.accounting, bug: bug, clock: clock)
      systems.crms = systems.crms.map { SabotagedCRM($0, bug: bug, clock: clock) }
    }
    let shouldStop = settings.shouldStop
    return PassEnvironment(
      systems: systems, policy: settings.policy, time: time, logger: logger(),
      shouldStop: { !process.isAlive || shouldStop() })
  }

  private func exchange(of process: Incarnation) -> HTTPExchange {
    let network = SandboxExchange(world: world, clock: clock)
    return HTTPExchange { [self] request, idle throws(HTTPFailure) in
      let asked = SandboxExchange.sandbox(request)
      switch process.pass(.willSend(asked)) {
      case nil: throw .notSent("the process is dead")
      case .fail(let failure): throw failure
      case .go, .die: break
      }
      note(request)
      let answer = world.respond(to: asked)
      switch process.pass(.didSend(asked, status: answer.status)) {
      case nil: throw .interrupted("the process is dead")
      case .fail(let failure): throw failure
      case .go, .die:
        var answer = answer
        settings.garble(&answer)
        var response = try network.deliver(answer, idle: idle)
        if let ahead = settings.serverClock {
          response.headers["Date"] =
            SandboxTime(milliseconds: clock.now + ahead * 1000).httpDate
        }
        return settings.spoil.map { $0(response) } ?? response
      }
    }
  }

  private func note(_ request: HTTPRequest) {
    let host = request.url.host ?? ""
    state.withLock { _ = $0.hosts.insert(host) }
    if settings.sabotage == .secretLogged {
      lines.add("sending \(request.headers.values.sorted())")
    }
  }

  /// As the executable keeps it: in the snapshot, so that every pass counts on.
  private func budget(
    of system: SystemName, _ store: SnapshotStore, _ time: TimeSource
  ) -> BudgetStore {
    let key = "budget:\(system)"
    return BudgetStore(
      load: { try store.read { try $0.cache(key, as: BudgetState.self)?.body } },
      save: { state in
        try store.write {
          try $0.setCache(key, state, readAt: Instant(milliseconds: time.now()))
        }
      })
  }

  private func logger() -> Logger {
    let lines = lines
    return Logger(label: "test") { _ in LineLog(lines: lines) }
  }
}

/// Which transactions of the snapshot fail, and how.
package final class SnapshotFaults: Sendable {
  private let state: Mutex<(skip: Int, times: Int)>
  private let error: SnapshotError

  package static let none = SnapshotFaults(skip: 0, times: 0)

  /// Lets `skip` transactions pass and fails the `times` that follow.
  package init(
    skip: Int, times: Int, error: SnapshotError = .diskFull(path: "snapshot.sqlite")
  ) {
    state = Mutex((skip, times))
    self.error = error
  }

  func next() throws {
    let fails = state.withLock { state -> Bool in
      guard state.times > 0 else { return false }
      guard state.skip == 0 else {
        state.skip -= 1
        return false
      }
      if state.times < .max { state.times -= 1 }
      return true
    }
    if fails { throw error }
  }
}

/// Directories for tests, in memory where the machine has such a place.
package enum Scratch {
  private static let count = Atomic<Int>(0)

  package static func directory() -> URL {
    let files = FileManager.default
    let memory = "/dev/shm"
    let root =
      files.isWritableFile(atPath: memory)
      ? URL(fileURLWithPath: memory) : files.temporaryDirectory
    let number = count.add(1, ordering: .relaxed).newValue
    let process = ProcessInfo.processInfo.processIdentifier
    let directory = root.appendingPathComponent("xerosync-test-\(process)-\(number)")
    try? files.createDirectory(at: directory, withIntermediateDirectories: true)
    return directory
  }
}

/// Everything that was logged.
private final class LogLines: Sendable {
  private let lines = Mutex<[String]>([])
  var all: [String] { lines.withLock { $0 } }
  func add(_ line: String) { lines.withLock { $0.append(line) } }
}

/// A log handler that keeps each line as text.
private struct LineLog: LogHandler {
  var logLevel: Logger.Level = .trace
  var metadata: Logger.Metadata = [:]
  let lines: LogLines

  init(lines: LogLines) { self.lines = lines }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    lines.add("\(event.level) \(event.message) \(event.metadata ?? [:])")
  }
}
