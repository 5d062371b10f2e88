extension QuickBooksLedger {
  /// Records a payment, or the application of credits (then its own total is 0), and settles the
  /// documents it names: their balance and version move.
  mutating func addPayment(
    _ object: JSONValue.Object, at now: SandboxTime
  ) throws(QuickBooksFault) -> QuickBooksTable.Row {
    var content = object.filled
    let customer = content["CustomerRef"]?["value"]?.string ?? ""
    guard let payer = row("Customer", customer), payer.isActive else {
      throw customer.isEmpty
        ? .missing("CustomerRef")
        : QuickBooksFault("2500", "Invalid Reference Id", "Names element id \(customer)")
    }
    guard let total = content["TotalAmt"]?.decimal else { throw .missing("TotalAmt") }
    let lines = try links(content, of: customer)
    let invoiced = Self.sum(lines, "Invoice")
    let credited = Self.sum(lines, "CreditMemo")
    guard invoiced - credited <= total else {
      throw .business("The amount applied is more than the payment")
    }
    content["CurrencyRef"] = ["value": .string(payer.reference("CurrencyRef"))]
    if content["TxnDate"] == nil {
      content["TxnDate"] = .string(CivilDate(now.advanced(seconds: -8 * 3600)).text)
    }
    content["UnappliedAmt"] = .decimal(total - (invoiced - credited))
    let row = add("Payment", content, at: now)
    for line in lines { settle(line, payment: row.id, at: now) }
    return row
  }

  struct PaymentLine: Sendable {
    var entity: String
    var id: String
    var amount: ExactDecimal
  }

  private func links(
    _ content: JSONValue.Object, of customer: String
  ) throws(QuickBooksFault) -> [PaymentLine] {
    var lines: [PaymentLine] = []
    for line in content["Line"]?.array ?? [] {
      guard let amount = line["Amount"]?.decimal else { throw .missing("Amount") }
      guard let link = line["LinkedTxn"]?[0], let id = link["TxnId"]?.string,
        let type = link["TxnType"]?.string
      else { throw .missing("LinkedTxn") }
      guard ["Invoice", "CreditMemo"].contains(type), let document = row(type, id),
        document.reference("CustomerRef") == customer
      else {
        throw QuickBooksFault("2500", "Invalid Reference Id", "Txn element id \(id)")
      }
      guard amount <= document.money("Balance") else {
        throw .business("The amount applied to \(type) \(id) is more than its balance")
      }
      lines.append(PaymentLine(entity: type, id: id, amount: amount))
    }
    return lines
  }

  private static func sum(_ lines: [PaymentLine], _ entity: String) -> ExactDecimal {
    lines.filter { $0.entity == entity }.reduce(.zero) { $0 + $1.amount }
  }

  private mutating func settle(_ line: PaymentLine, payment: String, at now: SandboxTime) {
    change(line.entity, line.id, at: now) { row in
      row.object["Balance"] = .decimal(row.money("Balance") - line.amount)
      if line.entity == "CreditMemo" { row.object["RemainingCredit"] = row.object["Balance"] }
      let linked = row.object["LinkedTxn"]?.array ?? []
      row.object["LinkedTxn"] = .array(
        linked + [["TxnId": .string(payment), "TxnType": "Payment"]])
    }
  }

  /// Gives back what a payment settled.
  mutating func release(payment id: String, at now: SandboxTime) {
    for line in row("Payment", id)?.object["Line"]?.array ?? [] {
      guard let amount = line["Amount"]?.decimal, let link = line["LinkedTxn"]?[0],
        let document = link["TxnId"]?.string, let entity = link["TxnType"]?.string
      else { continue }
      change(entity, document, at: now) { row in
        row.object["Balance"] = .decimal(row.money("Balance") + amount)
        if entity == "CreditMemo" { row.object["RemainingCredit"] = row.object["Balance"] }
        let linked = row.object["LinkedTxn"]?.array ?? []
        row.object["LinkedTxn"] = .array(linked.filter { $0["TxnId"]?.string != id })
      }
    }
  }

  /// Takes an invoice out of every payment, which keeps the money as unapplied.
  mutating func unlink(invoice id: String, at now: SandboxTime) {
    for payment in rows("Payment") {
      let lines = payment.object["Line"]?.array ?? []
      let own = lines.filter { $0["LinkedTxn"]?[0]?["TxnId"]?.string == id }
      guard !own.isEmpty else { continue }
      let freed = own.reduce(ExactDecimal.zero) { $0 + ($1["Amount"]?.decimal ?? .zero) }
      change("Payment", payment.id, at: now) { row in
        row.object["Line"] = .array(
          lines.filter { $0["LinkedTxn"]?[0]?["TxnId"]?.string != id })
        row.object["UnappliedAmt"] = .decimal(row.money("UnappliedAmt") + freed)
      }
    }
  }

  // MARK: recurring transactions

  mutating func addTemplate(
    _ object: JSONValue.Object, at now: SandboxTime
  ) throws(QuickBooksFault) -> JSONValue {
    guard let inner = object["Invoice"]?.object else { throw .missing("Invoice") }
    guard let info = inner["RecurringInfo"]?.object, let name = info["Name"]?.string,
      !name.isEmpty
    else { throw .missing("RecurringInfo.Name") }
    guard ["Automated", "Reminder", "Unscheduled"].contains(info["RecurType"]?.string ?? "") else {
      throw .missing("RecurringInfo.RecurType")
    }
    let schedule = info["ScheduleInfo"]
    guard
      ["Daily", "Weekly", "Monthly", "Yearly"].contains(
        schedule?["IntervalType"]?.string ?? ""),
      schedule?["StartDate"]?.string.flatMap({ CivilDate($0) }) != nil
    else { throw .missing("RecurringInfo.ScheduleInfo") }
    var content = try document(
      "Invoice", inner, present: nil, allowsDuplicates: true, at: now)
    for key in ["DocNumber", "TxnDate", "DueDate", "Balance", "LinkedTxn"] { content[key] = nil }
    let row = add("RecurringTransaction", content, at: now)
    return ["Invoice": row.json]
  }

  /// Makes the invoices that fall due up to a day; their ids.
  mutating func generate(until day: CivilDate, at now: SandboxTime) -> [String] {
    var made: [String] = []
    for template in rows("RecurringTransaction") {
      guard let info = template.object["RecurringInfo"]?.object,
        info["RecurType"]?.string == "Automated", info["Active"]?.bool ?? true,
        let schedule = info["ScheduleInfo"]?.object
      else { continue }
      made += generate(from: template, schedule, until: day, at: now)
    }
    return made
  }

  private mutating func generate(
    from template: QuickBooksTable.Row, _ schedule: JSONValue.Object, until day: CivilDate,
    at now: SandboxTime
  ) -> [String] {
    var made: [String] = []
    let end = schedule["EndDate"]?.string.flatMap { CivilDate($0) } ?? day
    let every = schedule["NumInterval"]?.int ?? 1
    let next = schedule["NextDate"]?.string ?? schedule["StartDate"]?.string ?? ""
    guard var date = CivilDate(next) else { return [] }
    while date <= day, date <= end {
      var content = template.object
      content["RecurringInfo"] = nil
      content["TxnDate"] = .string(date.text)
      if let invoice = try? document(
        "Invoice", content, present: nil, allowsDuplicates: true, at: now)
      {
        var invoice = invoice
        invoice["RecurDataRef"] = ["value": .string(template.id)]
        lastNumber += 1
        made.append(add("Invoice", invoice, at: now).id)
      }
      date =
        schedule["IntervalType"]?.string == "Weekly"
        ? date.adding(days: 7 * every) : date.adding(months: every)
    }
    change("RecurringTransaction", template.id, at: now) { row in
      guard var info = row.object["RecurringInfo"]?.object,
        var schedule = info["ScheduleInfo"]?.object
      else { return }
      schedule["NextDate"] = .string(date.text)
      info["ScheduleInfo"] = .object(schedule)
      row.object["RecurringInfo"] = .object(info)
    }
    return made
  }
}
