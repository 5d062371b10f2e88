internal import Domain
internal import Snapshot

/// Once a day, after a pass: forgets what is long past, and gives space back to the disk.
struct Housekeeping {
  let store: SnapshotStore
  let historyDays: Int
  let now: Instant

  private static let key = "housekeeping"
  private static let day: Int64 = 86_400
  private static let idlePassDays: Int64 = 7
  private static let reportDays: Int64 = 30

  func run() throws(SnapshotError) {
    let today = now.utcParts.0.description
    guard try store.read({ try $0.meta(Self.key) }) != today else { return }
    let dates = RetentionDates(
      idlePassesBefore: now.advanced(seconds: -Self.idlePassDays * Self.day),
      reportsBefore: now.advanced(seconds: -Self.reportDays * Self.day),
      historyBefore: now.advanced(seconds: -Int64(historyDays) * Self.day))
    try store.write { writer in
      try writer.forget(dates)
      try writer.setMeta(Self.key, today)
    }
    try store.compact()
  }
}
