internal import Connectors
internal import Domain
internal import Reconciler
internal import Snapshot
internal import Transport

/// Reads what changed in one CRM into the snapshot. Deals of the listing that matter (won, or
/// already invoiced) are completed with their lines and customers before their page is stored.
struct CRMPoll {
  let context: PollContext
  let crm: any CRMSystem
  let planner: Planner
  let zone: Zone
  let catalogue: CRMCatalogue

  func run() async throws(SnapshotError) -> PollResult {
    var result = PollResult(system: crm.name)
    do {
      for feed in Self.order where crm.capabilities.feeds.contains(feed) {
        try await read(feed, into: &result)
        if result.wasInterrupted { return result }
      }
      try await readAsked()
      try await BackgroundCheck(context: context, crm: crm, staging: staging).run()
      try await DealSweep(context: context, crm: crm, take: { try await take($0, of: .deals, $1) })
        .run(into: &result)
    } catch let error as RemoteError {
      result.failure = error
    } catch let error as SnapshotError {
      throw error
    } catch {
      result.failure = .unreadable(reason: "\(error)")
    }
    return result
  }

  /// Customers before the deals that name them, lines after the deals that own them.
  private static let order: [CRMFeed] = [.companies, .people, .deals, .lines]

  var staging: DealStaging {
    DealStaging(
      crm: crm, planner: planner, zone: zone, catalogue: catalogue, now: context.now)
  }

  private func read(_ feed: CRMFeed, into result: inout PollResult) async throws {
    let hadDeals = try context.store.read { try $0.count(of: .deal, in: crm.name) > 0 }
    var cursor = try startingCursor(of: feed)
    let fromStart = cursor == .start
    var seen = 0
    while true {
      if context.environment.shouldStop() {
        result.wasInterrupted = true
        return
      }
      let asked = context.environment.time.monotonic()
      var page = try await crm.page(feed, from: cursor)
      page.next = page.next.following(
        cursor, begun: context.serverMoment(of: asked, skew: await crm.clockSkew()),
        hasMore: page.hasMore)
      result.changed[feed.rawValue, default: 0] += try await take(page, of: feed, feed.rawValue)
      seen += page.deals.count + page.parties.count + page.lines.count
      cursor = page.next
      context.report(crm.name, feed.rawValue, seen, page.total)
      if !page.hasMore { break }
    }
    guard fromStart else { return }
    // A listing shows what is there: what was there before and is not shown is asked for by id.
    if seen > 0 { try await readUnlisted(feed) }
    guard feed == .deals else { return }
    if hadDeals, seen == 0 { result.wasEmptied = true }
    try DealSweep.wasDone(in: context, of: crm.name)
  }

  /// Lines need no first reading of their own: every deal that matters was just read with its
  /// lines, so the listing starts where the deals' listing stands.
  private func startingCursor(of feed: CRMFeed) throws -> FeedCursor {
    try context.store.read { reader in
      if let stored = try reader.cursor(FeedCursor.self, of: crm.name, feed: feed.rawValue) {
        return stored
      }
      guard feed == .lines,
        let deals = try reader.cursor(
          FeedCursor.self, of: crm.name, feed: CRMFeed.deals.rawValue),
        let highWater = deals.highWater
      else { return .start }
      return FeedCursor(highWater: highWater)
    }
  }

  /// Stores a page with everything it calls for, and its cursor under a name; returns how many
  /// records were new or changed.
  private func take(
    _ page: CRMPage, of feed: CRMFeed, _ cursorName: String
  ) async throws -> Int {
    let listed = try context.store.read { reader in
      try page.deals.map { try staging.judge($0, reader) }
    }
    var toComplete = listed.compactMap { $0.needsCompletion ? $0.deal.id : nil }
    let lineOwners = try await ownersOfChangedLines(page)
    toComplete += lineOwners.subtracting(toComplete).sorted()
    let answers = try await staging.complete(toComplete)
    let strangers = try await missingParties(of: answers)
    let heads = Dictionary(
      listed.map { ($0.deal.id, $0.headDigest) }, uniquingKeysWith: { first, _ in first })
    return try context.store.write { writer in
      var changes = 0
      for party in page.parties + strangers {
        changes += try staging.store(party, in: writer) ? 1 : 0
      }
      for head in listed where !head.isKnown && !head.needsCompletion {
        changes += try staging.storeHead(head, in: writer) ? 1 : 0
      }
      for head in listed where head.hasNewReport {
        try staging.storeReport(head, in: writer)
      }
      for answer in answers {
        changes += try staging.store(answer, heads: heads, in: writer) ? 1 : 0
      }
      for line in page.lines {
        _ = try writer.store(LineStamp(id: line.id, stamp: line.stamp), of: crm.name)
      }
      for subject in page.deleted { try staging.delete(subject, in: writer) }
      for rejected in page.rejected { try writer.put(rejected.hold, at: context.now) }
      try writer.setCursor(page.next, of: crm.name, feed: cursorName)
      return changes
    }
  }

  private func ownersOfChangedLines(_ page: CRMPage) async throws -> Set<ID<Deal>> {
    guard !page.lines.isEmpty else { return [] }
    let changed = try context.store.read { reader in
      try page.lines.filter { line in
        let stamp = LineStamp(id: line.id, stamp: line.stamp)
        let subject = Subject(system: crm.name, kind: .line, id: line.id)
        return try !reader.hasHead(reader.digest(of: stamp), of: subject)
      }
    }
    var owners = Set(changed.compactMap(\.deal))
    let orphans = changed.filter { $0.deal == nil }.map(\.id)
    if !orphans.isEmpty { owners.formUnion(try await crm.dealsOwning(lines: orphans)) }
    return try context.store.read { reader in
      try owners.filter { try staging.isTracked($0, reader) }
    }
  }

  /// Customers of completed deals that no listing has brought yet.
  func missingParties(of answers: [CRMDealAnswer]) async throws -> [PartyRecord] {
    let needed = Set(answers.compactMap(\.deal).flatMap { staging.parties(of: $0) })
    let unknown = try context.store.read { reader in
      try needed.filter { try reader.party($0) == nil }.sorted()
    }
    guard !unknown.isEmpty else { return [] }
    return try await crm.parties(unknown).compactMap { answer in
      switch answer {
      case .found(let record), .merged(_, let record): record
      case .gone: nil
      }
    }
  }
}

extension CRMDealAnswer {
  /// The deal, where one was found.
  var deal: Deal? {
    switch self {
    case .found(let deal), .merged(_, let deal): deal
    case .archived, .gone, .rejected: nil
    }
  }
}

/// A line as its listing shows it: enough to tell that it changed.
struct LineStamp: Recordable {
  var id: String
  var stamp: String
  var modifiedAt: Instant?

  init(id: String, stamp: String) {
    self.id = id
    self.stamp = stamp
  }

  var recordID: String { id }
  var recordKind: RecordKind { .line }
  var isLive: Bool { true }
}
