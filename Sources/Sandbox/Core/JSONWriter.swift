/// Writes the compact form of a document into bytes.
struct JSONWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: append("null")
    case .bool(let flag): append(flag ? "true" : "false")
    case .number(let digits): bytes.append(contentsOf: digits.utf8)
    case .string(let text): write(text)
    case .array(let list): write(list)
    case .object(let object): write(object)
    }
  }

  private mutating func write(_ list: [JSONValue]) {
    bytes.append(UInt8(ascii: "["))
    for (position, element) in list.enumerated() {
      if position > 0 { bytes.append(UInt8(ascii: ",")) }
      write(element)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  private mutating func write(_ object: JSONValue.Object) {
    bytes.append(UInt8(ascii: "{"))
    let keys = object.keys
    let values = object.values
    for position in keys.indices {
      if position > 0 { bytes.append(UInt8(ascii: ",")) }
      write(keys[position])
      bytes.append(UInt8(ascii: ":"))
      write(values[position])
    }
    bytes.append(UInt8(ascii: "}"))
  }

  private mutating func write(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): append("\\\"")
      case UInt8(ascii: "\\"): append("\\\\")
      case 0x0A: append("\\n")
      case 0x0D: append("\\r")
      case 0x09: append("\\t")
      case 0..<0x20: append("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16))
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
