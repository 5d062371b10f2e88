/// Dates in headers, by the fixed form of RFC 9110: `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
  /// Milliseconds since 1970 UTC; nil for anything but the fixed form.
  static func milliseconds(_ text: String) -> Int64? {
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[5] == "GMT", parts[0].hasSuffix(","),
      let day = Int64(parts[1]), (1...31).contains(day),
      let month = months.firstIndex(of: String(parts[2])),
      let year = Int64(parts[3]), (1970...9999).contains(year)
    else { return nil }
    let clock = parts[4].split(separator: ":").map { Int64($0) }
    guard clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2],
      (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
    else { return nil }
    let days = daysSinceEpoch(year: year, month: Int64(month) + 1, day: day)
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Proleptic Gregorian day number; the year is counted from March so that leap days come last.
  private static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let monthFromMarch = (month + 9) % 12
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}

/// The `Retry-After` header: seconds or a date.
enum RetryAfter {
  /// nil where absent or not understood. A date is compared with the server's own clock where the
  /// answer tells it. Never negative, at most a year.
  static func read(_ headers: HTTPHeaders, now: Int64) -> Duration? {
    guard let text = headers["Retry-After"]?.filter({ $0 != "\t" }) else { return nil }
    let trimmed = text.drop { $0 == " " }
    if let seconds = Double(trimmed.prefix { $0 != " " }), seconds.isFinite,
      trimmed.allSatisfy({ $0.isNumber || $0 == "." || $0 == "-" || $0 == " " })
    {
      return .seconds(Int64(min(max(0, seconds.rounded(.up)), year)))
    }
    guard let date = HTTPDate.milliseconds(String(trimmed)) else { return nil }
    let reference = headers["Date"].flatMap(HTTPDate.milliseconds) ?? now
    return .milliseconds(min(max(0, date - reference), Int64(year) * 1000))
  }

  private static let year = 31_536_000.0
}
