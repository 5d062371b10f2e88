package import Domain

/// Every connector there is: the one place that turns a configured `kind:` into one.
package enum ConnectorRegistry {
  /// The kinds an accounting system may be, in the order they are offered.
  package static let accountingKinds: [ConnectorKind] = [
    XeroConnector.kind, QuickBooksConnector.kind,
  ]

  /// The kinds a CRM may be, in the order they are offered.
  package static let crmKinds: [ConnectorKind] = [
    HubSpotConnector.kind, PipedriveConnector.kind, ZohoConnector.kind, SalesforceConnector.kind,
    RestConnector.kind,
  ]

  /// Makes the accounting system the settings describe; nothing is sent.
  ///
  /// - Throws: `ConnectorSetupError` for a kind without connector or settings it cannot use.
  package static func accounting(
    settings: ConnectionSettings, environment: ConnectorEnvironment
  ) throws(ConnectorSetupError) -> any AccountingSystem {
    switch settings.kind.value {
    case XeroConnector.kind.kind:
      try XeroConnector(settings: settings, environment: environment)
    case QuickBooksConnector.kind.kind:
      try QuickBooksConnector(settings: settings, environment: environment)
    default: throw unknown(settings, known: accountingKinds)
    }
  }

  /// Makes the CRM the settings describe; nothing is sent.
  ///
  /// - Throws: `ConnectorSetupError` for a kind without connector or settings it cannot use.
  package static func crm(
    settings: ConnectionSettings, environment: ConnectorEnvironment
  ) throws(ConnectorSetupError) -> any CRMSystem {
    switch settings.kind.value {
    case HubSpotConnector.kind.kind:
      try HubSpotConnector(settings: settings, environment: environment)
    case PipedriveConnector.kind.kind:
      try PipedriveConnector(settings: settings, environment: environment)
    case ZohoConnector.kind.kind:
      try ZohoConnector(settings: settings, environment: environment)
    case SalesforceConnector.kind.kind:
      try SalesforceConnector(settings: settings, environment: environment)
    case RestConnector.kind.kind:
      try RestConnector(settings: settings, environment: environment)
    default: throw unknown(settings, known: crmKinds)
    }
  }

  static func unknown(
    _ settings: ConnectionSettings, known: [ConnectorKind]
  ) -> ConnectorSetupError {
    ConnectorSetupError(
      system: settings.name, origin: settings.kind.origin ?? settings.origin,
      message: "this version has no connector for “\(settings.kind.value)”",
      remedy: "use \(ConnectorKind.list(known.map(\.kind)))")
  }
}
