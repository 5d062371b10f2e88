package import Domain

/// One party with all that bears on it: its records in every system that knows it, what was
/// last agreed, and, where a system does not know it yet, who there might be the same.
package struct PartyFacts: Sendable {
  /// The accounting contact, or the CRM record where there is none.
  package var subject: Subject
  package var replicas: [Replica]
  package var memory: PartyMemory
  /// Records of systems without a replica that might be the same party.
  package var candidates: [PartyCandidate]
  /// Names that active accounting contacts have, in lower case, as far as they bear on this one.
  package var namesTaken: Set<String>
  /// Systems in which the party has a record, archived ones included: none is made there.
  package var knownIn: Set<SystemName>
  /// Systems with a record that carries the party's mark, but that a person took apart from it:
  /// nothing is made there.
  package var apart: Set<SystemName>
  /// Creations for this party whose outcome is still open.
  package var unresolved: [OperationID]
  /// The people of a company record, the primary one first: for a new contact's first name.
  package var people: [PartyRecord]

  /// One system's record of the party.
  package struct Replica: Hashable, Sendable {
    package var record: PartyRecord
    package var traits: PartyTraits
    /// A person beside its company: only what a company's record lacks is shared.
    package var isPerson: Bool

    package init(record: PartyRecord, traits: PartyTraits, isPerson: Bool = false) {
      self.record = record
      self.traits = traits
      self.isPerson = isPerson
    }

    var subject: Subject { record.subject }

    /// Whether the attribute of this record belongs to the party.
    func shares(_ field: PartyField) -> Bool {
      guard isPerson else { return field != .mark }
      return field == .firstName || field == .lastName || field == .email
    }

    func mayWrite(_ field: PartyField) -> Bool {
      traits.writable[record.subject.kind]?.contains(field) ?? false
    }
  }

  package init(subject: Subject, replicas: [Replica], memory: PartyMemory = PartyMemory()) {
    self.subject = subject
    self.replicas = replicas
    self.memory = memory
    candidates = []
    namesTaken = []
    knownIn = Set(replicas.map(\.record.subject.system))
    apart = []
    unresolved = []
    people = []
  }
}

/// A record of another system that might be the same party.
package struct PartyCandidate: Hashable, Sendable {
  package var record: PartyRecord
  package var evidence: ContactCandidate.Evidence
  /// It is linked to another record of the party's own system.
  package var isTaken: Bool
  /// What a fuller comparison says, from 0 to 1; nil: none was made.
  package var similarity: Double?

  package init(
    record: PartyRecord, evidence: ContactCandidate.Evidence, isTaken: Bool = false,
    similarity: Double? = nil
  ) {
    self.record = record
    self.evidence = evidence
    self.isTaken = isTaken
    self.similarity = similarity
  }
}

/// What the contact part of a pass needs beside the parties themselves.
package struct PartyContext: Sendable {
  /// The pass's clock.
  package var now: Instant
  package var accounting: SystemName
  package var crms: [SystemName]
  package var traits: [SystemName: PartyTraits]
  package var contactNameLengthMax: Int
  /// The organisation's country, by which local telephone numbers are read.
  package var homeCountry: String

  package init(
    now: Instant, accounting: SystemName, crms: [SystemName],
    traits: [SystemName: PartyTraits] = [:], contactNameLengthMax: Int = 255,
    homeCountry: String = ""
  ) {
    self.now = now
    self.accounting = accounting
    self.crms = crms
    self.traits = traits
    self.contactNameLengthMax = contactNameLengthMax
    self.homeCountry = homeCountry
  }

  package func traits(of system: SystemName) -> PartyTraits {
    traits[system] ?? (system == accounting ? .accounting : .crm)
  }
}

/// What is to be done about some parties.
package struct PartyPlan: Sendable {
  package var operations: [Operation] = []
  package var holds: [Hold] = []
  package var conflicts: [Conflict] = []
  package var considered: [Subject] = []
  /// What is to be remembered of each party once the plan is journalled.
  package var memories: [Subject: PartyMemory] = [:]
  /// The reasoning, by party, for `explain`.
  package var steps: [Subject: [Explanation.Step]] = [:]

  package init() {}
}
