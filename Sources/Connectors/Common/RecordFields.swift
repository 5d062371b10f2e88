internal import Domain
internal import Foundation

/// A JSON object read key by key. Absent and null are the same; unknown keys do not matter.
struct RecordFields {
  private let container: KeyedDecodingContainer<AnyKey>

  init(_ decoder: any Decoder) throws {
    container = try decoder.container(keyedBy: AnyKey.self)
  }

  func one<Value: Decodable>(_ key: String, _ type: Value.Type) throws -> Value? {
    try container.decodeIfPresent(type, forKey: AnyKey(key))
  }

  /// Empty where absent.
  func list<Value: Decodable>(_ key: String, of type: Value.Type) throws -> [Value] {
    try one(key, [Value].self) ?? []
  }

  /// Empty where absent; ends are trimmed.
  func text(_ key: String) throws -> String {
    try one(key, LenientText.self)?.value.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
  }

  /// A text that must be there.
  func required(_ key: String) throws -> String {
    let value = try text(key)
    guard !value.isEmpty else { throw missing(key) }
    return value
  }

  func number(_ key: String) throws -> ExactDecimal? { try one(key, ExactNumber.self)?.value }

  /// False where absent.
  func flag(_ key: String) throws -> Bool { try one(key, LenientFlag.self)?.value ?? false }

  func missing(_ key: String) -> DecodingError {
    .keyNotFound(
      AnyKey(key),
      DecodingError.Context(codingPath: container.codingPath, debugDescription: "missing"))
  }

  func unreadable(_ key: String, _ expected: String) -> DecodingError {
    .dataCorrupted(
      DecodingError.Context(
        codingPath: container.codingPath + [AnyKey(key)], debugDescription: expected))
  }
}
