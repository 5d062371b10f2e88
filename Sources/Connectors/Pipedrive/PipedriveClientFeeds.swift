import Domain
import Foundation
package import Transport

extension PipedriveConnector {
  package func page(
    _ feed: CRMFeed, from cursor: FeedCursor
  ) async throws(RemoteError) -> CRMPage {
    guard let object = Self.object(feed) else {
      return CRMPage(next: FeedCursor(highWater: cursor.highWater), hasMore: false)
    }
    if let rest = cursor.position.flatMap(PipedriveRest.init(position:)) {
      await memory.keep(rest)
    }
    var state = cursor
    let walk = try await start(object, &state)
    let answer = try await list(object, walk)
    let next = advance(state, walk, answer, await memory.rest, isDeals: object == .deals)
    var page = CRMPage(next: next.cursor, hasMore: next.hasMore)
    try await fill(&page, feed, object, answer)
    return page
  }

  static func object(_ feed: CRMFeed) -> PipedriveObject? {
    switch feed {
    case .deals: .deals
    case .companies: .organizations
    case .people: .persons
    case .lines: nil
    }
  }

  /// Where this page begins. The first reading of all looks up the newest stamp before it starts.
  private func start(
    _ object: PipedriveObject, _ cursor: inout FeedCursor
  ) async throws(RemoteError) -> PipedriveWalk {
    if let walk = cursor.position.flatMap(PipedriveWalk.init(position:)) { return walk }
    if let seen = cursor.highWater {
      cursor.position = nil
      return .since(seen.advanced(seconds: -Int64(capabilities.listingLagSeconds)), cursor: nil)
    }
    let newest = try await get(
      PipedrivePage.self, [object.rawValue],
      query: [
        "updated_since": Instant(milliseconds: 0).description, "sort_by": "update_time",
        "sort_direction": "desc", "limit": "1",
      ], priority: priority(object), label: "\(object.rawValue).newest")
    cursor = FeedCursor(reached: newest.records.first?.modified)
    return .whole(cursor: nil)
  }

  func priority(_ object: PipedriveObject) -> CallPriority {
    switch object {
    case .deals, .products, .activities: .money
    case .organizations, .persons: .contacts
    }
  }

  private func list(
    _ object: PipedriveObject, _ walk: PipedriveWalk
  ) async throws(RemoteError) -> PipedrivePage {
    do { return try await ask(object, walk) } catch {
      // A cursor of an interrupted pass that is no longer taken: the walk begins anew.
      guard walk.cursor != nil, case .refused(let refusal) = error, refusal.status == 400
      else { throw error }
      return try await ask(object, walk.restarted)
    }
  }

  private func ask(
    _ object: PipedriveObject, _ walk: PipedriveWalk
  ) async throws(RemoteError) -> PipedrivePage {
    var query: URLQuery = ["limit": String(PipedriveLimit.page), "sort_direction": "asc"]
    var path = [object.rawValue]
    var statuses = "open,won,lost"
    switch walk {
    case .beginning, .whole: query.add("sort_by", "id")
    case .since(let moment, _), .archived(let moment, _):
      query.add("sort_by", "update_time")
      query.add("updated_since", Self.text(moment))
    }
    if case .archived = walk {
      path.append("archived")
    } else if case .since = walk {
      statuses += ",deleted"
    }
    if object == .deals { query.add("status", statuses) }
    let keys = try await customKeys(object)
    if !keys.isEmpty { query.add("custom_fields", keys.joined(separator: ",")) }
    if let cursor = walk.cursor { query.add("cursor", cursor) }
    return try await get(
      PipedrivePage.self, path, query: query, priority: priority(object),
      label: "\(object.rawValue).list")
  }

  /// Whole seconds: what the vendor keeps, and never later than the moment.
  static func text(_ moment: Instant) -> String {
    let floor = moment.milliseconds >= 0 ? moment.milliseconds / 1000 * 1000 : 0
    return Instant(milliseconds: floor).description
  }

  /// Keys of the custom fields that matter; none where there are too many to name.
  func customKeys(_ object: PipedriveObject) async throws(RemoteError) -> [String] {
    let list = try await fieldList(object)
    var names = wanted(object)
    if object == .deals { names += [fields.paymentTerms] }
    let keys = names.compactMap { list[$0] }.filter(\.isCustom).map(\.key).uniqued.sorted()
    return keys.count <= PipedriveLimit.customKeys ? keys : []
  }

