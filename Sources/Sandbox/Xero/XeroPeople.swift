/// The control verbs that act on one organisation's books, as its people would.
extension XeroLedger {
  mutating func perform(
    _ verb: XeroVerb, _ body: XeroControlBody, _ now: SandboxTime
  ) throws(XeroControlError) -> JSONValue {
    switch verb {
    case .pay: return try pay(body, now)
    case .unpay: return try unpay(body, now)
    case .void: return try edit(body, ["Status": "VOIDED"], now)
    case .delete: return try edit(body, ["Status": "DELETED"], now)
    case .approve: return try approve(body, now)
    case .editInvoice: return try edit(body, body.object["set"]?.object ?? [:], now)
    case .createInvoice: return try create("Invoices", body, now)
    case .credit: return try credit(body, now)
    case .overpay: return try overpay(body, now)
    case .createContact: return try create("Contacts", body, now)
    case .editContact: return try editContact(body, body.object["set"]?.object ?? [:], now)
    case .archiveContact: return try editContact(body, ["ContactStatus": "ARCHIVED"], now)
    case .restoreContact: return try editContact(body, ["ContactStatus": "ACTIVE"], now)
    case .mergeContacts: return try mergeContacts(body, now)
    case .lock:
      organisation.periodLockDate = try body.date("period")
      organisation.endOfYearLockDate = try body.date("year")
      return ["done": true]
    case .plan, .disconnectTenant, .reconnect: return try changeOrganisation(verb, body, now)
    case .bulk:
      let made = fill(contacts: body.int("contacts") ?? 0, invoices: body.int("invoices") ?? 0, now)
      return ["contacts": .integer(made.contacts), "invoices": .integer(made.invoices)]
    case .addAccount, .archiveAccount, .restoreAccount, .addCurrency, .addTaxRate,
      .retireTaxRate, .addItem:
      return try changeSettings(verb, body, now)
    case .generateRepeating:
      guard let until = try body.date("until") else {
        throw XeroControlError("\"until\" must be a date such as 2026-01-31")
      }
      return ["invoices": .array(generateRepeating(until: until, now).map(\.json))]
    case .limits, .credentials, .grant, .revoke, .behaviour, .expireTokens:
      throw XeroControlError("\(verb.rawValue) concerns the app, not an organisation")
    }
  }

  private func wantedInvoice(_ body: XeroControlBody) throws(XeroControlError) -> XeroInvoice {
    let text = body.text("invoice") ?? ""
    guard let invoice = invoice(idOrNumber: text) else {
      throw XeroControlError("no invoice has the id or number \"\(text)\"")
    }
    return invoice
  }

  private func wantedContact(
    _ body: XeroControlBody, _ key: String = "contact"
  ) throws(XeroControlError) -> XeroContact {
    let text = body.text(key) ?? ""
    let byName = contactsByName[text].compactMap { contacts[$0] }
    guard
      let contact = contact(idOrNumber: text)
        ?? byName.first(where: { $0.status == .active }) ?? byName.first
    else { throw XeroControlError("no contact has the id, number or name \"\(text)\"") }
    return contact
  }

  // MARK: Invoices

  private mutating func pay(
    _ body: XeroControlBody, _ now: SandboxTime
  ) throws(XeroControlError) -> JSONValue {
    let invoice = try wantedInvoice(body)
    var account: JSONValue = ["Code": .string(body.text("account") ?? "")]
    if body.text("account") == nil, let bank = accounts.first(where: { $0.type == "BANK" }) {
      account = ["AccountID": bank.id.json]
    }
    var element: JSONValue.Object = [
      "Invoice": ["InvoiceID": invoice.id.json], "Account": account,
      "Amount": XeroWire.money(try body.money("amount") ?? invoice.amountDue),
    ]
    element.put("Date", try body.date("date")?.text)
    element.put("Reference", body.text("reference"))
    return try run("PUT", ["Payments"], element, now)
  }

  private mutating func unpay(
    _ body: XeroControlBody, _ now: SandboxTime
  ) throws(XeroControlError) -> JSONValue {
    let id: XeroID?
    if let text = body.text("payment") {
      id = XeroID(text)
    } else {
      id = try wantedInvoice(body).payments.last
    }
    guard let id, let payment = deletePayment(id, now) else {
      throw XeroControlError("there is no such payment to take back")
    }
    return .object(render(payment))
  }

  private mutating func approve(
    _ body: XeroControlBody, _ now: SandboxTime
  ) throws(XeroControlError) -> JSONValue {
    let invoice = try wantedInvoice(body)
    var fields: JSONValue.Object = ["Status": "AUTHORISED"]
    if invoice.dueDate == nil { fields.put("DueDate", today(now).adding(days: 14).text) }
    return try edit(body, fields, now)
  }

  private mutating func edit(
    _ body: XeroControlBody, _ fields: JSONValue.Object, _ now: SandboxTime
  ) throws(XeroControlError) -> JSONValue {
    let invoice = try wantedInvoice(body)
    return try run("POST", ["Invoices", invoice.id.description], fields, now)
  }

  private mutating func create(
    _ plural: String, _ body: XeroControlBody, _ now: SandboxTime
  ) throws(XeroControlError) -> JSONValue {
    let answer = try run("PUT", [plural], body.object["fields"]?.object ?? [:], now)
    // A person made it, not this app.
    if let id = answer["InvoiceID"]?.string.flatMap({ XeroID($0) }), var invoice = invoices[id] {
      invoice.createdByApp = false
      save(invoice)
    }
    return answer
  }

