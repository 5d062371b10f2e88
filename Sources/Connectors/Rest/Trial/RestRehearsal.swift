package import Domain
import Foundation
import Logging
import Synchronization
import Transport

/// A description played through against recorded answers: every list from its start and again for
/// what changed, every deal with its lines, every action with a sample. Nothing is sent.
package enum RestRehearsal {
  package struct Report: Sendable {
    package var problems: [DocumentProblem] = []
    /// What the records were understood as.
    package var records: [RestShown] = []
    /// Requests that were answered.
    package var calls = 0
  }

  /// The keys of a file of recorded answers.
  private static let keys = ["now", "fields", "exchanges", "expect"]

  /// - Throws: what is wrong with the description or with the answers as files.
  package static func run(
    _ document: DocumentNode, answers: DocumentNode
  ) async throws(RestDescriptionErrors) -> Report {
    let description = try RestDescription(document)
    var reader = RestReader()
    guard let section = reader.section(answers, "", known: keys, required: ["exchanges"]) else {
      throw RestDescriptionErrors(problems: reader.problems)
    }
    let exchanges = reader.exchanges(section)
    let now =
      reader.text(section, "now").flatMap { Instant($0) }
      ?? Instant(milliseconds: 1_795_305_600_000)
    let settings = settings(description, reader.words(section, "fields"), document)
    guard reader.problems.isEmpty else { throw RestDescriptionErrors(problems: reader.problems) }
    var stage = RestStage(exchanges: exchanges, now: now)
    let connector: RestConnector
    do { connector = try stage.connector(description, settings) } catch {
      throw RestDescriptionErrors(problems: [
        DocumentProblem(
          origin: error.origin ?? document.origin, message: error.message, remedy: error.remedy)
      ])
    }
    await stage.play(connector, at: answers.origin)
    stage.compare(section["expect"], &reader)
    stage.report.problems += reader.problems
    stage.close(at: answers.origin)
    return stage.report
  }

  /// Stand-ins for everything a configuration would say.
  private static func settings(
    _ description: RestDescription, _ fields: [String: String], _ document: DocumentNode
  ) -> ConnectionSettings {
    let flow =
      switch description.signIn {
      case .none, .headers, .query: "headers"
      case .basic: "basic"
      case .oauth: "refresh_token"
      case .clientCredentials: "client_credentials"
      }
    var secrets = ["client_id": "id", "client_secret": "secret", "refresh_token": "token"]
    secrets["username"] = "user"
    for name in description.secrets.keys { secrets[name] = "recorded-\(name)" }
    var settings = ConnectionSettings(
      name: "crm", kind: Sourced("rest"),
      auth: ConnectionSettings.Auth(
        flow: Sourced(flow), secrets: secrets.mapValues { SecretText($0) }))
    settings.description = document
    settings.urls["api_url"] = Sourced("https://recorded.invalid")
    settings.fields = fields.mapValues { Sourced($0) }
    return settings
  }
}

/// Everything a rehearsal plays with.
struct RestStage {
  let recording: RestRecording
  let now: Instant
  var report = RestRehearsal.Report()

  init(exchanges: [RestRecording.Exchange], now: Instant) {
    recording = RestRecording(exchanges, prefix: "")
    self.now = now
  }

  func connector(
    _ description: RestDescription, _ settings: ConnectionSettings
  ) throws(ConnectorSetupError) -> RestConnector {
    // A sign-in that is never asked for a token.
    let token = StoredToken(
      accessToken: Secret("recorded-token"), expiresAt: now.milliseconds + 1 << 40,
      obtainedAt: now.milliseconds)
    let environment = ConnectorEnvironment(
      exchange: recording.exchange, time: Self.clock(now),
      tokens: .inMemory([settings.name.rawValue: token]), budget: .none(),
      logger: Logger(label: "rehearsal") { _ in SwiftLogNoOpLogHandler() }, redactor: Redactor(),
      passDeadline: .seconds(1_000_000), userAgent: "xerosync", seed: 1)
    var plain = settings
    if case .oauth = description.signIn { plain.auth.flow = Sourced("authorization_code") }
    return try RestConnector(description, settings: plain, environment: environment)
  }

  /// A clock that moves only when somebody waits.
  private static func clock(_ start: Instant) -> TimeSource {
    let passed = ManualClock()
    return TimeSource(
      now: { start.milliseconds + passed.value.milliseconds }, monotonic: { passed.value },
      sleep: { passed.advance($0) },
      alarm: { _ in
        // Ends when it is cancelled, and not before.
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        for await _ in stream {}
        continuation.finish()
      })
  }

  mutating func fault(_ origin: Domain.Origin, _ message: String, _ remedy: String) {
    report.problems.append(DocumentProblem(origin: origin, message: message, remedy: remedy))
  }
}

/// Time that passes by being waited for.
private final class ManualClock: Sendable {
  private let passed = Mutex(Duration.zero)
  var value: Duration { passed.withLock { $0 } }
  func advance(_ duration: Duration) { passed.withLock { $0 += duration } }
}
