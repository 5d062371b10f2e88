import Foundation

/// Tells a whole JSON document from a truncated one or a web page, without building anything.
/// Also bounds the nesting, so that a decoder further on cannot run out of stack.
enum JSONShape {
  /// nil where the bytes are one complete JSON value in UTF-8; else what is wrong.
  static func problem(in data: Data) -> String? {
    guard let first = data.first(where: { !isSpace($0) }) else { return "an empty answer" }
    if first == UInt8(ascii: "<") { return "HTML or XML instead of JSON" }
    guard String(validating: data, as: UTF8.self) != nil else { return "invalid UTF-8" }
    return data.withUnsafeBytes { bytes in
      var scanner = Scanner(bytes: bytes)
      return scanner.isDocument() ? nil : "truncated or malformed JSON"
    }
  }

  /// The bytes after a byte-order mark, which some servers put before JSON.
  static func withoutByteOrderMark(_ data: Data) -> Data {
    data.starts(with: [0xEF, 0xBB, 0xBF]) ? Data(data.dropFirst(3)) : data
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  private struct Scanner {
    let bytes: UnsafeRawBufferPointer
    var position = 0
    static let deepest = 256

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func isDocument() -> Bool {
      guard value(depth: 0) else { return false }
      skipSpace()
      return position == bytes.count
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
      while let byte = next, isSpace(byte) { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard next == UInt8(ascii: character) else { return false }
      position += 1
      return true
    }

    private mutating func value(depth: Int) -> Bool {
      guard depth < Self.deepest else { return false }
      skipSpace()
      switch next {
      case UInt8(ascii: "{"): return members(depth: depth)
      case UInt8(ascii: "["): return elements(depth: depth)
      case UInt8(ascii: "\""): return string()
      case UInt8(ascii: "t"): return word("true")
      case UInt8(ascii: "f"): return word("false")
      case UInt8(ascii: "n"): return word("null")
      default: return number()
      }
    }

    private mutating func members(depth: Int) -> Bool {
      position += 1
      skipSpace()
      if take("}") { return true }
      repeat {
        skipSpace()
        guard next == UInt8(ascii: "\""), string() else { return false }
        skipSpace()
        guard take(":"), value(depth: depth + 1) else { return false }
        skipSpace()
      } while take(",")
      return take("}")
    }

    private mutating func elements(depth: Int) -> Bool {
      position += 1
      skipSpace()
      if take("]") { return true }
      repeat {
        guard value(depth: depth + 1) else { return false }
        skipSpace()
      } while take(",")
      return take("]")
    }

    private mutating func string() -> Bool {
      position += 1
      while let byte = next {
        position += 1
        if byte == UInt8(ascii: "\"") { return true }
        if byte < 0x20 { return false }
        if byte == UInt8(ascii: "\\"), !escape() { return false }
      }
      return false
    }

    private mutating func escape() -> Bool {
      guard let byte = next else { return false }
      position += 1
      guard byte == UInt8(ascii: "u") else {
        return "\"\\/bfnrt".utf8.contains(byte)
      }
      for _ in 0..<4 {
        guard let digit = next, Character(Unicode.Scalar(digit)).isHexDigit else { return false }
        position += 1
      }
      return true
    }

    private mutating func word(_ text: StaticString) -> Bool {
      for index in 0..<text.utf8CodeUnitCount {
        guard next == text.utf8Start[index] else { return false }
        position += 1
      }
      return true
    }

    private mutating func digits() -> Bool {
      let start = position
      while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
      return position > start
    }

    private mutating func number() -> Bool {
      _ = take("-")
      if !take("0"), !digits() { return false }
      if take("."), !digits() { return false }
      if take("e") || take("E") {
        _ = take("+") || take("-")
        return digits()
      }
      return true
    }
  }
}
