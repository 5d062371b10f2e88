import ConfigurationFile
import Connectors
import Domain
import Engine
import Foundation
import Logging
import Snapshot
import Transport

/// Everything of the outside world a command touches, put together once at its start.
struct Workplace: Sendable {
  let options: GlobalOptionsValue
  let terminal: Terminal
  let environment: [String: String]
  let time: TimeSource
  let redactor: Redactor
  var logger: Logger

  init(_ options: GlobalOptions) {
    let environment = ProcessInfo.processInfo.environment
    let time = TimeSource.live()
    let redactor = Redactor()
    self.options = GlobalOptionsValue(config: options.config, state: options.state)
    self.environment = environment
    self.time = time
    self.redactor = redactor
    terminal = Terminal(options, environment: environment)
    var handler = LogOutput(
      logLevel: options.logLevel.level, format: options.logFormat, redactor: redactor,
      now: { Instant(milliseconds: time.now()).description })
    if options.quiet { handler.logLevel = .error }
    logger = Logger(label: "xerosync") { _ in handler }
  }

  var now: Instant { Instant(milliseconds: time.now()) }

  /// Finds and reads the configuration.
  ///
  /// - Parameter path: a file; nil: the one the options name, or the usual places.
  func configuration(at path: String? = nil) throws -> Configuration {
    let found = ConfigurationLoader.locate(
      explicit: path ?? options.config, environment: environment,
      exists: { FileManager.default.fileExists(atPath: $0) })
    guard let path = found.path else {
      throw Failure(.configuration, found.explanation)
    }
    let loader = ConfigurationLoader(
      environment: environment, readFile: SystemAccess.readFile,
      runCommand: { try SystemAccess.runCommand($0, environment: environment) })
    do {
      var configuration = try loader.load(path: path)
      if let state = options.state {
        configuration.statePath = URL(fileURLWithPath: state).standardizedFileURL.path
      }
      register(secretsOf: configuration)
      return configuration
    } catch {
      throw Failure(.configuration, error.description)
    }
  }

  private func register(secretsOf configuration: Configuration) {
    let connections = [configuration.accounting] + configuration.crms
    for secret in connections.flatMap(\.auth.secrets.values) {
      redactor.register(Secret(secret.reveal()))
    }
    if let secret = configuration.notify.webhook?.secret {
      redactor.register(Secret(secret.reveal()))
    }
    if let url = configuration.notify.slack?.webhookURL {
      redactor.register(Secret(url.reveal()))
    }
    if let key = configuration.tokensKey { redactor.register(Secret(key.reveal())) }
    // Whoever knows the address may say that a pass went well.
    if let url = configuration.metrics.pingURL { redactor.register(Secret(url.value)) }
  }

  /// The file of refreshed tokens.
  func tokens(_ configuration: Configuration) -> TokenStore {
    TokenFile.store(
      path: configuration.tokensPath, time: time,
      key: configuration.tokensKey.map { Secret($0.reveal()) })
  }

  /// The same place, its log lines marked with one organisation of several.
  func marked(_ organisation: String) -> Workplace {
    var copy = self
    copy.logger[metadataKey: "configuration"] = "\(organisation)"
    return copy
  }

  /// Opens the snapshot for reading or for work by hand.
  func snapshot(_ configuration: Configuration) throws -> SnapshotStore {
    guard FileManager.default.fileExists(atPath: configuration.statePath) else {
      throw Failure(
        .snapshotUnusable,
        "There is no snapshot yet at \(configuration.statePath). `xerosync run` makes it.")
    }
    do {
      return try SnapshotStore(path: configuration.statePath)
    } catch {
      throw Failure(.snapshotUnusable, error.description)
    }
  }
}

/// The global options a workplace keeps.
struct GlobalOptionsValue: Sendable {
  var config: String?
  var state: String?
}

/// An end of a command: what to print on standard error and with which code to leave.
struct Failure: Error {
  let code: ExitCode
  let message: String

  init(_ code: ExitCode, _ message: String) {
    self.code = code
    self.message = message
  }
}
