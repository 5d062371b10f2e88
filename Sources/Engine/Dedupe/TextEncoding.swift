/// Finds out how a file's bytes stand for text, and gives them as UTF-8.
package enum TextEncoding: String, Hashable, Sendable {
  case utf8 = "UTF-8"
  case utf16Little = "UTF-16 (little endian)"
  case utf16Big = "UTF-16 (big endian)"
  case windows1252 = "Windows-1252"

  /// The bytes as UTF-8 without a byte-order mark; nil when they are no text.
  package static func decode(_ bytes: [UInt8]) -> (text: [UInt8], encoding: TextEncoding)? {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      return checked(Array(bytes.dropFirst(3))).map { ($0, .utf8) }
    }
    if bytes.starts(with: [0xFF, 0xFE]) { return sixteen(bytes.dropFirst(2), .utf16Little) }
    if bytes.starts(with: [0xFE, 0xFF]) { return sixteen(bytes.dropFirst(2), .utf16Big) }
    if let order = unmarkedOrder(bytes) { return sixteen(bytes[...], order) }
    if let text = checked(bytes) { return (text, .utf8) }
    return latin(bytes).map { ($0, .windows1252) }
  }

  private static func checked(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.allSatisfy(isText), String(validating: bytes, as: UTF8.self) != nil else {
      return nil
    }
    return bytes
  }

  private static func isText(_ byte: UInt8) -> Bool {
    byte >= 0x20 ? byte != 0x7F : byte == 0x09 || byte == 0x0A || byte == 0x0D || byte == 0x0B
  }

  /// Latin text in UTF-16 has a zero in every other byte.
  private static func unmarkedOrder(_ bytes: [UInt8]) -> TextEncoding? {
    let sample = bytes.prefix(4096)
    guard sample.count >= 4 else { return nil }
    var zeros = [0, 0]
    for (index, byte) in sample.enumerated() where byte == 0 { zeros[index % 2] += 1 }
    let half = sample.count / 2
    if zeros[1] * 2 > half, zeros[0] * 10 < half { return .utf16Little }
    if zeros[0] * 2 > half, zeros[1] * 10 < half { return .utf16Big }
    return nil
  }

  private static func sixteen(
    _ bytes: ArraySlice<UInt8>, _ order: TextEncoding
  ) -> (text: [UInt8], encoding: TextEncoding)? {
    guard bytes.count.isMultiple(of: 2) else { return nil }
    var units: [UInt16] = []
    units.reserveCapacity(bytes.count / 2)
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
      units.append(order == .utf16Big ? first << 8 | second : second << 8 | first)
      index += 2
    }
    guard let text = String(validating: units, as: UTF16.self) else { return nil }
    return checked(Array(text.utf8)).map { ($0, order) }
  }

  /// Bytes 0x80…0x9F; zero where the code page has no character.
  private static let upper: [UInt16] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
    0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC,
    0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
  ]

  private static func latin(_ bytes: [UInt8]) -> [UInt8]? {
    var text = ""
    for byte in bytes {
      let value = (0x80...0x9F).contains(byte) ? upper[Int(byte) - 0x80] : UInt16(byte)
      guard value != 0, byte >= 0x80 || isText(byte), let scalar = Unicode.Scalar(value) else {
        return nil
      }
      text.unicodeScalars.append(scalar)
    }
    return Array(text.utf8)
  }
}
