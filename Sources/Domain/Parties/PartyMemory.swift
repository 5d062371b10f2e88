/// What is remembered of a party beside its records: for each attribute the value last agreed,
/// and what every replica held when it took part in that agreement. Without it nobody could tell
/// a person's edit from a record that is only behind.
package struct PartyMemory: Hashable, Sendable, Codable {
  package var fields: [PartyField: Field]
  /// The system a person chose to win the conflicts that are open now; nil: none.
  package var use: SystemName?

  package init(fields: [PartyField: Field] = [:], use: SystemName? = nil) {
    self.fields = fields
    self.use = use
  }

  package var isEmpty: Bool { fields.isEmpty && use == nil }

  /// One attribute.
  package struct Field: Hashable, Sendable, Codable {
    /// As it was typed where it was last changed.
    package var value: PartyValue
    /// Raised with every change of the value.
    package var revision: Int
    /// What each replica held when it was last heard, by subject.
    package var echoes: [Subject: Echo]
    /// How often in a row the change came from another system than the one before.
    package var flips: Int
    package var lastSource: SystemName?
    package var lastChangedAt: Instant?

    package init(value: PartyValue, revision: Int = 1) {
      self.value = value
      self.revision = revision
      echoes = [:]
      flips = 0
    }

    enum CodingKeys: String, CodingKey {
      case value = "v"
      case revision = "r"
      case echoes = "e"
      case flips = "f"
      case lastSource = "s"
      case lastChangedAt = "t"
    }

    /// What the replica held, and at which revision of the value; nil when it is new here.
    package func echo(of replica: Subject) -> (value: PartyValue, revision: Int)? {
      echoes[replica].map { ($0.value ?? value, $0.revision) }
    }

    /// The replica holds `held`, in answer to the value of `revision`.
    package mutating func hear(_ replica: Subject, _ held: PartyValue, at revision: Int) {
      echoes[replica] = Echo(value: held == value ? nil : held, revision: revision)
    }

    /// A new value. What the replicas held before stays what they held.
    package mutating func advance(to new: PartyValue) {
      for (replica, echo) in echoes where echo.value == nil {
        echoes[replica]?.value = value
      }
      value = new
      revision += 1
    }
  }

  /// What a replica held when it was last heard.
  package struct Echo: Hashable, Sendable, Codable {
    /// Nil: the agreed value itself.
    package var value: PartyValue?
    package var revision: Int

    package init(value: PartyValue?, revision: Int) {
      self.value = value
      self.revision = revision
    }

    enum CodingKeys: String, CodingKey {
      case value = "v"
      case revision = "r"
    }
  }

  /// The replica lives on under another id (its record was merged in its system).
  package mutating func rename(_ old: Subject, to new: Subject) {
    for field in fields.keys {
      guard let echo = fields[field]?.echoes.removeValue(forKey: old) else { continue }
      if fields[field]?.echoes[new] == nil { fields[field]?.echoes[new] = echo }
    }
  }

  /// The replica takes no further part.
  package mutating func forget(_ replica: Subject) {
    for field in fields.keys { fields[field]?.echoes[replica] = nil }
    fields = fields.filter { !$0.value.echoes.isEmpty }
  }

  /// A system's answer to our own write: what it now holds is no edit, however it was written.
  package mutating func heard(_ record: PartyRecord, _ written: [PartyField]) {
    for field in written {
      guard let revision = fields[field]?.revision else { continue }
      fields[field]?.hear(record.subject, record.value(field), at: revision)
    }
  }
}

extension Subject: CodingKeyRepresentable {
  package var codingKey: any CodingKey { description.codingKey }

  package init?(codingKey: some CodingKey) { self.init(codingKey.stringValue) }
}
