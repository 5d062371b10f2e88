import Connectors
import Domain
import Synchronization
import Transport

/// An accounting connector with one deliberate bug; everything else is the real one's.
final class SabotagedAccounting: AccountingSystem {
  private let base: any AccountingSystem
  private let bug: Sabotage
  private let clock: VirtualClock
  private let seen = Mutex(Seen())

  private struct Seen {
    var foreign: ID<Invoice>?
    var contacts: [ID<Party>] = []
  }

  init(_ base: any AccountingSystem, bug: Sabotage, clock: VirtualClock) {
    self.base = base
    self.bug = bug
    self.clock = clock
  }

  var name: SystemName { base.name }

  var capabilities: AccountingCapabilities {
    var capabilities = base.capabilities
    if bug == .settleIgnored { capabilities.settleSeconds = 0 }
    return capabilities
  }

  func ledger() async throws(RemoteError) -> Ledger { try await base.ledger() }

  // MARK: Reading

  func page(
    _ feed: AccountingFeed, from cursor: FeedCursor
  ) async throws(RemoteError) -> AccountingPage {
    var from = cursor
    if bug == .cursorWithoutMargin, cursor.position == nil {
      from.highWater = cursor.highWater?.advanced(
        seconds: Int64(capabilities.listingLagSeconds) + 600)
    }
    var page = try await base.page(feed, from: from)
    seen.withLock { seen in
      seen.foreign = seen.foreign ?? page.invoices.first { $0.sourceURL.isEmpty && $0.isOpen }?.id
      seen.contacts += page.contacts.filter { $0.status == .active }.map(\.id)
    }
    if bug == .lastInvoiceSkipped { page.invoices = page.invoices.dropLast() }
    if bug == .ledgerCursorTooFar, !page.hasMore {
      page.next.highWater = page.next.highWater?.advanced(seconds: 3600)
    }
    if bug == .paymentsIgnored { page.invoices = page.invoices.map(Self.unpaid) }
    return page
  }

  private static func unpaid(_ invoice: Invoice) -> Invoice {
    guard invoice.amountPaid.minorUnits > 0, invoice.status != .voided else { return invoice }
    var poor = invoice
    poor.amountPaid = Money(minorUnits: 0, currency: invoice.currency)
    poor.amountDue = invoice.total
    poor.status = .authorised
    return poor
  }

  func invoices(_ ids: [ID<Invoice>]) async throws(RemoteError) -> [Invoice] {
    let found = try await base.invoices(ids)
    return bug == .paymentsIgnored ? found.map(Self.unpaid) : found
  }

  func contacts(_ ids: [ID<Party>]) async throws(RemoteError) -> [PartyRecord] {
    try await base.contacts(ids)
  }

  func findInvoices(_ marks: [InvoiceMark]) async throws(RemoteError) -> [Invoice] {
    switch bug {
    case .lookUpsOff: []
    case .partialLookUps: Array(try await base.findInvoices(marks).dropFirst())
    default: try await base.findInvoices(marks)
    }
  }

  func findContacts(_ drafts: [PartyDraft]) async throws(RemoteError) -> [PartyRecord] {
    switch bug {
    case .contactLookUpsOff: []
    case .partialLookUps: Array(try await base.findContacts(drafts).dropFirst())
    default: try await base.findContacts(drafts)
    }
  }

  func templates() async throws(RemoteError) -> [InvoiceTemplate] { try await base.templates() }
  func onlineURL(of invoice: ID<Invoice>) async throws(RemoteError) -> String {
    try await base.onlineURL(of: invoice)
  }
  func callCount() async -> Int { await base.callCount() }
  func health() async -> ClientHealth { await base.health() }
  func drain() async { await base.drain() }
  func clockSkew() async -> Duration? { await base.clockSkew() }

  // MARK: Writing

  func createContacts(_ writes: [KeyedWrite<PartyDraft>]) async -> [WriteOutcome<PartyRecord>] {
    let made = writes.map { write in
      var write = keyed(write)
      if bug == .contactMarkLeftOut { write.content.mark = "" }
      return write
    }
    return judged(await base.createContacts(made))
  }

  func updateContacts(_ writes: [KeyedWrite<PartyPatch>]) async -> [WriteOutcome<PartyRecord>] {
    guard bug == .partyEditsLost else {
      return judged(await base.updateContacts(writes.map(keyed)))
    }
    guard let now = try? await base.contacts(writes.map { ID($0.content.subject.id) }) else {
      return writes.map { _ in .notSent(reason: "sabotage") }
    }
    return writes.map { write in
      now.first { $0.subject == write.content.subject }.map { .applied($0) }
        ?? .notSent(reason: "sabotage")
    }
  }

