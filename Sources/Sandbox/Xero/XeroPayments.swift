extension XeroLedger {
  /// PUT and POST on the collection create payments: they cannot be edited, only deleted.
  mutating func createPayments(_ call: XeroCall) throws(XeroRefusal) -> SandboxResponse {
    try write(call, "Payments", idKey: "PaymentID") { ledger, element in
      ledger.createPayment(element, call.now)
    }
  }

  private mutating func createPayment(
    _ submitted: XeroElement, _ now: SandboxTime
  ) -> XeroOutcome {
    var element = submitted
    let target = paymentTarget(&element)
    let account = paymentAccount(&element)
    let amount = element.number("Amount")?.rounded(2)
    let date = element.date("Date") ?? today(now)
    if amount == nil { element.refuse("The payment amount must be specified") }
    if let amount, amount <= .zero { element.refuse("Payment amount must be greater than zero") }
    if let lock = organisation.lockDate, date <= lock { element.refuse(Self.lockMessage(lock)) }
    if let target, let amount, amount > outstanding(target) {
      element.refuse("Payment amount exceeds the amount outstanding on this document")
    }
    guard element.isValid, let target, let account, let amount else { return .refused(element) }
    let rate = element.number("CurrencyRate")?.rounded(6) ?? documentRate(target)
    var payment = XeroPayment(
      id: ids.next(), target: target, account: account.id, date: date, amount: amount,
      bankAmount: element.number("BankAmount")
        ?? amount.divided(by: rate, places: 2) ?? amount,
      currencyRate: rate, reference: element.text("Reference"), updated: now)
    payment.isReconciled = element.object["IsReconciled"]?.bool ?? false
    apply(payment, now)
    var answer = render(payment)
    if case .invoice(let id) = target, let invoice = invoices[id] {
      answer["Invoice"] = .object(render(invoice, .page))
    }
    return .saved(answer, warnings: element.warnings)
  }

  private func paymentTarget(_ element: inout XeroElement) -> XeroPayment.Target? {
    let named = ["Invoice", "CreditNote", "Overpayment", "Prepayment"].filter { element.has($0) }
    guard let key = named.first, named.count == 1, let object = element.object[key] else {
      element.refuse(
        "Exactly one of Invoice, CreditNote, Prepayment or Overpayment must be specified")
      return nil
    }
    if key == "Invoice" {
      let text = object["InvoiceID"]?.string ?? object["InvoiceNumber"]?.string ?? ""
      guard let invoice = invoice(idOrNumber: text) else {
        element.refuse("Invoice could not be found")
        return nil
      }
      if invoice.status != .authorised && invoice.status != .paid {
        element.refuse("Payments can only be made against Authorised documents")
      }
      return .invoice(invoice.id)
    }
    let kind = XeroCredit.Kind.allCases.first { $0.plural == key + "s" } ?? .creditNote
    let text = object[kind.idKey]?.string ?? object["CreditNoteNumber"]?.string ?? ""
    guard let credit = credit(idOrNumber: text, kind) else {
      element.refuse("\(key) could not be found")
      return nil
    }
    if credit.status != .authorised {
      element.refuse("Payments can only be made against Authorised documents")
    }
    return .credit(credit.id)
  }

  private func paymentAccount(_ element: inout XeroElement) -> XeroAccount? {
    let submitted = element.object["Account"]
    let account = accounts.first { account in
      if let id = submitted?["AccountID"]?.string { return account.id.description == id }
      return account.code != nil && account.code == submitted?["Code"]?.string
    }
    guard let account, !account.isArchived else {
      element.refuse("Account could not be found")
      return nil
    }
    guard account.type == "BANK" || account.enablePayments else {
      element.refuse("Account is not of a type that payments may be made to")
      return nil
    }
    return account
  }

  private func outstanding(_ target: XeroPayment.Target) -> ExactDecimal {
    switch target {
    case .invoice(let id): invoices[id]?.amountDue ?? .zero
    case .credit(let id): credits[id]?.remaining ?? .zero
    }
  }

  private func documentRate(_ target: XeroPayment.Target) -> ExactDecimal {
    switch target {
    case .invoice(let id): invoices[id]?.currencyRate ?? ExactDecimal(1)
    case .credit(let id): credits[id]?.currencyRate ?? ExactDecimal(1)
    }
  }

  /// Books a payment: the document's amounts, status and stamp follow.
  mutating func apply(_ payment: XeroPayment, _ now: SandboxTime) {
    switch payment.target {
    case .invoice(let id):
      guard var invoice = invoices[id] else { return }
      invoice.payments.append(payment.id)
      invoice.amountPaid += payment.amount
      settle(&invoice, on: payment.date)
      invoice.updated = now
      save(invoice)
    case .credit(let id):
      guard var credit = credits[id] else { return }
      credit.refunds.append(payment.id)
      credit.refunded += payment.amount
      settle(&credit)
      credit.updated = now
      save(credit)
    }
    save(payment)
  }

  /// Takes a payment out again; nil when there is none of that id, or it was deleted before.
  mutating func deletePayment(_ id: XeroID, _ now: SandboxTime) -> XeroPayment? {
    guard var payment = payments[id], !payment.isDeleted else { return nil }
    payment.isDeleted = true
    payment.updated = now
    switch payment.target {
    case .invoice(let document):
      guard var invoice = invoices[document] else { return nil }
      invoice.payments.removeAll { $0 == id }
      invoice.amountPaid -= payment.amount
      settle(&invoice, on: payment.date)
      invoice.updated = now
      save(invoice)
    case .credit(let document):
      guard var credit = credits[document] else { return nil }
      credit.refunds.removeAll { $0 == id }
      credit.refunded -= payment.amount
      settle(&credit)
      credit.updated = now
      save(credit)
    }
    save(payment)
    return payment
  }

  func settle(_ credit: inout XeroCredit) {
    switch credit.status {
    case .authorised where credit.remaining <= .zero: credit.status = .paid
    case .paid where credit.remaining > .zero: credit.status = .authorised
    case .authorised, .paid, .draft, .submitted, .voided, .deleted: break
    }
  }

  /// `POST /Payments/{id}` with Status DELETED, the one edit a payment knows.
  mutating func postPayment(_ call: XeroCall) throws(XeroRefusal) -> SandboxResponse {
    guard let id = XeroID(call.parts[1]), let payment = payments[id] else { throw .notFound }
    let element = try call.elements("Payments")[0]
    guard element["Status"]?.string == "DELETED" else {
      throw .message("Payments can only be deleted: send the Status DELETED")
    }
    if let lock = organisation.lockDate, payment.date <= lock {
      throw .message(Self.lockMessage(lock))
    }
    if payment.isReconciled {
      throw .message("This payment cannot be deleted as it is reconciled with a bank statement")
    }
    guard let deleted = deletePayment(id, call.now) else {
      throw .message("Payment is already deleted")
    }
    return envelope("Payments", [.object(render(deleted))], at: call.now)
  }
}
