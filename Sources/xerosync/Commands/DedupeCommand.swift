import ArgumentParser
import ConfigurationFile
import Domain
import Engine
import Foundation
import Matcher
import Snapshot

struct DedupeCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "dedupe", abstract: "Find which existing records are the same customer.",
    discussion: """
      Compares the customers of every CRM with the contacts in the books, and each with itself, \
      and prints what may be the same, best first, with the reasons. Nothing is linked unless \
      you say so: by --auto-link (only what is safe unseen), in a spreadsheet (--export, then \
      --apply), or pair by pair (--review). Links are recorded as a run, which `undo` takes back.

      With --files it compares two exported CSV files, with no account and no configuration.
      """)

  @OptionGroup var global: GlobalOptions
  @Flag(help: "One JSON document on standard output.")
  var json = false
  @Flag(help: "Link what is above the safe threshold.")
  var autoLink = false
  @Option(help: ArgumentHelp("Write a decision file for a spreadsheet.", valueName: "file"))
  var export: String?
  @Option(help: ArgumentHelp("Carry out the decisions of such a file.", valueName: "file"))
  var apply: String?
  @Flag(help: "Decide pair by pair, on a page in the browser that only this machine can open.")
  var review = false
  @Flag(help: "With --review: ask in the terminal.")
  var noBrowser = false
  @Option(
    help: ArgumentHelp("Show pairs from this probability on, 0 to 1.", valueName: "probability"))
  var threshold: Double?
  @Option(
    help: ArgumentHelp(
      "With --files: the home country, for telephone numbers; default: what the files show.",
      valueName: "country"))
  var country: String?
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Compare two CSV files.", valueName: "left right"))
  var files: [String] = []

  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
    try checkUsage()
    if files.isEmpty {
      try await SnapshotDedupe(options: self, workplace: workplace).run()
    } else {
      try await FileDedupe(options: self, workplace: workplace).run()
    }
    return .done
  }

  private func checkUsage() throws {
    if let threshold, !(0...1).contains(threshold) {
      throw Failure(.wrongUsage, "--threshold is a probability from 0 to 1.")
    }
    guard files.isEmpty || files.count == 2 else {
      throw Failure(.wrongUsage, "--files takes two files, left and right.")
    }
    if noBrowser, !review { throw Failure(.wrongUsage, "--no-browser goes with --review.") }
    if review, json { throw Failure(.wrongUsage, "--review asks a person; leave out --json.") }
    if country != nil, files.isEmpty {
      throw Failure(.wrongUsage, "--country goes with --files; else the organisation's counts.")
    }
    if review, !files.isEmpty, export == nil {
      throw Failure(.wrongUsage, "--review with --files needs --export FILE for your decisions.")
    }
  }

  /// The list in the form that was asked for; after an export a summary is enough.
  func show(
    _ outcome: Deduper.Outcome, applied: DecisionDesk.Applied?, kinds: [String: String],
    _ workplace: Workplace
  ) {
    let terminal = workplace.terminal
    if json {
      DedupeDocument(list: outcome.list, applied: applied, merges: outcome.merges)
        .write { Terminal.write($0, to: 1) }
      return
    }
    if terminal.isQuiet { return }
    let text = DedupeText(outcome: outcome, terminal: terminal, kinds: kinds)
    if let export {
      text.showSummary()
      terminal.out("\(Count.of(outcome.list.entries.count, "pair")) written to \(export).")
    } else {
      text.show()
    }
  }
}

/// Two files, no account anywhere.
struct FileDedupe {
  let options: DedupeCommand
  let workplace: Workplace

  func run() async throws {
    let left = try InputFiles.table(options.files[0], .left)
    let right = try InputFiles.table(options.files[1], .right)
    (left.notes + right.notes).forEach(workplace.terminal.err)
    let decided = try decided(left, right)
    var outcome = await Deduper(threshold: options.threshold).compare(
      left, named: options.files[0], right, named: options.files[1], country: options.country,
      settled: Set(decided.map { [$0.left, $0.right].sorted() }))
    if options.autoLink { _ = outcome.list.decideSafe(onePartner: false) }
    if options.review, let export = options.export {
      let reviewer = Reviewer(workplace: workplace, draft: export + ".draft")
      if case .finished(let decisions) = try await reviewer.run(
        outcome, usesBrowser: !options.noBrowser)
      {
        outcome.list.record(decisions)
        try InputFiles.export(outcome, to: export, workplace.terminal)
        reviewer.dropDraft()
        workplace.terminal.out("\(Count.of(decisions.count, "decision")) written to \(export).")
      }
      return
    }
    if let export = options.export {
      try InputFiles.export(outcome, to: export, workplace.terminal)
    }
    options.show(outcome, applied: nil, kinds: [:], workplace)
  }

