/// Candidate pairs that may be more than chance, with what was found for each.
struct Scored: Sendable {
  /// Packed record numbers, ascending.
  var pairs: ContiguousArray<UInt64> = []
  var levels: ContiguousArray<Levels> = []
  /// Log-odds of being one customer.
  var scores: ContiguousArray<Float> = []
  /// Bits a record number takes in `pairs`.
  var bits = 0

  var count: Int { pairs.count }
  @inline(__always) func low(_ index: Int) -> Int {
    Int(truncatingIfNeeded: pairs[index] >> UInt64(bits))
  }
  @inline(__always) func high(_ index: Int) -> Int {
    Int(truncatingIfNeeded: pairs[index]) & ((1 << bits) - 1)
  }

  mutating func append(_ other: Scored) {
    pairs.append(contentsOf: other.pairs)
    levels.append(contentsOf: other.levels)
    scores.append(contentsOf: other.scores)
  }
}

/// How often each level was seen among likely matches and among all candidates.
struct LevelCounts: Sendable {
  var matches = [Double](repeating: 0, count: Field.offsets[Weights.fieldCount])
  var others = [Double](repeating: 0, count: Field.offsets[Weights.fieldCount])
  var matchTotal = 0.0
  var otherTotal = 0.0

  mutating func add(_ levels: Levels, probability: Float) {
    let share = Double(probability)
    matchTotal += share
    otherTotal += 1 - share
    for field in 0..<Weights.fieldCount {
      let index = Field.offsets[field] + Int(levels[field])
      matches[index] += share
      others[index] += 1 - share
    }
  }

  mutating func add(_ other: LevelCounts) {
    matchTotal += other.matchTotal
    otherTotal += other.otherTotal
    for index in matches.indices {
      matches[index] += other.matches[index]
      others[index] += other.others[index]
    }
  }
}

extension Pipeline {
  /// Compares all candidates and keeps those whose log-odds reach `floor`.
  func score(_ candidates: [UInt64], bits: Int, weights: Weights, floor: Float) async -> (
    Scored, LevelCounts
  ) {
    let comparator = comparator
    let answers = await Self.inOrder(Self.chunks(candidates.count, size: 1 << 16)) { range in
      var scored = Scored()
      var counts = LevelCounts()
      let mask = (1 << bits) - 1
      for index in range {
        let pair = candidates[index]
        let levels = comparator.compare(
          Int(truncatingIfNeeded: pair >> UInt64(bits)), Int(truncatingIfNeeded: pair) & mask)
        let score = weights.score(levels)
        counts.add(levels, probability: Weights.probability(score))
        if score < floor { continue }
        scored.pairs.append(pair)
        scored.levels.append(levels)
        scored.scores.append(score)
      }
      return (scored, counts)
    }
    var all = Scored()
    var counts = LevelCounts()
    all.bits = bits
    for (scored, part) in answers {
      all.append(scored)
      counts.add(part)
    }
    return (all, counts)
  }
}
