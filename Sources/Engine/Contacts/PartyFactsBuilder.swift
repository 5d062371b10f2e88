internal import Domain
internal import Reconciler
internal import Snapshot

/// Gathers from the snapshot what the planner may look at for one party.
struct PartyFactsBuilder {
  let context: PartyContext
  let planner: Planner
  let reader: SnapshotReader

  struct Built {
    var facts: PartyFacts
    /// Records that share a coarse key with one that nobody knows: not compared yet.
    var alike: [PartyCandidate] = []
    /// People found to stand for a company, by company.
    var people: [Subject: Subject]
  }

  /// The party a subject belongs to: its accounting contact, or the record itself.
  func anchor(of subject: Subject) throws -> Subject {
    if subject.system == context.accounting { return try survivor(of: subject) }
    if let contact = try mainContact(of: subject) { return contact }
    for company in try reader.companies(of: subject) {
      if let contact = try mainContact(of: company) { return contact }
    }
    return subject
  }

  /// Followed through merges, as far as they are known.
  private func survivor(of contact: Subject) throws -> Subject {
    var current = contact
    var visited: Set<Subject> = [contact]
    while let next = try reader.party(current)?.mergedInto {
      let subject = Subject(system: current.system, kind: .contact, id: next.rawValue)
      guard visited.insert(subject).inserted else { break }
      current = subject
    }
    return current
  }

  /// The contact linked first; contacts linked later are branches with data of their own.
  private func mainContact(of record: Subject) throws -> Subject? {
    let links = try reader.links(of: record).filter { $0.link.role == .party }
    let main = links.min { ($0.since, $0.link.right) < ($1.since, $1.link.right) }
    return try main.map { try survivor(of: $0.link.right) }
  }

  /// Everything about the party of one subject; nil when nothing is to be looked at.
  func party(_ subject: Subject) throws -> Built? {
    let anchor = try anchor(of: subject)
    guard let record = try reader.party(anchor) else { return nil }
    let others = try linkedRecords(of: anchor)
    // A branch has data of its own, and its customer is known.
    guard try !others.isEmpty || !isBranch(anchor) else { return nil }
    guard !others.isEmpty || planner.wantsTwin(record, context) else { return nil }
    var replicas = [replica(record)] + others.map { replica($0) }
    let people = try addPeople(of: others, contact: record, to: &replicas)
    var facts = PartyFacts(
      subject: anchor, replicas: replicas, memory: try reader.partyMemory(of: anchor))
    if anchor.system != context.accounting { facts.people = try peopleOfDeals(record) }
    let alike = try addSearch(record, to: &facts)
    for replica in facts.replicas {
      let open = try reader.openOperations(of: replica.record.subject)
      facts.unresolved += open.filter {
        ($0.state == .sent || $0.state == .unknown) && $0.operation.effect.makesParty
      }.map(\.operation.id)
    }
    return Built(facts: facts, alike: alike, people: people)
  }

  private func replica(_ record: PartyRecord, isPerson: Bool = false) -> PartyFacts.Replica {
    PartyFacts.Replica(
      record: record, traits: context.traits(of: record.subject.system), isPerson: isPerson)
  }

  private func isBranch(_ anchor: Subject) throws -> Bool {
    guard anchor.system == context.accounting else { return false }
    return try reader.links(of: anchor).contains { $0.link.role == .party }
  }

  /// CRM records of which this contact is the main one.
  private func linkedRecords(of anchor: Subject) throws -> [PartyRecord] {
    guard anchor.system == context.accounting else { return [] }
    return try reader.links(of: anchor).filter { $0.link.role == .party }
      .filter { try mainContact(of: $0.link.left) == anchor }
      .compactMap { try reader.party($0.link.left) }
  }

  /// A person beside its company shares what a company's record lacks: the one remembered, or
  /// the one that has the contact's own mail address.
  private func addPeople(
    of records: [PartyRecord], contact: PartyRecord, to replicas: inout [PartyFacts.Replica]
  ) throws -> [Subject: Subject] {
    let companies = records.filter { $0.subject.kind == .company }
    guard !companies.isEmpty else { return [:] }
    for index in replicas.indices where replicas[index].record.subject.kind == .person {
      replicas[index].isPerson = true
    }
    var found: [Subject: Subject] = [:]
    for company in companies where company.status == .active {
      var person = try reader.person(of: company.subject).flatMap { try reader.party($0) }
      if let known = person, known.status != .active || !isOf(company, known) { person = nil }
      if person == nil {
        person = try personByMail(of: company, contact)
        if let person { found[company.subject] = person.subject }
      }
      guard let person, !replicas.contains(where: { $0.record.subject == person.subject })
      else { continue }
      replicas.append(replica(person, isPerson: true))
    }
    return found
  }