  /// With files there is nothing to link in: a decision file takes its pairs off the list.
  private func decided(_ left: PartyTable, _ right: PartyTable) throws -> [Decision] {
    guard let path = options.apply else { return [] }
    let known = Set((left.records + right.records).map(\.key))
    return try InputFiles.decisions(path) { decision in
      for subject in [decision.left, decision.right] where !known.contains(subject) {
        return "\(subject) is in neither file"
      }
      let sides = Set([decision.left, decision.right].map(DedupeText.system))
      if decision.verdict == .merge, sides.count > 1 {
        return "\(decision.left) and \(decision.right) are in two files: they are linked, not "
          + "merged; write link"
      }
      return nil
    }
  }
}

/// The configured systems, as the snapshot knows them.
struct SnapshotDedupe {
  let options: DedupeCommand
  let workplace: Workplace

  func run() async throws {
    let configuration = try workplace.configuration()
    let lock =
      try options.apply != nil || options.autoLink || options.review
      ? takeLock(configuration) : nil
    defer { withExtendedLifetime(lock) {} }
    let store = try workplace.snapshot(configuration)
    let accounting = configuration.accounting.name
    let desk = DecisionDesk(store: store, accounting: accounting, now: workplace.now)
    var applied: DecisionDesk.Applied?
    if let path = options.apply {
      applied = try desk.apply(try InputFiles.decisions(path, check: desk.problem))
    }
    let deduper = Deduper(threshold: options.threshold)
    let isOnlyApply =
      options.apply != nil && !options.autoLink && !options.review && options.export == nil
    var outcome = Deduper.Outcome()
    if !isOnlyApply {
      outcome = try await deduper.compare(
        store, accounting: accounting, crms: configuration.crms.map(\.name))
      if outcome.records.isEmpty {
        throw Failure(
          .wrongUsage,
          "The snapshot holds no customers yet. `xerosync run --baseline` reads them.")
      }
    }
    if options.autoLink {
      let safe = outcome.list.decideSafe(onePartner: true)
      let made = try desk.apply(safe, run: applied?.run)
      applied = applied.map { $0.adding(made) } ?? made
    }
    if options.review {
      let made = try await reviewed(&outcome, desk, configuration, run: applied?.run)
      applied = made.map { applied?.adding($0) ?? $0 } ?? applied
    }
    if let export = options.export {
      try InputFiles.export(outcome, to: export, workplace.terminal)
    }
    let kinds = Dictionary(
      ([configuration.accounting] + configuration.crms).map {
        ($0.name.rawValue, $0.kind.value)
      }, uniquingKeysWith: { first, _ in first })
    if !isOnlyApply || options.json {
      if !options.review { options.show(outcome, applied: applied, kinds: kinds, workplace) }
    }
    if let applied, !options.json { tell(applied, kinds) }
  }

  private func reviewed(
    _ outcome: inout Deduper.Outcome, _ desk: DecisionDesk, _ configuration: Configuration,
    run: Int64?
  ) async throws -> DecisionDesk.Applied? {
    let reviewer = Reviewer(
      workplace: workplace, draft: configuration.statePath + ".review.csv")
    outcome.list.entries.removeAll { $0.decision != nil }
    switch try await reviewer.run(outcome, usesBrowser: !options.noBrowser) {
    case .left: return nil
    case .finished(let decisions):
      let applied = try desk.apply(decisions, run: run)
      reviewer.dropDraft()
      outcome.list.record(decisions)
      return applied
    }
  }

  private func tell(_ applied: DecisionDesk.Applied, _ kinds: [String: String]) {
    let terminal = workplace.terminal
    if terminal.isQuiet { return }
    for pair in applied.merges {
      let system = pair.left.system.rawValue
      terminal.out(
        "Merge \(pair.left) and \(pair.right) in \(system): "
          + MergeAdvice.text(kind: kinds[system]))
    }
    var line =
      "\(applied.links.count) linked, \(applied.different) told apart, "
      + "\(applied.merges.count) to be merged"
    if applied.unchanged > 0 { line += ", \(applied.unchanged) known before" }
    if let run = applied.run { line += ". `xerosync undo \(run)` takes the links back" }
    terminal.out(line + ".")
  }

  private func takeLock(_ configuration: Configuration) throws -> PassLock? {
    do {
      return try PassLock.take(snapshot: configuration.statePath, creating: true)
    } catch {
      switch error {
      case .held:
        throw Failure(
          .locked, "A pass holds \(configuration.statePath); nothing was done. Try again soon.")
      case .unusable(let path, let reason):
        throw Failure(.snapshotUnusable, "The lock \(path) cannot be taken: \(reason).")
      }
    }
  }
}
