import ArgumentParser
import Domain
import Engine
import Foundation
import Snapshot
import Transport

/// A command with the global options; failures become a message on standard error and an exit
/// code, in one place.
protocol Command: AsyncParsableCommand {
  var global: GlobalOptions { get }
  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode
}

extension Command {
  mutating func run() async throws {
    let workplace = Workplace(global)
    let code: Engine.ExitCode
    do {
      code = try await perform(workplace)
    } catch let failure as Failure {
      // What is wrong with the configuration is told with its keys, never with its secrets.
      let isOwnText = failure.code == .configuration
      workplace.terminal.err(
        isOwnText ? failure.message : workplace.redactor.scrub(failure.message))
      code = failure.code
    } catch let error as SnapshotError {
      workplace.terminal.err(error.description)
      code = .snapshotUnusable
    } catch let error as EngineError {
      workplace.terminal.err(workplace.redactor.scrub(error.description))
      code = error.exitCode
    } catch let error as ArgumentParser.ExitCode {
      throw error
    } catch let error as ValidationError {
      throw error
    } catch {
      workplace.terminal.err(
        workplace.redactor.scrub(
          "Internal error: \(error). Please report it; nothing more was written."))
      code = .internalError
    }
    if code != .done { throw ArgumentParser.ExitCode(code.rawValue) }
  }
}

/// Reads a subject argument, or refuses it with an example.
func parseSubject(_ text: String) throws -> Subject {
  guard let subject = Subject(text) else {
    throw Failure(
      .wrongUsage,
      "“\(text)” is no subject. A subject is <system>:<kind>:<id>, for example hubspot:deal:123.")
  }
  return subject
}

/// One JSON document on standard output.
func printJSON(_ value: some Encodable, _ workplace: Workplace) throws {
  let data = try PassReport.encoder.encode(value)
  workplace.terminal.out(String(decoding: data, as: UTF8.self))
}