  private func isOf(_ company: PartyRecord, _ person: PartyRecord) -> Bool {
    person.companyIDs.isEmpty || person.companyIDs.contains(company.id)
  }

  private func personByMail(
    of company: PartyRecord, _ contact: PartyRecord
  ) throws -> PartyRecord? {
    guard let mail = contact.emails.first.map(PartyKeys.email), !mail.isEmpty else { return nil }
    let people = try reader.parties(of: company.subject.system, .email, equal: mail)
    let colleagues = try Set(peopleOfDeals(company).map(\.subject))
    return try people.first { person in
      guard person.subject.kind == .person, person.status == .active else { return false }
      guard person.companyIDs.contains(company.id) || colleagues.contains(person.subject) else {
        return false
      }
      return try !reader.links(of: person.subject).contains { $0.link.role == .party }
    }
  }

  /// The people of a company as far as its deals name them.
  private func peopleOfDeals(_ company: PartyRecord) throws -> [PartyRecord] {
    guard company.subject.kind == .company else { return [] }
    let crm = company.subject.system
    var people: [PartyRecord] = []
    for subject in try reader.deals(of: company.subject).prefix(5) {
      for id in try reader.deal(ID(subject.id), of: crm)?.personIDs ?? [] {
        let person = Subject(system: crm, kind: .person, id: id.rawValue)
        guard !people.contains(where: { $0.subject == person }),
          let record = try reader.party(person), record.status == .active
        else { continue }
        people.append(record)
      }
    }
    return people
  }
}

// MARK: who it might be

extension PartyFactsBuilder {
  /// The answer holds records that are not equal in anything, where no other was found.
  private func addSearch(
    _ record: PartyRecord, to facts: inout PartyFacts
  ) throws -> [PartyCandidate] {
    guard record.status == .active, planner.wantsTwin(record, context) else { return [] }
    var alike: [PartyCandidate] = []
    let isContact = record.subject.system == context.accounting
    let targets = isContact ? context.crms : [context.accounting]
    for target in targets where !facts.knownIn.contains(target) {
      var seen: Set<Subject> = []
      func add(_ found: [PartyRecord], _ evidence: ContactCandidate.Evidence) throws {
        for other in found
        where other.subject.kind.isParty && other.mergedInto == nil
          && seen.insert(other.subject).inserted
        {
          if try reader.isApart(record.subject, other.subject) {
            // One that still carries our mark would be found again as the same.
            if evidence == .mark { facts.apart.insert(target) }
            continue
          }
          facts.candidates.append(
            PartyCandidate(
              record: other, evidence: evidence,
              isTaken: try isTaken(other, by: record.subject.system)))
        }
      }
      let mark = isContact ? record.subject.id : record.subject.description
      try add(try reader.parties(of: target, .mark, equal: mark), .mark)
      if isContact, let origin = Subject(record.mark), origin.system == target,
        let own = try reader.party(origin)
      {
        try add([own], .mark)
      }
      let mails = ([record] + facts.people).flatMap(\.emails).map(PartyKeys.email)
      for mail in mails { try add(try reader.parties(of: target, .email, equal: mail), .email) }
      try add(
        try reader.parties(of: target, .name, equal: PartyKeys.name(record.name)), .name)
      guard seen.isEmpty else { continue }
      for other in try reader.parties(near: record, in: target)
      where try !reader.isApart(record.subject, other.subject) {
        alike.append(
          PartyCandidate(
            record: other, evidence: .resemblance,
            isTaken: try isTaken(other, by: record.subject.system)))
      }
    }
    guard !isContact else { return alike }
    for name in context.nameProposals(for: record) {
      for holder in try reader.parties(
        of: context.accounting, .name, equal: PartyKeys.name(name))
      where holder.status == .active {
        facts.namesTaken.insert(holder.name.lowercased())
      }
    }
    return alike
  }

  private func isTaken(_ record: PartyRecord, by system: SystemName) throws -> Bool {
    try reader.links(of: record.subject).contains { stored in
      guard stored.link.role == .party else { return false }
      let other = stored.link.left == record.subject ? stored.link.right : stored.link.left
      return other.system == system
    }
  }
}

extension Effect {
  /// Whether it makes a contact, company or person.
  var makesParty: Bool {
    switch self {
    case .createContact, .createParty: true
    case .createInvoice, .reviseInvoice, .cancelInvoice, .emailInvoice, .createTemplate,
      .endTemplate, .createItem, .reportOnDeal, .updateParty, .notify, .link:
      false
    }
  }
}
