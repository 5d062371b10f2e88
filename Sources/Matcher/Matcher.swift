/// Finds which records are the same customer. Pure: no files, no network, no clock.
package enum Matcher {
  /// The compared pairs with their levels, for fitting weights to labelled data.
  package static func levels(
    left: [MatchRecord], right: [MatchRecord], homeCountry: String
  ) async -> (keys: [String], pairs: [(Int, Int, SIMD16<UInt8>)]) {
    let records = ordered(left, right)
    let pipeline = await Pipeline.prepare(records, home: Countries.find(homeCountry))
    let (pairs, bits) = await pipeline.candidates()
    let mask = (1 << bits) - 1
    let compared = pairs.map { pair in
      let i = Int(pair >> UInt64(bits))
      let j = Int(pair) & mask
      return (i, j, pipeline.comparator.compare(i, j))
    }
    return (records.map(\.key), compared)
  }

  /// Left before right, each by key: the order that makes results independent of the input's.
  static func ordered(_ left: [MatchRecord], _ right: [MatchRecord]) -> ContiguousArray<MatchRecord> {
    var records = ContiguousArray(left + right)
    records.sort { $0.side != $1.side ? $0.side < $1.side : $0.key < $1.key }
    return records
  }
}
