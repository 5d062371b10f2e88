internal import Domain

/// Compares what the lines come to with the deal's amount and works out why they differ.
struct TotalCheck {
  var facts: DealFacts
  var tolerance: ExactDecimal

  /// A hold beside the invoice, or nothing.
  func flags(
    once: InvoiceTotals, lines: [DraftLine], recurring: [(RecurringGroup, InvoiceTotals)],
    lineAmounts: LineAmounts
  ) -> [Hold] {
    guard let amount = facts.deal.amount, !facts.released.contains(.totalDiffers) else {
      return []
    }
    let comparable = { (totals: InvoiceTotals) in
      lineAmounts == .inclusive ? totals.total.exact : totals.subtotal.exact
    }
    let ours = comparable(once)
    // CRMs differ in what a deal with recurring lines is worth: any usual reading is accepted.
    let readings = readings(ours, recurring.map { ($0.0, comparable($0.1)) })
    guard !readings.contains(where: { near($0, amount) }) else { return [] }
    let currency = once.total.currency
    let shown = { (value: ExactDecimal) in
      "\(currency) \(value.fixed(decimals: max(currency.exponent, value.decimals)))"
    }
    return [
      Hold(
        subject: facts.subject, code: .totalDiffers,
        message: "The deal's amount is \(shown(amount)), its line items come to \(shown(ours))"
          + "\(reason(amount, ours, once, lines)). The invoice follows the line items.",
        remedy: "Correct the amount or the line items in \(facts.crm); to accept the difference: "
          + "\(Remedy.accept(.totalDiffers, facts.subject)).")
    ]
  }

  private func readings(
    _ once: ExactDecimal, _ recurring: [(RecurringGroup, ExactDecimal)]
  ) -> [ExactDecimal] {
    var periodic = ExactDecimal.zero
    var contract = ExactDecimal.zero
    for (group, amount) in recurring {
      let periods = group.lines.compactMap { $0.recurrence?.periods }.max() ?? 1
      guard let sum = try? periodic.adding(amount),
        let term = try? amount.multiplied(by: ExactDecimal(periods)),
        let whole = try? contract.adding(term)
      else { return [once] }
      (periodic, contract) = (sum, whole)
    }
    let sums = [periodic, contract].compactMap { try? once.adding($0) }
    return [once] + sums
  }

  private func near(_ left: ExactDecimal, _ right: ExactDecimal) -> Bool {
    guard let difference = try? left.subtracting(right) else { return false }
    return (difference.isNegative ? difference.negated : difference) <= tolerance
  }

  private func reason(
    _ amount: ExactDecimal, _ ours: ExactDecimal, _ totals: InvoiceTotals, _ lines: [DraftLine]
  ) -> String {
    if !totals.totalTax.isZero {
      if near(amount, totals.total.exact) { return ": the amount contains the tax" }
      if near(amount, totals.subtotal.exact) { return ": the amount leaves out the tax" }
    }
    if let gross = undiscounted(lines), !near(gross, ours), near(gross, amount) {
      return ": the amount leaves out the discount"
    }
    for (line, money) in zip(lines, totals.lineAmounts) where !money.isZero {
      let name = line.description.split(separator: "\n").first ?? ""
      if let without = try? ours.subtracting(money.exact), near(without, amount) {
        return ": the amount leaves out “\(name)”"
      }
      if let twice = try? ours.adding(money.exact), near(twice, amount) {
        return ": the amount counts “\(name)” twice"
      }
    }
    return amount > ours ? ": a line item may be missing" : ""
  }

  private func undiscounted(_ lines: [DraftLine]) -> ExactDecimal? {
    var sum = ExactDecimal.zero
    for line in lines {
      guard let quantity = line.quantity, let price = line.unitPrice else { continue }
      guard let gross = try? quantity.multiplied(by: price), let next = try? sum.adding(gross)
      else { return nil }
      sum = next
    }
    return sum
  }
}
