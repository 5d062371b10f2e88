internal import Domain

/// Deals that no longer stand behind their invoices.
extension DealPlanner {
  private var activeTemplates: [InvoiceTemplate] { facts.templates.filter(\.isActive) }

  private var standingNames: String {
    let names = standing.map { name(of: $0.invoice) }
    let templates = activeTemplates.map { _ in "a repeating invoice" }
    return (names + templates).joined(separator: ", ")
  }

  mutating func dealDeleted() {
    guard !standing.isEmpty || !activeTemplates.isEmpty,
      !facts.released.contains(.dealDeleted)
    else { return }
    hold(
      .dealDeleted, "The deal was deleted in \(facts.crm); \(standingNames) still stands.",
      "Restore the deal, or void the invoice in \(pass.accounting); to leave it so: "
        + "`xerosync ignore \(facts.subject)`.")
  }

  mutating func merged() {
    explanation.note("merged", facts.mergedWithInvoices.map(\.description).joined(separator: ", "))
    let others = facts.mergedWithInvoices.sorted().map(\.description).joined(separator: ", ")
    let own = standing.isEmpty ? "" : " and has \(standingNames) itself"
    hold(
      .dealsMerged, "\(others) was merged into this deal with an invoice of its own\(own).",
      "Nothing is invoiced again. Link the invoice that bills the deal: `xerosync link "
        + "\(facts.subject) \(pass.accounting):invoice:ID`, and void what is too much; to bill "
        + "this deal as well: `xerosync retry \(facts.subject)`.")
  }

  mutating func reopened() {
    guard !standing.isEmpty || !activeTemplates.isEmpty else { return }
    let state = deal.outcome == .lost ? "lost" : "open again (stage \(deal.stage.label))"
    explanation.note("reopened", "the deal is \(state)")
    switch policy.invoices.onDealReopened {
    case .flag: flagReopened(state, standingNames)
    case .voidUnpaid: voidUnpaid(state)
    }
  }

  private mutating func flagReopened(_ state: String, _ names: String) {
    guard !facts.released.contains(.dealReopened) else { return }
    hold(
      .dealReopened, "The deal is \(state); \(names) still stands.",
      "Win the deal again, or void the invoice in \(pass.accounting); to leave it so: "
        + "`xerosync ignore \(facts.subject)`.")
  }

  private mutating func voidUnpaid(_ state: String) {
    var kept: [String] = []
    for invoice in standing.map(\.invoice) {
      if !invoice.isUntouchedByMoney {
        kept.append(name(of: invoice))
      } else if isLocked(invoice.date) {
        lockedHold("\(name(of: invoice)) cannot be voided", date: invoice.date)
      } else {
        operations.append(cancellation(of: invoice))
      }
    }
    for template in activeTemplates { operations.append(ending(of: template)) }
    if !kept.isEmpty {
      flagReopened(state, kept.joined(separator: ", ") + " has money on it and")
    }
  }

  private func cancellation(of invoice: Invoice) -> Operation {
    let isDraft = invoice.status == .draft || invoice.status == .submitted
    return Operation(
      id: OperationID(hashing: ["cancelInvoice", invoice.id.rawValue]), action: .void,
      system: pass.accounting, object: .invoice, subject: facts.subject,
      effect: .cancelInvoice(invoice.id),
      summary: "\(name(of: invoice)) for \(invoice.contactName), \(invoice.total), "
        + "deal no longer won",
      changes: [
        FieldChange(
          field: "status", from: invoice.status.rawValue,
          to: (isDraft ? InvoiceStatus.deleted : .voided).rawValue)
      ])
  }

  private func ending(of template: InvoiceTemplate) -> Operation {
    Operation(
      id: OperationID(hashing: ["endTemplate", template.id.rawValue]), action: .void,
      system: pass.accounting, object: .repeatingInvoice, subject: facts.subject,
      effect: .endTemplate(template.id),
      summary: "repeating invoice “\(template.reference)”, deal no longer won",
      changes: [FieldChange(field: "status", from: "active", to: "ended")])
  }

  func isLocked(_ date: CalendarDate) -> Bool {
    pass.ledger.organisation.lockDate.map { date <= $0 } ?? false
  }

  mutating func lockedHold(_ what: String, date: CalendarDate) {
    let first = pass.ledger.organisation.lockDate?.adding(days: 1)
    hold(
      .periodLocked,
      "\(what): it is dated \(date), in a period that is locked in \(pass.accounting).",
      "Move the lock date, or date it \(first?.description ?? "later") or after (the close date of "
        + "the deal, or `invoices.date: run_date`).")
  }
}

extension Invoice {
  /// Not settled in any part: it may still be rewritten or voided.
  var isUntouchedByMoney: Bool {
    switch status {
    case .draft, .submitted, .authorised:
      amountPaid.minorUnits == 0 && amountCredited.minorUnits == 0
    case .paid, .voided, .deleted: false
    }
  }
}
