import ArgumentParser
import ConfigurationFile
import Connectors
import Domain
import Engine
import Foundation

struct ReportCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Receivables by owner and age, what is not invoiced and why, differences.",
    discussion: "Answers from the snapshot; no system is asked.")

  @OptionGroup var global: GlobalOptions
  @Flag(help: "One JSON document on standard output.")
  var json = false
  @Option(help: ArgumentHelp("Write one self-contained page.", valueName: "file"))
  var html: String?

  func perform(_ workplace: Workplace) async throws -> Engine.ExitCode {
    let configuration = try workplace.configuration()
    let store = try workplace.snapshot(configuration)
    let accounting = try Connections(
      workplace: workplace, configuration: configuration, store: store
    ).systems().accounting
    let traits = Explainer.AccountingTraits(
      name: accounting.name, arithmetic: accounting.capabilities.arithmetic,
      referenceLengthMax: accounting.capabilities.referenceLengthMax,
      contactNameLengthMax: accounting.capabilities.contactNameLengthMax)
    let report = try BusinessReporter(
      store: store, policy: configuration.policy, accounting: traits,
      crms: configuration.crms.map(\.name), now: workplace.now
    ).report()
    if let html { try write(report, to: html) }
    if json {
      try printJSON(report, workplace)
    } else if html == nil {
      ReportText(report: report, terminal: workplace.terminal).show()
    }
    return .done
  }

  private func write(_ report: BusinessReport, to path: String) throws {
    let page = ReportPage(report, title: "Receivables").html
    do {
      try Data(page.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw Failure(
        .snapshotUnusable,
        "The page \(path) cannot be written: choose a place this user can write to.")
    }
  }
}

/// The report on a terminal.
struct ReportText {
  let report: BusinessReport
  let terminal: Terminal

  func show() {
    terminal.out(Style.bold("Receivables by owner and age, \(report.asOf)", terminal))
    let ages = BusinessReport.Age.allCases
    table(
      [["Owner", ""] + ages.map(\.label) + ["Total"]]
        + report.owners.map { owner in
          [owner.owner, owner.currency.code] + ages.map { owner.amount($0) } + [owner.total]
        },
      figures: 2...ages.count + 2, isEmpty: report.owners.isEmpty, none: "Nobody owes anything.")
    let late = report.receivables.filter { $0.daysLate > 0 }
    if !late.isEmpty {
      terminal.out(Style.bold("Overdue", terminal))
      table(
        late.map {
          [
            $0.number, $0.customer, $0.owner, "due \($0.dueDate?.description ?? "")",
            "\($0.daysLate) days", "\($0.currency) \($0.amountDue)",
          ]
        },
        figures: 4...5, isEmpty: false, none: "")
    }
    terminal.out(Style.bold("Won and not invoiced", terminal))
    if report.notInvoiced.isEmpty { terminal.out("  Every won deal is invoiced.") }
    for deal in report.notInvoiced {
      terminal.out(
        "  \(Style.held(deal.code, terminal))  \(deal.deal)  “\(TextTable.plain(deal.name))”")
      terminal.out("    \(TextTable.plain(deal.reason))")
      if !deal.remedy.isEmpty { terminal.out("    → \(TextTable.plain(deal.remedy))") }
    }
    terminal.out(Style.bold("Differences", terminal))
    if report.differences.isEmpty { terminal.out("  Invoices and deals agree.") }
    for difference in report.differences {
      terminal.out("  \(difference.deal)  \(TextTable.plain(difference.message))")
      terminal.out("    → \(TextTable.plain(difference.remedy))")
    }
    terminal.out(
      "\(report.invoiced.count) deals invoiced, \(report.notInvoiced.count) not, last pass: "
        + (report.passes.first.map { "\($0.startedAt), \($0.outcome)" } ?? "none yet"))
  }

  private func table(
    _ rows: [[String]], figures: ClosedRange<Int>, isEmpty: Bool, none: String
  ) {
    guard !isEmpty, let first = rows.first else { return terminal.out("  \(none)") }
    var table = TextTable(
      alignments: first.indices.map { figures.contains($0) ? .right : .left })
    table.rows = rows.map { $0.map(TextTable.plain) }
    table.lines(indent: "  ").forEach(terminal.out)
  }
}
