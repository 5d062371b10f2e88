internal import Domain
internal import Foundation
package import Transport

extension QuickBooksConnector {
  /// What changed since the cursor: by change data capture while it looks back far enough, else
  /// page by page with queries.
  ///
  /// A walk goes by id, so that a record changed meanwhile moves nothing; its cursor is the
  /// server's clock at the first page, so that the next pass reads what changed during the walk.
  package func page(
    _ feed: AccountingFeed, from cursor: FeedCursor
  ) async throws(RemoteError) -> AccountingPage {
    let since = cursor.highWater?.advanced(seconds: -Int64(capabilities.listingLagSeconds))
    if cursor.position == nil, let since,
      Instant(milliseconds: time.now()).seconds(since: since) < Self.captureSeconds,
      let page = try await captured(feed, since: since, cursor)
    {
      return page
    }
    let start = max(1, cursor.position.flatMap(Int.init) ?? 1)
    switch feed {
    case .contacts:
      let answer = try await self.page(
        QuickBooksCustomer.self,
        walk(QuickBooksQuery(QuickBooksCustomer.self).withInactive(), since: since), from: start,
        priority: .contacts, label: "customers.walk")
      var page = turned(answer.slots.count, answer.time, start, cursor)
      try await fill(&page, customers: answer.slots)
      return page
    case .invoices:
      let answer = try await self.page(
        QuickBooksInvoice.self, walk(QuickBooksQuery(QuickBooksInvoice.self), since: since),
        from: start, priority: .money, label: "invoices.walk")
      var page = turned(answer.slots.count, answer.time, start, cursor)
      try await fill(&page, invoices: answer.slots, payments: [])
      return page
    }
  }

  private func walk(_ query: QuickBooksQuery, since: Instant?) -> QuickBooksQuery {
    let changed = since.map { query.filtered("MetaData.LastUpdatedTime", ">=", $0.description) }
    return (changed ?? query).ordered(by: "Id")
  }

  /// The page of a walk without its records. Pages overlap: a deletion meanwhile shifts the rest.
  private func turned(
    _ count: Int, _ clock: Instant?, _ start: Int, _ cursor: FeedCursor
  ) -> AccountingPage {
    let began = cursor.reached ?? clock ?? Instant(milliseconds: time.now())
    guard count >= Self.pageSize else {
      return AccountingPage(next: FeedCursor(highWater: began), hasMore: false)
    }
    var next = cursor
    next.position = String(start + Self.pageSize - 10)
    next.reached = began
    return AccountingPage(next: next, hasMore: true)
  }

  /// Nil where the answer was cut off (it has no pages), or reaches back too far by the server's
  /// own clock.
  private func captured(
    _ feed: AccountingFeed, since: Instant, _ cursor: FeedCursor
  ) async throws(RemoteError) -> AccountingPage? {
    let entities: [String] =
      switch feed {
      case .contacts: [QuickBooksCustomer.entity]
      // A payment tells of its invoices even where they should fail to.
      case .invoices: [QuickBooksInvoice.entity, QuickBooksPayment.entity]
      }
    let url = try await company.address(
      ["cdc"], ["entities": entities.joined(separator: ","), "changedSince": since.description])
    let priority: CallPriority = feed == .invoices ? .money : .contacts
    let body: Data
    do {
      body = try await company.call(
        .read(url, priority: priority, label: "\(feed.rawValue).changes"))
    } catch {
      if case .refused(let refusal) = error, refusal.status == 400 { return nil }
      throw error
    }
    let answer = try Self.decoded(
      QuickBooksChanges.self, body, label: "\(feed.rawValue).changes")
    guard answer.count < Self.captureMost else { return nil }
    var page = AccountingPage(
      next: FeedCursor(highWater: [answer.time, cursor.highWater].compactMap { $0 }.max()),
      hasMore: false)
    switch feed {
    case .contacts: try await fill(&page, customers: answer.customers)
    case .invoices:
      var slots = answer.invoices
      slots += try await untold(answer)
      try await fill(&page, invoices: slots, payments: answer.payments)
    }
    return page
  }

