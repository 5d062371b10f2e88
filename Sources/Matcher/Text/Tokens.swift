/// Takes folded text apart into words, keeping what the letters say and no punctuation.
enum Tokens {
  @inline(__always) static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  @inline(__always) static func isWord(_ byte: UInt8) -> Bool {
    (byte >= 0x61 && byte <= 0x7A) || isDigit(byte) || byte >= 0x80
  }

  /// The words of `text`. Apostrophes join ("O'Brien" is `obrien`), so do the dots of initials
  /// ("L.T.D." is `ltd`) and the slash of forms such as "A/S"; "&" and "+" stand as words.
  static func split(_ text: ArraySlice<UInt8>) -> [[UInt8]] {
    var words: [[UInt8]] = []
    var word: [UInt8] = []
    var run = 0
    var index = text.startIndex
    func peek(_ ahead: Int) -> UInt8 {
      index + ahead < text.endIndex ? text[index + ahead] : 0x20
    }
    while index < text.endIndex {
      let byte = text[index]
      if isWord(byte) {
        word.append(byte)
        run += 1
      } else if byte == UInt8(ascii: "'") {
        // joins
      } else if byte == UInt8(ascii: "."), run == 1, isWord(peek(1)), !isWord(peek(2)) {
        run = 0
      } else if byte == UInt8(ascii: "."), run == 1, word.count > 1, !isWord(peek(1)) {
        flush()
      } else if byte == UInt8(ascii: "/"), run == 1, word.count == 1, isWord(peek(1)),
        !isWord(peek(2)), !isDigit(byte), !isDigit(word[0])
      {
        run = 0
      } else {
        flush()
        if byte == UInt8(ascii: "&") || byte == UInt8(ascii: "+") { words.append([byte]) }
      }
      index += 1
    }
    flush()
    return words

    func flush() {
      if !word.isEmpty { words.append(word) }
      word.removeAll(keepingCapacity: true)
      run = 0
    }
  }

  static func split(_ text: [UInt8]) -> [[UInt8]] { split(text[...]) }

  /// A coarser spelling that survives the usual ways of writing a name: "Joergensen" and
  /// "Jørgensen", doubled letters, ph/f, y/i, c/k.
  static func skeleton(_ word: some Collection<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(word.count)
    for byte in word {
      var byte = byte
      if byte == UInt8(ascii: "y") { byte = UInt8(ascii: "i") }
      if byte == UInt8(ascii: "c") { byte = UInt8(ascii: "k") }
      if byte == UInt8(ascii: "h"), out.last == UInt8(ascii: "p") {
        out[out.count - 1] = UInt8(ascii: "f")
        continue
      }
      if byte == UInt8(ascii: "e"), let last = out.last,
        last == UInt8(ascii: "a") || last == UInt8(ascii: "o") || last == UInt8(ascii: "u")
      {
        continue
      }
      if byte == out.last, !isDigit(byte) { continue }
      out.append(byte)
    }
    return out
  }
}
