package import Domain
internal import GRDB

/// How long what is remembered.
package struct RetentionDates: Hashable, Sendable {
  /// Passes that did nothing are forgotten.
  package var idlePassesBefore: Instant
  /// Other passes lose their report; what they did is in the journal.
  package var reportsBefore: Instant
  /// Settled small changes, withdrawn plans and conflicts are forgotten.
  package var historyBefore: Instant

  package init(idlePassesBefore: Instant, reportsBefore: Instant, historyBefore: Instant) {
    self.idlePassesBefore = idlePassesBefore
    self.reportsBefore = reportsBefore
    self.historyBefore = historyBefore
  }

  /// The newest passes are remembered whatever their age.
  fileprivate static let newest = 100
}

/// What is no longer needed.
extension SnapshotWriter {
  /// Forgets what is long past. What says which invoice, contact or link was made stays for good,
  /// as does everything that is not settled.
  package func forget(_ dates: RetentionDates) throws {
    let recent = "(SELECT MAX(run) FROM run) - \(RetentionDates.newest)"
    try db.execute(
      sql: """
        UPDATE run SET report = NULL
        WHERE report IS NOT NULL AND started_at < ? AND run <= \(recent)
        """,
      arguments: [dates.reportsBefore.milliseconds])
    let past = dates.historyBefore.milliseconds
    try db.execute(
      sql: """
        DELETE FROM operation
        WHERE settled_at < ? AND (state = 'withdrawn' OR (state = 'applied'
          AND action IN ('update', 'flag', 'unflag', 'notify')
          AND object IN ('deal', 'contact', 'company', 'person', 'task', 'alert')))
        """,
      arguments: [past])
    try db.execute(
      sql: """
        DELETE FROM conflict
        WHERE run <= (SELECT MAX(run) FROM run WHERE started_at < ?)
        """,
      arguments: [past])
    try db.execute(
      sql: """
        DELETE FROM run
        WHERE started_at < ? AND run <= \(recent)
          AND NOT EXISTS (SELECT 1 FROM operation o WHERE o.run = run.run)
        """,
      arguments: [dates.idlePassesBefore.milliseconds])
  }
}

extension SnapshotStore {
  /// Gives space back to the disk where much of the file is empty: more than a third of it, and
  /// no less than some bytes.
  ///
  /// - Returns: whether that was so.
  @discardableResult
  package func compact(fromBytes least: Int = 8 << 20) throws(SnapshotError) -> Bool {
    let (free, all, page) = try read { reader in
      (
        try Int.fetchOne(reader.db, sql: "PRAGMA freelist_count") ?? 0,
        try Int.fetchOne(reader.db, sql: "PRAGMA page_count") ?? 0,
        try Int.fetchOne(reader.db, sql: "PRAGMA page_size") ?? 0
      )
    }
    guard free * page >= least, free * 3 > all else { return false }
    try vacuum()
    return true
  }
}
