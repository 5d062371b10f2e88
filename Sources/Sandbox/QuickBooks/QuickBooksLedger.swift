/// One company's books.
package struct QuickBooksLedger: Sendable {
  /// The company's id, which the vendor calls realm.
  package var realm: String
  package var name: String
  package var country: String
  package var homeCurrency: String
  package var isConnected = true
  /// What is switched on.
  var settings = Settings()
  var tables: [String: QuickBooksTable] = [:]
  private var lastID = 0
  /// Highest number given to a document.
  var lastNumber = 1000

  struct Settings: Sendable {
    var multiCurrency = true
    var numbersByHand = false
    var warnsOfDuplicateNumbers = true
    var usesTax = true
    var taxesByAddress = false
    var defaultTaxCode = ""
    var tracksClasses = true
    var closedUntil: CivilDate?
    var currencies: [String: ExactDecimal] = [:]
    var hasEnded = false
  }

  init(realm: String, name: String, country: String, homeCurrency: String) {
    self.realm = realm
    self.name = name
    self.country = country
    self.homeCurrency = homeCurrency
  }

  var isUnitedStates: Bool { country == "US" }

  /// All entities this sandbox knows, by their name in answers.
  static let entities = [
    "Customer", "Vendor", "Employee", "Invoice", "CreditMemo", "Payment", "Item", "Account",
    "TaxCode", "TaxRate", "Term", "Class", "CompanyCurrency", "CompanyInfo", "Preferences",
    "RecurringTransaction",
  ]
  static let transactions: Set<String> = ["Invoice", "CreditMemo", "Payment"]
  static let lists: Set<String> = [
    "Customer", "Vendor", "Employee", "Item", "Account", "TaxCode", "TaxRate", "Term", "Class",
    "CompanyCurrency",
  ]

  static func entity(_ word: String) -> String? {
    entities.first { $0.lowercased() == word.lowercased() }
  }

  func row(_ entity: String, _ id: String) -> QuickBooksTable.Row? { tables[entity]?[id] }

  func rows(_ entity: String) -> [QuickBooksTable.Row] { tables[entity]?.live ?? [] }

  /// Adds a record; ids are numbers of the whole company.
  @discardableResult
  mutating func add(
    _ entity: String, _ object: JSONValue.Object, at now: SandboxTime, id: String? = nil
  ) -> QuickBooksTable.Row {
    lastID += 1
    let row = QuickBooksTable.Row(
      id: id ?? String(lastID), object: object, created: now, changed: now)
    tables[entity, default: QuickBooksTable()].add(row)
    return row
  }

  mutating func change(
    _ entity: String, _ id: String, at now: SandboxTime,
    _ change: (inout QuickBooksTable.Row) -> Void
  ) {
    tables[entity]?.change(id, at: now, change)
  }

  /// Every invoice, deleted ones left out, for judges.
  package var allInvoices: [JSONValue] { rows("Invoice").map(\.json) }
  package var allCustomers: [JSONValue] { rows("Customer").map(\.json) }

  var companyInfo: JSONValue {
    [
      "CompanyName": .string(name), "LegalName": .string(name), "Country": .string(country),
      "SupportedLanguages": "en", "domain": "QBO", "sparse": false, "Id": "1", "SyncToken": "0",
    ]
  }

  var preferences: JSONValue {
    var books: JSONValue.Object = [
      "ClassTrackingPerTxnLine": .bool(settings.tracksClasses), "ClassTrackingPerTxn": false,
    ]
    if let day = settings.closedUntil { books["BookCloseDate"] = .string(day.text) }
    var tax: JSONValue.Object = [
      "UsingSalesTax": .bool(settings.usesTax),
      "PartnerTaxEnabled": .bool(settings.taxesByAddress),
    ]
    if !settings.defaultTaxCode.isEmpty {
      tax["TaxGroupCodeRef"] = ["value": .string(settings.defaultTaxCode)]
    }
    return [
      "AccountingInfoPrefs": .object(books),
      "CurrencyPrefs": [
        "HomeCurrency": ["value": .string(homeCurrency)],
        "MultiCurrencyEnabled": .bool(settings.multiCurrency),
      ],
      "SalesFormsPrefs": [
        "CustomTxnNumbers": .bool(settings.numbersByHand), "AllowDiscount": true,
      ],
      "TaxPrefs": .object(tax), "domain": "QBO", "sparse": false, "Id": "1", "SyncToken": "0",
    ]
  }

  /// Records as a query or change data capture shows them.
  func shown(_ entity: String) -> [QuickBooksTable.Row] { tables[entity]?.rows ?? [] }

  /// How one record is answered: a recurring transaction is wrapped in what it makes.
  func answered(_ entity: String, _ row: QuickBooksTable.Row) -> JSONValue {
    entity == "RecurringTransaction" ? ["Invoice": row.json] : row.json
  }
}
