import Domain
import Foundation
import Transport

/// Where an account lives. Tokens and records of one data centre are unknown in every other.
enum ZohoDataCentre: String, CaseIterable, Sendable {
  case us, eu
  case india = "in"
  case au, jp, cn, ca, sa

  /// The data centre of these settings; the first where none is named.
  init(_ settings: ConnectionSettings) throws(ConnectorSetupError) {
    guard let word = settings.options[ZohoOption.dataCentre] else {
      self = .us
      return
    }
    guard let centre = Self(rawValue: word.value) else {
      throw ConnectorSetupError(
        system: settings.name, origin: word.origin ?? settings.origin,
        message: "“\(word.value)” is no data centre of Zoho",
        remedy: "set data_centre to \(ConnectorKind.list(Self.allCases.map(\.rawValue)))")
    }
    self = centre
  }

  /// What comes behind `zohoapis.`
  private var ending: String {
    switch self {
    case .us: "com"
    case .eu: "eu"
    case .india: "in"
    case .au: "com.au"
    case .jp: "jp"
    case .cn: "com.cn"
    case .ca: "ca"
    case .sa: "sa"
    }
  }

  /// Canada's pages are on a domain of their own.
  private var site: String { self == .ca ? "zohocloud.ca" : "zoho.\(ending)" }

  private func standard(_ key: String) -> String? {
    switch key {
    case "api_url": "https://www.zohoapis.\(ending)"
    case "identity_url", "login_url": "https://accounts.\(site)"
    case "app_url": "https://crm.\(site)"
    default: nil
    }
  }

  /// The configured address under a key, else the data centre's own.
  func address(
    _ key: String, of settings: ConnectionSettings
  ) throws(ConnectorSetupError) -> URL {
    var settings = settings
    if settings.urls[key] == nil { settings.urls[key] = standard(key).map { Sourced($0) } }
    return try ZohoConnector.kind.address(key, of: settings)
  }

  /// Whether a token may go there: production, sandbox and developer accounts of any data centre.
  static func isAPI(_ url: URL) -> Bool {
    guard url.scheme == "https", let host = url.host?.lowercased(), url.port == nil,
      Transport.Origin(url) != nil, url.path.isEmpty || url.path == "/"
    else { return false }
    return allCases.contains { centre in
      ["www", "sandbox", "developer"].contains { host == "\($0).zohoapis.\(centre.ending)" }
    }
  }
}

/// The keys of the configuration that only this kind has.
enum ZohoOption {
  static let dataCentre = "data_centre"
  static let lineItems = "line_items"
  static let lineSubform = "line_subform"
  static let lineColumns = "line_columns"
  static let automation = "automation"

  static let all = [dataCentre, lineItems, lineSubform, lineColumns, automation]
}
