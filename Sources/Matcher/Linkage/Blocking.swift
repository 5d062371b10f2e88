/// Chooses the pairs worth comparing: records that share a key of any rule. A key that too many
/// records share is combined with a second fact instead of being dropped.
final class Blocking: Sendable {
  let tables: Tables
  let statistics: Statistics
  /// Bits a record number takes in a packed word.
  let bits: Int

  init(tables: Tables, statistics: Statistics) {
    self.tables = tables
    self.statistics = statistics
    var bits = 16
    while 1 << bits < tables.records.count { bits += 1 }
    self.bits = bits
  }

  enum Rule: Int, CaseIterable, Sendable {
    case email, local, host, phone, tax, core, glued, rareWord, wordPair, person, familyInitial
    case familyPlace, givenPlace, street, box, prefixPlace, spelled, givenFamilyStart, gluedStart
    case siteFamily

    /// How many records may share a key before it is refined.
    var cap: Int {
      switch self {
      case .email, .phone, .tax: 50
      case .core, .glued, .person, .street, .box: 30
      case .host, .spelled, .rareWord, .wordPair, .local: 24
      case .familyInitial, .familyPlace, .givenPlace, .prefixPlace, .givenFamilyStart: 16
      case .gluedStart, .siteFamily: 16
      }
    }

    /// Whether a key over its cap is tried again together with each second fact.
    var isRefined: Bool {
      switch self {
      case .email, .phone, .tax, .core, .glued, .person, .street, .host, .rareWord: true
      case .spelled, .local, .givenFamilyStart, .familyInitial, .gluedStart: true
      case .wordPair, .familyPlace, .givenPlace, .prefixPlace, .box, .siteFamily: false
      }
    }
  }

  /// All pairs of the given rules as `low << bits | high`, sorted, each once.
  func pairs(_ rules: [Rule]) -> [UInt64] {
    var pairs: [UInt64] = []
    for rule in rules {
      var keys: [UInt64] = []
      keys.reserveCapacity(tables.records.count)
      for index in tables.records.indices {
        forEachKey(rule, index) { keys.append(pack($0, index)) }
      }
      group(&keys, rule: rule, refine: rule.isRefined, into: &pairs)
    }
    Radix.sort(&pairs, bits: bits * 2)
    Radix.unique(&pairs)
    return pairs
  }

  @inline(__always) private func pack(_ key: UInt64, _ record: Int) -> UInt64 {
    (key >> UInt64(bits)) << UInt64(bits) | UInt64(record)
  }

  private func group(
    _ keys: inout [UInt64], rule: Rule, refine: Bool, into pairs: inout [UInt64]
  ) {
    Radix.sort(&keys, bits: 64)
    let mask = (UInt64(1) << UInt64(bits)) - 1
    var refined: [UInt64] = []
    var start = 0
    while start < keys.count {
      let key = keys[start] & ~mask
      var end = start + 1
      while end < keys.count, keys[end] & ~mask == key { end += 1 }
      if end - start > 1, end - start <= rule.cap {
        for i in start..<(end - 1) {
          let low = keys[i] & mask
          for j in (i + 1)..<end where keys[j] & mask != low {
            pairs.append(low << UInt64(bits) | keys[j] & mask)
          }
        }
      } else if end - start > rule.cap, refine {
        for i in start..<end {
          let record = Int(keys[i] & mask)
          forEachSecondFact(record) { refined.append(pack(Self.mix(key, $0), record)) }
        }
      }
      start = end
    }
    if !refined.isEmpty { group(&refined, rule: rule, refine: false, into: &pairs) }
  }

  // MARK: Keys

  @inline(__always) static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    var x = (a ^ (b &* 0x9E37_79B9_7F4A_7C15)) &+ 0x632B_E59B_D9B4_E019
    x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
    x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
    return x ^ (x >> 31)
  }

  @inline(__always) func key(_ rule: Rule, _ a: Int32, _ b: Int32 = 0) -> UInt64 {
    Self.mix(
      UInt64(rule.rawValue + 1) << 32 | UInt64(UInt32(bitPattern: a)),
      UInt64(UInt32(bitPattern: b)))
  }

  private func forEachSecondFact(_ index: Int, _ body: (UInt64) -> Void) {
    let record = tables.records[index]
    func fact(_ kind: UInt64, _ id: Int32) {
      if id >= 0 { body(kind << 40 | UInt64(id)) }
    }
    for site in tables.sites[record.sites.range] {
      fact(1, site.city)
      fact(2, site.postcode)
      fact(3, site.key)
    }
    for person in tables.people[record.people.range] {
      fact(4, person.canonical)
      fact(5, person.lastSkeleton)
    }
    let rare = rareWords(record, most: 2)
    for word in rare { fact(6, word) }
    for line in tables.lines[record.lines.range] { fact(7, line.tail) }
    for box in tables.mailboxes[record.mailboxes.range] {
      fact(8, box.full)
      if !box.isFree { fact(9, box.host) }
    }
    for host in tables.hosts[record.hosts.range] where !host.isFromMail { fact(9, host.id) }
    fact(10, record.tax)
    for aspect in tables.aspects[record.aspects.range] {
      fact(11, aspect.numbers)
      fact(12, aspect.place)
    }
  }

  /// The rarest words of all names of a record, rarest first; ties by string number.
  func rareWords(_ record: Prepared, most: Int) -> [Int32] {
    var words: [Int32] = []
    for aspect in tables.aspects[record.aspects.range] {
      for token in tables.tokens[aspect.tokens.range] where !words.contains(token) {
        words.append(token)
      }
    }
    let bits = statistics.bits
    words.sort {
      bits[Int($0)] != bits[Int($1)] ? bits[Int($0)] > bits[Int($1)] : $0 < $1
    }
    return Array(words.prefix(most))
  }

  func start(_ id: Int32, _ length: Int) -> Int32? {
    let range = tables.strings.range(id)
    if range.count < length { return nil }
    var hash: UInt32 = 2_166_136_261
    for index in 0..<length {
      hash = (hash ^ UInt32(tables.strings.arena[range.lowerBound + index])) &* 16_777_619
    }
    return Int32(bitPattern: hash)
  }
}
