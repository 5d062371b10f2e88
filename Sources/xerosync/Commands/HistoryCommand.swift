import ArgumentParser
import Domain
import Engine
import Snapshot

struct HistoryCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Every operation: when, what, old and new values, outcome.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "Only this subject.")
  var subject: String?
  @Option(
    help: ArgumentHelp("Only from this time on, for example 2026-11-01.", valueName: "time"))
  var since: String?
  @Flag(help: "One JSON document on standard output.")
  var json = false

  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
    let configuration = try workplace.configuration()
    let store = try workplace.snapshot(configuration)
    let subject = try subject.map(parseSubject)
    let from = try since.map { text in
      guard let instant = Instant(text) else {
        throw Failure(.wrongUsage, "--since does not understand “\(text)”; write 2026-11-01.")
      }
      return instant
    }
    let (entries, decisions) = try store.read {
      (try $0.history(of: subject, since: from), try $0.decisions(of: subject, since: from))
    }
    if json {
      let document = Document(
        history: entries.map(Entry.init), decisions: decisions.map(Decision.init))
      try printJSON(document, workplace)
      return .done
    }
    let terminal = workplace.terminal
    if entries.isEmpty && decisions.isEmpty {
      terminal.out("Nothing was ever done\(subject.map { " for \($0)" } ?? "").")
    }
    var waiting = decisions[...]
    for entry in entries {
      let time = entry.settledAt ?? entry.sentAt ?? entry.plannedAt
      while let decision = waiting.first, decision.at <= time {
        show(decision, terminal)
        waiting.removeFirst()
      }
      show(entry, terminal)
    }
    for decision in waiting { show(decision, terminal) }
    return .done
  }

  private func show(_ decision: StoredDecision, _ terminal: Terminal) {
    terminal.out("\(decision.at)  by hand  \(decision.subject): \(decision.words)")
  }

  private func show(_ entry: JournalEntry, _ terminal: Terminal) {
    let time = entry.settledAt ?? entry.sentAt ?? entry.plannedAt
    let operation = entry.operation
    terminal.out(
      "\(time)  pass \(entry.run)  \(operation.object.words(after: operation.action))  "
        + "\(TextTable.plain(operation.summary))  \(entry.state.rawValue)")
    for change in operation.changes {
      terminal.out(
        "    \(change.field): \(TextTable.plain(change.from ?? "—")) → "
          + TextTable.plain(change.to ?? "—"))
    }
    if let answer = entry.answer { terminal.out("    answer: \(TextTable.plain(answer))") }
  }

  private struct Document: Encodable {
    var schema = 1
    var history: [Entry]
    /// What people decided.
    var decisions: [Decision]
  }

  private struct Decision: Encodable {
    var at: Instant
    var subject: Subject
    var decided: String

    init(_ stored: StoredDecision) {
      at = stored.at
      subject = stored.subject
      decided = stored.words
    }
  }

  private struct Entry: Encodable {
    var run: Int64
    var at: Instant
    var action: String
    var system: SystemName
    var object: String
    var subject: Subject
    var external_id: String?
    var summary: String
    var changes: [String: ReportedOperation.Change]
    var outcome: OperationState
    var answer: String?

    init(_ entry: JournalEntry) {
      let operation = entry.operation
      run = entry.run
      at = entry.settledAt ?? entry.sentAt ?? entry.plannedAt
      action = operation.action.rawValue
      system = operation.system
      object = operation.object.rawValue
      subject = operation.subject
      external_id = entry.externalID
      summary = operation.summary
      changes =
        ReportedOperation(
          operation, state: entry.state, externalID: entry.externalID, error: nil
        ).changes
      outcome = entry.state
      answer = entry.answer
    }
  }
}
