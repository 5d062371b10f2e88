import Domain
import Foundation

/// Any JSON value; numbers keep their digits.
enum SalesforceValue: Decodable, Hashable, Sendable {
  case null
  case flag(Bool)
  case number(ExactDecimal)
  case text(String)
  case list([SalesforceValue])
  case object([String: SalesforceValue])

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
    } else if let list = try? container.decode([SalesforceValue].self) {
      self = .list(list)
    } else {
      self = .object(try container.decode([String: SalesforceValue].self))
    }
  }

  subscript(key: String) -> SalesforceValue? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  /// The text of a non-empty string.
  var text: String? {
    if case .text(let text) = self, !text.isEmpty { text } else { nil }
  }

  var list: [SalesforceValue] { if case .list(let list) = self { list } else { [] } }

  var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }

  var number: ExactDecimal? {
    switch self {
    case .number(let number): number
    case .text(let text): try? ExactDecimal(parsing: text)
    case .null, .flag, .list, .object: nil
    }
  }

  var isEmpty: Bool {
    switch self {
    case .null: true
    case .text(let text): text.isEmpty
    case .list(let list): list.isEmpty
    case .flag, .number, .object: false
    }
  }

  /// What a person reads; empty for nothing.
  var plain: String {
    switch self {
    case .null, .object: ""
    case .flag(let flag): flag ? "true" : "false"
    case .number(let number): number.plain
    case .text(let text): text
    case .list(let list): list.map(\.plain).joined(separator: ", ")
    }
  }
}

/// A row of a query: the columns that were asked for; parents stand in it as objects.
struct SalesforceRecord: WireRecord, Hashable {
  static let idKey = "Id"

  var id: String
  var fields: [String: SalesforceValue]

  init(from decoder: any Decoder) throws {
    fields = try decoder.singleValueContainer().decode([String: SalesforceValue].self)
    guard let id = fields["Id"]?.text, SOQL.isID(id) else {
      throw DecodingError.keyNotFound(
        AnyKey(Self.idKey), .init(codingPath: decoder.codingPath, debugDescription: "no id"))
    }
    self.id = id
  }

  /// A column, also one of a parent: `Product2.Name`.
  subscript(name: String) -> SalesforceValue? {
    var value = SalesforceValue.object(fields)
    for part in name.split(separator: ".") {
      guard let next = value[String(part)] else { return nil }
      value = next
    }
    return value
  }

  func text(_ name: String) -> String? { self[name]?.text }

  /// When the row last changed by anybody's hand, in whole seconds.
  var modified: Instant? { text("SystemModstamp").flatMap { Instant($0) } }

  var isDeleted: Bool { fields["IsDeleted"]?.flag == true }
}

/// A page of a query.
struct SalesforcePage: Decodable, Sendable {
  var records: [SalesforceRecord]
  var unreadable: [(id: String?, reason: String)]
  var isDone: Bool
  /// The path of the next page.
  var next: String?

  private enum Keys: String, CodingKey { case records, done, nextRecordsUrl }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Keys.self)
    let slots = try fields.decode(EachRecord<SalesforceRecord>.self, forKey: .records).slots
    records = []
    unreadable = []
    for slot in slots {
      switch slot {
      case .read(let record): records.append(record)
      case .unreadable(let id, let reason): unreadable.append((id, reason))
      }
    }
    isDone = try fields.decode(Bool.self, forKey: .done)
    next = try fields.decodeIfPresent(String.self, forKey: .nextRecordsUrl)
  }
}

/// What became of one row of a collection.
struct SalesforceResult: Decodable {
  var id: String?
  var success: Bool
  var errors: [SalesforceFailure]?
}

/// Why a request or a row was turned down. Rows name the code otherwise than requests do.
struct SalesforceFailure: Decodable, Hashable, Sendable {
  var code: String
  var message: String
  var fields: [String]
  /// Records that a duplicate rule found.
  var duplicates: [String] = []

  private enum Keys: String, CodingKey {
    case errorCode, statusCode, message, fields, duplicateResult
  }

  init(code: String, message: String, fields: [String] = []) {
    self.code = code
    self.message = message
    self.fields = fields
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Keys.self)
    let code =
      (try? values.decode(String.self, forKey: .errorCode))
      ?? (try? values.decode(String.self, forKey: .statusCode))
    guard let code, !code.isEmpty else {
      throw DecodingError.keyNotFound(
        Keys.errorCode, .init(codingPath: decoder.codingPath, debugDescription: "no code"))
    }
    self.code = code
    message = (try? values.decode(String.self, forKey: .message)) ?? ""
    fields = (try? values.decode([String].self, forKey: .fields)) ?? []
    let result = try? values.decode(SalesforceValue.self, forKey: .duplicateResult)
    duplicates = (result?["matchResults"]?.list ?? [])
      .flatMap { $0["matchRecords"]?.list ?? [] }
      .compactMap { $0["record"]?["Id"]?.text }
  }

  /// The first failure of an answer's body; nil where the bytes are none of the vendor's.
  static func read(_ body: Data) -> SalesforceFailure? {
    let list = try? JSONReading.decode([SalesforceFailure].self, from: body)
    return list?.first
  }

  /// The last line says what is wrong; the ones before repeat the query.
  var words: String {
    message.split(separator: "\n").last.map(String.init) ?? message
  }
}
