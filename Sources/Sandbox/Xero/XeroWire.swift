/// How values look in the vendor's JSON.
enum XeroWire {
  /// `/Date(1552327126117+0000)/`.
  static func timestamp(_ time: SandboxTime) -> JSONValue {
    .string("/Date(\(time.milliseconds)+0000)/")
  }

  static func date(_ date: CivilDate) -> JSONValue { timestamp(date.midnight) }

  /// `2019-03-11T00:00:00`.
  static func dateString(_ date: CivilDate) -> JSONValue { .string(date.text + "T00:00:00") }

  static func money(_ value: ExactDecimal) -> JSONValue { .decimal(value, places: 2) }

  /// Reads `2026-01-02`, the same with a time, or `/Date(1767312000000)/`.
  static func parseDate(_ text: String) -> CivilDate? {
    if let milliseconds = parseMilliseconds(text) {
      return CivilDate(SandboxTime(milliseconds: milliseconds))
    }
    return CivilDate(text)
  }

  private static func parseMilliseconds(_ text: String) -> Int64? {
    guard text.hasPrefix("/Date("), text.hasSuffix(")/") else { return nil }
    let inner = text.dropFirst(6).dropLast(2)
    let sign = inner.dropFirst().lastIndex { $0 == "+" || $0 == "-" }
    // The year 9999 is the last one a date can have.
    return Int64(sign.map { inner[..<$0] } ?? inner).flatMap {
      (0...253_402_300_799_999).contains($0) ? $0 : nil
    }
  }
}

/// Sets members only where there is something to say: the vendor's readers refuse nulls.
extension JSONValue.Object {
  mutating func put(_ key: String, _ text: String?) {
    if let text { self[key] = .string(text) }
  }

  mutating func put(_ key: String, _ id: XeroID?) {
    if let id { self[key] = id.json }
  }

  mutating func put(_ key: String, money value: ExactDecimal?) {
    if let value { self[key] = XeroWire.money(value) }
  }

  /// A calendar date with its twin `<key>String`.
  mutating func put(_ key: String, date: CivilDate?) {
    guard let date else { return }
    self[key + "String"] = XeroWire.dateString(date)
    self[key] = XeroWire.date(date)
  }

  mutating func put(updated time: SandboxTime, twin: Bool = true) {
    self["UpdatedDateUTC"] = XeroWire.timestamp(time)
    if twin { self["UpdatedDateUTCString"] = .string(time.iso()) }
  }
}
