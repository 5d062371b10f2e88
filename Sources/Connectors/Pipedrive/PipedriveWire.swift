import Domain
import Foundation

/// A record as every endpoint returns it. Any field may be null or absent: the vendor's own
/// documents mark it barely.
struct PipedriveRecord: WireRecord, Hashable {
  static let idKey = "id"

  var id: String
  var fields: [String: WireValue]

  init(from decoder: any Decoder) throws {
    fields = try decoder.singleValueContainer().decode([String: WireValue].self)
    // Field definitions are the exception: they are known by their code.
    guard let id = fields["id"]?.id ?? fields["field_code"]?.text else {
      throw DecodingError.keyNotFound(
        AnyKey(Self.idKey), .init(codingPath: decoder.codingPath, debugDescription: "no id"))
    }
    self.id = id
  }

  subscript(name: String) -> WireValue? { fields[name] }

  func text(_ name: String) -> String? { fields[name]?.text }

  /// The value of a custom field by its key; nil where it is empty.
  func custom(_ key: String) -> WireValue? {
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
