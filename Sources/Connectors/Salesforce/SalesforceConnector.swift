package import Domain
import Foundation
package import Transport

/// One Salesforce organisation.
package struct SalesforceConnector: CRMSystem, ClientBacked {
  package let name: SystemName
  package let capabilities: CRMCapabilities
  let settings: ConnectionSettings
  let fields: CRMFields
  /// The client of this pass, which knows what is left of the budget.
  package let client: SystemClient
  let base: URL
  /// Such as `v66.0`.
  let version: String
  /// The currency of an organisation that has only one and does not name it.
  let currency: Currency?
  let patience: SalesforcePatience
  let memory = SalesforceMemory()

  /// What a `kind: salesforce` entry of the configuration may and must hold.
  package static let kind = ConnectorKind(
    "salesforce",
    flows: [
      ConnectorKind.Flow("client_credentials", required: ["client_id", "client_secret"]),
      ConnectorKind.Flow(
        "jwt_bearer", required: ["client_id", "username", "private_key"],
        optional: ["audience"]),
      ConnectorKind.Flow(
        "authorization_code", required: ["client_id"],
        optional: ["client_secret", "redirect_uri", "scopes"]),
    ],
    urls: [:], fields: SalesforceFields.defaults, optionalKeys: ["api_version", "currency"])

  /// Throws where the configuration cannot work; sends nothing.
  package init(
    settings: ConnectionSettings, environment: ConnectorEnvironment
  ) throws(ConnectorSetupError) {
    name = settings.name
    self.settings = settings
    fields = CRMFields(settings, defaults: SalesforceFields.defaults)
    capabilities = Self.capabilities(fields)
    version = try Self.version(settings)
    currency = try Self.currency(settings)
    let signIn = try SalesforceSignIn(settings, in: environment)
    base = try signIn.apiAddress()
    patience = SalesforcePatience(
      time: environment.time, passDeadline: environment.passDeadline, seed: environment.seed)
    client = SystemClient(
      system: settings.name.rawValue, baseURLs: [base], exchange: environment.exchange,
      time: environment.time, authorizer: try signIn.authorizer(),
      limits: ClientLimits(
        // Writes to the children of one account lock each other out: one after the other.
        maxConcurrent: 2,
        // Answers tell what is left; until the first one the smallest edition is assumed.
        perDay: SalesforceLimit.perDay, dailyCap: settings.limits.dailyCalls,
        // The day is one for every app of the organisation: others need their share of it.
        moneyReservePercent: 20, contactsReservePercent: 10,
        perCallDeadline: .seconds(settings.limits.callSeconds)),
      budgetStore: environment.budget, reader: .salesforce, redactor: environment.redactor,
      logger: environment.logger, userAgent: environment.userAgent,
      passDeadline: environment.passDeadline, seed: environment.seed)
  }

  private static func version(
    _ settings: ConnectionSettings
  ) throws(ConnectorSetupError) -> String {
    guard let option = settings.options["api_version"] else { return SalesforceLimit.version }
    let number = option.value.hasPrefix("v") ? option.value.dropFirst() : option.value[...]
    guard number.hasSuffix(".0"), let release = Int(number.dropLast(2)), release >= 46 else {
      throw ConnectorSetupError(
        system: settings.name, origin: option.origin,
        message: "“\(option.value)” is no version of the API that is new enough",
        remedy: "write it as \(SalesforceLimit.version), v46.0 or later")
    }
    return "v\(number)"
  }

  private static func currency(
    _ settings: ConnectionSettings
  ) throws(ConnectorSetupError) -> Currency? {
    guard let option = settings.options["currency"] else { return nil }
    guard let currency = Currency(option.value) else {
      throw ConnectorSetupError(
        system: settings.name, origin: option.origin,
        message: "“\(option.value)” is no currency code",
        remedy: "write three letters, such as NZD")
    }
    return currency
  }

  func subject(_ kind: RecordKind, _ id: String) -> Subject {
    Subject(system: name, kind: kind, id: id)
  }
}

/// The kinds of record this connector touches, by their names in addresses and queries.
enum SalesforceObject: String, CaseIterable, Sendable {
  case opportunity = "Opportunity"
  case account = "Account"
  case contact = "Contact"
  case lineItem = "OpportunityLineItem"
  case task = "Task"

  init(_ kind: RecordKind) { self = kind == .person ? .contact : .account }

  init(_ feed: CRMFeed) {
    switch feed {
    case .deals: self = .opportunity
    case .companies: self = .account
    case .people: self = .contact
    case .lines: self = .lineItem
    }
  }

  var recordKind: RecordKind {
    switch self {
    case .opportunity: .deal
    case .account: .company
    case .contact: .person
    case .lineItem: .line
    case .task: .alert
    }
  }

  var priority: CallPriority {
    switch self {
    case .opportunity, .lineItem, .task: .money
    case .account, .contact: .contacts
    }
  }

  /// Those whose fields can differ from organisation to organisation.
  static let described: [SalesforceObject] = [.opportunity, .account, .contact, .lineItem]
}
