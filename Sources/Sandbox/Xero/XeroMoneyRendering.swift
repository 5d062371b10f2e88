extension XeroCredit.Kind {
  /// The name of the id in JSON.
  var idKey: String {
    switch self {
    case .creditNote: "CreditNoteID"
    case .overpayment: "OverpaymentID"
    case .prepayment: "PrepaymentID"
    }
  }

  /// The plural name in paths and envelopes.
  var plural: String {
    switch self {
    case .creditNote: "CreditNotes"
    case .overpayment: "Overpayments"
    case .prepayment: "Prepayments"
    }
  }

  /// The `Type` of such a document on the sales side.
  var type: String {
    switch self {
    case .creditNote: "ACCRECCREDIT"
    case .overpayment: "AROVERPAYMENT"
    case .prepayment: "ARPREPAYMENT"
    }
  }
}

extension XeroLedger {
  func render(_ payment: XeroPayment) -> JSONValue.Object {
    var object: JSONValue.Object = ["PaymentID": payment.id.json]
    object.put("Date", date: payment.date)
    object["BankAmount"] = XeroWire.money(payment.bankAmount)
    object["Amount"] = XeroWire.money(payment.amount)
    object.put("Reference", payment.reference)
    object["CurrencyRate"] = .decimal(payment.currencyRate, places: 6)
    object["PaymentType"] = .string(paymentType(payment))
    object["Status"] = payment.isDeleted ? "DELETED" : "AUTHORISED"
    object.put(updated: payment.updated)
    object["HasAccount"] = true
    object["IsReconciled"] = .bool(payment.isReconciled)
    if let account = accounts.first(where: { $0.id == payment.account }) {
      var stub: JSONValue.Object = ["AccountID": account.id.json]
      stub.put("Code", account.code)
      stub.put("Name", account.name)
      object["Account"] = .object(stub)
    }
    switch payment.target {
    case .invoice(let id): object["Invoice"] = invoices[id].map(invoiceStub)
    case .credit(let id):
      if let credit = credits[id] {
        object[String(credit.kind.plural.dropLast())] = creditStub(credit)
      }
    }
    object["HasValidationErrors"] = false
    return object
  }

  private func invoiceStub(_ invoice: XeroInvoice) -> JSONValue {
    [
      "Type": .string(invoice.kind.rawValue), "InvoiceID": invoice.id.json,
      "InvoiceNumber": .string(invoice.number), "Payments": [], "CreditNotes": [],
      "Prepayments": [], "Overpayments": [], "IsDiscounted": false, "HasErrors": false,
      "Contact": contactStub(invoice.contact), "LineItems": [],
      "CurrencyCode": .string(invoice.currency),
    ]
  }

  private func creditStub(_ credit: XeroCredit) -> JSONValue {
    var object: JSONValue.Object = [credit.kind.idKey: credit.id.json]
    if credit.kind == .creditNote { object.put("CreditNoteNumber", credit.number) }
    object["Contact"] = contactStub(credit.contact)
    object["CurrencyCode"] = .string(credit.currency)
    return .object(object)
  }

  func paymentType(_ payment: XeroPayment) -> String {
    switch payment.target {
    case .invoice(let id): invoices[id]?.kind == .bill ? "ACCPAYPAYMENT" : "ACCRECPAYMENT"
    case .credit(let id):
      switch credits[id]?.kind {
      case .creditNote?, nil: "ARCREDITPAYMENT"
      case .overpayment?: "AROVERPAYMENTPAYMENT"
      case .prepayment?: "ARPREPAYMENTPAYMENT"
      }
    }
  }

  func render(
    _ credit: XeroCredit, _ detail: XeroDetail, unitPlaces: Int = 2
  ) -> JSONValue.Object {
    var object: JSONValue.Object = [credit.kind.idKey: credit.id.json]
    object["Type"] = .string(credit.kind.type)
    if credit.kind == .creditNote {
      object.put("CreditNoteNumber", credit.number)
      object["SentToContact"] = false
    }
    object.put("Reference", credit.reference)
    object["RemainingCredit"] = XeroWire.money(credit.remaining)
    let shown = detail == .list ? [] : credit.allocations
    object["Allocations"] = .array(shown.map(render))
    object["CurrencyRate"] = .decimal(credit.currencyRate, places: 6)
    object["HasAttachments"] = false
    object["HasErrors"] = false
    object["Contact"] = contactStub(credit.contact, full: detail == .single)
    object.put("Date", date: credit.date)
    object["Status"] = .string(credit.status.rawValue)
    object["LineAmountTypes"] = .string(credit.amountsAre.rawValue)
    let lines = detail == .list ? [] : credit.lines
    object["LineItems"] = .array(lines.map { render($0, unitPlaces: unitPlaces) })
    object["SubTotal"] = XeroWire.money(credit.totals.subTotal)
    object["TotalTax"] = XeroWire.money(credit.totals.totalTax)
    object["Total"] = XeroWire.money(credit.totals.total)
    object["AppliedAmount"] = XeroWire.money(credit.totals.total - credit.remaining)
    object.put(updated: credit.updated)
    object["CurrencyCode"] = .string(credit.currency)
    return object
  }

  func render(_ allocation: XeroAllocation) -> JSONValue {
    var invoice: JSONValue.Object = ["InvoiceID": allocation.invoice.json]
    invoice.put("InvoiceNumber", invoices[allocation.invoice]?.number)
    return [
      "AllocationID": allocation.id.json, "Amount": XeroWire.money(allocation.amount),
      "Date": XeroWire.date(allocation.date), "Invoice": .object(invoice),
    ]
  }
}
