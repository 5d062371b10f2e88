import Foundation

/// Names, numbers in names, places in names and legal forms.
extension Comparator {
  struct NameResult {
    var level = 0
    var kind = NameKind.unknown
    var score: Float = -.infinity
  }

  func compareNames(_ a: Prepared, _ b: Prepared, context: Int) -> NameResult {
    var best = NameResult()
    for i in a.aspects.range {
      let x = tables.aspects[i]
      for j in b.aspects.range {
        let y = tables.aspects[j]
        // Two persons' own names are compared as people, not as words.
        if context == 0, x.role == .main, y.role == .main { continue }
        if x.tokens.count == 0 || y.tokens.count == 0 { continue }
        if x.role == .qualifier, y.role == .qualifier || x.place >= 0 { continue }
        if y.role == .qualifier, y.place >= 0 { continue }
        let result = compareAspects(i, j)
        if result.score > best.score { best = result }
      }
    }
    if context == 0, best.kind == .different { return NameResult() }
    return best
  }

  private func result(_ level: NameLevel, shared: Float, score: Float) -> NameResult {
    let over = shared - logCount
    let rarity = over > 5 ? 0 : over > 1 ? 1 : over > -3 ? 2 : 3
    let kind: NameKind =
      switch level {
      case .unknown: .unknown
      case .same, .written, .generic, .longer, .acronym: .agree
      case .muchLonger, .swapped, .mixed: .partly
      case .weak, .none: .different
      }
    return NameResult(level: level.rawValue * 4 + rarity, kind: kind, score: score)
  }

  private func compareAspects(_ i: Int, _ j: Int) -> NameResult {
    let x = tables.aspects[i]
    let y = tables.aspects[j]
    if x.core == y.core {
      var shared = statistics.aspectBits[i]
      // A name that many records carry is common, however rare its words look.
      let known = Float(statistics.nameRecords[Int(x.core)])
      if known > 4 { shared = min(shared, logCount - log2f(known) + 3) }
      return result(.same, shared: shared, score: shared + 100)
    }
    var left = Residue(x, total: statistics.aspectBits[i])
    var right = Residue(y, total: statistics.aspectBits[j])
    var shared = matchExactly(&left, &right)
    if x.glued == y.glued, x.glued >= 0 {
      return result(.written, shared: left.total, score: left.total + 90)
    }
    shared += matchLoosely(&left, &right)
    if left.open != 0 && right.open != 0, isGluedAlike(x, y) {
      return result(.written, shared: min(left.total, right.total), score: left.total + 60)
    }
    left.dropPlaces(tables, statistics, x)
    right.dropPlaces(tables, statistics, y)
    let a = left.rest
    let b = right.rest
    let score = shared - 0.9 * min(a, b) - 0.25 * max(a, b)
    if shared <= 0.5 {
      if isAcronym(x, y) || isAcronym(y, x) {
        return result(.acronym, shared: 8, score: 5)
      }
      return result(.none, shared: shared, score: score)
    }
    let level: NameLevel
    if left.open == 0 && right.open == 0 {
      level = .written
    } else if left.open == 0 || right.open == 0 {
      let rest = max(a, b)
      level = rest < 5.5 ? .generic : rest < 11 ? .longer : .muchLonger
    } else if min(a, b) < 5.5 {
      level = .swapped
    } else {
      level = shared > 0.8 * max(a, b) ? .mixed : .weak
    }
    return result(level, shared: shared, score: score)
  }

  /// The whole names differ by a slip or two, wherever their words end.
  private func isGluedAlike(_ x: Aspect, _ y: Aspect) -> Bool {
    if x.glued < 0 || y.glued < 0 || x.numbers != y.numbers { return false }
    let n = tables.strings.range(x.glued).count
    let m = tables.strings.range(y.glued).count
    if min(n, m) < 8 || abs(n - m) > 2 { return false }
    let differing = statistics.letters[Int(x.glued)] ^ statistics.letters[Int(y.glued)]
    return differing.nonzeroBitCount <= 3
      && (isOneEdit(x.glued, y.glued) || similarity(x.glued, y.glued) >= 0.965)
  }

  private func isAcronym(_ x: Aspect, _ y: Aspect) -> Bool {
    x.initials >= 0 && y.tokens.count == 1 && tables.tokens[Int(y.tokens.start)] == x.initials
  }

  /// Words of one name not yet matched.
  struct Residue {
    let start: Int
    let count: Int
    /// Bit set: word still open.
    var open: UInt32
    var rest: Float
    var total: Float

    init(_ aspect: Aspect, total: Float) {
      start = Int(aspect.tokens.start)
      count = Int(aspect.tokens.count)
      open = UInt32(1) << UInt32(count) - 1
      rest = total
      self.total = total
    }

    /// Places left over are judged on their own (see `comparePlaces`).
    mutating func dropPlaces(_ tables: Tables, _ statistics: Statistics, _ aspect: Aspect) {
      var places = open & UInt32(aspect.placeMask)
      open &= ~UInt32(aspect.placeMask)
      while places != 0 {
        rest -= statistics.bits[Int(tables.tokens[start + places.trailingZeroBitCount])]
        places &= places - 1
      }
    }
  }

