import Domain
import Foundation

/// A record as every object endpoint returns it: each property is a text or null.
struct HubSpotRecord: WireRecord, Hashable {
  static let idKey = "id"

  var id: String
  var properties: [String: String]
  /// Names that came with null: known to be empty, where others are not told at all.
  var empty: Set<String>
  var isArchived: Bool
  var updatedAt: String?
  /// The correlation id of the input that made this record.
  var trace: String?

  private enum Keys: String, CodingKey {
    case id, properties, archived, updatedAt, objectWriteTraceId
  }

  init(id: String, properties: [String: String] = [:], empty: Set<String> = []) {
    self.id = id
    self.properties = properties
    self.empty = empty
    isArchived = false
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Keys.self)
    id = try fields.decode(LenientText.self, forKey: .id).value
    let values =
      try fields.decodeIfPresent([String: LenientText?].self, forKey: .properties) ?? [:]
    properties = [:]
    empty = []
    for (name, value) in values {
      guard let text = value?.value, !text.isEmpty else {
        empty.insert(name)
        continue
      }
      properties[name] = text
    }
    isArchived = (try? fields.decode(LenientFlag.self, forKey: .archived).value) ?? false
    updatedAt = try? fields.decode(String.self, forKey: .updatedAt)
    trace = try? fields.decode(String.self, forKey: .objectWriteTraceId)
  }

  /// Nil where the property is empty or was not returned.
  subscript(name: String) -> String? { properties[name] }

  /// Whether the answer says anything about this property.
  func tells(_ name: String) -> Bool { properties[name] != nil || empty.contains(name) }

  /// The vendor's modified stamp; nil where it is missing or unreadable.
  func stamp(_ object: HubSpotObject) -> Instant? {
    (self[object.stamp] ?? updatedAt).flatMap(HubSpotTime.instant)
  }
}

/// Where the next page begins.
struct HubSpotPaging: Decodable, Hashable {
  struct Next: Decodable, Hashable { var after: LenientText? }
  var next: Next?

  var after: String? { next?.after.map(\.value).flatMap { $0.isEmpty ? nil : $0 } }
}

/// The answer of a search or a listing.
struct HubSpotPage: Decodable {
  var total: Int?
  var results: EachRecord<HubSpotRecord>
  var paging: HubSpotPaging?
}

/// The answer of a batch call, whole or partly failed; where all failed, `results` may be absent.
struct HubSpotBatch: Decodable {
  var slots: [EachRecord<HubSpotRecord>.Slot]
  var records: [HubSpotRecord]
  var errors: [HubSpotFailure]

  private enum Keys: String, CodingKey { case results, errors }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Keys.self)
    errors = try fields.decodeIfPresent([HubSpotFailure].self, forKey: .errors) ?? []
    guard errors.isEmpty || fields.contains(.results) else {
      (slots, records) = ([], [])
      return
    }
    let results = try fields.decode(EachRecord<HubSpotRecord>.self, forKey: .results)
    (slots, records) = (results.slots, results.readable)
  }
}

/// The answer of an association batch read.
struct HubSpotLinks: Decodable {
  struct From: Decodable { var id: LenientText }

  struct To: Decodable {
    struct Kind: Decodable { var typeId: Int }
    /// A number here, a text everywhere else.
    var toObjectId: LenientText
    var associationTypes: [Kind]?
  }

  struct Result: Decodable {
    var from: From
    var to: [To]
    var paging: HubSpotPaging?
  }

  var results: [Result]
  var errors: [HubSpotFailure]?
}

/// The settings of the account.
struct HubSpotAccount: Decodable {
  var portalId: LenientText
  var timeZone: String?
  var companyCurrency: String?
}

struct HubSpotPipelines: Decodable {
  struct Stage: Decodable {
    struct Metadata: Decodable {
      var isClosed: Bool?
      var probability: ExactDecimal?

      private enum Keys: String, CodingKey { case isClosed, probability }

      /// An odd value of one stage must not hide all pipelines.
      init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Keys.self)
        isClosed = (try? fields.decode(LenientFlag.self, forKey: .isClosed))?.value
        probability = (try? fields.decode(ExactNumber.self, forKey: .probability))?.value
      }
    }
    var id: LenientText
    var label: String
    var metadata: Metadata?
  }

  struct Pipeline: Decodable {
    var id: LenientText
    var label: String
    var stages: [Stage]
  }

  var results: [Pipeline]
}

struct HubSpotOwners: Decodable {
  struct Owner: Decodable {
    var id: LenientText
    var email: String?
    var firstName: String?
    var lastName: String?
    var archived: LenientFlag?
  }

  var results: [Owner]
  var paging: HubSpotPaging?
}

struct HubSpotProperties: Decodable {
  struct Property: Decodable {
    var name: String
    var hasUniqueValue: LenientFlag?
  }

  var results: [Property]
}

struct HubSpotTaxRates: Decodable {
  struct Rate: Decodable {
    var id: LenientText
    var name: String?
    var label: String?
  }

  var results: [Rate]
  var paging: HubSpotPaging?
}

/// Times arrive as ISO 8601 from one endpoint and as epoch milliseconds from another.
enum HubSpotTime {
  static func instant(_ text: String) -> Instant? {
    if let number = Int64(text) {
      // Four digits could be a year; no record is from the first minutes of 1970.
      return abs(number) > 99_999_999 ? Instant(milliseconds: number) : nil
    }
    return Instant(text)
  }

  /// The calendar day of a date property: a plain date, or midnight UTC of that day.
  static func date(_ text: String) -> CalendarDate? {
    CalendarDate(text) ?? instant(text).map { $0.utcParts.0 }
  }
}
