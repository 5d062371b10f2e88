package import Domain
package import Engine
package import Sandbox
package import Transport

/// How an installation is configured: what its file would say.
package struct RigSettings: Sendable {
  package var policy: Policy
  package var accounting: ConnectionSettings
  package var crms: [ConnectionSettings]
  package var notifiers: [AlertChannel: Notifier] = [:]
  package var passSeconds = 300
  package var seed: UInt64 = 1
  /// What becomes of an answer on its way; nil: nothing.
  package var spoil: (@Sendable (HTTPResponse) -> HTTPResponse)?
  /// A deliberate bug that the judges are to find; nil: none.
  package var sabotage: Sabotage?
  /// How far the servers' clocks are ahead of ours, in seconds; nil: they do not tell the time.
  package var serverClock: Int64?
  /// Whether the process was asked to end.
  package var shouldStop: @Sendable () -> Bool = { false }
  /// What happens to an answer on its way: for values that no vendor's own rules let in.
  package var garble: @Sendable (inout SandboxResponse) -> Void = { _ in }

  package init() {
    policy = Policy(startDate: CalendarDate(dayNumber: 0))
    policy.crms["hubspot"] = CRMPolicy()
    policy.invoices.tax = Sourced("OUTPUT2")
    policy.brakes.maxCreatesPerRun = 50
    accounting = ConnectionSettings(
      name: "xero", kind: Sourced("xero"),
      auth: .init(
        flow: Sourced("client_credentials"),
        secrets: [
          "client_id": SecretText("sandbox-client"), "client_secret": SecretText(Canary.secret),
        ]))
    accounting.urls = [
      "api_url": Sourced("http://localhost:1"), "identity_url": Sourced("http://localhost:1"),
      "login_url": Sourced("http://localhost:1"),
    ]
    crms = [Self.hubSpot]
  }

  /// The CRM of an ordinary installation.
  package static var hubSpot: ConnectionSettings {
    var settings = ConnectionSettings(
      name: "hubspot", kind: Sourced("hubspot"),
      auth: .init(
        flow: Sourced("token"), secrets: ["access_token": SecretText(Canary.token)]))
    settings.urls = [
      "api_url": Sourced("http://localhost:1"), "login_url": Sourced("http://localhost:1"),
    ]
    return settings
  }
}

/// Secrets that must never be seen in any output or file.
package enum Canary {
  package static let secret = "sandbox-secret"
  package static let token = "sandbox-token"
}
