extension QuickBooksLedger {
  /// The content of an invoice or credit memo: checked, numbered, added up.
  func document(
    _ entity: String, _ object: JSONValue.Object, present: QuickBooksTable.Row?,
    allowsDuplicates: Bool, at now: SandboxTime
  ) throws(QuickBooksFault) -> JSONValue.Object {
    var content = object.filled
    let customer = try customer(content)
    content["CustomerRef"] = [
      "value": .string(customer.id), "name": .string(customer.text("DisplayName")),
    ]
    try setDates(&content, customer, at: now)
    try setNumber(&content, entity, present, allowsDuplicates: allowsDuplicates)
    try setCurrency(&content, customer)
    guard (content["PrivateNote"]?.string ?? "").count <= 4000 else {
      throw .tooLong("PrivateNote", 4000)
    }
    guard (content["CustomerMemo"]?["value"]?.string ?? "").count <= 1000 else {
      throw .tooLong("CustomerMemo", 1000)
    }
    let sums = try QuickBooksSums(content, ledger: self)
    content["Line"] = .array(try numbered(sums.lines, present) + sums.closingLines)
    content["TxnTaxDetail"] = sums.taxDetail
    content["TotalAmt"] = .decimal(sums.total)
    let applied = present.map { $0.money("TotalAmt") - $0.money("Balance") } ?? .zero
    content["Balance"] = .decimal(sums.total - applied)
    if entity == "CreditMemo" { content["RemainingCredit"] = .decimal(sums.total - applied) }
    if let rate = content["ExchangeRate"]?.decimal {
      content["HomeTotalAmt"] = .decimal((sums.total * rate).rounded(2))
    }
    if content["EmailStatus"] == nil { content["EmailStatus"] = "NotSet" }
    if content["EmailStatus"]?.string == "NeedToSend", content["BillEmail"] == nil {
      throw .missing("BillEmail")
    }
    content["LinkedTxn"] = present?.object["LinkedTxn"] ?? []
    return content
  }

  private func customer(
    _ content: JSONValue.Object
  ) throws(QuickBooksFault) -> QuickBooksTable.Row {
    let id = content["CustomerRef"]?["value"]?.string ?? ""
    guard !id.isEmpty else { throw .missing("CustomerRef") }
    guard let customer = row("Customer", id) else {
      throw QuickBooksFault(
        "2500", "Invalid Reference Id", "Names element id \(id) not found")
    }
    guard customer.isActive else { throw .notFound("The customer is inactive") }
    return customer
  }

  private func setDates(
    _ content: inout JSONValue.Object, _ customer: QuickBooksTable.Row, at now: SandboxTime
  ) throws(QuickBooksFault) {
    let written = content["TxnDate"]?.string
    // The default is the server's date, which is the Pacific one.
    let today = CivilDate(now.advanced(seconds: -8 * 3600))
    guard let date = written.map({ CivilDate($0) }) ?? today else {
      throw QuickBooksFault("2170", "Invalid Enumeration", "TxnDate is no date")
    }
    if let closed = settings.closedUntil, date <= closed {
      throw QuickBooksFault(
        "6210", "Account Period Closed, Cannot Update Through Services API",
        "The account period has closed and the account books cannot be updated through the QBO"
          + " Services API. Please use the QBO website to make these changes.")
    }
    content["TxnDate"] = .string(date.text)
    let termID = content["SalesTermRef"]?["value"]?.string ?? customer.reference("SalesTermRef")
    if !termID.isEmpty {
      guard let term = row("Term", termID), term.isActive else {
        throw QuickBooksFault("2500", "Invalid Reference Id", "Term element id \(termID)")
      }
      content["SalesTermRef"] = ["value": .string(termID)]
      if content["DueDate"] == nil {
        let days = Int(term.text("DueDays")) ?? 0
        content["DueDate"] = .string(date.adding(days: days).text)
      }
    }
    let due = content["DueDate"]?.string.flatMap { CivilDate($0) } ?? date
    content["DueDate"] = .string(due.text)
  }

  private func setNumber(
    _ content: inout JSONValue.Object, _ entity: String, _ present: QuickBooksTable.Row?,
    allowsDuplicates: Bool
  ) throws(QuickBooksFault) {
    if let number = content["DocNumber"]?.string {
      guard number.count <= 21 else { throw .tooLong("DocNumber", 21) }
      let isTaken = rows(entity).contains {
        $0.text("DocNumber").lowercased() == number.lowercased() && $0.id != present?.id
      }
      if isTaken, settings.warnsOfDuplicateNumbers, !allowsDuplicates {
        throw QuickBooksFault(
          "6140", "Duplicate Document Number Error",
          "You must specify a different number. This number has already been used.")
      }
    } else if let number = present?.object["DocNumber"] {
      content["DocNumber"] = number
    } else if !settings.numbersByHand {
      content["DocNumber"] = .string(String(lastNumber + 1))
    }
  }

