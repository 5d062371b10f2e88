import Domain
import Foundation

/// A record as every call returns it. Any field may be null or absent.
struct ZohoRecord: WireRecord, Hashable {
  static let idKey = "id"

  var id: String
  var fields: [String: WireValue]

  init(from decoder: any Decoder) throws {
    fields = try decoder.singleValueContainer().decode([String: WireValue].self)
    guard let id = fields["id"]?.id else {
      throw DecodingError.keyNotFound(
        AnyKey(Self.idKey), .init(codingPath: decoder.codingPath, debugDescription: "no id"))
    }
    self.id = id
  }

  init(id: String, fields: [String: WireValue]) {
    self.id = id
    self.fields = fields
  }

  subscript(name: String) -> WireValue? { fields[name] }

  func text(_ name: String) -> String? { fields[name]?.text }

  /// The vendor's modified stamp, in whole seconds.
  var modified: Instant? { text("Modified_Time").flatMap { Instant($0) } }

  /// In the recycle bin, though some list showed it.
  var isTrash: Bool { text("Record_Status__s") == "Trash" }

  /// Two records are becoming one just now.
  var isMerging: Bool { fields["$in_merge"]?.flag == true }
}

/// A page of a list. No content at all means that there is nothing.
struct ZohoPage: Decodable {
  var records: [ZohoRecord] = []
  var unreadable: [(id: String?, reason: String)] = []
  var hasMore = false
  /// Where the next page begins.
  var token: String?

  private enum Keys: String, CodingKey { case data, info }
  private struct Info: Decodable {
    var more_records: Bool?
    var next_page_token: String?
  }

  /// Nothing.
  init() {}

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Keys.self)
    for slot in try fields.decode(EachRecord<ZohoRecord>.self, forKey: .data).slots {
      switch slot {
      case .read(let record): records.append(record)
      case .unreadable(let id, let reason): unreadable.append((id, reason))
      }
    }
    let info = try fields.decodeIfPresent(Info.self, forKey: .info)
    hasMore = info?.more_records ?? false
    token = info?.next_page_token.flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// Settings come under a name of their own: `fields`, `org`, `users`, `related_lists`.
struct ZohoSettingsList: Decodable {
  var records: [ZohoRecord]
  var hasMore: Bool

  private struct Info: Decodable { var more_records: Bool? }

  init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: AnyKey.self)
    let names = ["fields", "org", "users", "related_lists"].map { AnyKey($0) }
    guard let name = names.first(where: { members.contains($0) }) else {
      throw DecodingError.keyNotFound(
        AnyKey("fields"), .init(codingPath: decoder.codingPath, debugDescription: "no list"))
    }
    records = try members.decode([ZohoRecord].self, forKey: name)
    hasMore = try members.decodeIfPresent(Info.self, forKey: AnyKey("info"))?.more_records ?? false
  }
}

/// What the vendor says about one row of a write, or about a whole request it turns down.
struct ZohoVerdict: Decodable, Hashable, Sendable {
  var code: String
  var status: String
  var message: String
  var details: WireValue

  private enum Keys: String, CodingKey { case code, status, message, details }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Keys.self)
    code = try fields.decode(String.self, forKey: .code)
    status = (try? fields.decode(String.self, forKey: .status)) ?? ""
    message = (try? fields.decode(String.self, forKey: .message)) ?? ""
    details = (try? fields.decode(WireValue.self, forKey: .details)) ?? .null
  }

  init(code: String, message: String) {
    self.code = code
    self.message = message
    status = "error"
    details = .null
  }

  /// The field it is about.
  var field: String? { details["api_name"]?.text }

  /// The record that is there already.
  var duplicate: String? { details["duplicate_record"]?["id"]?.id ?? details["id"]?.id }

  /// Nil where the bytes are no error body of the vendor's.
  static func read(_ body: Data) -> ZohoVerdict? {
    try? JSONReading.decode(ZohoVerdict.self, from: body)
  }
}

/// The answer to a write: one element a row, in the order of the rows. One that cannot be read is
/// nil: nobody knows what became of its row.
struct ZohoWriteAnswer: Decodable {
  var rows: [ZohoVerdict?]

  init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: AnyKey.self)
    let name = ["data", "fields"].map { AnyKey($0) }.first { members.contains($0) }
    guard let name else {
      throw DecodingError.keyNotFound(
        AnyKey("data"), .init(codingPath: decoder.codingPath, debugDescription: "no rows"))
    }
    var list = try members.nestedUnkeyedContainer(forKey: name)
    rows = []
    while !list.isAtEnd { rows.append(try list.decode(Attempt.self).verdict) }
  }

  private struct Attempt: Decodable {
    var verdict: ZohoVerdict?

    init(from decoder: any Decoder) throws { verdict = try? ZohoVerdict(from: decoder) }
  }
}
