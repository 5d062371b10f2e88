import Domain

extension AccountingSystem {
  /// "Already there" is evidence, not a no: a record that is ours was made by a request whose
  /// answer we lost, and takes the refusal's place.
  func adopting<Value>(
    _ outcomes: [WriteOutcome<Value>], _ code: HoldCode,
    find: ([Int]) async -> [Value?]
  ) async -> [WriteOutcome<Value>] {
    let refused = outcomes.indices.filter {
      if case .refused(let refusal) = outcomes[$0] { return refusal.code == code }
      return false
    }
    guard !refused.isEmpty else { return outcomes }
    var adopted = outcomes
    for (index, value) in zip(refused, await find(refused)) {
      if let value { adopted[index] = .applied(value) }
    }
    return adopted
  }
}
