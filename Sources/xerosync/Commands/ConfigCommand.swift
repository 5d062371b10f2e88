import ArgumentParser
import ConfigurationFile
import Connectors
import Domain
import Engine

struct ConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Check, describe or show the configuration.",
    subcommands: [Check.self, Schema.self, Show.self])

  struct Check: Command {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "Validate the file: place, problem and remedy, all at once.")

    @OptionGroup var global: GlobalOptions

    func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
      let configuration = try workplace.configuration()
      for crm in configuration.crms {
        guard let description = crm.description else { continue }
        do { _ = try RestDescription(description) } catch {
          throw Failure(.configuration, error.description)
        }
      }
      let crms = configuration.crms.map { "\($0.name) (\($0.kind.value))" }
      workplace.terminal.out(
        "\(configuration.path) is valid: \(configuration.accounting.kind.value) with "
          + crms.joined(separator: ", ") + ".")
      return .done
    }
  }

  struct Schema: Command {
    static let configuration = CommandConfiguration(
      commandName: "schema", abstract: "Print the JSON Schema for editors.")

    @OptionGroup var global: GlobalOptions

    func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
      workplace.terminal.out(ConfigurationSchema.json())
      return .done
    }
  }

  struct Show: Command {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Print the effective configuration, secrets masked.")

    @OptionGroup var global: GlobalOptions

    func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
      workplace.terminal.out(try workplace.configuration().shown())
      return .done
    }
  }
}