  private mutating func credit(
    _ body: XeroControlBody, _ now: SandboxTime
  ) throws(XeroControlError) -> JSONValue {
    let invoice = try wantedInvoice(body)
    let amount = try body.money("amount") ?? invoice.amountDue
    var line: JSONValue.Object = [
      "Description": .string("Credit for \(invoice.number)"), "Quantity": 1,
      "UnitAmount": XeroWire.money(amount),
    ]
    line.put("AccountCode", invoice.lines.first?.accountCode)
    let element: JSONValue.Object = [
      "Type": "ACCRECCREDIT", "Contact": ["ContactID": invoice.contact.json],
      "Status": "AUTHORISED", "LineAmountTypes": "NoTax", "LineItems": [.object(line)],
      "CurrencyCode": .string(invoice.currency),
    ]
    let note = try run("PUT", ["CreditNotes"], element, now)
    guard let id = note["CreditNoteID"]?.string else {
      throw XeroControlError("the credit note was not made")
    }
    let allocation: JSONValue.Object = [
      "Amount": XeroWire.money(amount), "Invoice": ["InvoiceID": invoice.id.json],
    ]
    _ = try run("PUT", ["CreditNotes", id, "Allocations"], allocation, now)
    return note
  }

  /// Pays what is due and books the rest as an overpayment of the contact.
  private mutating func overpay(
    _ body: XeroControlBody, _ now: SandboxTime
  ) throws(XeroControlError) -> JSONValue {
    let invoice = try wantedInvoice(body)
    let amount = try body.money("amount") ?? .zero
    let rest = amount - invoice.amountDue
    guard rest > .zero else {
      throw XeroControlError("\"amount\" must be more than the amount due, \(invoice.amountDue)")
    }
    guard let bank = accounts.first(where: { $0.type == "BANK" }) else {
      throw XeroControlError("the organisation has no bank account")
    }
    if invoice.amountDue > .zero {
      let element: JSONValue.Object = [
        "Invoice": ["InvoiceID": invoice.id.json], "Account": ["AccountID": bank.id.json],
        "Amount": XeroWire.money(invoice.amountDue),
      ]
      _ = try run("PUT", ["Payments"], element, now)
    }
    var line = XeroLine(id: ids.next(), description: "Overpayment of \(invoice.number)")
    line.quantity = ExactDecimal(1)
    line.unitAmount = rest
    line.lineAmount = rest
    var credit = XeroCredit(
      id: ids.next(), kind: .overpayment, reference: invoice.number, contact: invoice.contact,
      date: today(now), amountsAre: .noTax, lines: [line], currency: invoice.currency,
      currencyRate: invoice.currencyRate, status: .authorised, updated: now)
    credit.totals.subTotal = rest
    save(credit)
    return .object(render(credit, .single))
  }

  // MARK: Contacts

  private mutating func editContact(
    _ body: XeroControlBody, _ fields: JSONValue.Object, _ now: SandboxTime
  ) throws(XeroControlError) -> JSONValue {
    let contact = try wantedContact(body)
    return try run("POST", ["Contacts", contact.id.description], fields, now)
  }

  /// The loser is archived and points to the winner; its documents move over.
  private mutating func mergeContacts(
    _ body: XeroControlBody, _ now: SandboxTime
  ) throws(XeroControlError) -> JSONValue {
    var loser = try wantedContact(body, "from")
    let winner = try wantedContact(body, "to")
    guard loser.id != winner.id else {
      throw XeroControlError("\"from\" and \"to\" are the same contact")
    }
    loser.status = .archived
    loser.mergedTo = winner.id
    loser.updated = now
    save(loser)
    for id in invoicesByContact[loser.id.description] {
      guard var invoice = invoices[id] else { continue }
      invoice.contact = winner.id
      invoice.updated = now
      save(invoice)
      markUse(of: winner.id, by: invoice)
    }
    for var credit in Array(credits.listed(since: nil)) where credit.contact == loser.id {
      credit.contact = winner.id
      credit.updated = now
      save(credit)
    }
    for index in repeatingInvoices.indices where repeatingInvoices[index].contact == loser.id {
      repeatingInvoices[index].contact = winner.id
    }
    return ["from": loser.id.json, "to": winner.id.json]
  }

  /// Runs a call of the vendor's own interface on a person's behalf: same rules, same messages.
  private mutating func run(
    _ method: String, _ parts: [String], _ element: JSONValue.Object, _ now: SandboxTime
  ) throws(XeroControlError) -> JSONValue {
    let request = SandboxRequest(
      method: method, path: "", body: JSONValue.object(element).serialized())
    do {
      let answer = try answer(XeroCall(request: request, parts: parts, now: now)).jsonBody
      return answer?[parts.last.flatMap { XeroID($0) == nil ? $0 : nil } ?? parts[0]]?[0] ?? [:]
    } catch {
      throw XeroControlError(Self.reason(error))
    }
  }

  private static func reason(_ refusal: XeroRefusal) -> String {
    guard case .validation(let elements) = refusal else { return "the vendor refuses: \(refusal)" }
    let lists = elements.flatMap { [$0["ValidationErrors"], $0["Contact"]?["ValidationErrors"]] }
    return lists.flatMap { $0?.array ?? [] }.compactMap { $0["Message"]?.string }
      .joined(separator: "; ")
  }
}
