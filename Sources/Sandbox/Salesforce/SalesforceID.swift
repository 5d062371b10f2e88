/// Record ids: fifteen characters in which letter case counts, and eighteen of which the last
/// three tell the letter case of the others.
enum SalesforceID {
  private static let digits = Array(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
  private static let marks = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345")

  /// The id of a kind's `number`th record.
  static func made(prefix: String, number: Int) -> String {
    var tail: [Character] = []
    var rest = number
    while tail.count < 9 {
      tail.insert(digits[rest % digits.count], at: 0)
      rest /= digits.count
    }
    let short = prefix + "5g0" + String(tail)
    return short + checksum(short)
  }

  /// The long form of a well-formed id; nil for any other text.
  static func long(_ text: String) -> String? {
    guard text.utf8.allSatisfy(isAlphanumeric) else { return nil }
    switch text.utf8.count {
    case 15: return text + checksum(text)
    case 18:
      let short = String(text.prefix(15))
      return checksum(short) == text.suffix(3).uppercased() ? short + checksum(short) : nil
    default: return nil
    }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
  }

  private static func checksum(_ short: String) -> String {
    let characters = Array(short)
    return String(
      stride(from: 0, to: 15, by: 5).map { start in
        var index = 0
        for place in 0..<5 where ("A"..."Z").contains(characters[start + place]) {
          index |= 1 << place
        }
        return marks[index]
      })
  }
}