  private func advance(
    _ cursor: FeedCursor, _ walk: PipedriveWalk, _ answer: PipedrivePage,
    _ rest: PipedriveRest?, isDeals: Bool
  ) -> (cursor: FeedCursor, hasMore: Bool) {
    var reached = cursor.reached
    if case .since = walk {
      reached = ([reached].compactMap { $0 } + answer.records.compactMap(\.modified)).max()
    }
    if let next = answer.next, next != walk.cursor {
      return (
        FeedCursor(
          highWater: cursor.highWater, position: walk.at(next).position, reached: reached), true
      )
    }
    let now = Instant(milliseconds: time.now())
    let highWater = [cursor.highWater, reached].compactMap { $0 }.max()
    guard isDeals, let highWater else { return (FeedCursor(highWater: highWater), false) }
    if case .archived = walk {
      let done = PipedriveRest(checkedAt: now, seen: highWater)
      return (FeedCursor(highWater: highWater, position: done.position), false)
    }
    let age = rest.map { now.seconds(since: $0.checkedAt) }
    if let rest, let age, age >= 0, age < PipedriveLimit.archiveInterval {
      return (FeedCursor(highWater: highWater, position: rest.position), false)
    }
    let lag = -Int64(capabilities.listingLagSeconds)
    let since = rest?.seen.advanced(seconds: lag) ?? Instant(milliseconds: 0)
    let next = PipedriveWalk.archived(since, cursor: nil)
    return (FeedCursor(highWater: highWater, position: next.position), true)
  }

  private func fill(
    _ page: inout CRMPage, _ feed: CRMFeed, _ object: PipedriveObject, _ answer: PipedrivePage
  ) async throws(RemoteError) {
    let kind = Self.recordKind(feed)
    for (id, reason) in answer.unreadable {
      page.rejected.append(
        RejectedRecord(subject: subject(kind, id ?? "unknown"), reason: reason))
    }
    guard !answer.records.isEmpty else { return }
    let reader = object == .deals ? try await dealReader() : nil
    let parties = object == .deals ? nil : try await partyReader(object)
    var merged: [String: [String]] = [:]
    for record in answer.records where record.isDeleted {
      let survivor =
        object == .deals ? try await survivor(of: record, among: answer.records) : nil
      if let survivor {
        merged[survivor.id, default: []].append(record.id)
      } else {
        page.deleted.append(subject(kind, record.id))
      }
    }
    for record in answer.records where !record.isDeleted {
      if let parties {
        page.parties.append(parties.party(record))
      } else if let reader {
        do {
          var deal = try reader.listed(record)
          deal.mergedFrom = (merged.removeValue(forKey: record.id) ?? []).map { ID($0) }
          page.deals.append(deal)
        } catch {
          page.rejected.append(
            RejectedRecord(subject: subject(kind, record.id), reason: error.reason))
        }
      }
    }
    // The survivor is on another page: it is read by its id, so that the merge is seen now.
    guard !merged.isEmpty else { return }
    for answer in try await deals(merged.keys.sorted().map { ID($0) }) {
      if case .found(let deal) = answer { page.deals.append(deal) }
    }
  }

  static func recordKind(_ feed: CRMFeed) -> RecordKind {
    switch feed {
    case .deals: .deal
    case .companies: .company
    case .people: .person
    case .lines: .line
    }
  }

  func dealReader() async throws(RemoteError) -> PipedriveDealReader {
    PipedriveDealReader(
      context: try await context(), fields: fields, list: try await fieldList(.deals))
  }

  func partyReader(_ object: PipedriveObject) async throws(RemoteError) -> PipedrivePartyReader {
    PipedrivePartyReader(
      system: name, fields: fields, list: try await fieldList(object),
      isPerson: object == .persons)
  }
}

extension PipedriveWalk {
  /// The same walk from its start.
  var restarted: PipedriveWalk {
    switch self {
    case .beginning, .whole: .whole(cursor: nil)
    case .since(let moment, _): .since(moment, cursor: nil)
    case .archived(let moment, _): .archived(moment, cursor: nil)
    }
  }
}
