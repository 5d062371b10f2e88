package import Domain
internal import GRDB

/// The kinds of key under which a party is found again.
package enum PartyKeyType: String, Hashable, Sendable, CaseIterable {
  case mark, email, name
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
    return change
  }

  private static func keys(of party: PartyRecord) -> [(PartyKeyType, String)] {
    var keys: [(PartyKeyType, String)] = []
    if !party.mark.isEmpty { keys.append((.mark, party.mark)) }
    for email in party.emails.map(PartyKeys.email) where !email.isEmpty {
      keys.append((.email, email))
    }
    let name = PartyKeys.name(party.name)
    if !name.isEmpty { keys.append((.name, name)) }
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
}
