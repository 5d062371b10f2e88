package import Foundation

/// A JSON document with every number kept as the digits that were written.
///
/// Money never passes through binary floating point on its way in or out.
package enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  /// The number's own digits, for example `10.50`; always a valid JSON number token.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object(Object)

  /// Parses a whole document: UTF-8, no trailing text, no repeated keys.
  package static func parse(_ data: Data) throws(JSONParseError) -> JSONValue {
    var parser = JSONParser(bytes: [UInt8](data))
    return try parser.document()
  }

  /// The compact form: keys in their order, numbers digit by digit as they are held.
  package func serialized() -> Data {
    var writer = JSONWriter()
    writer.write(self)
    return Data(writer.bytes)
  }

  /// The member of that name; nil when absent or when this is no object.
  package subscript(key: String) -> JSONValue? {
    if case .object(let object) = self { object[key] } else { nil }
  }

  /// The element at that position; nil when out of range or when this is no array.
  package subscript(index: Int) -> JSONValue? {
    if case .array(let list) = self, list.indices.contains(index) { list[index] } else { nil }
  }

  /// The text of a string; nil for every other kind.
  package var string: String? { if case .string(let value) = self { value } else { nil } }

  /// The value of a number written as a plain integer; nil for every other kind.
  package var int: Int? { if case .number(let digits) = self { Int(digits) } else { nil } }

  /// The value of `true` or `false`; nil for every other kind.
  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The elements of an array; nil for every other kind.
  package var array: [JSONValue]? { if case .array(let list) = self { list } else { nil } }

  /// The members of an object; nil for every other kind.
  package var object: Object? { if case .object(let object) = self { object } else { nil } }

  /// The digits of a number; nil for every other kind.
  package var digits: String? { if case .number(let digits) = self { digits } else { nil } }

  /// Whether this is `null`.
  package var isNull: Bool { if case .null = self { true } else { false } }

  /// A number from an integer of any width.
  package static func integer(_ value: some BinaryInteger) -> JSONValue {
    .number(String(value))
  }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(nilLiteral: ()) { self = .null }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int) { self = .number(String(value)) }
  package init(stringLiteral value: String) { self = .string(value) }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    var object = Object()
    for (key, value) in elements { object[key] = value }
    self = .object(object)
  }
}

extension JSONValue {
  /// Members in the order they were first set. Lookup is O(1): short objects are scanned,
  /// longer ones carry an index. Two objects are equal when members and order are.
  package struct Object: Sendable, Hashable, Sequence, ExpressibleByDictionaryLiteral {
    package private(set) var keys: [String] = []
    package private(set) var values: [JSONValue] = []
    private var positions: [String: Int] = [:]
    private static let indexedFrom = 12

    package init() {}

    package init(dictionaryLiteral elements: (String, JSONValue)...) {
      for (key, value) in elements { self[key] = value }
    }

    package var count: Int { keys.count }
    package var isEmpty: Bool { keys.isEmpty }

    /// The member; setting nil removes it, setting a new key appends it.
    package subscript(key: String) -> JSONValue? {
      get { position(of: key).map { values[$0] } }
      set {
        switch (position(of: key), newValue) {
        case (let found?, let value?): values[found] = value
        case (let found?, nil): remove(at: found)
        case (nil, let value?): append(key, value)
        case (nil, nil): break
        }
      }
    }

    package func makeIterator() -> AnyIterator<(key: String, value: JSONValue)> {
      var next = 0
      return AnyIterator {
        guard next < keys.count else { return nil }
        defer { next += 1 }
        return (keys[next], values[next])
      }
    }

    package static func == (left: Self, right: Self) -> Bool {
      left.keys == right.keys && left.values == right.values
    }

    package func hash(into hasher: inout Hasher) {
      hasher.combine(keys)
      hasher.combine(values)
    }

    private func position(of key: String) -> Int? {
      keys.count < Self.indexedFrom ? keys.firstIndex(of: key) : positions[key]
    }

    private mutating func append(_ key: String, _ value: JSONValue) {
      keys.append(key)
      values.append(value)
      if keys.count == Self.indexedFrom {
        reindex()
      } else if keys.count > Self.indexedFrom {
        positions[key] = keys.count - 1
      }
    }

    private mutating func remove(at position: Int) {
      keys.remove(at: position)
      values.remove(at: position)
      if keys.count >= Self.indexedFrom { reindex() } else { positions = [:] }
    }

    private mutating func reindex() {
      positions = [:]
      for (position, key) in keys.enumerated() { positions[key] = position }
    }
  }
}
