extension XeroLedger {
  mutating func writeCreditNotes(_ call: XeroCall) throws(XeroRefusal) -> SandboxResponse {
    let named = call.parts.count > 1 ? credit(idOrNumber: call.parts[1], .creditNote) : nil
    if call.parts.count > 1, named == nil { throw .notFound }
    return try write(call, "CreditNotes", idKey: "CreditNoteID") { ledger, element in
      ledger.writeCreditNote(element, named: named, call)
    }
  }

  private mutating func writeCreditNote(
    _ submitted: XeroElement, named: XeroCredit?, _ call: XeroCall
  ) -> XeroOutcome {
    var element = submitted
    let number = element.text("CreditNoteNumber", atMost: 255)
    let byNumber = number.flatMap { self.credit(idOrNumber: $0, .creditNote) }
    let byID = element.id("CreditNoteID").flatMap { credits[$0] }
    let before = named.flatMap { credits[$0.id] } ?? byID ?? byNumber
    if call.method == "PUT", before != nil { element.refuse("Credit Note # must be unique.") }
    guard element.isValid else { return .refused(element) }
    let id = before?.id ?? ids.next()
    var credit =
      before
      ?? XeroCredit(
        id: id, kind: .creditNote, contact: id, date: today(call.now),
        currency: organisation.baseCurrency, currencyRate: ExactDecimal(1), status: .draft,
        updated: call.now)
    readCredit(&element, &credit, before: before, call)
    let contact = readDocumentContact(
      &element, current: before?.contact, isBill: false, call.now)
    if before == nil, contact == nil, element.isValid {
      element.refuse("A Contact must be specified for this type of transaction")
    }
    guard element.isValid else { return .refused(element) }
    if let contact {
      save(contact)
      credit.contact = contact.id
    }
    credit.number = number ?? credit.number ?? takeCreditNumber()
    credit.updated = call.now
    settle(&credit)
    save(credit)
    return .saved(
      render(credit, .single, unitPlaces: call.unitPlaces), warnings: element.warnings)
  }

  private mutating func readCredit(
    _ element: inout XeroElement, _ credit: inout XeroCredit, before: XeroCredit?,
    _ call: XeroCall
  ) {
    if before == nil, element.text("Type") != XeroCredit.Kind.creditNote.type {
      element.refuse("The credit note Type must be ACCRECCREDIT")
    }
    if let reference = element.text("Reference", atMost: 255) { credit.reference = reference }
    if let date = element.date("Date") { credit.date = date }
    if let kind = element.text("LineAmountTypes").flatMap({ XeroAmounts(rawValue: $0) }) {
      credit.amountsAre = kind
    }
    let chosen = readCurrency(&element, credit.currency, credit.currencyRate)
    (credit.currency, credit.currencyRate) = chosen
    readCreditStatus(&element, &credit, before: before)
    let rules = LineRules(
      amountsAre: credit.amountsAre, unitPlaces: call.unitPlaces,
      mustBeComplete: credit.status == .authorised || credit.status == .submitted,
      allowsDiscounts: false)
    if credit.status != .voided, credit.status != .deleted {
      credit.lines = readLines(&element, existing: credit.lines, rules)
      credit.totals = XeroArithmetic.totals(of: credit.lines, credit.amountsAre)
      if rules.mustBeComplete, credit.lines.isEmpty {
        element.refuse("One or more line items must be specified")
      }
    }
    if let lock = organisation.lockDate, credit.status == .authorised, credit.date <= lock {
      element.refuse(Self.lockMessage(lock))
    }
  }

  private func readCreditStatus(
    _ element: inout XeroElement, _ credit: inout XeroCredit, before: XeroCredit?
  ) {
    guard let text = element.text("Status") else { return }
    guard let status = XeroInvoice.Status(rawValue: text) else {
      element.refuse("The Status '\(text)' is not valid")
      return
    }
    let untouched = credit.allocations.isEmpty && credit.refunds.isEmpty
    switch (before?.status, status) {
    case (nil, .draft), (nil, .submitted), (nil, .authorised), (.draft?, .draft),
      (.draft?, .submitted), (.draft?, .authorised), (.draft?, .deleted),
      (.submitted?, .submitted), (.submitted?, .draft), (.submitted?, .authorised),
      (.submitted?, .deleted), (.authorised?, .authorised), (.paid?, .paid):
      credit.status = status
    case (.authorised?, .voided) where untouched: credit.status = status
    case (_, _): element.refuse("Credit note not of valid status for modification")
    }
  }

