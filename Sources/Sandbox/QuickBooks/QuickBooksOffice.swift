extension QuickBooksLedger {
  /// A bookkeeper at work.
  mutating func perform(
    _ verb: QuickBooksVerb, _ body: QuickBooksControlBody, _ now: SandboxTime
  ) throws -> JSONValue {
    switch verb {
    case .pay, .credit, .overpay: return try receive(verb, body, now)
    case .unpay: return try unpay(body, now)
    case .void: return try void("Invoice", try token(invoice(body)), at: now)
    case .delete: return try delete("Invoice", try token(invoice(body)), at: now)
    case .editInvoice: return try edit("Invoice", invoice(body), body, now)
    case .editCustomer: return try edit("Customer", customer(body, "customer"), body, now)
    case .createInvoice: return try write("Invoice", body.object["fields"] ?? [:], at: now)
    case .createCustomer: return try write("Customer", body.object["fields"] ?? [:], at: now)
    case .mergeCustomers: return try merge(body, now)
    case .preferences: set(body)
    case .closeBooks: settings.closedUntil = try body.date("until")
    case .generateRecurring:
      let day = try body.date("until") ?? CivilDate(now)
      return ["made": .array(generate(until: day, at: now).map { .string($0) })]
    case .bulk: bulk(body, now)
    case .retire:
      change(body.text("entity"), body.text("id"), at: now) { $0.object["Active"] = false }
    case .addVendor, .addAccount, .addItem, .addTaxCode, .addTerm, .addCurrency:
      return try addToList(verb, body, now)
    case .limits, .credentials, .grant, .revoke, .disconnect, .reconnect, .expireTokens,
      .behaviour:
      break
    }
    return ["done": true]
  }

  private func invoice(
    _ body: QuickBooksControlBody
  ) throws(QuickBooksControlError) -> QuickBooksTable.Row {
    let wanted = body.text("invoice")
    let found =
      row("Invoice", wanted) ?? rows("Invoice").first { $0.text("DocNumber") == wanted }
    guard let found else { throw QuickBooksControlError("no invoice \(wanted)") }
    return found
  }

  private func customer(
    _ body: QuickBooksControlBody, _ key: String
  ) throws(QuickBooksControlError) -> QuickBooksTable.Row {
    let wanted = body.text(key)
    let found =
      row("Customer", wanted) ?? rows("Customer").first { $0.text("DisplayName") == wanted }
    guard let found else { throw QuickBooksControlError("no customer \(wanted)") }
    return found
  }

  private func token(_ row: QuickBooksTable.Row) throws -> JSONValue.Object {
    ["Id": .string(row.id), "SyncToken": .string(String(row.version))]
  }

  /// Money, or a credit memo that is applied at once.
  private mutating func receive(
    _ verb: QuickBooksVerb, _ body: QuickBooksControlBody, _ now: SandboxTime
  ) throws -> JSONValue {
    let invoice = try invoice(body)
    let due = invoice.money("Balance")
    let amount = try body.money("amount") ?? due
    let applied = min(amount, due)
    func line(_ amount: ExactDecimal, _ id: String, _ type: String) -> JSONValue {
      [
        "Amount": .decimal(amount),
        "LinkedTxn": [["TxnId": .string(id), "TxnType": .string(type)]],
      ]
    }
    var payment: JSONValue.Object = [
      "CustomerRef": ["value": .string(invoice.reference("CustomerRef"))],
      "TotalAmt": .decimal(verb == .credit ? .zero : verb == .overpay ? amount : applied),
      "Line": [line(applied, invoice.id, "Invoice")],
    ]
    if let date = try body.date("date") { payment["TxnDate"] = .string(date.text) }
    if verb == .credit {
      let memo = try credit(of: invoice, applied, now)
      payment["Line"] = [
        line(applied, invoice.id, "Invoice"), line(applied, memo, "CreditMemo"),
      ]
    }
    let row = try addPayment(payment, at: now)
    return ["payment": .string(row.id)]
  }

  private mutating func credit(
    of invoice: QuickBooksTable.Row, _ amount: ExactDecimal, _ now: SandboxTime
  ) throws -> String {
    let item = rows("Item").first?.id ?? ""
    var content: JSONValue.Object = [
      "CustomerRef": ["value": .string(invoice.reference("CustomerRef"))],
      "Line": [
        [
          "DetailType": "SalesItemLineDetail", "Amount": .decimal(amount),
          "SalesItemLineDetail": [
            "ItemRef": ["value": .string(item)],
            "TaxCodeRef": isUnitedStates ? ["value": "NON"] : nil,
          ],
        ]
      ],
    ]
    if !isUnitedStates { content["GlobalTaxCalculation"] = "NotApplicable" }
    return try write("CreditMemo", .object(content), allowsDuplicates: true, at: now)["Id"]?
      .string ?? ""
  }

  private mutating func unpay(
    _ body: QuickBooksControlBody, _ now: SandboxTime
  ) throws -> JSONValue {
    var id = body.text("payment")
    if id.isEmpty {
      let linked = try invoice(body).object["LinkedTxn"]?.array ?? []
      id = linked.last?["TxnId"]?.string ?? ""
    }
    guard let payment = row("Payment", id) else { throw QuickBooksControlError("no payment") }
    return try delete("Payment", try token(payment), at: now)
  }

  /// An edit on the screens is a sparse update at the present version.
  private mutating func edit(
    _ entity: String, _ row: QuickBooksTable.Row, _ body: QuickBooksControlBody,
    _ now: SandboxTime
  ) throws -> JSONValue {
    var object = body.object["set"]?.object ?? [:]
    object["Id"] = .string(row.id)
    object["SyncToken"] = .string(String(row.version))
    object["sparse"] = true
    return try write(entity, .object(object), at: now)
  }

  /// The loser becomes inactive; its documents go to the survivor.
  private mutating func merge(
    _ body: QuickBooksControlBody, _ now: SandboxTime
  ) throws -> JSONValue {
    let loser = try customer(body, "from")
    let winner = try customer(body, "to")
    for entity in Self.transactions.sorted() {
      for document in rows(entity) where document.reference("CustomerRef") == loser.id {
        change(entity, document.id, at: now) { row in
          row.object["CustomerRef"] = [
            "value": .string(winner.id), "name": .string(winner.text("DisplayName")),
          ]
        }
      }
    }
    change("Customer", loser.id, at: now) { row in
      row.object["Active"] = false
      row.object["DisplayName"] = .string(loser.text("DisplayName") + " (deleted)")
    }
    return ["done": true]
  }

  private mutating func set(_ body: QuickBooksControlBody) {
    settings.numbersByHand = body.flag("custom_numbers") ?? settings.numbersByHand
    settings.multiCurrency = body.flag("multicurrency") ?? settings.multiCurrency
    settings.warnsOfDuplicateNumbers =
      body.flag("warn_duplicates") ?? settings.warnsOfDuplicateNumbers
    settings.usesTax = body.flag("sales_tax") ?? settings.usesTax
    settings.taxesByAddress = body.flag("tax_by_address") ?? settings.taxesByAddress
    settings.tracksClasses = body.flag("classes") ?? settings.tracksClasses
  }

  private mutating func addToList(
    _ verb: QuickBooksVerb, _ body: QuickBooksControlBody, _ now: SandboxTime
  ) throws -> JSONValue {
    let name = body.text("name")
    let id: String
    switch verb {
    case .addAccount:
      let type = body.text("type")
      id = addAccount(
        body.text("number"), name, type: type.isEmpty ? "Income" : type, at: now)
    case .addItem:
      let wanted = body.text("account")
      let account = rows("Account").first {
        $0.id == wanted || $0.text("AcctNum") == wanted || $0.text("Name") == wanted
      }
      guard let account else { throw QuickBooksControlError("no account \(wanted)") }
      let sku = body.text("sku")
      id = addItem(name, sku: sku.isEmpty ? nil : sku, account: account.id, at: now)
    case .addTaxCode:
      id = addTaxCode(name, [(name, body.text("rate"))], at: now)
    case .addTerm:
      id =
        add(
          "Term",
          [
            "Name": .string(name), "Type": "STANDARD",
            "DueDays": .integer(body.object["days"]?.int ?? 0), "Active": true,
          ], at: now
        ).id
    case .addCurrency:
      settings.currencies[body.text("code")] = try body.money("rate")
      id =
        add("CompanyCurrency", ["Code": .string(body.text("code")), "Active": true], at: now).id
    case .addVendor, .pay, .unpay, .credit, .overpay, .void, .delete, .limits, .credentials,
      .grant, .revoke, .disconnect, .reconnect, .preferences, .bulk, .behaviour, .editInvoice,
      .createInvoice, .createCustomer, .editCustomer, .mergeCustomers, .retire, .closeBooks,
      .generateRecurring, .expireTokens:
      let vendor = try write("Vendor", ["DisplayName": .string(name)], at: now)
      id = vendor["Id"]?.string ?? ""
    }
    return ["id": .string(id)]
  }

  /// Many records at once: customers, and invoices of them.
  private mutating func bulk(_ body: QuickBooksControlBody, _ now: SandboxTime) {
    let count = body.object["customers"]?.int ?? 0
    for number in 0..<count {
      add(
        "Customer",
        [
          "DisplayName": .string("Bulk customer \(number)"), "Active": true, "Balance": 0,
          "CurrencyRef": ["value": .string(homeCurrency)],
        ], at: now)
    }
    let customers = rows("Customer").filter(\.isActive)
    guard !customers.isEmpty, let item = rows("Item").first?.id else { return }
    for number in 0..<(body.object["invoices"]?.int ?? 0) {
      let customer = customers[number % customers.count]
      lastNumber += 1
      add(
        "Invoice",
        [
          "CustomerRef": [
            "value": .string(customer.id), "name": .string(customer.text("DisplayName")),
          ],
          "DocNumber": .string(String(lastNumber)), "TxnDate": .string(CivilDate(now).text),
          "DueDate": .string(CivilDate(now).adding(days: 30).text),
          "CurrencyRef": ["value": .string(homeCurrency)], "TotalAmt": 100, "Balance": 100,
          "Line": [
            [
              "Id": "1", "DetailType": "SalesItemLineDetail", "Amount": 100,
              "SalesItemLineDetail": ["ItemRef": ["value": .string(item)]],
            ]
          ], "LinkedTxn": [],
        ], at: now)
    }
  }
}
