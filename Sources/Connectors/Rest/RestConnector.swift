package import Domain
import Foundation
import Logging
package import Transport

/// One CRM that a description file describes.
package struct RestConnector: CRMSystem, ClientBacked {
  package let name: SystemName
  package let capabilities: CRMCapabilities
  let settings: ConnectionSettings
  let description: RestDescription
  /// The names of our fields here: those of the configuration before those of the description.
  let fields: CRMFields
  /// The client of this pass, which knows what is left of the budget.
  package let client: SystemClient
  let base: URL
  let time: TimeSource
  /// What every template may name.
  let scope: RestScope
  let common: RestRequest.Common
  let memory = RestMemory()
  let logger: Logger

  /// What a `kind: rest` entry of the configuration may and must hold. What each flow needs beyond
  /// this, the description says.
  package static let kind = ConnectorKind(
    "rest",
    flows: [
      ConnectorKind.Flow("token", required: ["access_token"]),
      ConnectorKind.Flow("basic", required: ["username"], optional: ["password"]),
      ConnectorKind.Flow("headers", required: []),
      ConnectorKind.Flow(
        "client_credentials", required: ["client_id", "client_secret"], optional: ["scopes"]),
      ConnectorKind.Flow(
        "refresh_token", required: ["client_id", "client_secret", "refresh_token"]),
      ConnectorKind.Flow(
        "authorization_code", required: ["client_id"],
        optional: ["client_secret", "redirect_uri", "scopes"]),
    ],
    urls: [:], optionalKeys: ["description"])

  /// Throws where the configuration or the description cannot work; sends nothing.
  package init(
    settings: ConnectionSettings, environment: ConnectorEnvironment
  ) throws(ConnectorSetupError) {
    let description = try Self.description(of: settings)
    try self.init(description, settings: settings, environment: environment)
  }

  init(
    _ description: RestDescription, settings: ConnectionSettings,
    environment: ConnectorEnvironment
  ) throws(ConnectorSetupError) {
    name = settings.name
    self.settings = settings
    self.description = description
    fields = CRMFields(settings, defaults: description.fieldNames)
    capabilities = Self.capabilities(description)
    time = environment.time
    let signIn = try RestSignIn(description, settings, in: environment)
    base = try signIn.apiAddress()
    common = signIn.common
    scope = signIn.scope
    logger = environment.logger
    client = SystemClient(
      system: settings.name.rawValue, baseURLs: [base], exchange: environment.exchange,
      time: environment.time, authorizer: try signIn.authorizer(),
      limits: description.limits.client(settings.limits), budgetStore: environment.budget,
      reader: .rest(description, environment.time), redactor: environment.redactor,
      logger: environment.logger,
      userAgent: environment.userAgent, passDeadline: environment.passDeadline,
      seed: environment.seed)
  }

  /// The description the settings name; its first problem is the error's place.
  static func description(
    of settings: ConnectionSettings
  ) throws(ConnectorSetupError) -> RestDescription {
    guard let document = settings.description else {
      throw ConnectorSetupError(
        system: settings.name, origin: settings.origin,
        message: "a system of kind rest needs a description",
        remedy: "name its file under `description` (Docs/crm-rest.md)")
    }
    do { return try RestDescription(document) } catch {
      let first = error.problems.first
      let more = error.problems.count - 1
      throw ConnectorSetupError(
        system: settings.name, origin: first?.origin ?? settings.origin,
        message: first?.message ?? "the description cannot be read",
        remedy: (first?.remedy ?? "correct it")
          + (more > 0 ? " (and \(more) more; see them with: xerosync connector check)" : ""))
    }
  }

  /// Which fields an unknown API has cannot be asked in a common way.
  package func missingFields() async throws(RemoteError) -> [SetupField] { [] }

  package func createMissingFields() async throws(RemoteError) -> [SetupField] { [] }

  func subject(_ kind: RecordKind, _ id: String) -> Subject {
    Subject(system: name, kind: kind, id: id)
  }
}

extension RestLimits {
  /// Without a stated limit a modest one is kept: strangers' servers are treated with care.
  func client(_ settings: ConnectionSettings.Limits) -> ClientLimits {
    ClientLimits(
      maxConcurrent: concurrent,
      windows: [
        RateWindow(name: "window", limit: requests ?? 120, length: .seconds(seconds))
      ],
      perDay: perDay, dailyCap: settings.dailyCalls, moneyReservePercent: 20,
      contactsReservePercent: 10, perCallDeadline: .seconds(settings.callSeconds))
  }
}
