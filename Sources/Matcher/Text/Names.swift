/// A business or personal name taken apart, before words become numbers.
struct ParsedName {
  struct Part {
    var role: Aspect.Role
    var words: [[UInt8]] = []
    /// The words as written, without legal forms: what mailboxes and domains spell.
    var raw: [[UInt8]] = []
    var forms: WordLists.LegalForms = []
    var numbers: [[UInt8]] = []
  }

  var parts: [Part] = []
  var hasNamesakeMark = false
  /// A title stands in front: a person for certain.
  var hasTitle = false
  /// The name was written "Last, First".
  var isInverted = false

  private static let markers: [[UInt8]] = [
    " t/a ", " trading as ", " dba ", " d/b/a ", " d.b.a. ", " formerly ", " c/o ", " atf ",
    " as trustee for ", " trustee for ", " aka ", " a.k.a. ", " previously ", " ta: ",
  ].map { Array($0.utf8) }

  static func parse(_ text: String) -> ParsedName {
    var name = ParsedName()
    let folded = Fold.bytes(text)
    var outside: [UInt8] = []
    var inside: [UInt8] = []
    var depth = 0
    for byte in folded {
      switch byte {
      case 0x28, 0x5B, 0x7B:
        depth += 1
        outside.append(0x20)
      case 0x29, 0x5D, 0x7D:
        if depth > 0 {
          depth -= 1
          if depth == 0 { name.addQualifier(inside) }
          if depth == 0 { inside.removeAll() }
        }
      default:
        if depth > 0 { inside.append(byte) } else { outside.append(byte) }
      }
    }
    if !inside.isEmpty { name.addQualifier(inside) }
    name.addOutside(outside)
    return name
  }

  private mutating func addOutside(_ text: [UInt8]) {
    var segments: [ArraySlice<UInt8>] = []
    var start = 0
    // Markers all hold a slash, a dot or a space with fixed neighbours; look only at spaces.
    var index = 0
    while index < text.count {
      if text[index] == 0x20,
        let marker = Self.markers.first(where: { text[index...].starts(with: $0) })
      {
        segments.append(text[start..<index])
        start = index + marker.count - 1
        index = start
      } else {
        index += 1
      }
    }
    segments.append(text[start...])
    var role = Aspect.Role.main
    for segment in segments {
      for (position, piece) in Self.dashPieces(segment).enumerated() {
        let words = Tokens.split(piece)
        if position > 0, words.allSatisfy({ WordLists.notes.contains($0) }) { continue }
        if position > 0 {
          addQualifier(Array(piece))
          continue
        }
        if let first = words.first, words.count > 1, WordLists.titles.contains(first) {
          hasTitle = true
        }
        let part = Self.part(words, role: role)
        if part.words.isEmpty && part.numbers.isEmpty { continue }
        parts.append(part)
        role = .alias
      }
    }
    if let comma = text.firstIndex(of: 0x2C), segments.count == 1 {
      let before = Tokens.split(text[..<comma])
      let after = Tokens.split(text[(comma + 1)...])
      isInverted =
        before.count <= 2 && !after.isEmpty && after.count <= 2
        && !after.contains { WordLists.legalForms[$0] != nil || WordLists.connectors.contains($0) }
    }
  }

  /// Pieces around " - "; hyphens inside words do not count.
  private static func dashPieces(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var start = text.startIndex
    var index = text.startIndex
    while index + 2 < text.endIndex {
      if text[index] == 0x20, text[index + 1] == 0x2D, text[index + 2] == 0x20 {
        pieces.append(text[start..<index])
        start = index + 3
        index += 2
      }
      index += 1
    }
    pieces.append(text[start...])
    return pieces
  }

  private mutating func addQualifier(_ text: [UInt8]) {
    let words = Tokens.split(text)
    if words.isEmpty || words.allSatisfy({ WordLists.notes.contains($0) }) { return }
    let forms = words.compactMap { WordLists.legalForms[$0] }
    if forms.count == words.count {
      // "(Pty)": a legal form, not another name.
      for form in forms { pendingForms.formUnion(form) }
      return
    }
    if words.count == 1, words[0].count <= 2, words[0].allSatisfy(Tokens.isDigit) {
      hasNamesakeMark = true
      return
    }
    if let first = words.first, first.elementsEqual("attn".utf8) || first.elementsEqual("c".utf8) {
      return
    }
    let part = Self.part(words, role: .qualifier)
    if !part.numbers.isEmpty, part.words.count == part.numbers.count {
      // "(No 2)": the number belongs to the name itself.
      pendingNumbers += part.numbers
      return
    }
    if !part.words.isEmpty { parts.append(part) }
  }

  /// Legal forms and numbers found in brackets.
  var pendingForms: WordLists.LegalForms = []
  var pendingNumbers: [[UInt8]] = []

  /// "E. K. A." and "EKA" are one word.
  private static func joinInitials(_ words: [[UInt8]]) -> [[UInt8]] {
    var out: [[UInt8]] = []
    var isOpen = false
    for word in words {
      let isLetter = word.count == 1 && !Tokens.isDigit(word[0]) && Tokens.isWord(word[0])
      if isLetter, isOpen, !out.isEmpty {
        out[out.count - 1] += word
      } else {
        out.append(word)
      }
      isOpen = isLetter
    }
    return out
  }

  static func part(_ unjoined: [[UInt8]], role: Aspect.Role) -> Part {
    var part = Part(role: role)
    let words = joinInitials(unjoined)
    var skipped: [[UInt8]] = []
    for (index, word) in words.enumerated() {
      if let form = WordLists.legalForms[word], words.count > 1,
        index > 0 || form == .trust, index == 0 || !words[index - 1].elementsEqual("body".utf8)
      {
        part.forms.formUnion(form)
        // "Co" and "Trust" are also ordinary words; they are kept when nothing else is there.
        skipped.append(word)
        continue
      }
      if WordLists.connectors.contains(word) { continue }
      if word.count <= 6, let number = numeral(word, isLast: index == words.count - 1) {
        part.numbers.append(number)
        part.words.append(number)
        continue
      }
      let isNumberWord =
        word.elementsEqual("no".utf8) || word.elementsEqual("number".utf8)
        || word.elementsEqual("nr".utf8)
      if isNumberWord, index + 1 < words.count, words[index + 1].allSatisfy(Tokens.isDigit) {
        continue
      }
      part.words.append(WordLists.abbreviations[word] ?? word)
      part.raw.append(word)
      if word.allSatisfy(Tokens.isDigit) { part.numbers.append(word) }
    }
    if part.words.isEmpty { part.words = skipped }
    if part.words.count > 14 { part.words.removeLast(part.words.count - 14) }
    return part
  }

  private static func numeral(_ word: [UInt8], isLast: Bool) -> [UInt8]? {
    if word.allSatisfy(Tokens.isDigit) {
      let trimmed = word.drop { $0 == 0x30 }
      return trimmed.isEmpty ? word : Array(trimmed)
    }
    guard isLast, word.count >= 2, word.allSatisfy({ "ivx".utf8.contains($0) }) else { return nil }
    let romans = ["ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"]
    return romans[String(decoding: word, as: UTF8.self)].map { Array($0.utf8) }
  }
}
