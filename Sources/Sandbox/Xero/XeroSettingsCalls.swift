extension XeroLedger {
  // MARK: Slow-moving lists

  mutating func listAccounts(_ call: XeroCall) throws(XeroRefusal) -> SandboxResponse {
    var listed = accounts
    if call.parts.count > 1 {
      listed = accounts.filter { $0.id.description == call.parts[1].lowercased() }
      if listed.isEmpty { throw .notFound }
    }
    if let since = call.modifiedSince { listed = listed.filter { $0.updated >= since } }
    let elements = try call.narrowed(listed.map { .object($0.json) })
    return envelope("Accounts", elements, at: call.now)
  }

  mutating func listTaxRates(_ call: XeroCall) throws(XeroRefusal) -> SandboxResponse {
    var listed = taxRates
    if call.parts.count > 1 {
      listed = taxRates.filter { $0.type == call.parts[1] }
      if listed.isEmpty { throw .notFound }
    }
    return envelope("TaxRates", try call.narrowed(listed.map(\.json)), at: call.now)
  }

  mutating func listCurrencies(_ call: XeroCall) throws(XeroRefusal) -> SandboxResponse {
    let listed = currencies.map { currency -> JSONValue in
      ["Code": .string(currency.code), "Description": .string(currency.name)]
    }
    return envelope("Currencies", try call.narrowed(listed), at: call.now)
  }

  mutating func addCurrency(_ call: XeroCall) throws(XeroRefusal) -> SandboxResponse {
    let element = try call.elements("Currencies")[0]
    guard let code = element["Code"]?.string, code.count == 3 else {
      throw .message("The currency Code must have three letters")
    }
    if !currencies.contains(where: { $0.code == code }) {
      currencies.append(
        XeroCurrency(
          code: code, name: element["Description"]?.string ?? code, rate: ExactDecimal(2)))
    }
    return try listCurrencies(call)
  }

  mutating func listThemes(_ call: XeroCall) -> SandboxResponse {
    let listed = brandingThemes.map { theme -> JSONValue in
      [
        "BrandingThemeID": theme.id.json, "Name": .string(theme.name),
        "SortOrder": .integer(theme.sortOrder),
        "CreatedDateUTC": XeroWire.timestamp(organisation.connectedAt),
      ]
    }
    return envelope("BrandingThemes", listed, at: call.now)
  }

  mutating func listTracking(_ call: XeroCall) throws(XeroRefusal) -> SandboxResponse {
    let withArchived = call.flag("includeArchived") ?? false
    var listed = trackingCategories.filter { withArchived || !$0.isArchived }
    if call.parts.count > 1 {
      listed = trackingCategories.filter { $0.id.description == call.parts[1].lowercased() }
      if listed.isEmpty { throw .notFound }
    }
    return envelope("TrackingCategories", try call.narrowed(listed.map(\.json)), at: call.now)
  }

  // MARK: The organisation

  mutating func readOrganisation(_ call: XeroCall) -> SandboxResponse {
    var object: JSONValue.Object = [
      "Name": .string(organisation.name), "LegalName": .string(organisation.name),
      "PaysTax": true, "Version": .string(organisation.region.rawValue.uppercased()),
      "OrganisationType": "COMPANY", "BaseCurrency": .string(organisation.baseCurrency),
      "CountryCode": .string(organisation.countryCode),
      "IsDemoCompany": .bool(organisation.plan == .demo), "OrganisationStatus": "ACTIVE",
      "FinancialYearEndDay": 31, "FinancialYearEndMonth": 3, "SalesTaxBasis": "ACCRUALS",
      "SalesTaxPeriod": "TWOMONTHS", "DefaultSalesTax": "Tax Exclusive",
      "DefaultPurchasesTax": "Tax Exclusive",
      "CreatedDateUTC": XeroWire.timestamp(organisation.connectedAt),
      "OrganisationEntityType": "COMPANY", "Timezone": .string(organisation.timezone),
      "ShortCode": .string(organisation.shortCode), "OrganisationID": organisation.id.json,
      "Edition": "BUSINESS", "Class": organisation.plan == .demo ? "DEMO" : "STANDARD",
      "Addresses": [], "Phones": [], "ExternalLinks": [], "PaymentTerms": [:],
    ]
    if let date = organisation.periodLockDate { object["PeriodLockDate"] = XeroWire.date(date) }
    if let date = organisation.endOfYearLockDate {
      object["EndOfYearLockDate"] = XeroWire.date(date)
    }
    return envelope("Organisations", [.object(object)], at: call.now)
  }

  mutating func readActions(_ call: XeroCall) -> SandboxResponse {
    let names = [
      "AttachFilesToDocuments", "CreateApprovedBill", "CreateApprovedInvoice", "CreateDraftBill",
      "CreateDraftInvoice", "CreateInvoicePayment", "CreateRepeatingInvoice", "CreditNotes",
      "UseMulticurrency",
    ]
    let listed = names.map { name -> JSONValue in
      let stopped = name == "CreateApprovedInvoice" && organisation.approvalsLeft == 0
      return ["Name": .string(name), "Status": stopped ? "NOT-ALLOWED" : "ALLOWED"]
    }
    return envelope("Actions", listed, at: call.now)
  }

  // MARK: Items

  mutating func listItems(_ call: XeroCall) throws(XeroRefusal) -> SandboxResponse {
    var listed = items
    if call.parts.count > 1 {
      listed = items.filter { $0.id.description == call.parts[1] || $0.code == call.parts[1] }
      if listed.isEmpty { throw .notFound }
    }
    if let since = call.modifiedSince { listed = listed.filter { $0.updated >= since } }
    let elements = try call.narrowed(listed.map { .object($0.json) })
    return envelope("Items", elements, at: call.now)
  }

  mutating func writeItems(_ call: XeroCall) throws(XeroRefusal) -> SandboxResponse {
    try write(call, "Items", idKey: "ItemID") { ledger, element in
      ledger.writeItem(element, call)
    }
  }

  private mutating func writeItem(_ submitted: XeroElement, _ call: XeroCall) -> XeroOutcome {
    var element = submitted
    guard let code = element.text("Code", atMost: 30), !code.isEmpty else {
      element.refuse("Item Code must be specified")
      return .refused(element)
    }
    let index = items.firstIndex { $0.code == code }
    if index != nil, call.method == "PUT" {
      element.refuse("Price List Item with Code ''\(code)'' already exists")
    }
    var item =
      index.map { items[$0] } ?? XeroItem(id: ids.next(), code: code, updated: call.now)
    item.name = element.text("Name", atMost: 50) ?? item.name
    item.description = element.text("Description", atMost: 4000) ?? item.description
    var sales = XeroElement(element.object["SalesDetails"]?.object ?? [:])
    item.unitPrice = sales.number("UnitPrice")?.rounded(call.unitPlaces) ?? item.unitPrice
    item.accountCode = sales.text("AccountCode") ?? item.accountCode
    item.taxType = sales.text("TaxType") ?? item.taxType
    element.errors += sales.errors
    guard element.isValid else { return .refused(element) }
    item.updated = call.now
    if let index { items[index] = item } else { items.append(item) }
    return .saved(item.json, warnings: [])
  }
}

