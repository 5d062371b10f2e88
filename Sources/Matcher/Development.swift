/// Raw material for fitting the prior weights to labelled data; no part of matching itself.
extension Matcher {
  /// The compared pairs with their levels.
  package static func levels(
    left: [MatchRecord], right: [MatchRecord], homeCountry: String
  ) async -> (keys: [String], pairs: [(Int, Int, SIMD16<UInt8>)]) {
    let records = ordered(left, right)
    let pipeline = await Pipeline.prepare(records, home: Countries.find(homeCountry))
    let (pairs, bits) = await pipeline.candidates()
    let mask = (1 << bits) - 1
    let compared = pairs.map { pair in
      let i = Int(truncatingIfNeeded: pair >> UInt64(bits))
      let j = Int(truncatingIfNeeded: pair) & mask
      return (i, j, pipeline.comparator.compare(i, j))
    }
    return (records.map(\.key), compared)
  }

  /// Log-odds found so far and the context levels a further look would see.
  package static func contexts(
    left: [MatchRecord], right: [MatchRecord], homeCountry: String
  ) async -> (keys: [String], pairs: [(Int, Int, Float, SIMD4<UInt8>)]) {
    let records = ordered(left, right)
    let pipeline = await Pipeline.prepare(records, home: Countries.find(homeCountry))
    let (candidates, bits) = await pipeline.candidates()
    let linked = await pipeline.link(
      candidates, bits: bits, options: MatchOptions(homeCountry: homeCountry))
    let next = Pipeline.nextFacts(linked)
    let facts = (0..<linked.scored.count).map {
      (linked.scored.low($0), linked.scored.high($0), linked.final[$0], next[$0])
    }
    return (records.map(\.key), facts)
  }
}
