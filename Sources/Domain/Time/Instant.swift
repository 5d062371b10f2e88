/// A moment: milliseconds since 1970 in UTC. Server stamps and the pass's clock.
package struct Instant: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
  package let milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let instant = Instant(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "not an ISO 8601 time: \(text)")
    }
    self = instant
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  package func advanced(seconds: Int64) -> Instant {
    Instant(milliseconds: milliseconds + seconds * 1000)
  }

  /// Whole seconds from `other` to this moment; negative when this one is earlier.
  package func seconds(since other: Instant) -> Int64 {
    (milliseconds - other.milliseconds) / 1000
  }

  package static func < (left: Self, right: Self) -> Bool {
    left.milliseconds < right.milliseconds
  }

  /// `2026-11-22T08:00:00Z`, with milliseconds where there are any.
  package var description: String {
    let (day, rest) = utcParts
    let seconds = rest / 1000
    let base = "\(day)T\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    let fraction = rest % 1000
    return fraction == 0
      ? base + "Z" : base + "." + String(String(1000 + fraction).dropFirst()) + "Z"
  }

  /// The UTC calendar day and the milliseconds into it.
  package var utcParts: (CalendarDate, Int64) {
    let perDay: Int64 = 86_400_000
    var day = milliseconds / perDay
    var rest = milliseconds % perDay
    if rest < 0 {
      rest += perDay
      day -= 1
    }
    return (CalendarDate(dayNumber: Int(day)), rest)
  }

  private func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

  /// Reads ISO 8601 with `Z`, an offset, or nothing (taken as UTC); date alone is midnight UTC.
  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 10, let day = CalendarDate(String(text.prefix(10))) else { return nil }
    var total = Int64(day.dayNumber) * 86_400_000
    guard bytes.count > 10 else {
      self.init(milliseconds: total)
      return
    }
    guard let time = Self.timeOfDay(bytes[11...]), bytes[10] == 84 || bytes[10] == 32 else {
      return nil
    }
    total += time
    self.init(milliseconds: total)
  }

  /// Milliseconds from midnight UTC for `hh:mm[:ss[.fff…]][Z|±hh[:]mm]`; nil when malformed.
  private static func timeOfDay(_ bytes: ArraySlice<UInt8>) -> Int64? {
    var rest = bytes
    func digits(_ count: Int) -> Int64? {
      guard rest.count >= count else { return nil }
      var value: Int64 = 0
      for byte in rest.prefix(count) {
        guard (48...57).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - 48)
      }
      rest = rest.dropFirst(count)
      return value
    }
    func skip(_ byte: UInt8) -> Bool {
      guard rest.first == byte else { return false }
      rest = rest.dropFirst()
      return true
    }
    guard let hour = digits(2), skip(58), let minute = digits(2), hour < 24, minute < 60 else {
      return nil
    }
    var total = (hour * 3600 + minute * 60) * 1000
    if skip(58) {
      guard let second = digits(2), second < 61 else { return nil }
      total += second * 1000
      if skip(46) {
        var unit: Int64 = 100
        while let byte = rest.first, (48...57).contains(byte) {
          total += Int64(byte - 48) * unit
          unit /= 10
          rest = rest.dropFirst()
        }
      }
    }
    if rest.isEmpty || (skip(90) && rest.isEmpty) { return total }
    let sign: Int64 = rest.first == 45 ? -1 : 1
    guard skip(43) || skip(45), let hours = digits(2) else { return nil }
    _ = skip(58)
    guard let minutes = rest.isEmpty ? 0 : digits(2), rest.isEmpty else { return nil }
    return total - sign * (hours * 3600 + minutes * 60) * 1000
  }
}
