import Domain

extension HubSpotConnector {
  /// What a `kind: hubspot` entry of the configuration may and must hold.
  package static let kind = ConnectorKind(
    "hubspot",
    flows: [
      ConnectorKind.Flow("token", required: ["access_token"]),
      ConnectorKind.Flow(
        "authorization_code", required: ["client_id", "client_secret"],
        optional: ["redirect_uri"]),
    ],
    urls: [
      "api_url": "https://api.hubapi.com", "login_url": "https://app.hubspot.com",
      "app_url": "https://app.hubspot.com",
    ],
    fields: HubSpotFields.defaults,
    optionalKeys: ["identity_url", "api_version"])

  static let standardCapabilities = CRMCapabilities(
    feeds: [.deals, .companies, .people, .lines],
    listingLagSeconds: 900,
    settleSeconds: 120,
    dealsPerRead: HubSpotLimit.batch,
    relationsPerRead: HubSpotLimit.associations,
    reportsPerWrite: HubSpotLimit.batch,
    createsPerWrite: HubSpotLimit.batch,
    supportsTasks: true)
}

/// The vendor's own numbers.
enum HubSpotLimit {
  static let searchPage = 200
  static let listPage = 100
  static let batch = 100
  static let associations = 1000
  /// Characters of a search body; the vendor's limit is 3,000.
  static let searchBody = 2900
  /// Five searches a second for all apps of an account together: one is left to the others.
  static let searchesPerWindow = 4
  static let searchWindow: Duration = .milliseconds(1050)
  static let perTenSeconds = 100
  static let perDay = 250_000
}

/// The editions of the API. They serve the same records; only their addresses differ.
enum HubSpotEdition: String, CaseIterable, Sendable {
  case classic = "v3"
  case march2026 = "2026-03"
  case september2026 = "2026-09"

  /// A part of the API that is versioned on its own.
  enum Area: Sendable {
    case objects, associations, properties, pipelines, owners, account, taxRates, token
  }

  /// The path of an area: the version stands before it in one edition, after it in others, and
  /// some areas have a numbering of their own.
  func path(_ area: Area) -> [String] {
    switch (self, area) {
    case (.classic, .objects): ["crm", "v3", "objects"]
    case (.classic, .associations): ["crm", "v4", "associations"]
    case (.classic, .properties): ["crm", "v3", "properties"]
    case (.classic, .pipelines): ["crm", "v3", "pipelines"]
    case (.classic, .owners): ["crm", "v3", "owners"]
    case (.classic, .account): ["account-info", "v3", "details"]
    case (.classic, .taxRates): ["tax-rates", "v1", "tax-rates"]
    case (.classic, .token): ["oauth", "v3", "token"]
    case (.march2026, .objects): ["crm", "objects", "2026-03"]
    case (.march2026, .associations): ["crm", "associations", "2026-03"]
    case (.march2026, .properties): ["crm", "properties", "2026-03"]
    case (.march2026, .pipelines): ["crm", "pipelines", "2026-03"]
    case (.march2026, .owners): ["crm", "owners", "2026-03"]
    case (.march2026, .account): ["account-info", "2026-03", "details"]
    case (.march2026, .taxRates): ["tax-rates", "2026-03", "tax-rates"]
    case (.march2026, .token): ["oauth", "2026-03", "token"]
    case (.september2026, .objects): ["crm", "objects", "2026-09"]
    case (.september2026, .associations): ["crm", "associations", "2026-09"]
    case (.september2026, .properties): ["crm", "properties", "2026-09"]
    case (.september2026, .pipelines): ["crm", "pipelines", "2026-09"]
    case (.september2026, .owners): ["crm", "owners", "2026-09"]
    case (.september2026, .account): ["account-info", "2026-09", "details"]
    case (.september2026, .taxRates): ["tax-rates", "2026-09", "tax-rates"]
    case (.september2026, .token): ["oauth", "2026-09", "token"]
    }
  }
}

/// The kinds of record this connector touches, by their names in paths.
enum HubSpotObject: String, CaseIterable, Sendable {
  case deals, companies, contacts, tasks
  case lineItems = "line_items"

  /// Contacts are the exception: `hs_lastmodifieddate` finds nothing there.
  var stamp: String { self == .contacts ? "lastmodifieddate" : "hs_lastmodifieddate" }
}
