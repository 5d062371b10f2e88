internal import Domain

/// Writes the bodies of invoices and of templates that make them.
struct QuickBooksInvoiceWriter: Sendable {
  typealias Built = Result<OutgoingJSON, WriteRefusal>

  var lists: QuickBooksLists
  /// The item of lines without one, as configured.
  var defaultItem: String?

  /// A new invoice. It is live at once: QuickBooks has no drafts.
  func invoice(_ draft: InvoiceDraft) -> Built {
    built { () throws(WriteRefusal) in
      try checkStatus(draft)
      return .fields(
        try document(draft) + [
          ("DocNumber", try number(draft)),
          ("PrivateNote", note(draft)),
        ])
    }
  }

  /// New content of an invoice. Its lines are replaced as a whole; a line that stays keeps its id.
  func revision(_ revision: InvoiceRevision, of invoice: QuickBooksInvoice) -> Built {
    built { () throws(WriteRefusal) in
      let draft = revision.content
      var members = QuickBooksBody.versioned(invoice)
      members += try document(draft, keeping: revision.presentLineIDs)
      members.append(("DocNumber", invoice.number.isEmpty ? nil : .text(invoice.number)))
      // What people wrote into the note stays; the mark is added where it is missing.
      let hasMark = QuickBooksMark.read(invoice.note) == draft.mark.sourceURL
      members.append(("PrivateNote", hasMark ? nil : note(draft, after: invoice.note)))
      return .fields(members)
    }
  }

  /// A recurring transaction that makes invoices by itself, or reminds a person to.
  func template(_ template: TemplateDraft) -> Built {
    built { () throws(WriteRefusal) in
      let draft = template.content
      guard let term = lists.term(template.terms) else {
        throw QuickBooksRefusals.refusal(
          .termsUnknown, "QuickBooks has no terms of \(template.terms)")
      }
      let mark = StableHash.hex([draft.mark.sourceURL]).prefix(8)
      let name = OutgoingText.line(draft.mark.reference, limit: 80)
      let schedule: [(String, OutgoingJSON?)] = [
        ("IntervalType", .text(template.unit == .week ? "Weekly" : "Monthly")),
        ("NumInterval", .integer(template.every)),
        ("DayOfMonth", template.unit == .month ? .integer(template.start.day) : nil),
        ("DayOfWeek", template.unit == .week ? .text(weekday(template.start)) : nil),
        ("StartDate", .text(template.start.description)),
        ("EndDate", template.end.map { .text($0.description) }),
      ]
      let rhythm = OutgoingJSON.fields([
        ("Name", .text("\(name) \(mark)")),
        ("RecurType", .text(draft.status == .authorised ? "Automated" : "Reminder")),
        ("Active", .flag(true)), ("ScheduleInfo", .fields(schedule)),
      ])
      let members = try document(draft).filter {
        !["TxnDate", "DueDate", "SalesTermRef"].contains($0.0)
      }
      return .fields([
        (
          "Invoice",
          .fields(
            members + [
              ("SalesTermRef", QuickBooksBody.reference(term.id)), ("PrivateNote", note(draft)),
              ("RecurringInfo", rhythm),
            ])
        )
      ])
    }
  }

  private func built(_ make: () throws(WriteRefusal) -> OutgoingJSON) -> Built {
    do { return .success(try make()) } catch { return .failure(error) }
  }

  private func checkStatus(_ draft: InvoiceDraft) throws(WriteRefusal) {
    guard draft.status == .authorised else {
      throw WriteRefusal(
        code: .fieldRefused,
        message: "QuickBooks has no drafts: an invoice is live as soon as it is made",
        remedy: "Set invoices.status (or the rule's status) to authorised; try it out with"
          + " xerosync run --dry-run.")
    }
  }

