package import Domain
internal import Foundation
package import Transport

extension XeroConnector {
  package func invoices(_ ids: [ID<Invoice>]) async throws(RemoteError) -> [Invoice] {
    let tenant = try await session.current()
    var found: [Invoice] = []
    for batch in usable(ids).batches(of: capabilities.invoicesPerRead) {
      let query: URLQuery = ["IDs": batch.joined(separator: ","), "unitdp": "4"]
      let records = try await readAll(
        XeroInvoice.self, query: query, priority: .money, label: "invoices.byID")
      found += records.filter(\.isSale).compactMap {
        try? $0.domain(shortCode: tenant.shortCode)
      }
    }
    return found
  }

  package func contacts(_ ids: [ID<Party>]) async throws(RemoteError) -> [PartyRecord] {
    var found: [PartyRecord] = []
    for batch in usable(ids).batches(of: capabilities.invoicesPerRead) {
      let query: URLQuery = ["IDs": batch.joined(separator: ","), "includeArchived": "true"]
      let records = try await readAll(
        XeroContact.self, query: query, priority: .contacts, label: "contacts.byID")
      found += records.compactMap { try? $0.party(of: name) }
    }
    return found
  }

  /// Each id once; what is no id would spoil the whole list of them.
  private func usable<Entity>(_ ids: [ID<Entity>]) -> [String] {
    var seen: Set<String> = []
    return ids.map(\.rawValue).filter { UUID(uuidString: $0) != nil && seen.insert($0).inserted }
  }

  package func findInvoices(_ marks: [InvoiceMark]) async throws(RemoteError) -> [Invoice] {
    var records: [XeroInvoice] = []
    let numbers = unique(marks.compactMap { $0.number.map(XeroText.number) })
    for batch in numbers.filter({ !$0.contains(",") }).batches(of: capabilities.invoicesPerRead) {
      let query: URLQuery = ["InvoiceNumbers": batch.joined(separator: ","), "unitdp": "4"]
      records += try await readAll(
        XeroInvoice.self, query: query, priority: .money, label: "invoices.byNumber", strict: true)
    }
    for number in numbers where number.contains(",") {
      records += try await matching("InvoiceNumber", number)
    }
    let references = unique(
      marks.filter { $0.number == nil }.map { XeroText.reference($0.reference) })
    for reference in references { records += try await matching("Reference", reference) }
    return try await judged(records, marks, Set(numbers.map { $0.lowercased() }))
  }

  /// Invoices whose field equals the value. One that would need escaping is looked for as a part
  /// of text: how Xero wants quotes written is not documented.
  private func matching(
    _ field: String, _ value: String
  ) async throws(RemoteError) -> [XeroInvoice] {
    let query: URLQuery =
      XeroText.needsEscaping(value)
      ? ["searchTerm": value, "unitdp": "4"]
      : ["where": "Type==\"ACCREC\" AND \(field)==\"\(value)\"", "unitdp": "4"]
    return try await readAll(
      XeroInvoice.self, query: query, priority: .money, label: "invoices.byReference", strict: true)
  }

  /// Only those that carry a mark, or one of our numbers (which may turn out to be another's).
  /// One of these that makes no sense is an error: taken for absent, it would be made again.
  private func judged(
    _ records: [XeroInvoice], _ marks: [InvoiceMark], _ numbers: Set<String>
  ) async throws(RemoteError) -> [Invoice] {
    let tenant = try await session.current()
    let addresses = Set(marks.map(\.sourceURL))
    var seen: Set<ID<Invoice>> = []
    var found: [Invoice] = []
    for record in records where record.isSale {
      guard addresses.contains(record.url) || numbers.contains(record.number.lowercased()) else {
        continue
      }
      do {
        let invoice = try record.domain(shortCode: tenant.shortCode)
        if seen.insert(invoice.id).inserted { found.append(invoice) }
      } catch {
        throw .unreadable(reason: "an invoice of ours: \(error.reason)")
      }
    }
    return found
  }

  package func findContacts(_ drafts: [PartyDraft]) async throws(RemoteError) -> [PartyRecord] {
    let marks = unique(drafts.map(\.mark).filter { !$0.isEmpty })
    let names = unique(drafts.map { XeroText.name($0.name) }.filter { !$0.isEmpty })
    var records: [XeroContact] = []
    for mark in marks { records += try await contacts(["searchTerm": mark]) }
    for name in names {
      records += try await contacts(
        XeroText.needsEscaping(name) ? ["searchTerm": name] : ["where": "Name==\"\(name)\""])
    }
    let nameKeys = Set(names.map(XeroText.nameKey))
    var seen: Set<String> = []
    return records.compactMap { try? $0.party(of: name) }
      .filter { marks.contains($0.mark) || nameKeys.contains(XeroText.nameKey($0.name)) }
      .filter { seen.insert($0.subject.id).inserted }
  }

  private func contacts(_ filter: URLQuery) async throws(RemoteError) -> [XeroContact] {
    var query = filter
    query.add("includeArchived", "true")
    return try await readAll(
      XeroContact.self, query: query, priority: .contacts, label: "contacts.find", strict: true)
  }

  package func templates() async throws(RemoteError) -> [InvoiceTemplate] {
    let answer = try await read(
      XeroTemplate.self, priority: .money, label: "templates.list")
    return answer.readable.filter(\.isSale).compactMap { try? $0.domain() }
  }

  private func unique(_ texts: [String]) -> [String] {
    var seen: Set<String> = []
    return texts.filter { seen.insert($0).inserted }
  }
}
