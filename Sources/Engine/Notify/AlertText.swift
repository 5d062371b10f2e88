import Connectors
import Domain

/// The words of alerts, the same in every channel. Free text comes out as single lines without
/// control characters.
struct AlertText {
  let message: AlertMessage

  /// A digest lists this many and counts the rest.
  private static let listed = 50

  static func line(_ text: String, _ limit: Int = 200) -> String {
    OutgoingText.line(text, limit: limit)
  }

  private var alerts: [AlertDraft] {
    message.alerts.map(\.alert).sorted {
      (-$0.daysLate, $0.invoiceNumber, $0.invoice) < (-$1.daysLate, $1.invoiceNumber, $1.invoice)
    }
  }

  var isDigest: Bool { message.alerts.count > 1 }

  /// `Overdue: INV-0042 of Ridgeway University, NZD 1,150.00, 2 days late`.
  var title: String {
    guard !isDigest, let alert = alerts.first else {
      return "Overdue: \(alerts.count) invoices, \(totals)"
    }
    return "Overdue: \(Self.name(alert)) of \(Self.line(alert.customerName)), "
      + "\(alert.amountDue), \(Self.late(alert))"
  }

  /// The figures of a digest, a currency each.
  private var totals: String {
    var sums: [Currency: Int64] = [:]
    for alert in alerts {
      let (sum, overflow) = sums[alert.amountDue.currency, default: 0]
        .addingReportingOverflow(alert.amountDue.minorUnits)
      sums[alert.amountDue.currency] = overflow ? .max : sum
    }
    return sums.map { Money(minorUnits: $0.value, currency: $0.key).description }.sorted()
      .joined(separator: " and ")
  }

  /// Paragraphs of lines, without any markup.
  var paragraphs: [[String]] {
    var all: [[String]] = []
    if message.mayBeRepeat { all.append([Self.repeatNote]) }
    let shown = alerts.prefix(Self.listed)
    all += shown.map { isDigest ? Self.entry($0) : Self.single($0) }
    if alerts.count > shown.count {
      all.append(["… and \(alerts.count - shown.count) more."])
    }
    return all
  }

  static let repeatNote =
    "This may be the second copy: whether the first one arrived is not known."

  private static func single(_ alert: AlertDraft) -> [String] {
    var lines = [
      "\(name(alert)) for the deal “\(line(alert.dealName))” was due on \(alert.dueDate) "
        + "and is \(late(alert)).",
      "\(line(alert.customerName)) still owes \(alert.amountDue).",
    ]
    if alert.level > 1 { lines.append("This is reminder \(alert.level).") }
    if alert.owner == nil {
      lines.append("The deal \(alert.deal) has no owner who could be told.")
    }
    return lines + addresses(alert)
  }

  private static func entry(_ alert: AlertDraft) -> [String] {
    let reminder = alert.level > 1 ? ", reminder \(alert.level)" : ""
    return [
      "\(name(alert)) of \(line(alert.customerName)): \(alert.amountDue), due "
        + "\(alert.dueDate), \(late(alert))\(reminder)",
      "Deal “\(line(alert.dealName))”",
    ] + addresses(alert)
  }

  private static func addresses(_ alert: AlertDraft) -> [String] {
    [("Invoice", alert.invoiceURL), ("Deal", alert.dealURL)].compactMap { what, address in
      address.isEmpty ? nil : "\(what): \(line(address, 1000))"
    }
  }

  static func name(_ alert: AlertDraft) -> String {
    let number = line(alert.invoiceNumber)
    return number.isEmpty ? "Invoice \(line(alert.invoice.rawValue))" : number
  }

  static func late(_ alert: AlertDraft) -> String {
    alert.daysLate == 1 ? "1 day late" : "\(alert.daysLate) days late"
  }
}

extension OperatorNotice {
  /// Its lines, with the note that an earlier copy may have arrived.
  var body: [String] {
    (mayBeRepeat ? [AlertText.repeatNote] : []) + lines.map { AlertText.line($0, 2000) }
  }
}
