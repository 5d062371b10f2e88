internal import Domain
package import Transport

extension XeroConnector {
  /// One page of what changed since the cursor.
  ///
  /// The order is Xero's default (stamp, then id), which the pages rely on. A record modified
  /// during the walk moves to the end and shifts the rest by one; the overlap of the next pass
  /// reads again what that may have hidden.
  package func page(
    _ feed: AccountingFeed, from cursor: FeedCursor
  ) async throws(RemoteError) -> AccountingPage {
    let number = max(1, cursor.position.flatMap(Int.init) ?? 1)
    let since = cursor.highWater?.advanced(seconds: -Int64(capabilities.listingLagSeconds))
    var query: URLQuery = ["page": String(number), "pageSize": String(Self.pageSize)]
    switch feed {
    case .contacts:
      // Without it archived contacts are absent, even those that were archived just now.
      query.add("includeArchived", "true")
      let answer = try await read(
        XeroContact.self, query: query, since: since, priority: .contacts,
        label: "contacts.list")
      var page = turned(answer, number, cursor) { $0.updated }
      fill(&page, contacts: answer)
      return page
    case .invoices:
      query.add("unitdp", "4")
      let tenant = try await session.current()
      let answer = try await read(
        XeroInvoice.self, query: query, since: since, priority: .money, label: "invoices.list")
      var page = turned(answer, number, cursor) { $0.updated }
      fill(&page, invoices: answer, shortCode: tenant.shortCode)
      return page
    }
  }

  /// The page without its records: where the walk goes on, or the pass ends.
  private func turned<Record: XeroRecord>(
    _ answer: XeroAnswer<Record>, _ number: Int, _ cursor: FeedCursor,
    stamp: (Record) -> Instant?
  ) -> AccountingPage {
    let stamps = answer.readable.compactMap(stamp) + [cursor.reached].compactMap { $0 }
    let hasMore = answer.goesOn(after: number, pageSize: Self.pageSize)
    var next = cursor
    if hasMore {
      next.position = String(number + 1)
      next.reached = stamps.max()
    } else {
      next.position = nil
      next.reached = nil
      next.highWater = (stamps + [cursor.highWater].compactMap { $0 }).max()
    }
    var page = AccountingPage(next: next, hasMore: hasMore)
    page.total = answer.pagination?.itemCount
    return page
  }

  private func fill(_ page: inout AccountingPage, contacts answer: XeroAnswer<XeroContact>) {
    for slot in answer.slots {
      switch slot {
      case .read(let contact):
        do { page.contacts.append(try contact.party(of: name)) } catch {
          page.rejected.append(rejected(.contact, contact.id, error.reason))
        }
      case .unreadable(let id, let reason):
        page.rejected.append(rejected(.contact, id, reason))
      }
    }
  }

  private func fill(
    _ page: inout AccountingPage, invoices answer: XeroAnswer<XeroInvoice>, shortCode: String
  ) {
    for slot in answer.slots {
      switch slot {
      case .read(let invoice):
        guard invoice.isSale else { continue }
        do { page.invoices.append(try invoice.domain(shortCode: shortCode)) } catch {
          page.rejected.append(rejected(.invoice, invoice.id, error.reason))
        }
      case .unreadable(let id, let reason):
        page.rejected.append(rejected(.invoice, id, reason))
      }
    }
  }

  private func rejected(_ kind: RecordKind, _ id: String?, _ reason: String) -> RejectedRecord {
    let known = id.flatMap { $0.isEmpty ? nil : $0.lowercased() } ?? "unknown"
    return RejectedRecord(
      subject: Subject(system: name, kind: kind, id: known), reason: reason)
  }
}
