/// Puts a pair's evidence in words a bookkeeper reads, with the weight each piece had.
struct Explainer: Sendable {
  let records: ContiguousArray<MatchRecord>
  let comparator: Comparator
  let linked: Linked

  /// Log-odds are natural inside; people are shown bits.
  private static let bits: Float = 1.442695

  func verdict(_ pair: MatchResult.Pair) -> PairVerdict {
    let index = Int(pair.source)
    let final = linked.final[index]
    return PairVerdict(
      left: records[Int(pair.low)].key, right: records[Int(pair.high)].key,
      score: Double(pair.score), weight: Self.rounded(final * Self.bits), band: pair.band,
      reasons: reasons(pair, index), side: pair.isSameSide ? records[Int(pair.low)].side : nil)
  }

  /// One decimal is all the precision there is.
  private static func rounded(_ weight: Float) -> Double { Double((weight * 10).rounded()) / 10 }

  private func reasons(_ pair: MatchResult.Pair, _ index: Int) -> [Reason] {
    let levels = linked.scored.levels[index]
    let facts = linked.facts[index]
    var reasons: [Reason] = []
    for field in Field.allCases {
      let level = levels[field]
      let weight = linked.weights.weight(field, level)
      guard let evidence = evidence(field, level, Int(pair.low), Int(pair.high)) else { continue }
      add(field.name, evidence, weight, to: &reasons)
    }
    for fact in Context.Fact.allCases {
      let level = Int(facts[fact.rawValue])
      guard let evidence = evidence(fact, level), let round = ContextWeights.rounds.last else {
        continue
      }
      let weight = round.weight(fact, level, isSameSide: pair.isSameSide)
      add("others", evidence, weight, to: &reasons)
    }
    if let caution = linked.caution[pair.source] {
      add("caution", Safety.doubt(levels), caution, to: &reasons)
    }
    reasons.sort {
      abs($0.weight) != abs($1.weight) ? abs($0.weight) > abs($1.weight) : $0.field < $1.field
    }
    // What is left is the start: few pairs of so many records are one customer.
    let total = Self.rounded(linked.final[index] * Self.bits)
    let told = reasons.reduce(0) { $0 + $1.weight }
    let rest = ((total - told) * 10).rounded() / 10
    reasons.append(
      Reason(
        field: "prior",
        evidence: "where any two of \(records.count) records start, before evidence",
        weight: rest))
    return reasons
  }

  private func add(
    _ field: String, _ evidence: String, _ weight: Float, to reasons: inout [Reason]
  ) {
    let bits = Self.rounded(weight * Self.bits)
    // Contact details are always told, even where they are too common to weigh anything.
    let isTold = ["email", "phone", "address", "tax_number"].contains(field)
    if isTold || abs(bits) >= 0.1 {
      reasons.append(Reason(field: field, evidence: evidence, weight: bits))
    }
  }

  private func evidence(_ field: Field, _ level: Int, _ i: Int, _ j: Int) -> String? {
    let left = records[i]
    let right = records[j]
    let pair = Wording(comparator: comparator, i: i, j: j, left: left, right: right)
    switch field {
    case .name: return pair.name(level)
    case .numbers: return pair.numbers(level)
    case .place: return pair.place(level)
    case .form: return pair.form(level)
    case .person: return pair.person(level % PersonLevel.count)
    case .email: return pair.email(level)
    case .host: return pair.host(level)
    case .phone: return pair.phone(level)
    case .address: return pair.address(level)
    case .tax: return pair.tax(level)
    case .spelled: return pair.spelled(level)
    case .marks: return level > 0 ? "a number in brackets marks a namesake" : nil
    case .page:
      return level == 1
        ? "same branch page on the website"
        : level == 2
          ? "different branch pages on one website" : nil
    case .account:
      return level == 1
        ? "same account number"
        : level == 2
          ? "different account numbers" : nil
    case .accord: return pair.accord(level)
    }
  }

  private func evidence(_ fact: Context.Fact, _ level: Int) -> String? {
    switch fact {
    case .nearRival:
      switch level {
      case 9: return "no other record comes near"
      case 5...8: return "the next best record is well behind"
      case 3, 4: return "another record fits about as well"
      case _: return "another record fits better"
      }
    case .farRival: return level >= 5 ? nil : "on both sides other records fit as well"
    case .support:
      return level >= 4 ? "a third record matches both" : nil
    case .contradiction:
      return level >= 4 ? "a record that matches one of them is surely not the other" : nil
    }
  }
}

extension Field {
  /// The stable name of the field in reports.
  var name: String {
    switch self {
    case .name: "name"
    case .numbers: "number"
    case .place: "place"
    case .form: "legal_form"
    case .person: "person"
    case .email: "email"
    case .host: "website"
    case .phone: "phone"
    case .address: "address"
    case .tax: "tax_number"
    case .spelled: "spelling"
    case .marks: "namesake"
    case .page: "branch_page"
    case .account: "account_number"
    case .accord: "agreement"
    }
  }
}
