/// Records turned into tables, candidates and levels; shared by every way of matching.
struct Pipeline: Sendable {
  let comparator: Comparator

  /// Prepares records, which must be in the order that decides ties.
  static func prepare(
    _ records: ContiguousArray<MatchRecord>, home: Countries.Country?
  ) async -> Pipeline {
    let pieces = chunks(records.count, size: 25_000)
    let drafts = await inOrder(pieces) { range in
      var preparer = Preparer(home: home, expecting: range.count)
      for index in range { preparer.add(records[index]) }
      return preparer.tables
    }
    var tables = drafts.first ?? Tables()
    for draft in drafts.dropFirst() { tables.append(draft) }
    var refiner = Refiner(tables)
    tables = Tables()
    refiner.run()
    let statistics = Statistics(refiner.tables)
    return Pipeline(comparator: Comparator(tables: refiner.tables, statistics: statistics))
  }

  /// The pairs worth comparing, as packed record numbers, and the bits each number takes.
  func candidates() async -> (pairs: [UInt64], bits: Int) {
    let blocking = Blocking(tables: comparator.tables, statistics: comparator.statistics)
    let rules = Blocking.Rule.allCases
    // Two heaps of about the same weight, so that two cores finish together.
    let heaps = [0, 1].map { heap in
      rules.enumerated().filter { $0.offset % 2 == heap }.map(\.element)
    }
    let found = await Self.inOrder(heaps) { blocking.pairs($0) }
    var pairs = found[0]
    pairs.append(contentsOf: found[1])
    Radix.sort(&pairs, bits: blocking.bits * 2)
    Radix.unique(&pairs)
    return (pairs, blocking.bits)
  }

  static func chunks(_ count: Int, size: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }

  /// Works on all items at once and answers in their order.
  static func inOrder<Item: Sendable, Answer: Sendable>(
    _ items: [Item], _ work: @escaping @Sendable (Item) -> Answer
  ) async -> [Answer] {
    await withTaskGroup(of: (Int, Answer).self) { group in
      for (index, item) in items.enumerated() { group.addTask { (index, work(item)) } }
      var answers: [Answer?] = Array(repeating: nil, count: items.count)
      for await (index, answer) in group { answers[index] = answer }
      return answers.compactMap { $0 }
    }
  }
}
