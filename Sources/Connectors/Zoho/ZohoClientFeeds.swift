import Domain
import Foundation
package import Transport

extension ZohoConnector {
  package func page(
    _ feed: CRMFeed, from cursor: FeedCursor
  ) async throws(RemoteError) -> CRMPage {
    guard let module = module(feed) else {
      return CRMPage(next: FeedCursor(highWater: cursor.highWater), hasMore: false)
    }
    let walk = start(cursor)
    switch walk {
    case .since: return try await changes(feed, module, walk, cursor)
    case .deleted: return try await deletions(feed, module, walk, cursor)
    }
  }

  private func module(_ feed: CRMFeed) -> ZohoModule? {
    switch feed {
    case .deals: .deals
    case .companies: .accounts
    case .people: .contacts
    case .lines: lines.module
    }
  }

  private static func recordKind(_ feed: CRMFeed) -> RecordKind {
    switch feed {
    case .deals: .deal
    case .companies: .company
    case .people: .person
    case .lines: .line
    }
  }

  private func start(_ cursor: FeedCursor) -> ZohoWalk {
    if let walk = cursor.position.flatMap(ZohoWalk.init(position:)) { return walk }
    return .since(cursor.highWater.map(earlier), token: nil)
  }

  private func earlier(_ moment: Instant) -> Instant {
    moment.advanced(seconds: -Int64(capabilities.listingLagSeconds))
  }

  // MARK: What was modified

  private func changes(
    _ feed: CRMFeed, _ module: ZohoModule, _ walk: ZohoWalk, _ cursor: FeedCursor
  ) async throws(RemoteError) -> CRMPage {
    let answer = try await list(module, walk)
    let stamps = answer.records.compactMap(\.modified)
    let reached = ([cursor.reached, cursor.highWater].compactMap { $0 } + stamps).max()
    let next: ZohoWalk?
    do { next = try walk.next(after: answer) } catch {
      throw .unreadable(reason: "\(module.rawValue).list: \(error.reason)")
    }
    var page = CRMPage(
      next: FeedCursor(highWater: cursor.highWater, position: next?.position, reached: reached),
      hasMore: true)
    if next == nil { rest(&page, feed, cursor, reached) }
    try await fill(&page, feed, answer)
    return page
  }

  /// After the last page: what was deleted, unless this was the first reading of all.
  private func rest(
    _ page: inout CRMPage, _ feed: CRMFeed, _ cursor: FeedCursor, _ reached: Instant?
  ) {
    if let seen = cursor.highWater, feed != .lines {
      let known = cursor.position.flatMap(ZohoRest.init(position:))?.seen ?? seen
      page.next.position = ZohoWalk.deleted(earlier(max(known, seen)), page: 1).position
      return
    }
    page.next = FeedCursor(highWater: reached)
    page.hasMore = false
  }

  private func list(
    _ module: ZohoModule, _ walk: ZohoWalk
  ) async throws(RemoteError) -> ZohoPage {
    guard case .since(let moment, let token) = walk else { return ZohoPage() }
    do { return try await ask(module, moment, token) } catch {
      // A token of an interrupted pass that is no longer taken: the second is read anew.
      guard token != nil, case .refused(let refusal) = error, refusal.status == 400 else {
        throw error
      }
      return try await ask(module, moment, nil)
    }
  }

  private func ask(
    _ module: ZohoModule, _ moment: Instant?, _ token: String?
  ) async throws(RemoteError) -> ZohoPage {
    var query: URLQuery = [
      "fields": try await fieldNames(module).joined(separator: ","),
      "sort_by": "Modified_Time", "sort_order": "asc", "per_page": String(ZohoLimit.page),
    ]
    if let token { query.add("page_token", token) }
    return try await page(
      [module.rawValue], query: query, since: moment, priority: module.priority,
      label: "\(module.rawValue).list")
  }

  private func fill(
    _ page: inout CRMPage, _ feed: CRMFeed, _ answer: ZohoPage
  ) async throws(RemoteError) {
    let kind = Self.recordKind(feed)
    for (id, reason) in answer.unreadable {
      page.rejected.append(
        RejectedRecord(subject: subject(kind, id ?? "unknown"), reason: reason))
    }
    guard !answer.records.isEmpty else { return }
    for record in answer.records where record.isTrash {
      page.deleted.append(subject(kind, record.id))
    }
    let living = answer.records.filter { !$0.isTrash }
    switch feed {
    case .companies, .people:
      let reader = try await partyReader(feed == .people ? .contacts : .accounts)
      page.parties = living.map(reader.party)
    case .lines:
      page.lines = living.map { document in
        (
          document.id, document["Deal_Name"]?.id.map { ID($0) },
          document.modified?.description ?? ""
        )
      }
    case .deals:
      let reader = try await dealReader()
      for record in living {
        do { page.deals.append(try reader.listed(record)) } catch {
          page.rejected.append(
            RejectedRecord(subject: subject(kind, record.id), reason: error.reason))
        }
      }
    }
  }

  func dealReader() async throws(RemoteError) -> ZohoDealReader {
    ZohoDealReader(
      context: try await context(), fields: fields, list: try await fieldList(.deals),
      appURL: appURL)
  }

  func partyReader(_ module: ZohoModule) async throws(RemoteError) -> ZohoPartyReader {
    ZohoPartyReader(
      system: name, fields: fields, list: try await fieldList(module),
      isPerson: module == .contacts)
  }

  // MARK: What was deleted

  /// Deleted records are in no list of records. The record that another was merged into is not
  /// told.
  private func deletions(
    _ feed: CRMFeed, _ module: ZohoModule, _ walk: ZohoWalk, _ cursor: FeedCursor
  ) async throws(RemoteError) -> CRMPage {
    guard case .deleted(let moment, let number) = walk else {
      return CRMPage(next: cursor, hasMore: false)
    }
    let answer = try await page(
      [module.rawValue, "deleted"],
      query: ["type": "all", "page": String(number), "per_page": String(ZohoLimit.page)],
      since: moment, priority: module.priority, label: "\(module.rawValue).deleted")
    let times = answer.records.compactMap { $0.text("deleted_time").flatMap { Instant($0) } }
    // While deletions are read, `reached` is the end of the modified ones.
    let highWater = [cursor.highWater, cursor.reached].compactMap { $0 }.max()
    let next = try? walk.next(after: answer)
    let seen = times.max().map { max($0, highWater ?? $0) } ?? highWater
    var page = CRMPage(
      next: FeedCursor(highWater: highWater, position: seen.map { ZohoRest(seen: $0).position }),
      hasMore: false)
    if let next {
      page.next = FeedCursor(
        highWater: cursor.highWater, position: next.position, reached: cursor.reached)
      page.hasMore = true
    }
    page.deleted = answer.records.map { subject(Self.recordKind(feed), $0.id) }
    return page
  }
}
