import ArgumentParser
import ConfigurationFile
import Domain
import Engine
import Foundation

struct RunCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "One pass: poll, diff, plan, apply, record.",
    discussion: """
      Meant for cron, every few minutes. When nothing happened and the output is no terminal, it \
      prints nothing. With --dry-run it reads from the systems and writes nowhere. With \
      --config-dir every configuration of a directory gets its pass, each with its own snapshot \
      and lock; the exit code is the highest of theirs.
      """)

  @OptionGroup var global: GlobalOptions

  @Flag(help: "Read and plan; write to no system and to no file.")
  var dryRun = false
  @Flag(help: "One JSON document on standard output.")
  var json = false
  @Flag(help: "With --dry-run: exit 2 when there are operations to apply.")
  var detailedExitcode = false
  @Flag(help: "Ignore cursors; read and compare everything.")
  var full = false
  @Flag(help: "Read and link; plan no remote write (onboarding).")
  var baseline = false
  @Option(
    help: ArgumentHelp(
      "Only these parts: invoices, payments, contacts, overdue.", valueName: "parts"))
  var only: String?
  @Option(
    help: ArgumentHelp("Only this deal, for example hubspot:deal:123.", valueName: "subject"))
  var subject: [String] = []
  @Flag(help: "Allow more creations than limits.max_creates_per_run.")
  var allowLarge = false
  @Option(
    help: ArgumentHelp(
      "Run with this instant as the clock, for example 2026-11-22T08:00:00Z.",
      valueName: "time"))
  var asOf: String?
  @Option(help: ArgumentHelp("With --dry-run: save the plan for approval.", valueName: "file"))
  var planOut: String?
  @Option(help: ArgumentHelp("Apply exactly this plan, or refuse.", valueName: "file"))
  var plan: String?

  @Option(
    help: ArgumentHelp("One pass for each configuration in this directory.", valueName: "dir"))
  var configDir: String?
  @Option(
    help: ArgumentHelp(
      "With --config-dir: only the files of shard I of N, counted from 0.", valueName: "i/n"))
  var shard: String?
  @Option(help: ArgumentHelp("With --config-dir: passes at once, 4 by default.", valueName: "k"))
  var jobs: Int?

  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
    if let configDir { return try await performAll(in: configDir, workplace) }
    guard shard == nil, jobs == nil else {
      throw Failure(.wrongUsage, "--shard and --jobs go with --config-dir.")
    }
    let configuration = try workplace.configuration()
    let options = try passOptions()
    let interruption = Interruption.listen()
    let meter = ProgressMeter(terminal: workplace.terminal)
    let runner = PassRunner(
      workplace: workplace, configuration: configuration,
      interruption: interruption, progress: { meter.show($0) })
    let report: PassReport
    do {
      report = try await runner.run(options, allowLarge: allowLarge)
      meter.clear()
    } catch {
      meter.clear()
      throw error
    }
    try show(report, options, configuration, workplace)
    return exitCode(report, interruption)
  }

  private func performAll(
    in directory: String, _ workplace: Workplace
  ) async throws -> Engine.ExitCode {
    guard workplace.options.config == nil, workplace.options.state == nil, subject.isEmpty,
      planOut == nil, plan == nil
    else {
      throw Failure(
        .wrongUsage,
        "--config-dir goes with neither --config, --state, --subject, --plan nor --plan-out.")
    }
    let part = shard.flatMap(Shard.init)
    guard shard == nil || part != nil else {
      throw Failure(
        .wrongUsage, "--shard does not understand “\(shard ?? "")”; write I/N with I from 0 to N-1."
      )
    }
    guard jobs ?? 1 > 0 else { throw Failure(.wrongUsage, "--jobs must be 1 or more.") }
    let interruption = Interruption.listen()
    let fleet = FleetRunner(
      workplace: workplace, directory: directory, shard: part, jobs: jobs ?? 4,
      options: try passOptions(), allowLarge: allowLarge,
      interruption: interruption)
    let text = FleetText(terminal: workplace.terminal, isDryRun: dryRun)
    let ends = await fleet.run(try fleet.files()) { end in
      if !json || end.report == nil { text.show(end) }
    }
    if json { try printJSON(FleetDocument(ends), workplace) } else { text.summary(ends) }
    if interruption.wasRequested {
      return interruption.wasInterrupt ? .interrupted : .terminated
    }
    let codes = ends.map { end in
      end.report.map { exitCode($0, interruption) } ?? end.code
    }
    return codes.max { $0.rawValue < $1.rawValue } ?? .done
  }

  private func exitCode(
    _ report: PassReport, _ interruption: Interruption
  ) -> Engine.ExitCode {
    if report.outcome == .interrupted, interruption.wasInterrupt { return .interrupted }
    let isFinding = dryRun && detailedExitcode && report.outcome == .ok
    return isFinding && !report.operations.isEmpty ? .operationsToApply : report.exitCode
  }

  private func show(
    _ report: PassReport, _ options: PassOptions, _ configuration: Configuration,
    _ workplace: Workplace
  ) throws {
    if let planOut { try PlanFile.write(report, to: planOut) }
    if json { return try printJSON(report, workplace) }
    if report.outcome == .planMoved, let plan {
      let moved = try PlanFile.read(plan).differences(from: report)
      workplace.terminal.out("The plan has moved since it was approved:")
      for line in moved { workplace.terminal.out("  \(line)") }
    }
    let terminal = workplace.terminal
    if terminal.isQuiet || (report.isQuiet && !terminal.isOutputTerminal && !dryRun) { return }
    let zone = configuration.policy.zone ?? .utc
    for line in PassText(report: report, terminal: terminal, zone: zone).lines() {
      terminal.out(line)
    }
  }

  private func passOptions() throws -> PassOptions {
    var options = PassOptions()
    options.isDryRun = dryRun
    options.isFull = full
    options.isBaseline = baseline
    options.subjects = Set(try subject.map(parseSubject))
    for part in (only ?? "").split(separator: ",") {
      guard let scope = PassOptions.Scope(rawValue: part.trimmingCharacters(in: .whitespaces))
      else {
        let known = PassOptions.Scope.allCases.map(\.rawValue).joined(separator: ", ")
        throw Failure(.wrongUsage, "--only does not know “\(part)”; it knows \(known).")
      }
      options.only.insert(scope)
    }
    if let asOf {
      guard let instant = Instant(asOf) else {
        throw Failure(
          .wrongUsage,
          "--as-of does not understand “\(asOf)”; write it like 2026-11-22T08:00:00Z.")
      }
      options.asOf = instant
    }
    if planOut != nil, !dryRun {
      throw Failure(.wrongUsage, "--plan-out goes with --dry-run.")
    }
    if let plan { options.approvedDigest = try PlanFile.read(plan).planDigest }
    return options
  }
}
