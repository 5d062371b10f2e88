import Domain
import Foundation

/// How a system writes moments.
enum RestTimeFormat: Hashable, Sendable {
  /// `2026-11-22T08:00:00Z`; read with any offset.
  case rfc3339
  /// The same with milliseconds: `2026-11-22T08:00:00.000Z`.
  case rfc3339Milliseconds
  case epochSeconds, epochMilliseconds
  /// A day: `2026-11-22`.
  case date
  /// `%Y-%m-%d %H:%M:%S` and the like, without a zone.
  case pattern(String)

  static let words =
    "rfc3339, rfc3339_ms, epoch_s, epoch_ms, date or a pattern of %Y %m %d %H %M %S"

  init?(_ text: String) {
    switch text {
    case "rfc3339": self = .rfc3339
    case "rfc3339_ms": self = .rfc3339Milliseconds
    case "epoch_s": self = .epochSeconds
    case "epoch_ms": self = .epochMilliseconds
    case "date": self = .date
    default:
      guard Self.tokens(text)?.contains(where: { $0.isField }) == true else { return nil }
      self = .pattern(text)
    }
  }

  /// The length of the steps in which it tells time, in seconds.
  var granuleSeconds: Int {
    switch self {
    case .rfc3339, .epochSeconds: 1
    case .rfc3339Milliseconds, .epochMilliseconds: 1
    case .date: 86_400
    case .pattern(let pattern):
      pattern.contains("%S")
        ? 1
        : pattern.contains("%M")
          ? 60
          : pattern.contains("%H")
            ? 3600
            : 86_400
    }
  }

  private struct Token {
    var isField: Bool
    var letter: Character
  }

  private static func tokens(_ pattern: String) -> [Token]? {
    var tokens: [Token] = []
    var rest = pattern[...]
    while let character = rest.popFirst() {
      guard character == "%" else {
        tokens.append(Token(isField: false, letter: character))
        continue
      }
      guard let letter = rest.popFirst(), "YmdHMS".contains(letter) else { return nil }
      tokens.append(Token(isField: true, letter: letter))
    }
    return tokens
  }
}

extension RestTimeFormat {
  /// The moment in this writing; days and zone-less times are those of `zone`.
  func write(_ moment: Instant, zone: Zone) -> RestValue {
    switch self {
    case .rfc3339: .text(moment.floored.description)
    case .rfc3339Milliseconds:
      .text(
        moment.milliseconds % 1000 == 0
          ? moment.description.replacing("Z", with: ".000Z") : moment.description)
    case .epochSeconds: .number(ExactDecimal(Int(moment.floored.milliseconds / 1000)))
    case .epochMilliseconds: .number(ExactDecimal(Int(moment.milliseconds)))
    case .date: .text(zone.date(at: moment).description)
    case .pattern(let pattern): .text(Self.written(moment, pattern, zone))
    }
  }

  private static func written(_ moment: Instant, _ pattern: String, _ zone: Zone) -> String {
    let local = moment.floored.advanced(seconds: zone.offset(at: moment))
    let (day, milliseconds) = local.utcParts
    let second = Int(milliseconds / 1000)
    var out = ""
    for token in tokens(pattern) ?? [] {
      guard token.isField else {
        out.append(token.letter)
        continue
      }
      switch token.letter {
      case "Y": out += digits(day.year, 4)
      case "m": out += digits(day.month, 2)
      case "d": out += digits(day.day, 2)
      case "H": out += digits(second / 3600, 2)
      case "M": out += digits(second / 60 % 60, 2)
      default: out += digits(second % 60, 2)
      }
    }
    return out
  }

  private static func digits(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }

  /// The moment a value tells; nil where it is none. A day is its midnight in `zone`.
  func read(_ value: RestValue, zone: Zone) -> Instant? {
    switch self {
    case .epochSeconds, .epochMilliseconds:
      guard let number = value.number else { return nil }
      let factor = self == .epochSeconds ? ExactDecimal(1000) : .one
      guard let scaled = try? number.multiplied(by: factor),
        let milliseconds = Int64(scaled.rounded(0).plain), abs(milliseconds) < 1 << 52
      else { return nil }
      return Instant(milliseconds: milliseconds)
    case .rfc3339, .rfc3339Milliseconds, .date:
      guard let text = value.plain, let moment = Instant(text) else { return nil }
      return Self.hasZone(text) ? moment : zone.moment(ofLocal: moment)
    case .pattern(let pattern):
      guard let text = value.plain, let local = Self.local(text, pattern) else { return nil }
      return zone.moment(ofLocal: local)
    }
  }

  /// The day a value tells, where it tells no more than that.
  func day(_ value: RestValue) -> CalendarDate? {
    switch self {
    case .epochSeconds, .epochMilliseconds: nil
    case .rfc3339, .rfc3339Milliseconds, .date:
      value.plain.flatMap {
        $0.count == 10 || self == .date ? CalendarDate(String($0.prefix(10))) : nil
      }
    case .pattern(let pattern):
      pattern.contains("%H")
        ? nil : value.plain.flatMap { Self.local($0, pattern) }.map { $0.utcParts.0 }
    }
  }

  private static func hasZone(_ text: String) -> Bool {
    let tail = text.dropFirst(11)
    return tail.contains { "Zz+-".contains($0) }
  }

  private static func local(_ text: String, _ pattern: String) -> Instant? {
    var fields: [Character: Int] = [:]
    var rest = text[...]
    for token in tokens(pattern) ?? [] {
      guard token.isField else {
        guard rest.popFirst() == token.letter else { return nil }
        continue
      }
      let width = token.letter == "Y" ? 4 : 2
      let digits = rest.prefix(width)
      guard digits.count == width, digits.allSatisfy({ $0.isASCII && $0.isNumber }),
        let number = Int(digits)
      else { return nil }
      fields[token.letter] = number
      rest = rest.dropFirst(width)
    }
    guard rest.isEmpty,
      let day = CalendarDate(
        year: fields["Y"] ?? 0, month: fields["m"] ?? 1, day: fields["d"] ?? 1)
    else { return nil }
    let minutes = (fields["H"] ?? 0) * 60 + (fields["M"] ?? 0)
    let seconds = Int64(minutes * 60 + (fields["S"] ?? 0))
    return Instant(milliseconds: Int64(day.dayNumber) * 86_400_000 + seconds * 1000)
  }
}

extension Instant {
  /// The beginning of its second.
  var floored: Instant {
    let rest = ((milliseconds % 1000) + 1000) % 1000
    return Instant(milliseconds: milliseconds - rest)
  }
}

extension Zone {
  /// Seconds east of UTC at a moment.
  func offset(at moment: Instant) -> Int64 {
    let zone = TimeZone(identifier: name) ?? .gmt
    let seconds = TimeInterval(moment.milliseconds) / 1000
    return Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds)))
  }

  /// The moment at which clocks of this zone show what `local` shows in UTC.
  func moment(ofLocal local: Instant) -> Instant {
    let guess = local.advanced(seconds: -offset(at: local))
    return local.advanced(seconds: -offset(at: guess))
  }
}
