/// A secret from the configuration. It prints as `[secret]` and is never encoded.
package struct SecretText: Hashable, Sendable, CustomStringConvertible,
  CustomDebugStringConvertible, CustomReflectable
{
  private let value: String

  package init(_ value: String) { self.value = value }

  /// The secret itself: only for building a request or a signature.
  package func reveal() -> String { value }

  package var description: String { "[secret]" }
  package var debugDescription: String { "[secret]" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// How to reach and sign in to one system, as configured; the connector knows what it needs.
package struct ConnectionSettings: Hashable, Sendable {
  package var name: SystemName
  /// `xero`, `hubspot`, …: which connector.
  package var kind: Sourced<String>
  /// Name or id of the organisation, where one sign-in reaches several.
  package var organisation: Sourced<String>?
  package var auth: Auth
  /// Base addresses by the configuration's own keys: `api_url`, `identity_url`, `login_url`.
  package var urls: [String: Sourced<String>]
  /// CRM field names by `crms[].fields` key, where they differ from the default.
  package var fields: [String: Sourced<String>]
  /// Names of deal and line properties that rules and templates read.
  package var extraDealFields: Set<String>
  package var extraLineFields: Set<String>
  /// Further keys a connector declares (for example a data centre or a description file).
  package var options: [String: Sourced<String>]
  /// The file that describes the system, where its kind is made of one.
  package var description: DocumentNode?
  package var limits: Limits
  /// Where the system is configured.
  package var origin: Origin?

  /// Time and call limits.
  package struct Limits: Hashable, Sendable {
    package var callSeconds: Int
    package var passSeconds: Int
    /// Nil: the vendor's own.
    package var dailyCalls: Int?

    package init() {
      callSeconds = 60
      passSeconds = 300
    }
  }

  /// The sign-in. Keys are those of the configuration: `client_id`, `access_token`, ….
  package struct Auth: Hashable, Sendable {
    package var flow: Sourced<String>
    package var secrets: [String: SecretText]

    package init(flow: Sourced<String>, secrets: [String: SecretText] = [:]) {
      self.flow = flow
      self.secrets = secrets
    }
  }

  package init(name: SystemName, kind: Sourced<String>, auth: Auth) {
    self.name = name
    self.kind = kind
    self.auth = auth
    urls = [:]
    fields = [:]
    extraDealFields = []
    extraLineFields = []
    options = [:]
    limits = Limits()
  }
}
