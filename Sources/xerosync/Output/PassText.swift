import Domain
import Engine

/// A pass as a person reads it: one line per operation, then what needs them, then a summary
/// short enough for a cron mail.
struct PassText {
  let report: PassReport
  let terminal: Terminal
  let zone: Zone

  func lines() -> [String] {
    var lines: [String] = []
    lines += operations()
    lines += troubles()
    lines += brake()
    lines += conflicts()
    lines += holds()
    if !lines.isEmpty { lines.append("") }
    lines.append(summary())
    return lines
  }

  private func operations() -> [String] {
    guard !report.operations.isEmpty else { return [] }
    var table = TextTable(alignments: [.left, .left, .right, .right, .left, .left])
    for operation in report.operations {
      let amount = operation.amount
      table.rows.append([
        sign(operation), operation.object.words(after: operation.action),
        amount?.currency.code ?? "", amount?.grouped ?? "",
        TextTable.plain(summary(of: operation)),
        Style.dim(operation.subject.description, terminal),
      ])
    }
    var lines: [String] = []
    for (line, operation) in zip(table.lines(), report.operations) {
      lines.append(line)
      if let error = operation.error {
        lines.append("    " + Style.problem(TextTable.plain(error), terminal))
      }
    }
    return lines
  }

  /// The summary without the kind of record and the amount, which have columns of their own.
  private func summary(of operation: ReportedOperation) -> String {
    guard operation.action == .create else { return operation.summary }
    var words = operation.summary
    let kind = operation.object.words + " "
    if words.hasPrefix(kind) { words.removeFirst(kind.count) }
    guard let amount = operation.amount else { return words }
    return words.replacing(", \(amount)", with: "")
  }

  private func sign(_ operation: ReportedOperation) -> String {
    switch operation.outcome {
    case .refused: return Style.problem("✗", terminal)
    case .unknown, .sent: return Style.held("?", terminal)
    case .withdrawn: return Style.dim("·", terminal)
    case .planned, .applied: break
    }
    return switch operation.action {
    case .create, .notify: Style.create("+", terminal)
    case .update, .link: Style.update("~", terminal)
    case .void: Style.void("−", terminal)
    case .flag: Style.held("!", terminal)
    case .unflag: Style.update("✓", terminal)
    }
  }

  private func troubles() -> [String] {
    report.troubles.flatMap { trouble in
      ["", Style.problem("\(trouble.system): \(trouble.message)", terminal)]
    }
  }

  private func brake() -> [String] {
    guard let brake = report.brake else { return [] }
    return [
      "",
      Style.problem("Stopped before the first write: \(brake.sentence)", terminal),
      "  → \(brake.remedy)",
    ]
  }

  private func holds() -> [String] {
    guard !report.holds.isEmpty else { return [] }
    var lines = ["", Style.bold("Needs a person (\(report.holds.count))", terminal)]
    let shown = report.holds.prefix(20)
    for hold in shown {
      lines.append(
        "  \(Style.held(hold.code.rawValue, terminal))  \(hold.subject)  since "
          + "\(zone.date(at: hold.since))")
      if let about = hold.about { lines.append("    \(TextTable.plain(about.line))") }
      lines.append("    \(TextTable.plain(hold.message))")
      lines.append("    → \(TextTable.plain(hold.remedy))")
    }
    if report.holds.count > shown.count {
      lines.append("  and \(report.holds.count - shown.count) more: `xerosync holds`")
    }
    return lines
  }

  /// Conflicts that the configuration has decided; the others are held.
  private func conflicts() -> [String] {
    let decided = report.conflicts.filter { $0.resolution != "hold" }
    guard !decided.isEmpty else { return [] }
    let title = Style.bold("Decided by the configuration (\(decided.count))", terminal)
    return ["", title]
      + decided.map { conflict in
        let values = conflict.values.sorted { $0.key < $1.key }
          .map { "\($0.key): \(TextTable.plain($0.value))" }.joined(separator: " · ")
        return "  \(conflict.subject) \(conflict.field)  \(values)  "
          + "(\(conflict.resolution))"
      }
  }

  private func summary() -> String {
    let calls = report.apiCalls.sorted { $0.key < $1.key }
      .map { "\($0.value) \($0.key)" }.joined(separator: " + ")
    let total = report.apiCalls.values.reduce(0, +)
    let time = report.finishedAt.milliseconds - report.startedAt.milliseconds
    let seconds = "\(time / 1000).\(time % 1000 / 100) s"
    return Style.bold(headline(), terminal) + " " + counts()
      + " · \(calls) \(total == 1 ? "call" : "calls") · \(seconds)"
  }

  private func headline() -> String {
    switch report.outcome {
    case .ok: report.dryRun ? "Dry run, nothing written:" : "Pass \(report.run):"
    case .failed: "Pass \(report.run), with failures:"
    case .deferred: "Pass \(report.run), unfinished; the next pass goes on:"
    case .braked: "Pass \(report.run), stopped by a brake:"
    case .interrupted: "Pass \(report.run), interrupted; the next pass goes on:"
    case .signInNeeded: "Pass \(report.run), sign-in needed:"
    case .planMoved: "The plan has moved since it was approved, nothing written:"
    }
  }

  private func counts() -> String {
    let states = Dictionary(grouping: report.operations, by: \.outcome).mapValues(\.count)
    var parts: [String] = []
    for state in OperationState.allCases {
      guard let count = states[state] else { continue }
      parts.append("\(count) \(state.words(isDryRun: report.dryRun))")
    }
    if parts.isEmpty { parts.append("nothing to do") }
    if !report.holds.isEmpty { parts.append("\(report.holds.count) held") }
    return parts.joined(separator: ", ")
  }
}

extension OperationState {
  func words(isDryRun: Bool) -> String {
    switch self {
    case .planned: isDryRun ? "to apply" : "waiting for the next pass"
    case .sent, .unknown: "with unknown outcome, looked up next pass"
    case .applied: "applied"
    case .refused: "refused"
    case .withdrawn: "withdrawn"
    }
  }
}

extension Operation.ObjectKind {
  var words: String { self == .repeatingInvoice ? "repeating invoice" : rawValue }

  /// `create invoice`; a link is only `link`.
  func words(after action: Operation.Action) -> String {
    self == .link && action == .link ? "link" : "\(action.rawValue) \(words)"
  }
}

extension Brake {
  var sentence: String {
    switch reason {
    case .tooManyCreates:
      "\(count) records would be created, the limit is \(limit) (`limits.max_creates_per_run`)."
    case .tooManyChanges:
      "\(count) records would be changed, the limit is \(limit)."
    case .emptySide:
      "a system that had records now shows none (\(count) links would be touched). "
        + "Did the sign-in lose a permission, or does a filter hide them?"
    }
  }

  var remedy: String {
    "Look at `xerosync run --dry-run`; if it is right, run once with `\(override)`."
  }
}