extension XeroAccount {
  var json: JSONValue.Object {
    var object: JSONValue.Object = ["AccountID": id.json]
    object.put("Code", code)
    object["Name"] = .string(name)
    object["Status"] = isArchived ? "ARCHIVED" : "ACTIVE"
    object["Type"] = .string(type)
    object["TaxType"] = .string(taxType)
    object["Class"] = .string(accountClass)
    object["EnablePaymentsToAccount"] = .bool(enablePayments)
    object["ShowInExpenseClaims"] = false
    if type == "BANK" { object["BankAccountType"] = "BANK" }
    object.put("SystemAccount", systemAccount)
    object.put("CurrencyCode", currency)
    object["ReportingCode"] = ""
    object["HasAttachments"] = false
    object.put(updated: updated, twin: false)
    object["AddToWatchlist"] = false
    return object
  }
}

extension XeroTaxRate {
  /// The report the rate counts in; a closed set, unlike the type itself.
  private var reportType: String {
    if canApplyToRevenue && canApplyToExpenses { return "NONE" }
    return canApplyToRevenue ? "OUTPUT" : "INPUT"
  }

  var json: JSONValue {
    let percent = JSONValue.decimal(rate, places: 4)
    let component: JSONValue = [
      "Name": .string(name), "Rate": percent, "IsCompound": false, "IsNonRecoverable": false,
    ]
    return [
      "Name": .string(name), "TaxType": .string(type), "ReportTaxType": .string(reportType),
      "CanApplyToAssets": .bool(canApplyToExpenses), "CanApplyToEquity": true,
      "CanApplyToExpenses": .bool(canApplyToExpenses), "CanApplyToLiabilities": true,
      "CanApplyToRevenue": .bool(canApplyToRevenue), "DisplayTaxRate": percent,
      "EffectiveRate": percent, "Status": isActive ? "ACTIVE" : "DELETED",
      "TaxComponents": [component],
    ]
  }
}

extension XeroTrackingCategory {
  var json: JSONValue {
    [
      "Name": .string(name), "Status": isArchived ? "ARCHIVED" : "ACTIVE",
      "TrackingCategoryID": id.json,
      "Options": .array(
        options.map { option in
          [
            "TrackingOptionID": option.id.json, "Name": .string(option.name),
            "Status": option.isArchived ? "ARCHIVED" : "ACTIVE", "HasValidationErrors": false,
            "IsDeleted": false, "IsArchived": .bool(option.isArchived), "IsActive": true,
          ]
        }),
    ]
  }
}

extension XeroItem {
  var json: JSONValue.Object {
    var sales: JSONValue.Object = [:]
    sales.put("UnitPrice", money: unitPrice)
    sales.put("AccountCode", accountCode)
    sales.put("TaxType", taxType)
    var object: JSONValue.Object = ["ItemID": id.json, "Code": .string(code)]
    object.put("Description", description)
    object.put(updated: updated, twin: false)
    object["PurchaseDetails"] = [:]
    object["SalesDetails"] = .object(sales)
    object.put("Name", name)
    object["IsTrackedAsInventory"] = false
    object["IsSold"] = .bool(!sales.isEmpty)
    object["IsPurchased"] = false
    return object
  }
}
