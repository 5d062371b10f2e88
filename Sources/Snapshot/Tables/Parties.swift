package import Domain
internal import GRDB

extension RecordKind {
  /// Whether records of this kind are replicas of a party.
  package var isParty: Bool {
    switch self {
    case .company, .person, .contact: true
    case .deal, .invoice, .template, .product, .item, .alert, .line, .creditNote: false
    }
  }
}

extension SnapshotReader {
  /// What a party last agreed on, by the subject of its accounting contact.
  package func partyMemory(of anchor: Subject) throws -> PartyMemory {
    let body = try String.fetchOne(
      db.cachedStatement(sql: "SELECT body FROM party_memory WHERE anchor = ?"),
      arguments: [anchor.description])
    guard let body else { return PartyMemory() }
    return try Stored.decode(
      PartyMemory.self, from: body, table: "party_memory", key: anchor.description)
  }

  /// Parties the next plan must look at, by subject, from behind `last`; at most `limit`.
  package func partyAgenda(after last: Subject?, limit: Int) throws -> [Subject] {
    try String.fetchAll(
      db.cachedStatement(
        sql: "SELECT subject FROM party_dirty WHERE subject > ? ORDER BY subject LIMIT ?"),
      arguments: [last?.description ?? "", limit]
    ).compactMap { Subject($0) }
  }

  package func partyAgendaCount() throws -> Int {
    try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM party_dirty") ?? 0
  }

  /// The person whose name and mail address stand for a company; nil: none was found yet.
  package func person(of company: Subject) throws -> Subject? {
    try String.fetchOne(
      db.cachedStatement(sql: "SELECT person FROM party_person WHERE company = ?"),
      arguments: [company.description]
    ).flatMap { Subject($0) }
  }

  /// The companies a person stands for.
  package func companies(of person: Subject) throws -> [Subject] {
    try String.fetchAll(
      db.cachedStatement(
        sql: "SELECT company FROM party_person WHERE person = ? ORDER BY company"),
      arguments: [person.description]
    ).compactMap { Subject($0) }
  }

  /// Whether a person said that two records are not the same.
  package func isApart(_ a: Subject, _ b: Subject) throws -> Bool {
    let (left, right) = (min(a, b), max(a, b))
    return try Bool.fetchOne(
      db.cachedStatement(
        sql: #"SELECT EXISTS (SELECT 1 FROM party_apart WHERE "left" = ? AND "right" = ?)"#),
      arguments: [left.description, right.description]) ?? false
  }
}

extension SnapshotWriter {
  /// Remembers what a party agreed on; an empty memory is dropped.
  package func setPartyMemory(_ memory: PartyMemory, of anchor: Subject) throws {
    guard !memory.isEmpty else {
      return try db.cachedStatement(sql: "DELETE FROM party_memory WHERE anchor = ?")
        .execute(arguments: [anchor.description])
    }
    try db.cachedStatement(
      sql: """
        INSERT INTO party_memory (anchor, body) VALUES (?, ?)
        ON CONFLICT (anchor) DO UPDATE SET body = excluded.body
        """
    ).execute(arguments: [anchor.description, try Stored.encode(memory)])
  }

  package func markPartyDirty(_ subject: Subject, because reason: String) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO party_dirty (subject, reason) VALUES (?, ?) ON CONFLICT (subject) DO NOTHING
        """
    ).execute(arguments: [subject.description, reason])
  }

  package func clearPartyDirty(_ subjects: [Subject]) throws {
    let statement = try db.cachedStatement(sql: "DELETE FROM party_dirty WHERE subject = ?")
    for subject in subjects { try statement.execute(arguments: [subject.description]) }
  }

  /// Parties with operations not settled yet are looked at again.
  package func markOpenPartiesDirty() throws {
    try db.execute(
      sql: """
        INSERT OR IGNORE INTO party_dirty (subject, reason)
        SELECT subject, 'open operation' FROM operation
        WHERE state IN ('planned', 'sent', 'unknown') AND object IN
          ('contact', 'company', 'person', 'link') AND subject NOT LIKE '%:deal:%'
        """)
  }

  /// Every live company, person and contact is looked at again.
  package func markAllPartiesDirty() throws {
    try db.execute(
      sql: """
        INSERT OR IGNORE INTO party_dirty (subject, reason)
        SELECT system || ':' || kind || ':' || id, 'full' FROM record
        WHERE kind IN ('company', 'person', 'contact') AND is_live = 1
        """)
  }

  /// The person stands for the company from now on; nil: nobody does.
  package func setPerson(_ person: Subject?, of company: Subject) throws {
    guard let person else {
      return try db.cachedStatement(sql: "DELETE FROM party_person WHERE company = ?")
        .execute(arguments: [company.description])
    }
    try db.cachedStatement(
      sql: """
        INSERT INTO party_person (company, person) VALUES (?, ?)
        ON CONFLICT (company) DO UPDATE SET person = excluded.person
        """
    ).execute(arguments: [company.description, person.description])
  }

  /// Two records are (not) to be taken for the same by any search.
  package func setApart(_ a: Subject, _ b: Subject, _ isApart: Bool) throws {
    let arguments: StatementArguments = [min(a, b).description, max(a, b).description]
    try db.execute(
      sql: isApart
        ? #"INSERT OR IGNORE INTO party_apart ("left", "right") VALUES (?, ?)"#
        : #"DELETE FROM party_apart WHERE "left" = ? AND "right" = ?"#,
      arguments: arguments)
  }

  /// A merged record's part in what was agreed goes to the survivor.
  func rekeyMemory(of old: Subject, to new: Subject) throws {
    for stored in try reader.links(of: old) where stored.link.role == .party {
      let other = stored.link.left == old ? stored.link.right : stored.link.left
      var memory = try reader.partyMemory(of: other)
      guard !memory.isEmpty else { continue }
      memory.rename(old, to: new)
      try setPartyMemory(memory, of: other)
    }
    let own = try reader.partyMemory(of: old)
    if !own.isEmpty {
      if try reader.partyMemory(of: new).isEmpty {
        var moved = own
        moved.rename(old, to: new)
        try setPartyMemory(moved, of: new)
      }
      try setPartyMemory(PartyMemory(), of: old)
    }
    let names: StatementArguments = [new.description, old.description]
    try db.cachedStatement(sql: "UPDATE OR REPLACE party_person SET company = ? WHERE company = ?")
      .execute(arguments: names)
    try db.cachedStatement(sql: "UPDATE party_person SET person = ? WHERE person = ?").execute(
      arguments: names)
    try db.cachedStatement(sql: "DELETE FROM hold WHERE subject = ?").execute(arguments: [
      old.description
    ])
    try clearPartyDirty([old])
    try markPartyDirty(new, because: "merged")
  }
}
