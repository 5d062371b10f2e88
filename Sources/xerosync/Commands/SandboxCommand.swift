import ArgumentParser
import ConfigurationFile
import Domain
import Engine
import Foundation
import Sandbox

struct SandboxCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "sandbox", abstract: "Serve the simulated vendors on this machine only.",
    discussion: """
      Prints a configuration that points at it, then serves until interrupted. Control it under \
      http://localhost:PORT/_sandbox/ (Docs/sandbox.md): pay an invoice, move a deal, edit a \
      contact, move the clock, inject faults.
      """)

  @OptionGroup var global: GlobalOptions
  @Option(help: ArgumentHelp("The port; 0 takes a free one.", valueName: "n"))
  var port = 8700
  @Option(
    help: ArgumentHelp(
      "Comma-separated: \(SandboxFactory.known.joined(separator: ", ")).", valueName: "systems"))
  var systems = "xero,hubspot"
  @Option(help: ArgumentHelp("Faults to inject, a JSON file.", valueName: "file"))
  var faults: String?
  @Option(
    help: ArgumentHelp("Write the configuration to this file, too.", valueName: "file"))
  var writeConfig: String?

  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
    let names = systems.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    let world = try SandboxFactory(time: workplace.time).world(names)
    if let faults { try load(faults, into: world) }
    let today = InitCommand.today(workplace.now)
    let terminal = workplace.terminal
    let writeConfig = writeConfig
    let server = SandboxServer(world: world, port: port)
    do {
      try await server.run { port in
        let text = SandboxConfiguration.text(port: port, startDate: today, systems: names)
        terminal.out(text)
        if let writeConfig {
          try? Data(text.utf8).write(to: URL(fileURLWithPath: writeConfig), options: .atomic)
          if names.contains("rest") { _ = try? StartingFiles.writeDescription(beside: writeConfig) }
        }
        terminal.err("The sandbox listens on http://localhost:\(port); stop it with Ctrl-C.")
      }
    } catch {
      throw Failure(
        .unavailable,
        "The sandbox cannot listen on port \(port): \(error). Choose another with --port, or 0.")
    }
    return .done
  }

  private func load(_ path: String, into world: SandboxWorld) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure(.malformedInput, "The faults file \(path) cannot be read.")
    }
    do {
      world.setFaults(try Fault.list(from: data))
    } catch {
      throw Failure(.malformedInput, "\(path): \(error)")
    }
  }
}
