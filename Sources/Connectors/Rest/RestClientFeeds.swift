import Domain
import Foundation
import Logging
package import Transport

extension RestConnector {
  package func page(
    _ feed: CRMFeed, from cursor: FeedCursor
  ) async throws(RemoteError) -> CRMPage {
    guard let list = list(feed) else {
      return CRMPage(next: FeedCursor(highWater: cursor.highWater), hasMore: false)
    }
    let label = "\(feed.rawValue).list"
    let now = time.now() + (await client.serverClockSkew?.milliseconds ?? 0)
    var walk = RestWalk.beginning(
      list.changed, from: cursor, lag: capabilities.listingLagSeconds, now: now)
    let isResumed = walk.pages > 0 || walk.address != nil
    let errand = RestErrand.read(label, feed == .deals ? .money : .contacts)
    var page: RestPage
    do { page = try await ask(list, walk, errand) } catch {
      // An old place that is no longer taken (410 for a delta link): the walk begins anew.
      guard isResumed, case .refused(let refusal) = error,
        [400, 404, 410].contains(refusal.status)
      else { throw error }
      walk = RestWalk(since: walk.since, started: now)
      page = try await ask(list, walk, errand)
    }
    let step = RestStep(changed: list.changed, walk: walk, label: label)
    let stamped = stamped(page.records, feed)
    let digest = RestStep.digest(stamped)
    if let digest, digest == walk.last { throw .unreadable(reason: Self.repeats(label)) }
    if step.seemsIgnored(stamped) {
      logger.warning(
        "the list does not heed since; check the filter in the description",
        metadata: ["system": "\(name)", "call": "\(label)"])
    }
    let judged: (kept: [RestStep.Stamped], isOver: Bool)
    do { judged = try step.judged(stamped) } catch { throw .unreadable(reason: error.reason) }
    walk.last = digest
    var answer = try advanced(cursor, walk, page, judged, label)
    answer.total = page.total
    try await fill(&answer, feed, judged.kept)
    return answer
  }

  func list(_ feed: CRMFeed) -> RestList? {
    switch feed {
    case .deals: description.deals.list
    case .companies: description.companies?.list
    case .people: description.people?.list
    case .lines: nil
    }
  }

  private func ask(
    _ list: RestList, _ walk: RestWalk, _ errand: RestErrand
  ) async throws(RemoteError) -> RestPage {
    let since = walk.since.map { RestValue.text(Instant(milliseconds: $0).floored.description) }
    // A day ahead: clocks differ, and a window may be told in days.
    let until = Instant(milliseconds: walk.started).floored.advanced(seconds: 86_400)
    let scope = scope.with(["since": since, "until": .text(until.description)])
    var place: RestNext?
    if let text = walk.place { place = .place(text) }
    if let text = walk.address, let url = URL(string: text) { place = .address(url) }
    return try await page(list, scope, at: place, counted: walk.records, errand)
  }

  private func stamped(_ records: [RestValue], _ feed: CRMFeed) -> [RestStep.Stamped] {
    let fields = fieldMap(feed)
    return records.map { value in
      let record = RestRecord(value: value, fields: fields, scope: scope)
      return RestStep.Stamped(
        value: value, id: record.text("id"), stamp: (try? record.moment("modified")) ?? nil)
    }
  }

  private func fieldMap(_ feed: CRMFeed) -> [String: RestField] {
    switch feed {
    case .deals: description.deals.fields
    case .companies: description.companies?.fields ?? [:]
    case .people: description.people?.fields ?? [:]
    case .lines: [:]
    }
  }

  /// Where the listing goes on.
  private func advanced(
    _ cursor: FeedCursor, _ walk: RestWalk, _ page: RestPage,
    _ judged: (kept: [RestStep.Stamped], isOver: Bool), _ label: String
  ) throws(RemoteError) -> CRMPage {
    var walk = walk
    walk.pages += 1
    walk.records += page.count
    guard walk.pages <= description.limits.pages else {
      throw .unreadable(reason: Self.endless(label, description.limits.pages))
    }
    let latest = Instant(milliseconds: walk.started)
    let stamps = judged.kept.compactMap(\.stamp).map { min($0, latest) }
    let reached = ([cursor.reached].compactMap { $0 } + stamps).max()
    if !judged.isOver {
      switch page.next {
      case .last: break
      case .place(let text): (walk.place, walk.address) = (text, nil)
      case .address(let url): (walk.place, walk.address) = (nil, url.absoluteString)
      }
      if page.next != .last {
        return CRMPage(
          next: FeedCursor(
            highWater: cursor.highWater, position: walk.position, reached: reached),
          hasMore: true)
      }
    }
    walk.delta = page.deltaLink ?? walk.delta
    let highWater = [cursor.highWater, reached].compactMap { $0 }.max()
    return CRMPage(
      next: FeedCursor(highWater: highWater, position: walk.atRest), hasMore: false)
  }

  private func fill(
    _ page: inout CRMPage, _ feed: CRMFeed, _ records: [RestStep.Stamped]
  ) async throws(RemoteError) {
    guard !records.isEmpty else { return }
    if feed == .deals {
      let reader = try await dealReader()
      for record in records {
        if description.deals.deleted?.holds(for: record.value, scope) == true, let id = record.id {
          page.deleted.append(subject(.deal, id))
          continue
        }
        do { page.deals.append(try reader.listed(record.value)) } catch {
          page.rejected.append(rejected(.deal, record, error))
        }
      }
    } else {
      let kind: RecordKind = feed == .people ? .person : .company
      guard let reader = partyReader(kind) else { return }
      for record in records {
        do {
          let party = try reader.party(record.value)
          if party.status == .active {
            page.parties.append(party)
          } else {
            page.deleted.append(party.subject)
          }
        } catch {
          page.rejected.append(rejected(kind, record, error))
        }
      }
    }
  }

  private func rejected(
    _ kind: RecordKind, _ record: RestStep.Stamped, _ error: RestUnreadable
  ) -> RejectedRecord {
    RejectedRecord(subject: subject(kind, record.id ?? "unknown"), reason: error.reason)
  }

  func dealReader() async throws(RemoteError) -> RestDealReader {
    RestDealReader(
      deals: description.deals, context: try await context(), fields: fields, scope: scope,
      currency: description.connection.currency)
  }

  /// Nil where the description has no such records.
  func partyReader(_ kind: RecordKind) -> RestPartyReader? {
    description.parties(kind).map {
      RestPartyReader(system: name, kind: kind, parties: $0, scope: scope)
    }
  }
}
