import ArgumentParser
import ConfigurationFile
import Domain
import Engine

struct ResolveCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "resolve", abstract: "Let one system win the open conflicts of a customer.",
    discussion: "The next pass writes what that system has to the others.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "A contact, company or person, for example xero:contact:9f….")
  var subject: String
  @Option(help: ArgumentHelp("The system whose values win.", valueName: "system"))
  var use: String

  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
    let configuration = try workplace.configuration()
    let store = try workplace.snapshot(configuration)
    let subject = try parseSubject(subject)
    let clerk = Clerk(store: store, now: workplace.now)
    let outcome = try clerk.resolve(
      subject, use: SystemName(use), accounting: configuration.accounting.name)
    switch outcome {
    case .noted(let holds):
      workplace.terminal.out(
        "\(subject): what \(use) has goes to the other systems in the next pass "
          + "(\(holds) open).")
      return .done
    case .nothingOpen:
      workplace.terminal.out("\(subject) has no open conflict; nothing was changed.")
      return .done
    case .unknown:
      throw Failure(
        .wrongUsage,
        "\(subject) is no contact, company or person known here. `xerosync holds` "
          + "lists what is open.")
    case .notThere(let systems):
      let known = systems.map(\.rawValue).joined(separator: ", ")
      throw Failure(
        .wrongUsage, "\(subject) has no record in “\(use)”; it has one in \(known).")
    }
  }
}
