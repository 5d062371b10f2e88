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
    } catch let error as ArgumentParser.ExitCode {
      throw error
    } catch let error as ValidationError {
      throw error
    } catch {
      let failure = Failure.of(error, workplace)
      workplace.terminal.err(failure.message)
      code = failure.code
    }
    if code != .done { throw ArgumentParser.ExitCode(code.rawValue) }
  }
}

extension Failure {
  /// Whatever ended a command, in words without secrets and with its exit code.
  static func of(_ error: any Error, _ workplace: Workplace) -> Failure {
    switch error {
    case let failure as Failure:
      // What is wrong with the configuration is told with its keys, never with its secrets.
      failure.code == .configuration
        ? failure : Failure(failure.code, workplace.redactor.scrub(failure.message))
    case let error as SnapshotError: Failure(.snapshotUnusable, error.description)
    case let error as EngineError:
      Failure(error.exitCode, workplace.redactor.scrub(error.description))
    case let error:
      Failure(
        .internalError,
        workplace.redactor.scrub(
          "Internal error: \(error). Please report it; nothing more was written."))
    }
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
