extension QuickBooksLedger {
  /// What the caller may name of each entity beside what it may not change. Clients send
  /// read-only members and empty texts along: those are ignored.
  private static let known: [String: Set<String>] = [
    "Customer": [
      "DisplayName", "Title", "GivenName", "MiddleName", "FamilyName", "Suffix", "CompanyName",
      "PrintOnCheckName", "PrimaryEmailAddr", "PrimaryPhone", "AlternatePhone", "Mobile", "Fax",
      "WebAddr", "BillAddr", "ShipAddr", "Notes", "CurrencyRef", "SalesTermRef", "Taxable",
      "DefaultTaxCodeRef", "PreferredDeliveryMethod", "ParentRef", "Job", "BillWithParent",
      "Active", "PaymentMethodRef", "ResaleNum", "OpenBalanceDate", "CustomerTypeRef",
    ],
    "Invoice": [
      "CustomerRef", "TxnDate", "DueDate", "SalesTermRef", "DocNumber", "CurrencyRef",
      "ExchangeRate", "GlobalTaxCalculation", "TxnTaxDetail", "CustomerMemo", "PrivateNote",
      "Line", "BillEmail", "BillEmailCc", "BillEmailBcc", "EmailStatus", "PrintStatus",
      "BillAddr", "ShipAddr", "ApplyTaxAfterDiscount", "ClassRef", "DepartmentRef",
      "CustomField", "LinkedTxn", "DepositToAccountRef", "Deposit", "RecurringInfo",
      "ShipDate", "TrackingNum", "ShipMethodRef", "TransactionLocationType", "TaxExemptionRef",
      "AllowOnlinePayment", "AllowOnlineCreditCardPayment", "AllowOnlineACHPayment",
      "AllowIPNPayment", "ShipFromAddr", "InvoiceLink", "DeliveryInfo",
    ],
    "Payment": [
      "CustomerRef", "TotalAmt", "TxnDate", "PaymentRefNum", "PaymentMethodRef",
      "DepositToAccountRef", "CurrencyRef", "ExchangeRate", "Line", "PrivateNote",
      "ARAccountRef", "ProcessPayment", "CreditCardPayment", "TransactionLocationType",
      "TxnSource", "TxnStatus",
    ],
    "Item": [
      "Name", "Sku", "Type", "Description", "UnitPrice", "IncomeAccountRef", "SalesTaxCodeRef",
      "Taxable", "Active", "ExpenseAccountRef", "PurchaseDesc", "PurchaseCost", "TrackQtyOnHand",
      "SubItem", "ParentRef", "SalesTaxIncluded", "PurchaseTaxIncluded", "AssetAccountRef",
      "InvStartDate", "AbatementRate", "ReverseChargeRate", "ServiceType", "ItemCategoryType",
      "PurchaseTaxCodeRef", "UQCDisplayText", "UQCId", "ClassRef", "PrefVendorRef",
    ],
  ]
  private static let readOnly: Set<String> = [
    "Id", "SyncToken", "MetaData", "domain", "sparse", "status", "FullyQualifiedName", "Balance",
    "BalanceWithJobs", "TotalAmt", "HomeBalance", "HomeTotalAmt", "Level", "UnappliedAmt",
    "RemainingCredit", "V4IDPseudonym", "IsProject", "ClientEntityId", "QtyOnHand", "time",
    "SubItem", "Source", "OpenBalance", "LinkedTxn", "RecurDataRef", "TotalTax",
    "PrimaryTaxIdentifier", "attributes", "ShipFromAddr", "BalanceWithJobs", "FreeFormAddress",
    "TaxExemptionRef", "InvoiceLink", "DeliveryInfo",
  ]

  /// A create or an update, as the body says.
  mutating func write(
    _ entity: String, _ body: JSONValue, allowsDuplicates: Bool = false, at now: SandboxTime
  ) throws(QuickBooksFault) -> JSONValue {
    guard var object = body.object else { throw .missing(entity) }
    if entity == "RecurringTransaction" { return try addTemplate(object, at: now) }
    try Self.check(object, entity)
    let id = object["Id"]?.string ?? object["Id"]?.digits ?? ""
    guard !id.isEmpty else {
      return try create(entity, object, allowsDuplicates: allowsDuplicates, at: now)
    }
    let row = try current(entity, id, object)
    let isSparse = object["sparse"]?.bool == true || object["sparse"]?.string == "true"
    object = merged(object, into: row, isSparse: isSparse)
    return try update(entity, row, object, allowsDuplicates: allowsDuplicates, at: now)
  }

