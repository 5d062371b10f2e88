internal import Domain

/// A deal that changed after it was invoiced.
extension DealPlanner {
  /// What changed since the invoice was made; nil where nothing is known or nothing did.
  private var change: (before: MadeFrom, now: MadeFrom)? {
    guard let text = facts.invoicedContent, let before = MadeFrom(text) else { return nil }
    guard
      facts.invoices.contains(where: { !$0.invoice.status.isTerminal })
        || facts.templates.contains(where: \.isActive)
    else { return nil }
    let now = MadeFrom(facts)
    return before == now
      || (before.content, before.terms) == (now.content, now.terms)
        && isSameCustomer(now.customer)
      ? nil : (before, now)
  }

  var contentChanged: Bool { change != nil }

  /// A customer record that was merged in the CRM still is the invoice's contact.
  private func isSameCustomer(_ customer: String) -> Bool {
    guard let contact = facts.linkedContact else { return false }
    return standing.allSatisfy { $0.invoice.contactID == contact.id }
  }

  mutating func changed(_ content: InvoiceContent, _ progress: PassProgress) {
    guard let change else { return }
    let what = description(of: change) + figures(content)
    explanation.note("changed", "\(what) since it was invoiced")
    guard let linked = revisable(what), let customer = customer(progress) else { return }
    let invoice = linked.invoice
    guard !isLocked(invoice.date) else {
      lockedHold("\(name(of: invoice)) cannot be changed", date: invoice.date)
      return
    }
    guard case .existing = customer.reference else {
      flagChange(what, "the new customer has no contact yet")
      return
    }
    revise(invoice, content, customer, newTerms: change.before.terms != change.now.terms)
  }

  /// An invoice found by its mark of which it is not remembered what it was made from, where it
  /// does not come to what the deal comes to now: one of them was changed unseen, before the
  /// snapshot was lost. Where the tax alone differs, it was set otherwise then.
  func forgottenChange(_ content: InvoiceContent) -> Invoice? {
    guard let invoice = forgotten, content.recurring.isEmpty else { return nil }
    let totals = content.totals
    let agrees =
      invoice.currency == content.currency
      && (invoice.subtotal == totals.subtotal || invoice.total == totals.total)
    return agrees ? nil : invoice
  }

  /// The deal's one invoice, found by its mark, with nothing remembered of it. One that a person
  /// linked by hand stands as that person wanted it.
  var forgotten: Invoice? {
    guard facts.invoicedContent == nil, !facts.released.contains(.dealChanged),
      facts.templates.isEmpty, standing.count == 1, let linked = standing.first,
      linked.role == .whole, SourceMark.role(of: linked.invoice.sourceURL, for: deal) != nil
    else { return nil }
    return linked.invoice
  }

  mutating func flagForgotten(_ invoice: Invoice, _ content: InvoiceContent) {
    let number = name(of: invoice)
    explanation.note("changed", "\(number) differs, and what it was made from is not remembered")
    hold(
      .dealChanged,
      "\(number) comes to \(invoice.total), the deal to \(content.totals.total) now; what the "
        + "invoice was made from is not remembered, because the snapshot was lost since.",
      "Change the invoice in \(pass.accounting), or the deal; to leave it so: `xerosync retry "
        + "\(facts.subject)`.")
  }

  private func description(of change: (before: MadeFrom, now: MadeFrom)) -> String {
    var parts: [String] = []
    if change.before.content != change.now.content { parts.append("line items or amount") }
    if change.before.terms != change.now.terms { parts.append("payment terms") }
    if change.before.customer != change.now.customer { parts.append("customer") }
    return parts.joined(separator: " and ") + " changed"
  }

  /// What the invoices come to and what the deal comes to now, where they differ.
  private func figures(_ content: InvoiceContent) -> String {
    guard facts.templates.isEmpty, content.recurring.isEmpty, let first = standing.first,
      standing.allSatisfy({ $0.invoice.currency == content.currency }),
      policy.invoices.schedule.isEmpty
    else { return "" }
    let minor = standing.reduce(Int64(0)) { $0 &+ $1.invoice.total.minorUnits }
    let invoiced = Money(minorUnits: minor, currency: first.invoice.currency)
    return invoiced == content.totals.total
      ? "" : ", from \(invoiced) to \(content.totals.total),"
  }

