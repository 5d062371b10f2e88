/// A calendar date without a zone, counted in days since 1 January 1970.
package struct CivilDate: Sendable, Hashable, Comparable {
  /// Days since 1970-01-01.
  package var dayNumber: Int

  package init(dayNumber: Int) { self.dayNumber = dayNumber }

  /// The date of these parts; nil when no such day exists.
  package init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
      day <= Self.length(ofMonth: month, year: year)
    else { return nil }
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    dayNumber = era * 146_097 + dayOfEra - 719_468
  }

  /// Reads `2026-01-31`, also when a time follows it; nil for any other text.
  package init?(_ text: some StringProtocol) {
    let parts = text.prefix(10).split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// The date in UTC at that instant.
  package init(_ time: SandboxTime) {
    let (days, rest) = time.milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
    dayNumber = Int(days) - (rest < 0 ? 1 : 0)
  }

  package static func < (left: Self, right: Self) -> Bool { left.dayNumber < right.dayNumber }

  package func adding(days: Int) -> Self { Self(dayNumber: dayNumber + days) }

  /// The same day so many months later, held back to the month's last day.
  package func adding(months: Int) -> Self {
    let (year, month, day) = parts
    let index = year * 12 + (month - 1) + months
    let last = Self.length(ofMonth: index % 12 + 1, year: index / 12)
    return Self(year: index / 12, month: index % 12 + 1, day: min(day, last)) ?? self
  }

  /// Year, month (1…12) and day (1…31).
  package var parts: (year: Int, month: Int, day: Int) {
    let shifted = dayNumber + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  /// `2026-01-31`.
  package var text: String {
    let (year, month, day) = parts
    return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2)
  }

  /// Midnight UTC of this date.
  package var midnight: SandboxTime { SandboxTime(milliseconds: Int64(dayNumber) * 86_400_000) }

  /// 0 for Sunday to 6 for Saturday.
  var weekday: Int { ((dayNumber + 4) % 7 + 7) % 7 }

  private static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension SandboxTime {
  /// Reads `2026-01-31T10:20:30`, with optional fraction and with `Z`, an offset or nothing (UTC)
  /// at its end, or a bare date; nil for any other text.
  package init?(iso text: String) {
    guard let date = CivilDate(text) else { return nil }
    var rest = text.dropFirst(10)
    guard !rest.isEmpty else {
      self = date.midnight
      return
    }
    guard let mark = rest.first, mark == "T" || mark == " " || mark == "t" else { return nil }
    rest = rest.dropFirst()
    guard let (zone, clock) = Self.splitZone(rest) else { return nil }
    let halves = clock.split(separator: ".", omittingEmptySubsequences: false)
    let fields = halves[0].split(separator: ":", omittingEmptySubsequences: false)
    guard halves.count <= 2, (2...3).contains(fields.count), fields.allSatisfy({ $0.count == 2 }),
      let hour = Int(fields[0]), let minute = Int(fields[1]),
      let second = fields.count == 3 ? Int(fields[2]) : 0, (0...23).contains(hour),
      (0...59).contains(minute), (0...60).contains(second)
    else { return nil }
    let fraction = halves.count == 2 ? halves[1].prefix(3) : "0"
    let padding = String(repeating: "0", count: 3 - fraction.count)
    guard let milliseconds = Int64(fraction + padding) else { return nil }
    let seconds = Int64(hour * 3600 + minute * 60 + second - zone * 60)
    self.init(milliseconds: date.midnight.milliseconds + seconds * 1000 + milliseconds)
  }

  /// `2026-01-31T10:20:30Z`, with milliseconds when `fraction` is set.
  package func iso(fraction: Bool = false) -> String {
    secondsText + (fraction ? "." + padded(Int(millisecondOfDay % 1000), 3) : "") + "Z"
  }

  /// `2026-01-31T10:20:30`, in UTC and without a zone mark.
  package var secondsText: String {
    let second = Int(millisecondOfDay / 1000)
    let clock = [second / 3600, second / 60 % 60, second % 60].map { padded($0, 2) }
    return CivilDate(self).text + "T" + clock.joined(separator: ":")
  }

  /// The form of an HTTP `Date` header.
  package var httpDate: String {
    let date = CivilDate(self)
    let (year, month, day) = date.parts
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let clock = secondsText.dropFirst(11)
    return "\(days[date.weekday]), \(padded(day, 2)) \(months[month - 1]) \(year) \(clock) GMT"
  }

  private var millisecondOfDay: Int64 {
    milliseconds - CivilDate(self).midnight.milliseconds
  }

  /// Minutes east of UTC and the text before the zone; nil when the zone is malformed.
  private static func splitZone(_ text: Substring) -> (minutes: Int, clock: Substring)? {
    if text.hasSuffix("Z") || text.hasSuffix("z") { return (0, text.dropLast()) }
    guard let sign = text.lastIndex(where: { $0 == "+" || $0 == "-" }) else { return (0, text) }
    let digits = text[text.index(after: sign)...].filter { $0 != ":" }
    guard digits.count == 4, let value = Int(digits) else { return nil }
    let minutes = value / 100 * 60 + value % 100
    return (text[sign] == "-" ? -minutes : minutes, text[..<sign])
  }
}

/// Decimal digits with leading zeros up to the width.
func padded(_ value: Int, _ width: Int) -> String {
  let digits = String(value)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