  private func setCurrency(
    _ content: inout JSONValue.Object, _ customer: QuickBooksTable.Row
  ) throws(QuickBooksFault) {
    let own = customer.reference("CurrencyRef")
    let asked = content["CurrencyRef"]?["value"]?.string ?? own
    guard asked == own else {
      throw .business(
        "The currency of the transaction (\(asked)) is not the currency of the customer (\(own))")
    }
    content["CurrencyRef"] = ["value": .string(asked)]
    if asked == homeCurrency {
      content["ExchangeRate"] = 1
    } else if content["ExchangeRate"] == nil {
      // Units of the home currency for one unit of the other.
      content["ExchangeRate"] = .decimal(settings.currencies[asked] ?? ExactDecimal(1))
    }
  }

  /// Lines keep the id they are sent with, where the document had it.
  private func numbered(
    _ lines: [JSONValue], _ present: QuickBooksTable.Row?
  ) throws(QuickBooksFault) -> [JSONValue] {
    let before = present?.object["Line"]?.array ?? []
    let known = Set(before.compactMap { $0["Id"]?.string })
    var last = known.compactMap { Int($0) }.max() ?? 0
    var used: Set<String> = []
    return lines.enumerated().map { index, line in
      var object = line.object ?? [:]
      let id = object["Id"]?.string ?? ""
      if !known.contains(id) || !used.insert(id).inserted {
        last += 1
        object["Id"] = .string(String(last))
      }
      object["LineNum"] = .integer(index + 1)
      return .object(object)
    }
  }

  // MARK: void and delete

  mutating func void(
    _ entity: String, _ object: JSONValue.Object, at now: SandboxTime
  ) throws(QuickBooksFault) -> JSONValue {
    guard entity == "Invoice" else {
      throw QuickBooksFault("500", "Unsupported Operation", "Operation void is not supported")
    }
    let id = object["Id"]?.string ?? ""
    let row = try current(entity, id, object)
    unlink(invoice: id, at: now)
    change(entity, id, at: now) { Self.void(&$0, row) }
    guard let after = self.row(entity, id) else { throw .notFound(entity) }
    return after.json
  }

  private static func void(_ changed: inout QuickBooksTable.Row, _ before: QuickBooksTable.Row) {
    for key in ["TotalAmt", "Balance", "HomeTotalAmt"] { changed.object[key] = 0 }
    let note = before.text("PrivateNote")
    changed.object["PrivateNote"] = .string(note.isEmpty ? "Voided" : "Voided - \(note)")
    changed.object["LinkedTxn"] = []
    changed.object["TxnTaxDetail"] = ["TotalTax": 0]
    let lines = (before.object["Line"]?.array ?? []).map { line -> JSONValue in
      guard var object = line.object, object["Amount"] != nil else { return line }
      object["Amount"] = 0
      if var detail = object["SalesItemLineDetail"]?.object {
        detail["Qty"] = detail["Qty"] == nil ? nil : 0
        detail["TaxInclusiveAmt"] = detail["TaxInclusiveAmt"] == nil ? nil : 0
        object["SalesItemLineDetail"] = .object(detail)
      }
      return .object(object)
    }
    changed.object["Line"] = .array(lines)
  }

  mutating func delete(
    _ entity: String, _ object: JSONValue.Object, at now: SandboxTime
  ) throws(QuickBooksFault) -> JSONValue {
    if entity == "RecurringTransaction" {
      let inner = object["Invoice"]?.object ?? object
      return try remove(entity, inner, at: now)
    }
    guard Self.transactions.contains(entity) else {
      throw QuickBooksFault("500", "Unsupported Operation", "Operation delete is not supported")
    }
    return try remove(entity, object, at: now)
  }

  private mutating func remove(
    _ entity: String, _ object: JSONValue.Object, at now: SandboxTime
  ) throws(QuickBooksFault) -> JSONValue {
    let id = object["Id"]?.string ?? object["Id"]?.digits ?? ""
    _ = try current(entity, id, object)
    if entity == "Invoice" { unlink(invoice: id, at: now) }
    if entity == "Payment" { release(payment: id, at: now) }
    change(entity, id, at: now) { $0.isDeleted = true }
    return ["status": "Deleted", "domain": "QBO", "Id": .string(id)]
  }
}
