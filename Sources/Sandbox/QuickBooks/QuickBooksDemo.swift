extension QuickBooksSandbox {
  /// The refresh token that printed configurations use.
  package static let knownRefreshToken = "sandbox-refresh-token"
  /// The id of the demo company.
  package static let demoRealm = "9130354000000001"

  /// One connected company with its usual lists and no documents. The same arguments make the
  /// same ids. `country`: `NZ`, `CA` (codes of two rates) or `US`.
  package static func demo(
    country: String = "NZ", name: String = "Harbour & Hill Limited",
    at start: SandboxTime = SandboxTime(milliseconds: 1_767_225_600_000)
  ) -> QuickBooksSandbox {
    let home = ["NZ": "NZD", "CA": "CAD", "US": "USD"][country] ?? "NZD"
    var ledger = QuickBooksLedger(
      realm: demoRealm, name: name, country: country, homeCurrency: home)
    ledger.addDemoLists(at: start)
    var sandbox = QuickBooksSandbox(ledgers: [ledger])
    sandbox.identity.seed(knownRefreshToken, realm: demoRealm, at: start)
    return sandbox
  }
}

extension QuickBooksLedger {
  fileprivate mutating func addDemoLists(at now: SandboxTime) {
    let rates = ["AUD": "1.08", "USD": "1.70", "EUR": "1.84", "GBP": "2.15", "CAD": "1.25"]
    for (code, rate) in rates.sorted(by: { $0.key < $1.key }) where code != homeCurrency {
      settings.currencies[code] = ExactDecimal(rate)
      add("CompanyCurrency", ["Code": .string(code), "Active": true], at: now)
    }
    let sales = addAccount("200", "Sales", at: now)
    let services = addAccount("260", "Consulting Income", at: now)
    addAccount("090", "Business Bank Account", type: "Bank", at: now)
    addAccount("310", "Cost of Goods Sold", type: "Cost of Goods Sold", at: now)
    addItem("Sales", sku: nil, account: sales, at: now)
    addItem("Consulting Income", sku: nil, account: services, at: now)
    addItem("Design day", sku: "DESIGN", account: services, at: now)
    addTaxes(at: now)
    for days in [0, 7, 15, 30, 60] {
      add(
        "Term",
        [
          "Name": .string(days == 0 ? "Due on receipt" : "Net \(days)"), "Type": "STANDARD",
          "DueDays": .integer(days), "Active": true,
        ], at: now)
    }
    for name in ["North", "South"] {
      add(
        "Class", ["Name": .string(name), "FullyQualifiedName": .string(name), "Active": true],
        at: now)
    }
    add("Vendor", ["DisplayName": "Paper & Co", "Active": true], at: now)
    add("Employee", ["DisplayName": "Hana Ngata", "Active": true], at: now)
  }

  private mutating func addTaxes(at now: SandboxTime) {
    switch country {
    case "US":
      add("TaxCode", ["Name": "TAX", "Active": true], at: now, id: "TAX")
      add("TaxCode", ["Name": "NON", "Active": true], at: now, id: "NON")
      settings.defaultTaxCode = addTaxCode("California", [("CA State", "7.25")], at: now)
      addTaxCode("New York", [("NY State", "4"), ("NY City", "4.875")], at: now)
    case "CA":
      let gst = addTaxRate("GST", "5", at: now)
      addTaxCode("GST", rates: [gst], at: now)
      let qst = addTaxRate("QST", "9.975", at: now)
      addTaxCode("GST/QST QC", rates: [gst, qst], at: now)
      addTaxCode("Exempt", [("Exempt", "0")], at: now)
    default:
      addTaxCode("GST", [("GST on sales", "15")], at: now)
      addTaxCode("Zero rated", [("Zero rated", "0")], at: now)
      add("TaxCode", ["Name": "GST on purchases", "Active": true], at: now)
    }
  }

  @discardableResult
  mutating func addAccount(
    _ number: String, _ name: String, type: String = "Income", at now: SandboxTime
  ) -> String {
    let account: JSONValue.Object = [
      "AcctNum": .string(number), "Name": .string(name), "FullyQualifiedName": .string(name),
      "AccountType": .string(type), "Active": true,
    ]
    return add("Account", account.filled, at: now).id
  }

  @discardableResult
  mutating func addItem(
    _ name: String, sku: String?, account: String, at now: SandboxTime
  ) -> String {
    let item: JSONValue.Object = [
      "Name": .string(name), "Sku": .string(sku ?? ""), "Type": "Service",
      "FullyQualifiedName": .string(name), "IncomeAccountRef": ["value": .string(account)],
      "Active": true,
    ]
    return add("Item", item.filled, at: now).id
  }

  mutating func addTaxRate(_ name: String, _ percent: String, at now: SandboxTime) -> String {
    add(
      "TaxRate", ["Name": .string(name), "RateValue": .number(percent), "Active": true], at: now
    ).id
  }

  @discardableResult
  mutating func addTaxCode(
    _ name: String, _ rates: [(name: String, percent: String)], at now: SandboxTime
  ) -> String {
    let ids = rates.map { addTaxRate($0.name, $0.percent, at: now) }
    return addTaxCode(name, rates: ids, at: now)
  }

  @discardableResult
  mutating func addTaxCode(_ name: String, rates: [String], at now: SandboxTime) -> String {
    let details = rates.enumerated().map { order, rate -> JSONValue in
      [
        "TaxRateRef": ["value": .string(rate)], "TaxTypeApplicable": "TaxOnAmount",
        "TaxOrder": .integer(order),
      ]
    }
    return add(
      "TaxCode",
      [
        "Name": .string(name), "Active": true, "Taxable": true, "TaxGroup": true,
        "SalesTaxRateList": ["TaxRateDetail": .array(details)],
      ], at: now
    ).id
  }
}
