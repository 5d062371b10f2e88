package import Domain

/// What a deal's invoices amount to today, derived anew from facts every time.
package struct ReceivableState: Hashable, Sendable {
  package var status: ReceivableStatus
  package var amountDue: Money
  package var amountPaid: Money
  /// The earliest due date still open, else the latest.
  package var dueDate: CalendarDate?
  /// The day the last of them was settled; nil while anything is open.
  package var paidDate: CalendarDate?
  /// The numbers of the standing invoices (of the voided ones when none stands).
  package var numbers: [String]
  package var url: String

  /// Nil when the deal has no invoice at all. `expectsMore` says that parts of a schedule are
  /// still to be invoiced: the deal is not paid before they are.
  package static func derive(
    _ linked: [LinkedInvoice], today: CalendarDate, expectsMore: Bool = false
  ) -> ReceivableState? {
    let all = linked.map(\.invoice).sorted { key($0) < key($1) }
    let standing = all.filter { !$0.status.isTerminal }
    guard let newest = (standing.last ?? all.last) else { return nil }
    // Sums of different currencies mean nothing: the newest invoice's currency is the deal's.
    let shown = standing.isEmpty ? all : standing.filter { $0.currency == newest.currency }
    let owed = standing.isEmpty ? [] : shown
    let open = shown.filter(\.isOpen)
    // `open` is in the order of dates, and the first of equals is kept.
    let lead = open.min { due($0) < due($1) } ?? newest
    let status =
      standing.isEmpty ? .voided : Self.status(shown, today: today, expectsMore: expectsMore)
    let isSettled = status == .paid || status == .credited
    return ReceivableState(
      status: status, amountDue: sum(owed, \.amountDue, in: newest.currency),
      amountPaid: sum(owed, \.amountPaid, in: newest.currency),
      dueDate: open.compactMap(\.dueDate).min() ?? shown.compactMap(\.dueDate).max(),
      paidDate: isSettled ? shown.compactMap(\.fullyPaidOn).max() : nil,
      numbers: shown.map(\.number).filter { !$0.isEmpty }, url: lead.url)
  }

  private static func status(
    _ invoices: [Invoice], today: CalendarDate, expectsMore: Bool
  ) -> ReceivableStatus {
    let approved = invoices.filter { $0.status == .authorised || $0.status == .paid }
    guard !approved.isEmpty else { return .draft }
    if approved.contains(where: { isOverdue($0, today: today) }) { return .overdue }
    let hasMoney = approved.contains { $0.amountPaid.minorUnits > 0 }
    let hasCredit = approved.contains { $0.amountCredited.minorUnits > 0 }
    let isSettled = !approved.contains(where: \.isOpen)
    let waitsForMore =
      expectsMore || (invoices.count > approved.count && (hasMoney || hasCredit))
    if isSettled && !waitsForMore {
      return hasCredit && !hasMoney ? .credited : .paid
    }
    return hasMoney || hasCredit ? .partiallyPaid : .awaitingPayment
  }

  /// Whether the invoice is approved, not settled, and past its due date on the given day.
  package static func isOverdue(_ invoice: Invoice, today: CalendarDate) -> Bool {
    guard invoice.isOpen, let due = invoice.dueDate else { return false }
    return due < today
  }

  /// The figures of invoices of one currency added up.
  private static func sum(
    _ invoices: [Invoice], _ figure: KeyPath<Invoice, Money>, in currency: Currency
  ) -> Money {
    let units = invoices.reduce(Int64(0)) { sum, invoice in
      let (next, overflow) = sum.addingReportingOverflow(invoice[keyPath: figure].minorUnits)
      return overflow ? .max : next
    }
    return Money(minorUnits: units, currency: currency)
  }

  private static func key(_ invoice: Invoice) -> (CalendarDate, String, String) {
    (invoice.date, invoice.number, invoice.id.rawValue)
  }

  private static func due(_ invoice: Invoice) -> CalendarDate { invoice.dueDate ?? invoice.date }

  /// The state as the values of our fields on the deal; an empty text clears a field.
  package var values: [ReportField: String] {
    [
      .invoiceNumber: numbers.joined(separator: ", "), .invoiceStatus: status.rawValue,
      .amountDue: amountDue.figure, .amountPaid: amountPaid.figure,
      .dueDate: dueDate?.description ?? "", .paidDate: paidDate?.description ?? "",
      .invoiceURL: url,
    ]
  }
}
