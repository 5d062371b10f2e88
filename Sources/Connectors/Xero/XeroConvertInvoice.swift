internal import Domain

extension XeroInvoice {
  /// Bills of suppliers come in the same listing and are not ours.
  var isSale: Bool { type.uppercased() == "ACCREC" }

  /// The invoice in our terms; `shortCode` names the organisation in the link.
  func domain(shortCode: String) throws(ConversionError) -> Invoice {
    guard !id.isEmpty else { throw ConversionError("InvoiceID is missing") }
    guard let contact, !contact.id.isEmpty else {
      throw ConversionError("Contact.ContactID is missing")
    }
    guard let status = Self.status(status) else {
      throw ConversionError("Status has a value this version does not know")
    }
    guard let date else { throw ConversionError("Date is missing") }
    guard let currency = Currency(currency) else {
      throw ConversionError("CurrencyCode is missing or no currency")
    }
    var invoice = Invoice(
      id: ID(id.lowercased()), contactID: ID(contact.id.lowercased()), status: status, date: date,
      currency: currency)
    invoice.number = number
    invoice.reference = reference
    invoice.sourceURL = url
    invoice.contactName = contact.name
    invoice.dueDate = dueDate
    invoice.lineAmounts = try Self.lineAmounts(lineAmounts)
    try setAmounts(of: &invoice)
    invoice.lines = try convertedLines(currency)
    invoice.fullyPaidOn = fullyPaidOn
    invoice.sentToContact = sentToContact
    invoice.templateID = templateID.isEmpty ? nil : ID(templateID.lowercased())
    invoice.brandingThemeID = brandingThemeID.isEmpty ? nil : brandingThemeID
    invoice.url = XeroLink.invoice(invoice.id, shortCode: shortCode)
    invoice.modifiedAt = updated
    return invoice
  }

  private func setAmounts(of invoice: inout Invoice) throws(ConversionError) {
    let currency = invoice.currency
    guard let total else { throw ConversionError("Total is missing") }
    invoice.total = try money(total, currency, "Total")
    invoice.totalTax = try money(totalTax ?? .zero, currency, "TotalTax")
    if let subTotal {
      invoice.subtotal = try money(subTotal, currency, "SubTotal")
    } else {
      do { invoice.subtotal = try invoice.total.subtracting(invoice.totalTax) } catch {
        throw ConversionError("Total is too large")
      }
    }
    invoice.amountPaid = try money(amountPaid ?? .zero, currency, "AmountPaid")
    invoice.amountCredited = try money(amountCredited ?? .zero, currency, "AmountCredited")
    if let amountDue {
      invoice.amountDue = try money(amountDue, currency, "AmountDue")
    } else {
      throw ConversionError("AmountDue is missing")
    }
  }

  /// An absent list may be written as an empty one: only an invoice of nothing has no lines.
  private func convertedLines(_ currency: Currency) throws(ConversionError) -> [InvoiceLine]? {
    guard let lines, !lines.isEmpty || total?.isZero == true else { return nil }
    var converted: [InvoiceLine] = []
    for line in lines { converted.append(try line.domain(currency)) }
    return converted
  }

  private static func lineAmounts(_ word: String) throws(ConversionError) -> LineAmounts {
    switch word.uppercased() {
    case "EXCLUSIVE", "": .exclusive
    case "INCLUSIVE": .inclusive
    case "NOTAX": .noTax
    default: throw ConversionError("LineAmountTypes has a value this version does not know")
    }
  }

  private static func status(_ word: String) -> InvoiceStatus? {
    InvoiceStatus(rawValue: word.lowercased())
  }
}

/// The amount in the currency's minor units; more digits than it has are an error, not rounded.
/// Xero keeps two digits of every currency: of one with fewer (yen) it is the nearest unit.
private func money(
  _ exact: ExactDecimal, _ currency: Currency, _ field: String
) throws(ConversionError) -> Money {
  do {
    let money = try Money(exact, in: currency)
    guard money.exact == exact || currency.exponent < 2 else {
      throw ConversionError("\(field) has too many decimals")
    }
    return money
  } catch let error as ConversionError {
    throw error
  } catch {
    throw ConversionError("\(field) is too large")
  }
}

extension XeroLine {
  func domain(_ currency: Currency) throws(ConversionError) -> InvoiceLine {
    var line = InvoiceLine(description: description)
    line.id = id.isEmpty ? nil : id
    line.quantity = quantity
    line.unitPrice = unitAmount
    line.discountPercent = discountRate.flatMap { $0.isZero ? nil : $0 }
    line.discountAmount = discountAmount.flatMap { $0.isZero ? nil : $0 }
    line.account = accountCode.isEmpty ? nil : accountCode
    line.taxCode = taxType.isEmpty ? nil : taxType
    line.item = itemCode.isEmpty ? nil : itemCode
    line.tracking = tracking.map { TrackingChoice(category: $0.name, option: $0.option) }
    if let lineAmount { line.amount = try money(lineAmount, currency, "LineAmount") }
    if let taxAmount { line.tax = try money(taxAmount, currency, "TaxAmount") }
    return line
  }
}

/// Addresses of records on Xero's own pages.
enum XeroLink {
  /// Opens in the right organisation where its short code is known.
  static func invoice(_ id: ID<Invoice>, shortCode: String) -> String {
    let page = "/AccountsReceivable/View.aspx?InvoiceID=\(id)"
    guard !shortCode.isEmpty else { return "https://go.xero.com\(page)" }
    return "https://go.xero.com/organisationlogin/default.aspx?shortcode=\(shortCode)"
      + "&redirecturl=\(page)"
  }
}

extension XeroTemplate {
  var isSale: Bool { type.uppercased() == "ACCREC" }

  func domain() throws(ConversionError) -> InvoiceTemplate {
    guard !id.isEmpty else { throw ConversionError("RepeatingInvoiceID is missing") }
    guard let contact, !contact.id.isEmpty else {
      throw ConversionError("Contact.ContactID is missing")
    }
    guard let currency = Currency(currency) else {
      throw ConversionError("CurrencyCode is missing or no currency")
    }
    guard let schedule, let start = schedule.start else {
      throw ConversionError("Schedule.StartDate is missing")
    }
    let unit: Recurrence.Unit
    switch schedule.unit.uppercased() {
    case "WEEKLY": unit = .week
    case "MONTHLY": unit = .month
    default: throw ConversionError("Schedule.Unit has a value this version does not know")
    }
    var template = InvoiceTemplate(
      id: ID(id.lowercased()), contactID: ID(contact.id.lowercased()), reference: reference,
      isActive: status.uppercased() != "DELETED", currency: currency,
      total: try money(total ?? .zero, currency, "Total"), every: schedule.period, unit: unit,
      start: start)
    template.end = schedule.end
    return template
  }
}