  private static func check(
    _ object: JSONValue.Object, _ entity: String
  ) throws(QuickBooksFault) {
    let known = Self.known[entity == "CreditMemo" ? "Invoice" : entity]
    guard let known else { return }
    for key in object.keys where !known.contains(key) && !readOnly.contains(key) {
      throw .unknownProperty(key)
    }
  }

  /// The record of an update, at the version the caller names.
  func current(
    _ entity: String, _ id: String, _ object: JSONValue.Object
  ) throws(QuickBooksFault) -> QuickBooksTable.Row {
    guard let row = row(entity, id) else {
      throw .notFound("Object not found: \(entity) \(id)")
    }
    guard let token = object["SyncToken"]?.string ?? object["SyncToken"]?.digits, !token.isEmpty
    else { throw .missing("SyncToken") }
    guard token == String(row.version) else { throw .stale }
    return row
  }

  /// A sparse update keeps what it does not name; a full one clears it.
  private func merged(
    _ object: JSONValue.Object, into row: QuickBooksTable.Row, isSparse: Bool
  ) -> JSONValue.Object {
    var merged: JSONValue.Object = [:]
    for (key, value) in row.object where isSparse || Self.readOnly.contains(key) {
      merged[key] = value
    }
    for (key, value) in object where !Self.readOnly.contains(key) {
      merged[key] = value.isNull ? nil : value
    }
    return merged
  }

  private mutating func create(
    _ entity: String, _ object: JSONValue.Object, allowsDuplicates: Bool, at now: SandboxTime
  ) throws(QuickBooksFault) -> JSONValue {
    let row: QuickBooksTable.Row
    switch entity {
    case "Customer", "Vendor", "Employee":
      row = add(entity, try person(entity, object, present: nil), at: now)
    case "Invoice", "CreditMemo":
      let document = try document(
        entity, object, present: nil, allowsDuplicates: allowsDuplicates, at: now)
      row = add(entity, document, at: now)
      if let number = Int(row.text("DocNumber")), number > lastNumber { lastNumber = number }
    case "Payment": row = try addPayment(object, at: now)
    case "Item": row = add(entity, try item(object, present: nil), at: now)
    case "Term", "Class", "Account", "TaxCode", "CompanyCurrency":
      row = add(entity, object, at: now)
    default:
      throw QuickBooksFault("500", "Unsupported Operation", "Operation create is not supported")
    }
    return answered(entity, row)
  }

  private mutating func update(
    _ entity: String, _ row: QuickBooksTable.Row, _ object: JSONValue.Object,
    allowsDuplicates: Bool, at now: SandboxTime
  ) throws(QuickBooksFault) -> JSONValue {
    let content: JSONValue.Object
    switch entity {
    case "Customer", "Vendor", "Employee":
      content = try person(entity, object, present: row)
    case "Invoice", "CreditMemo":
      content = try document(
        entity, object, present: row, allowsDuplicates: allowsDuplicates, at: now)
    case "Item": content = try item(object, present: row)
    default:
      throw QuickBooksFault("500", "Unsupported Operation", "Operation update is not supported")
    }
    change(entity, row.id, at: now) { $0.object = content }
    guard let after = self.row(entity, row.id) else { throw .notFound(entity) }
    return answered(entity, after)
  }

  // MARK: people

