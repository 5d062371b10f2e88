/// A street address taken apart: number, unit, street name, PO box.
struct Street: Sendable, Equatable {
  var number: [UInt8] = []
  var unit: [UInt8] = []
  /// Skeleton of the name without its type word.
  var name: [UInt8] = []
  /// Canonical type word ("street"), empty when none is written.
  var type: [UInt8] = []
  var box: [UInt8] = []
  /// Lines without digits: suburbs and building names.
  var places: [[UInt8]] = []

  static func parse(_ lines: [String]) -> Street {
    var street = Street()
    for line in lines where !line.isEmpty {
      for part in Fold.bytes(line).split(separator: UInt8(ascii: ",")) { street.read(part) }
    }
    return street
  }

  private mutating func read(_ part: ArraySlice<UInt8>) {
    let spaced = part.map { byte in
      byte == UInt8(ascii: "-") || byte == 0x23 ? UInt8(0x20) : byte
    }
    var words = words(of: spaced[...])
    if words.isEmpty || takeBox(words) { return }
    if words.count > 1, WordLists.unitWords.contains(words[0]), Self.startsWithDigit(words[1]) {
      unit = words[1]
      words.removeFirst(2)
    } else if words.count > 2, WordLists.unitWords.contains(words[0]), words[1].count == 1 {
      unit = words[1]
      words.removeFirst(2)
    }
    guard let at = words.firstIndex(where: Self.startsWithDigit) else {
      if !words.isEmpty, name.isEmpty, let last = words.last, words.count > 1,
        WordLists.streetTypes[last] != nil
      {
        takeName(words)
      } else if !words.isEmpty {
        places.append(Tokens.skeleton(words.joined()))
      }
      return
    }
    if !number.isEmpty { return }
    var found = words.remove(at: at)
    // "17/447": unit before the slash.
    if let slash = found.firstIndex(of: 0x2F) {
      unit = Array(found[..<slash])
      found = Array(found[(slash + 1)...])
    }
    number = found.prefix(while: Tokens.isDigit)
    let letter = found.dropFirst(number.count)
    if !letter.isEmpty, unit.isEmpty { unit = Array(letter) }
    takeName(at == 0 ? words : Array(words.prefix(at)))
  }

  /// Words of a line, where a slash between digits stays inside its word.
  private func words(of part: ArraySlice<UInt8>) -> [[UInt8]] {
    part.split(separator: 0x20).flatMap { piece -> [[UInt8]] in
      guard let first = piece.first, Tokens.isDigit(first), piece.contains(0x2F) else {
        return Tokens.split(Array(piece))
      }
      return [piece.filter { Tokens.isWord($0) || $0 == 0x2F }]
    }
  }

  private mutating func takeName(_ words: [[UInt8]]) {
    var words = words
    if words.count > 1, let last = words.last, let type = WordLists.streetTypes[last] {
      self.type = type
      words.removeLast()
    } else if words.count > 1, let first = words.first, let type = WordLists.streetTypes[first] {
      self.type = type
      words.removeFirst()
    } else if words.count == 1 {
      for ending in ["strasse", "str"] where words[0].count > ending.utf8.count + 2 {
        if words[0].suffix(ending.utf8.count).elementsEqual(ending.utf8) {
          words[0].removeLast(ending.utf8.count)
          type = Array("street".utf8)
          break
        }
      }
    }
    name = Tokens.skeleton(words.joined())
  }

  private mutating func takeBox(_ words: [[UInt8]]) -> Bool {
    var rest = words[...]
    if rest.count > 2, rest.starts(with: [Array("p".utf8), Array("o".utf8)]) {
      rest = rest.dropFirst(2)
    }
    if let first = rest.first, first.elementsEqual("po".utf8) { rest = rest.dropFirst() }
    if rest.count > 1, rest.first?.elementsEqual("private".utf8) == true { rest = rest.dropFirst() }
    guard rest.count > 1, let first = rest.first,
      WordLists.boxWords.contains(first) || first.elementsEqual("bag".utf8)
    else { return false }
    let found = rest.dropFirst().joined().filter(Tokens.isDigit)
    if found.isEmpty { return false }
    box = Array(found)
    return true
  }

  private static func startsWithDigit(_ word: [UInt8]) -> Bool {
    word.first.map(Tokens.isDigit) ?? false
  }
}
