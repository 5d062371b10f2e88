package import Domain
internal import GRDB

/// The kinds of key under which a party is found again.
package enum PartyKeyType: String, Hashable, Sendable, CaseIterable {
  case mark, email, name
  /// A company's id, for the people it employs.
  case employer
}

extension SnapshotWriter {
  /// Stores a party together with the keys it is found by.
  package func store(party: PartyRecord) throws -> StagedChange {
    let change = try store(party, of: party.subject.system)
    guard change == .new || change == .changed else { return change }
    let subject = party.subject
    if change == .changed {
      try db.cachedStatement(
        sql: "DELETE FROM party_key WHERE system = ? AND kind = ? AND id = ?"
      ).execute(arguments: [subject.system.rawValue, subject.kind.rawValue, subject.id])
    }
    for (type, key) in Self.keys(of: party) {
      try db.cachedStatement(
        sql: "INSERT OR IGNORE INTO party_key (system, type, key, kind, id) VALUES (?, ?, ?, ?, ?)"
      ).execute(arguments: [
        subject.system.rawValue, type.rawValue, key, subject.kind.rawValue, subject.id,
      ])
    }
    try storeNearKeys(of: party)
    return change
  }

  func storeNearKeys(of party: PartyRecord) throws {
    guard let row = try reader.row(of: party.subject) else { return }
    try db.cachedStatement(sql: "DELETE FROM party_near WHERE record = ?").execute(
      arguments: [row])
    let insert = try db.cachedStatement(
      sql: "INSERT OR IGNORE INTO party_near (key, record) VALUES (?, ?)")
    guard party.isLive, party.mergedInto == nil else { return }
    for key in PartyKeys.near(party) {
      try insert.execute(arguments: [SnapshotReader.nearKey(key, party.subject.system), row])
    }
  }

  private static func keys(of party: PartyRecord) -> [(PartyKeyType, String)] {
    var keys: [(PartyKeyType, String)] = []
    if !party.mark.isEmpty { keys.append((.mark, party.mark)) }
    for email in party.emails.map(PartyKeys.email) where !email.isEmpty {
      keys.append((.email, email))
    }
    let name = PartyKeys.name(party.name)
    if !name.isEmpty { keys.append((.name, name)) }
    if party.subject.kind == .person {
      keys += party.companyIDs.map { (.employer, $0.rawValue) }
    }
    return keys
  }
}

extension SnapshotReader {
  /// Parties of a system that carry the key, by id.
  package func parties(
    of system: SystemName, _ type: PartyKeyType, equal key: String, limit: Int = 20
  ) throws -> [PartyRecord] {
    guard !key.isEmpty else { return [] }
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT kind, id FROM party_key WHERE system = ? AND type = ? AND key = ?
          ORDER BY id LIMIT ?
          """),
      arguments: [system.rawValue, type.rawValue, key, limit])
    return try rows.compactMap { row in
      guard let kind = RecordKind(rawValue: row[0]) else { return nil }
      return try party(Subject(system: system, kind: kind, id: row[1]))
    }
  }

  /// Live parties of a system that share a coarse key with the record, by row. A key that too
  /// many share tells nothing and is passed over.
  package func parties(near record: PartyRecord, in system: SystemName) throws -> [PartyRecord] {
    var rows: Set<Int64> = []
    for key in PartyKeys.near(record) {
      let found = try Int64.fetchAll(
        db.cachedStatement(sql: "SELECT record FROM party_near WHERE key = ? LIMIT ?"),
        arguments: [Self.nearKey(key, system), Self.sharersMax + 1])
      if found.count <= Self.sharersMax { rows.formUnion(found) }
    }
    return try rows.sorted().compactMap { row in
      let found = try Row.fetchOne(
        db.cachedStatement(sql: "SELECT kind, id FROM record WHERE rowid = ?"), arguments: [row])
      guard let found, let kind = RecordKind(rawValue: found[0]) else { return nil }
      return try party(Subject(system: system, kind: kind, id: found[1]))
    }
  }

  private static let sharersMax = 60

  func row(of subject: Subject) throws -> Int64? {
    try Int64.fetchOne(
      db.cachedStatement(
        sql: "SELECT rowid FROM record WHERE system = ? AND kind = ? AND id = ?"),
      arguments: [subject.system.rawValue, subject.kind.rawValue, subject.id])
  }

  /// Six bytes of a hash (FNV-1a): small keys make a small index; a collision costs a comparison.
  static func nearKey(_ key: String, _ system: SystemName) -> Int64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in [UInt8](system.rawValue.utf8) + [0] + [UInt8](key.utf8) {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return Int64(hash >> 16)
  }
}
