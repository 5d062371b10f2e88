/// What only the whole data set can tell: which words are places, which names are people's.
struct Refiner {
  var tables: Tables

  init(_ tables: Tables) { self.tables = tables }

  mutating func run() {
    confirmPeople()
    markPlaces()
  }

  /// A name such as "Tui Ward" is a person's when other records know "Tui" as a given name.
  private mutating func confirmPeople() {
    var isGiven = ContiguousArray<Bool>(repeating: false, count: tables.strings.count)
    for person in tables.people where !person.isGuess && person.first >= 0 && !person.isInitialOnly
    {
      isGiven[Int(person.first)] = true
    }
    var families = ContiguousArray<UInt8>(repeating: 0, count: tables.strings.count)
    for person in tables.people where !person.isGuess && person.last >= 0 {
      if families[Int(person.last)] < 9 { families[Int(person.last)] += 1 }
    }
    for index in tables.records.indices {
      let run = tables.records[index].people
      guard run.count == 1 else { continue }
      let person = tables.people[Int(run.start)]
      if !person.isGuess { continue }
      let isKnown =
        person.first >= 0
        && (isGiven[Int(person.first)] || person.isInitialOnly
          || (person.last >= 0 && families[Int(person.last)] > 1)
          || WordLists.nicknames[Array(tables.strings.bytes(person.first))] != nil)
      tables.records[index].isPersonal = isKnown
      if !isKnown { tables.records[index].people.count = 0 }
    }
  }

  private mutating func markPlaces() {
    var count = ContiguousArray<UInt8>(repeating: 0, count: tables.strings.count)
    for id in tables.places where count[Int(id)] < 3 { count[Int(id)] += 1 }
    var starts = tables.placeStarts
    for city in WordLists.cities {
      let id = tables.strings.find(Tokens.skeleton(city))
      if id >= 0 { count[Int(id)] = 3 }
      let word = tables.strings.find(city)
      if word >= 0 { starts.insert(word) }
    }
    var isStart = ContiguousArray<Bool>(repeating: false, count: tables.strings.count)
    for id in starts { isStart[Int(id)] = true }
    for index in tables.aspects.indices {
      let aspect = tables.aspects[index]
      // A place in front is the name itself ("Wellington Roofing"); behind it is the branch.
      let first = aspect.role == .qualifier ? 0 : 1
      let words = Int(aspect.tokens.count)
      var at = first
      while at < words {
        let start = Int(aspect.tokens.start) + at
        guard isStart[Int(tables.tokens[start])] else {
          at += 1
          continue
        }
        // In brackets or behind a dash one sighting is enough; inside a name it takes two.
        let least: UInt8 = aspect.role == .qualifier ? 1 : 2
        let length = placeLength(start, most: min(3, words - at), count, least)
        if length > 0 {
          for bit in at..<(at + length) {
            tables.aspects[index].placeMask |= 1 << UInt16(bit)
          }
          tables.aspects[index].place = placeID(start, length)
        }
        at += max(length, 1)
      }
    }
  }

  /// How many words from `start` on are one place, the longest reading first.
  private func placeLength(
    _ start: Int, most: Int, _ count: ContiguousArray<UInt8>, _ least: UInt8
  ) -> Int {
    for length in stride(from: most, through: 1, by: -1) {
      let id = placeID(start, length)
      if id >= 0, count[Int(id)] >= least { return length }
    }
    return 0
  }

  private func placeID(_ start: Int, _ length: Int) -> Int32 {
    var word: [UInt8] = []
    for index in start..<(start + length) { word += tables.strings.bytes(tables.tokens[index]) }
    return tables.strings.find(Tokens.skeleton(word))
  }
}
