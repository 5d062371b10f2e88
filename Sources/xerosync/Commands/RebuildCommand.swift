import ArgumentParser
import ConfigurationFile
import Domain
import Engine
import Snapshot

struct RebuildCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "rebuild",
    abstract: "Make a lost or damaged snapshot anew from the marks in the systems.",
    discussion: """
      Reads both sides whole, finds again by their marks the invoices and customers that were \
      made, and takes over what an old snapshot still gives: the journal, decisions, links made by \
      hand. Nothing is written to any system, and the old file is kept under another name. With \
      --dry-run no file is changed either; it shows what was found, and what the next pass would \
      do.
      """)

  @OptionGroup var global: GlobalOptions
  @Flag(help: "Show what would be found; change no file.")
  var dryRun = false

  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
    let configuration = try workplace.configuration()
    let interruption = Interruption.listen()
    let meter = ProgressMeter(terminal: workplace.terminal)
    let runner = PassRunner(
      workplace: workplace, configuration: configuration,
      interruption: interruption, progress: { meter.show($0) })
    let result: RebuildResult
    do {
      result = try await runner.rebuild(isDryRun: dryRun)
      meter.clear()
    } catch {
      meter.clear()
      throw error
    }
    show(result, configuration.policy.zone ?? .utc, workplace.terminal)
    return result.outcome.isComplete ? .done : result.outcome.report.exitCode
  }

  private func show(_ result: RebuildResult, _ zone: Zone, _ terminal: Terminal) {
    let outcome = result.outcome
    guard outcome.isComplete else {
      for trouble in outcome.report.troubles {
        terminal.err("\(trouble.system): \(TextTable.plain(trouble.message))")
      }
      if let brake = outcome.report.brake { terminal.err(brake.sentence) }
      terminal.err("Not everything could be read, so no snapshot was replaced. Try again later.")
      return
    }
    terminal.out(
      "Found again: \(Count.of(outcome.invoices, "invoice")) of "
        + "\(Count.of(outcome.deals, "deal")), \(Count.of(outcome.customers, "customer")), "
        + "\(Count.of(outcome.templates, "repeating invoice")).")
    if let salvage = result.salvage {
      let kept = salvage.rows["operation"] ?? 0
      let links = salvage.rows["link"] ?? 0
      terminal.out(
        "Taken over from the old snapshot: \(Count.of(kept, "operation")) of the journal, "
          + "\(Count.of(links, "link")) made by hand.")
      if !salvage.lost.isEmpty {
        terminal.out("Not readable there: \(salvage.lost.joined(separator: ", ")).")
      }
    }
    if let kept = result.keptAs { terminal.out("The old snapshot is kept as \(kept).") }
    guard let next = result.next else {
      terminal.out("Next: xerosync run --dry-run")
      return
    }
    terminal.out("The next pass would do this:")
    PassText(report: next, terminal: terminal, zone: zone).lines().forEach(terminal.out)
  }
}
