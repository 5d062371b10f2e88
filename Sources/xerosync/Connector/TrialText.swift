import Connectors
import Domain
import Foundation

/// Records as lines of text.
enum RecordText {
  static func lines(_ records: [RestShown]) -> [String] {
    var lines: [String] = []
    for record in records {
      lines.append("\(record.kind) \(TextTable.plain(record.id))")
      let width = record.fields.keys.map(\.count).max() ?? 0
      for (name, text) in record.fields.sorted(by: { $0.key < $1.key }) {
        let name = name.padding(toLength: width, withPad: " ", startingAt: 0)
        lines.append("  \(name)  \(TextTable.plain(text))")
      }
      for (number, line) in record.lines.enumerated() {
        let words = line.sorted { $0.key < $1.key }.map { "\($0.key) \(TextTable.plain($0.value))" }
        lines.append("  line \(number + 1): \(words.joined(separator: ", "))")
      }
    }
    return lines
  }
}

/// What `connector try` prints.
struct TrialText {
  var trial: RestTrial

  func lines() -> [String] {
    var lines = RecordText.lines(trial.records)
    if !lines.isEmpty { lines.append("") }
    for feed in trial.feeds {
      let more = feed.hasMore ? ", more follow" : ""
      lines.append(
        "\(trial.title), \(feed.name): \(Self.count(feed.records, "record")) on "
          + "\(Self.count(feed.pages, "page"))\(more)")
    }
    lines.append("This took \(Self.count(trial.calls, "call")).")
    let limit = trial.dailyLimit.map { " of \($0) allowed" } ?? ""
    lines.append(
      "A pass in which nothing changes takes \(idle) calls; every 5 minutes that is about"
        + " \(trial.callsPerDay) a day\(limit).")
    return lines + trial.warnings.map { "Look at this: \(TextTable.plain($0))." }
  }

  private static func count(_ number: Int, _ what: String) -> String {
    number == 1 ? "1 \(what)" : "\(number) \(what)s"
  }

  private var idle: Int { trial.feeds.reduce(0) { $0 + $1.idleCalls } }
}

/// `connector try --json`.
struct TrialDocument: Encodable {
  var schema = 1
  var system: String
  var trial: RestTrial
}
