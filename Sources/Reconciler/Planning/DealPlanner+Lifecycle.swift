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
    let others = facts.mergedWithInvoices.sorted().map(\.description).joined(separator: ", ")
    explanation.note("merged", others)
    let invoices = standing.map(\.invoice)
    let names = invoices.map { "\(name(of: $0)) (\($0.total))" }.joined(separator: " and ")
    let choices = invoices.map {
      "`xerosync link \(facts.subject) \(invoiceSubject($0))` (\(name(of: $0)))"
    }
    hold(
      .dealsMerged,
      "\(others) was merged into this deal, and \(names) stand: nothing is invoiced again.",
      "If one of them bills the deal, say which: \(choices.joined(separator: " or ")), and void "
        + "the rest in \(pass.accounting). If all stand, together: "
        + "\(Remedy.accept(.dealsMerged, facts.subject)).")
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

  /// - Parameter isNew: the invoice is yet to be made, so that another date can be chosen for it.
  mutating func lockedHold(_ what: String, date: CalendarDate, isNew: Bool = false) {
    let mayBeToday = isNew && date != today && !isLocked(today)
    let instead = mayBeToday ? "; or set `invoices.date: run_date`, which dates it \(today)" : ""
    let first = pass.ledger.organisation.lockDate?.adding(days: 1)
    hold(
      .periodLocked,
      "\(what): it is dated \(date), in a period that is locked in \(pass.accounting).",
      "Move the lock date in \(pass.accounting): the first day that does now is "
        + "\(first?.description ?? "not known"). Then \(Remedy.retry(facts.subject))\(instead).")
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
