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
    let holds = try store.read { try $0.holds() }.map { ReportedHold($0.hold, since: $0.since) }
    if json {
      try printJSON(Document(holds: holds), workplace)
      return .done
    }
    let terminal = workplace.terminal
    if holds.isEmpty { terminal.out("Nothing needs a person.") }
    let zone = configuration.policy.zone ?? .utc
    for hold in holds {
      terminal.out(
        "\(Style.held(hold.code.rawValue, terminal))  \(hold.subject)  since "
          + "\(zone.date(at: hold.since))")
      terminal.out("  \(TextTable.plain(hold.message))")
      terminal.out("  → \(TextTable.plain(hold.remedy))")
    }
    return .done
  }

  private struct Document: Encodable {
    var schema = 1
    var holds: [ReportedHold]
  }
}

struct RetryCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Look again at a held subject in the next pass.",
    discussion: "The lists it depends on (accounts, taxes, currencies) are read anew. For a "
      + "deal whose invoice was voided, a new invoice is made.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The subject, for example hubspot:deal:123.")
  var subject: String?
  @Flag(help: "Every held subject.")
  var all = false

  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
    guard (subject == nil) == all else {
      throw Failure(.wrongUsage, "Name one subject, or use --all.")
    }
    let configuration = try workplace.configuration()
    let store = try workplace.snapshot(configuration)
    let clerk = Clerk(store: store, now: workplace.now)
    let subjects = try subject.map { [try parseSubject($0)] } ?? clerk.heldSubjects()
    for subject in subjects {
      guard try clerk.retry(subject) else {
        throw Failure(.wrongUsage, "\(subject) is not known here. `xerosync holds` lists what is.")
      }
      workplace.terminal.out("\(subject) is looked at again in the next pass.")
    }
    if subjects.isEmpty { workplace.terminal.out("Nothing is held.") }
    return .done
  }
}

struct IgnoreCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "ignore", abstract: "Never invoice this deal; lift its holds.",
    discussion: "`xerosync retry SUBJECT` takes it back.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The deal, for example hubspot:deal:123.")
  var subject: String

  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
    let configuration = try workplace.configuration()
    let store = try workplace.snapshot(configuration)
    let subject = try parseSubject(subject)
    guard try Clerk(store: store, now: workplace.now).ignore(subject) else {
      throw Failure(.wrongUsage, "\(subject) is not known here, or is no deal.")
    }
    workplace.terminal.out("\(subject) is ignored. `xerosync retry \(subject)` takes it back.")
    return .done
  }
}
