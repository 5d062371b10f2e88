package import Domain
internal import GRDB

/// What storing a record changed.
package enum StagedChange: Hashable, Sendable {
  case unchanged
  case new
  case changed
  /// The stored version is newer; the one offered was dropped.
  case stale
}

/// A record that can lie in the `record` table.
package protocol Recordable: Codable, Hashable, Sendable {
  var recordID: String { get }
  var recordKind: RecordKind { get }
  /// Whether it takes part in matching, invoicing and checks.
  var isLive: Bool { get }
  var modifiedAt: Instant? { get set }
}

extension Deal: Recordable {
  package var recordID: String { id.rawValue }
  package var recordKind: RecordKind { .deal }
  package var isLive: Bool { !isArchived }
}

extension PartyRecord: Recordable {
  package var recordID: String { subject.id }
  package var recordKind: RecordKind { subject.kind }
  package var isLive: Bool { status == .active }
}

extension Invoice: Recordable {
  package var recordID: String { id.rawValue }
  package var recordKind: RecordKind { .invoice }
  package var isLive: Bool { !status.isTerminal }
}

extension SnapshotReader {
  package func deal(_ id: ID<Deal>, of crm: SystemName) throws -> Deal? {
    try record(Deal.self, Subject(system: crm, kind: .deal, id: id.rawValue))
  }

  package func party(_ subject: Subject) throws -> PartyRecord? {
    try record(PartyRecord.self, subject)
  }

  package func invoice(_ id: ID<Invoice>, of system: SystemName) throws -> Invoice? {
    try record(Invoice.self, Subject(system: system, kind: .invoice, id: id.rawValue))
  }

  /// The stored record with its modified stamp; nil when it was never seen.
  package func record<Value: Recordable>(_ type: Value.Type, _ subject: Subject) throws -> Value? {
    let row = try Row.fetchOne(
      db.cachedStatement(
        sql: "SELECT body, modified_at FROM record WHERE system = ? AND kind = ? AND id = ?"),
      arguments: [subject.system.rawValue, subject.kind.rawValue, subject.id])
    guard let row else { return nil }
    var value = try Stored.decode(
      type, from: row[0], table: "record", key: subject.description)
    value.modifiedAt = (row[1] as Int64?).map(Instant.init(milliseconds:))
    return value
  }

  /// Every record of a kind in one system, by id, one at a time: nothing is kept in memory.
  package func forEach<Value: Recordable>(
    _ type: Value.Type, of system: SystemName, kind: RecordKind, _ body: (Value) throws -> Void
  ) throws {
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT body, modified_at, id FROM record WHERE system = ? AND kind = ? ORDER BY id
        """,
      arguments: [system.rawValue, kind.rawValue])
    while let row = try rows.next() {
      var value = try Stored.decode(
        type, from: row[0], table: "record", key: "\(system):\(kind.rawValue):\(row[2] as String)")
      value.modifiedAt = (row[1] as Int64?).map(Instant.init(milliseconds:))
      try body(value)
    }
  }

  package func count(of kind: RecordKind, in system: SystemName) throws -> Int {
    try Int.fetchOne(
      db.cachedStatement(
        sql: "SELECT COUNT(*) FROM record WHERE system = ? AND kind = ? AND is_live = 1"),
      arguments: [system.rawValue, kind.rawValue]) ?? 0
  }

  package func hasRecords(in system: SystemName) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM record WHERE system = ?)"),
      arguments: [system.rawValue]) ?? false
  }

  /// Whether the listing's view of a record is the one already stored.
  package func hasHead(_ digest: String, of subject: Subject) throws -> Bool {
    try String.fetchOne(
      db.cachedStatement(
        sql: "SELECT head_digest FROM record WHERE system = ? AND kind = ? AND id = ?"),
      arguments: [subject.system.rawValue, subject.kind.rawValue, subject.id]) == digest
  }

  /// What the listing last showed of a record; nil when it was never stored.
  package func headDigest(of subject: Subject) throws -> String? {
    try String.fetchOne(
      db.cachedStatement(
        sql: "SELECT head_digest FROM record WHERE system = ? AND kind = ? AND id = ?"),
      arguments: [subject.system.rawValue, subject.kind.rawValue, subject.id])
  }

  /// A digest of a record without its modified stamp.
  package func digest(of value: some Recordable) throws -> String {
    try SnapshotWriter.encoded(value).digest
  }
}

extension SnapshotWriter {
  /// Stores a record unless the stored one is newer or equal in content.
  ///
  /// - Parameter headDigest: what the listing showed, where the record was completed by further
  ///   reads; nil: the record itself is the listing's view.
  package func store(
    _ value: some Recordable, of system: SystemName, headDigest: String? = nil
  ) throws -> StagedChange {
    let (body, digest) = try Self.encoded(value)
    let head = headDigest ?? digest
    let subject = Subject(system: system, kind: value.recordKind, id: value.recordID)
    let row = try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT rowid, modified_at, digest, head_digest FROM record
          WHERE system = ? AND kind = ? AND id = ?
          """),
      arguments: [system.rawValue, subject.kind.rawValue, subject.id])
    guard let row else {
      try insert(value, subject, body: body, digest: digest, head: head)
      return .new
    }
    if let stored = row[1] as Int64?, let offered = value.modifiedAt?.milliseconds,
      offered < stored
    {
      return .stale
    }
    if row[2] as String == digest, row[3] as String == head {
      // A version between the two stamps is old, however late it is shown.
      if let offered = value.modifiedAt?.milliseconds, offered != row[1] as Int64? {
        try db.cachedStatement(sql: "UPDATE record SET modified_at = ? WHERE rowid = ?")
          .execute(arguments: [offered, row[0] as Int64])
      }
      return .unchanged
    }
    try db.cachedStatement(
      sql: """
        UPDATE record SET modified_at = ?, digest = ?, head_digest = ?, is_live = ?, body = ?
        WHERE rowid = ?
        """
    ).execute(arguments: [
      value.modifiedAt?.milliseconds, digest, head, value.isLive, body, row[0] as Int64,
    ])
    return row[2] as String == digest ? .unchanged : .changed
  }

  private func insert(
    _ value: some Recordable, _ subject: Subject, body: String, digest: String, head: String
  ) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO record (system, kind, id, modified_at, head_digest, digest, is_live, body)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      subject.system.rawValue, subject.kind.rawValue, subject.id,
      value.modifiedAt?.milliseconds, head, digest, value.isLive, body,
    ])
  }

  static func encoded<Value: Recordable>(_ value: Value) throws -> (body: String, digest: String) {
    var bare = value
    bare.modifiedAt = nil
    let body = try Stored.encode(bare)
    return (body, StableHash.hex([body]))
  }
}
