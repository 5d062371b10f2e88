import Foundation
import GRDB
import Snapshot
import Testing

/// The file itself: what is opened, what is refused, and that nothing of it is lost by refusing.
struct FileTests {
  private let path = TemporaryFile.path()

  private func error(_ path: String) -> SnapshotError? {
    do {
      let store = try SnapshotStore(path: path)
      try store.close()
      return nil
    } catch { return error }
  }

  @Test func newFileIsOurs() throws {
    let store = try SnapshotStore(path: path)
    try store.write { try $0.setMeta("organisation", "abc") }
    try store.close()
    let raw = try DatabaseQueue(path: path)
    try raw.read { db in
      #expect(try Int.fetchOne(db, sql: "PRAGMA application_id") == 0x5853_594E)
      #expect(try String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal")
      let tables = try Row.fetchAll(
        db,
        sql: """
          SELECT name, strict FROM pragma_table_list
          WHERE type = 'table' AND schema = 'main' AND name NOT LIKE 'sqlite_%'
            AND name NOT LIKE 'grdb_%'
          """)
      #expect(tables.count >= 15)
      for table in tables {
        #expect(table["strict"] as Bool, "\(table["name"] as String) is not STRICT")
      }
      #expect(try String.fetchOne(db, sql: "PRAGMA integrity_check") == "ok")
    }
    try raw.close()
    let again = try SnapshotStore(path: path)
    #expect(try again.read { try $0.meta("organisation") } == "abc")
    try again.close()
  }

  /// A commit is on the disk before it is said to be: full synchronisation on every connection.
  @Test func commitsAreDurable() throws {
    let store = try SnapshotStore(path: path)
    defer { try? store.close() }
    #expect(try store.durability() == 2)
  }

  @Test func emptyFileIsTakenOver() throws {
    try Data().write(to: URL(fileURLWithPath: path))
    #expect(error(path) == nil)
  }

  @Test func otherThings() throws {
    try Data("name,amount\nAcme,12\n".utf8).write(to: URL(fileURLWithPath: path))
    guard case .corrupt = error(path) else {
      Issue.record("a text file was taken for a snapshot")
      return
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "name,amount\nAcme,12\n")
  }

  @Test func databaseOfAnotherProgram() throws {
    let raw = try DatabaseQueue(path: path)
    try raw.write { try $0.execute(sql: "CREATE TABLE songs (title TEXT)") }
    try raw.close()
    let before = FileManager.default.contents(atPath: path)
    #expect(error(path) == .foreign(path: path))
    #expect(FileManager.default.contents(atPath: path) == before, "its bytes were changed")
  }

  @Test func newerVersion() throws {
    try SnapshotStore(path: path).close()
    let raw = try DatabaseQueue(path: path)
    try raw.write {
      try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('2031-01-better')")
    }
    try raw.close()
    #expect(error(path) == .newerSchema(path: path, unknown: ["2031-01-better"]))
  }

  @Test(arguments: [0, 1, 2, 3])
  func damagedFile(where place: Int) throws {
    let store = try SnapshotStore(path: path)
    try store.write { writer in
      for number in 0..<500 {
        try writer.setMeta("key \(number)", String(repeating: "x", count: 300))
      }
    }
    try store.checkpoint()
    try store.close()
    var bytes = try #require(FileManager.default.contents(atPath: path))
    switch place {
    case 0: bytes = bytes.prefix(bytes.count / 3)
    case 1: bytes.replaceSubrange(0..<16, with: Data(repeating: 0xFF, count: 16))
    case 2: bytes.replaceSubrange(100..<4096, with: Data(repeating: 0x5A, count: 3996))
    default: bytes = bytes.prefix(900)
    }
    try bytes.write(to: URL(fileURLWithPath: path))
    guard case .corrupt = error(path) else {
      Issue.record("\(String(describing: error(path)))")
      return
    }
    #expect(FileManager.default.contents(atPath: path) == bytes, "the bad file was changed")
  }

  @Test func missingDirectory() {
    guard case .directoryMissing = error(path + "/no/such/snapshot.sqlite") else {
      Issue.record("\(String(describing: error(path + "/no/such/snapshot.sqlite")))")
      return
    }
  }

  /// A backup tool holds the file: the pass ends after a bounded wait, with its own words.
  @Test func lockedByAnotherProgram() throws {
    try SnapshotStore(path: path).close()
    let other = try DatabaseQueue(path: path)
    try other.inDatabase { db in
      try db.execute(sql: "BEGIN EXCLUSIVE")
      defer { try? db.execute(sql: "ROLLBACK") }
      let store = try SnapshotStore(path: path)
      defer { try? store.close() }
      #expect(throws: SnapshotError.busy(path: path)) {
        try store.write { try $0.setMeta("a", "b") }
      }
    }
  }

  /// Every message says what to do, and none is empty.
  @Test func messagesHaveARemedy() {
    let errors: [SnapshotError] = [
      .directoryMissing(path: "p", reason: "r"), .readOnly(path: "p"), .diskFull(path: "p"),
      .busy(path: "p"), .corrupt(path: "p", reason: "r"), .foreign(path: "p"),
      .newerSchema(path: "p", unknown: ["x"]), .unreadableValue(table: "t", key: "k"),
    ]
    for error in errors {
      #expect(error.description.split(separator: ".").count >= 2, "\(error)")
    }
  }
}

/// A place for one test's database.
enum TemporaryFile {
  static func path() -> String {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("xerosync-snapshot-\(UUID().uuidString)")
    try? FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    return directory.appendingPathComponent("snapshot.sqlite").path
  }
}
