package import Domain
package import Foundation
import Transport

/// What the configuration of one kind of connector may and must hold.
package struct ConnectorKind: Hashable, Sendable {
  /// The value of `kind:`.
  package var kind: String
  /// The sign-in flows it knows; the first is the usual one.
  package var flows: [Flow]
  /// Keys of `urls` with the vendor's own addresses.
  package var urls: [String: String]
  /// Keys of `fields` with the default names of the fields it writes.
  package var fields: [String: String]
  /// Further keys of its own that may be set.
  package var optionalKeys: [String]
  /// Whether one sign-in may reach several organisations, so that `organisation` chooses one.
  package var choosesOrganisation: Bool

  /// One way to sign in, with the keys of `auth` it reads.
  package struct Flow: Hashable, Sendable {
    package var name: String
    package var required: [String]
    package var optional: [String]

    package init(_ name: String, required: [String], optional: [String] = []) {
      self.name = name
      self.required = required
      self.optional = optional
    }
  }

  package init(
    _ kind: String, flows: [Flow], urls: [String: String], fields: [String: String] = [:],
    optionalKeys: [String] = [], choosesOrganisation: Bool = false
  ) {
    self.kind = kind
    self.flows = flows
    self.urls = urls
    self.fields = fields
    self.optionalKeys = optionalKeys
    self.choosesOrganisation = choosesOrganisation
  }

  /// The flow of these settings, with its required keys present.
  package func flow(of settings: ConnectionSettings) throws(ConnectorSetupError) -> Flow {
    let name = settings.auth.flow.value
    guard let flow = flows.first(where: { $0.name == name }) else {
      throw ConnectorSetupError(
        system: settings.name, origin: settings.auth.flow.origin ?? settings.origin,
        message: "\(kind) has no sign-in flow \"\(name)\"",
        remedy: "set auth.flow to \(Self.list(flows.map(\.name)))")
    }
    let present = settings.auth.secrets.filter { !$0.value.reveal().isEmpty }
    let missing = flow.required.filter { present[$0] == nil }
    guard missing.isEmpty else {
      throw ConnectorSetupError(
        system: settings.name, origin: settings.auth.flow.origin ?? settings.origin,
        message: "the sign-in flow \(name) of \(kind) needs auth.\(Self.list(missing))",
        remedy: "add the missing keys under auth, or choose another flow")
    }
    return flow
  }

  /// The address under this key: the configured one, else the vendor's own; nil where neither is.
  package func url(_ key: String, of settings: ConnectionSettings) -> Sourced<String>? {
    settings.urls[key] ?? urls[key].map { Sourced($0) }
  }

  /// `url`, fit to be called.
  package func address(
    _ key: String, of settings: ConnectionSettings
  ) throws(ConnectorSetupError) -> URL {
    let text = url(key, of: settings)
    guard let text, let url = URL(string: text.value), Transport.Origin(url) != nil else {
      throw ConnectorSetupError(
        system: settings.name, origin: text?.origin ?? settings.origin,
        message: "\(key) is no usable address",
        remedy: "write it as https://host (http only for this machine)")
    }
    return url
  }

  static func list(_ words: [String]) -> String {
    guard words.count > 1, let last = words.last else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
  }
}

/// Why a connector could not be made from its settings: a matter of the configuration file.
package struct ConnectorSetupError: Error, Hashable, Sendable, CustomStringConvertible {
  package var system: SystemName
  /// Where the setting is written; nil for one that nobody wrote.
  package var origin: Domain.Origin?
  package var message: String
  package var remedy: String

  package init(system: SystemName, origin: Domain.Origin?, message: String, remedy: String) {
    self.system = system
    self.origin = origin
    self.message = message
    self.remedy = remedy
  }

  package var description: String {
    let place = origin.map { "\($0): " } ?? ""
    return "\(place)\(system): \(message); \(remedy)"
  }
}
