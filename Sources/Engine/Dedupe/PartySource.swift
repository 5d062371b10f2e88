package import Domain
package import Matcher
package import Snapshot

/// The parties of a snapshot as the matcher takes them, and what was decided about them before.
package struct PartySource {
  let accounting: SystemName
  let reader: SnapshotReader

  package init(accounting: SystemName, reader: SnapshotReader) {
    self.accounting = accounting
    self.reader = reader
  }

  /// The country of the organisation; nil until a pass has read it.
  package func homeCountry() throws -> String? {
    try reader.cache(ListReader.ledgerKey, as: Ledger.self)?.body.organisation.country
  }

  /// The accounting system's contacts.
  package func contacts() throws -> [MatchRecord] {
    var records: [MatchRecord] = []
    try reader.forEach(PartyRecord.self, of: accounting, kind: .contact) { party in
      if isOpen(party) { records.append(MatchRecord(party, side: .right)) }
    }
    return records
  }

  /// A CRM's customers: companies, and people who belong to none. A company speaks with the name
  /// and mail address of a person of its own, because a contact in the books has both in one.
  package func customers(of crm: SystemName) throws -> [MatchRecord] {
    var employed: [ID<Party>: PartyRecord] = [:]
    var free: [MatchRecord] = []
    var companies: [MatchRecord] = []
    var people: [Subject: PartyRecord] = [:]
    var live: Set<ID<Party>> = []
    try reader.forEach(PartyRecord.self, of: crm, kind: .company) { company in
      if isOpen(company) { live.insert(company.id) }
    }
    try reader.forEach(PartyRecord.self, of: crm, kind: .person) { person in
      guard isOpen(person) else { return }
      people[person.subject] = person
      guard let company = person.companyIDs.first(where: live.contains) else {
        free.append(MatchRecord(person, side: .left))
        return
      }
      // The first with a mail address, in order of ids.
      if employed[company] == nil || (employed[company]?.emails ?? []).isEmpty {
        employed[company] = person
      }
    }
    try reader.forEach(PartyRecord.self, of: crm, kind: .company) { company in
      guard isOpen(company) else { return }
      var own = MatchRecord(company, side: .left)
      let chosen = try reader.person(of: company.subject).flatMap { people[$0] }
      if let person = chosen ?? employed[company.id] {
        own.firstName = person.firstName
        own.lastName = person.lastName
        if own.emails.isEmpty { own.emails = person.emails }
        if own.phones.isEmpty { own.phones = MatchRecord.phones(of: person) }
      }
      companies.append(own)
    }
    return companies + free
  }

  /// All people of a CRM, those of companies too: they can be there twice.
  package func people(of crm: SystemName) throws -> [MatchRecord] {
    var records: [MatchRecord] = []
    var names: [ID<Party>: String] = [:]
    try reader.forEach(PartyRecord.self, of: crm, kind: .company) { names[$0.id] = $0.name }
    try reader.forEach(PartyRecord.self, of: crm, kind: .person) { person in
      guard isOpen(person) else { return }
      var own = MatchRecord(person, side: .left)
      own.company = person.companyIDs.lazy.compactMap { names[$0] }.first ?? ""
      records.append(own)
    }
    return records
  }

  private func isOpen(_ party: PartyRecord) -> Bool {
    party.mergedInto == nil && party.status == .active
  }
}

/// What is settled between records: nobody is asked about it again.
package struct SettledPairs: Sendable {
  private var settled: Set<[String]> = []
  private var linked: Set<String> = []
  /// Pairs to be merged in their own system, still there.
  package private(set) var merges: [(left: String, right: String)] = []

  package init(_ reader: SnapshotReader) throws {
    for stored in try reader.allLinks() where stored.link.role == .party {
      let (left, right) = (stored.link.left.description, stored.link.right.description)
      settled.insert([left, right].sorted())
      linked.formUnion([left, right])
    }
    for (left, right) in try reader.apartPairs() {
      settled.insert([left.description, right.description].sorted())
    }
    for (left, right) in try reader.sameParties() {
      settled.insert([left.description, right.description].sorted())
      merges.append((left.description, right.description))
    }
  }

  /// The band in which a pair is still to be asked about; nil: it is settled. What would give a
  /// linked record a second partner is never linked unseen.
  package func band(of entry: DedupeList.Entry) -> Band? {
    if settled.contains([entry.left, entry.right].sorted()) { return nil }
    guard !entry.isInside else { return entry.band }
    let (isLeft, isRight) = (linked.contains(entry.left), linked.contains(entry.right))
    if isLeft, isRight { return nil }
    return entry.band == .auto && isLeft ? .review : entry.band
  }
}
