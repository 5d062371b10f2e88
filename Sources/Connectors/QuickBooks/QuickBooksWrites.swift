package import Domain
internal import Foundation
internal import Transport

extension QuickBooksConnector {
  package func createContacts(
    _ writes: [KeyedWrite<PartyDraft>]
  ) async -> [WriteOutcome<PartyRecord>] {
    await withLists(writes) { lists in
      let system = name
      let outcomes = await create(
        QuickBooksBatch<PartyDraft, QuickBooksCustomer, PartyRecord>(
          operation: "create", priority: .money, label: "customers.create",
          value: { record throws(ConversionError) in
            try record.party(of: system, terms: lists.terms)
          },
          fits: { $1.mark == $0.mark }),
        writes, body: { QuickBooksBody.customer($0, lists) })
      let adopted = await adopting(outcomes, .nameTaken) { refused in
        let found = try? await findContacts(refused.map { writes[$0].content })
        return refused.map { index in
          found?.first { !$0.mark.isEmpty && $0.mark == writes[index].content.mark }
        }
      }
      return await namingTheHolder(adopted, writes)
    }
  }

  /// A name may belong to a vendor or an employee, whom no list of customers shows.
  private func namingTheHolder(
    _ outcomes: [WriteOutcome<PartyRecord>], _ writes: [KeyedWrite<PartyDraft>]
  ) async -> [WriteOutcome<PartyRecord>] {
    var told = outcomes
    for index in outcomes.indices {
      guard case .refused(let refusal) = outcomes[index], refusal.code == .nameTaken else {
        continue
      }
      let name = QuickBooksText.name(writes[index].content.name)
      let vendors = try? await all(
        QuickBooksVendor.self,
        QuickBooksQuery(QuickBooksVendor.self).filtered("DisplayName", "=", name),
        priority: .contacts, label: "vendors.byName")
      let staff =
        vendors?.isEmpty == true
        ? try? await all(
          QuickBooksEmployee.self,
          QuickBooksQuery(QuickBooksEmployee.self).filtered("DisplayName", "=", name),
          priority: .contacts, label: "employees.byName") : nil
      let holder =
        vendors?.isEmpty == false ? "a vendor" : staff?.isEmpty == false ? "an employee" : nil
      guard let holder else { continue }
      var named = refusal
      named.message = "“\(name)” is the name of \(holder) in QuickBooks"
      told[index] = .refused(named)
    }
    return told
  }

  package func createItems(_ writes: [KeyedWrite<ItemDraft>]) async -> [WriteOutcome<Item>] {
    await withLists(writes) { lists in
      let outcomes = await create(
        QuickBooksBatch<ItemDraft, QuickBooksItem, QuickBooksItem>(
          operation: "create", priority: .money, label: "items.create",
          value: { record throws(ConversionError) in record },
          fits: { OutgoingText.line($0.code, limit: 100) == $1.code }),
        writes, body: { QuickBooksBody.item($0, lists) })
      // A name in use is the item that was wanted, where its code says so.
      let adopted = await adopting(outcomes, .nameTaken) { refused in
        let items = try? await all(
          QuickBooksItem.self, QuickBooksQuery(QuickBooksItem.self).fields("*, Sku"),
          priority: .money, label: "items.list")
        return refused.map { index in
          items?.first { $0.code == OutgoingText.line(writes[index].content.code, limit: 100) }
        }
      }
      var items: [WriteOutcome<Item>] = []
      for outcome in adopted {
        switch outcome {
        case .applied(let item):
          await books.add(item)
          items.append(.applied(item.domain(accounts: lists.accounts)))
        case .refused(let refusal): items.append(.refused(refusal))
        case .unknown(let reason): items.append(.unknown(reason: reason))
        case .notSent(let reason): items.append(.notSent(reason: reason))
        }
      }
      return items
    }
  }

  package func createInvoices(
    _ writes: [KeyedWrite<InvoiceDraft>]
  ) async -> [WriteOutcome<Invoice>] {
    await withLists(writes) { lists in
      let taken: [Invoice]
      do {
        // Whether QuickBooks itself refuses a number in use is a preference of the company.
        let numbered = writes.map(\.content.mark).filter { $0.number != nil }
        taken = numbered.isEmpty ? [] : try await findInvoices(numbered)
      } catch {
        return writes.map { _ in .notSent(reason: "\(error)") }
      }
      let writer = QuickBooksInvoiceWriter(lists: lists, defaultItem: defaultItem)
      let outcomes = await create(invoiceBatch("create", lists), writes) { draft in
        if let number = draft.mark.number.map(QuickBooksText.number),
          taken.contains(where: { $0.number.lowercased() == number.lowercased() })
        {
          return .failure(
            QuickBooksRefusals.refusal(
              .numberTaken, "the number \(number) belongs to another document"))
        }
        return writer.invoice(draft)
      }
      return await adopting(outcomes, .numberTaken) { refused in
        let found = try? await findInvoices(refused.map { writes[$0].content.mark })
        return refused.map { index in
          found?.first { invoice in
            let mark = writes[index].content.mark
            return mark.identifies(invoice)
              && mark.number.map(QuickBooksText.number) == invoice.number
          }
        }
      }
    }
  }

  /// How an invoice of an answer is read and recognised.
  func invoiceBatch(
    _ operation: String, _ lists: QuickBooksLists
  ) -> QuickBooksBatch<InvoiceDraft, QuickBooksInvoice, Invoice> {
    let (pages, home) = (pages, Currency(lists.preferences.homeCurrency))
    return QuickBooksBatch(
      operation: operation, priority: .money, label: "invoices.\(operation)",
      value: { record throws(ConversionError) in try record.domain(pages, home: home) },
      fits: { $1.sourceURL == $0.mark.sourceURL })
  }

  /// Runs the body with the lists, or says that nothing was sent.
  func withLists<Content, Value>(
    _ writes: [KeyedWrite<Content>],
    _ body: (QuickBooksLists) async -> [WriteOutcome<Value>]
  ) async -> [WriteOutcome<Value>] {
    guard !writes.isEmpty else { return [] }
    let lists: QuickBooksLists
    do { lists = try await books.lists(self) } catch {
      return writes.map { _ in .notSent(reason: "\(error)") }
    }
    return await body(lists)
  }
}
