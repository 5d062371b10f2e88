package import Domain
import Foundation
package import Transport

/// One Zoho CRM organisation.
package struct ZohoConnector: CRMSystem, ClientBacked {
  package let name: SystemName
  package let capabilities: CRMCapabilities
  let settings: ConnectionSettings
  let fields: CRMFields
  let lines: ZohoLineSource
  let automation: ZohoAutomation
  /// The client of this pass, which knows what is left of the budget.
  package let client: SystemClient
  let base: URL
  /// The organisation's own pages, without a slash at its end.
  let appURL: String
  let memory = ZohoMemory()

  /// What a `kind: zoho` entry of the configuration may and must hold. The addresses are those of
  /// the first data centre; `data_centre` chooses others.
  package static let kind = ConnectorKind(
    "zoho",
    flows: [
      ConnectorKind.Flow(
        "refresh_token", required: ["client_id", "client_secret", "refresh_token"]),
      ConnectorKind.Flow(
        "authorization_code", required: ["client_id", "client_secret"],
        optional: ["redirect_uri", "scopes"]),
    ],
    urls: [
      "api_url": "https://www.zohoapis.com", "identity_url": "https://accounts.zoho.com",
      "login_url": "https://accounts.zoho.com", "app_url": "https://crm.zoho.com",
    ],
    fields: ZohoFields.defaults, optionalKeys: ZohoOption.all)

  /// Throws where the configuration cannot work; sends nothing.
  package init(
    settings: ConnectionSettings, environment: ConnectorEnvironment
  ) throws(ConnectorSetupError) {
    name = settings.name
    self.settings = settings
    fields = CRMFields(settings, defaults: ZohoFields.defaults)
    lines = try ZohoLineSource(settings)
    automation = try ZohoAutomation(settings)
    capabilities = Self.capabilities(fields, lines)
    let signIn = try ZohoSignIn(settings, in: environment)
    base = try signIn.apiAddress()
    var page = try ZohoDataCentre(settings).address("app_url", of: settings).absoluteString
    while page.hasSuffix("/") { page.removeLast() }
    appURL = page
    client = SystemClient(
      system: settings.name.rawValue, baseURLs: [base], exchange: environment.exchange,
      time: environment.time, authorizer: try signIn.authorizer(),
      limits: ClientLimits(
        // The smallest edition allows five at once, to all applications together.
        maxConcurrent: 3,
        perDay: ZohoLimit.perDay,
        dailyCap: settings.limits.dailyCalls,
        // The credits are the organisation's: other applications need their share of them.
        moneyReservePercent: 20, contactsReservePercent: 10,
        perCallDeadline: .seconds(settings.limits.callSeconds)),
      budgetStore: environment.budget, reader: .zoho, redactor: environment.redactor,
      logger: environment.logger, userAgent: environment.userAgent,
      passDeadline: environment.passDeadline, seed: environment.seed)
  }

  func subject(_ kind: RecordKind, _ id: String) -> Subject {
    Subject(system: name, kind: kind, id: id)
  }
}

/// The modules this connector touches, by their API names.
enum ZohoModule: String, CaseIterable, Sendable {
  case deals = "Deals"
  case accounts = "Accounts"
  case contacts = "Contacts"
  case products = "Products"
  case quotes = "Quotes"
  case salesOrders = "Sales_Orders"
  case tasks = "Tasks"

  init(_ kind: RecordKind) { self = kind == .person ? .contacts : .accounts }

  /// Those whose fields differ between organisations as far as we read them.
  static let described: [ZohoModule] = [.deals, .accounts, .contacts]

  var priority: CallPriority {
    switch self {
    case .deals, .products, .quotes, .salesOrders, .tasks: .money
    case .accounts, .contacts: .contacts
    }
  }

  /// The vendor's own fields that are read from a list, as far as the organisation has them.
  var standardFields: [String] {
    switch self {
    case .deals:
      [
        "Deal_Name", "Stage", "Pipeline", "Amount", "Closing_Date", "Account_Name",
        "Contact_Name", "Owner", "Currency", "Record_Status__s", "Modified_Time",
      ]
    case .accounts:
      [
        "Account_Name", "Phone", "Fax", "Website", "Billing_Street", "Billing_City",
        "Billing_State", "Billing_Code", "Billing_Country", "Shipping_Street", "Shipping_City",
        "Shipping_State", "Shipping_Code", "Shipping_Country", "Record_Status__s",
        "Modified_Time",
      ]
    case .contacts:
      [
        "First_Name", "Last_Name", "Full_Name", "Email", "Secondary_Email", "Phone", "Mobile",
        "Fax", "Account_Name", "Mailing_Street", "Mailing_City", "Mailing_State", "Mailing_Zip",
        "Mailing_Country", "Other_Street", "Other_City", "Other_State", "Other_Zip",
        "Other_Country", "Record_Status__s", "Modified_Time",
      ]
    case .products: ["Product_Name", "Product_Code", "Unit_Price", "Description", "Tax"]
    case .quotes, .salesOrders: ["Subject", "Deal_Name", "Modified_Time"]
    case .tasks: ["Subject", "Description"]
    }
  }
}

/// Which of the organisation's own automation our writes set off.
enum ZohoAutomation: String, CaseIterable, Sendable {
  case none, workflow, all

  init(_ settings: ConnectionSettings) throws(ConnectorSetupError) {
    let word = settings.options[ZohoOption.automation]
    guard let choice = Self(rawValue: word?.value ?? Self.none.rawValue) else {
      throw ConnectorSetupError(
        system: settings.name, origin: word?.origin ?? settings.origin,
        message: "automation is neither none, workflow nor all",
        remedy: "set automation to none, so that our writes start nothing")
    }
    self = choice
  }

  /// The member `trigger` of a write; left out, everything runs.
  var trigger: OutgoingJSON? {
    switch self {
    case .none: .array([])
    case .workflow: .array([.text("workflow")])
    case .all: nil
    }
  }
}
