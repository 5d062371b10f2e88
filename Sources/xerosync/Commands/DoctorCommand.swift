import ArgumentParser
import Domain
import Engine

struct DoctorCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check the set-up against the live systems, and say what to mend.",
    discussion: """
      Looks at the configuration, the files, the sign-ins and their permissions, every name the \
      configuration uses, the CRM fields that are written, the calls a day and the clock. Nothing \
      is changed, but for the missing CRM fields with --fix. Exit code 3 when it finds an error.
      """)

  @OptionGroup var global: GlobalOptions
  @Flag(help: "Make the missing CRM fields.")
  var fix = false
  @Flag(help: "One JSON document on standard output.")
  var json = false

  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
    let checks = await Surgery(workplace: workplace).checks(fixing: fix)
    if json {
      try printJSON(Document(checks: checks), workplace)
    } else {
      show(checks, workplace.terminal)
    }
    return checks.contains { $0.status == .error } ? .operationFailed : .done
  }

  private func show(_ checks: [Check], _ terminal: Terminal) {
    var table = TextTable(alignments: [.left, .left, .left, .left])
    for check in checks {
      table.rows.append([
        word(check.status, terminal), check.system?.rawValue ?? "",
        check.code.rawValue.replacing("_", with: " "), TextTable.plain(check.message),
      ])
    }
    for (check, line) in zip(checks, table.lines()) {
      if terminal.isQuiet, check.status == .ok { continue }
      terminal.out(line)
      if let remedy = check.remedy { terminal.out("         → \(TextTable.plain(remedy))") }
    }
    let errors = checks.count { $0.status == .error }
    let warnings = checks.count { $0.status == .warning }
    if terminal.isQuiet { return }
    terminal.out(
      errors + warnings == 0
        ? "All is well."
        : "\(Count.of(errors, "error")), \(Count.of(warnings, "warning")).")
  }

  private func word(_ status: Check.Status, _ terminal: Terminal) -> String {
    switch status {
    case .ok: Style.create("ok", terminal)
    case .warning: Style.held("warning", terminal)
    case .error: Style.problem("error", terminal)
    }
  }

  private struct Document: Encodable {
    var schema = 1
    var checks: [Check]
  }
}