  private func matchExactly(_ left: inout Residue, _ right: inout Residue) -> Float {
    var shared: Float = 0
    for i in 0..<left.count {
      let token = tables.tokens[left.start + i]
      for j in 0..<right.count
      where right.open & (1 << UInt32(j)) != 0 && tables.tokens[right.start + j] == token {
        left.open &= ~(1 << UInt32(i))
        right.open &= ~(1 << UInt32(j))
        let bits = statistics.bits[Int(token)]
        shared += bits
        left.rest -= bits
        right.rest -= bits
        break
      }
    }
    return shared
  }

  private func matchLoosely(_ left: inout Residue, _ right: inout Residue) -> Float {
    var shared: Float = 0
    for i in 0..<left.count where left.open & (1 << UInt32(i)) != 0 {
      let p = tables.tokens[left.start + i]
      var bestQuality: Float = 0
      var bestIndex = -1
      for j in 0..<right.count where right.open & (1 << UInt32(j)) != 0 {
        let quality = likeness(p, tables.tokens[right.start + j])
        if quality > bestQuality {
          bestQuality = quality
          bestIndex = j
        }
      }
      if bestIndex < 0 { continue }
      let q = tables.tokens[right.start + bestIndex]
      left.open &= ~(1 << UInt32(i))
      right.open &= ~(1 << UInt32(bestIndex))
      let bits = statistics.bits[Int(p)]
      let other = statistics.bits[Int(q)]
      left.rest -= bits
      right.rest -= other
      shared += bestQuality < 0.5 ? min(2, min(bits, other)) : bestQuality * min(bits, other)
    }
    return shared
  }

  /// How alike two different words are: a slip of the pen, a short form, an initial; 0 when not.
  private func likeness(_ p: Int32, _ q: Int32) -> Float {
    let arena = tables.strings.arena
    let x = tables.strings.range(p)
    let y = tables.strings.range(q)
    let first = arena[x.lowerBound]
    if Tokens.isDigit(first) || Tokens.isDigit(arena[y.lowerBound]) { return 0 }
    let short = min(x.count, y.count)
    if short <= 2 {
      return first == arena[y.lowerBound] && (x.count == 1 || y.count == 1) ? 0.3 : 0
    }
    if first == arena[y.lowerBound], short >= 3 {
      var same = 1
      while same < short, arena[x.lowerBound + same] == arena[y.lowerBound + same] { same += 1 }
      if same == short { return 0.7 }
      // "contracting" and "contractors".
      if same >= 6, same * 5 >= max(x.count, y.count) * 3 { return 0.75 }
    }
    if short < 4 { return 0 }
    if isOneEdit(p, q) { return 0.85 }
    return similarity(p, q) >= 0.9 ? 0.8 : 0
  }

  // MARK: Numbers, places, forms

  /// 1 and 4 (long ones): the same numbers; 2: on one side only; 3: different ones.
  func compareNumbers(_ a: Prepared, _ b: Prepared) -> Int {
    let x = numbers(a)
    let y = numbers(b)
    if x < 0 && y < 0 { return 0 }
    if x == y { return tables.strings.range(x).count >= 4 ? 4 : 1 }
    for i in a.aspects.range where tables.aspects[i].numbers >= 0 {
      for j in b.aspects.range where tables.aspects[j].numbers == tables.aspects[i].numbers {
        return 1
      }
    }
    return x < 0 || y < 0 ? 2 : 3
  }

  /// Numbers of the first of a record's names that has any.
  private func numbers(_ record: Prepared) -> Int32 {
    for index in record.aspects.range where tables.aspects[index].numbers >= 0 {
      return tables.aspects[index].numbers
    }
    return -1
  }

  func comparePlaces(_ a: Prepared, _ b: Prepared) -> Int {
    var level = 0
    var isConflict = false
    for i in a.aspects.range where tables.aspects[i].place >= 0 {
      for j in b.aspects.range where tables.aspects[j].place >= 0 {
        if tables.aspects[i].place == tables.aspects[j].place { return 1 }
        isConflict = true
      }
    }
    if isConflict { return 2 }
    for (record, other) in [(a, b), (b, a)] {
      for i in record.aspects.range where tables.aspects[i].place >= 0 {
        if other.places.count == 0 {
          level = max(level, 5)
        } else if tables.places[other.places.range].contains(tables.aspects[i].place) {
          return 3
        } else {
          level = 4
        }
      }
    }
    return level > 0 ? level : qualifierDifference(a, b)
  }

  /// Something in brackets that is no known place: 6 on one side only, 7 different on both.
  private func qualifierDifference(_ a: Prepared, _ b: Prepared) -> Int {
    var level = 0
    for (record, other) in [(a, b), (b, a)] {
      for i in record.aspects.range where tables.aspects[i].role == .qualifier {
        let glued = tables.aspects[i].glued
        var isKnown = false
        var hasOther = false
        for j in other.aspects.range {
          if tables.aspects[j].glued == glued { isKnown = true }
          if tables.aspects[j].role == .qualifier { hasOther = true }
        }
        if !isKnown { level = max(level, hasOther ? 7 : 6) }
      }
    }
    return level
  }

  func compareForms(_ a: Prepared, _ b: Prepared) -> Int {
    if a.aspects.count == 0 || b.aspects.count == 0 { return 0 }
    let x = tables.aspects[Int(a.aspects.start)].forms
    let y = tables.aspects[Int(b.aspects.start)].forms
    if x.isEmpty && y.isEmpty { return 0 }
    if x.isEmpty || y.isEmpty {
      return x.contains(.trust) || y.contains(.trust) ? 4 : 0
    }
    if x == y { return 1 }
    return x.isDisjoint(with: y) ? 3 : 2
  }
}
