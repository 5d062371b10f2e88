import ArgumentParser
import Engine
import Foundation

struct DemoCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "The whole life of a deal against the embedded sandbox; no account anywhere.")

  @OptionGroup var global: GlobalOptions
  @Option(
    help: ArgumentHelp(
      "The CRM to play with: \(DemoCRM.all.map(\.kind).joined(separator: ", ")).",
      valueName: "kind"))
  var crm = "hubspot"
  @Option(help: ArgumentHelp("The accounting system: xero or quickbooks.", valueName: "kind"))
  var accounting = "xero"
  @Option(
    help: ArgumentHelp("Keep configuration and snapshot in this new directory.", valueName: "dir"))
  var keep: String?

  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
    guard let chosen = DemoCRM.of(crm), let ledger = DemoAccounting.of(accounting) else {
      let crms = DemoCRM.all.map(\.kind).joined(separator: ", ")
      let ledgers = DemoAccounting.all.map(\.kind).joined(separator: " or ")
      throw Failure(
        .wrongUsage,
        "The demo plays \(crms) with \(ledgers); “\(crm)” with “\(accounting)” is not known.")
    }
    let directory = try makeDirectory()
    defer { if keep == nil { try? FileManager.default.removeItem(at: directory) } }
    let stage = try DemoStage(
      workplace: workplace, directory: directory, crm: chosen, accounting: ledger)
    let isRight = try await stage.open { theatre in
      try await DealLife(theatre: theatre).play()
    }
    if let keep {
      workplace.terminal.out("Configuration and snapshot are kept in \(keep).")
    }
    return isRight ? .done : .operationFailed
  }

  private func makeDirectory() throws -> URL {
    let directory =
      keep.map { URL(fileURLWithPath: $0) }
      ?? FileManager.default.temporaryDirectory
      .appendingPathComponent("xerosync-demo-\(UUID().uuidString)")
    if keep != nil, FileManager.default.fileExists(atPath: directory.path) {
      throw Failure(.wrongUsage, "\(directory.path) exists already; name a new directory.")
    }
    do {
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    } catch {
      throw Failure(.wrongUsage, "\(directory.path) cannot be made; name another directory.")
    }
    return directory
  }
}
