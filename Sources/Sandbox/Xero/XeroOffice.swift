/// The control verbs that change the organisation and its lists, and the one that fills it.
extension XeroLedger {
  mutating func changeOrganisation(
    _ verb: XeroVerb, _ body: XeroControlBody, _ now: SandboxTime
  ) throws(XeroControlError) -> JSONValue {
    switch verb {
    case .disconnectTenant: organisation.isConnected = false
    case .reconnect:
      organisation.isConnected = true
      organisation.connectedAt = now
      organisation.connectionID = ids.next()
      if body.bool("new_tenant_id") ?? false { organisation.id = ids.next() }
    case _:
      if let text = body.text("plan") {
        guard let plan = XeroOrganisation.Plan(rawValue: text) else {
          throw XeroControlError("\"plan\" must be paying, trial or demo")
        }
        organisation.plan = plan
      }
      if let left = body.object["approvals_left"] { organisation.approvalsLeft = left.int }
    }
    return ["tenant": organisation.id.json, "connected": .bool(organisation.isConnected)]
  }

  mutating func changeSettings(
    _ verb: XeroVerb, _ body: XeroControlBody, _ now: SandboxTime
  ) throws(XeroControlError) -> JSONValue {
    let code = body.text("code") ?? body.text("type") ?? ""
    switch verb {
    case .addAccount:
      accounts.append(
        XeroAccount(
          id: ids.next(), code: code, name: body.text("name") ?? code,
          type: body.text("type") ?? "REVENUE", accountClass: body.text("class") ?? "REVENUE",
          taxType: body.text("tax_type") ?? "NONE", enablePayments: body.bool("payments") ?? false,
          updated: now))
    case .archiveAccount, .restoreAccount:
      guard let index = accounts.firstIndex(where: { $0.code == code }) else {
        throw XeroControlError("no account has the code \"\(code)\"")
      }
      accounts[index].isArchived = verb == .archiveAccount
      accounts[index].updated = now
    case .addCurrency:
      let rate = (try body.money("rate") ?? ExactDecimal(2)).rounded(6)
      currencies.append(XeroCurrency(code: code, name: code, rate: rate))
    case .addTaxRate:
      taxRates.append(
        XeroTaxRate(
          type: code, name: body.text("name") ?? code,
          rate: min(try body.money("rate") ?? .zero, ExactDecimal(100)).rounded(4),
          canApplyToRevenue: body.bool("revenue") ?? true,
          canApplyToExpenses: body.bool("expenses") ?? false))
    case .retireTaxRate:
      guard let index = taxRates.firstIndex(where: { $0.type == code }) else {
        throw XeroControlError("no tax rate has the type \"\(code)\"")
      }
      taxRates[index].isActive = false
    case _:
      items.append(
        XeroItem(
          id: ids.next(), code: code, name: code, description: body.text("description"),
          unitPrice: try body.money("price"), accountCode: body.text("account"),
          taxType: body.text("tax_type"), updated: now))
    }
    return ["done": true]
  }

  /// Adds many plain contacts and approved invoices, a millisecond apart up to the present.
  mutating func fill(
    contacts wanted: Int, invoices count: Int, _ now: SandboxTime
  ) -> (contacts: Int, invoices: Int) {
    reserve(contacts: wanted, invoices: count)
    let first = contacts.count + 1
    let start = now.milliseconds - Int64(wanted + count)
    var made: [XeroID] = []
    made.reserveCapacity(wanted)
    for step in 0..<max(0, wanted) {
      var contact = XeroContact(
        id: ids.next(), name: "Customer \(first + step) Limited",
        updated: SandboxTime(milliseconds: start + Int64(step)))
      contact.email = "accounts@customer\(first + step).example"
      contact.number = "C-\(first + step)"
      contact.isCustomer = count > 0
      save(contact)
      made.append(contact.id)
    }
    let all = made.isEmpty ? contacts.listed(since: nil).map(\.id) : made
    guard !all.isEmpty else { return (made.count, 0) }
    for step in 0..<max(0, count) {
      let at = SandboxTime(milliseconds: start + Int64(wanted + step))
      save(plainInvoice(all[step % all.count], step, at))
    }
    return (made.count, max(0, count))
  }

  private mutating func plainInvoice(
    _ contact: XeroID, _ step: Int, _ at: SandboxTime
  ) -> XeroInvoice {
    let date = today(at).adding(days: -(step % 365))
    let account = accounts.first { $0.accountClass == "REVENUE" && !$0.isArchived }
    let amount = ExactDecimal(100 + step % 900)
    var line = XeroLine(id: ids.next(), description: "Services")
    line.quantity = ExactDecimal(1)
    line.unitAmount = amount
    line.lineAmount = amount
    line.accountCode = account?.code
    line.taxType = account?.taxType
    let rate = line.taxType.flatMap { taxRate($0)?.rate } ?? .zero
    line.taxAmount = XeroArithmetic.tax(on: amount, rate: rate, .exclusive)
    var invoice = XeroInvoice(
      id: ids.next(), kind: .sale, number: takeInvoiceNumber(), contact: contact, date: date,
      dueDate: date.adding(days: 30), currency: organisation.baseCurrency,
      currencyRate: ExactDecimal(1), status: .authorised, createdByApp: false, updated: at)
    invoice.lines = [line]
    invoice.totals = XeroArithmetic.totals(of: [line], .exclusive)
    return invoice
  }
}
