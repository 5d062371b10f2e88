internal import Domain
internal import Foundation

/// A QuickBooks entity: how it is called in answers and query statements.
protocol QuickBooksRecord: WireRecord {
  /// The key in answers and the name in statements, such as `Invoice`.
  static var entity: String { get }
}

extension QuickBooksRecord {
  static var idKey: String { "Id" }
}

/// A record that is locked by a version number: every change must name the present one.
protocol QuickBooksVersioned: QuickBooksRecord {
  var id: String { get }
  var syncToken: String { get }
}

/// The answer to a query statement. Nothing found is an empty `QueryResponse`.
struct QuickBooksQueryAnswer<Record: QuickBooksRecord>: Decodable {
  let slots: [EachRecord<Record>.Slot]
  /// The server's clock.
  let time: Instant?

  init(from decoder: any Decoder) throws {
    let fields = try RecordFields(decoder)
    guard let found = try fields.one("QueryResponse", Found.self) else {
      throw fields.missing("QueryResponse")
    }
    slots = found.slots
    time = try fields.moment("time")
  }

  private struct Found: Decodable {
    let slots: [EachRecord<Record>.Slot]

    init(from decoder: any Decoder) throws {
      slots =
        try RecordFields(decoder).one(Record.entity, EachRecord<Record>.self)?.slots ?? []
    }
  }
}

/// The answer to a read or a single write: `{"Invoice": {…}, "time": …}`.
struct QuickBooksAnswer<Record: QuickBooksRecord>: Decodable {
  let record: Record

  init(from decoder: any Decoder) throws {
    let fields = try RecordFields(decoder)
    guard let record = try fields.one(Record.entity, Record.self) else {
      throw fields.missing(Record.entity)
    }
    self.record = record
  }
}

/// A reference by id; the name is decoration.
struct QuickBooksReference: Decodable, Hashable {
  let value: String
  let name: String

  init(from decoder: any Decoder) throws {
    let fields = try RecordFields(decoder)
    value = try fields.text("value")
    name = try fields.text("name")
  }
}

extension RecordFields {
  /// The id of a reference; empty where there is none.
  func reference(_ key: String) throws -> String {
    try one(key, QuickBooksReference.self)?.value ?? ""
  }

  /// The name beside the id of a reference; empty where there is none.
  func referenceName(_ key: String) throws -> String {
    try one(key, QuickBooksReference.self)?.name ?? ""
  }

  /// A text inside an object, such as `PrimaryEmailAddr.Address`; empty where absent.
  func inner(_ key: String, _ name: String) throws -> String {
    try one(key, [String: LenientText].self)?[name]?.value
      .trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
  }

  /// A calendar date, nil where absent.
  func day(_ key: String) throws -> CalendarDate? {
    let written = try text(key)
    guard !written.isEmpty else { return nil }
    guard let day = CalendarDate(String(written.prefix(10))) else {
      throw unreadable(key, "expected a date")
    }
    return day
  }

  /// A moment with its offset, nil where absent.
  func moment(_ key: String) throws -> Instant? {
    let written = try text(key)
    guard !written.isEmpty else { return nil }
    guard let moment = Instant(written) else { throw unreadable(key, "expected a time") }
    return moment
  }

  /// When the record was last changed.
  func changedAt() throws -> Instant? {
    try one("MetaData", QuickBooksStamps.self)?.changed
  }
}

/// `MetaData` of every record.
struct QuickBooksStamps: Decodable {
  let created: Instant?
  let changed: Instant?

  init(from decoder: any Decoder) throws {
    let fields = try RecordFields(decoder)
    created = try fields.moment("CreateTime")
    changed = try fields.moment("LastUpdatedTime")
  }
}
