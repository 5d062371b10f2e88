package import Matcher

/// A person working through a list: what was answered so far, and the way back.
package struct ReviewSession: Sendable {
  /// What a person says of a pair by one key.
  package enum Answer: String, Hashable, Sendable, CaseIterable {
    /// The same customer (in one system: to be merged there).
    case link
    case different
    /// Not now.
    case skip
  }

  /// Which pairs are shown.
  package struct Filter: Hashable, Sendable {
    package enum Status: String, Hashable, Sendable, CaseIterable { case open, answered, all }

    /// Part of a name, an address of either kind, a number or a subject.
    package var text = ""
    package var least: Float = 0
    package var most: Float = 1
    package var status = Status.open

    package init() {}
  }

  package let list: DedupeList
  private let records: [String: MatchRecord]
  /// What a search looks at, by pair, in lower case.
  private let haystacks: [String]
  private var answers: [Int: Answer] = [:]
  private var steps: [(index: Int, before: Answer?)] = []

  package init(list: DedupeList, records: [MatchRecord]) {
    self.list = list
    var known: [String: MatchRecord] = [:]
    let wanted = Set(list.entries.flatMap { [$0.left, $0.right] })
    for record in records where wanted.contains(record.key) { known[record.key] = record }
    self.records = known
    haystacks = list.entries.map { entry in
      [entry.left, entry.right].flatMap { subject -> [String] in
        guard let record = known[subject] else { return [subject] }
        return [
          subject, record.name, record.firstName, record.lastName, record.company,
          record.taxNumber, record.accountNumber, record.website,
        ] + record.emails + record.phones + record.addresses.map(\.line)
      }.joined(separator: "\n").lowercased()
    }
  }

  package func record(_ subject: String) -> MatchRecord? { records[subject] }

  package func answer(at index: Int) -> Answer? { answers[index] }

  package var isUndoable: Bool { !steps.isEmpty }

  /// Pairs linked or told apart.
  package var decided: Int { answers.values.count { $0 != .skip } }

  package var answered: Int { answers.count }

  /// Takes an answer; false when there is no such pair.
  package mutating func answer(_ answer: Answer, at index: Int) -> Bool {
    guard list.entries.indices.contains(index) else { return false }
    steps.append((index, answers[index]))
    answers[index] = answer
    return true
  }

  /// Takes the last answer back; the pair it was about, nil when there is none.
  package mutating func undo() -> Int? {
    guard let step = steps.popLast() else { return nil }
    answers[step.index] = step.before
    return step.index
  }

  /// Answers of an earlier sitting, which `undo` does not reach.
  package mutating func resume(_ earlier: [[String]: Decision.Verdict]) {
    for (index, entry) in list.entries.enumerated() {
      guard let verdict = earlier[[entry.left, entry.right].sorted()] else { continue }
      answers[index] = verdict == .different ? .different : .link
    }
  }

  /// Pairs that pass the filter, in the list's order.
  package func indices(_ filter: Filter) -> [Int] {
    let words = filter.text.lowercased().split(separator: " ")
    return list.entries.indices.filter { index in
      let entry = list.entries[index]
      guard (filter.least...max(filter.least, filter.most)).contains(entry.score) else {
        return false
      }
      switch filter.status {
      case .open: if answers[index] != nil { return false }
      case .answered: if answers[index] == nil { return false }
      case .all: break
      }
      return words.allSatisfy { haystacks[index].contains($0) }
    }
  }

  /// The verdict an answer stands for; nil: none yet.
  package func verdict(at index: Int) -> Decision.Verdict? {
    switch answers[index] {
    case .link: list.entries[index].isInside ? .merge : .link
    case .different: .different
    case .skip, nil: nil
    }
  }

  package var decisions: [Decision] {
    list.entries.indices.compactMap { index in
      verdict(at: index).map {
        Decision(left: list.entries[index].left, right: list.entries[index].right, verdict: $0)
      }
    }
  }
}
