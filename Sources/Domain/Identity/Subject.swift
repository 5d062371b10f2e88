/// A connected system's name: the first part of every subject. A CRM's is chosen in the
/// configuration, the accounting system's is given by its connector.
package struct SystemName: Hashable, Sendable, Comparable, Codable, CustomStringConvertible,
  ExpressibleByStringLiteral
{
  package let rawValue: String

  package init(_ rawValue: String) { self.rawValue = rawValue }

  package init(stringLiteral value: String) { rawValue = value }

  package init(from decoder: any Decoder) throws {
    rawValue = try decoder.singleValueContainer().decode(String.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }

  package var description: String { rawValue }

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The kinds of record a subject can name.
package enum RecordKind: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
  case deal, company, person, contact, invoice, template, product, item, alert, line
  case creditNote = "credit_note"

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// How a record is named to a person and on the command line: `<system>:<kind>:<id>`.
package struct Subject: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
  package let system: SystemName
  package let kind: RecordKind
  package let id: String

  /// A record that came without an id is called `unknown`: every subject can be read again from
  /// its own text, so that what is stored of one record never bars the way to all others.
  package init(system: SystemName, kind: RecordKind, id: String) {
    self.system = system
    self.kind = kind
    self.id = id.isEmpty ? "unknown" : id
  }

  /// Reads `<system>:<kind>:<id>`; nil when a part is missing, empty, or the kind is unknown.
  package init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, !parts[0].isEmpty, !parts[2].isEmpty,
      let kind = RecordKind(rawValue: String(parts[1]))
    else { return nil }
    self.init(system: SystemName(String(parts[0])), kind: kind, id: String(parts[2]))
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let subject = Subject(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "not a subject: \(text)")
    }
    self = subject
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  package var description: String { "\(system):\(kind.rawValue):\(id)" }

  package static func < (left: Self, right: Self) -> Bool {
    (left.system, left.kind, left.id) < (right.system, right.kind, right.id)
  }
}
