extension XeroSandbox {
  /// Every organisation's counts, invoices and contacts; lists are cut at a thousand.
  package func stateSummary() -> JSONValue {
    [
      "refresh_token_reuses": .integer(identity.reusesSeen),
      "organisations": .array(ledgers.map { $0.summary }),
    ]
  }
}

extension XeroLedger {
  private static let most = 1000

  fileprivate var summary: JSONValue {
    let documents = invoices.page(since: nil, skipping: 0, atMost: Self.most)
    let people = contacts.page(since: nil, skipping: 0, atMost: Self.most)
    return [
      "tenant": organisation.id.json, "name": .string(organisation.name),
      "connected": .bool(organisation.isConnected),
      "counts": [
        "contacts": .integer(contacts.count), "invoices": .integer(invoices.count),
        "payments": .integer(payments.count), "credits": .integer(credits.count),
        "repeating_invoices": .integer(repeatingInvoices.count),
      ],
      "invoices": .array(documents.map(brief)), "contacts": .array(people.map(brief)),
    ]
  }

  private func brief(_ invoice: XeroInvoice) -> JSONValue {
    var object: JSONValue.Object = [
      "id": invoice.id.json, "number": .string(invoice.number),
      "status": .string(invoice.status.rawValue), "currency": .string(invoice.currency),
      "total": XeroWire.money(invoice.totals.total),
      "amount_due": XeroWire.money(invoice.amountDue),
      "amount_paid": XeroWire.money(invoice.amountPaid),
      "amount_credited": XeroWire.money(invoice.amountCredited),
      "date": .string(invoice.date.text), "contact": invoice.contact.json,
    ]
    object.put("contact_name", contacts[invoice.contact]?.name)
    object.put("due_date", invoice.dueDate?.text)
    object.put("reference", invoice.reference)
    object.put("url", invoice.url)
    return .object(object)
  }

  private func brief(_ contact: XeroContact) -> JSONValue {
    var object: JSONValue.Object = [
      "id": contact.id.json, "name": .string(contact.name),
      "status": .string(contact.status.rawValue),
    ]
    object.put("number", contact.number)
    object.put("email", contact.email)
    object.put("merged_to", contact.mergedTo)
    return .object(object)
  }

  // MARK: Reading for judges

  /// Every invoice, oldest change first.
  package var allInvoices: [XeroInvoice] { Array(invoices.listed(since: nil)) }

  /// Every contact, archived ones included, oldest change first.
  package var allContacts: [XeroContact] { Array(contacts.listed(since: nil)) }

  /// Every payment, deleted ones included, oldest change first.
  package var allPayments: [XeroPayment] { Array(payments.listed(since: nil)) }

  /// Every credit note, overpayment and prepayment, oldest change first.
  package var allCredits: [XeroCredit] { Array(credits.listed(since: nil)) }
}
