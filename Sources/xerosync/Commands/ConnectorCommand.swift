import ArgumentParser
import ConfigurationFile
import Connectors
import Domain
import Engine
import Foundation
import Transport

struct ConnectorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "connector",
    abstract: "Check or try the description of a CRM (kind rest).",
    subcommands: [Check.self, Try.self])

  struct Check: Command {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Validate a description, and play it against the answers recorded beside it.",
      discussion: """
        Every problem is shown with its place and what to write instead. Where a file of \
        recorded answers stands beside the description (crm.answers.yaml beside crm.yaml), every \
        list, every record and every action is played against it. Nothing is sent.
        """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The description.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String
    @Flag(help: "One JSON document on standard output.")
    var json = false

    func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
      let check = try await DescriptionCheck.run(file)
      if json {
        try printJSON(check, workplace)
      } else {
        check.lines().forEach(workplace.terminal.out)
      }
      return check.problems.isEmpty ? .done : .configuration
    }
  }

  struct Try: Command {
    static let configuration = CommandConfiguration(
      commandName: "try",
      abstract: "Read the live system; show its records as xerosync understands them.",
      discussion: """
        Reads the first pages of every list with the sign-in of the configuration, completes a few \
        deals, and counts what polling will cost. Nothing is written anywhere.
        """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The description.", completion: .file(extensions: ["yaml", "yml"]))
    var file: String
    @Option(
      help: ArgumentHelp(
        "The CRM of the configuration whose sign-in is used; needed where several are of kind rest.",
        valueName: "name"))
    var system: String?
    @Option(help: ArgumentHelp("Pages of each list to read.", valueName: "n"))
    var pages = 1
    @Flag(help: "One JSON document on standard output.")
    var json = false

    func validate() throws {
      guard (1...1000).contains(pages) else {
        throw ValidationError("--pages takes a number from 1 to 1000.")
      }
    }

    func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
      let document = try DescriptionCheck.read(file)
      let configuration = try workplace.configuration()
      var settings = try settings(configuration)
      settings.description = document
      let environment = ConnectorEnvironment(
        exchange: LiveHTTP.exchange(userAgent: Connections.userAgent, maxConnectionsPerHost: 4),
        time: workplace.time,
        tokens: TokenFile.store(path: configuration.tokensPath, time: workplace.time),
        budget: .none(), logger: workplace.logger, redactor: workplace.redactor,
        passDeadline: workplace.time.monotonic() + .seconds(configuration.limits.passSeconds),
        userAgent: Connections.userAgent, seed: 1)
      let trial: RestTrial
      do {
        trial = try await RestTrial.run(
          settings: settings, environment: environment, pages: pages, deals: 5)
      } catch let error as ConnectorSetupError {
        throw Failure(.configuration, error.description)
      } catch let error as RemoteError {
        throw Failure(Self.code(error), "\(settings.name): \(error)")
      }
      if json {
        try printJSON(TrialDocument(system: settings.name.rawValue, trial: trial), workplace)
      } else {
        TrialText(trial: trial).lines().forEach(workplace.terminal.out)
      }
      return .done
    }

    /// The one system of kind rest, or the one that is named.
    private func settings(_ configuration: Configuration) throws -> ConnectionSettings {
      let own = configuration.crms.filter { $0.kind.value == RestConnector.kind.kind }
      if let system {
        guard let found = own.first(where: { $0.name.rawValue == system }) else {
          throw Failure(
            .wrongUsage, "\(configuration.path) has no CRM “\(system)” of kind rest.")
        }
        return found
      }
      let path = URL(fileURLWithPath: file).standardizedFileURL.path
      if let found = own.first(where: { $0.options["description"]?.value == path }) { return found }
      guard own.count == 1 else {
        throw Failure(
          .wrongUsage,
          own.isEmpty
            ? "\(configuration.path) has no CRM of kind rest, whose sign-in could be used."
            : "\(configuration.path) has several CRMs of kind rest: name one with --system.")
      }
      return own[0]
    }

    private static func code(_ error: RemoteError) -> Engine.ExitCode {
      switch error {
      case .signInNeeded: .signInNeeded
      case .refused, .unreadable, .notSent, .outcomeUnknown: .operationFailed
      case .rateLimited, .budgetExhausted, .deadlinePassed: .unavailable
      }
    }
  }
}