  /// Invoices that a changed payment names and the answer itself does not.
  private func untold(
    _ answer: QuickBooksChanges
  ) async throws(RemoteError) -> [EachRecord<QuickBooksInvoice>.Slot] {
    var told: Set<String> = []
    for case .read(let invoice) in answer.invoices { told.insert(invoice.id) }
    let missing = answer.payments.flatMap(\.invoices).filter { !told.contains($0) }.uniqued
    return try await records(QuickBooksInvoice.self, missing, priority: .money).map { .read($0) }
  }

  func fill(
    _ page: inout AccountingPage, customers: [EachRecord<QuickBooksCustomer>.Slot]
  ) async throws(RemoteError) {
    var terms: [QuickBooksTerm] = []
    let needsTerms = customers.contains {
      if case .read(let customer) = $0 { !customer.terms.isEmpty } else { false }
    }
    if needsTerms { terms = try await books.terms(self) }
    for slot in customers {
      switch slot {
      case .read(let customer):
        do { page.contacts.append(try customer.party(of: name, terms: terms)) } catch {
          page.rejected.append(rejected(.contact, customer.id, error.reason))
        }
      case .unreadable(let id, let reason):
        page.rejected.append(rejected(.contact, id, reason))
      }
    }
  }

  func fill(
    _ page: inout AccountingPage, invoices: [EachRecord<QuickBooksInvoice>.Slot],
    payments: [QuickBooksPayment]
  ) async throws(RemoteError) {
    var present: [QuickBooksInvoice] = []
    for slot in invoices {
      switch slot {
      case .read(let invoice) where invoice.isDeleted:
        page.deleted.append(Subject(system: name, kind: .invoice, id: invoice.id))
      case .read(let invoice): present.append(invoice)
      case .unreadable(let id, let reason):
        page.rejected.append(rejected(.invoice, id, reason))
      }
    }
    for (record, result) in try await converted(present, payments: payments) {
      switch result {
      case .success(let invoice): page.invoices.append(invoice)
      case .failure(let error):
        page.rejected.append(rejected(.invoice, record.id, error.reason))
      }
    }
  }

  private func rejected(_ kind: RecordKind, _ id: String?, _ reason: String) -> RejectedRecord {
    let known = id.flatMap { $0.isEmpty ? nil : $0 } ?? "unknown"
    return RejectedRecord(
      subject: Subject(system: name, kind: kind, id: known), reason: reason)
  }
}

/// The answer of change data capture: whole objects, and stubs of deleted ones.
struct QuickBooksChanges: Decodable {
  private(set) var customers: [EachRecord<QuickBooksCustomer>.Slot] = []
  private(set) var invoices: [EachRecord<QuickBooksInvoice>.Slot] = []
  private(set) var payments: [QuickBooksPayment] = []
  /// Objects of all entities together.
  private(set) var count = 0
  let time: Instant?

  init(from decoder: any Decoder) throws {
    let fields = try RecordFields(decoder)
    time = try fields.moment("time")
    guard let groups = try fields.one("CDCResponse", [Group].self) else {
      throw fields.missing("CDCResponse")
    }
    for part in groups.flatMap(\.parts) {
      customers += part.customers
      invoices += part.invoices
      payments += part.payments.compactMap {
        if case .read(let payment) = $0 { payment } else { nil }
      }
      count += part.customers.count + part.invoices.count + part.payments.count
    }
  }

  private struct Group: Decodable {
    let parts: [Part]

    init(from decoder: any Decoder) throws {
      parts = try RecordFields(decoder).list("QueryResponse", of: Part.self)
    }
  }

  private struct Part: Decodable {
    let customers: [EachRecord<QuickBooksCustomer>.Slot]
    let invoices: [EachRecord<QuickBooksInvoice>.Slot]
    let payments: [EachRecord<QuickBooksPayment>.Slot]

    init(from decoder: any Decoder) throws {
      let fields = try RecordFields(decoder)
      func slots<Record: QuickBooksRecord>(
        _ type: Record.Type
      ) throws -> [EachRecord<Record>.Slot] {
        try fields.one(Record.entity, EachRecord<Record>.self)?.slots ?? []
      }
      customers = try slots(QuickBooksCustomer.self)
      invoices = try slots(QuickBooksInvoice.self)
      payments = try slots(QuickBooksPayment.self)
    }
  }
}
