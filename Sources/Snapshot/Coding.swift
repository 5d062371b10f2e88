internal import Domain
internal import Foundation

/// How values lie in text columns: JSON with sorted keys, so that equal values are equal bytes.
enum Stored {
  static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func decode<Value: Decodable>(
    _ type: Value.Type, from text: String, table: String, key: String
  ) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw SnapshotError.unreadableValue(table: table, key: key)
    }
  }
}
