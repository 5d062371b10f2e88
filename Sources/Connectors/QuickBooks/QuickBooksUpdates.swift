package import Domain
internal import Foundation
internal import Transport

/// Changes of existing records: read with their version, changed, and looked at again where
/// somebody was faster.
extension QuickBooksConnector {
  package func updateContacts(
    _ writes: [KeyedWrite<PartyPatch>]
  ) async -> [WriteOutcome<PartyRecord>] {
    let system = name
    let terms = (try? await books.terms(self)) ?? []
    let batch = QuickBooksBatch<PartyPatch, QuickBooksCustomer, PartyRecord>(
      operation: "update", priority: .contacts, label: "customers.update",
      value: { record throws(ConversionError) in try record.party(of: system, terms: terms) },
      fits: { $0.subject.id == $1.subject.id })
    return await update(
      batch, writes, id: \.subject.id,
      body: { patch, customer in QuickBooksBody.patch(patch, of: customer) },
      isUntouched: { patch, before, now in
        // Only what is to be written matters: a payment changes the balance of a customer.
        guard let old = try? before.party(of: system, terms: []),
          let new = try? now.party(of: system, terms: [])
        else { return false }
        return old.name == new.name && old.firstName == new.firstName
          && old.lastName == new.lastName && old.emails == new.emails && old.phones == new.phones
          && old.addresses == new.addresses && old.status == new.status
      })
  }

  package func reviseInvoices(
    _ writes: [KeyedWrite<InvoiceRevision>]
  ) async -> [WriteOutcome<Invoice>] {
    await withLists(writes) { lists in
      let writer = QuickBooksInvoiceWriter(lists: lists, defaultItem: defaultItem)
      let (pages, home) = (pages, Currency(lists.preferences.homeCurrency))
      let batch = QuickBooksBatch<InvoiceRevision, QuickBooksInvoice, Invoice>(
        operation: "update", priority: .money, label: "invoices.revise",
        value: { record throws(ConversionError) in try record.domain(pages, home: home) },
        fits: { $0.invoice == $1.id })
      return await update(
        batch, writes, id: \.invoice.rawValue,
        body: { writer.revision($0, of: $1) },
        isUntouched: { _, before, now in
          before.total == now.total && before.balance == now.balance && before.note == now.note
            && before.number == now.number
        })
    }
  }

  /// Reads the present versions, sends the changes, and where a version was outdated reads that
  /// record once more: sent again if nothing that matters changed, else left to the next plan.
  private func update<Content, Record: QuickBooksVersioned, Value>(
    _ batch: QuickBooksBatch<Content, Record, Value>, _ writes: [KeyedWrite<Content>],
    id: (Content) -> String, body: (Content, Record) -> Built,
    isUntouched: (Content, Record, Record) -> Bool
  ) async -> [WriteOutcome<Value>] {
    guard !writes.isEmpty else { return [] }
    let present: [String: Record]
    do { present = try await versions(writes.map { id($0.content) }) } catch {
      return writes.map { _ in .notSent(reason: "\(error)") }
    }
    var outcomes: [WriteOutcome<Value>] = []
    var pending: [QuickBooksPending<Content>] = []
    for (index, write) in writes.enumerated() {
      outcomes.append(.notSent(reason: "not reached"))
      guard let record = present[id(write.content)] else {
        outcomes[index] = .refused(
          QuickBooksRefusals.refusal(
            .refused, "\(Record.entity) \(id(write.content)) is not in QuickBooks any more"))
        continue
      }
      switch body(write.content, record) {
      case .success(let body):
        pending.append(QuickBooksPending(index: index, write: write, body: body))
      case .failure(let refusal): outcomes[index] = .refused(refusal)
      }
    }
    for (index, verdict) in await send(pending, batch) {
      let content = writes[index].content
      switch verdict {
      case .settled(let outcome): outcomes[index] = outcome
      case .stale:
        outcomes[index] = await again(
          batch, writes[index], was: present[id(content)], id: id(content), body: body,
          isUntouched: isUntouched)
      }
    }
    return outcomes
  }

  private func versions<Record: QuickBooksVersioned>(
    _ ids: [String]
  ) async throws(RemoteError) -> [String: Record] {
    let records = try await records(
      Record.self, ids, priority: .money, withInactive: Record.entity == "Customer")
    return Dictionary(records.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// By a read of the one record: lists may show an older version than it has.
  private func again<Content, Record: QuickBooksVersioned, Value>(
    _ batch: QuickBooksBatch<Content, Record, Value>, _ write: KeyedWrite<Content>,
    was: Record?, id: String, body: (Content, Record) -> Built,
    isUntouched: (Content, Record, Record) -> Bool
  ) async -> WriteOutcome<Value> {
    let changed = "somebody changed it meanwhile; the next pass plans it anew"
    let now: Record
    do {
      now = try await read(
        QuickBooksAnswer<Record>.self, [Record.entity.lowercased(), id], priority: .money,
        label: "\(Record.entity.lowercased()).get"
      ).record
    } catch { return .notSent(reason: "\(error)") }
    guard let was, isUntouched(write.content, was, now) else { return .notSent(reason: changed) }
    switch body(write.content, now) {
    case .failure(let refusal): return .refused(refusal)
    case .success(let body):
      let pending = QuickBooksPending(index: 0, write: write, body: body)
      switch await send([pending], batch).first?.1 {
      case .settled(let outcome): return outcome
      case .stale, nil: return .notSent(reason: changed)
      }
    }
  }
}
