package import Domain
internal import GRDB

/// One pass as it is remembered.
package struct StoredRun: Hashable, Sendable {
  package var run: Int64
  package var startedAt: Instant
  package var finishedAt: Instant?
  /// `running` while it goes on or when it was killed.
  package var outcome: String
  package var exitCode: Int?
  /// The JSON report.
  package var report: String?
  /// Why it ended before its time, or what went wrong; nil: nothing did.
  package var reason: String?
}

extension SnapshotWriter {
  package func beginRun(at now: Instant) throws -> Int64 {
    try db.cachedStatement(sql: "INSERT INTO run (started_at, outcome) VALUES (?, 'running')")
      .execute(arguments: [now.milliseconds])
    return db.lastInsertedRowID
  }

  package func endRun(
    _ run: Int64, outcome: String, exitCode: Int, report: String?, reason: String? = nil,
    at now: Instant
  ) throws {
    try db.cachedStatement(
      sql: """
        UPDATE run SET finished_at = ?, outcome = ?, exit_code = ?, report = ?, reason = ?
        WHERE run = ?
        """
    ).execute(arguments: [
      now.milliseconds, outcome, exitCode, report, reason.map { String($0.prefix(4000)) }, run,
    ])
  }

  package func setCursor(_ body: some Encodable, of system: SystemName, feed: String) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO cursor (system, feed, body) VALUES (?, ?, ?)
        ON CONFLICT (system, feed) DO UPDATE SET body = excluded.body
        """
    ).execute(arguments: [system.rawValue, feed, try Stored.encode(body)])
  }

  /// Forgets how far every listing was read and what it showed, for a full pass.
  package func clearCursors() throws {
    try db.execute(sql: "DELETE FROM cursor")
    // Stamps may have gone backwards (an import, a restore): a full reading believes them.
    try db.execute(sql: "UPDATE record SET head_digest = '', modified_at = NULL")
  }

  package func setCache(_ key: String, _ body: some Encodable, readAt: Instant) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO cache (key, read_at, body) VALUES (?, ?, ?)
        ON CONFLICT (key) DO UPDATE SET read_at = excluded.read_at, body = excluded.body
        """
    ).execute(arguments: [key, readAt.milliseconds, try Stored.encode(body)])
  }

  package func dropCache(_ key: String) throws {
    try db.cachedStatement(sql: "DELETE FROM cache WHERE key = ?").execute(arguments: [key])
  }

  package func setMeta(_ key: String, _ value: String) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO meta (key, value) VALUES (?, ?)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value
        """
    ).execute(arguments: [key, value])
  }
}

extension SnapshotReader {
  /// The last pass that ended; nil: none did yet.
  package func lastEndedRun() throws -> StoredRun? {
    try runs(limit: 20).first { $0.finishedAt != nil }
  }

  /// The newest runs, newest first.
  package func runs(limit: Int) throws -> [StoredRun] {
    try Row.fetchAll(
      db.cachedStatement(sql: "SELECT * FROM run ORDER BY run DESC LIMIT ?"), arguments: [limit]
    ).map { row in
      StoredRun(
        run: row["run"], startedAt: Instant(milliseconds: row["started_at"]),
        finishedAt: (row["finished_at"] as Int64?).map(Instant.init(milliseconds:)),
        outcome: row["outcome"], exitCode: row["exit_code"], report: row["report"],
        reason: row["reason"])
    }
  }

  /// When the last pass ended that did all it had to do.
  package func lastSuccess() throws -> Instant? {
    try Int64.fetchOne(
      db,
      sql: """
        SELECT finished_at FROM run WHERE outcome = 'ok' AND finished_at IS NOT NULL
        ORDER BY run DESC LIMIT 1
        """
    ).map(Instant.init(milliseconds:))
  }

  /// Size of the file, its write-ahead log not counted.
  package func sizeInBytes() throws -> Int {
    let page = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
    return try page * (Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0)
  }

  package func hasRun(_ run: Int64) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM run WHERE run = ?)"), arguments: [run])
      ?? false
  }

  package func cursor<Body: Decodable>(
    _ type: Body.Type, of system: SystemName, feed: String
  ) throws -> Body? {
    try String.fetchOne(
      db.cachedStatement(sql: "SELECT body FROM cursor WHERE system = ? AND feed = ?"),
      arguments: [system.rawValue, feed]
    ).map { try Stored.decode(type, from: $0, table: "cursor", key: "\(system) \(feed)") }
  }

  /// A cached list and when it was read; nil when absent or written by another version.
  package func cache<Body: Decodable>(
    _ key: String, as type: Body.Type
  ) throws -> (body: Body, readAt: Instant)? {
    guard
      let row = try Row.fetchOne(
        db.cachedStatement(sql: "SELECT body, read_at FROM cache WHERE key = ?"), arguments: [key]),
      let body = try? Stored.decode(type, from: row[0], table: "cache", key: key)
    else { return nil }
    return (body, Instant(milliseconds: row[1]))
  }

  /// Every cached body whose key begins with `prefix`, by key; those written by another version
  /// are left out.
  package func caches<Body: Decodable>(
    beginningWith prefix: String, as type: Body.Type
  ) throws -> [Body] {
    try Row.fetchAll(
      db.cachedStatement(
        sql:
          "SELECT key, body FROM cache WHERE key >= ?1 AND key < ?1 || char(1114111) ORDER BY key"),
      arguments: [prefix]
    ).compactMap { try? Stored.decode(type, from: $0[1], table: "cache", key: $0[0]) }
  }

  package func meta(_ key: String) throws -> String? {
    try String.fetchOne(
      db.cachedStatement(sql: "SELECT value FROM meta WHERE key = ?"), arguments: [key])
  }
}
