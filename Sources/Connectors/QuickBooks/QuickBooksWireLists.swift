internal import Domain

/// The company itself.
struct QuickBooksCompanyInfo: QuickBooksRecord {
  static let entity = "CompanyInfo"
  let name: String
  let country: String
  /// Not every company tells it.
  let zone: String

  init(from decoder: any Decoder) throws {
    let fields = try RecordFields(decoder)
    name = try fields.required("CompanyName")
    country = try fields.text("Country")
    zone = try fields.text("DefaultTimeZone")
  }
}

/// What the company has switched on.
struct QuickBooksPreferences: QuickBooksRecord {
  static let entity = "Preferences"
  let homeCurrency: String
  let isMultiCurrency: Bool
  let numbersByHand: Bool
  let usesTax: Bool
  /// Sales tax is worked out by address (United States).
  let taxesByAddress: Bool
  let defaultTaxCode: String
  let tracksClasses: Bool
  let closedUntil: CalendarDate?

  init(from decoder: any Decoder) throws {
    let fields = try RecordFields(decoder)
    let currency = try fields.one("CurrencyPrefs", Group.self)
    homeCurrency = currency?.homeCurrency ?? ""
    isMultiCurrency = currency?.isMultiCurrency ?? false
    numbersByHand = try fields.one("SalesFormsPrefs", Group.self)?.numbersByHand ?? false
    let tax = try fields.one("TaxPrefs", Group.self)
    usesTax = tax?.usesTax ?? false
    taxesByAddress = tax?.taxesByAddress ?? false
    defaultTaxCode = tax?.defaultTaxCode ?? ""
    let books = try fields.one("AccountingInfoPrefs", Group.self)
    tracksClasses = books?.tracksClasses ?? false
    closedUntil = books?.closedUntil
  }

  /// The members of all groups; each group has some of them.
  private struct Group: Decodable {
    let homeCurrency: String
    let isMultiCurrency: Bool
    let numbersByHand: Bool
    let usesTax: Bool
    let taxesByAddress: Bool
    let defaultTaxCode: String
    let tracksClasses: Bool
    let closedUntil: CalendarDate?

    init(from decoder: any Decoder) throws {
      let fields = try RecordFields(decoder)
      homeCurrency = try fields.reference("HomeCurrency")
      isMultiCurrency = try fields.flag("MultiCurrencyEnabled")
      numbersByHand = try fields.flag("CustomTxnNumbers")
      usesTax = try fields.flag("UsingSalesTax")
      taxesByAddress = try fields.flag("PartnerTaxEnabled")
      defaultTaxCode = try fields.reference("TaxGroupCodeRef")
      tracksClasses =
        try fields.flag("ClassTrackingPerTxnLine") || fields.flag("ClassTrackingPerTxn")
      closedUntil = try fields.day("BookCloseDate")
    }
  }
}

struct QuickBooksAccount: QuickBooksRecord {
  static let entity = "Account"
  let id: String
  let number: String
  let name: String
  let type: String
  let taxCode: String
  let isActive: Bool

  init(from decoder: any Decoder) throws {
    let fields = try RecordFields(decoder)
    id = try fields.required("Id")
    number = try fields.text("AcctNum")
    let full = try fields.text("FullyQualifiedName")
    name = full.isEmpty ? try fields.required("Name") : full
    type = try fields.text("AccountType")
    taxCode = try fields.reference("TaxCodeRef")
    isActive = try fields.one("Active", LenientFlag.self)?.value ?? true
  }

  /// What people call it: its number, or its name where the company has no numbers.
  var code: String { number.isEmpty ? name : number }
}

struct QuickBooksItem: QuickBooksVersioned {
  static let entity = "Item"
  let id: String
  let syncToken: String
  let name: String
  let sku: String
  let type: String
  let incomeAccount: String
  let taxCode: String
  let isActive: Bool

  init(from decoder: any Decoder) throws {
    let fields = try RecordFields(decoder)
    id = try fields.required("Id")
    syncToken = try fields.text("SyncToken")
    name = try fields.text("Name")
    sku = try fields.text("Sku")
    type = try fields.text("Type")
    incomeAccount = try fields.reference("IncomeAccountRef")
    taxCode = try fields.reference("SalesTaxCodeRef")
    isActive = try fields.one("Active", LenientFlag.self)?.value ?? true
  }

  /// Groups and categories cannot stand on a line.
  var isSold: Bool { ["Service", "NonInventory", "Inventory"].contains(type) }

  var code: String { sku.isEmpty ? name : sku }
}

struct QuickBooksTaxCode: QuickBooksRecord {
  static let entity = "TaxCode"
  let id: String
  let name: String
  let isActive: Bool
  let rates: [Part]

  init(from decoder: any Decoder) throws {
    let fields = try RecordFields(decoder)
    id = try fields.required("Id")
    name = try fields.text("Name")
    isActive = try fields.one("Active", LenientFlag.self)?.value ?? true
    rates = try fields.one("SalesTaxRateList", Parts.self)?.parts ?? []
  }

  private struct Parts: Decodable {
    let parts: [Part]

    init(from decoder: any Decoder) throws {
      parts = try RecordFields(decoder).list("TaxRateDetail", of: Part.self)
    }
  }

  struct Part: Decodable {
    let rate: String
    /// `TaxOnAmount`, `TaxOnAmountPlusTax` or `TaxOnTax`.
    let base: String
    let order: Int

    init(from decoder: any Decoder) throws {
      let fields = try RecordFields(decoder)
      rate = try fields.reference("TaxRateRef")
      base = try fields.text("TaxTypeApplicable")
      order = Int(try fields.text("TaxOrder")) ?? 0
    }
  }
}

struct QuickBooksTaxRate: QuickBooksRecord {
  static let entity = "TaxRate"
  let id: String
  let percent: ExactDecimal

  init(from decoder: any Decoder) throws {
    let fields = try RecordFields(decoder)
    id = try fields.required("Id")
    percent = try fields.number("RateValue") ?? .zero
  }
}

struct QuickBooksTerm: QuickBooksRecord {
  static let entity = "Term"
  let id: String
  let isActive: Bool
  let type: String
  let dueDays: Int?
  let dayOfMonth: Int?

  init(from decoder: any Decoder) throws {
    let fields = try RecordFields(decoder)
    id = try fields.required("Id")
    isActive = try fields.one("Active", LenientFlag.self)?.value ?? true
    type = try fields.text("Type").uppercased()
    dueDays = Int(try fields.text("DueDays"))
    dayOfMonth = Int(try fields.text("DayOfMonthDue"))
  }
}

struct QuickBooksClass: QuickBooksRecord {
  static let entity = "Class"
  let id: String
  let name: String

  init(from decoder: any Decoder) throws {
    let fields = try RecordFields(decoder)
    id = try fields.required("Id")
    let full = try fields.text("FullyQualifiedName")
    name = full.isEmpty ? try fields.text("Name") : full
  }
}

struct QuickBooksCurrency: QuickBooksRecord {
  static let entity = "CompanyCurrency"
  let code: String

  init(from decoder: any Decoder) throws { code = try RecordFields(decoder).required("Code") }
}
