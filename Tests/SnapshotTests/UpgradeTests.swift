import Domain
import Foundation
import GRDB
import Testing

@testable import Snapshot

/// Every schema there ever was is brought up to the present one, with everything in it.
struct UpgradeTests {
  private let path = TemporaryFile.path()

  /// A snapshot as that version left it, with a row in every table it had.
  private func make(upTo migration: String) throws -> [String: Int] {
    let queue = try DatabaseQueue(path: path)
    try Migrations.all.migrate(queue, upTo: migration)
    let counts = try queue.write { db -> [String: Int] in
      try db.execute(sql: Self.rows)
      return try Self.counts(db)
    }
    try queue.close()
    return counts
  }

  private static let rows = """
    INSERT INTO meta VALUES ('organisation', 'abc');
    INSERT INTO record (system, kind, id, modified_at, head_digest, digest, is_live, body)
      VALUES ('hubspot', 'deal', '1', 5, 'h', 'd', 1, '{}');
    INSERT INTO party_key VALUES ('xero', 'email', 'a@b.c', 'contact', '9');
    INSERT INTO invoice_index
      VALUES ('xero', 'i', '9', 'INV-1', 'r', 'u', NULL, '2026-11-01', 1, 5);
    INSERT INTO deal_party VALUES ('hubspot:company:7', 'hubspot:deal:1');
    INSERT INTO link VALUES
      ('hubspot:company:7', 'xero:contact:9', '{"party":{}}', 'hand', 5),
      ('hubspot:deal:1', 'xero:invoice:i', '{"template":{}}', 'pass', 5);
    INSERT INTO cursor VALUES ('hubspot', 'deals', '{}');
    INSERT INTO dirty VALUES ('hubspot:deal:1', 'changed');
    INSERT INTO wake VALUES ('hubspot:deal:1', '2026-12-01');
    INSERT INTO operation
      (id, run, state, action, system, object, subject, body, planned_at, sent_at)
      VALUES ('op_1', 1, 'sent', 'create', 'xero', 'invoice', 'hubspot:deal:1', '{}', 5, 6);
    INSERT INTO hold VALUES ('hubspot:deal:1', 'no_amount', 'm', 'r', 5);
    INSERT INTO conflict (run, subject, body) VALUES (1, 'xero:contact:9', '{}');
    INSERT INTO deal_state (subject, is_ignored) VALUES ('hubspot:deal:1', 1);
    INSERT INTO alert VALUES ('k', 'hubspot:deal:1', 5);
    INSERT INTO run (started_at, outcome) VALUES (5, 'running');
    INSERT INTO cache VALUES ('budget:xero', 5, '{}');
    """

  private static func tables(_ db: Database) throws -> [String] {
    try String.fetchAll(
      db,
      sql: """
        SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
          AND name NOT LIKE 'grdb_%' ORDER BY name
        """)
  }

  private static func counts(_ db: Database) throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for table in try tables(db) {
      counts[table] = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM \(table)")
    }
    return counts
  }

  /// Names and shapes of everything in the database.
  private func schema(_ path: String) throws -> [String] {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    return try queue.read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT name || ': ' || sql FROM sqlite_master
          WHERE sql IS NOT NULL AND name NOT LIKE 'grdb_%' ORDER BY name
          """)
    }
  }

  @Test(arguments: Migrations.all.migrations)
  func fromEverySchema(migration: String) throws {
    let before = try make(upTo: migration)
    let store = try SnapshotStore(path: path)
    let after = try store.read { try Self.counts($0.db) }
    for (table, count) in before { #expect(after[table] ?? 0 >= count, "\(table)") }
    #expect(try store.read { try $0.meta("organisation") } == "abc")
    #expect(try store.read { try $0.linkCount() } == 2)
    #expect(try store.read { try String.fetchOne($0.db, sql: "PRAGMA integrity_check") } == "ok")
    try store.close()
    let fresh = TemporaryFile.path()
    try SnapshotStore(path: fresh).close()
    #expect(try schema(path) == schema(fresh))
    // The second opening changes nothing.
    try SnapshotStore(path: path).close()
    #expect(try SnapshotInspection.of(path).isOlder == false)
  }

  /// Looking at an older file leaves it as it is.
  @Test func inspectionMigratesNothing() throws {
    let first = try #require(Migrations.all.migrations.first)
    _ = try make(upTo: first)
    let inspection = try SnapshotInspection.of(path)
    #expect(inspection.isOlder)
    #expect(inspection.flaws.isEmpty)
    let queue = try DatabaseQueue(path: path)
    #expect(try queue.read { try Migrations.all.appliedIdentifiers($0) } == [first])
    try queue.close()
  }

  /// A released migration never changes: the names of all that there were.
  @Test func noMigrationIsLost() {
    let released = [
      "2026-11-first", "2026-11-invoices-of-templates", "2026-11-contacts", "2026-11-decisions",
    ]
    #expect(Migrations.all.migrations.starts(with: released))
  }
}
