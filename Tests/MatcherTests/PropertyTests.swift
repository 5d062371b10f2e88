import Matcher
import Testing

@Suite struct PropertyTests {
  @Test(arguments: [UInt64(1), 7, 23])
  func resultsDoNotDependOnTheOrderOfRows(seed: UInt64) async {
    let population = Population(left: 220, right: 180, seed: seed)
    let options = MatchOptions(homeCountry: "IE", reportThreshold: 0.001)
    let straight = await Matcher.match(
      left: population.left, right: population.right, options: options)
    var random = SplitMix(state: seed &* 31)
    for round in 1...2 {
      let shuffled = await Matcher.match(
        left: population.left.shuffled(using: &random),
        right: population.right.shuffled(using: &random), options: options)
      #expect(shuffled.verdicts == straight.verdicts, "seed \(seed), round \(round)")
      #expect(shuffled.clusters == straight.clusters, "seed \(seed), round \(round)")
    }
    #expect(!straight.pairs.isEmpty)
  }

  @Test(arguments: [UInt64(3), 11, 42, 99])
  func smallSetsAreCarriedByThePriors(seed: UInt64) async {
    let population = Population(left: 200, right: 150, seed: seed)
    let result = await Matcher.match(
      left: population.left, right: population.right,
      options: MatchOptions(homeCountry: "IE", reportThreshold: 0.001))
    let quality = Quality(result, links: population.trueLinks) { population.isTrue($0) }
    #expect(quality.bestF1 >= 0.95, "seed \(seed): \(quality)")
    #expect(quality.autoWrong == 0, "seed \(seed): \(quality)")
    #expect(quality.autoRecall >= 0.6, "seed \(seed): \(quality)")
    #expect(quality.reachable >= 0.97, "seed \(seed): \(quality)")
  }

  @Test func weightsOfTheReasonsAddUp() async throws {
    let population = Population(left: 60, right: 60, seed: 5)
    let result = await Matcher.match(
      left: population.left, right: population.right, options: MatchOptions(homeCountry: "IE"))
    try #require(!result.pairs.isEmpty)
    for verdict in result.verdicts {
      let sum = verdict.reasons.reduce(0) { $0 + $1.weight }
      #expect(abs(sum - verdict.weight) < 0.05, "\(verdict)")
      #expect(verdict.reasons.allSatisfy { !$0.evidence.isEmpty })
    }
  }

  @Test func pairsAreSortedByScoreThenKeys() async {
    let population = Population(left: 100, right: 100, seed: 8)
    let result = await Matcher.match(
      left: population.left, right: population.right,
      options: MatchOptions(homeCountry: "IE", reportThreshold: 0.001))
    for (first, second) in zip(result.pairs, result.pairs.dropFirst()) {
      #expect(first.score >= second.score)
      if first.score == second.score {
        let one = result.keys(first)
        let two = result.keys(second)
        #expect(one < two)
      }
    }
  }

  @Test func everyRightRecordIsLinkedUnseenToOneCustomerOnly() async {
    let population = Population(left: 300, right: 250, seed: 13, dirt: 0.7)
    let result = await Matcher.match(
      left: population.left, right: population.right, options: MatchOptions(homeCountry: "IE"))
    let cluster = Dictionary(
      result.clusters.flatMap { cluster in cluster.keys.map { ($0, cluster.keys[0]) } },
      uniquingKeysWith: { first, _ in first })
    var partner: [String: String] = [:]
    for verdict in result.verdicts where verdict.band == .auto && !verdict.isSameSide {
      let customer = cluster[verdict.left] ?? verdict.left
      #expect(partner[verdict.right, default: customer] == customer, "\(verdict.right)")
      partner[verdict.right] = customer
    }
    #expect(!partner.isEmpty)
  }

  @Test func emptyAndBlankInputGivesNothing() async {
    let none = await Matcher.match(left: [], right: [], options: MatchOptions())
    #expect(none.pairs.isEmpty)
    let blank = (0..<50).map { MatchRecord(key: "crm:\($0)", side: .left, name: " ") }
    let others = (0..<50).map { MatchRecord(key: "x:\($0)", side: .right, name: "") }
    let result = await Matcher.match(left: blank, right: others, options: MatchOptions())
    #expect(result.pairs.isEmpty)
  }

  @Test func oneRecordAgainstManyFindsItsOwn() async throws {
    let population = Population(left: 200, right: 200, seed: 17, dirt: 0.1)
    let record = try #require(
      population.left.first { left in
        population.right.contains { population.entity[$0.key] == population.entity[left.key] }
      })
    let found = await Matcher.best(
      for: record, among: population.right, options: MatchOptions(homeCountry: "IE"))
    let best = try #require(found.first)
    #expect(population.entity[best.right] == population.entity[record.key])
    #expect(best.left == record.key)
  }
}
