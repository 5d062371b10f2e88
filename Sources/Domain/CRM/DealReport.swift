/// The fields of ours on a deal: what the salesperson reads about its money. The raw values are
/// the keys of `crms[].fields` in the configuration.
package enum ReportField: String, Hashable, Sendable, Codable, CaseIterable, Comparable,
  CodingKeyRepresentable
{
  case invoiceNumber = "invoice_number"
  case invoiceStatus = "invoice_status"
  case amountDue = "amount_due"
  case amountPaid = "amount_paid"
  case dueDate = "due_date"
  case paidDate = "paid_date"
  case invoiceURL = "invoice_url"

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What a deal says about its invoices (contract §5).
package enum ReceivableStatus: String, Hashable, Sendable, Codable, CaseIterable {
  case draft
  case awaitingPayment = "awaiting_payment"
  case partiallyPaid = "partially_paid"
  case paid, overdue, voided, credited
}

/// New values for our fields of one deal, and perhaps a new stage. An empty text clears a field.
package struct DealReport: Hashable, Sendable, Codable {
  package var deal: ID<Deal>
  package var values: [ReportField: String]
  /// The stage to move the deal to; nil leaves it where it is.
  package var stage: Choice?

  package init(deal: ID<Deal>, values: [ReportField: String], stage: Choice? = nil) {
    self.deal = deal
    self.values = values
    self.stage = stage
  }
}
