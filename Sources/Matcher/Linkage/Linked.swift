import Foundation

/// Scored pairs with their context and final log-odds.
struct Linked: Sendable {
  var scored: Scored
  var context: Context
  var facts: ContiguousArray<Context.Facts>
  var final: ContiguousArray<Float>
  /// Pairs by falling final log-odds, ties by record numbers, that is by keys.
  var order: [Int32]
  var sides: ContiguousArray<MatchRecord.Side>
  var weights: Weights
  /// Log-odds taken off because something speaks against linking unseen.
  var caution: [Int32: Float] = [:]

  func assign(review: Float, auto: Float) -> Assignment {
    var assignment = Assignment(scored: scored, final: final, sides: sides, context: context)
    assignment.run(order: order, review: review, auto: auto)
    return assignment
  }

  /// Brings pairs that a person must decide below the threshold for linking unseen, in their order,
  /// so that score and band say the same.
  mutating func hold(back bands: ContiguousArray<Band>, below auto: Float) {
    guard auto.isFinite else { return }
    let start = auto - 1
    for index in order {
      let score = final[Int(index)]
      if score <= start { break }
      if bands[Int(index)] == .auto || (score < auto && Safety.isClear(scored.levels[Int(index)])) {
        continue
      }
      let over = score - start
      let held = start + over / (1 + over)
      caution[index] = held - score
      final[Int(index)] = held
    }
    order = Pipeline.order(final)
  }
}

extension Pipeline {
  /// Log-odds below which a pair is forgotten.
  static let floor: Float = -5.5

  func link(_ candidates: [UInt64], bits: Int, options: MatchOptions) async -> Linked {
    var weights = Weights.prior
    weights.bias += Self.sizeShift(comparator.statistics.count)
    var (scored, counts) = await score(
      candidates, bits: bits, weights: weights, floor: Self.floor)
    if options.adaptsToData {
      weights.adapt(to: counts)
      for index in 0..<scored.count { scored.scores[index] = weights.score(scored.levels[index]) }
    }
    let sides = ContiguousArray(comparator.tables.records.map(\.side))
    var linked = Linked(
      scored: scored, context: Context(scored, scores: scored.scores, sides: sides), facts: [],
      final: scored.scores, order: [], sides: sides, weights: weights)
    // The second look judges rivals by what the first look made of them.
    for round in ContextWeights.rounds { await Self.judge(&linked, by: round) }
    linked.order = Self.order(linked.final)
    return linked
  }

  /// One look at every pair's context, by the log-odds found so far.
  private static func judge(_ linked: inout Linked, by weights: ContextWeights) async {
    let scored = linked.scored
    let own = linked.final
    let sides = linked.sides
    let context = Context(scored, scores: own, sides: sides)
    let pieces = await inOrder(chunks(scored.count, size: 1 << 15)) { range in
      var facts = ContiguousArray<Context.Facts>()
      var final = ContiguousArray<Float>()
      facts.reserveCapacity(range.count)
      final.reserveCapacity(range.count)
      for index in range {
        let found = context.facts(index, own: own[index])
        let isSameSide = sides[scored.low(index)] == sides[scored.high(index)]
        facts.append(found)
        final.append(weights.score(own[index], found, isSameSide: isSameSide))
      }
      return (facts, final)
    }
    linked.context = context
    linked.facts.removeAll(keepingCapacity: true)
    linked.final.removeAll(keepingCapacity: true)
    for (facts, final) in pieces {
      linked.facts.append(contentsOf: facts)
      linked.final.append(contentsOf: final)
    }
  }

  /// The context levels a further look would see; for fitting its weights.
  static func nextFacts(_ linked: Linked) -> ContiguousArray<Context.Facts> {
    let context = Context(linked.scored, scores: linked.final, sides: linked.sides)
    return ContiguousArray(
      (0..<linked.scored.count).map { context.facts($0, own: linked.final[$0]) })
  }

  /// How the odds of a candidate fall as records, and with them chance neighbours, grow.
  static func sizeShift(_ records: Int) -> Float {
    -0.25 * logf(Float(max(records, 100)) / 10_000)
  }

  /// Indices by falling value; equal values stay in ascending order.
  static func order(_ values: ContiguousArray<Float>) -> [Int32] {
    var keys: [UInt64] = []
    keys.reserveCapacity(values.count)
    for (index, value) in values.enumerated() {
      let bits = value.bitPattern
      let ascending = bits & 0x8000_0000 != 0 ? ~bits : bits | 0x8000_0000
      keys.append(UInt64(~ascending) << 32 | UInt64(index))
    }
    Radix.sort(&keys, bits: 64)
    return keys.map { Int32(truncatingIfNeeded: $0 & 0xFFFF_FFFF) }
  }
}
