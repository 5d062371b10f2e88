extension XeroLedger {
  /// PUT creates, POST creates or updates; a single path names the invoice to update.
  mutating func writeInvoices(_ call: XeroCall) throws(XeroRefusal) -> SandboxResponse {
    let named = call.parts.count > 1 ? invoice(idOrNumber: call.parts[1]) : nil
    if call.parts.count > 1, named == nil { throw .notFound }
    return try write(call, "Invoices", idKey: "InvoiceID") { ledger, element in
      ledger.writeInvoice(element, named: named, call)
    }
  }

  private mutating func writeInvoice(
    _ submitted: XeroElement, named: XeroInvoice?, _ call: XeroCall
  ) -> XeroOutcome {
    var element = submitted
    let existing = existingInvoice(&element, named: named, creates: call.method == "PUT")
    guard element.isValid else { return .refused(element) }
    let draft = existing ?? newInvoice(&element, call)
    guard var invoice = draft, element.isValid else { return .refused(element) }
    let before = existing
    readHeader(&element, &invoice, before: before, call)
    readStatus(&element, &invoice, before: before)
    let contact = readDocumentContact(
      &element, current: before?.contact, isBill: invoice.kind == .bill, call.now)
    readInvoiceLines(&element, &invoice, call)
    checkWhole(&element, &invoice, before: before, contact: contact)
    guard element.isValid else { return .refused(element) }
    if let contact {
      save(contact)
      invoice.contact = contact.id
    }
    commit(&invoice, before: before, call.now)
    return .saved(
      render(invoice, .single, unitPlaces: call.unitPlaces), warnings: element.warnings)
  }

  private func existingInvoice(
    _ element: inout XeroElement, named: XeroInvoice?, creates: Bool
  ) -> XeroInvoice? {
    if let named { return invoices[named.id] }
    let isBill = element.text("Type") == "ACCPAY"
    let byID = element.id("InvoiceID").flatMap { invoices[$0] }
    if element.text("InvoiceID") != nil, byID == nil, element.isValid, !creates {
      element.refuse("The invoice with the supplied id was not found")
      return nil
    }
    let byNumber = element.text("InvoiceNumber").flatMap { isBill ? nil : sale(numbered: $0) }
    guard creates else { return byID ?? byNumber }
    if byID != nil || byNumber != nil { element.refuse("Invoice # must be unique.") }
    return nil
  }

  private mutating func newInvoice(
    _ element: inout XeroElement, _ call: XeroCall
  ) -> XeroInvoice? {
    guard let kind = element.text("Type").flatMap({ XeroInvoice.Kind(rawValue: $0) }) else {
      element.refuse("A valid Type must be specified for the invoice: ACCREC or ACCPAY")
      return nil
    }
    if !element.has("Contact") {
      element.refuse("A Contact must be specified for this type of transaction")
      return nil
    }
    let id = ids.next()
    return XeroInvoice(
      id: id, kind: kind, number: "", contact: id, date: today(call.now),
      currency: organisation.baseCurrency, currencyRate: ExactDecimal(1), status: .draft,
      brandingTheme: kind == .sale ? brandingThemes.first { $0.sortOrder == 0 }?.id : nil,
      createdByApp: true, updated: call.now)
  }

  private func readHeader(
    _ element: inout XeroElement, _ invoice: inout XeroInvoice, before: XeroInvoice?,
    _ call: XeroCall
  ) {
    readNumber(&element, &invoice, before: before)
    if let reference = element.text("Reference", atMost: 255), invoice.kind == .sale {
      invoice.reference = reference.isEmpty ? nil : reference
    }
    if let date = element.date("Date") { invoice.date = date }
    if let date = element.date("DueDate") { invoice.dueDate = date }
    if let date = element.date("ExpectedPaymentDate") { invoice.expectedPaymentDate = date }
    if let text = element.text("LineAmountTypes") {
      guard
        let kind = XeroAmounts.allCases.first(where: {
          $0.rawValue.lowercased() == text.lowercased()
        })
      else {
        element.refuse("LineAmountTypes must be Exclusive, Inclusive or NoTax")
        return
      }
      invoice.amountsAre = kind
    }
    readUrl(&element, &invoice)
    if let id = element.id("BrandingThemeID") {
      invoice.brandingTheme = id
      if !brandingThemes.contains(where: { $0.id == id }) {
        element.refuse("The branding theme with the supplied id was not found")
      }
    }
    let chosen = readCurrency(&element, invoice.currency, invoice.currencyRate)
    (invoice.currency, invoice.currencyRate) = chosen
  }

  private func readNumber(
    _ element: inout XeroElement, _ invoice: inout XeroInvoice, before: XeroInvoice?
  ) {
    guard let number = element.text("InvoiceNumber", atMost: 255), !number.isEmpty else { return }
    if !number.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
      element.refuse("The Invoice Number may hold printable ASCII characters only")
    }
    if invoice.kind == .sale, let other = sale(numbered: number), other.id != before?.id {
      element.refuse("Invoice # must be unique.")
    }
    invoice.number = number
  }

  private func readUrl(_ element: inout XeroElement, _ invoice: inout XeroInvoice) {
    guard let url = element.text("Url") else { return }
    invoice.url = url.isEmpty ? nil : url
    let lower = url.lowercased()
    if lower.contains("xero") { element.refuse("The Url must not contain the word 'xero'") }
    if !url.isEmpty, !lower.hasPrefix("http://"), !lower.hasPrefix("https://") {
      element.refuse("The Url is not a valid absolute address")
    }
  }

  func readCurrency(
    _ element: inout XeroElement, _ current: String, _ currentRate: ExactDecimal
  ) -> (String, ExactDecimal) {
    let code = element.text("CurrencyCode") ?? current
    guard let currency = currencies.first(where: { $0.code == code }) else {
      element.refuse("Organisation is not subscribed to currency \(code)")
      return (current, currentRate)
    }
    guard code != organisation.baseCurrency else { return (code, ExactDecimal(1)) }
    guard let rate = element.number("CurrencyRate") else {
      return (code, code == current && currentRate != ExactDecimal(1) ? currentRate : currency.rate)
    }
    if rate <= .zero { element.refuse("The CurrencyRate must be greater than zero") }
    if rate == ExactDecimal(1) {
      element.warnings.append("The currency rate of a foreign currency document is 1")
    }
    return (code, rate.rounded(6))
  }

  private mutating func readInvoiceLines(
    _ element: inout XeroElement, _ invoice: inout XeroInvoice, _ call: XeroCall
  ) {
    let isFinal = invoice.status == .voided || invoice.status == .deleted
    if isFinal, !element.has("LineItems") { return }
    let rules = LineRules(
      amountsAre: invoice.amountsAre, unitPlaces: call.unitPlaces,
      mustBeComplete: invoice.status == .authorised || invoice.status == .submitted,
      allowsDiscounts: invoice.kind == .sale)
    invoice.lines = readLines(&element, existing: invoice.lines, rules)
    invoice.totals = XeroArithmetic.totals(of: invoice.lines, invoice.amountsAre)
    guard element.has("LineItems") else { return }
    for (key, value) in [
      ("SubTotal", invoice.totals.subTotal), ("TotalTax", invoice.totals.totalTax),
      ("Total", invoice.totals.total),
    ] {
      if let sent = element.number(key), sent != value {
        element.refuse("The invoice total does not equal the sum of the lines.")
        return
      }
    }
  }

  private func checkWhole(
    _ element: inout XeroElement, _ invoice: inout XeroInvoice, before: XeroInvoice?,
    contact: XeroContact?
  ) {
    if before == nil, contact == nil, element.isValid {
      element.refuse("A Contact must be specified for this type of transaction")
    }
    let isOpen = invoice.status == .authorised || invoice.status == .submitted
    if isOpen {
      if invoice.lines.isEmpty { element.refuse("One or more line items must be specified") }
      if invoice.dueDate == nil { element.refuse("Due Date cannot be empty.") }
      if invoice.totals.total < .zero {
        element.refuse("The document total must be greater than or equal to zero")
      }
    }
    checkLock(&element, invoice, before: before)
    if invoice.status == .authorised, before?.status != .authorised,
      organisation.approvalsLeft == 0
    {
      element.refuse("You have reached the limit of invoices you can approve")
    }
    if let sent = element.object["SentToContact"]?.bool {
      if invoice.status == .authorised || invoice.status == .paid {
        invoice.sentToContact = sent
      } else if sent {
        element.warnings.append("Only AUTHORISED invoices may have SentToContact updated.")
      }
    }
    if let before, before.isTouchedByMoney || before.status == .paid {
      var moved = invoice
      if let contact { moved.contact = contact.id }
      if !moved.keepsMoney(of: before) {
        element.refuse("Invoice not of valid status for modification")
      }
    }
  }

  /// A locked date refuses what is written into it and what would be taken out of it.
  private func checkLock(
    _ element: inout XeroElement, _ invoice: XeroInvoice, before: XeroInvoice?
  ) {
    guard let lock = organisation.lockDate else { return }
    let leavesBooks = before.map { $0.status == .authorised || $0.status == .paid } ?? false
    let entersBooks = invoice.status == .authorised || invoice.status == .paid
    let earliest = min(invoice.date, before?.date ?? invoice.date)
    if leavesBooks || entersBooks, earliest <= lock { element.refuse(Self.lockMessage(lock)) }
  }

  static func lockMessage(_ lock: CivilDate) -> String {
    "The document date cannot be before the period lock date, currently set at \(lock.longText)"
  }

  /// Saves with the stamp the vendor would give it, and lets a settled invoice become paid.
  private mutating func commit(
    _ invoice: inout XeroInvoice, before: XeroInvoice?, _ now: SandboxTime
  ) {
    if invoice.number.isEmpty, invoice.kind == .sale { invoice.number = takeInvoiceNumber() }
    if invoice.status == .authorised, before?.status != .authorised,
      let left = organisation.approvalsLeft
    {
      organisation.approvalsLeft = max(0, left - 1)
    }
    settle(&invoice, on: invoice.date)
    if let before, before.isTouchedByMoney, invoice.differsOnlyInDueDateOrSent(from: before) {
      invoice.updated = before.updated
    } else {
      invoice.updated = now
    }
    save(invoice)
    markUse(of: invoice.contact, by: invoice)
    note(invoice.id, before == nil ? "Created" : "Edited", "By API", at: now)
  }

  /// Authorised with nothing left to pay is paid; paid with something left is authorised again.
  func settle(_ invoice: inout XeroInvoice, on date: CivilDate) {
    switch invoice.status {
    case .authorised where invoice.amountDue <= .zero:
      invoice.status = .paid
      invoice.fullyPaidOn = date
    case .paid where invoice.amountDue > .zero:
      invoice.status = .authorised
      invoice.fullyPaidOn = nil
    case .authorised, .paid, .draft, .submitted, .voided, .deleted: break
    }
  }

  /// The first document makes a contact a customer or supplier, without touching its stamp.
  mutating func markUse(of id: XeroID, by invoice: XeroInvoice) {
    guard var contact = contacts[id] else { return }
    switch invoice.kind {
    case .sale where !contact.isCustomer: contact.isCustomer = true
    case .bill where !contact.isSupplier: contact.isSupplier = true
    case .sale, .bill: return
    }
    save(contact)
  }
}
