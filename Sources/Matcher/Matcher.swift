import Foundation

/// Finds which records are the same customer. Pure: no files, no network, no clock.
package enum Matcher {
  /// Compares two systems' records with each other and with themselves. The result does not depend
  /// on the order of the arrays, nor on anything but them and the options.
  package static func match(
    left: [MatchRecord], right: [MatchRecord], options: MatchOptions
  ) async -> MatchResult {
    let records = ordered(left, right)
    let pipeline = await Pipeline.prepare(records, home: Countries.find(options.homeCountry))
    var (candidates, bits) = await pipeline.candidates()
    let compared = candidates.count
    let linked = await pipeline.link(candidates, bits: bits, options: options)
    candidates = []
    return assemble(linked, records: records, pipeline: pipeline, options, compared: compared)
  }

  /// The candidates most likely to be the same customer as `record`, best first; used before a new
  /// customer is created. Rarity is judged by all of `candidates`.
  package static func best(
    for record: MatchRecord, among candidates: [MatchRecord], options: MatchOptions
  ) async -> [PairVerdict] {
    var one = record
    one.side = .left
    let others = candidates.map { other in
      var other = other
      other.side = .right
      return other
    }
    let result = await match(left: [one], right: others, options: options)
    return result.pairs.filter { !$0.isSameSide }.map(result.verdict)
  }

  /// Left before right, each by key: the order that makes results independent of the input's.
  static func ordered(
    _ left: [MatchRecord], _ right: [MatchRecord]
  ) -> ContiguousArray<MatchRecord> {
    var all = ContiguousArray<MatchRecord>()
    all.reserveCapacity(left.count + right.count)
    all.append(contentsOf: left)
    all.append(contentsOf: right)
    for index in all.indices { all[index].side = index < left.count ? .left : .right }
    // Records are large; their places are sorted instead.
    var places = Array(all.indices)
    places.sort { one, two in
      all[one].side != all[two].side ? all[one].side < all[two].side : all[one].key < all[two].key
    }
    return ContiguousArray(places.map { all[$0] })
  }

  private static func assemble(
    _ linked: Linked, records: ContiguousArray<MatchRecord>, pipeline: Pipeline,
    _ options: MatchOptions, compared: Int
  ) -> MatchResult {
    var linked = linked
    let scored = linked.scored
    let sides = linked.sides
    let auto = logOdds(options.autoThreshold)
    let assignment = linked.assign(review: logOdds(options.reviewThreshold), auto: auto)
    linked.hold(back: assignment.bands, below: auto)
    let report = logOdds(options.reportThreshold)
    let order = linked.order.prefix { linked.final[Int($0)] >= report }
    var pairs: [MatchResult.Pair] = []
    pairs.reserveCapacity(order.count)
    var counts = MatchResult.Counts()
    counts.compared = compared
    for index in order.lazy.map(Int.init) {
      let isInside = sides[scored.low(index)] == sides[scored.high(index)]
      if isInside, !options.findsDuplicates { continue }
      let band = assignment.bands[index]
      switch band {
      case .auto: counts.auto += 1
      case .review: counts.review += 1
      case .none: counts.none += 1
      }
      if isInside, band != .none { counts.duplicates += 1 }
      pairs.append(
        MatchResult.Pair(
          low: Int32(scored.low(index)), high: Int32(scored.high(index)),
          score: Weights.probability(linked.final[index]), band: band, isSameSide: isInside,
          source: Int32(index)))
    }
    sortTies(&pairs, records)
    counts.left = sides.count { $0 == .left }
    counts.right = sides.count - counts.left
    let clusters = assignment.clusters.map { cluster in
      DuplicateCluster(
        side: sides[Int(cluster[0])], keys: cluster.map { records[Int($0)].key })
    }
    return MatchResult(
      pairs: pairs, clusters: options.findsDuplicates ? clusters : [], counts: counts,
      explainer: Explainer(records: records, comparator: pipeline.comparator, linked: linked))
  }

  /// Pairs of one score by their keys.
  private static func sortTies(
    _ pairs: inout [MatchResult.Pair], _ records: ContiguousArray<MatchRecord>
  ) {
    var start = 0
    while start < pairs.count {
      var end = start + 1
      while end < pairs.count, pairs[end].score == pairs[start].score { end += 1 }
      if end - start > 1 {
        pairs[start..<end].sort {
          let one = (records[Int($0.low)].key, records[Int($0.high)].key)
          return one < (records[Int($1.low)].key, records[Int($1.high)].key)
        }
      }
      start = end
    }
  }

  static func logOdds(_ probability: Double) -> Float {
    if probability <= 0 { return -.infinity }
    if probability >= 1 { return .infinity }
    return Float(log(probability / (1 - probability)))
  }
}
