import ArgumentParser
import ConfigurationFile
import Connectors
import Domain
import Engine
import Foundation
import Snapshot
import Transport

struct AuthCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "auth", abstract: "Sign in to a system, or see where the sign-ins stand.",
    subcommands: [Login.self, Status.self, Logout.self, Import.self])

  struct Login: Command {
    static let configuration = CommandConfiguration(
      commandName: "login", abstract: "Sign in with a browser (OAuth 2, authorization code).",
      discussion: """
        Opens the system's consent page and listens on the redirect address, by default \
        http://localhost:8484/callback, which must be registered with the app. With --no-browser \
        the page's address is printed, and the address the browser ends at is read from standard \
        input: for servers.
        """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The system: a CRM's name, or the accounting system.")
    var system: String
    @Flag(help: "Print the address; read the redirected one from standard input.")
    var noBrowser = false

    func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
      let configuration = try workplace.configuration()
      let desk = SignInDesk(workplace: workplace, configuration: configuration)
      try await desk.login(try desk.settings(of: system), usesBrowser: !noBrowser)
      workplace.terminal.out("Signed in to \(system). Next: xerosync run --dry-run")
      return .done
    }
  }

  struct Status: Command {
    static let configuration = CommandConfiguration(
      commandName: "status", abstract: "What is stored for each system, and when it lapses.")

    @OptionGroup var global: GlobalOptions
    @Flag(help: "One JSON document on standard output.")
    var json = false

    func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
      let configuration = try workplace.configuration()
      let desk = SignInDesk(workplace: workplace, configuration: configuration)
      let states = try desk.states()
      if json {
        try printJSON(Document(auth: states), workplace)
      } else {
        var table = TextTable(alignments: [.left, .left, .left])
        for state in states {
          table.rows.append([state.system.rawValue, state.flow, state.words(at: workplace.now)])
        }
        table.lines().forEach(workplace.terminal.out)
      }
      return states.contains { $0.needsSignIn } ? .signInNeeded : .done
    }

    private struct Document: Encodable {
      var schema = 1
      var auth: [SignInState]
    }
  }

  struct Logout: Command {
    static let configuration = CommandConfiguration(
      commandName: "logout", abstract: "Forget what is stored for a system.",
      discussion: "The system's own consent stays; withdraw it in its screens.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The system: a CRM's name, or the accounting system.")
    var system: String

    func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
      let configuration = try workplace.configuration()
      let desk = SignInDesk(workplace: workplace, configuration: configuration)
      try await desk.forget(try desk.settings(of: system))
      workplace.terminal.out("Nothing is stored for \(system) any more.")
      return .done
    }
  }

  struct Import: Command {
    static let configuration = CommandConfiguration(
      commandName: "import", abstract: "Take tokens from standard input: for servers.",
      discussion: #"""
        Reads {"refresh_token": "…"} with access_token and expires_at (ISO 8601) where they are \#
        there.
        """#)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The system: a CRM's name, or the accounting system.")
    var system: String

    func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
      let configuration = try workplace.configuration()
      let desk = SignInDesk(workplace: workplace, configuration: configuration)
      let input = try FileHandle.standardInput.readToEnd() ?? Data()
      try await desk.take(input, for: try desk.settings(of: system))
      workplace.terminal.out("The tokens of \(system) are stored.")
      return .done
    }
  }
}
