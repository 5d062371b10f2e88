import ArgumentParser
import ConfigurationFile
import Connectors
import Domain
import Engine
import Snapshot
import Transport

struct StatusCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Last passes, holds, open operations, API budget, sign-ins, age of what was read.")

  @OptionGroup var global: GlobalOptions
  @Flag(help: "One JSON document on standard output.")
  var json = false

  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
    let configuration = try workplace.configuration()
    let store = try workplace.snapshot(configuration)
    let status = try gather(configuration, store, workplace)
    if json {
      try printJSON(Document(status: status), workplace)
    } else {
      show(status, workplace)
    }
    return .done
  }

  private func gather(
    _ configuration: Configuration, _ store: SnapshotStore, _ workplace: Workplace
  ) throws -> Status {
    let names = [configuration.accounting.name] + configuration.crms.map(\.name)
    let tokens = workplace.tokens(configuration)
    return try store.read { reader in
      let open = try reader.openOperations()
      return Status(
        runs: try reader.runs(limit: 5).map {
          .init(
            run: $0.run, startedAt: $0.startedAt, finishedAt: $0.finishedAt, outcome: $0.outcome,
            exitCode: $0.exitCode, reason: $0.reason)
        },
        holds: try reader.holds().count,
        openOperations: open.count, alerts: open.compactMap(Status.Alert.init),
        oldestUnhandled: open.map(\.plannedAt).min(),
        links: try reader.linkCount(),
        systems: try names.map { name in
          let budget = try reader.cache("budget:\(name)", as: BudgetState.self)
          let token = try? tokens.load(name.rawValue)
          return .init(
            system: name, usedToday: budget?.body.used(at: workplace.time.now()),
            tokenExpires: token?.expiresAt.map(Instant.init(milliseconds:)),
            signInExpires: token?.refreshExpiresAt.map(Instant.init(milliseconds:)),
            cursors: try cursors(of: name, reader))
        })
    }
  }

  private func cursors(
    of system: SystemName, _ reader: SnapshotReader
  ) throws -> [String: Instant] {
    let feeds = Set(AccountingFeed.allCases.map(\.rawValue) + CRMFeed.allCases.map(\.rawValue))
    var cursors: [String: Instant] = [:]
    for feed in feeds {
      let cursor = try reader.cursor(FeedCursor.self, of: system, feed: feed)
      cursors[feed] = cursor?.highWater
    }
    return cursors
  }

  private func show(_ status: Status, _ workplace: Workplace) {
    let terminal = workplace.terminal
    terminal.out(Style.bold("Passes", terminal))
    var runs = TextTable(alignments: [.right, .left, .left, .left])
    for run in status.runs {
      let time = run.finishedAt.map { "\($0.milliseconds - run.startedAt.milliseconds) ms" }
      runs.rows.append([
        "\(run.run)", run.startedAt.description, run.outcome,
        time ?? "not finished: it runs now, or was killed",
      ])
    }
    for (line, run) in zip(runs.lines(indent: "  "), status.runs) {
      terminal.out(line)
      for reason in run.reason?.split(separator: "\n") ?? [] {
        terminal.out("      " + Style.problem(TextTable.plain(String(reason)), terminal))
      }
    }
    terminal.out(Style.bold("Systems", terminal))
    var systems = TextTable(alignments: [.left, .left, .left, .left])
    for system in status.systems {
      let read = system.cursors.sorted { $0.key < $1.key }
        .map { "\($0.key) to \($0.value)" }.joined(separator: ", ")
      systems.rows.append([
        system.system.rawValue, system.usedToday.map { "\($0) calls in 24 h" } ?? "no calls yet",
        system.signInExpires.map { "sign-in ends \($0)" } ?? "",
        read.isEmpty ? "nothing there so far" : "read " + read,
      ])
    }
    systems.lines(indent: "  ").forEach(terminal.out)
    terminal.out(
      "\(status.holds) held, \(Count.of(status.openOperations, "operation")) open, "
        + Count.of(status.links, "link"))
    if status.holds > 0 { terminal.out("  `xerosync holds` lists what needs a person") }
    guard !status.alerts.isEmpty else { return }
    terminal.out(Style.bold("Alerts that wait", terminal))
    var alerts = TextTable(alignments: [.left, .left, .left, .left])
    for alert in status.alerts {
      alerts.rows.append([
        alert.channel.rawValue, alert.subject.description, "since \(alert.since)",
        alert.reason.map(TextTable.plain) ?? "not sent yet",
      ])
    }
    alerts.lines(indent: "  ").forEach(terminal.out)
  }

  private struct Document: Encodable {
    var schema = 1
    var status: Status
  }

  private struct Status: Encodable {
    var runs: [Run]
    var holds: Int
    var openOperations: Int
    /// Alerts not delivered yet; the next pass tries again.
    var alerts: [Alert]
    var oldestUnhandled: Instant?
    var links: Int
    var systems: [System]

    enum CodingKeys: String, CodingKey {
      case runs, holds, links, systems, alerts
      case openOperations = "open_operations"
      case oldestUnhandled = "oldest_unhandled"
    }

    struct Alert: Encodable {
      var id: OperationID
      var subject: Subject
      var channel: AlertChannel
      var level: Int
      var state: OperationState
      var since: Instant
      var attempts: Int
      /// What was heard at the last attempt.
      var reason: String?

      init?(_ entry: JournalEntry) {
        guard case .notify(let alert) = entry.operation.effect else { return nil }
        id = entry.operation.id
        subject = entry.operation.subject
        channel = alert.channel
        level = alert.level
        state = entry.state
        since = entry.plannedAt
        attempts = entry.attempts
        reason = entry.answer
      }
    }

    struct Run: Encodable {
      var run: Int64
      var startedAt: Instant
      var finishedAt: Instant?
      var outcome: String
      var exitCode: Int?
      /// Why it was stopped, or what went wrong.
      var reason: String?

      enum CodingKeys: String, CodingKey {
        case run, outcome, reason
        case startedAt = "started_at"
        case finishedAt = "finished_at"
        case exitCode = "exit_code"
      }
    }

    struct System: Encodable {
      var system: SystemName
      var usedToday: Int?
      var tokenExpires: Instant?
      var signInExpires: Instant?
      /// By listing: everything modified up to then has been read.
      var cursors: [String: Instant]

      enum CodingKeys: String, CodingKey {
        case system, cursors
        case usedToday = "calls_in_24_hours"
        case tokenExpires = "token_expires"
        case signInExpires = "sign_in_expires"
      }
    }
  }
}
