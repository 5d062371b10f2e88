import ArgumentParser
import ConfigurationFile
import Domain
import Engine
import Foundation

struct InitCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Write a commented starting configuration.",
    discussion: "Deals won before today are left alone: start_date is today. An existing file "
      + "is never overwritten without --force.")

  @OptionGroup var global: GlobalOptions
  @Option(
    help: ArgumentHelp(
      "A CRM to connect: hubspot, pipedrive, zoho, salesforce or rest.", valueName: "kind"))
  var crm: [String] = []
  @Option(help: ArgumentHelp("xero or quickbooks.", valueName: "kind"))
  var accounting = "xero"
  @Flag(help: "Overwrite an existing file.")
  var force = false

  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
    let path = global.config ?? workplace.environment["XEROSYNC_CONFIG"] ?? "./xerosync.yaml"
    let today = Self.today(workplace.now)
    let text: String
    do {
      text = try StartingConfiguration.text(crms: crm, accounting: accounting, startDate: today)
    } catch {
      throw Failure(
        .wrongUsage,
        "“\(error.kind)” is no kind known here; known: \(error.known.joined(separator: ", ")).")
    }
    try write(text, to: path)
    workplace.terminal.out("Wrote \(path). Next:")
    let variables = StartingConfiguration.environmentVariables(crms: crm, accounting: accounting)
    if !variables.isEmpty {
      workplace.terminal.out("  1. set \(variables.joined(separator: ", "))")
    }
    workplace.terminal.out("  2. xerosync doctor")
    workplace.terminal.out("  3. xerosync run --dry-run")
    return .done
  }

  private func write(_ text: String, to path: String) throws {
    let options: Data.WritingOptions = force ? [.atomic] : [.withoutOverwriting]
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: options)
    } catch {
      if !force, FileManager.default.fileExists(atPath: path) {
        throw Failure(
          .wrongUsage,
          "\(path) exists and was left as it is. Use --force to overwrite it, or --config to "
            + "name another place.")
      }
      throw Failure(.configuration, "\(path) cannot be written. Name a place this user may write.")
    }
  }

  /// The day on this machine's calendar.
  static func today(_ now: Instant) -> CalendarDate {
    (Zone(TimeZone.current.identifier) ?? .utc).date(at: now)
  }
}