  func createInvoices(_ writes: [KeyedWrite<InvoiceDraft>]) async -> [WriteOutcome<Invoice>] {
    let (foreign, contacts) = seen.withLock { ($0.foreign, $0.contacts) }
    if bug == .foreignTouched, let foreign {
      _ = await base.cancelInvoices([KeyedWrite(key: "sabotage", content: foreign)])
    }
    let made = writes.map { write in
      var write = keyed(write)
      spoil(&write.content, key: write.key, contacts: contacts)
      return write
    }
    if bug == .createdTwice {
      _ = await base.createInvoices(
        made.map { KeyedWrite(key: $0.key + "-again", content: $0.content) })
    }
    return judged(await base.createInvoices(made))
  }

  private func spoil(_ draft: inout InvoiceDraft, key: String, contacts: [ID<Party>]) {
    switch bug {
    case .markLeftOut: draft.mark.sourceURL = ""
    case .keyPerAttempt: draft.mark.sourceURL += "?\(key.suffix(3))"
    case .diceInMarks: draft.mark.reference = "\(UInt64.random(in: 0...999_999_999))"
    case .lineDropped where draft.lines.count > 1: draft.lines.removeLast()
    case .discountForgotten:
      for index in draft.lines.indices {
        draft.lines[index].discountPercent = nil
        draft.lines[index].discountAmount = nil
      }
    case .priceRounded:
      for index in draft.lines.indices {
        draft.lines[index].unitPrice = draft.lines[index].unitPrice.map {
          $0.rounded(0)
        }
      }
    case .centLost:
      for index in draft.lines.indices {
        draft.lines[index].unitPrice = draft.lines[index].unitPrice.flatMap {
          try? $0.subtracting(ExactDecimal(significand: 1, scale: 2))
        }
      }
    case .wrongCustomer:
      if case .existing(let right) = draft.contact,
        let other = contacts.first(where: { $0 != right })
      {
        draft.contact = .existing(other)
      }
    case .wrongCurrency: draft.currency = Currency("USD") ?? draft.currency
    case .dueTooLate: draft.dueDate = draft.dueDate.adding(days: 1)
    case .leftAsDraft: draft.status = .draft
    default: break
    }
  }

  func reviseInvoices(_ writes: [KeyedWrite<InvoiceRevision>]) async -> [WriteOutcome<Invoice>] {
    guard bug == .revisionNotSent else {
      return judged(await base.reviseInvoices(writes.map(keyed)))
    }
    let now = (try? await base.invoices(writes.map(\.content.invoice))) ?? []
    return writes.map { write in
      now.first { $0.id == write.content.invoice }.map { .applied($0) }
        ?? .notSent(reason: "sabotage")
    }
  }

  func cancelInvoices(_ writes: [KeyedWrite<ID<Invoice>>]) async -> [WriteOutcome<Invoice>] {
    judged(await base.cancelInvoices(writes.map(keyed)))
  }

  func emailInvoice(_ write: KeyedWrite<ID<Invoice>>) async -> WriteOutcome<Bool> {
    await base.emailInvoice(write)
  }

  func createTemplates(
    _ writes: [KeyedWrite<TemplateDraft>]
  ) async -> [WriteOutcome<InvoiceTemplate>] {
    await base.createTemplates(writes)
  }

  func endTemplate(_ write: KeyedWrite<ID<InvoiceTemplate>>) async -> WriteOutcome<Bool> {
    await base.endTemplate(write)
  }

  func createItems(_ writes: [KeyedWrite<ItemDraft>]) async -> [WriteOutcome<Item>] {
    await base.createItems(writes)
  }

  private func keyed<Content>(_ write: KeyedWrite<Content>) -> KeyedWrite<Content> {
    bug == .oneKeyForAll ? KeyedWrite(key: "the-one-key", content: write.content) : write
  }

  private func judged<Value>(_ outcomes: [WriteOutcome<Value>]) -> [WriteOutcome<Value>] {
    outcomes.map { bug.judged($0) }
  }
}

extension Sabotage {
  /// A verdict as the bug has it.
  func judged<Value>(_ outcome: WriteOutcome<Value>) -> WriteOutcome<Value> {
    switch outcome {
    case .unknown(let reason) where self == .unknownTakenForNotSent: .notSent(reason: reason)
    case .unknown(let reason) where self == .unknownTakenForRefused:
      .refused(WriteRefusal(code: .badLine, message: reason, remedy: "none"))
    case .refused(let refusal) where self == .refusedRetried:
      .notSent(reason: refusal.message)
    case .applied, .refused, .unknown, .notSent: outcome
    }
  }
}
