import ArgumentParser
import Engine

struct ManualCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Print the manual page, for man(1).",
    discussion: "What `make install` puts into share/man/man1.", shouldDisplay: false)

  @OptionGroup var global: GlobalOptions

  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
    guard let tool = ManualTool(dump: XeroSync._dumpHelp()) else {
      throw Failure(.internalError, "The help of the commands could not be understood.")
    }
    workplace.terminal.out(ManualPage(tool: tool, version: XeroSync.version).text)
    return .done
  }
}
