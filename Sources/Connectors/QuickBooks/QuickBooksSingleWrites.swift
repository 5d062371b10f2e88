package import Domain
internal import Foundation
package import Transport

extension QuickBooksConnector {
  /// Voids: the document stays with all amounts zero. An invoice that is void already is done.
  package func cancelInvoices(
    _ writes: [KeyedWrite<ID<Invoice>>]
  ) async -> [WriteOutcome<Invoice>] {
    let present: [QuickBooksInvoice]
    do {
      present = try await records(
        QuickBooksInvoice.self, writes.map(\.content.rawValue), priority: .money)
    } catch {
      return writes.map { _ in .notSent(reason: "\(error)") }
    }
    var outcomes: [WriteOutcome<Invoice>] = []
    for write in writes {
      guard let invoice = present.first(where: { $0.id == write.content.rawValue }) else {
        outcomes.append(
          .refused(
            QuickBooksRefusals.refusal(
              .refused, "the invoice \(write.content) is not in QuickBooks any more")))
        continue
      }
      outcomes.append(await void(invoice, write.key))
    }
    return outcomes
  }

  private func void(_ invoice: QuickBooksInvoice, _ key: String) async -> WriteOutcome<Invoice> {
    if invoice.isVoided { return await shown(invoice) }
    let body = OutgoingJSON.fields([
      ("Id", .text(invoice.id)), ("SyncToken", .text(invoice.syncToken)),
    ])
    let outcome: WriteOutcome<QuickBooksInvoice> = await single(
      key, ["invoice"], body.data, query: ["operation": "void"], label: "invoices.void")
    switch outcome {
    case .applied(let voided):
      guard voided.id == invoice.id, voided.isVoided else {
        return .unknown(reason: "the answer does not show the invoice void")
      }
      return await shown(voided)
    case .refused(let refusal): return .refused(refusal)
    case .unknown(let reason): return .unknown(reason: reason)
    case .notSent(let reason): return .notSent(reason: reason)
    }
  }

  private func shown(_ record: QuickBooksInvoice) async -> WriteOutcome<Invoice> {
    do {
      guard case .success(let invoice)? = try await converted([record], payments: []).first?.1
      else { return .unknown(reason: "the answer for this record could not be read") }
      return .applied(invoice)
    } catch { return .unknown(reason: "\(error)") }
  }

  /// A single write whose answer is the record.
  private func single<Record: QuickBooksRecord>(
    _ key: String, _ path: [String], _ body: Data, query: URLQuery = [:], label: String,
    fallback: HoldCode = .refused
  ) async -> WriteOutcome<Record> {
    do {
      let call = try await write(path, body, query: query, keys: [key], .money, label)
      let answer = try await company.call(call)
      guard let record = try? JSONReading.decode(QuickBooksAnswer<Record>.self, from: answer)
      else { return .unknown(reason: "the answer could not be read") }
      return .applied(record.record)
    } catch { return Self.outcome(error, fallback) }
  }

  /// A definite no is one; an outdated version is planned anew; what is doubtful stays unknown.
  private static func outcome<Value>(
    _ error: RemoteError, _ fallback: HoldCode
  ) -> WriteOutcome<Value> {
    switch error {
    case .outcomeUnknown(let reason), .unreadable(let reason): return .unknown(reason: reason)
    case .refused(let refusal):
      if QuickBooksFault(refusal.body)?.isStale == true {
        return .notSent(reason: "somebody changed it meanwhile; the next pass plans it anew")
      }
      return .refused(Self.refusal(refusal, fallback: fallback))
    case let other: return .notSent(reason: "\(other)")
    }
  }

  /// Customers see a page of their own only where the company takes payments online.
  package func onlineURL(of invoice: ID<Invoice>) async throws(RemoteError) -> String { "" }

  /// To the address on the invoice, else to the customer's own.
  package func emailInvoice(_ write: KeyedWrite<ID<Invoice>>) async -> WriteOutcome<Bool> {
    var query = URLQuery()
    do {
      guard
        let invoice = try await records(
          QuickBooksInvoice.self, [write.content.rawValue], priority: .money
        ).first
      else {
        return .refused(
          QuickBooksRefusals.refusal(
            .emailRefused, "the invoice \(write.content) is not in QuickBooks any more"))
      }
      if invoice.billEmail.isEmpty {
        let customer = invoice.customer.map { ID<Party>($0.value) }
        let address = try await contacts([customer].compactMap { $0 }).first?.emails.first
        guard let address else {
          return .refused(
            QuickBooksRefusals.refusal(.emailRefused, "the customer has no e-mail address"))
        }
        query.add("sendTo", address)
      }
    } catch { return .notSent(reason: "\(error)") }
    do {
      let call = try await self.write(
        ["invoice", write.content.rawValue, "send"], Data(), query: query, keys: [write.key],
        .money, "invoices.email", type: "application/octet-stream", expects: .any)
      _ = try await company.call(call)
      return .applied(true)
    } catch { return Self.outcome(error, .emailRefused) }
  }

  package func createTemplates(
    _ writes: [KeyedWrite<TemplateDraft>]
  ) async -> [WriteOutcome<InvoiceTemplate>] {
    await withLists(writes) { lists in
      let writer = QuickBooksInvoiceWriter(lists: lists, defaultItem: defaultItem)
      let home = Currency(lists.preferences.homeCurrency)
      var outcomes: [WriteOutcome<InvoiceTemplate>] = []
      for write in writes {
        switch writer.template(write.content) {
        case .failure(let refusal): outcomes.append(.refused(refusal))
        case .success(let body):
          let made: WriteOutcome<QuickBooksTemplate> = await single(
            write.key, ["recurringtransaction"], body.data, label: "templates.create")
          outcomes.append(Self.template(made, home))
        }
      }
      return outcomes
    }
  }

  private static func template(
    _ made: WriteOutcome<QuickBooksTemplate>, _ home: Currency?
  ) -> WriteOutcome<InvoiceTemplate> {
    switch made {
    case .applied(let record):
      do {
        guard let template = try record.domain(home: home) else {
          return .unknown(reason: "the answer holds no template of invoices")
        }
        return .applied(template)
      } catch { return .unknown(reason: "the answer for this record: \(error.reason)") }
    case .refused(let refusal): return .refused(refusal)
    case .unknown(let reason): return .unknown(reason: reason)
    case .notSent(let reason): return .notSent(reason: reason)
    }
  }

  /// Deletes the template; invoices it has made stay.
  package func endTemplate(_ write: KeyedWrite<ID<InvoiceTemplate>>) async -> WriteOutcome<Bool> {
    do {
      let records = try await all(
        QuickBooksTemplate.self, QuickBooksQuery(QuickBooksTemplate.self), priority: .money,
        label: "templates.list")
      guard let invoice = records.first(where: { $0.id == write.content.rawValue })?.invoice else {
        return .applied(true)
      }
      let body = OutgoingJSON.fields([
        (
          "Invoice",
          .fields([("Id", .text(invoice.id)), ("SyncToken", .text(invoice.syncToken))])
        )
      ])
      let call = try await self.write(
        ["recurringtransaction"], body.data, query: ["operation": "delete"], keys: [write.key],
        .money, "templates.end", expects: .any)
      _ = try await company.call(call)
      return .applied(true)
    } catch { return Self.outcome(error, .refused) }
  }
}
