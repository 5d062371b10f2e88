package import Domain

/// One line of `doctor`: what was looked at, how it stands, and what to do about it.
package struct Check: Hashable, Sendable, Encodable {
  package var code: Code
  /// The system it is about; nil: this machine or the configuration.
  package var system: SystemName?
  package var status: Status
  package var message: String
  /// What to do now; nil where all is well.
  package var remedy: String?

  /// What is looked at, in the order it is reported.
  package enum Code: String, Hashable, Sendable, Codable, CaseIterable {
    case configuration, state, snapshot, tokens
    case signIn = "sign_in"
    case scopes, organisation, currencies, accounts
    case taxCodes = "tax_codes"
    case brandingThemes = "branding_themes"
    case tracking, items
    case lockDate = "lock_date"
    case pipelines, fields, calls, clock, metrics, mail
  }

  package enum Status: String, Hashable, Sendable, Codable, CaseIterable {
    case ok, warning, error
  }

  package static func ok(
    _ code: Code, _ message: String, of system: SystemName? = nil
  ) -> Check {
    Check(code: code, system: system, status: .ok, message: message, remedy: nil)
  }

  package static func warning(
    _ code: Code, _ message: String, remedy: String, of system: SystemName? = nil
  ) -> Check {
    Check(code: code, system: system, status: .warning, message: message, remedy: remedy)
  }

  package static func error(
    _ code: Code, _ message: String, remedy: String, of system: SystemName? = nil
  ) -> Check {
    Check(code: code, system: system, status: .error, message: message, remedy: remedy)
  }

  private enum CodingKeys: String, CodingKey { case code, system, status, message, remedy }

  /// Keys without a value are written as null.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(code, forKey: .code)
    try container.encode(system, forKey: .system)
    try container.encode(status, forKey: .status)
    try container.encode(message, forKey: .message)
    try container.encode(remedy, forKey: .remedy)
  }
}
