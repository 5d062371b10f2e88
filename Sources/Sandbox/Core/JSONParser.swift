/// Why a text is not JSON: what was wrong and at which byte.
package struct JSONParseError: Error, Sendable, Hashable, CustomStringConvertible {
  package var reason: String
  package var offset: Int

  package var description: String { "invalid JSON at byte \(offset): \(reason)" }
}

/// A strict RFC 8259 reader over bytes already in memory.
struct JSONParser {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0
  private static let deepest = 256

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(JSONParseError) -> JSONValue {
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw failure("text after the end of the document") }
    return value
  }

  private mutating func value() throws(JSONParseError) -> JSONValue {
    skipSpace()
    guard let byte = peek else { throw failure("the document ends too early") }
    switch byte {
    case UInt8(ascii: "{"):
      return try nested { (parser) throws(JSONParseError) in
        .object(try parser.object())
      }
    case UInt8(ascii: "["):
      return try nested { (parser) throws(JSONParseError) in
        .array(try parser.array())
      }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    default: throw failure("a value was expected")
    }
  }

  private mutating func nested(
    _ body: (inout Self) throws(JSONParseError) -> JSONValue
  ) throws(JSONParseError) -> JSONValue {
    depth += 1
    guard depth <= Self.deepest else { throw failure("nested deeper than \(Self.deepest)") }
    position += 1
    let value = try body(&self)
    depth -= 1
    return value
  }

  private mutating func object() throws(JSONParseError) -> JSONValue.Object {
    var object = JSONValue.Object()
    skipSpace()
    if take(UInt8(ascii: "}")) { return object }
    while true {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw failure("a key in quotes was expected") }
      let key = try string()
      guard object[key] == nil else { throw failure("the key \"\(key)\" is repeated") }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw failure("':' was expected") }
      object[key] = try value()
      skipSpace()
      if take(UInt8(ascii: "}")) { return object }
      guard take(UInt8(ascii: ",")) else { throw failure("',' or '}' was expected") }
    }
  }

  private mutating func array() throws(JSONParseError) -> [JSONValue] {
    var list: [JSONValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return list }
    while true {
      list.append(try value())
      skipSpace()
      if take(UInt8(ascii: "]")) { return list }
      guard take(UInt8(ascii: ",")) else { throw failure("',' or ']' was expected") }
    }
  }

  private mutating func number() throws(JSONParseError) -> String {
    let start = position
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try digits() }
    if take(UInt8(ascii: ".")) { try digits() }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func digits() throws(JSONParseError) {
    let start = position
    while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
    guard position > start else { throw failure("a digit was expected") }
  }

  private mutating func string() throws(JSONParseError) -> String {
    position += 1
    let start = position
    var built: [UInt8]?
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        let text =
          built.map { String(validating: $0, as: UTF8.self) }
          ?? String(validating: bytes[start..<position], as: UTF8.self)
        guard let text else { throw failure("the text is not UTF-8") }
        position += 1
        return text
      case UInt8(ascii: "\\"):
        var text = built ?? Array(bytes[start..<position])
        position += 1
        text.append(contentsOf: Array(String(try escape()).utf8))
        built = text
      case 0..<0x20: throw failure("a control character inside a text")
      default:
        built?.append(byte)
        position += 1
      }
    }
    throw failure("a text without its closing quote")
  }

  private mutating func escape() throws(JSONParseError) -> Unicode.Scalar {
    guard let byte = peek else { throw failure("the document ends in an escape") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw failure("an unknown escape")
    }
  }

  private mutating func unicodeEscape() throws(JSONParseError) -> Unicode.Scalar {
    let first = try hexUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
      throw failure("half of a surrogate pair")
    }
    let second = try hexUnit()
    let joined = 0x10000 + ((first & 0x3FF) << 10) + (second & 0x3FF)
    guard (0xDC00...0xDFFF).contains(second), let scalar = Unicode.Scalar(joined) else {
      throw failure("half of a surrogate pair")
    }
    return scalar
  }

  private mutating func hexUnit() throws(JSONParseError) -> UInt32 {
    guard position + 4 <= bytes.count,
      bytes[position..<position + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw failure("four hexadecimal digits were expected") }
    position += 4
    return unit
  }

  private mutating func word(
    _ text: StaticString, _ value: JSONValue
  ) throws(JSONParseError) -> JSONValue {
    let expected = Array(text.description.utf8)
    guard bytes[position...].starts(with: expected) else { throw failure("a value was expected") }
    position += expected.count
    return value
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private func failure(_ reason: String) -> JSONParseError {
    JSONParseError(reason: reason, offset: position)
  }
}
