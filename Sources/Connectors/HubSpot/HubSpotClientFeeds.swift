import Domain
import Foundation
package import Transport

extension HubSpotConnector {
  package func page(
    _ feed: CRMFeed, from cursor: FeedCursor
  ) async throws(RemoteError) -> CRMPage {
    let object = Self.object(feed)
    let walk = HubSpotWalk(cursor, lag: capabilities.listingLagSeconds)
    let answer = try await search(feed, object, walk)
    let records = answer.results.readable
    let stamps = records.compactMap { $0.stamp(object) }
    let isFull =
      answer.paging?.after != nil || answer.results.slots.count >= HubSpotLimit.searchPage
    guard !isFull || !stamps.isEmpty else {
      throw .unreadable(reason: "no record of a page of \(feed.rawValue) has a modified stamp")
    }
    let next = walk.next(
      isFull: isFull, stamps: stamps, lastID: records.compactMap { Int64($0.id) }.max())
    let reached = ([cursor.reached].compactMap { $0 } + stamps).max()
    var page = CRMPage(
      next: Self.cursor(after: cursor, at: next, reached: reached), hasMore: next != nil)
    page.total = answer.total
    try await fill(&page, feed, answer.results)
    return page
  }

  private static func cursor(
    after cursor: FeedCursor, at walk: HubSpotWalk?, reached: Instant?
  ) -> FeedCursor {
    if let walk {
      return FeedCursor(
        highWater: cursor.highWater, position: walk.position, reached: reached)
    }
    return FeedCursor(highWater: [cursor.highWater, reached].compactMap { $0 }.max())
  }

  static func object(_ feed: CRMFeed) -> HubSpotObject {
    switch feed {
    case .deals: .deals
    case .companies: .companies
    case .people: .contacts
    case .lines: .lineItems
    }
  }

  private func search(
    _ feed: CRMFeed, _ object: HubSpotObject, _ walk: HubSpotWalk
  ) async throws(RemoteError) -> HubSpotPage {
    let body: OutgoingJSON =
      switch feed {
      case .deals:
        walk.body(object, properties: HubSpotFields.deal(fields), extra: fields.extraDeal)
      case .companies: walk.body(object, properties: HubSpotFields.company(fields), extra: [])
      case .people: walk.body(object, properties: HubSpotFields.contact(fields), extra: [])
      case .lines: walk.body(object, properties: [object.stamp], extra: [])
      }
    return try await search(
      object, body, priority: feed == .deals || feed == .lines ? .money : .contacts)
  }

  func search(
    _ object: HubSpotObject, _ body: OutgoingJSON, priority: CallPriority
  ) async throws(RemoteError) -> HubSpotPage {
    try await searches.turn()
    return try await post(
      HubSpotPage.self, .objects, [object.rawValue, "search"], body, purpose: .read,
      priority: priority, label: "\(object.rawValue).search")
  }

  private func fill(
    _ page: inout CRMPage, _ feed: CRMFeed, _ results: EachRecord<HubSpotRecord>
  ) async throws(RemoteError) {
    guard !results.slots.isEmpty else { return }
    let kind = Self.recordKind(feed)
    let reader = feed == .deals ? try await dealReader() : nil
    for slot in results.slots {
      switch slot {
      case .unreadable(let id, let reason):
        page.rejected.append(
          RejectedRecord(subject: subject(kind, id ?? "unknown"), reason: reason))
      case .read(let record):
        switch feed {
        case .deals:
          guard let reader else { continue }
          do { page.deals.append(try reader.listed(record)) } catch {
            page.rejected.append(
              RejectedRecord(subject: subject(kind, record.id), reason: error.reason))
          }
        case .companies, .people: page.parties.append(party(record, kind))
        case .lines:
          page.lines.append(
            (id: record.id, deal: nil, stamp: record[HubSpotObject.lineItems.stamp] ?? ""))
        }
      }
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

  func subject(_ kind: RecordKind, _ id: String) -> Subject {
    Subject(system: name, kind: kind, id: id)
  }

  func dealReader() async throws(RemoteError) -> HubSpotDealReader {
    HubSpotDealReader(context: try await context(), fields: fields, appURL: appURL)
  }

  func party(_ record: HubSpotRecord, _ kind: RecordKind) -> PartyRecord {
    HubSpotPartyReader(system: name, fields: fields).party(record, kind)
  }
}
