internal import Foundation

/// An IANA time zone known on this machine; turns moments into calendar days.
package struct Zone: Hashable, Sendable, Codable, CustomStringConvertible {
  package let name: String

  /// Nil when the machine's tz database does not know the name.
  package init?(_ name: String) {
    guard TimeZone(identifier: name) != nil else { return nil }
    self.name = name
  }

  package static let utc = Zone(unchecked: "UTC")

  private init(unchecked name: String) { self.name = name }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let zone = Zone(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "unknown time zone: \(text)")
    }
    self = zone
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }

  /// The calendar day it is in this zone at the given moment.
  package func date(at instant: Instant) -> CalendarDate {
    let seconds = TimeInterval(instant.milliseconds) / 1000
    let zone = TimeZone(identifier: name) ?? .gmt
    let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds))
    return instant.advanced(seconds: Int64(offset)).utcParts.0
  }

  package var description: String { name }
}
