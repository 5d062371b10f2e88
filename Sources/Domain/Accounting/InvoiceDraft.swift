/// How an operation names a contact: one that exists, or one that an earlier operation of the
/// same plan creates.
package enum ContactReference: Hashable, Sendable, Codable {
  case existing(ID<Party>)
  case created(by: OperationID)
}

/// How an invoice of ours is found again when its number was not ours to choose.
package struct InvoiceMark: Hashable, Sendable, Codable {
  /// The number, where the configuration lets us choose it.
  package var number: String?
  package var reference: String
  package var sourceURL: String

  package init(number: String?, reference: String, sourceURL: String) {
    self.number = number
    self.reference = reference
    self.sourceURL = sourceURL
  }

  /// Whether an invoice of the accounting system is the one this mark was given to.
  package func identifies(_ invoice: Invoice) -> Bool { invoice.sourceURL == sourceURL }
}

/// An invoice to be created.
package struct InvoiceDraft: Hashable, Sendable, Codable {
  package var mark: InvoiceMark
  package var contact: ContactReference
  package var status: InvoiceStatus
  package var date: CalendarDate
  package var dueDate: CalendarDate
  package var currency: Currency
  package var lineAmounts: LineAmounts
  package var lines: [DraftLine]
  package var brandingThemeID: String?
  /// 2, or 4 when a unit price needs it.
  package var unitPriceDecimals: Int
  /// Our own figures, compared with the answer before the operation counts as applied.
  package var expected: InvoiceTotals
  package var sendEmail: Bool
  /// What this invoice is to the deal: the whole, a schedule part, a period.
  package var role: InvoiceRole
  /// What of the deal the invoice was made from, as one comparable text: kept with the link, so
  /// that a later change of the deal is seen. Empty where nobody compares.
  package var madeFrom: String

  package init(
    mark: InvoiceMark, contact: ContactReference, status: InvoiceStatus, date: CalendarDate,
    dueDate: CalendarDate, currency: Currency, lineAmounts: LineAmounts, lines: [DraftLine],
    expected: InvoiceTotals, role: InvoiceRole
  ) {
    self.mark = mark
    self.contact = contact
    self.status = status
    self.date = date
    self.dueDate = dueDate
    self.currency = currency
    self.lineAmounts = lineAmounts
    self.lines = lines
    unitPriceDecimals = 2
    self.expected = expected
    sendEmail = false
    self.role = role
    madeFrom = ""
  }
}

/// What an invoice is to its deal; with the deal it names the promise "exactly one".
package enum InvoiceRole: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
  /// The one invoice of the deal (its one-off lines, where some lines recur).
  case whole
  /// Part `number` (from 1) of a schedule of deposits and milestones.
  case part(number: Int)
  /// Made by the accounting system from the deal's repeating template.
  case generated(by: ID<InvoiceTemplate>)

  package var description: String {
    switch self {
    case .whole: "whole"
    case .part(let number): "part-\(number)"
    case .generated(let template): "generated-\(template)"
    }
  }
}

/// A line of an invoice to be created or rewritten.
package struct DraftLine: Hashable, Sendable, Codable {
  /// The deal line it stands for; nil for lines of ours (a deal without lines).
  package var dealLineID: String?
  package var description: String
  package var quantity: ExactDecimal?
  package var unitPrice: ExactDecimal?
  /// 0…100, at most two decimals.
  package var discountPercent: ExactDecimal?
  /// Money off the line in major units.
  package var discountAmount: ExactDecimal?
  package var account: String?
  package var taxCode: String?
  package var item: String?
  package var tracking: [TrackingChoice]

  package init(description: String) {
    self.description = description
    tracking = []
  }

  /// A line of text only: no quantity, no price.
  package var isText: Bool { quantity == nil && unitPrice == nil }
}

/// An invoice's figures by our own arithmetic.
package struct InvoiceTotals: Hashable, Sendable, Codable {
  package var lineAmounts: [Money]
  package var lineTaxes: [Money]
  package var subtotal: Money
  package var totalTax: Money
  package var total: Money
  /// True where the accounting system alone knows the tax: then it is in none of the figures.
  package var omitsTax: Bool?

  package init(
    lineAmounts: [Money], lineTaxes: [Money], subtotal: Money, totalTax: Money, total: Money
  ) {
    self.lineAmounts = lineAmounts
    self.lineTaxes = lineTaxes
    self.subtotal = subtotal
    self.totalTax = totalTax
    self.total = total
  }
}

/// New content for an existing invoice of ours. Absent attributes stay as they are.
package struct InvoiceRevision: Hashable, Sendable, Codable {
  package var invoice: ID<Invoice>
  package var content: InvoiceDraft
  /// The ids of the invoice's present lines, in order: a line kept keeps its id.
  package var presentLineIDs: [String]

  package init(invoice: ID<Invoice>, content: InvoiceDraft, presentLineIDs: [String]) {
    self.invoice = invoice
    self.content = content
    self.presentLineIDs = presentLineIDs
  }
}

/// A repeating invoice to be created.
package struct TemplateDraft: Hashable, Sendable, Codable {
  package var content: InvoiceDraft
  package var every: Int
  package var unit: Recurrence.Unit
  package var start: CalendarDate
  package var end: CalendarDate?
  package var terms: PaymentTerms

  package init(
    content: InvoiceDraft, every: Int, unit: Recurrence.Unit, start: CalendarDate,
    end: CalendarDate?, terms: PaymentTerms
  ) {
    self.content = content
    self.every = every
    self.unit = unit
    self.start = start
    self.end = end
    self.terms = terms
  }
}

/// A product to be created in the accounting system.
package struct ItemDraft: Hashable, Sendable, Codable {
  package var code: String
  package var name: String
  package var description: String
  package var unitPrice: ExactDecimal?
  package var account: String?
  package var taxCode: String?

  package init(code: String, name: String, description: String) {
    self.code = code
    self.name = name
    self.description = description
  }
}
