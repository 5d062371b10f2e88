package import Domain
package import Snapshot

/// Which deal or customer a hold is about, so that nobody has to look its id up.
package struct HoldContext: Hashable, Sendable, Codable {
  package var name: String
  /// Nil for a customer itself, and for a deal without one.
  package var customer: String?
  /// The deal's amount as a decimal text, with its ISO 4217 code.
  package var amount: String?
  package var currency: String?

  /// One line: `“Website” · Harbour Lights Ltd · NZD 4,200.00`.
  package var line: String {
    let money = currency.flatMap(Currency.init).flatMap { currency in
      amount.flatMap { try? ExactDecimal(parsing: $0) }.flatMap { try? Money($0, in: currency) }
    }
    let figure = money.map(\.description) ?? amount
    return (["“\(name)”"] + [customer, figure].compactMap { $0 }).joined(separator: " · ")
  }
}

extension SnapshotReader {
  /// Nil for what is no deal, customer or invoice, or was never read.
  package func context(of subject: Subject) throws -> HoldContext? {
    switch subject.kind {
    case .deal:
      guard let deal = try deal(ID(subject.id), of: subject.system) else { return nil }
      let parties =
        deal.companyIDs.map { Subject(system: subject.system, kind: .company, id: $0.rawValue) }
        + deal.personIDs.map { Subject(system: subject.system, kind: .person, id: $0.rawValue) }
      return HoldContext(
        name: deal.name, customer: try parties.first.flatMap { try party($0)?.name },
        amount: deal.amount?.plain, currency: deal.currency?.code)
    case .company, .person, .contact:
      return try party(subject).map { HoldContext(name: $0.name) }
    case .invoice:
      return try invoice(ID(subject.id), of: subject.system).map { invoice in
        HoldContext(
          name: invoice.number, customer: invoice.contactName, amount: invoice.total.figure,
          currency: invoice.currency.code)
      }
    case .template, .product, .item, .alert, .line, .creditNote: return nil
    }
  }
}

extension StoredRun {
  /// Why the pass ended before its first write, in a sentence; nil where it did not.
  package var stopped: String? {
    guard ["aborted", "braked", "sign_in_needed"].contains(outcome) else { return nil }
    let why = reason ?? "the reason was not recorded"
    return "The last pass (\(run)) was stopped, so that what follows may be out of date:\n  "
      + why.replacing("\n", with: "\n  ")
  }
}
