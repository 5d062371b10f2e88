extension XeroLedger {
  /// Answers one accounting call; anything unknown is a 404 as at the vendor.
  mutating func answer(_ call: XeroCall) throws(XeroRefusal) -> SandboxResponse {
    switch call.parts.count {
    case 1: try answerCollection(call)
    case 2: try answerSingle(call)
    case 3: try answerChild(call)
    case 4 where call.method == "DELETE" && call.parts[2].lowercased() == "allocations":
      try deleteAllocation(call, try creditKind(call))
    default: throw .notFound
    }
  }

  private mutating func answerCollection(_ call: XeroCall) throws(XeroRefusal) -> SandboxResponse {
    switch (call.resource, call.method) {
    case ("invoices", "GET"): try listInvoices(call)
    case ("invoices", "PUT"), ("invoices", "POST"): try writeInvoices(call)
    case ("contacts", "GET"): try listContacts(call)
    case ("contacts", "PUT"), ("contacts", "POST"): try writeContacts(call)
    case ("payments", "GET"): try listPayments(call)
    case ("payments", "PUT"), ("payments", "POST"): try createPayments(call)
    case ("creditnotes", "GET"): try listCredits(call, .creditNote)
    case ("creditnotes", "PUT"), ("creditnotes", "POST"): try writeCreditNotes(call)
    case ("overpayments", "GET"): try listCredits(call, .overpayment)
    case ("prepayments", "GET"): try listCredits(call, .prepayment)
    case ("repeatinginvoices", "GET"):
      envelope(
        "RepeatingInvoices", try call.narrowed(repeatingInvoices.map { .object(render($0)) }),
        at: call.now)
    case ("repeatinginvoices", "PUT"), ("repeatinginvoices", "POST"):
      try createRepeatingInvoices(call)
    case ("batchpayments", "GET"): envelope("BatchPayments", [], at: call.now)
    case ("items", "PUT"), ("items", "POST"): try writeItems(call)
    case ("currencies", "PUT"): try addCurrency(call)
    case (_, "GET"): try answerSetting(call)
    default: throw .notFound
    }
  }

  private mutating func answerSetting(_ call: XeroCall) throws(XeroRefusal) -> SandboxResponse {
    switch call.resource {
    case "organisation", "organisations": readOrganisation(call)
    case "accounts": try listAccounts(call)
    case "taxrates": try listTaxRates(call)
    case "currencies": try listCurrencies(call)
    case "brandingthemes": listThemes(call)
    case "trackingcategories": try listTracking(call)
    case "items": try listItems(call)
    default: throw .notFound
    }
  }

  private mutating func answerSingle(_ call: XeroCall) throws(XeroRefusal) -> SandboxResponse {
    switch (call.resource, call.method) {
    case ("invoices", "GET"):
      guard let invoice = invoice(idOrNumber: call.parts[1]) else { throw .notFound }
      let object = render(invoice, .single, unitPlaces: call.unitPlaces)
      return envelope("Invoices", [.object(object)], at: call.now)
    case ("invoices", "POST"): return try writeInvoices(call)
    case ("contacts", "GET"):
      guard let contact = contact(idOrNumber: call.parts[1]) else { throw .notFound }
      return envelope("Contacts", [.object(render(contact, .single))], at: call.now)
    case ("contacts", "POST"): return try writeContacts(call)
    case ("creditnotes", "POST"): return try writeCreditNotes(call)
    case ("creditnotes", "GET"), ("overpayments", "GET"), ("prepayments", "GET"):
      let kind = try creditKind(call)
      guard let credit = credit(idOrNumber: call.parts[1], kind) else { throw .notFound }
      let object = render(credit, .single, unitPlaces: call.unitPlaces)
      return envelope(kind.plural, [.object(object)], at: call.now)
    case ("payments", "GET"):
      guard let payment = XeroID(call.parts[1]).flatMap({ payments[$0] }) else {
        throw .notFound
      }
      return envelope("Payments", [.object(render(payment))], at: call.now)
    case ("payments", "POST"): return try postPayment(call)
    case ("repeatinginvoices", "GET"):
      let found = repeatingInvoices.first { $0.id.description == call.parts[1].lowercased() }
      guard let found else { throw .notFound }
      return envelope("RepeatingInvoices", [.object(render(found))], at: call.now)
    case ("repeatinginvoices", "POST"): return try postRepeatingInvoice(call)
    case ("organisation", "GET") where call.parts[1].lowercased() == "actions":
      return readActions(call)
    case ("invoicereminders", "GET") where call.parts[1].lowercased() == "settings":
      return .json(["InvoiceReminders": [["Enabled": false]]])
    case (_, "GET"): return try answerSetting(call)
    default: throw .notFound
    }
  }

  private mutating func answerChild(_ call: XeroCall) throws(XeroRefusal) -> SandboxResponse {
    switch (call.resource, call.parts[2].lowercased(), call.method) {
    case ("invoices", "email", "POST"): return try email(call)
    case ("invoices", "onlineinvoice", "GET"): return try onlineInvoice(call)
    case (_, "history", "GET"): return listHistory(call, of: try owner(call))
    case (_, "history", "PUT"): return try addHistory(call, of: try owner(call))
    case (_, "allocations", "PUT"): return try allocate(call, try creditKind(call))
    case (_, _, _): throw .notFound
    }
  }

  private func owner(_ call: XeroCall) throws(XeroRefusal) -> XeroID {
    let id: XeroID? =
      switch call.resource {
      case "invoices": invoice(idOrNumber: call.parts[1])?.id
      case "contacts": contact(idOrNumber: call.parts[1])?.id
      case "creditnotes": credit(idOrNumber: call.parts[1], .creditNote)?.id
      default: nil
      }
    guard let id else { throw .notFound }
    return id
  }

  private func creditKind(_ call: XeroCall) throws(XeroRefusal) -> XeroCredit.Kind {
    switch call.resource {
    case "creditnotes": return .creditNote
    case "overpayments": return .overpayment
    case "prepayments": return .prepayment
    default: throw .notFound
    }
  }
}
