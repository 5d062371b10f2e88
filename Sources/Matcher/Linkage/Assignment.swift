/// Decides bands: clusters inside a side, one partner across, rivals kept for a person.
struct Assignment {
  let scored: Scored
  let final: ContiguousArray<Float>
  let sides: ContiguousArray<MatchRecord.Side>
  let context: Context
  private(set) var bands: ContiguousArray<Band>
  private var parents: ContiguousArray<Int32>
  private var members: [Int32: [Int32]] = [:]

  init(
    scored: Scored, final: ContiguousArray<Float>, sides: ContiguousArray<MatchRecord.Side>,
    context: Context
  ) {
    self.scored = scored
    self.final = final
    self.sides = sides
    self.context = context
    bands = ContiguousArray(repeating: .none, count: scored.count)
    parents = ContiguousArray(0..<Int32(sides.count))
  }

  /// Log-odds from which two records of one side count as one customer for the choice of partners.
  private static let duplicate: Float = 1
  private static let largestCluster = 60

  /// `order` is the pairs by falling score.
  mutating func run(order: [Int32], review: Float, auto: Float) {
    for index in order.lazy.map(Int.init) where isInside(index) && final[index] >= Self.duplicate {
      join(index)
    }
    var partner: [Int32: Int32] = [:]
    for index in order.lazy.map(Int.init) {
      if final[index] < review { break }
      bands[index] = .review
      guard final[index] >= auto, Safety.isClear(scored.levels[index]) else { continue }
      let low = root(Int32(scored.low(index)))
      let high = root(Int32(scored.high(index)))
      if isInside(index) {
        if low == high { bands[index] = .auto }
        continue
      }
      // One customer has one partner across; a second one is a question for a person.
      if partner[low, default: high] == high, partner[high, default: low] == low {
        partner[low] = high
        partner[high] = low
        bands[index] = .auto
      }
    }
  }

  private func isInside(_ index: Int) -> Bool {
    sides[scored.low(index)] == sides[scored.high(index)]
  }

  private mutating func join(_ index: Int) {
    let low = root(Int32(scored.low(index)))
    let high = root(Int32(scored.high(index)))
    if low == high { return }
    let left = members[low] ?? [low]
    let right = members[high] ?? [high]
    if left.count + right.count > Self.largestCluster || Safety.isConflict(scored.levels[index]) {
      return
    }
    for i in left {
      for j in right where isConflict(Int(i), Int(j)) { return }
    }
    let first = min(low, high)
    let second = max(low, high)
    parents[Int(second)] = first
    members[first] = left + right
    members[second] = nil
  }

  /// Compared and found to be different.
  private func isConflict(_ i: Int, _ j: Int) -> Bool {
    let score = context.score(i, j)
    return score > -9 && score < -1.5
  }

  private mutating func root(_ record: Int32) -> Int32 {
    var record = record
    while parents[Int(record)] != record {
      parents[Int(record)] = parents[Int(parents[Int(record)])]
      record = parents[Int(record)]
    }
    return record
  }

  /// Clusters of two and more, each ascending, in the order of their first records.
  var clusters: [[Int32]] {
    members.values.filter { $0.count > 1 }.map { $0.sorted() }.sorted { $0[0] < $1[0] }
  }
}
