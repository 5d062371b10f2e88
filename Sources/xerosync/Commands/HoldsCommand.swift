import ArgumentParser
import ConfigurationFile
import Domain
import Engine
import Snapshot

struct HoldsCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "holds", abstract: "What needs a person, why, and what to do.")

  @OptionGroup var global: GlobalOptions
  @Flag(help: "One JSON document on standard output.")
  var json = false

  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
    let configuration = try workplace.configuration()
    let store = try workplace.snapshot(configuration)
    let (holds, last) = try store.read { reader in
      let holds = try reader.holds().map {
        ReportedHold($0.hold, since: $0.since, about: try reader.context(of: $0.hold.subject))
      }
      return (holds, try reader.lastEndedRun())
    }
    if json {
      try printJSON(
        Document(holds: holds, stopped: last?.stopped == nil ? nil : last?.reason), workplace)
      return .done
    }
    let terminal = workplace.terminal
    if let stopped = last?.stopped { terminal.out(Style.problem(stopped, terminal)) }
    if holds.isEmpty {
      terminal.out(last?.stopped == nil ? "Nothing needs a person." : "Nothing is held.")
    }
    let zone = configuration.policy.zone ?? .utc
    for hold in holds {
      terminal.out(
        "\(Style.held(hold.code.rawValue, terminal))  \(hold.subject)  since "
          + "\(zone.date(at: hold.since))")
      if let about = hold.about { terminal.out("  \(TextTable.plain(about.line))") }
      terminal.out("  \(TextTable.plain(hold.message))")
      terminal.out("  → \(TextTable.plain(hold.remedy))")
    }
    return .done
  }

  private struct Document: Encodable {
    var schema = 1
    var holds: [ReportedHold]
    /// Why the last pass ended before its first write, if it did.
    var stopped: String?
  }
}
