internal import Domain

/// The report as one page of HTML that needs nothing beside itself: no script, no font, no
/// picture from elsewhere.
package struct ReportPage {
  private let report: BusinessReport
  private let title: String

  package init(_ report: BusinessReport, title: String) {
    self.report = report
    self.title = title
  }

  package var html: String {
    let heading = Self.escaped(title)
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(heading)</title>
      <style>\(Self.style)</style>
      </head>
      <body>
      <h1>\(heading)</h1>
      <p>As of \(report.asOf).</p>
      \(owners)
      \(receivables)
      \(notInvoiced)
      \(differences)
      \(invoiced)
      \(passes)
      </body>
      </html>

      """
  }

  private static let style = """
    body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;\
    color:#1b1f24;background:#fff}\
    h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}\
    table{border-collapse:collapse;width:100%}\
    th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #d9dee3;\
    vertical-align:top}\
    .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\
    .late{color:#a40e26}\
    @media(prefers-color-scheme:dark){body{color:#e6e9ec;background:#14171a}\
    th,td{border-color:#343b42}.late{color:#ff8f98}}
    """

  /// Text that cannot become markup.
  package static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      case _ where scalar.value < 32 && scalar != "\n" && scalar != "\t": out += "\u{FFFD}"
      case _: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// A cell; figures stand to the right.
  private struct Cell {
    var text: String
    var style = ""

    static func plain(_ text: String) -> Cell { Cell(text: text) }
    static func figure(_ text: String, isLate: Bool = false) -> Cell {
      Cell(text: text, style: isLate ? "n late" : "n")
    }

    func html(_ tag: String) -> String {
      let mark = style.isEmpty ? "" : " class=\"\(style)\""
      return "<\(tag)\(mark)>\(ReportPage.escaped(text))</\(tag)>"
    }
  }

  private func section(_ title: String, _ head: [Cell], _ rows: [[Cell]], none: String) -> String {
    let heading = "<h2>\(Self.escaped(title))</h2>"
    guard !rows.isEmpty else { return "\(heading)\n<p>\(Self.escaped(none))</p>" }
    let top = head.map { $0.html("th") }.joined()
    let body = rows.map { row in "<tr>\(row.map { $0.html("td") }.joined())</tr>" }
    return """
      \(heading)
      <table>
      <thead><tr>\(top)</tr></thead>
      <tbody>
      \(body.joined(separator: "\n"))
      </tbody>
      </table>
      """
  }

  private var owners: String {
    section(
      "Receivables by owner and age",
      [.plain("Owner"), .plain("Currency")]
        + BusinessReport.Age.allCases.map { .figure($0.label) } + [.figure("Total")],
      report.owners.map { owner in
        [.plain(owner.owner), .plain(owner.currency.code)]
          + BusinessReport.Age.allCases.map {
            .figure(owner.amount($0), isLate: $0 != .notDue && owner.amount($0) != "0.00")
          } + [.figure(owner.total)]
      },
      none: "Nobody owes anything.")
  }

  private var receivables: String {
    section(
      "Open invoices",
      [
        .plain("Invoice"), .plain("Customer"), .plain("Deal"), .plain("Owner"), .plain("Due"),
        .figure("Days late"), .figure("Amount due"),
      ],
      report.receivables.map { item in
        [
          .plain(item.number), .plain(item.customer), .plain(item.dealName), .plain(item.owner),
          .plain(item.dueDate?.description ?? ""),
          .figure("\(item.daysLate)", isLate: item.daysLate > 0),
          .figure("\(item.currency) \(item.amountDue)", isLate: item.daysLate > 0),
        ]
      },
      none: "There are none.")
  }

  private var notInvoiced: String {
    section(
      "Won and not invoiced",
      [.plain("Deal"), .plain("Owner"), .figure("Amount"), .plain("Why"), .plain("What to do")],
      report.notInvoiced.map { deal in
        [
          .plain("\(deal.name) (\(deal.deal))"), .plain(deal.owner),
          .figure([deal.currency, deal.amount].compactMap { $0 }.joined(separator: " ")),
          .plain(deal.reason), .plain(deal.remedy),
        ]
      },
      none: "Every won deal is invoiced.")
  }

  private var differences: String {
    section(
      "Differences", [.plain("Deal"), .plain("What differs"), .plain("What to do")],
      report.differences.map {
        [.plain("\($0.name) (\($0.deal))"), .plain($0.message), .plain($0.remedy)]
      },
      none: "Invoices and deals agree.")
  }

  private var invoiced: String {
    section(
      "Invoiced",
      [
        .plain("Deal"), .plain("Owner"), .plain("Invoices"), .plain("Status"), .figure("Total"),
        .figure("Due"),
      ],
      report.invoiced.map { deal in
        [
          .plain(deal.name), .plain(deal.owner), .plain(deal.invoices.joined(separator: ", ")),
          .plain(deal.status.replacing("_", with: " ")),
          .figure("\(deal.currency) \(deal.total)"), .figure(deal.amountDue),
        ]
      },
      none: "Nothing is invoiced yet.")
  }

  private var passes: String {
    section(
      "Recent passes",
      [.figure("Pass"), .plain("Started"), .plain("Finished"), .plain("Outcome")],
      report.passes.map {
        [
          .figure("\($0.run)"), .plain($0.startedAt.description),
          .plain($0.finishedAt?.description ?? ""), .plain($0.outcome),
        ]
      },
      none: "None yet.")
  }
}

extension BusinessReport.Age {
  /// The heading of its column.
  package var label: String {
    switch self {
    case .notDue: "Not due"
    case .days1To30: "1–30 days"
    case .days31To60: "31–60 days"
    case .days61To90: "61–90 days"
    case .over90: "Over 90 days"
    }
  }
}
