import Foundation

/// One step of expectation–maximisation, held by the priors.
///
/// The first pass over the data gave every pair a probability; counted by it, the levels' shares
/// among matches (m) and others (u) are the data's own. They replace the priors' shares only as far
/// as their number justifies, and a weight moves by the change of log(m/u), damped because fields
/// depend on each other, and never by more than `reach`.
extension Weights {
  /// Pairs the prior shares stand for.
  private static let priorPairs = 3000.0
  private static let damping = 0.4
  private static let reach = 0.6

  mutating func adapt(to counts: LevelCounts) {
    for field in Field.allCases where field != .accord {
      let start = Field.offsets[field.rawValue]
      // Nothing to compare stays weightless, so moves are measured against level 0.
      let base = Self.move(counts, start)
      for level in 1..<field.levels {
        let index = start + level
        let move = max(-Self.reach, min(Self.reach, Self.move(counts, index) - base))
        values[index] += Float(Self.damping * move)
      }
    }
  }

  /// How far the data's log(m/u) of a level lies from the prior's.
  private static func move(_ counts: LevelCounts, _ index: Int) -> Double {
    let m = Double(PriorWeights.matchShare[index])
    let u = Double(PriorWeights.otherShare[index])
    let found =
      (counts.matches[index] + priorPairs * m) / (counts.matchTotal + priorPairs)
      / ((counts.others[index] + priorPairs * u) / (counts.otherTotal + priorPairs))
    return log(found) - log(m / u)
  }
}
