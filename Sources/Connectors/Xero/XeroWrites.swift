package import Domain
internal import Foundation
internal import Transport

extension XeroConnector {
  package func createContacts(
    _ writes: [KeyedWrite<PartyDraft>]
  ) async -> [WriteOutcome<PartyRecord>] {
    let system = name
    let outcomes = await perform(
      XeroBatch<PartyDraft, XeroContact, PartyRecord>(
        method: .put, query: [:], priority: .money, label: "contacts.create",
        body: XeroBody.contact,
        value: { record throws(ConversionError) in try record.party(of: system) },
        verdict: { ($0.verdict, $0.verdict.errors) },
        fits: { $1.mark == $0.mark }),
      writes)
    return await adopting(outcomes, .nameTaken) { refused in
      let found = try? await findContacts(refused.map { writes[$0].content })
      return refused.map { index in found?.first { $0.mark == writes[index].content.mark } }
    }
  }

  package func updateContacts(
    _ writes: [KeyedWrite<PartyPatch>]
  ) async -> [WriteOutcome<PartyRecord>] {
    let system = name
    return await perform(
      XeroBatch<PartyPatch, XeroContact, PartyRecord>(
        method: .post, query: [:], priority: .contacts, label: "contacts.update",
        body: XeroBody.patch,
        value: { record throws(ConversionError) in try record.party(of: system) },
        verdict: { ($0.verdict, $0.verdict.errors) },
        fits: { $0.subject.id.lowercased() == $1.subject.id }),
      writes)
  }

  /// PUT, never POST: a POST to a number in use would change the invoice that has it.
  package func createInvoices(
    _ writes: [KeyedWrite<InvoiceDraft>]
  ) async -> [WriteOutcome<Invoice>] {
    let outcomes = await performInvoices(
      writes, .put, "invoices.create", body: XeroBody.invoice
    ) { draft, invoice in
      invoice.sourceURL == draft.mark.sourceURL || invoice.sourceURL.isEmpty
    }
    return await adopting(outcomes, .numberTaken) { refused in
      let found = try? await findInvoices(refused.map { writes[$0].content.mark })
      return refused.map { index in
        found?.first { invoice in
          let mark = writes[index].content.mark
          return mark.identifies(invoice) && mark.number.map(XeroText.number) == invoice.number
        }
      }
    }
  }

  package func reviseInvoices(
    _ writes: [KeyedWrite<InvoiceRevision>]
  ) async -> [WriteOutcome<Invoice>] {
    await performInvoices(writes, .post, "invoices.revise", body: XeroBody.revision) {
      $0.invoice.rawValue.lowercased() == $1.id.rawValue
    }
  }

  package func cancelInvoices(
    _ writes: [KeyedWrite<ID<Invoice>>]
  ) async -> [WriteOutcome<Invoice>] {
    let present: [ID<Invoice>: Invoice]
    do {
      let found = try await invoices(writes.map(\.content))
      present = Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    } catch {
      return writes.map { _ in .notSent(reason: "\(error)") }
    }
    var outcomes: [WriteOutcome<Invoice>] = writes.map { write in
      present[Self.lowered(write.content)].map { .applied($0) }
        ?? .refused(
          XeroRefusals.refusal(["the invoice \(write.content) is not among Xero's invoices"]))
    }
    let open = writes.indices.filter {
      present[Self.lowered(writes[$0].content)]?.status.isTerminal == false
    }
    let answers = await performInvoices(
      open.map { writes[$0] }, .post, "invoices.cancel",
      body: { id in
        let status = present[Self.lowered(id)]?.status
        return XeroBody.status(
          status == .draft || status == .submitted ? .deleted : .voided, of: id)
      },
      fits: { Self.lowered($0) == $1.id && $1.status.isTerminal })
    for (index, answer) in zip(open, answers) { outcomes[index] = answer }
    return outcomes
  }

  private static func lowered(_ id: ID<Invoice>) -> ID<Invoice> { ID(id.rawValue.lowercased()) }

  /// Four decimals of unit prices are kept only where the address asks for them, both ways.
  private func performInvoices<Content>(
    _ writes: [KeyedWrite<Content>], _ method: HTTPMethod, _ label: String,
    body: @escaping @Sendable (Content) -> XeroBody.Built,
    fits: @escaping @Sendable (Content, Invoice) -> Bool
  ) async -> [WriteOutcome<Invoice>] {
    guard let code = try? await session.current().shortCode else {
      // The reason is found again, and told, by the batch itself.
      return await performInvoices(writes, method, label, "", body, fits)
    }
    return await performInvoices(writes, method, label, code, body, fits)
  }

  private func performInvoices<Content>(
    _ writes: [KeyedWrite<Content>], _ method: HTTPMethod, _ label: String, _ shortCode: String,
    _ body: @escaping @Sendable (Content) -> XeroBody.Built,
    _ fits: @escaping @Sendable (Content, Invoice) -> Bool
  ) async -> [WriteOutcome<Invoice>] {
    await perform(
      XeroBatch<Content, XeroInvoice, Invoice>(
        method: method, query: ["unitdp": "4"], priority: .money, label: label, body: body,
        value: { record throws(ConversionError) in try record.domain(shortCode: shortCode) },
        verdict: { ($0.verdict, $0.allErrors) },
        fits: fits),
      writes)
  }

  package func createTemplates(
    _ writes: [KeyedWrite<TemplateDraft>]
  ) async -> [WriteOutcome<InvoiceTemplate>] {
    await perform(
      XeroBatch<TemplateDraft, XeroTemplate, InvoiceTemplate>(
        method: .put, query: ["unitdp": "4"], priority: .money, label: "templates.create",
        body: XeroBody.template,
        value: { record throws(ConversionError) in try record.domain() },
        verdict: { ($0.verdict, $0.verdict.errors + ($0.contact?.verdict.errors ?? [])) },
        fits: { XeroText.reference($0.content.mark.reference) == $1.reference }),
      writes)
  }

  package func createItems(_ writes: [KeyedWrite<ItemDraft>]) async -> [WriteOutcome<Item>] {
    let outcomes = await perform(
      XeroBatch<ItemDraft, XeroItem, Item>(
        method: .put, query: ["unitdp": "4"], priority: .contacts, label: "items.create",
        body: XeroBody.item,
        value: { record throws(ConversionError) in
          guard let item = record.domain else { throw ConversionError("ItemID is missing") }
          return item
        },
        verdict: { ($0.verdict, $0.verdict.errors) },
        fits: { OutgoingText.line($0.code, limit: 30) == $1.code }),
      writes)
    // A code in use is the item that was wanted.
    return await adopting(outcomes, .itemUnknown) { refused in
      let answer = try? await read(XeroItem.self, priority: .contacts, label: "items.list")
      let items = answer?.readable.compactMap(\.domain)
      return refused.map { index in
        items?.first { $0.code == OutgoingText.line(writes[index].content.code, limit: 30) }
      }
    }
  }
}
