import Domain
package import Transport

extension SalesforceConnector {
  package func page(
    _ feed: CRMFeed, from cursor: FeedCursor
  ) async throws(RemoteError) -> CRMPage {
    let object = SalesforceObject(feed)
    let walk = SalesforceWalk(cursor, lag: capabilities.listingLagSeconds)
    let listed = try await list(object, walk)
    let (answer, isFull) = (listed.page, listed.isFull)
    let reached = ([cursor.reached].compactMap { $0 } + answer.records.compactMap(\.modified))
      .max()
    var next = FeedCursor(highWater: [cursor.highWater, reached].compactMap { $0 }.max())
    if isFull {
      guard let last = answer.records.last, let moment = last.modified else {
        throw .unreadable(reason: "no row of a page of \(object.rawValue) can be read")
      }
      next = FeedCursor(
        highWater: cursor.highWater,
        position: SalesforceWalk.after(moment, id: last.id).position, reached: reached)
    }
    var page = CRMPage(next: next, hasMore: isFull)
    try await fill(&page, object, answer)
    return page
  }

  /// Deleted rows are asked for in the same call: they tell of deletions and merges.
  private func list(
    _ object: SalesforceObject, _ walk: SalesforceWalk
  ) async throws(RemoteError) -> Listed {
    try await learning { () async throws(RemoteError) in
      do throws(RemoteError) {
        return try await ask(object, walk, limit: SalesforceLimit.page)
      } catch {
        // A slow organisation is asked for less at a time.
        guard SalesforceProblem.has("QUERY_TIMEOUT", error) else { throw error }
      }
      return try await ask(object, walk, limit: SalesforceLimit.smallPage)
    }
  }

  /// `isFull`: there may be more.
  private struct Listed: Sendable {
    var page: SalesforcePage
    var isFull: Bool
  }

  private func ask(
    _ object: SalesforceObject, _ walk: SalesforceWalk, limit: Int
  ) async throws(RemoteError) -> Listed {
    let columns =
      object == .lineItem
      ? ["Id", "OpportunityId", "IsDeleted", "SystemModstamp"] : try await columns(object)
    let page = try await query(
      walk.query(object, columns: columns, limit: limit), isAll: true,
      priority: object.priority, label: "\(object.rawValue.lowercased()).list")
    let count = page.records.count + page.unreadable.count
    return Listed(page: page, isFull: !page.isDone || count >= limit)
  }

  private func fill(
    _ page: inout CRMPage, _ object: SalesforceObject, _ answer: SalesforcePage
  ) async throws(RemoteError) {
    for (id, reason) in answer.unreadable {
      page.rejected.append(
        RejectedRecord(subject: subject(object.recordKind, id ?? "unknown"), reason: reason))
    }
    guard !answer.records.isEmpty else { return }
    switch object {
    case .opportunity:
      let reader = try await dealReader()
      for record in answer.records { list(record, reader, &page) }
    case .account, .contact:
      let reader = try await partyReader(object)
      for record in answer.records where !reader.isTwin(record) {
        if record.isDeleted, record.text("MasterRecordId") == nil {
          page.deleted.append(subject(object.recordKind, record.id))
        } else {
          page.parties.append(reader.party(record))
        }
      }
    case .lineItem:
      for record in answer.records {
        page.lines.append(
          (
            id: record.id, deal: record.text("OpportunityId").map { ID($0) },
            stamp: SalesforceLineReader.stamp(record)
          ))
      }
    case .task: break
    }
  }

  private func list(
    _ record: SalesforceRecord, _ reader: SalesforceDealReader, _ page: inout CRMPage
  ) {
    guard !record.isDeleted else {
      page.deleted.append(subject(.deal, record.id))
      return
    }
    do {
      page.deals.append(try reader.listed(record, url: self.page(of: record.id)))
    } catch {
      page.rejected.append(
        RejectedRecord(subject: subject(.deal, record.id), reason: error.reason))
    }
  }

  func dealReader() async throws(RemoteError) -> SalesforceDealReader {
    SalesforceDealReader(
      context: try await context(), fields: fields, list: try await fieldList(.opportunity))
  }

  func partyReader(
    _ object: SalesforceObject
  ) async throws(RemoteError) -> SalesforcePartyReader {
    SalesforcePartyReader(
      system: name, fields: fields, list: try await fieldList(object),
      isPerson: object == .contact)
  }
}
