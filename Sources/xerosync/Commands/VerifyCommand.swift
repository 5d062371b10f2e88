import ArgumentParser
import Domain
import Engine

struct VerifyCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Prove that the systems agree; nothing is written.",
    discussion: """
      Reads both sides whole: every won deal has exactly one invoice or a hold, totals are equal \
      to the cent, every written status is true, no link points at nothing. Exit code 3 when a \
      promise is broken.
      """)

  @OptionGroup var global: GlobalOptions
  @Flag(help: "One JSON document on standard output.")
  var json = false
  @Option(
    help: ArgumentHelp(
      "Verify with this instant as the clock, such as 2026-11-22T08:00:00Z.",
      valueName: "time"))
  var asOf: String?

  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
    let configuration = try workplace.configuration()
    var instant: Instant?
    if let asOf {
      instant = Instant(asOf)
      guard instant != nil else {
        throw Failure(
          .wrongUsage,
          "--as-of does not understand “\(asOf)”; write it like 2026-11-22T08:00:00Z.")
      }
    }
    let interruption = Interruption.listen()
    let meter = ProgressMeter(terminal: workplace.terminal)
    let runner = PassRunner(
      workplace: workplace, configuration: configuration,
      interruption: interruption, progress: { meter.show($0) })
    let verification: Verification
    do {
      verification = try await runner.verify(asOf: instant)
      meter.clear()
    } catch {
      meter.clear()
      throw error
    }
    if json {
      try printJSON(Document(failures: verification.failures), workplace)
    } else {
      show(verification, workplace.terminal)
    }
    return verification.failures.isEmpty ? .done : .operationFailed
  }

  private func show(_ verification: Verification, _ terminal: Terminal) {
    for failure in verification.failures {
      terminal.out(
        "\(Style.problem(failure.code.rawValue, terminal))  \(failure.subject)  "
          + TextTable.plain(failure.message))
    }
    let looked =
      "\(Count.of(verification.deals, "won deal")) (\(verification.held) held), "
      + "\(Count.of(verification.invoices, "invoice")), \(Count.of(verification.links, "link"))"
    terminal.out(
      verification.failures.isEmpty
        ? "Every promise holds: \(looked)."
        : "\(Count.of(verification.failures.count, "promise")) broken among \(looked).")
  }

  private struct Document: Encodable {
    var schema = 1
    var failures: [BrokenPromise]
  }
}