  // MARK: Allocations

  /// `PUT /CreditNotes/{id}/Allocations` and its twins: all allocations of the call or none.
  mutating func allocate(
    _ call: XeroCall, _ kind: XeroCredit.Kind
  ) throws(XeroRefusal) -> SandboxResponse {
    guard let credit = self.credit(idOrNumber: call.parts[1], kind) else { throw .notFound }
    var made: [XeroAllocation] = []
    beginBatch()
    for object in try call.elements("Allocations") {
      do { made.append(try allocate(object, of: credit.id, call.now)) } catch {
        rollBack()
        throw error
      }
    }
    keep()
    return envelope("Allocations", made.map(render), at: call.now)
  }

  private mutating func allocate(
    _ object: JSONValue.Object, of credit: XeroID, _ now: SandboxTime
  ) throws(XeroRefusal) -> XeroAllocation {
    let text =
      object["Invoice"]?["InvoiceID"]?.string ?? object["Invoice"]?["InvoiceNumber"]?.string
    guard let invoice = text.flatMap({ invoice(idOrNumber: $0) }) else {
      throw .message("Invoice could not be found")
    }
    guard let amount = (object["Amount"] ?? object["AppliedAmount"])?.decimal?.rounded(2) else {
      throw .message("The allocation amount must be specified")
    }
    return try allocate(amount, of: credit, to: invoice.id, now)
  }

  /// Uses a part of a credit on an invoice of the same contact.
  mutating func allocate(
    _ amount: ExactDecimal, of creditID: XeroID, to invoiceID: XeroID, _ now: SandboxTime
  ) throws(XeroRefusal) -> XeroAllocation {
    guard var credit = credits[creditID], var invoice = invoices[invoiceID] else {
      throw .notFound
    }
    guard credit.status == .authorised, invoice.status == .authorised else {
      throw .message("The document is not of a valid status for allocation")
    }
    guard credit.contact == invoice.contact, credit.currency == invoice.currency else {
      throw .message("The contact and currency of both documents must be the same")
    }
    guard amount > .zero, amount <= credit.remaining, amount <= invoice.amountDue else {
      throw .message("The amount to allocate exceeds the amount outstanding on this document")
    }
    let allocation = XeroAllocation(
      id: ids.next(), credit: creditID, invoice: invoiceID, amount: amount,
      date: max(credit.date, invoice.date))
    credit.allocations.append(allocation)
    settle(&credit)
    credit.updated = now
    save(credit)
    invoice.allocations.append(allocation)
    invoice.amountCredited += amount
    settle(&invoice, on: allocation.date)
    invoice.updated = now
    save(invoice)
    return allocation
  }

  mutating func deleteAllocation(
    _ call: XeroCall, _ kind: XeroCredit.Kind
  ) throws(XeroRefusal) -> SandboxResponse {
    guard var credit = self.credit(idOrNumber: call.parts[1], kind),
      let index = credit.allocations.firstIndex(where: { $0.id.description == call.parts[3] })
    else { throw .notFound }
    let allocation = credit.allocations.remove(at: index)
    settle(&credit)
    credit.updated = call.now
    save(credit)
    if var invoice = invoices[allocation.invoice] {
      invoice.allocations.removeAll { $0.id == allocation.id }
      invoice.amountCredited -= allocation.amount
      settle(&invoice, on: allocation.date)
      invoice.updated = call.now
      save(invoice)
    }
    var answer = render(allocation).object ?? [:]
    answer["IsDeleted"] = true
    answer["ValidationErrors"] = []
    return .json(.object(answer))
  }
}