  /// What invoices, revisions and templates have in common.
  private func document(
    _ draft: InvoiceDraft, keeping ids: [String] = []
  ) throws(WriteRefusal) -> [(String, OutgoingJSON?)] {
    guard case .existing(let customer) = draft.contact else {
      throw WriteRefusal(
        code: .noCustomer, message: "the customer is not in QuickBooks yet",
        remedy: "The next pass goes on once the customer exists.")
    }
    let isUS = lists.isUnitedStates
    if isUS, draft.lineAmounts == .inclusive {
      throw QuickBooksRefusals.refusal(
        .badLine,
        "QuickBooks has no amounts with the tax inside for companies in the United"
          + " States: set line_amounts: exclusive")
    }
    var lines: [OutgoingJSON] = []
    for (index, line) in draft.lines.enumerated() {
      let id = index < ids.count ? ids[index] : nil
      lines.append(try self.line(line, number: index + 1, of: draft, id: id))
    }
    let term = lists.term(from: draft.date, to: draft.dueDate)
    let memo = QuickBooksText.memo(draft.mark.reference)
    let currency: OutgoingJSON? =
      lists.preferences.isMultiCurrency ? QuickBooksBody.reference(draft.currency.code) : nil
    return [
      ("CustomerRef", QuickBooksBody.reference(customer.rawValue)),
      ("TxnDate", .text(draft.date.description)),
      ("DueDate", .text(draft.dueDate.description)),
      ("SalesTermRef", term.map { QuickBooksBody.reference($0.id) }),
      ("CurrencyRef", currency),
      ("GlobalTaxCalculation", isUS ? nil : .text(word(draft.lineAmounts))),
      ("TxnTaxDetail", isUS ? try invoiceTax(draft) : nil),
      ("CustomerMemo", memo.isEmpty ? nil : .fields([("value", .text(memo))])),
      ("Line", .array(lines)),
    ]
  }

  /// In the United States one sales tax rate applies to all taxable lines of an invoice.
  private func invoiceTax(_ draft: InvoiceDraft) throws(WriteRefusal) -> OutgoingJSON? {
    let codes = draft.lineAmounts == .noTax ? [] : draft.lines.compactMap(\.taxCode).uniqued
    let taxed = codes.filter { $0 != "NON" }
    guard taxed.count <= 1 else {
      throw QuickBooksRefusals.refusal(
        .taxCodeUnknown,
        "one invoice has one sales tax rate in QuickBooks, not \(taxed.joined(separator: ", "))")
    }
    guard let code = taxed.first, code != "TAX" else { return nil }
    return .fields([("TxnTaxCodeRef", QuickBooksBody.reference(code))])
  }

  private func number(_ draft: InvoiceDraft) throws(WriteRefusal) -> OutgoingJSON? {
    guard let number = draft.mark.number.map(QuickBooksText.number), !number.isEmpty else {
      guard !lists.preferences.numbersByHand else {
        throw WriteRefusal(
          code: .fieldRefused,
          message: "QuickBooks is set to custom transaction numbers, so that an invoice without"
            + " one would have none",
          remedy: "Set invoices.number to a template, or switch custom transaction numbers off"
            + " in QuickBooks (Account and settings > Sales).")
      }
      return nil
    }
    guard number.count <= QuickBooksConnector.numberLength else {
      throw WriteRefusal(
        code: .fieldRefused,
        message: "the number \(number.prefix(80)) is longer than QuickBooks' 21 characters",
        remedy: "Shorten the template invoices.number.")
    }
    return .text(number)
  }

  private func note(_ draft: InvoiceDraft, after written: String = "") -> OutgoingJSON? {
    guard !draft.mark.sourceURL.isEmpty else { return nil }
    let mark = QuickBooksMark.written(draft.mark.sourceURL)
    return .text(written.isEmpty ? mark : "\(written)\n\(mark)")
  }

  private func word(_ amounts: LineAmounts) -> String {
    switch amounts {
    case .exclusive: "TaxExcluded"
    case .inclusive: "TaxInclusive"
    case .noTax: "NotApplicable"
    }
  }

  private func weekday(_ date: CalendarDate) -> String {
    // 1 January 1970 was a Thursday.
    let names = [
      "Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday",
    ]
    return names[(date.dayNumber % 7 + 7) % 7]
  }
}
