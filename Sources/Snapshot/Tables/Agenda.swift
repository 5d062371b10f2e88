package import Domain
internal import GRDB

extension SnapshotWriter {
  /// The reason of subjects a person asked for: they are read anew first.
  static let asked = "asked for by hand"

  /// Puts a subject before the next plan.
  package func markDirty(_ subject: Subject, because reason: String) throws {
    guard !subject.kind.isParty else { return try markPartyDirty(subject, because: reason) }
    try db.cachedStatement(
      sql: "INSERT INTO dirty (subject, reason) VALUES (?, ?) ON CONFLICT (subject) DO NOTHING"
    ).execute(arguments: [subject.description, reason])
  }

  /// Puts a deal before the next plan and has it read from its CRM before that: who belongs to
  /// a deal may have changed without its listing showing it.
  package func ask(for deal: Subject) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO dirty (subject, reason) VALUES (?, ?)
        ON CONFLICT (subject) DO UPDATE SET reason = excluded.reason
        """
    ).execute(arguments: [deal.description, Self.asked])
  }

  package func clearDirty(_ subjects: [Subject]) throws {
    let statement = try db.cachedStatement(sql: "DELETE FROM dirty WHERE subject = ?")
    for subject in subjects { try statement.execute(arguments: [subject.description]) }
  }

  /// Looks at the subject again on the given day; nil: no more.
  package func wake(_ subject: Subject, on day: CalendarDate?) throws {
    guard let day else {
      try db.cachedStatement(sql: "DELETE FROM wake WHERE subject = ?")
        .execute(arguments: [subject.description])
      return
    }
    try db.cachedStatement(
      sql: """
        INSERT INTO wake (subject, day) VALUES (?, ?)
        ON CONFLICT (subject) DO UPDATE SET day = excluded.day
        """
    ).execute(arguments: [subject.description, day.description])
  }

  /// Records who belongs to a deal, in place of what was known.
  package func setParties(_ parties: [Subject], of deal: Subject) throws {
    try db.cachedStatement(sql: "DELETE FROM deal_party WHERE deal = ?")
      .execute(arguments: [deal.description])
    let statement = try db.cachedStatement(
      sql: "INSERT OR IGNORE INTO deal_party (party, deal) VALUES (?, ?)")
    for party in parties {
      try statement.execute(arguments: [party.description, deal.description])
    }
  }
}

extension SnapshotReader {
  /// What the next plan must look at: changed subjects and those whose day has come, in order.
  package func agenda(on today: CalendarDate) throws -> [Subject] {
    try String.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT subject FROM dirty UNION SELECT subject FROM wake WHERE day <= ? ORDER BY 1
          """),
      arguments: [today.description]
    ).compactMap { Subject($0) }
  }

  /// Deals of a CRM that a person asked for.
  package func asked(of crm: SystemName) throws -> [Subject] {
    try String.fetchAll(
      db,
      sql: "SELECT subject FROM dirty WHERE reason = ? AND subject >= ? AND subject < ?",
      arguments: [SnapshotWriter.asked, "\(crm):deal:", "\(crm):deal;"]
    ).compactMap { Subject($0) }
  }

  /// Live records of one kind that a whole reading of the listing, which forgets first what it
  /// had shown, did not meet: those that are linked or belong to a deal, and deals.
  package func unlisted(_ kind: RecordKind, of system: SystemName) throws -> [Subject] {
    try String.fetchAll(
      db,
      sql: """
        SELECT id FROM record
        WHERE system = ?1 AND kind = ?2 AND head_digest = '' AND is_live = 1
          AND (kind = 'deal'
            OR EXISTS (SELECT 1 FROM link WHERE "left" = ?1 || ':' || ?2 || ':' || id)
            OR EXISTS (SELECT 1 FROM deal_party WHERE party = ?1 || ':' || ?2 || ':' || id))
        ORDER BY id
        """,
      arguments: [system.rawValue, kind.rawValue]
    ).map { Subject(system: system, kind: kind, id: $0) }
  }

  /// The deals a party belongs to.
  package func deals(of party: Subject) throws -> [Subject] {
    try String.fetchAll(
      db.cachedStatement(sql: "SELECT deal FROM deal_party WHERE party = ? ORDER BY deal"),
      arguments: [party.description]
    ).compactMap { Subject($0) }
  }
}
