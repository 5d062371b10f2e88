/// An invoice or bill as the simulated ledger keeps it. Amounts are in the document's currency.
package struct XeroInvoice: XeroRecord, Hashable {
  package var id: XeroID
  package var kind: Kind
  package var number: String
  package var reference: String?
  package var contact: XeroID
  package var date: CivilDate
  package var dueDate: CivilDate?
  package var expectedPaymentDate: CivilDate?
  package var amountsAre: XeroAmounts = .exclusive
  package var lines: [XeroLine] = []
  package var currency: String
  package var currencyRate: ExactDecimal
  package var status: Status
  package var url: String?
  package var brandingTheme: XeroID?
  package var sentToContact = false
  package var totals = XeroTotals()
  package var amountPaid = ExactDecimal.zero
  package var amountCredited = ExactDecimal.zero
  package var fullyPaidOn: CivilDate?
  package var payments: [XeroID] = []
  package var allocations: [XeroAllocation] = []
  package var createdByApp: Bool
  package var repeatingInvoice: XeroID?
  package var updated: SandboxTime

  package enum Kind: String, Sendable { case sale = "ACCREC", bill = "ACCPAY" }

  package enum Status: String, Sendable, CaseIterable {
    case draft = "DRAFT"
    case submitted = "SUBMITTED"
    case authorised = "AUTHORISED"
    case paid = "PAID"
    case voided = "VOIDED"
    case deleted = "DELETED"
  }

  package var amountDue: ExactDecimal {
    switch status {
    case .voided, .deleted: .zero
    case .draft, .submitted, .authorised, .paid: totals.total - amountPaid - amountCredited
    }
  }

  /// Whether anything was paid or credited.
  package var isTouchedByMoney: Bool { amountPaid != .zero || amountCredited != .zero }
}

/// How the amounts on lines relate to tax.
package enum XeroAmounts: String, Sendable, CaseIterable {
  case exclusive = "Exclusive"
  case inclusive = "Inclusive"
  case noTax = "NoTax"
}

/// One line of a document.
package struct XeroLine: Sendable, Hashable {
  package var id: XeroID
  package var description: String?
  package var quantity: ExactDecimal?
  package var unitAmount: ExactDecimal?
  package var itemCode: String?
  package var accountCode: String?
  package var taxType: String?
  package var taxAmount = ExactDecimal.zero
  package var lineAmount = ExactDecimal.zero
  package var discountRate: ExactDecimal?
  package var discountAmount: ExactDecimal?
  package var tracking: [XeroTrackingChoice] = []
}

/// One option chosen of one tracking category.
package struct XeroTrackingChoice: Sendable, Hashable {
  package var category: XeroID
  package var categoryName: String
  package var option: XeroID
  package var optionName: String
}

/// The sums of a document.
package struct XeroTotals: Sendable, Hashable {
  package var subTotal = ExactDecimal.zero
  package var totalTax = ExactDecimal.zero
  package var totalDiscount = ExactDecimal.zero
  package var total: ExactDecimal { subTotal + totalTax }

  package init() {}
}

/// A part of a credit used on an invoice.
package struct XeroAllocation: Sendable, Hashable {
  package var id: XeroID
  package var credit: XeroID
  package var invoice: XeroID
  package var amount: ExactDecimal
  package var date: CivilDate
}

/// A credit note, an overpayment or a prepayment: money a contact may still use.
package struct XeroCredit: XeroRecord, Hashable {
  package var id: XeroID
  package var kind: Kind
  package var number: String?
  package var reference: String?
  package var contact: XeroID
  package var date: CivilDate
  package var amountsAre: XeroAmounts = .exclusive
  package var lines: [XeroLine] = []
  package var currency: String
  package var currencyRate: ExactDecimal
  package var status: XeroInvoice.Status
  package var totals = XeroTotals()
  package var allocations: [XeroAllocation] = []
  package var refunds: [XeroID] = []
  package var refunded = ExactDecimal.zero
  package var updated: SandboxTime

  package enum Kind: Sendable, Hashable, CaseIterable { case creditNote, overpayment, prepayment }

  package var remaining: ExactDecimal {
    allocations.reduce(totals.total - refunded) { $0 - $1.amount }
  }
}

/// A payment of an invoice, or the refund of a credit.
package struct XeroPayment: XeroRecord, Hashable {
  package var id: XeroID
  package var target: Target
  package var account: XeroID
  package var date: CivilDate
  /// In the document's currency.
  package var amount: ExactDecimal
  /// In the bank account's currency.
  package var bankAmount: ExactDecimal
  package var currencyRate: ExactDecimal
  package var reference: String?
  package var isReconciled = false
  package var isDeleted = false
  package var updated: SandboxTime

  package enum Target: Sendable, Hashable {
    case invoice(XeroID)
    case credit(XeroID)
  }
}

/// A template that makes invoices on a schedule.
package struct XeroRepeatingInvoice: Sendable, Hashable {
  package var id: XeroID
  package var contact: XeroID
  package var amountsAre: XeroAmounts
  package var lines: [XeroLine]
  package var reference: String?
  package var brandingTheme: XeroID?
  package var currency: String
  package var status: XeroInvoice.Status
  package var schedule: Schedule
  package var approvedForSending: Bool
  package var sendCopy: Bool
  package var markAsSent: Bool
  package var includePDF: Bool
  package var totals = XeroTotals()

  package struct Schedule: Sendable, Hashable {
    package var period: Int
    package var unit: Unit
    package var dueDate: Int
    package var dueDateType: String
    package var start: CivilDate
    package var next: CivilDate
    package var end: CivilDate?
  }

  package enum Unit: String, Sendable { case weekly = "WEEKLY", monthly = "MONTHLY" }
}
