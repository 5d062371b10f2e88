internal import Connectors
internal import Domain
internal import Snapshot
internal import Transport

/// Once a day the listing of deals is read again from its beginning, a few pages in each pass.
/// What came back under an old stamp (restored, imported, missed by a search index that was
/// rebuilt) is in no listing of changes; here it is found by its content.
struct DealSweep {
  let context: PollContext
  let crm: any CRMSystem
  /// Stores a page and its cursor under a name; how many records were new or changed.
  let take: (CRMPage, String) async throws -> Int

  /// Seconds between the beginnings of two sweeps.
  private static let interval: Int64 = 86_400
  /// Pages of one pass: a first one of a large CRM is spread over the day.
  private static let pagesPerPass = 10
  private static let cursorName = "deals-again"

  private static func key(_ crm: SystemName) -> String { "deals-sweep:\(crm)" }

  /// The deals were just read from the beginning.
  static func wasDone(in context: PollContext, of crm: SystemName) throws(SnapshotError) {
    try context.store.write { writer in
      // Some connectors keep a place of their own in a cursor even at a listing's end.
      try writer.setCursor(FeedCursor.start, of: crm, feed: cursorName)
      try writer.setCache(key(crm), "done", readAt: context.now)
    }
  }

  func run(into result: inout PollResult) async throws {
    guard crm.capabilities.feeds.contains(.deals), let start = try startingCursor() else { return }
    var cursor = start
    for _ in 0..<Self.pagesPerPass {
      if context.environment.shouldStop() { return }
      let page = try await crm.page(.deals, from: cursor)
      let changes = try await take(page, Self.cursorName)
      if changes > 0 { result.changed[CRMFeed.deals.rawValue, default: 0] += changes }
      cursor = page.next
      guard page.hasMore else {
        try Self.wasDone(in: context, of: crm.name)
        return
      }
    }
  }

  /// Where a sweep goes on or begins; nil when none is due.
  private func startingCursor() throws(SnapshotError) -> FeedCursor? {
    try context.store.read { reader in
      let stored = try reader.cursor(FeedCursor.self, of: crm.name, feed: Self.cursorName)
      if let stored, stored.position != nil { return stored }
      guard let last = try reader.cache(Self.key(crm.name), as: String.self) else { return .start }
      return context.now.seconds(since: last.readAt) >= Self.interval ? .start : nil
    }
  }
}
