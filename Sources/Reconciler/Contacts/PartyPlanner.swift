package import Domain

extension Planner {
  /// What is to be done about some parties: updates, links, new records. `progress` carries what
  /// earlier parties of the same pass are about to make.
  package func plan(
    _ parties: [PartyFacts], _ context: PartyContext, _ progress: inout PartyProgress
  ) -> PartyPlan {
    var plan = PartyPlan()
    for facts in parties.sorted(by: { $0.subject < $1.subject }) {
      var planner = PartyPlanner(policy: policy.contacts, context: context, facts: facts)
      planner.run(&progress)
      plan.operations += planner.operations
      plan.holds += planner.holds
      plan.conflicts += planner.conflicts
      plan.considered.append(facts.subject)
      plan.considered += facts.replicas.map(\.subject).filter { $0 != facts.subject }
      plan.memories[facts.subject] = planner.memory
      plan.steps[facts.subject] = planner.steps
    }
    plan.operations = PlanOrder.sorted(plan.operations)
    plan.holds = plan.holds.merged()
    return plan
  }

  /// Whether a record without any link is to be looked at at all: one nobody wants a twin of
  /// needs no facts.
  package func wantsTwin(_ record: PartyRecord, _ context: PartyContext) -> Bool {
    PartyPlanner.wantsTwin(record, policy.contacts, context)
  }
}

/// What earlier parties of the same pass are about to make.
package struct PartyProgress: Sendable {
  /// Names of new contacts in lower case, with the record each is made from.
  var names: [String: Subject] = [:]

  package init() {}
}

/// Plans everything about one party.
struct PartyPlanner {
  let policy: ContactPolicy
  let context: PartyContext
  let facts: PartyFacts

  var operations: [Operation] = []
  var holds: [Hold] = []
  var conflicts: [Conflict] = []
  var memory: PartyMemory
  var steps: [Explanation.Step] = []

  init(policy: ContactPolicy, context: PartyContext, facts: PartyFacts) {
    self.policy = policy
    self.context = context
    self.facts = facts
    memory = facts.memory
  }

  mutating func run(_ progress: inout PartyProgress) {
    for replica in facts.replicas where replica.record.status != .active {
      note("status", "\(replica.subject) is \(replica.record.status.rawValue): left alone")
    }
    guard facts.unresolved.isEmpty else {
      note("unknown", "the outcome of an earlier write is looked up first")
      return
    }
    if facts.replicas.count > 1 { merge() }
    create(&progress)
    if operations.isEmpty && holds.isEmpty { note("next", "nothing to do") }
  }

  mutating func note(_ topic: String, _ text: String) {
    steps.append(Explanation.Step(topic: topic, text: text))
  }

  mutating func hold(_ code: HoldCode, _ message: String, _ remedy: String) {
    holds.append(Hold(subject: facts.subject, code: code, message: message, remedy: remedy))
  }

  // MARK: updates

  private mutating func merge() {
    let result = PartyMerge(policy: policy, context: context).merge(facts)
    memory = result.memory
    holds += result.holds
    conflicts += result.conflicts
    steps += result.steps
    for hold in result.holds { note("hold", "\(hold.code.rawValue): \(hold.message)") }
    let byRecord = Dictionary(grouping: result.changes, by: \.record.subject)
    for (subject, changes) in byRecord.sorted(by: { $0.key < $1.key }) {
      if let first = changes.first { operations.append(update(subject, first.record, changes)) }
    }
  }

  private func update(
    _ subject: Subject, _ record: PartyRecord, _ changes: [PartyMerge.Change]
  ) -> Operation {
    var patch = PartyPatch(subject: subject)
    var former = PartyPatch.Former()
    var identity = ["updateParty", subject.description]
    for change in changes {
      patch.set(change.field, change.value)
      switch record.value(change.field) {
      case .text(let text): former.texts[change.field] = text
      case .address(let place):
        if let kind = change.field.addressKind { former.addresses[kind] = place }
      }
      identity += [
        change.field.rawValue, "\(change.revision)", change.value.text,
        record.value(change.field).text,
      ]
    }
    patch.former = former
    let words = changes.map { change in
      change.field.words + (change.note.map { " (\($0))" } ?? "")
    }
    let sources = Set(changes.compactMap(\.source)).sorted().map(\.rawValue)
    let origin = sources.isEmpty ? "" : " from " + sources.joined(separator: " and ")
    return Operation(
      id: OperationID(hashing: identity), action: .update, system: subject.system,
      object: Self.object(subject.kind), subject: subject, effect: .updateParty(patch),
      summary: "\(subject.kind.rawValue) “\(record.name)”: " + words.joined(separator: ", ")
        + origin,
      changes: changes.map { change in
        FieldChange(
          field: change.field.rawValue, from: record.value(change.field).text,
          to: change.value.text)
      })
  }

  static func object(_ kind: RecordKind) -> Operation.ObjectKind {
    switch kind {
    case .company: .company
    case .person: .person
    case .deal, .contact, .invoice, .template, .product, .item, .alert, .line, .creditNote:
      .contact
    }
  }
}
