import ArgumentParser
import Logging

/// What every command understands.
struct GlobalOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
  var config: String?

  @Option(help: ArgumentHelp("The snapshot, in place of the configured one.", valueName: "file"))
  var state: String?

  @Option(
    help: ArgumentHelp(
      "How much to log on standard error: trace, debug, info, notice, warning, error.",
      valueName: "level"))
  var logLevel: LogLevel = .notice

  @Option(help: ArgumentHelp("How to log: text or json.", valueName: "format"))
  var logFormat: LogFormat = .text

  @Flag(help: "No colour, even on a terminal.")
  var noColor = false

  @Flag(help: "No progress and no summary; errors and --json results only.")
  var quiet = false
}

enum LogLevel: String, ExpressibleByArgument, CaseIterable {
  case trace, debug, info, notice, warning, error

  var level: Logger.Level {
    switch self {
    case .trace: .trace
    case .debug: .debug
    case .info: .info
    case .notice: .notice
    case .warning: .warning
    case .error: .error
    }
  }
}

enum LogFormat: String, ExpressibleByArgument, CaseIterable { case text, json }
