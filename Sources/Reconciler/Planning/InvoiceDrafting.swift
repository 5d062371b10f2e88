internal import Domain

/// Writes the drafts of a deal's invoices and the operations that make them.
struct InvoiceDrafting {
  var facts: DealFacts
  var pass: PassFacts
  var policy: Policy
  var content: InvoiceContent
  var customer: DealPlanner.Customer
  var today: CalendarDate

  func draft(_ role: InvoiceRole, revision: Int) throws -> InvoiceDraft {
    var lines = content.lines
    var lineAmounts = content.lineAmounts
    var totals = content.totals
    var date = content.dateRule == .runDate ? today : content.wonOn
    if case .part(let number) = role {
      let schedule = policy.invoices.schedule
      let whole = ScheduleSplit.Whole(
        lines: lines, lineAmounts: lineAmounts, totals: totals,
        taxRates: pass.ledger.taxRates, currency: content.currency, rule: pass.arithmetic)
      let part = try ScheduleSplit.parts(whole, percents: schedule.map(\.percent))[number - 1]
      (lines, lineAmounts, totals) = (part.lines, part.lineAmounts, part.totals)
      if content.dateRule == .wonDate {
        date = date.adding(days: schedule[number - 1].daysAfterWon)
      }
    }
    var draft = InvoiceDraft(
      mark: mark(role, revision: revision), contact: customer.reference, status: content.status,
      date: date, dueDate: content.terms.dueDate(from: date), currency: content.currency,
      lineAmounts: lineAmounts, lines: lines, expected: totals, role: role)
    finish(&draft)
    return draft
  }

  /// The early-payment note, the theme and the price decimals.
  private func finish(_ draft: inout InvoiceDraft, repeats: Bool = false) {
    if let early = content.early {
      // The text of a template stands on every invoice it makes: no day is right for all of them.
      let until = repeats ? "of the invoice date" : "(by \(draft.date.adding(days: early.days)))"
      draft.lines.append(
        DraftLine(
          description: "\(early.percent.plain) % discount if paid within \(early.days) days "
            + until))
      let zero = Money.zero(draft.currency)
      draft.expected.lineAmounts.append(zero)
      draft.expected.lineTaxes.append(zero)
    }
    draft.brandingThemeID = content.brandingThemeID
    draft.unitPriceDecimals =
      draft.lines.contains { ($0.unitPrice?.decimals ?? 0) > 2 } ? 4 : 2
    draft.sendEmail = policy.invoices.sendEmail
    draft.madeFrom = MadeFrom(facts).text
  }

  private func mark(_ role: InvoiceRole, revision: Int) -> InvoiceMark {
    var reference = content.reference
    var number = content.number
    if case .part(let part) = role {
      let suffix = " \(part)/\(policy.invoices.schedule.count)"
      reference = reference.prefix(max(0, pass.referenceLengthMax - suffix.count)) + suffix
      number = number.map { "\($0)-\(part)" }
    }
    // A voided invoice keeps its number for ever.
    if revision > 0 { number = number.map { "\($0)-R\(revision)" } }
    return InvoiceMark(
      number: number, reference: reference,
      sourceURL: SourceMark.url(of: facts.deal, role, revision: revision))
  }
}

extension InvoiceDrafting {
  func itemOperations() -> [Operation] {
    content.newItems.map { draft in
      Operation(
        id: OperationID(hashing: ["createItem", pass.accounting.rawValue, draft.code]),
        action: .create, system: pass.accounting, object: .item,
        subject: Subject(system: pass.accounting, kind: .item, id: draft.code),
        effect: .createItem(draft), summary: "item \(draft.code) “\(draft.name)”",
        changes: [FieldChange(field: "code", from: nil, to: draft.code)])
    }
  }

  /// What must be there before an invoice with these lines.
  private func prerequisites(_ lines: [DraftLine], _ items: [Operation]) -> [OperationID] {
    var waits: [OperationID] = []
    if case .created(let operation) = customer.reference { waits.append(operation) }
    let codes = Set(lines.compactMap(\.item))
    return waits + items.filter { codes.contains($0.subject.id) }.map(\.id)
  }

  func creation(of draft: InvoiceDraft, revision: Int, items: [Operation]) -> Operation {
    Operation(
      id: OperationID(hashing: [
        "createInvoice", facts.subject.description, draft.role.description, "\(revision)",
      ]),
      action: .create, system: pass.accounting, object: .invoice, subject: facts.subject,
      effect: .createInvoice(draft), summary: summary(of: draft), changes: changes(of: draft),
      waitsFor: prerequisites(draft.lines, items))
  }

  func summary(of draft: InvoiceDraft) -> String {
    var what = draft.mark.number ?? "invoice"
    if case .part(let part) = draft.role {
      what += ", part \(part) of \(policy.invoices.schedule.count),"
    }
    if draft.status != .authorised { what = "\(draft.status.rawValue) \(what)" }
    let tax = draft.expected.omitsTax == true ? " plus sales tax" : ""
    return "\(what) for \(customer.name), \(draft.expected.total)\(tax), due \(draft.dueDate)"
  }

  private func changes(of draft: InvoiceDraft) -> [FieldChange] {
    var changes = [
      FieldChange(field: "contact", from: nil, to: customer.name),
      FieldChange(field: "currency", from: nil, to: draft.currency.code),
      FieldChange(field: "date", from: nil, to: draft.date.description),
      FieldChange(field: "due_date", from: nil, to: draft.dueDate.description),
      FieldChange(field: "reference", from: nil, to: draft.mark.reference),
      FieldChange(field: "status", from: nil, to: draft.status.rawValue),
      FieldChange(field: "subtotal", from: nil, to: draft.expected.subtotal.figure),
      FieldChange(field: "tax", from: nil, to: draft.expected.totalTax.figure),
      FieldChange(field: "total", from: nil, to: draft.expected.total.figure),
    ]
    if let number = draft.mark.number {
      changes.insert(FieldChange(field: "number", from: nil, to: number), at: 0)
    }
    return changes
  }

  func templateCreation(_ index: Int, items: [Operation]) throws -> Operation {
    let recurring = content.recurring[index]
    let group = recurring.group
    var draft = InvoiceDraft(
      mark: InvoiceMark(
        number: nil, reference: content.reference,
        sourceURL: SourceMark.url(of: facts.deal, recurring: group.key)),
      contact: customer.reference, status: policy.recurring.status, date: group.start,
      dueDate: content.terms.dueDate(from: group.start), currency: content.currency,
      lineAmounts: content.lineAmounts, lines: recurring.lines, expected: recurring.totals,
      role: .whole)
    finish(&draft, repeats: true)
    let template = TemplateDraft(
      content: draft, every: group.every, unit: group.unit, start: group.start, end: group.end,
      terms: content.terms)
    return Operation(
      id: OperationID(hashing: [
        "createTemplate", facts.subject.description, group.key, "\(facts.revision)",
      ]),
      action: .create, system: pass.accounting, object: .repeatingInvoice,
      subject: facts.subject, effect: .createTemplate(template),
      summary: "repeating invoice for \(customer.name), \(draft.expected.total) "
        + "\(Self.rhythm(group)) from \(group.start)"
        + (group.end.map { " to \($0)" } ?? ""),
      changes: changes(of: draft), waitsFor: prerequisites(draft.lines, items))
  }

  private static func rhythm(_ group: RecurringGroup) -> String {
    let unit = group.unit.rawValue
    return group.every == 1 ? "every \(unit)" : "every \(group.every) \(unit)s"
  }
}
