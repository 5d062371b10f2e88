extension HubSpotSandbox {
  /// Instants and days in the vendor's text forms; always UTC.
  enum Stamp {
    static let dayMilliseconds: Int64 = 86_400_000

    /// `2026-11-22T10:00:00.123Z`
    static func text(_ milliseconds: Int64) -> String {
      SandboxTime(milliseconds: milliseconds).iso(fraction: true)
    }

    /// `2026-11-22` of a number of days since 1970.
    static func day(_ days: Int64) -> String { CivilDate(dayNumber: Int(days)).text }

    /// Days since 1970 of `YYYY-MM-DD`; nil when that day does not exist.
    static func days(_ text: String) -> Int64? {
      guard text.utf8.count == 10, text.utf8.allSatisfy({ $0 == 0x2D || (0x30...0x39) ~= $0 })
      else { return nil }
      return CivilDate(text).map { Int64($0.dayNumber) }
    }

    /// Milliseconds since 1970 of epoch milliseconds, a bare day (UTC) or an ISO 8601 instant.
    static func parse(_ text: String) -> Int64? {
      if let number = Int64(text) { return number }
      if let days = days(text) { return days * dayMilliseconds }
      guard text.utf8.count > 10, days(String(text.prefix(10))) != nil else { return nil }
      return SandboxTime(iso: text)?.milliseconds
    }

    static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
      let quotient = value / divisor
      return value % divisor != 0 && (value < 0) != (divisor < 0) ? quotient - 1 : quotient
    }
  }
}
