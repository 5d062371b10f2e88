import Domain
import Engine

/// Many passes as a person reads them: what happened where, then one line for all.
struct FleetText {
  let terminal: Terminal
  let isDryRun: Bool

  /// An organisation with something to tell; an idle one on no terminal says nothing.
  func show(_ end: FleetRunner.End) {
    if let message = end.message {
      terminal.err("\(end.file): \(message)")
      return
    }
    guard let report = end.report, !terminal.isQuiet else { return }
    if report.isQuiet, !isDryRun { return }
    terminal.out(Style.bold("── \(end.file)", terminal))
    PassText(report: report, terminal: terminal, zone: end.zone ?? .utc).lines()
      .forEach(terminal.out)
  }

  func summary(_ ends: [FleetRunner.End]) {
    guard !terminal.isQuiet else { return }
    let bad = ends.filter { $0.code != .done }
    let isIdle = bad.isEmpty && ends.allSatisfy { $0.report?.isQuiet ?? false }
    if isIdle, !terminal.isOutputTerminal, !isDryRun { return }
    let applied = ends.flatMap { $0.report?.operations ?? [] }.count { $0.outcome == .applied }
    var parts = ["\(Count.of(ends.count, "organisation")): \(ends.count - bad.count) done"]
    for (code, group) in Dictionary(grouping: bad, by: \.code.rawValue).sorted(by: {
      $0.key < $1.key
    }) {
      let files = group.prefix(5).map(\.file).joined(separator: ", ")
      let more = group.count > 5 ? " and \(group.count - 5) more" : ""
      parts.append("\(group.count) with exit code \(code) (\(files)\(more))")
    }
    terminal.out(
      parts.joined(separator: ", ") + "; \(Count.of(applied, "operation")) applied.")
  }
}

/// The document of `run --config-dir --json`.
struct FleetDocument: Encodable {
  var schema = 1
  var passes: [Entry]

  init(_ ends: [FleetRunner.End]) { passes = ends.map(Entry.init) }

  /// A report with the file it belongs to; without a report, why there is none.
  struct Entry: Encodable {
    let end: FleetRunner.End

    enum CodingKeys: String, CodingKey {
      case configuration, outcome, error
      case exitCode = "exit_code"
    }

    func encode(to encoder: any Encoder) throws {
      try end.report?.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(end.file, forKey: .configuration)
      try container.encode(end.code.rawValue, forKey: .exitCode)
      try container.encode(end.message, forKey: .error)
      if end.report == nil { try container.encode("aborted", forKey: .outcome) }
    }
  }
}