  /// The content of a customer, vendor or employee, checked. Names are unique across all three.
  private func person(
    _ entity: String, _ object: JSONValue.Object, present: QuickBooksTable.Row?
  ) throws(QuickBooksFault) -> JSONValue.Object {
    var content = object.filled
    var name = content["DisplayName"]?.string ?? ""
    if name.isEmpty {
      let parts = ["Title", "GivenName", "MiddleName", "FamilyName", "Suffix"]
      name = parts.compactMap { content[$0]?.string }.joined(separator: " ")
    }
    guard !name.isEmpty else { throw .missing("DisplayName") }
    for key in ["DisplayName", "GivenName", "FamilyName"] {
      let text = key == "DisplayName" ? name : content[key]?.string ?? ""
      guard !text.contains(where: { ":\t\n".contains($0) }) else {
        throw .business("The \(key) supplied has invalid characters")
      }
      guard text.count <= (key == "DisplayName" ? 500 : 100) else { throw .tooLong(key, 100) }
    }
    let mail = content["PrimaryEmailAddr"]?["Address"]?.string ?? ""
    guard mail.isEmpty || (mail.contains("@") && mail.contains(".") && mail.count <= 100) else {
      throw QuickBooksFault("2210", "Invalid Email Address format", mail, element: "Address")
    }
    for key in ["PrimaryPhone", "AlternatePhone", "Mobile", "Fax"] {
      guard (content[key]?["FreeFormNumber"]?.string ?? "").count <= 30 else {
        throw .tooLong(key, 30)
      }
    }
    guard (content["Notes"]?.string ?? "").count <= 2000 else { throw .tooLong("Notes", 2000) }
    let isActive = content["Active"]?.bool ?? true
    if isActive { try checkName(name, entity, present?.id) }
    content["DisplayName"] = .string(name)
    content["FullyQualifiedName"] = .string(name)
    content["Active"] = .bool(isActive)
    if entity == "Customer" { try setCurrency(&content, present) }
    return content
  }

  private func checkName(
    _ name: String, _ entity: String, _ own: String?
  ) throws(QuickBooksFault) {
    for other in ["Customer", "Vendor", "Employee"] {
      let holder = rows(other).first {
        $0.isActive && $0.text("DisplayName").lowercased() == name.lowercased()
          && !(other == entity && $0.id == own)
      }
      guard holder == nil else {
        throw QuickBooksFault(
          "6240", "Duplicate Name Exists Error",
          "The name supplied already exists. : Another customer, vendor or employee is already"
            + " using this name. Please use a different name.")
      }
    }
  }

  private func setCurrency(
    _ content: inout JSONValue.Object, _ present: QuickBooksTable.Row?
  ) throws(QuickBooksFault) {
    let asked = content["CurrencyRef"]?["value"]?.string ?? homeCurrency
    if let present, present.reference("CurrencyRef") != asked {
      throw .business("The currency of a customer cannot be changed")
    }
    guard asked == homeCurrency || settings.multiCurrency && settings.currencies[asked] != nil
    else { throw .business("Currency \(asked) is not enabled; multicurrency") }
    content["CurrencyRef"] = ["value": .string(asked)]
    if content["Balance"] == nil { content["Balance"] = 0 }
  }

  // MARK: items

  private func item(
    _ object: JSONValue.Object, present: QuickBooksTable.Row?
  ) throws(QuickBooksFault) -> JSONValue.Object {
    var content = object.filled
    guard let name = content["Name"]?.string else { throw .missing("Name") }
    guard name.count <= 100 else { throw .tooLong("Name", 100) }
    let holder = rows("Item").first {
      $0.text("Name").lowercased() == name.lowercased() && $0.id != present?.id
    }
    guard holder == nil else {
      throw QuickBooksFault(
        "6240", "Duplicate Name Exists Error", "The name supplied already exists.")
    }
    guard ["Service", "NonInventory", "Inventory"].contains(content["Type"]?.string ?? "") else {
      throw .missing("Type")
    }
    let account = content["IncomeAccountRef"]?["value"]?.string ?? ""
    guard row("Account", account)?.isActive == true else {
      throw account.isEmpty ? .missing("IncomeAccountRef") : .notFound("Account \(account)")
    }
    content["FullyQualifiedName"] = .string(name)
    content["Active"] = .bool(content["Active"]?.bool ?? true)
    return content
  }
}

extension JSONValue.Object {
  /// Without nulls and empty texts: to the vendor they say nothing.
  var filled: JSONValue.Object {
    var out: JSONValue.Object = [:]
    for (key, value) in self where !value.isNull && value.string != "" { out[key] = value }
    return out
  }
}
