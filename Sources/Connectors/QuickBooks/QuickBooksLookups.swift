package import Domain
package import Transport

extension QuickBooksConnector {
  package func invoices(_ ids: [ID<Invoice>]) async throws(RemoteError) -> [Invoice] {
    let records = try await records(
      QuickBooksInvoice.self, ids.map(\.rawValue), priority: .money)
    return try await strictlyConverted(records)
  }

  package func contacts(_ ids: [ID<Party>]) async throws(RemoteError) -> [PartyRecord] {
    try await parties(
      try await records(
        QuickBooksCustomer.self, ids.map(\.rawValue), priority: .contacts, withInactive: true))
  }

  /// Records by id, unknown ones left out.
  func records<Record: QuickBooksRecord>(
    _ type: Record.Type, _ ids: [String], priority: CallPriority, withInactive: Bool = false
  ) async throws(RemoteError) -> [Record] {
    var found: [Record] = []
    let usable = ids.filter { id in !id.isEmpty && id.allSatisfy { $0.isASCII && $0.isNumber } }
    for batch in usable.uniqued.batches(of: capabilities.invoicesPerRead) {
      var query = QuickBooksQuery(type).filtered("Id", isOneOf: Array(batch))
      if withInactive { query = query.withInactive() }
      found += try await all(
        type, query, priority: priority, label: "\(Record.entity.lowercased()).byID")
    }
    return found
  }

  /// Each invoice in our terms, with what payments settled of it.
  func converted(
    _ records: [QuickBooksInvoice], payments known: [QuickBooksPayment]
  ) async throws(RemoteError) -> [(QuickBooksInvoice, Result<Invoice, ConversionError>)] {
    guard !records.isEmpty else { return [] }
    var payments = known
    let have = Set(known.map(\.id))
    let wanted = records.filter(\.isSettledInPart).flatMap(\.payments)
      .filter { !have.contains($0) }
    payments += try await self.records(QuickBooksPayment.self, wanted, priority: .money)
    let settled = QuickBooksSettlement.byInvoice(payments)
    let home = try await home(for: records)
    return records.map { record in
      do throws(ConversionError) {
        let invoice = try record.domain(
          pages, home: home, settlement: settled[record.id] ?? QuickBooksSettlement())
        return (record, .success(invoice))
      } catch { return (record, .failure(error)) }
    }
  }

  /// Documents name their currency; only if one does not, the company's own is asked for.
  private func home(
    for records: [QuickBooksInvoice]
  ) async throws(RemoteError) -> Currency? {
    guard records.contains(where: \.currency.isEmpty) else { return nil }
    let lists = try await books.lists(self)
    return Currency(lists.preferences.homeCurrency)
      ?? QuickBooksCountry.currency(lists.country)
  }

  /// One that makes no sense is an error: taken for absent, it would be made again.
  private func strictlyConverted(
    _ records: [QuickBooksInvoice]
  ) async throws(RemoteError) -> [Invoice] {
    var found: [Invoice] = []
    for (record, result) in try await converted(records, payments: []) {
      switch result {
      case .success(let invoice): found.append(invoice)
      case .failure(let error):
        throw .unreadable(reason: "invoice \(record.id): \(error.reason)")
      }
    }
    return found
  }

  func parties(
    _ customers: [QuickBooksCustomer]
  ) async throws(RemoteError) -> [PartyRecord] {
    var page = AccountingPage(next: .start, hasMore: false)
    try await fill(&page, customers: customers.map { .read($0) })
    return page.contacts
  }

  /// By number where it was ours to choose. QuickBooks cannot search notes, so that others are
  /// looked for among the invoices made lately, newest first.
  package func findInvoices(_ marks: [InvoiceMark]) async throws(RemoteError) -> [Invoice] {
    let numbers = marks.compactMap(\.number).map(QuickBooksText.number).uniqued
    var records: [QuickBooksInvoice] = []
    for batch in numbers.batches(of: capabilities.invoicesPerRead) {
      records += try await all(
        QuickBooksInvoice.self,
        QuickBooksQuery(QuickBooksInvoice.self).filtered("DocNumber", isOneOf: Array(batch)),
        priority: .money, label: "invoices.byNumber")
    }
    let told = Set(records.map { QuickBooksMark.read($0.note) })
    let others = Set(marks.map(\.sourceURL)).subtracting(told).subtracting([""])
    if !others.isEmpty { records += try await recent(carrying: others) }
    let addresses = Set(marks.map(\.sourceURL))
    let keys = Set(numbers.map { $0.lowercased() })
    var seen: Set<String> = []
    return try await strictlyConverted(
      records.filter {
        addresses.contains(QuickBooksMark.read($0.note)) || keys.contains($0.number.lowercased())
      }.filter { seen.insert($0.id).inserted })
  }

  private func recent(
    carrying addresses: Set<String>
  ) async throws(RemoteError) -> [QuickBooksInvoice] {
    let since = Instant(milliseconds: time.now()).advanced(seconds: -Self.searchSeconds)
    let query = QuickBooksQuery(QuickBooksInvoice.self)
      .filtered("MetaData.CreateTime", ">=", since.description)
      .ordered(by: "MetaData.CreateTime DESC")
    var found: [QuickBooksInvoice] = []
    for page in 0..<50 {
      let answer = try await self.page(
        QuickBooksInvoice.self, query, from: page * Self.pageSize + 1, priority: .money,
        label: "invoices.recent")
      for slot in answer.slots {
        switch slot {
        case .read(let invoice):
          if addresses.contains(QuickBooksMark.read(invoice.note)) { found.append(invoice) }
        case .unreadable(_, let reason): throw .unreadable(reason: "invoices.recent: \(reason)")
        }
      }
      let left = addresses.subtracting(found.map { QuickBooksMark.read($0.note) })
      if left.isEmpty || answer.slots.count < Self.pageSize { return found }
    }
    throw .unreadable(reason: "invoices.recent: more than 50,000 records fit the look-up")
  }

  package func findContacts(_ drafts: [PartyDraft]) async throws(RemoteError) -> [PartyRecord] {
    let names = drafts.map { QuickBooksText.name($0.name) }.filter { !$0.isEmpty }.uniqued
    var records: [QuickBooksCustomer] = []
    for batch in names.batches(of: 50) {
      records += try await all(
        QuickBooksCustomer.self,
        QuickBooksQuery(QuickBooksCustomer.self).filtered("DisplayName", isOneOf: Array(batch))
          .withInactive(), priority: .contacts, label: "customers.byName")
    }
    return try await parties(records)
  }

  package func templates() async throws(RemoteError) -> [InvoiceTemplate] {
    let records = try await all(
      QuickBooksTemplate.self, QuickBooksQuery(QuickBooksTemplate.self), priority: .money,
      label: "templates.list")
    guard !records.isEmpty else { return [] }
    let home = try await home(for: records.compactMap(\.invoice))
    return records.compactMap { try? $0.domain(home: home) }
  }
}
