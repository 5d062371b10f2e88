package import Domain
internal import GRDB

/// A hold with the moment it began.
package struct StoredHold: Hashable, Sendable {
  package var hold: Hold
  package var since: Instant
}

extension SnapshotWriter {
  /// Makes `holds` the only holds of the subjects considered; one that stands keeps its date.
  package func replaceHolds(
    of considered: [Subject], with holds: [Hold], at now: Instant
  ) throws {
    var standing: [String: Set<String>] = [:]
    for hold in holds {
      standing[hold.subject.description, default: []].insert(hold.code.rawValue)
      try put(hold, at: now)
    }
    for subject in considered {
      let codes = try String.fetchAll(
        db.cachedStatement(sql: "SELECT code FROM hold WHERE subject = ?"),
        arguments: [subject.description])
      for code in codes where !(standing[subject.description]?.contains(code) ?? false) {
        try db.cachedStatement(sql: "DELETE FROM hold WHERE subject = ? AND code = ?").execute(
          arguments: [subject.description, code])
      }
    }
  }

  /// Adds a hold; one that stands keeps its date.
  package func put(_ hold: Hold, at now: Instant) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO hold (subject, code, message, remedy, since) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (subject, code) DO UPDATE SET
          message = excluded.message, remedy = excluded.remedy
        """
    ).execute(arguments: [
      hold.subject.description, hold.code.rawValue, hold.message, hold.remedy,
      now.milliseconds,
    ])
  }

  package func liftHold(_ subject: Subject, _ code: HoldCode) throws {
    try db.cachedStatement(sql: "DELETE FROM hold WHERE subject = ? AND code = ?").execute(
      arguments: [subject.description, code.rawValue])
  }

  package func record(_ conflict: Conflict, run: Int64) throws {
    try db.cachedStatement(sql: "INSERT INTO conflict (run, subject, body) VALUES (?, ?, ?)")
      .execute(arguments: [run, conflict.subject.description, try Stored.encode(conflict)])
  }
}

extension SnapshotReader {
  /// Every open hold, by subject and code.
  package func holds(of subject: Subject? = nil) throws -> [StoredHold] {
    let rows =
      if let subject {
        try Row.fetchAll(
          db.cachedStatement(sql: "SELECT * FROM hold WHERE subject = ? ORDER BY code"),
          arguments: [subject.description])
      } else {
        try Row.fetchAll(db, sql: "SELECT * FROM hold ORDER BY subject, code")
      }
    return try rows.map { row in
      let text: String = row["subject"]
      guard let subject = Subject(text), let code = HoldCode(rawValue: row["code"]) else {
        throw SnapshotError.unreadableValue(table: "hold", key: text)
      }
      return StoredHold(
        hold: Hold(
          subject: subject, code: code, message: row["message"], remedy: row["remedy"]),
        since: Instant(milliseconds: row["since"]))
    }
  }

  package func conflicts(run: Int64) throws -> [Conflict] {
    try Row.fetchAll(
      db.cachedStatement(sql: "SELECT body, subject FROM conflict WHERE run = ? ORDER BY seq"),
      arguments: [run]
    ).map {
      try Stored.decode(Conflict.self, from: $0[0], table: "conflict", key: $0[1])
    }
  }

  /// Subjects held for one of the reasons.
  package func held(for codes: [HoldCode]) throws -> [Subject] {
    let marks = databaseQuestionMarks(count: codes.count)
    return try String.fetchAll(
      db.cachedStatement(
        sql: "SELECT DISTINCT subject FROM hold WHERE code IN (\(marks)) ORDER BY subject"),
      arguments: StatementArguments(codes.map(\.rawValue))
    ).compactMap { Subject($0) }
  }
}
