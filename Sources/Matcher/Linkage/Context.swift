/// What the other pairs of the same records say about a pair: rivals that fit as well, third
/// records that are the same as both, third records that are the same as one and not the other.
struct Context: Sendable {
  /// Level of each context fact, in the order of `ContextField`.
  typealias Facts = SIMD4<UInt8>

  private let scored: Scored
  private let sides: ContiguousArray<MatchRecord.Side>
  /// For every record the run of its pairs in `edges`.
  private var starts: ContiguousArray<Int32>
  private var edges: ContiguousArray<Edge>

  struct Edge: Sendable {
    var other: Int32
    var score: Float
  }

  /// Facts a pair is judged by beyond its own evidence.
  enum Fact: Int, CaseIterable, Sendable {
    /// How far the better rival lies behind, on either side.
    case nearRival, farRival
    /// A third record that fits both.
    case support
    /// A third record that surely fits one and surely not the other.
    case contradiction
    static let levels = 10
  }

  init(
    _ scored: Scored, scores: ContiguousArray<Float>, sides: ContiguousArray<MatchRecord.Side>
  ) {
    self.scored = scored
    self.sides = sides
    var counts = ContiguousArray<Int32>(repeating: 0, count: sides.count + 1)
    for index in 0..<scored.count {
      counts[scored.low(index) + 1] += 1
      counts[scored.high(index) + 1] += 1
    }
    for index in 1..<counts.count { counts[index] += counts[index - 1] }
    starts = counts
    edges = ContiguousArray(repeating: Edge(other: 0, score: 0), count: scored.count * 2)
    // Pairs are ascending, so every record's edges come out ascending by the other record.
    for index in 0..<scored.count {
      let high = scored.high(index)
      edges[Int(counts[high])] = Edge(other: Int32(scored.low(index)), score: scores[index])
      counts[high] += 1
    }
    for index in 0..<scored.count {
      let low = scored.low(index)
      edges[Int(counts[low])] = Edge(other: Int32(scored.high(index)), score: scores[index])
      counts[low] += 1
    }
  }

  func edges(_ record: Int) -> ArraySlice<Edge> {
    edges[Int(starts[record])..<Int(starts[record + 1])]
  }

  /// Log-odds of two records, far below zero when they were not worth comparing.
  func score(_ i: Int, _ j: Int) -> Float {
    var low = Int(starts[i])
    var high = Int(starts[i + 1])
    let wanted = Int32(j)
    while low < high {
      let middle = (low + high) / 2
      if edges[middle].other < wanted { low = middle + 1 } else { high = middle }
    }
    return low < Int(starts[i + 1]) && edges[low].other == wanted ? edges[low].score : -9
  }

  func facts(_ index: Int, own: Float) -> Facts {
    let i = scored.low(index)
    let j = scored.high(index)
    var rivalI: Float = -9
    var rivalJ: Float = -9
    var support: Float = -9
    var contradiction: Float = -9
    // Both records' pairs come ascending by the other record, so one walk meets every third one.
    var p = Int(starts[i])
    var q = Int(starts[j])
    let endP = Int(starts[i + 1])
    let endQ = Int(starts[j + 1])
    while p < endP || q < endQ {
      let k = min(p < endP ? edges[p].other : .max, q < endQ ? edges[q].other : .max)
      var first: Float = -9
      var second: Float = -9
      if p < endP, edges[p].other == k {
        first = edges[p].score
        p += 1
      }
      if q < endQ, edges[q].other == k {
        second = edges[q].score
        q += 1
      }
      if Int(k) == i || Int(k) == j { continue }
      support = max(support, min(first, second))
      contradiction = max(contradiction, min(first, -second), min(second, -first))
      if second < 0, sides[Int(k)] == sides[j] { rivalI = max(rivalI, first) }
      if first < 0, sides[Int(k)] == sides[i] { rivalJ = max(rivalJ, second) }
    }
    let near = own - max(rivalI, rivalJ)
    let far = own - min(rivalI, rivalJ)
    return Facts(
      Self.gapLevel(near, max(rivalI, rivalJ)), Self.gapLevel(far, min(rivalI, rivalJ)),
      Self.bin(support, Self.supportSteps), Self.bin(contradiction, Self.supportSteps))
  }

  private static let gapSteps: [Float] = [-4, -2, -0.7, 0.3, 1.5, 3, 5]
  private static let supportSteps: [Float] = [-6, -3, -1.5, 0, 1.5, 3, 5]

  private static func gapLevel(_ gap: Float, _ rival: Float) -> UInt8 {
    rival < -4 ? 9 : bin(gap, gapSteps)
  }

  private static func bin(_ value: Float, _ steps: [Float]) -> UInt8 {
    var level: UInt8 = 0
    for step in steps where value >= step { level += 1 }
    return level
  }
}
