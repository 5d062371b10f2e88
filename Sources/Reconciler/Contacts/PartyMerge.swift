package import Domain

/// Merges all shared attributes of one party.
package struct PartyMerge {
  let policy: ContactPolicy
  let context: PartyContext

  package init(policy: ContactPolicy, context: PartyContext) {
    self.policy = policy
    self.context = context
  }

  /// One attribute to be written to one record.
  package struct Change: Hashable, Sendable {
    package var record: PartyRecord
    package var field: PartyField
    package var value: PartyValue
    /// What was done to make it fit; nil: nothing.
    package var note: String?
    /// Of the agreed value: part of the operation's identity.
    package var revision: Int
    package var source: SystemName?
  }

  package struct Result: Sendable {
    package var memory: PartyMemory
    package var changes: [Change] = []
    package var holds: [Hold] = []
    package var conflicts: [Conflict] = []
    package var steps: [Explanation.Step] = []
  }

  package func merge(_ facts: PartyFacts) -> Result {
    var result = Result(memory: facts.memory)
    let live = facts.replicas.filter { $0.record.status == .active }
      .sorted { $0.subject < $1.subject }
    let normal = PartyNormal(region: region(of: live))
    for field in PartyField.allCases {
      guard let group = field.group, policy.fields.contains(group) else { continue }
      let remembered = facts.memory.fields[field]
      let sharing = live.filter { replica in
        replica.shares(field)
          && (replica.mayWrite(field) || !replica.record.value(field).isEmpty
            || remembered?.echoes[replica.subject] != nil)
      }
      guard !sharing.isEmpty else { continue }
      let outcome = FieldMerge(
        field: field, replicas: sharing,
        policy: policy.conflict[group] ?? policy.defaultConflict, use: facts.memory.use,
        accounting: context.accounting, normal: normal, now: context.now, memory: remembered
      ).run()
      take(outcome, field, facts, into: &result)
    }
    result.memory.use = nil
    result.holds = result.holds.merged()
    return result
  }

  /// Records as they are become what is agreed: nothing of the past is written anywhere.
  package func accept(_ facts: PartyFacts) -> PartyMemory {
    var memory = facts.memory
    let live = facts.replicas.filter { $0.record.status == .active }
      .sorted { left, right in
        let isFirst = left.subject.system == context.accounting
        let isSecond = right.subject.system == context.accounting
        return isFirst == isSecond ? left.subject < right.subject : isFirst
      }
    for field in PartyField.allCases where memory.fields[field] == nil {
      guard let group = field.group, policy.fields.contains(group) else { continue }
      let sharing = live.filter { $0.shares(field) }
      guard let first = sharing.first(where: { !$0.record.value(field).isEmpty }) else { continue }
      var remembered = PartyMemory.Field(value: first.record.value(field))
      for replica in sharing {
        remembered.hear(replica.subject, replica.record.value(field), at: 1)
      }
      memory.fields[field] = remembered
    }
    return memory
  }

  /// Local numbers are read by the country of the party's own address, or the organisation's.
  private func region(of replicas: [PartyFacts.Replica]) -> String {
    for kind in AddressKind.allCases {
      for replica in replicas {
        if let text = replica.record.addresses[kind]?.country,
          let code = Country.code(of: PartyText.clean(text))
        {
          return code
        }
      }
    }
    return Country.code(of: context.homeCountry) ?? context.homeCountry
  }

  private func take(
    _ outcome: FieldMerge.Outcome, _ field: PartyField, _ facts: PartyFacts,
    into result: inout Result
  ) {
    result.memory.fields[field] = outcome.memory
    let revision = outcome.memory?.revision ?? 0
    for write in outcome.writes {
      result.changes.append(
        Change(
          record: write.replica.record, field: field, value: write.value, note: write.note,
          revision: revision, source: outcome.source))
    }
    if let resolution = outcome.resolution {
      result.conflicts.append(
        Conflict(
          subject: facts.subject, field: field.rawValue, values: outcome.values,
          resolution: resolution))
    }
    if let source = outcome.source, !outcome.writes.isEmpty {
      let targets = outcome.writes.map(\.replica.subject.description).joined(separator: ", ")
      result.steps.append(
        .init(topic: field.rawValue, text: "\(source) changed it: it goes to \(targets)"))
    } else if !outcome.writes.isEmpty {
      let targets = outcome.writes.map(\.replica.subject.description).joined(separator: ", ")
      result.steps.append(.init(topic: field.rawValue, text: "\(targets) is behind"))
    }
    if let problem = outcome.problem {
      result.holds.append(hold(problem, field, outcome, facts))
    }
  }

  private func hold(
    _ problem: FieldMerge.Problem, _ field: PartyField, _ outcome: FieldMerge.Outcome,
    _ facts: PartyFacts
  ) -> Hold {
    let values = outcome.values.sorted { $0.key < $1.key }
      .map { "\($0.key) “\($0.value)”" }.joined(separator: ", ")
    let systems = outcome.values.keys.sorted()
    let choose = systems.map { "`xerosync resolve \(facts.subject) --use \($0)`" }
      .joined(separator: " or ")
    switch problem {
    case .conflict:
      // Records that were linked just now never agreed: nobody has changed anything.
      let what =
        facts.memory.fields[field] == nil
        ? "is not the same in the linked records" : "was changed in more than one place"
      return Hold(
        subject: facts.subject, code: .fieldConflict,
        message: "The \(field.words) \(what): \(values).",
        remedy: "Make the records say the same, or choose: \(choose).")
    case .flips(let count):
      return Hold(
        subject: facts.subject, code: .flipFlop,
        message: "The \(field.words) went back and forth between systems \(count) times: "
          + "\(values). Perhaps another program writes it, too.",
        remedy: "Find out what changes it, then choose: \(choose).")
    case .refused(let record, let why):
      return Hold(
        subject: facts.subject, code: .fieldRefused,
        message: "The \(field.words) of \(record) cannot be copied: \(why).",
        remedy: "Correct it in \(record.system); everything else of the contact is kept in step.")
    }
  }
}
