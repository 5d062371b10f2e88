package import Domain
import Foundation
package import Transport

/// One Pipedrive company.
package struct PipedriveConnector: CRMSystem, ClientBacked {
  package let name: SystemName
  package let capabilities: CRMCapabilities
  let settings: ConnectionSettings
  let fields: CRMFields
  /// The client of this pass, which knows what is left of the budget.
  package let client: SystemClient
  let base: URL
  let time: TimeSource
  let memory = PipedriveMemory()
  let searches: PipedrivePace

  /// What a `kind: pipedrive` entry of the configuration may and must hold.
  package static let kind = ConnectorKind(
    "pipedrive",
    flows: [
      ConnectorKind.Flow("token", required: ["access_token"]),
      ConnectorKind.Flow(
        "authorization_code", required: ["client_id", "client_secret"],
        optional: ["redirect_uri", "scopes"]),
    ],
    urls: [
      "api_url": "https://api.pipedrive.com", "identity_url": "https://oauth.pipedrive.com",
      "login_url": "https://oauth.pipedrive.com",
    ],
    fields: PipedriveFields.defaults)

  /// Throws where the configuration cannot work; sends nothing.
  package init(
    settings: ConnectionSettings, environment: ConnectorEnvironment
  ) throws(ConnectorSetupError) {
    name = settings.name
    self.settings = settings
    fields = CRMFields(settings, defaults: PipedriveFields.defaults)
    capabilities = Self.capabilities(fields)
    let signIn = try PipedriveSignIn(settings, in: environment)
    base = try signIn.apiAddress()
    time = environment.time
    searches = PipedrivePace(time: environment.time)
    let burst = signIn.isToken ? PipedriveLimit.burst : PipedriveLimit.burstOAuth
    client = SystemClient(
      system: settings.name.rawValue, baseURLs: [base], exchange: environment.exchange,
      time: environment.time, authorizer: try signIn.authorizer(),
      limits: ClientLimits(
        maxConcurrent: 4,
        windows: [
          RateWindow(name: "two_seconds", limit: burst, length: PipedriveLimit.burstLength)
        ],
        // Answers tell what is left in the vendor's own units; where they do not, the smallest
        // plan is assumed and every call taken for a list.
        perDay: PipedriveLimit.perDay / PipedriveLimit.listCost,
        dailyCap: settings.limits.dailyCalls,
        // The budget is one for the whole company: other apps need their share of it.
        moneyReservePercent: 20, contactsReservePercent: 10,
        perCallDeadline: .seconds(settings.limits.callSeconds)),
      budgetStore: environment.budget, reader: .pipedrive, redactor: environment.redactor,
      logger: environment.logger, userAgent: environment.userAgent,
      passDeadline: environment.passDeadline, seed: environment.seed)
  }

  func subject(_ kind: RecordKind, _ id: String) -> Subject {
    Subject(system: name, kind: kind, id: id)
  }
}

/// The kinds of record this connector touches, by their names in paths.
enum PipedriveObject: String, CaseIterable, Sendable {
  case deals, organizations, persons, products, activities

  /// The list of its field definitions.
  var fieldsPath: String {
    switch self {
    case .deals: "dealFields"
    case .organizations: "organizationFields"
    case .persons: "personFields"
    case .products: "productFields"
    case .activities: "activityFields"
    }
  }

  init(_ kind: RecordKind) { self = kind == .person ? .persons : .organizations }
}

/// The two generations of the API, as their paths begin.
enum PipedriveVersion: Sendable {
  case v1, v2

  var path: [String] {
    switch self {
    case .v1: ["v1"]
    case .v2: ["api", "v2"]
    }
  }
}
