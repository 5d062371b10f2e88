import Engine
import Foundation
import Matcher

/// The list for a terminal, in a bookkeeper's words.
struct DedupeText {
  let outcome: Deduper.Outcome
  let terminal: Terminal
  /// The kind of each system by its name, for the advice how to merge; empty for files.
  let kinds: [String: String]

  /// Pairs shown on a terminal; a file or a pipe gets all of them.
  private static let shownMax = 50

  func show() {
    let entries = outcome.list.entries
    let limit = terminal.isOutputTerminal ? Self.shownMax : Int.max
    let wanted = Set(entries.prefix(limit).flatMap { [$0.left, $0.right] })
    var records: [String: MatchRecord] = [:]
    for record in outcome.records where wanted.contains(record.key) {
      records[record.key] = record
    }
    for entry in entries.prefix(limit) { show(entry, records) }
    if entries.count > limit {
      terminal.out(
        "… and \(entries.count - limit) more: `--review` goes through them, `--export` writes all.")
    }
    showAdvice()
    showSummary()
  }

  private func show(_ entry: DedupeList.Entry, _ records: [String: MatchRecord]) {
    let score = DedupeList.text(of: entry.score).prefix(8)
    let style: Style =
      switch entry.band {
      case .auto: .create
      case .review: .held
      case .none: .dim
      }
    let names = [entry.left, entry.right].map { TextTable.plain(records[$0]?.name ?? "") }
    let relation = entry.isInside ? "twice in one system?  " : ""
    let decision = entry.decision.map { "  → \($0.rawValue)" } ?? ""
    terminal.out(
      "\(score)  \(style(entry.band.rawValue, terminal))  \(relation)"
        + "\(Style.bold(names[0], terminal)) — \(Style.bold(names[1], terminal))\(decision)")
    var table = TextTable(alignments: [.left, .left])
    for subject in [entry.left, entry.right] {
      table.rows.append([TextTable.plain(subject), detail(records[subject])])
    }
    table.lines(indent: "    ").forEach(terminal.out)
    let reasons = outcome.list.reasons(of: entry)
    for (word, isFor) in [("for", true), ("against", false)] {
      let told = reasons.filter { $0.weight != 0 && ($0.weight > 0) == isFor }
        .map { "\($0.evidence) (\(DedupeList.text(ofWeight: $0.weight)))" }
      if told.isEmpty { continue }
      let lead = word.padding(toLength: 8, withPad: " ", startingAt: 0)
      terminal.out(
        "    " + Style.dim(lead, terminal) + TextTable.plain(told.joined(separator: "; ")))
    }
  }

  private func detail(_ record: MatchRecord?) -> String {
    guard let record else { return "" }
    let parts =
      record.emails.prefix(2) + record.phones.prefix(1)
      + [record.addresses.first { !$0.line.isEmpty }?.line ?? ""]
    return TextTable.plain(parts.filter { !$0.isEmpty }.joined(separator: ", "))
  }

  /// How to merge what is there twice: in the system's own screen, never by us.
  private func showAdvice() {
    var systems: Set<String> = []
    for entry in outcome.list.entries where entry.isInside && entry.band != .none {
      systems.insert(Self.system(of: entry.left))
    }
    for pair in outcome.merges {
      terminal.out("Still to be merged: \(pair.left) and \(pair.right)")
      systems.insert(Self.system(of: pair.left))
    }
    for system in systems.sorted() {
      terminal.out(
        "\(Style.bold("Twice in \(system)", terminal)): \(MergeAdvice.text(kind: kinds[system]))")
    }
  }

  static func system(of subject: String) -> String {
    subject.split(separator: ":", maxSplits: 1).first.map(String.init) ?? subject
  }

  /// The numbers alone.
  func showSummary() {
    let counts = outcome.list.counts
    let across = counts.auto + counts.review + counts.none
    terminal.out(
      "\(counts.left) and \(counts.right) records compared: \(across) pairs to decide, of them "
        + "\(counts.auto) safe to link unseen (auto), \(counts.review) to look at (review)"
        + (counts.none > 0 ? ", \(counts.none) unlikely (none)" : "")
        + "; \(counts.duplicates) are twice in one system.")
  }
}

/// How a person merges two records, in the words of each system's own screens.
enum MergeAdvice {
  static func text(kind: String?) -> String {
    switch kind {
    case "xero":
      "in Contacts tick both, then Options, Merge; keep the one whose name and invoices you want."
    case "quickbooks":
      "open the one to give up, give it exactly the name of the other, save, and agree to merge."
    case "hubspot":
      "open the one to keep, then Actions, Merge, and choose the other."
    case "pipedrive":
      "open one, then the … menu, Merge, and choose the other; the first one's values win."
    case "zoho":
      "open the one to keep, then the … menu, Find and Merge Duplicates."
    case "salesforce":
      "open one, then View Duplicates, choose both, and Merge."
    case _:
      "merge them in the system's own screen, if it can; the links follow the survivor."
    }
  }
}
