import Foundation

/// How common every value is in the data at hand: what makes agreement on it strong or weak.
struct Statistics: Sendable {
  /// Number of records counted.
  var count = 0
  /// Information in a word of a name, in bits, by string number.
  var bits: ContiguousArray<Float> = []
  /// Information in all words of a name together, by place in the pool of names.
  var aspectBits: ContiguousArray<Float> = []
  /// Share of people with this given name or family-name skeleton, by string number.
  var given: ContiguousArray<Float> = []
  var family: ContiguousArray<Float> = []
  /// Records with this main name, by string number.
  var nameRecords: ContiguousArray<UInt16> = []
  /// Different names that use a mailbox, host, line, site or tax number, by place in its pool.
  var mailboxNames: ContiguousArray<UInt16> = []
  var hostNames: ContiguousArray<UInt16> = []
  var lineNames: ContiguousArray<UInt16> = []
  var siteNames: ContiguousArray<UInt16> = []
  var taxNames: ContiguousArray<UInt16> = []
  /// Letters that occur in a string, for a quick look whether two words can be alike.
  var letters: ContiguousArray<UInt32> = []

  /// How many made-up records the word list stands for; small data sets lean on it.
  private static let priorRecords: Float = 600

  init(_ tables: Tables) {
    count = tables.records.count
    countWords(tables)
    countPeople(tables)
    var uses: [Use] = []
    uses.reserveCapacity(tables.mailboxes.count)
    mailboxNames = sharing(tables, &uses, \.mailboxes, tables.mailboxes.count) {
      UInt64(UInt32(bitPattern: tables.mailboxes[$0].full))
    }
    hostNames = sharing(tables, &uses, \.hosts, tables.hosts.count) {
      UInt64(UInt32(bitPattern: tables.hosts[$0].id))
    }
    lineNames = sharing(tables, &uses, \.lines, tables.lines.count) {
      UInt64(UInt32(bitPattern: tables.lines[$0].tail))
    }
    siteNames = sharing(tables, &uses, \.sites, tables.sites.count) { index in
      let site = tables.sites[index]
      if site.key < 0 { return .max }
      let place = site.postcode >= 0 ? site.postcode : site.city
      return UInt64(UInt32(bitPattern: site.key)) << 32 | UInt64(UInt32(bitPattern: place))
    }
    countTax(tables, &uses)
    maskLetters(tables)
  }

  private struct Use: Comparable {
    var key: UInt64
    var name: Int32
    var index: Int32
    static func < (a: Use, b: Use) -> Bool {
      a.key != b.key ? a.key < b.key : (a.name != b.name ? a.name < b.name : a.index < b.index)
    }
  }

  private func sharing(
    _ tables: Tables, _ uses: inout [Use], _ pool: KeyPath<Prepared, Run>, _ size: Int,
    key: (Int) -> UInt64
  ) -> ContiguousArray<UInt16> {
    uses.removeAll(keepingCapacity: true)
    for record in tables.records {
      for index in record[keyPath: pool].range {
        uses.append(Use(key: key(index), name: record.core, index: Int32(index)))
      }
    }
    return distinctNames(&uses, size)
  }

  private func distinctNames(_ uses: inout [Use], _ size: Int) -> ContiguousArray<UInt16> {
    var out = ContiguousArray<UInt16>(repeating: 0, count: size)
    uses.sort()
    var start = 0
    while start < uses.count {
      var end = start
      var names = 0
      var last: Int32?
      while end < uses.count, uses[end].key == uses[start].key {
        if uses[end].name != last { names += 1 }
        last = uses[end].name
        end += 1
      }
      for index in start..<end { out[Int(uses[index].index)] = UInt16(clamping: names) }
      start = end
    }
    return out
  }

  private mutating func countTax(_ tables: Tables, _ uses: inout [Use]) {
    uses.removeAll(keepingCapacity: true)
    for (index, record) in tables.records.enumerated() where record.tax >= 0 {
      uses.append(Use(key: UInt64(record.tax), name: record.core, index: Int32(index)))
    }
    taxNames = distinctNames(&uses, tables.records.count)
  }

  private mutating func countWords(_ tables: Tables) {
    var counts = ContiguousArray<Float>(repeating: 0, count: tables.strings.count)
    nameRecords = ContiguousArray(repeating: 0, count: tables.strings.count)
    var seen = ContiguousArray<Bool>(repeating: false, count: tables.strings.count)
    var names: Float = 0
    for record in tables.records where record.core >= 0 {
      nameRecords[Int(record.core)] = UInt16(clamping: Int(nameRecords[Int(record.core)]) + 1)
      if seen[Int(record.core)] { continue }
      seen[Int(record.core)] = true
      names += 1
      for index in tables.aspects[Int(record.aspects.start)].tokens.range {
        counts[Int(tables.tokens[index])] += 1
      }
    }
    bits = ContiguousArray(repeating: 0, count: tables.strings.count)
    let prior = Self.priorRecords
    for token in Set(tables.tokens) {
      let share = WordLists.commonWords[Array(tables.strings.bytes(token))] ?? 0
      let frequency = (max(counts[Int(token)], 1) + prior * share) / (names + prior)
      bits[Int(token)] = -log2f(min(frequency, 1))
    }
    aspectBits = ContiguousArray(repeating: 0, count: tables.aspects.count)
    for (index, aspect) in tables.aspects.enumerated() {
      for word in aspect.tokens.range { aspectBits[index] += bits[Int(tables.tokens[word])] }
    }
  }

  private mutating func countPeople(_ tables: Tables) {
    given = ContiguousArray(repeating: 0, count: tables.strings.count)
    family = ContiguousArray(repeating: 0, count: tables.strings.count)
    var people: Float = 0
    for record in tables.records where record.people.count > 0 {
      let person = tables.people[Int(record.people.start)]
      people += 1
      if person.canonical >= 0 { given[Int(person.canonical)] += 1 }
      if person.lastSkeleton >= 0 { family[Int(person.lastSkeleton)] += 1 }
    }
    // A name seen once is taken to be as rare as one in a thousand until the data says otherwise.
    let total = people + 300
    for index in given.indices {
      given[index] = (given[index] + 0.5) / total
      family[index] = (family[index] + 0.3) / total
    }
  }

  private mutating func maskLetters(_ tables: Tables) {
    letters = ContiguousArray(repeating: 0, count: tables.strings.count)
    tables.strings.arena.withUnsafeBufferPointer { arena in
      for id in 0..<tables.strings.count {
        var mask: UInt32 = 0
        for byte in arena[tables.strings.range(Int32(id))] { mask |= 1 << UInt32(byte & 31) }
        letters[id] = mask
      }
    }
  }
}
