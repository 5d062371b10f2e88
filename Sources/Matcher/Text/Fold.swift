import Foundation

/// Folds text to lower-case ASCII where a script has a usual transliteration, so that spellings of
/// one name meet: accents, full-width forms, Greek and Cyrillic. Other scripts keep their letters.
enum Fold {
  /// Appends the folded UTF-8 of `text` to `out`.
  static func append(_ text: String, to out: inout [UInt8]) {
    var text = text
    let needsSlowPath = text.withUTF8 { bytes -> Bool in
      for byte in bytes {
        if byte >= 0x80 { return true }
        out.append(lower(byte))
      }
      return false
    }
    guard needsSlowPath else { return }
    // The ASCII prefix is already there; the scalar loop starts over behind it.
    let prefix = text.utf8.prefix { $0 < 0x80 }.count
    for scalar in text.unicodeScalars.dropFirst(prefix) { append(scalar, to: &out, depth: 0) }
  }

  static func bytes(_ text: String) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(text.utf8.count)
    append(text, to: &out)
    return out
  }

  @inline(__always) static func lower(_ byte: UInt8) -> UInt8 {
    byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
  }

  private static func append(_ scalar: Unicode.Scalar, to out: inout [UInt8], depth: Int) {
    let value = scalar.value
    switch value {
    case 0..<0x80: out.append(lower(UInt8(value)))
    case 0xA0, 0x3000: out.append(0x20)
    case 0xC0...0x17F: out.append(contentsOf: latin[Int(value - 0xC0)])
    case 0x300...0x36F, 0xAD, 0x200B...0x200F, 0xFEFF: break
    case 0x384...0x3CE: appendGreek(scalar, to: &out)
    case 0x400...0x45F: out.append(contentsOf: cyrillic(value))
    case 0x490, 0x491: out.append(UInt8(ascii: "g"))
    case 0x2018, 0x2019, 0x201B, 0x2032, 0xB4, 0x60: out.append(UInt8(ascii: "'"))
    case 0x2010...0x2015, 0x2212: out.append(UInt8(ascii: "-"))
    case 0x2000...0x206F, 0x80...0xA9, 0xAB...0xBF, 0x3001...0x303F, 0x30FB: out.append(0x20)
    case 0xFF01...0xFF5E: out.append(lower(UInt8(value - 0xFF01 + 0x21)))
    default: appendRare(scalar, to: &out, depth: depth)
    }
  }

  /// Everything without a table of its own: decomposed once, then kept as it is.
  private static func appendRare(_ scalar: Unicode.Scalar, to out: inout [UInt8], depth: Int) {
    // Unified ideographs and kana have nothing to fold; they are the bulk of what comes here.
    if depth > 0 || (0x3041...0x9FFF).contains(scalar.value) {
      out.append(contentsOf: String(scalar.properties.lowercaseMapping).utf8)
      return
    }
    for part in String(scalar).decomposedStringWithCompatibilityMapping.unicodeScalars {
      append(part, to: &out, depth: depth + 1)
    }
  }

  private static let latin: [[UInt8]] = {
    let table =
      "a a a a a a ae c e e e e i i i i d n o o o o o x o u u u u y th ss "
      + "a a a a a a ae c e e e e i i i i d n o o o o o x o u u u u y th y "
      + "a a a a a a c c c c c c c c d d d d e e e e e e e e e e g g g g g g g g h h h h "
      + "i i i i i i i i i i ij ij j j k k k l l l l l l l l l l n n n n n n n n n "
      + "o o o o o o oe oe r r r r r r s s s s s s s s t t t t t t "
      + "u u u u u u u u u u u u w w y y y z z z z z z s"
    return table.split(separator: " ").map { Array($0.utf8) }
  }()

  private static let greekLetters: [[UInt8]] = [
    "a", "v", "g", "d", "e", "z", "e", "th", "i", "k", "l", "m", "n", "x", "o", "p", "r", "s", "s",
    "t", "u", "ph", "ch", "ps", "o", "i", "u", "a", "e", "e", "i", "u", "o", "u", "o",
  ].map { Array($0.utf8) }

  private static func appendGreek(_ scalar: Unicode.Scalar, to out: inout [UInt8]) {
    let lowered = scalar.properties.lowercaseMapping.unicodeScalars.first?.value ?? scalar.value
    switch lowered {
    case 0x3AC: out.append(UInt8(ascii: "a"))
    case 0x3AD, 0x3AE: out.append(UInt8(ascii: "e"))
    case 0x3AF, 0x390: out.append(UInt8(ascii: "i"))
    case 0x3B0: out.append(UInt8(ascii: "u"))
    case 0x3CC, 0x3CE: out.append(UInt8(ascii: "o"))
    case 0x3CD: out.append(UInt8(ascii: "u"))
    case 0x3CA: out.append(UInt8(ascii: "i"))
    case 0x3CB: out.append(UInt8(ascii: "u"))
    case 0x3B1...0x3C9: out.append(contentsOf: greekLetters[Int(lowered - 0x3B1)])
    default: break
    }
  }

  private static let cyrillicLetters: [[UInt8]] = [
    "a", "b", "v", "g", "d", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t",
    "u", "f", "kh", "ts", "ch", "sh", "shch", "", "y", "", "e", "yu", "ya",
    "e", "yo", "dj", "g", "ye", "dz", "i", "yi", "j", "lj", "nj", "c", "k", "i", "u", "dz",
  ].map { Array($0.utf8) }

  private static func cyrillic(_ value: UInt32) -> [UInt8] {
    switch value {
    case 0x410...0x42F: cyrillicLetters[Int(value - 0x410)]
    case 0x430...0x45F: cyrillicLetters[Int(value - 0x430)]
    default: cyrillicLetters[Int(value - 0x400) + 32]
    }
  }
}
