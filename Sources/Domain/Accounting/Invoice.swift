/// A sales invoice as the accounting system holds it.
package struct Invoice: Hashable, Sendable, Codable {
  package var id: ID<Invoice>
  /// Empty while the system has given none.
  package var number: String
  package var reference: String
  /// The address of the document it was made from: our mark. Empty for one made by hand.
  package var sourceURL: String
  package var contactID: ID<Party>
  package var contactName: String
  package var status: InvoiceStatus
  package var date: CalendarDate
  package var dueDate: CalendarDate?
  package var currency: Currency
  package var lineAmounts: LineAmounts
  /// Nil where the listing carried no lines.
  package var lines: [InvoiceLine]?
  package var subtotal: Money
  package var totalTax: Money
  package var total: Money
  package var amountDue: Money
  package var amountPaid: Money
  package var amountCredited: Money
  package var fullyPaidOn: CalendarDate?
  package var sentToContact: Bool
  /// The repeating template that generated it.
  package var templateID: ID<InvoiceTemplate>?
  package var brandingThemeID: String?
  /// Where a person sees it.
  package var url: String
  package var modifiedAt: Instant?

  package init(
    id: ID<Invoice>, contactID: ID<Party>, status: InvoiceStatus, date: CalendarDate,
    currency: Currency
  ) {
    self.id = id
    number = ""
    reference = ""
    sourceURL = ""
    self.contactID = contactID
    contactName = ""
    self.status = status
    self.date = date
    self.currency = currency
    lineAmounts = .exclusive
    subtotal = .zero(currency)
    totalTax = .zero(currency)
    total = .zero(currency)
    amountDue = .zero(currency)
    amountPaid = .zero(currency)
    amountCredited = .zero(currency)
    sentToContact = false
    url = ""
  }

  /// Whether the customer owes it: approved and not settled.
  package var isOpen: Bool { status == .authorised && amountDue.minorUnits > 0 }
}

/// Where an invoice stands in the accounting system's own life cycle.
package enum InvoiceStatus: String, Hashable, Sendable, Codable, CaseIterable {
  case draft, submitted, authorised, paid, voided, deleted

  /// Voided and deleted invoices never come back.
  package var isTerminal: Bool { self == .voided || self == .deleted }
}

/// Whether line amounts contain the tax.
package enum LineAmounts: String, Hashable, Sendable, Codable, CaseIterable {
  case exclusive, inclusive
  case noTax = "no_tax"
}

/// A line of an existing invoice.
package struct InvoiceLine: Hashable, Sendable, Codable {
  package var id: String?
  package var description: String
  package var quantity: ExactDecimal?
  package var unitPrice: ExactDecimal?
  /// 0…100.
  package var discountPercent: ExactDecimal?
  package var discountAmount: ExactDecimal?
  package var account: String?
  package var taxCode: String?
  package var item: String?
  package var tracking: [TrackingChoice]
  /// The line's amount after discount, in the invoice's terms (with or without tax).
  package var amount: Money?
  package var tax: Money?

  package init(description: String) {
    self.description = description
    tracking = []
  }
}

/// One tracking category with the chosen option, by name.
package struct TrackingChoice: Hashable, Sendable, Codable {
  package var category: String
  package var option: String

  package init(category: String, option: String) {
    self.category = category
    self.option = option
  }
}

/// A repeating invoice: the accounting system makes an invoice from it each period.
package struct InvoiceTemplate: Hashable, Sendable, Codable {
  package var id: ID<InvoiceTemplate>
  package var contactID: ID<Party>
  package var reference: String
  package var isActive: Bool
  package var currency: Currency
  package var total: Money
  package var every: Int
  package var unit: Recurrence.Unit
  package var start: CalendarDate
  package var end: CalendarDate?

  package init(
    id: ID<InvoiceTemplate>, contactID: ID<Party>, reference: String, isActive: Bool,
    currency: Currency, total: Money, every: Int, unit: Recurrence.Unit, start: CalendarDate
  ) {
    self.id = id
    self.contactID = contactID
    self.reference = reference
    self.isActive = isActive
    self.currency = currency
    self.total = total
    self.every = every
    self.unit = unit
    self.start = start
  }
}
