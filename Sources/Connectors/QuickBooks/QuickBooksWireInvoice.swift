internal import Domain

/// A sales invoice, or what is left of a deleted one.
struct QuickBooksInvoice: QuickBooksVersioned {
  static let entity = "Invoice"

  let id: String
  let syncToken: String
  /// Change data capture shows a deleted document as a stub.
  let isDeleted: Bool
  let number: String
  let date: CalendarDate?
  let dueDate: CalendarDate?
  let customer: QuickBooksReference?
  let currency: String
  let taxMode: String
  let memo: String
  let note: String
  let total: ExactDecimal?
  let totalTax: ExactDecimal?
  let balance: ExactDecimal?
  let lines: [QuickBooksLine]?
  /// Ids of the payments that are applied to it.
  let payments: [String]
  let billEmail: String
  let emailStatus: String
  let template: String
  let created: Instant?
  let changed: Instant?

  init(from decoder: any Decoder) throws {
    let fields = try RecordFields(decoder)
    id = try fields.text("Id")
    syncToken = try fields.text("SyncToken")
    isDeleted = try fields.text("status").lowercased() == "deleted"
    number = try fields.text("DocNumber")
    date = try fields.day("TxnDate")
    dueDate = try fields.day("DueDate")
    customer = try fields.one("CustomerRef", QuickBooksReference.self)
    currency = try fields.reference("CurrencyRef")
    taxMode = try fields.text("GlobalTaxCalculation")
    memo = try fields.inner("CustomerMemo", "value")
    note = try fields.text("PrivateNote")
    total = try fields.number("TotalAmt")
    totalTax = try fields.one("TxnTaxDetail", Tax.self)?.total
    balance = try fields.number("Balance")
    lines = try fields.one("Line", [QuickBooksLine].self)
    payments = try fields.list("LinkedTxn", of: QuickBooksLink.self)
      .filter { $0.type == "Payment" }.map(\.id)
    billEmail = try fields.inner("BillEmail", "Address")
    emailStatus = try fields.text("EmailStatus")
    template = try fields.reference("RecurDataRef")
    let stamps = try fields.one("MetaData", QuickBooksStamps.self)
    created = stamps?.created
    changed = stamps?.changed
  }

  private struct Tax: Decodable {
    let total: ExactDecimal?

    init(from decoder: any Decoder) throws {
      total = try RecordFields(decoder).number("TotalTax")
    }
  }
}

/// One line of a document, by `DetailType`.
struct QuickBooksLine: Decodable {
  let id: String
  let kind: String
  let description: String
  let amount: ExactDecimal?
  let sale: Sale?
  let links: [QuickBooksLink]

  init(from decoder: any Decoder) throws {
    let fields = try RecordFields(decoder)
    id = try fields.text("Id")
    kind = try fields.text("DetailType")
    description = try fields.text("Description")
    amount = try fields.number("Amount")
    sale = try fields.one("SalesItemLineDetail", Sale.self)
    links = try fields.list("LinkedTxn", of: QuickBooksLink.self)
  }

  struct Sale: Decodable {
    let item: QuickBooksReference?
    let quantity: ExactDecimal?
    let unitPrice: ExactDecimal?
    let taxCode: String
    let className: String
    let inclusiveAmount: ExactDecimal?

    init(from decoder: any Decoder) throws {
      let fields = try RecordFields(decoder)
      item = try fields.one("ItemRef", QuickBooksReference.self)
      quantity = try fields.number("Qty")
      unitPrice = try fields.number("UnitPrice")
      taxCode = try fields.reference("TaxCodeRef")
      className = try fields.referenceName("ClassRef")
      inclusiveAmount = try fields.number("TaxInclusiveAmt")
    }
  }
}

/// What a document or a line of a payment is tied to.
struct QuickBooksLink: Decodable {
  let id: String
  let type: String

  init(from decoder: any Decoder) throws {
    let fields = try RecordFields(decoder)
    id = try fields.text("TxnId")
    type = try fields.text("TxnType")
  }
}

/// Money received, or a credit applied (then its own total is 0).
struct QuickBooksPayment: QuickBooksRecord {
  static let entity = "Payment"

  let id: String
  let isDeleted: Bool
  let date: CalendarDate?
  let lines: [QuickBooksLine]

  init(from decoder: any Decoder) throws {
    let fields = try RecordFields(decoder)
    id = try fields.text("Id")
    isDeleted = try fields.text("status").lowercased() == "deleted"
    date = try fields.day("TxnDate")
    lines = try fields.list("Line", of: QuickBooksLine.self)
  }

  /// Ids of the invoices it settles, wholly or partly.
  var invoices: [String] {
    lines.flatMap(\.links).filter { $0.type == "Invoice" }.map(\.id)
  }
}

/// A recurring transaction; only those that make invoices have an `invoice`.
struct QuickBooksTemplate: QuickBooksRecord {
  static let entity = "RecurringTransaction"

  let id: String
  let invoice: QuickBooksInvoice?
  let rhythm: Rhythm?

  init(from decoder: any Decoder) throws {
    let fields = try RecordFields(decoder)
    invoice = try fields.one("Invoice", QuickBooksInvoice.self)
    rhythm = try fields.one("Invoice", Wrapped.self)?.rhythm
    id = invoice?.id ?? ""
  }

  private struct Wrapped: Decodable {
    let rhythm: Rhythm?

    init(from decoder: any Decoder) throws {
      rhythm = try RecordFields(decoder).one("RecurringInfo", Rhythm.self)
    }
  }

  /// `RecurringInfo` with its schedule.
  struct Rhythm: Decodable {
    let isActive: Bool
    let schedule: Schedule?

    init(from decoder: any Decoder) throws {
      let fields = try RecordFields(decoder)
      isActive = try fields.one("Active", LenientFlag.self)?.value ?? true
      schedule = try fields.one("ScheduleInfo", Schedule.self)
    }
  }

  struct Schedule: Decodable {
    let interval: String
    let every: Int
    let start: CalendarDate?
    let end: CalendarDate?

    init(from decoder: any Decoder) throws {
      let fields = try RecordFields(decoder)
      interval = try fields.text("IntervalType")
      every = Int(try fields.text("NumInterval")) ?? 1
      start = try fields.day("StartDate")
      end = try fields.day("EndDate")
    }
  }
}
