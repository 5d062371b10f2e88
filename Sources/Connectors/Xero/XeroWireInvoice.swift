internal import Domain

/// An invoice or bill as Xero writes it, with its verdict where it answers a write.
struct XeroInvoice: XeroRecord {
  static let idKey = "InvoiceID"
  static let listKey = "Invoices"

  let id: String
  let type: String
  let number: String
  let reference: String
  let url: String
  let contact: XeroContactStub?
  let status: String
  let date: CalendarDate?
  let dueDate: CalendarDate?
  let currency: String
  let lineAmounts: String
  /// Nil where the answer had none at all.
  let lines: [XeroLine]?
  let subTotal: ExactDecimal?
  let totalTax: ExactDecimal?
  let total: ExactDecimal?
  let amountDue: ExactDecimal?
  let amountPaid: ExactDecimal?
  let amountCredited: ExactDecimal?
  let fullyPaidOn: CalendarDate?
  let sentToContact: Bool
  let templateID: String
  let brandingThemeID: String
  let updated: Instant?
  let verdict: XeroVerdict

  init(from decoder: any Decoder) throws {
    let fields = try XeroFields(decoder)
    id = try fields.text("InvoiceID")
    type = try fields.text("Type")
    number = try fields.text("InvoiceNumber")
    reference = try fields.text("Reference")
    url = try fields.text("Url")
    contact = try fields.one("Contact", XeroContactStub.self)
    status = try fields.text("Status")
    date = try fields.date("Date")
    dueDate = try fields.date("DueDate")
    currency = try fields.text("CurrencyCode")
    lineAmounts = try fields.text("LineAmountTypes")
    lines = try fields.one("LineItems", [XeroLine].self)
    subTotal = try fields.number("SubTotal")
    totalTax = try fields.number("TotalTax")
    total = try fields.number("Total")
    amountDue = try fields.number("AmountDue")
    amountPaid = try fields.number("AmountPaid")
    amountCredited = try fields.number("AmountCredited")
    fullyPaidOn = try fields.date("FullyPaidOnDate")
    sentToContact = try fields.flag("SentToContact")
    templateID = try fields.text("RepeatingInvoiceID")
    brandingThemeID = try fields.text("BrandingThemeID")
    updated = try fields.instant("UpdatedDateUTC")
    verdict = try XeroVerdict(from: decoder)
  }

  /// Errors of the invoice and of the contact inside it.
  var allErrors: [String] { verdict.errors + (contact?.verdict.errors ?? []) }
}

/// The contact inside a document. Its own errors can be why the document was refused.
struct XeroContactStub: Decodable {
  let id: String
  let name: String
  let verdict: XeroVerdict

  init(from decoder: any Decoder) throws {
    let fields = try XeroFields(decoder)
    id = try fields.text("ContactID")
    name = try fields.text("Name")
    verdict = try XeroVerdict(from: decoder)
  }
}

/// A line of an invoice.
struct XeroLine: Decodable {
  let id: String
  let description: String
  let quantity: ExactDecimal?
  let unitAmount: ExactDecimal?
  let discountRate: ExactDecimal?
  let discountAmount: ExactDecimal?
  let accountCode: String
  let taxType: String
  let itemCode: String
  let tracking: [Tracking]
  let lineAmount: ExactDecimal?
  let taxAmount: ExactDecimal?

  init(from decoder: any Decoder) throws {
    let fields = try XeroFields(decoder)
    id = try fields.text("LineItemID")
    description = try fields.text("Description")
    quantity = try fields.number("Quantity")
    unitAmount = try fields.number("UnitAmount")
    discountRate = try fields.number("DiscountRate")
    discountAmount = try fields.number("DiscountAmount")
    accountCode = try fields.text("AccountCode")
    taxType = try fields.text("TaxType")
    itemCode = try fields.text("ItemCode")
    tracking = try fields.list("Tracking", of: Tracking.self)
    lineAmount = try fields.number("LineAmount")
    taxAmount = try fields.number("TaxAmount")
  }

  struct Tracking: Decodable {
    let name: String
    let option: String

    init(from decoder: any Decoder) throws {
      let fields = try XeroFields(decoder)
      name = try fields.text("Name")
      option = try fields.text("Option")
    }
  }
}

/// A repeating invoice.
struct XeroTemplate: XeroRecord {
  static let idKey = "RepeatingInvoiceID"
  static let listKey = "RepeatingInvoices"

  let id: String
  let type: String
  let contact: XeroContactStub?
  let reference: String
  let status: String
  let currency: String
  let total: ExactDecimal?
  let schedule: Schedule?
  let verdict: XeroVerdict

  init(from decoder: any Decoder) throws {
    let fields = try XeroFields(decoder)
    let named = try fields.text("RepeatingInvoiceID")
    id = named.isEmpty ? try fields.text("ID") : named
    type = try fields.text("Type")
    contact = try fields.one("Contact", XeroContactStub.self)
    reference = try fields.text("Reference")
    status = try fields.text("Status")
    currency = try fields.text("CurrencyCode")
    total = try fields.number("Total")
    schedule = try fields.one("Schedule", Schedule.self)
    verdict = try XeroVerdict(from: decoder)
  }

  struct Schedule: Decodable {
    let period: Int
    let unit: String
    let start: CalendarDate?
    let end: CalendarDate?

    init(from decoder: any Decoder) throws {
      let fields = try XeroFields(decoder)
      period = Int(try fields.text("Period")) ?? 1
      unit = try fields.text("Unit")
      let started = try fields.date("StartDate")
      start = try started ?? fields.date("NextScheduledDate")
      end = try fields.date("EndDate")
    }
  }
}
