import ArgumentParser
import ConfigurationFile
import Domain
import Engine
import Snapshot
import Transport

struct UndoCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "undo", abstract: "Take back what is reversible of a pass.",
    discussion: """
      Contact fields, CRM fields, draft invoices and links go back to what they were, if nobody \
      changed them since; the rest is listed with the reason why it stays.
      """)

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The number of the pass, as `xerosync status` shows it.")
  var run: Int64
  @Flag(help: "Show what would be taken back; write to no system and to no file.")
  var dryRun = false
  @Flag(help: "One JSON document on standard output.")
  var json = false

  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
    let configuration = try workplace.configuration()
    let runner = PassRunner(workplace: workplace, configuration: configuration)
    let result = try await runner.undo(run, isDryRun: dryRun)
    if json { try printJSON(result, workplace) } else { show(result, workplace.terminal) }
    let isWhole = dryRun || result.undone.allSatisfy { $0.outcome == .applied }
    return isWhole ? .done : .operationFailed
  }

  private func show(_ result: UndoResult, _ terminal: Terminal) {
    if result.undone.isEmpty && result.unlinked.isEmpty {
      terminal.out("Nothing of pass \(run) is left to take back.")
    }
    for operation in result.undone {
      terminal.out(
        "\(operation.outcome.rawValue)  \(TextTable.plain(operation.summary))  "
          + "(\(operation.subject))")
    }
    if result.undone.contains(where: { $0.object == .deal }) {
      terminal.out(
        "What deals say of their invoices is written again by the next pass, for the invoices "
          + "still say so: pause the passes, or void the invoices, if it is to stay.")
    }
    for pair in result.unlinked {
      let verb = dryRun ? "would be unlinked" : "no longer linked"
      terminal.out("\(verb)  \(pair.map(\.description).joined(separator: " and "))")
    }
    if !result.kept.isEmpty { terminal.out(Style.bold("Stays", terminal)) }
    for kept in result.kept {
      terminal.out("  \(TextTable.plain(kept.summary)) (\(kept.subject)): \(kept.reason)")
    }
  }
}

/// What `undo` did: its JSON document.
struct UndoResult: Encodable {
  var schema = 1
  /// The run that took back; nil in a dry run.
  var run: Int64?
  var undone: [ReportedOperation] = []
  var unlinked: [[Subject]] = []
  var kept: [Undo.Kept] = []
}

extension PassRunner {
  func undo(_ run: Int64, isDryRun: Bool) async throws -> UndoResult {
    let lock = try takeLock(creating: !isDryRun)
    defer { withExtendedLifetime(lock) {} }
    guard isDryRun else {
      return try await undo(run, on: workplace.snapshot(configuration), isDryRun: false)
    }
    return try await WorkingCopy(of: configuration.statePath).use { path in
      try await undo(run, on: SnapshotStore(path: path), isDryRun: true)
    }
  }

  private func undo(
    _ run: Int64, on store: SnapshotStore, isDryRun: Bool
  ) async throws -> UndoResult {
    let systems = try Connections(
      workplace: workplace, configuration: configuration, store: store, exchange: exchange
    ).systems()
    let undo = Undo(
      environment: PassEnvironment(
        systems: systems, policy: configuration.policy, time: workplace.time,
        logger: workplace.logger), store: store)
    guard let proposal = try await undo.propose(run, at: workplace.now) else {
      throw Failure(.wrongUsage, "There was no pass \(run). `xerosync status` lists the last ones.")
    }
    var result = UndoResult(
      unlinked: proposal.links.map { [$0.left, $0.right] }, kept: proposal.kept)
    var states = proposal.operations.map { _ in OperationState.planned }
    if !isDryRun, !(proposal.operations.isEmpty && proposal.links.isEmpty) {
      let done = try await undo.apply(proposal, at: workplace.now)
      result.run = done.run
      states = done.states
    }
    result.undone = zip(proposal.operations, states).map {
      ReportedOperation($0, state: $1, externalID: nil, error: nil)
    }
    return result
  }
}
