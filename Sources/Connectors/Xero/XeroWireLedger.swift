internal import Domain

/// The organisation.
struct XeroOrganisation: XeroRecord {
  static let idKey = "OrganisationID"
  static let listKey = "Organisations"

  let id: String
  let name: String
  let baseCurrency: String
  let country: String
  let timezone: String
  let shortCode: String
  let periodLock: CalendarDate?
  let yearLock: CalendarDate?
  let isDemo: Bool

  init(from decoder: any Decoder) throws {
    let fields = try XeroFields(decoder)
    id = try fields.text("OrganisationID")
    name = try fields.required("Name")
    baseCurrency = try fields.required("BaseCurrency")
    country = try fields.text("CountryCode")
    timezone = try fields.text("Timezone")
    shortCode = try fields.text("ShortCode")
    periodLock = try fields.date("PeriodLockDate")
    yearLock = try fields.date("EndOfYearLockDate")
    isDemo = try fields.flag("IsDemoCompany")
  }
}

struct XeroAccount: XeroRecord {
  static let idKey = "AccountID"
  static let listKey = "Accounts"

  /// Bank accounts may have none.
  let code: String
  let name: String
  let type: String
  let status: String
  let taxType: String
  let systemAccount: String

  init(from decoder: any Decoder) throws {
    let fields = try XeroFields(decoder)
    code = try fields.text("Code")
    name = try fields.text("Name")
    type = try fields.text("Type")
    status = try fields.text("Status")
    taxType = try fields.text("TaxType")
    systemAccount = try fields.text("SystemAccount")
  }
}

struct XeroTaxRate: XeroRecord {
  static let idKey = "TaxType"
  static let listKey = "TaxRates"

  let code: String
  let name: String
  let status: String
  let effectiveRate: ExactDecimal
  let appliesToRevenue: Bool

  init(from decoder: any Decoder) throws {
    let fields = try XeroFields(decoder)
    code = try fields.required("TaxType")
    name = try fields.text("Name")
    status = try fields.text("Status")
    let rate = try fields.number("EffectiveRate") ?? fields.number("DisplayTaxRate")
    guard let rate else { throw fields.missing("EffectiveRate") }
    effectiveRate = rate
    appliesToRevenue = try fields.one("CanApplyToRevenue", LenientFlag.self)?.value ?? true
  }
}

struct XeroCurrency: XeroRecord {
  static let idKey = "Code"
  static let listKey = "Currencies"

  let code: String

  init(from decoder: any Decoder) throws { code = try XeroFields(decoder).required("Code") }
}

struct XeroBrandingTheme: XeroRecord {
  static let idKey = "BrandingThemeID"
  static let listKey = "BrandingThemes"

  let id: String
  let name: String

  init(from decoder: any Decoder) throws {
    let fields = try XeroFields(decoder)
    id = try fields.required("BrandingThemeID")
    name = try fields.text("Name")
  }
}

struct XeroTrackingCategory: XeroRecord {
  static let idKey = "TrackingCategoryID"
  static let listKey = "TrackingCategories"

  let name: String
  let isActive: Bool
  let options: [Option]

  init(from decoder: any Decoder) throws {
    let fields = try XeroFields(decoder)
    name = try fields.required("Name")
    isActive = try ["", "ACTIVE"].contains(fields.text("Status").uppercased())
    options = try fields.list("Options", of: Option.self)
  }

  struct Option: Decodable {
    let name: String
    let isActive: Bool

    init(from decoder: any Decoder) throws {
      let fields = try XeroFields(decoder)
      name = try fields.text("Name")
      isActive = try ["", "ACTIVE"].contains(fields.text("Status").uppercased())
    }
  }
}

struct XeroItem: XeroRecord {
  static let idKey = "ItemID"
  static let listKey = "Items"

  let id: String
  let code: String
  let name: String
  let account: String
  let taxType: String
  let isSold: Bool
  let verdict: XeroVerdict

  init(from decoder: any Decoder) throws {
    let fields = try XeroFields(decoder)
    id = try fields.text("ItemID")
    code = try fields.text("Code")
    name = try fields.text("Name")
    let sales = try fields.one("SalesDetails", Sales.self)
    account = sales?.account ?? ""
    taxType = sales?.taxType ?? ""
    isSold = try fields.one("IsSold", LenientFlag.self)?.value ?? true
    verdict = try XeroVerdict(from: decoder)
  }

  struct Sales: Decodable {
    let account: String
    let taxType: String

    init(from decoder: any Decoder) throws {
      let fields = try XeroFields(decoder)
      account = try fields.text("AccountCode")
      taxType = try fields.text("TaxType")
    }
  }
}

/// One organisation the sign-in reaches; `/connections` answers a bare array of these.
struct XeroTenant: WireRecord {
  static let idKey = "tenantId"

  let id: String
  let type: String
  let name: String

  init(from decoder: any Decoder) throws {
    let fields = try XeroFields(decoder)
    id = try fields.required("tenantId")
    type = try fields.text("tenantType")
    name = try fields.text("tenantName")
  }
}
