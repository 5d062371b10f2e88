/// A telephone number brought to its significant digits.
struct Phone: Sendable, Equatable {
  /// International dialling code; 0 when neither number nor record tells.
  var dialling: Int
  /// Digits behind dialling code and trunk prefix.
  var national: [UInt8]

  /// Number in the international form, for people to read.
  var e164: String {
    let digits = String(decoding: national, as: UTF8.self)
    return dialling > 0 ? "+\(dialling)\(digits)" : digits
  }

  /// The last seven digits as a number: the part that survives every way of writing it.
  var tail: Int32 { national.suffix(7).reduce(0) { $0 * 10 + Int32($1 - 0x30) } }

  /// Up to 12 last national digits as one number.
  var digits: UInt64 { national.suffix(12).reduce(0) { $0 * 10 + UInt64($1 - 0x30) } }

  /// Reads one number; nil for what cannot be one (too short, or a placeholder such as 000 0000).
  static func parse(_ text: String, country: Countries.Country?) -> Phone? {
    var folded = Fold.bytes(text)
    if let cut = extensionStart(folded) { folded.removeSubrange(cut...) }
    var digits: [UInt8] = []
    digits.reserveCapacity(folded.count)
    var isInternational = false
    for (index, byte) in folded.enumerated() {
      if Tokens.isDigit(byte) {
        // The "(0)" of "+64 (0)21" is a trunk zero that is not dialled from abroad.
        let isBracketedZero =
          byte == 0x30 && index > 0 && folded[index - 1] == UInt8(ascii: "(")
          && index + 1 < folded.count && folded[index + 1] == UInt8(ascii: ")")
        if !(isBracketedZero && isInternational) { digits.append(byte) }
      } else if byte == UInt8(ascii: "+"), digits.isEmpty {
        isInternational = true
      }
    }
    if !isInternational, digits.starts(with: [0x30, 0x30]), digits.count > 9 {
      isInternational = true
      digits.removeFirst(2)
    }
    guard let phone = number(digits[...], isInternational, country), phone.isPlausible else {
      return nil
    }
    return phone
  }

  private static func number(
    _ digits: ArraySlice<UInt8>, _ isInternational: Bool, _ country: Countries.Country?
  ) -> Phone? {
    if digits.count < 6 { return nil }
    if isInternational, let (found, rest) = Countries.splitDialling(digits) {
      return Phone(dialling: found.dialling, national: dropTrunk(rest, found))
    }
    guard let country else {
      return Phone(dialling: 0, national: Array(digits.drop { $0 == 0x30 }))
    }
    let code = Array(String(country.dialling).utf8)
    let restLength = digits.count - code.count
    // "6495551234": the dialling code without its plus.
    if digits.starts(with: code), restLength >= (country.dialling == 1 ? 10 : 8),
      restLength <= 11, country.trunk.isEmpty || digits.first != 0x30
    {
      return Phone(
        dialling: country.dialling, national: dropTrunk(digits.dropFirst(code.count), country))
    }
    return Phone(dialling: country.dialling, national: dropTrunk(digits, country))
  }

  private static func dropTrunk(
    _ digits: ArraySlice<UInt8>, _ country: Countries.Country
  ) -> [UInt8] {
    let trunk = Array(country.trunk.utf8)
    if !trunk.isEmpty, digits.starts(with: trunk), digits.count > 6 {
      return Array(digits.dropFirst(trunk.count))
    }
    return Array(digits.first == 0x30 ? digits.dropFirst() : digits)
  }

  private var isPlausible: Bool {
    if national.count < 6 || national.count > 14 { return false }
    let rest = national.suffix(6)
    if let first = rest.first, rest.allSatisfy({ $0 == first }) { return false }
    return !national.suffix(7).elementsEqual("1234567".utf8)
  }

  private static func extensionStart(_ text: [UInt8]) -> Int? {
    var digits = 0
    for (index, byte) in text.enumerated() {
      if Tokens.isDigit(byte) { digits += 1 }
      let isMark = byte == UInt8(ascii: "x") || byte == UInt8(ascii: "e") || byte == 0x23
      if digits >= 6, isMark { return index }
    }
    return nil
  }
}
