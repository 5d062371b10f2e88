import Foundation

/// Turns a pair's own evidence and its context into the final log-odds.
struct ContextWeights: Sendable {
  /// Across systems, then inside one: factors of the evidence below, between and above its two
  /// bends, then the weight of every context level.
  let values: [[Float]]

  /// One set of weights for each look at the context.
  static let rounds = PriorWeights.context.map { ContextWeights(values: $0) }

  func score(_ own: Float, _ facts: Context.Facts, isSameSide: Bool) -> Float {
    let row = values[isSameSide ? 1 : 0]
    var sum = row[0] * own + row[1] * max(own - 2, 0) + row[2] * min(own + 2, 0)
    for fact in 0..<4 { sum += row[3 + fact * Context.Fact.levels + Int(facts[fact])] }
    return sum
  }

  func weight(_ fact: Context.Fact, _ level: Int, isSameSide: Bool) -> Float {
    values[isSameSide ? 1 : 0][3 + fact.rawValue * Context.Fact.levels + level]
  }
}
