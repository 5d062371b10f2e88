internal import Foundation
internal import GRDB

/// Where a simulation looks at transactions, or lets them fail. Elsewhere nothing happens there.
package struct SnapshotSeams: Sendable {
  /// Called before each transaction; an error ends it before it begins, as a full disk would.
  package var willWrite: @Sendable () throws -> Void
  /// Called as soon as a transaction is durable.
  package var didWrite: @Sendable () -> Void

  package init(
    willWrite: @escaping @Sendable () throws -> Void = {},
    didWrite: @escaping @Sendable () -> Void = {}
  ) {
    self.willWrite = willWrite
    self.didWrite = didWrite
  }
}

/// The local memory of `xerosync`: one SQLite file, one writer.
///
/// Every change goes through `write`, one explicit transaction each; nothing of the network ever
/// happens inside.
package final class SnapshotStore: Sendable {
  package let path: String
  private let queue: DatabaseQueue
  private let seams: SnapshotSeams

  /// Opens the file, creating and migrating it as needed.
  ///
  /// - Throws: `SnapshotError` when the file is damaged, foreign, newer, or cannot be written.
  package init(
    path: String, seams: SnapshotSeams = SnapshotSeams()
  ) throws(SnapshotError) {
    self.path = path
    self.seams = seams
    do {
      try Self.refuseForeignFile(at: path)
      queue = try DatabaseQueue(path: path, configuration: Self.configuration())
      try Self.checkIdentity(of: queue, path: path)
      try Migrations.all.migrate(queue)
    } catch let error as SnapshotError {
      throw error
    } catch {
      throw Self.translate(error, path: path)
    }
  }

  private static func configuration() -> GRDB.Configuration {
    var configuration = GRDB.Configuration()
    configuration.busyMode = .timeout(5)
    configuration.foreignKeysEnabled = true
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA journal_mode = WAL")
      // NORMAL may lose the last commits on power loss; an intent must not be lost.
      try db.execute(sql: "PRAGMA synchronous = FULL")
      try db.execute(sql: "PRAGMA cache_size = -8000")
    }
    return configuration
  }

  /// SQLite reports a non-database only when it is read; say it plainly before opening. A
  /// database of another program is known by its first page: to open it would be to change it,
  /// for the journal's mode is kept in the file.
  static func refuseForeignFile(at path: String) throws(SnapshotError) {
    guard let handle = FileHandle(forReadingAtPath: path) else { return }
    defer { try? handle.close() }
    let page = [UInt8]((try? handle.read(upToCount: 108)) ?? Data())
    guard page.isEmpty || page.prefix(16).elementsEqual("SQLite format 3\0".utf8) else {
      throw .corrupt(path: path, reason: "it is not a SQLite database")
    }
    guard page.count == 108 else { return }
    let id = page[68..<72].reduce(0) { $0 << 8 | Int($1) }
    // A leaf without cells: no table was made yet, or ours are still in the write-ahead log.
    let isEmpty = page[100] == 0x0D && page[103] == 0 && page[104] == 0
    if id != Migrations.applicationID, !isEmpty { throw .foreign(path: path) }
  }

  static func checkIdentity(of queue: DatabaseQueue, path: String) throws {
    try queue.read { db in
      let id = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
      let tables =
        try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'") ?? 0
      if tables > 0, id != Migrations.applicationID { throw SnapshotError.foreign(path: path) }
      guard tables > 0 else { return }
      let applied = try Migrations.all.appliedIdentifiers(db)
      let unknown = applied.subtracting(Migrations.all.migrations)
      guard unknown.isEmpty else {
        throw SnapshotError.newerSchema(path: path, unknown: unknown.sorted())
      }
    }
  }

  /// Reads inside one consistent view of the file.
  package func read<Value>(
    _ body: (SnapshotReader) throws -> Value
  ) throws(SnapshotError) -> Value {
    do {
      return try queue.read { db in try body(SnapshotReader(db: db)) }
    } catch let error as SnapshotError {
      throw error
    } catch {
      throw Self.translate(error, path: path)
    }
  }

  /// One transaction: all of it or nothing.
  package func write<Value>(
    _ body: (SnapshotWriter) throws -> Value
  ) throws(SnapshotError) -> Value {
    do {
      try seams.willWrite()
      let value = try queue.write { db in try body(SnapshotWriter(db: db)) }
      seams.didWrite()
      return value
    } catch let error as SnapshotError {
      throw error
    } catch {
      throw Self.translate(error, path: path)
    }
  }

  /// Moves what the write-ahead log holds into the file itself and empties the log.
  package func checkpoint() throws(SnapshotError) {
    do {
      try queue.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
    } catch {
      throw Self.translate(error, path: path)
    }
  }

  /// SQLite's `synchronous` setting as this connection has it: 2 is FULL.
  package func durability() throws(SnapshotError) -> Int {
    try read { try Int.fetchOne($0.db, sql: "PRAGMA synchronous") ?? 0 }
  }

  /// Writes the file anew without its empty pages.
  func vacuum() throws(SnapshotError) {
    do { try queue.vacuum() } catch { throw Self.translate(error, path: path) }
    try checkpoint()
  }

  package func close() throws(SnapshotError) {
    do { try queue.close() } catch { throw Self.translate(error, path: path) }
  }

  static func translate(_ error: any Error, path: String) -> SnapshotError {
    guard let error = error as? DatabaseError else {
      return .failed(path: path, reason: "\(error)")
    }
    return switch error.resultCode {
    case .SQLITE_FULL: .diskFull(path: path)
    case .SQLITE_BUSY, .SQLITE_LOCKED: .busy(path: path)
    case .SQLITE_READONLY, .SQLITE_PERM: .readOnly(path: path)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
      .corrupt(path: path, reason: error.message ?? "malformed database")
    case .SQLITE_CANTOPEN:
      .directoryMissing(path: path, reason: error.message ?? "unable to open database file")
    default:
      .failed(path: path, reason: "\(error.extendedResultCode) \(error.message ?? "")")
    }
  }
}

/// What may be asked of the snapshot. The questions are in `Tables/`.
package struct SnapshotReader {
  let db: Database
}

/// What may be changed in the snapshot, in one transaction. The changes are in `Tables/`.
package struct SnapshotWriter {
  let db: Database

  /// The same transaction's view, its own changes included.
  package var reader: SnapshotReader { SnapshotReader(db: db) }
}
