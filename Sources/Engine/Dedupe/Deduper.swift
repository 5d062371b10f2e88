package import Domain
package import Matcher
package import Snapshot

/// Compares what a snapshot (or two files) hold and lists what is to be decided.
package struct Deduper: Sendable {
  /// Everything a command needs to show the list.
  package struct Outcome: Sendable {
    package var list: DedupeList
    package var records: [MatchRecord]
    /// Pairs to be merged in their own system: decided, and not done yet.
    package var merges: [(left: String, right: String)]

    /// Nothing to decide, unless given.
    package init(
      list: DedupeList = DedupeList(parts: [], keeping: { $0.band }),
      records: [MatchRecord] = [], merges: [(left: String, right: String)] = []
    ) {
      self.list = list
      self.records = records
      self.merges = merges
    }
  }

  /// Report pairs from this probability; nil: those worth a look.
  package var threshold: Double?

  package init(threshold: Double?) { self.threshold = threshold }

  private func options(_ country: String?) -> MatchOptions {
    var options = MatchOptions()
    if let country, !country.isEmpty { options.homeCountry = country }
    options.reportThreshold = threshold ?? options.reviewThreshold
    return options
  }

  /// Two tables, no account anywhere.
  package func compare(
    _ left: PartyTable, named leftName: String, _ right: PartyTable, named rightName: String,
    country: String?, settled: Set<[String]> = []
  ) async -> Outcome {
    let home = country ?? Matcher.homeCountry(of: [left.records, right.records])
    let result = await Matcher.match(
      left: left.records, right: right.records, options: options(home))
    let part = DedupeList.Part(leftName: leftName, rightName: rightName, result: result)
    let list = DedupeList(parts: [part]) { entry in
      settled.contains([entry.left, entry.right].sorted()) ? nil : entry.band
    }
    return Outcome(list: list, records: left.records + right.records, merges: [])
  }

  /// Every CRM of a snapshot with its accounting system, and each within itself.
  package func compare(
    _ store: SnapshotStore, accounting: SystemName, crms: [SystemName]
  ) async throws -> Outcome {
    let (contacts, home, settled) = try store.read { reader in
      let source = PartySource(accounting: accounting, reader: reader)
      return (try source.contacts(), try source.homeCountry(), try SettledPairs(reader))
    }
    var parts: [DedupeList.Part] = []
    var known = contacts
    for crm in crms {
      let (customers, people) = try store.read { reader in
        let source = PartySource(accounting: accounting, reader: reader)
        return (try source.customers(of: crm), try source.people(of: crm))
      }
      let country = home ?? Matcher.homeCountry(of: [customers, contacts])
      let across = await Matcher.match(
        left: customers, right: contacts, options: options(country))
      parts.append(
        .init(leftName: crm.rawValue, rightName: accounting.rawValue, result: across))
      known += customers
      let employed = Set(people.map(\.key)).subtracting(customers.map(\.key))
      guard !employed.isEmpty else { continue }
      let inside = await Matcher.match(left: people, right: [], options: options(country))
      parts.append(
        .init(leftName: crm.rawValue, rightName: crm.rawValue, result: inside, isInside: true))
      known += people.filter { employed.contains($0.key) }
    }
    let list = DedupeList(parts: parts) { settled.band(of: $0) }
    return Outcome(list: list, records: known, merges: settled.merges)
  }
}

extension DedupeList {
  /// Decides every pair that is safe to link unseen.
  ///
  /// - Parameter onePartner: a record of the left gets its best partner only; a further one is
  ///   left to a person, because the contact linked first is the one that is billed.
  package mutating func decideSafe(onePartner: Bool) -> [Decision] {
    var decisions: [Decision] = []
    var taken: Set<String> = []
    for index in entries.indices where entries[index].band == .auto {
      let entry = entries[index]
      if onePartner, !entry.isInside, !taken.insert(entry.left).inserted { continue }
      entries[index].decision = .link
      decisions.append(Decision(left: entry.left, right: entry.right, verdict: .link))
    }
    return decisions
  }
}

extension DedupeList {
  /// Notes what was decided beside its pairs.
  package mutating func record(_ decisions: [Decision]) {
    let verdicts = Dictionary(
      decisions.map { ([$0.left, $0.right], $0.verdict) }, uniquingKeysWith: { first, _ in first })
    for index in entries.indices {
      if let verdict = verdicts[[entries[index].left, entries[index].right]] {
        entries[index].decision = verdict
      }
    }
  }
}

extension DecisionDesk.Applied {
  /// Both together; the run is the same.
  package func adding(_ other: Self) -> Self {
    var sum = self
    sum.run = other.run ?? run
    sum.links += other.links
    sum.different += other.different
    sum.merges += other.merges
    sum.unchanged += other.unchanged
    return sum
  }
}
