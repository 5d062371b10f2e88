internal import Domain

/// How an invoice was settled, as far as payments tell.
struct QuickBooksSettlement: Hashable, Sendable {
  /// From credit memos, not from money.
  var credited: ExactDecimal = .zero
  var lastDay: CalendarDate?

  /// What the payments settled of each invoice, by invoice id. A payment that applies credits
  /// has lines for both: the credits settle its invoices in their order.
  static func byInvoice(_ payments: [QuickBooksPayment]) -> [String: QuickBooksSettlement] {
    var settled: [String: QuickBooksSettlement] = [:]
    for payment in payments where !payment.isDeleted {
      var credit = payment.lines.filter { line in
        line.links.contains { $0.type == "CreditMemo" }
      }.reduce(ExactDecimal.zero) { (try? $0.adding($1.amount ?? .zero)) ?? $0 }
      for line in payment.lines {
        for link in line.links where link.type == "Invoice" {
          var entry = settled[link.id] ?? QuickBooksSettlement()
          let part = min(credit, line.amount ?? .zero)
          entry.credited = (try? entry.credited.adding(part)) ?? entry.credited
          credit = (try? credit.subtracting(part)) ?? credit
          entry.lastDay = [entry.lastDay, payment.date].compactMap { $0 }.max()
          settled[link.id] = entry
        }
      }
    }
    return settled
  }
}

extension QuickBooksInvoice {
  /// Whether money or credits were applied to it.
  var isSettledInPart: Bool {
    guard let total, let balance else { return false }
    return total != balance
  }

  /// Voiding sets every amount to zero and says so in the note.
  var isVoided: Bool {
    total?.isZero == true && note.lowercased().hasPrefix("voided")
  }

  /// The invoice in our terms. `home` is the currency of documents that name none.
  func domain(
    _ pages: QuickBooksPages, home: Currency?, settlement: QuickBooksSettlement = .init()
  ) throws(ConversionError) -> Invoice {
    guard !id.isEmpty else { throw ConversionError("Id is missing") }
    guard let customer, !customer.value.isEmpty else {
      throw ConversionError("CustomerRef is missing")
    }
    guard let date else { throw ConversionError("TxnDate is missing") }
    guard let currency = currency.isEmpty ? home : Currency(currency) else {
      throw ConversionError("CurrencyRef is missing or no currency")
    }
    var invoice = Invoice(
      id: ID(id), contactID: ID(customer.value), status: status, date: date, currency: currency)
    invoice.number = number
    invoice.reference = memo
    invoice.sourceURL = QuickBooksMark.read(note)
    invoice.contactName = customer.name
    invoice.dueDate = dueDate
    invoice.lineAmounts = lineAmounts
    try setAmounts(of: &invoice, settlement)
    invoice.lines = try lines.map { lines throws(ConversionError) in
      try Self.converted(lines, currency, invoice.lineAmounts)
    }
    invoice.sentToContact = emailStatus == "EmailSent"
    invoice.templateID = template.isEmpty ? nil : ID(template)
    invoice.url = pages.invoice(id)
    invoice.modifiedAt = changed
    return invoice
  }

  /// QuickBooks has no status: it follows from the amounts. Drafts do not exist.
  private var status: InvoiceStatus {
    if isVoided { return .voided }
    return balance?.isZero == true ? .paid : .authorised
  }

  private var lineAmounts: LineAmounts {
    switch taxMode {
    case "TaxInclusive": .inclusive
    case "NotApplicable": .noTax
    default: .exclusive
    }
  }

  private func setAmounts(
    of invoice: inout Invoice, _ settlement: QuickBooksSettlement
  ) throws(ConversionError) {
    let currency = invoice.currency
    guard let total else { throw ConversionError("TotalAmt is missing") }
    guard let balance else { throw ConversionError("Balance is missing") }
    do {
      invoice.total = try Money(total, in: currency)
      invoice.totalTax = try Money(totalTax ?? .zero, in: currency)
      invoice.subtotal = try invoice.total.subtracting(invoice.totalTax)
      invoice.amountDue = try Money(balance, in: currency)
      let settled = try total.subtracting(balance)
      let credited = min(settlement.credited, settled)
      invoice.amountCredited = try Money(credited, in: currency)
      invoice.amountPaid = try Money(settled.subtracting(credited), in: currency)
    } catch {
      throw ConversionError("an amount is too large")
    }
    if invoice.status == .paid, !total.isZero { invoice.fullyPaidOn = settlement.lastDay }
  }

  /// Sub-totals are QuickBooks' own; a discount on the whole document is a line of its own.
  private static func converted(
    _ lines: [QuickBooksLine], _ currency: Currency, _ amounts: LineAmounts
  ) throws(ConversionError) -> [InvoiceLine] {
    var converted: [InvoiceLine] = []
    for line in lines where line.kind != "SubTotalLineDetail" {
      var out = InvoiceLine(description: line.description)
      out.id = line.id.isEmpty ? nil : line.id
      let sale = line.sale
      out.quantity = sale?.quantity
      out.unitPrice = sale?.unitPrice
      out.item = sale?.item.flatMap { $0.name.isEmpty ? $0.value : $0.name }
      out.taxCode = sale.flatMap { $0.taxCode.isEmpty ? nil : $0.taxCode }
      if let name = sale?.className, !name.isEmpty {
        out.tracking = [
          TrackingChoice(category: QuickBooksConnector.classCategory, option: name)
        ]
      }
      let own = amounts == .inclusive ? sale?.inclusiveAmount ?? line.amount : line.amount
      do {
        if let own {
          let amount = try Money(own, in: currency)
          out.amount =
            line.kind == "DiscountLineDetail"
            ? Money(minorUnits: -amount.minorUnits, currency: currency) : amount
        }
      } catch { throw ConversionError("a line's Amount is too large") }
      converted.append(out)
    }
    return converted
  }
}

extension QuickBooksTemplate {
  /// The template in our terms; nil for one that makes other documents than invoices.
  func domain(home: Currency?) throws(ConversionError) -> InvoiceTemplate? {
    guard let invoice else { return nil }
    guard !invoice.id.isEmpty else { throw ConversionError("Id is missing") }
    guard let customer = invoice.customer, !customer.value.isEmpty else {
      throw ConversionError("CustomerRef is missing")
    }
    guard let currency = invoice.currency.isEmpty ? home : Currency(invoice.currency) else {
      throw ConversionError("CurrencyRef is missing or no currency")
    }
    guard let schedule = rhythm?.schedule, let start = schedule.start else {
      throw ConversionError("ScheduleInfo.StartDate is missing")
    }
    let (unit, factor): (Recurrence.Unit, Int)
    switch schedule.interval.lowercased() {
    case "weekly": (unit, factor) = (.week, 1)
    case "monthly": (unit, factor) = (.month, 1)
    case "yearly": (unit, factor) = (.month, 12)
    default: throw ConversionError("IntervalType has a value this version does not know")
    }
    let total: Money
    do { total = try Money(invoice.total ?? .zero, in: currency) } catch {
      throw ConversionError("TotalAmt is too large")
    }
    var template = InvoiceTemplate(
      id: ID(invoice.id), contactID: ID(customer.value), reference: invoice.memo,
      isActive: rhythm?.isActive ?? true, currency: currency, total: total,
      every: max(1, schedule.every) * factor, unit: unit, start: start)
    template.end = schedule.end
    return template
  }
}
