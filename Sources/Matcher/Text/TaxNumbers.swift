/// Tax numbers brought to one spelling, with the check digits of the registers we know.
enum TaxNumbers {
  /// Letters and digits only; without the country's letters, leading zeros, Canada's account
  /// suffix and Switzerland's or Norway's ending. Empty for placeholders such as 123456789.
  static func normalise(_ text: String) -> [UInt8] {
    var word = Fold.bytes(text).filter(Tokens.isWord)
    if word.count > 4, !Tokens.isDigit(word[0]), !Tokens.isDigit(word[1]) {
      if word.starts(with: "abn".utf8) || word.starts(with: "ein".utf8)
        || word.starts(with: "vat".utf8) || word.starts(with: "gst".utf8)
        || word.starts(with: "ird".utf8) || word.starts(with: "che".utf8)
      {
        word.removeFirst(3)
      }
      if word.count > 4, !Tokens.isDigit(word[0]), !Tokens.isDigit(word[1]),
        Countries.isCode(word.prefix(2)) || word.starts(with: "el".utf8)
      {
        word.removeFirst(2)
      }
    }
    if word.count == 15, word[9] == UInt8(ascii: "r") { word.removeSubrange(9...) }
    for ending in ["mwst", "tva", "iva", "mva"] where word.count > 8 {
      if word.suffix(ending.utf8.count).elementsEqual(ending.utf8) {
        word.removeLast(ending.utf8.count)
      }
    }
    word = Array(word.drop { $0 == 0x30 })
    let digits = word.filter(Tokens.isDigit)
    if digits.count < 5 || Set(digits).count < 3 { return [] }
    if digits.count < word.count { return word }
    if "1234567890".utf8.starts(with: digits) || "9876543210".utf8.starts(with: digits) {
      return []
    }
    return word
  }

  /// What the check digit says: nil when the number's register is not one we know.
  static func isValid(_ text: String, country: Countries.Country?) -> Bool? {
    let word = Fold.bytes(text).filter(Tokens.isWord)
    let digits = word.filter(Tokens.isDigit).map { Int($0 - 0x30) }
    let code = country.map(\.code) ?? 0
    switch digits.count {
    case 13: return isGlobalLocation(digits)
    case 11 where code == Countries.code("au"): return isAustralian(digits)
    case 8...9 where code == Countries.code("nz"): return isNewZealand(digits)
    case 9 where code == Countries.code("gb"): return isBritish(digits)
    case 9 where code == Countries.code("de"): return isGerman(digits)
    default: return nil
    }
  }

  /// New Zealand Business Number: a global location number with its modulo-10 check digit.
  static func isGlobalLocation(_ digits: [Int]) -> Bool {
    guard digits.count == 13 else { return false }
    let sum = digits.enumerated().reduce(0) { $0 + $1.element * ($1.offset % 2 == 0 ? 1 : 3) }
    return sum % 10 == 0
  }

  /// Australian Business Number: weighted sum, the first digit less one, divisible by 89.
  static func isAustralian(_ digits: [Int]) -> Bool {
    guard digits.count == 11 else { return false }
    let weights = [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]
    var sum = -10
    for (digit, weight) in zip(digits, weights) { sum += digit * weight }
    return sum % 89 == 0
  }

  /// New Zealand IRD number: eight or nine digits, modulo 11 with a second set of weights.
  static func isNewZealand(_ digits: [Int]) -> Bool {
    let padded = digits.count == 8 ? [0] + digits : digits
    guard padded.count == 9 else { return false }
    for weights in [[3, 2, 7, 6, 5, 4, 3, 2], [7, 4, 3, 2, 5, 2, 7, 6]] {
      let sum = zip(padded, weights).reduce(0) { $0 + $1.0 * $1.1 }
      let check = sum % 11 == 0 ? 0 : 11 - sum % 11
      if check < 10 { return check == padded[8] }
    }
    return false
  }

  /// United Kingdom VAT: modulo 97, old and new series.
  static func isBritish(_ digits: [Int]) -> Bool {
    guard digits.count == 9 else { return false }
    let sum = zip(digits.prefix(7), (2...8).reversed()).reduce(0) { $0 + $1.0 * $1.1 }
    let check = digits[7] * 10 + digits[8]
    return (sum + check) % 97 == 0 || (sum + check + 55) % 97 == 0
  }

  /// German VAT identification: ISO 7064, modulo 11,10.
  static func isGerman(_ digits: [Int]) -> Bool {
    guard digits.count == 9 else { return false }
    var product = 10
    for digit in digits.prefix(8) {
      let sum = (digit + product) % 10
      product = (sum == 0 ? 10 : sum) * 2 % 11
    }
    let check = 11 - product
    return (check == 10 ? 0 : check) == digits[8]
  }
}