  private mutating func flagChange(_ what: String, _ why: String) {
    guard !facts.released.contains(.dealChanged) else { return }
    let names = standing.map { name(of: $0.invoice) }.joined(separator: ", ")
    let subject = names.isEmpty ? "the repeating invoice" : names
    hold(
      .dealChanged, "The deal's \(what) after \(subject) was made; \(why).",
      "Undo the change of the deal; or make the invoice right in \(pass.accounting), or leave "
        + "it as it is, then: \(Remedy.accept(.dealChanged, facts.subject)).")
  }

  /// The one invoice the policy lets us rewrite; otherwise the deal is flagged.
  private mutating func revisable(_ what: String) -> LinkedInvoice? {
    guard standing.count == 1, let linked = standing.first, linked.role == .whole,
      facts.templates.isEmpty
    else {
      flagChange(what, "several invoices or a repeating one cannot be rewritten")
      return nil
    }
    let status = linked.invoice.status
    let isDraft = status == .draft || status == .submitted
    switch policy.invoices.onDealChanged {
    case .flag:
      flagChange(what, "the configuration leaves it to you")
      return nil
    case .updateDraft:
      if isDraft && linked.invoice.isUntouchedByMoney { return linked }
      flagChange(what, "only drafts are rewritten")
      return nil
    case .updateUnpaid:
      if linked.invoice.isUntouchedByMoney { return linked }
      flagChange(what, "it has money on it")
      return nil
    }
  }

  private mutating func revise(
    _ invoice: Invoice, _ content: InvoiceContent, _ customer: Customer, newTerms: Bool
  ) {
    let drafting = InvoiceDrafting(
      facts: facts, pass: pass, policy: policy, content: content, customer: customer,
      today: today)
    guard !content.lines.isEmpty, var draft = try? drafting.draft(.whole, revision: 0) else {
      flagChange("line items changed", "nothing is left to be invoiced")
      return
    }
    // What people may have set on the invoice stays: number, date, status, and the due date
    // unless the deal's terms changed.
    draft.mark = InvoiceMark(
      number: invoice.number.isEmpty ? nil : invoice.number, reference: invoice.reference,
      sourceURL: invoice.sourceURL.isEmpty ? draft.mark.sourceURL : invoice.sourceURL)
    draft.status = invoice.status
    draft.date = invoice.date
    draft.dueDate =
      newTerms
      ? content.terms.dueDate(from: invoice.date)
      : invoice.dueDate ?? content.terms.dueDate(from: invoice.date)
    draft.brandingThemeID = invoice.brandingThemeID ?? draft.brandingThemeID
    draft.sendEmail = false
    operations += customer.operations + drafting.itemOperations()
    operations.append(revision(of: invoice, draft, drafting))
  }

  private func revision(
    of invoice: Invoice, _ draft: InvoiceDraft, _ drafting: InvoiceDrafting
  ) -> Operation {
    let revision = InvoiceRevision(
      invoice: invoice.id, content: draft, presentLineIDs: (invoice.lines ?? []).compactMap(\.id))
    var changes: [FieldChange] = []
    func note(_ field: String, _ from: String, _ to: String) {
      if from != to { changes.append(FieldChange(field: field, from: from, to: to)) }
    }
    note("contact", invoice.contactName, drafting.customer.name)
    note("currency", invoice.currency.code, draft.currency.code)
    note("due_date", invoice.dueDate?.description ?? "", draft.dueDate.description)
    note("lines", "\(invoice.lines?.count ?? 0)", "\(draft.lines.count)")
    note("subtotal", invoice.subtotal.figure, draft.expected.subtotal.figure)
    note("tax", invoice.totalTax.figure, draft.expected.totalTax.figure)
    note("total", invoice.total.figure, draft.expected.total.figure)
    return Operation(
      id: OperationID(hashing: [
        "reviseInvoice", facts.subject.description, invoice.id.rawValue,
        facts.invoicedContent ?? "", draft.madeFrom, invoice.modifiedAt?.description ?? "",
      ]),
      action: .update, system: pass.accounting, object: .invoice, subject: facts.subject,
      effect: .reviseInvoice(revision),
      summary: "\(name(of: invoice)) for \(drafting.customer.name), "
        + "\(invoice.total) → \(draft.expected.total), due \(draft.dueDate)",
      changes: changes, waitsFor: drafting.itemOperations().map(\.id))
  }
}
