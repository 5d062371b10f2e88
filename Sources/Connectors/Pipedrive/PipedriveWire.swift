import Domain
import Foundation

/// Any JSON value; numbers keep their digits.
enum PipedriveValue: Decodable, Hashable, Sendable {
  case null
  case flag(Bool)
  case number(ExactDecimal)
  case text(String)
  case list([PipedriveValue])
  case object([String: PipedriveValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let number = try? container.decode(Decimal.self) {
      self = .number(try ExactDecimal(parsing: number.description))
    } else if let list = try? container.decode([PipedriveValue].self) {
      self = .list(list)
    } else {
      self = .object(try container.decode([String: PipedriveValue].self))
    }
  }

  subscript(key: String) -> PipedriveValue? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  /// The text of a non-empty string.
  var text: String? {
    if case .text(let text) = self, !text.isEmpty { text } else { nil }
  }

  var list: [PipedriveValue] { if case .list(let list) = self { list } else { [] } }

  var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }

  /// A number, also one written as a text.
  var number: ExactDecimal? {
    switch self {
    case .number(let number): number
    case .text(let text): try? ExactDecimal(parsing: text)
    case .null, .flag, .list, .object: nil
    }
  }

  /// A whole number as the id it is; nil for zero and everything else.
  var id: String? {
    switch self {
    case .number(let number): number.isZero ? nil : number.plain
    case .text(let text): text.isEmpty ? nil : text
    case .object: self["id"]?.id ?? self["value"]?.id
    case .null, .flag, .list: nil
    }
  }

  /// Whether nothing is held.
  var isEmpty: Bool {
    switch self {
    case .null: true
    case .text(let text): text.isEmpty
    case .list(let list): list.isEmpty
    case .flag, .number, .object: false
    }
  }

  /// What a person reads; empty for nothing. Options are told by `label` where they have one.
  func plain(_ label: (String) -> String?) -> String {
    switch self {
    case .null: ""
    case .flag(let flag): flag ? "true" : "false"
    case .number(let number): label(number.plain) ?? number.plain
    case .text(let text): text
    case .list(let list): list.map { $0.plain(label) }.joined(separator: ", ")
    case .object(let members):
      members["value"]?.plain { _ in nil } ?? members["label"]?.plain { _ in nil } ?? ""
    }
  }
}

/// A record as every endpoint returns it. Any field may be null or absent: the vendor's own
/// documents mark it barely.
struct PipedriveRecord: WireRecord, Hashable {
  static let idKey = "id"

  var id: String
  var fields: [String: PipedriveValue]

  init(from decoder: any Decoder) throws {
    fields = try decoder.singleValueContainer().decode([String: PipedriveValue].self)
    // Field definitions are the exception: they are known by their code.
    guard let id = fields["id"]?.id ?? fields["field_code"]?.text else {
      throw DecodingError.keyNotFound(
        AnyKey(Self.idKey), .init(codingPath: decoder.codingPath, debugDescription: "no id"))
    }
    self.id = id
  }

  subscript(name: String) -> PipedriveValue? { fields[name] }

  func text(_ name: String) -> String? { fields[name]?.text }

  /// The value of a custom field by its key; nil where it is empty.
  func custom(_ key: String) -> PipedriveValue? {
    let value = fields["custom_fields"]?[key]
    return value.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The vendor's modified stamp; nil for records older than the field.
  var modified: Instant? { text("update_time").flatMap { Instant($0) } }

  var isDeleted: Bool { fields["is_deleted"]?.flag == true || text("status") == "deleted" }
}

/// The answer about one record.
struct PipedriveOne: Decodable { var data: PipedriveRecord }

/// A page of a list; `data` is null where there is nothing.
struct PipedrivePage: Decodable {
  var records: [PipedriveRecord]
  var unreadable: [(id: String?, reason: String)]
  /// Where the next page begins; nil: this was the last one.
  var next: String?

  private enum Keys: String, CodingKey { case data, additional_data }
  private struct Additional: Decodable { var next_cursor: String? }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Keys.self)
    let slots =
      try fields.decodeIfPresent(EachRecord<PipedriveRecord>.self, forKey: .data)?.slots ?? []
    records = []
    unreadable = []
    for slot in slots {
      switch slot {
      case .read(let record): records.append(record)
      case .unreadable(let id, let reason): unreadable.append((id, reason))
      }
    }
    let more = try fields.decodeIfPresent(Additional.self, forKey: .additional_data)
    next = more?.next_cursor.flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// The answer of a search.
struct PipedriveSearch: Decodable {
  struct Body: Decodable { var items: [Item] }
  struct Item: Decodable { var item: PipedriveRecord }
  var data: Body

  var ids: [String] { data.items.map(\.item.id) }
}

/// What the vendor says when it turns a request down.
struct PipedriveFailure: Decodable, Hashable, Sendable {
  var error: String
  var code: String
  var info: String

  private enum Keys: String, CodingKey { case error, code, error_info, message }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Keys.self)
    error =
      (try? fields.decode(String.self, forKey: .error))
      ?? (try? fields.decode(String.self, forKey: .message)) ?? ""
    code = (try? fields.decode(String.self, forKey: .code)) ?? ""
    info = (try? fields.decode(String.self, forKey: .error_info)) ?? ""
  }

  /// Nil where the bytes are no error body of the vendor's.
  static func read(_ body: Data) -> PipedriveFailure? {
    guard let failure = try? JSONReading.decode(PipedriveFailure.self, from: body),
      !failure.error.isEmpty || !failure.code.isEmpty
    else { return nil }
    return failure
  }
}
