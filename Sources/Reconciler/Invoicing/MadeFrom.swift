internal import Domain

/// What of a deal its invoice was made from, in a form that can be compared after the deal
/// changed. Wishes of the configuration take no part: editing a rule is no change of the deal.
struct MadeFrom: Hashable, Sendable {
  /// Digest of lines, discounts, currency, and the amount where it makes a line. It is kept for
  /// as long as the invoice: a new part is appended only where it has a value, or every standing
  /// invoice would look changed after an upgrade, and unpaid ones be rewritten.
  var content: String
  /// Digest of the terms' text.
  var terms: String
  /// The customer's subject.
  var customer: String

  init(_ facts: DealFacts) {
    let deal = facts.deal
    var parts = [deal.currency?.code ?? "", Self.text(deal.discount)]
    if !deal.lines.contains(where: { $0.unitPrice != nil }) {
      parts.append(deal.amount?.plain ?? "")
    }
    for line in deal.lines { parts += Self.parts(of: line) }
    content = String(StableHash.hex(parts).prefix(32))
    terms = String(StableHash.hex([deal.paymentTerms ?? ""]).prefix(16))
    customer = facts.customer?.subject.description ?? ""
  }

  /// Reads what `text` wrote; nil for anything else.
  init?(_ text: String) {
    let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty else { return nil }
    content = String(parts[0])
    terms = String(parts[1])
    customer = String(parts[2])
  }

  /// The form that is stored with the invoice's link.
  var text: String { "\(content) \(terms) \(customer)" }

  private static func parts(of line: DealLine) -> [String] {
    var parts = [
      line.name, line.description ?? "", line.sku ?? "", line.quantity?.plain ?? "",
      line.unitPrice?.plain ?? "", text(line.discount), line.tax ?? "",
      line.currency?.code ?? "",
    ]
    if let recurrence = line.recurrence {
      parts += [
        "\(recurrence.every) \(recurrence.unit.rawValue)", recurrence.start?.description ?? "",
        recurrence.end?.description ?? "", recurrence.periods.map(String.init) ?? "",
      ]
    }
    return parts
  }

  private static func text(_ discount: Discount?) -> String {
    switch discount {
    case nil: ""
    case .percent(let percent): "\(percent.plain)%"
    case .amount(let amount): amount.plain
    }
  }
}
