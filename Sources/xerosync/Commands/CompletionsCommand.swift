import ArgumentParser
import Engine

struct CompletionsCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "completions", abstract: "Print the completion script of a shell.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "bash, zsh or fish.")
  var shell: String

  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
    guard let shell = CompletionShell(rawValue: shell) else {
      throw Failure(.wrongUsage, "“\(shell)” is no shell known here; known: bash, zsh, fish.")
    }
    workplace.terminal.out(XeroSync.completionScript(for: shell))
    return .done
  }
}
