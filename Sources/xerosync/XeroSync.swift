import ArgumentParser

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The command line. Each command is a file of its own in `Commands/`.
@main
struct XeroSync: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "xerosync",
    abstract: "Keeps CRM deals and contacts and the accounting system's invoices in step.",
    discussion: """
      A won deal becomes the right invoice; a payment comes back to the deal. Run it every few \
      minutes from cron: it polls, diffs, plans, applies and records, once per start.

      Exit codes: 0 done; 3 an operation failed; 69 a system was unavailable, the next pass goes \
      on; 75 another pass holds the lock; 77 sign-in needed; 78 configuration error. All codes \
      are in Docs/operations.md.
      """,
    version: version,
    subcommands: [
      InitCommand.self, AuthCommand.self, DoctorCommand.self, RunCommand.self, StatusCommand.self,
      ExplainCommand.self,
      HistoryCommand.self, HoldsCommand.self, ResolveCommand.self, RetryCommand.self,
      IgnoreCommand.self, UndoCommand.self, DedupeCommand.self,
      LinkCommand.self, UnlinkCommand.self, LinksCommand.self, ConfigCommand.self,
      VerifyCommand.self, ReportCommand.self, RebuildCommand.self, SandboxCommand.self,
      DemoCommand.self,
      CompletionsCommand.self, ManualCommand.self,
    ])

  static func main() async {
    // Whoever reads our output may stop reading; that is nobody's loss.
    signal(SIGPIPE, SIG_IGN)
    let arguments = GlobalArguments.afterCommand(Array(CommandLine.arguments.dropFirst()))
    do {
      var command = try parseAsRoot(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      exit(withError: error)
    }
  }
}

/// Lets the options every command knows stand before the command's name as well as after it.
enum GlobalArguments {
  private static let withValue: Set<String> = [
    "--config", "--state", "--log-level", "--log-format",
  ]
  private static let flags: Set<String> = ["--no-color", "--quiet"]

  static func afterCommand(_ arguments: [String]) -> [String] {
    var leading: [String] = []
    var rest = arguments[...]
    while let first = rest.first {
      let name = first.split(separator: "=", maxSplits: 1).first.map(String.init) ?? first
      if flags.contains(first) || (withValue.contains(name) && first.contains("=")) {
        leading.append(first)
        rest = rest.dropFirst()
      } else if withValue.contains(first), rest.count > 1 {
        leading += rest.prefix(2)
        rest = rest.dropFirst(2)
      } else {
        break
      }
    }
    return Array(rest) + (rest.isEmpty ? [] : leading)
  }
}
