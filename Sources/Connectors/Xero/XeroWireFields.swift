internal import Domain
internal import Foundation

/// A Xero resource: how it is called in the answers' envelope.
protocol XeroRecord: WireRecord {
  /// The envelope's key, also the name in the address.
  static var listKey: String { get }
}

/// The envelope around every list.
struct XeroAnswer<Record: XeroRecord>: Decodable {
  let slots: [EachRecord<Record>.Slot]
  let pagination: XeroPagination?

  init(from decoder: any Decoder) throws {
    let fields = try XeroFields(decoder)
    slots = try fields.one(Record.listKey, EachRecord<Record>.self)?.slots ?? []
    pagination = try fields.one("pagination", XeroPagination.self)
  }

  var readable: [Record] {
    slots.compactMap {
      switch $0 {
      case .read(let record): record
      case .unreadable: nil
      }
    }
  }
}

struct XeroPagination: Decodable {
  let pageCount: Int?
  let itemCount: Int?
}

/// A JSON object read key by key, with Xero's way of writing dates.
typealias XeroFields = RecordFields

extension RecordFields {
  /// A calendar date: the `…String` twin where there is one, else midnight UTC of the stamp. No
  /// zone is ever applied. Nil where absent.
  func date(_ key: String) throws -> CalendarDate? {
    for name in [key + "String", key] {
      let written = try text(name)
      if written.isEmpty { continue }
      if let date = XeroDates.day(written) { return date }
      throw unreadable(name, "expected a date")
    }
    return nil
  }

  /// A moment; nil where absent.
  func instant(_ key: String) throws -> Instant? {
    for name in [key, key + "String"] {
      let written = try text(name)
      if written.isEmpty { continue }
      if let instant = XeroDates.instant(written) { return instant }
      throw unreadable(name, "expected a time")
    }
    return nil
  }
}

/// The two ways Xero writes time: `/Date(1552327126117+0000)/` and ISO 8601.
enum XeroDates {
  static func instant(_ text: String) -> Instant? {
    milliseconds(text).map { Instant(milliseconds: $0) } ?? Instant(text)
  }

  static func day(_ text: String) -> CalendarDate? {
    if let milliseconds = milliseconds(text) {
      return Instant(milliseconds: milliseconds).utcParts.0
    }
    return CalendarDate(String(text.prefix(10)))
  }

  /// The number of a `/Date(…)/`. An offset in it is decoration: the number is in UTC already.
  private static func milliseconds(_ text: String) -> Int64? {
    guard text.hasPrefix("/Date("), text.hasSuffix(")/") else { return nil }
    let inner = text.dropFirst(6).dropLast(2)
    let digits = inner.dropFirst().prefix { $0.isNumber }
    let number = Int64(inner.prefix(1) + digits)
    // A century either way; a stamp of the year 1 or 9999 stands for "none".
    guard let number, abs(number) < 7_258_118_400_000 else { return nil }
    return number
  }

  /// `2026-11-22T08:00:00`, as `If-Modified-Since` wants it: UTC, cut down to the second.
  static func header(_ instant: Instant) -> String {
    let (day, milliseconds) = instant.utcParts
    let second = milliseconds / 1000
    func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(day)T\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
  }
}
