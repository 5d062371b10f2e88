package import Domain
package import Transport

/// The accounting system as the engine sees it.
///
/// Reads throw when nothing useful came back; writes never throw but judge each record alone.
package protocol AccountingSystem: Sendable {
  var name: SystemName { get }
  var capabilities: AccountingCapabilities { get }

  /// The organisation and the slow-moving lists an invoice may name.
  func ledger() async throws(RemoteError) -> Ledger

  /// One page of a "modified since" listing, from where `cursor` stands.
  func page(
    _ feed: AccountingFeed, from cursor: FeedCursor
  ) async throws(RemoteError) -> AccountingPage

  /// The invoices as they are now, lines included; unknown ids are left out.
  func invoices(_ ids: [ID<Invoice>]) async throws(RemoteError) -> [Invoice]

  /// The contacts as they are now; unknown ids are left out.
  func contacts(_ ids: [ID<Party>]) async throws(RemoteError) -> [PartyRecord]

  /// Invoices that carry one of the marks (by number or reference, judged by source address).
  func findInvoices(_ marks: [InvoiceMark]) async throws(RemoteError) -> [Invoice]

  /// Contacts that carry the mark or the name of a draft, archived ones included.
  func findContacts(_ drafts: [PartyDraft]) async throws(RemoteError) -> [PartyRecord]

  /// Repeating templates, all of them.
  func templates() async throws(RemoteError) -> [InvoiceTemplate]

  func createContacts(_ writes: [KeyedWrite<PartyDraft>]) async -> [WriteOutcome<PartyRecord>]
  func updateContacts(_ writes: [KeyedWrite<PartyPatch>]) async -> [WriteOutcome<PartyRecord>]
  /// The contact of every draft is resolved to an existing one before this is called.
  func createInvoices(_ writes: [KeyedWrite<InvoiceDraft>]) async -> [WriteOutcome<Invoice>]
  func reviseInvoices(_ writes: [KeyedWrite<InvoiceRevision>]) async -> [WriteOutcome<Invoice>]
  /// Voids approved invoices, deletes drafts.
  func cancelInvoices(_ writes: [KeyedWrite<ID<Invoice>>]) async -> [WriteOutcome<Invoice>]
  /// Where the customer sees the invoice; empty when it has no such page.
  func onlineURL(of invoice: ID<Invoice>) async throws(RemoteError) -> String
  func emailInvoice(_ write: KeyedWrite<ID<Invoice>>) async -> WriteOutcome<Bool>
  func createTemplates(_ writes: [KeyedWrite<TemplateDraft>]) async
    -> [WriteOutcome<InvoiceTemplate>]
  func endTemplate(_ write: KeyedWrite<ID<InvoiceTemplate>>) async -> WriteOutcome<Bool>
  func createItems(_ writes: [KeyedWrite<ItemDraft>]) async -> [WriteOutcome<Item>]

  /// Requests sent in this pass, sign-in not counted.
  func callCount() async -> Int

  /// Clock and limits, as the answers so far told them.
  func health() async -> ClientHealth

  /// Ends the work in good order: nothing new is sent, writes on their way get their answer.
  func drain() async

  /// How far the server's clock is ahead of ours; nil before its first answer.
  func clockSkew() async -> Duration?
}

extension AccountingSystem {
  package func onlineURL(of invoice: ID<Invoice>) async throws(RemoteError) -> String { "" }
}

/// A write with its idempotency key: the same key goes with the same content only.
package struct KeyedWrite<Content: Sendable>: Sendable {
  package var key: String
  package var content: Content

  package init(key: String, content: Content) {
    self.key = key
    self.content = content
  }
}

/// A listing of the accounting system that can be read "modified since".
package enum AccountingFeed: String, Hashable, Sendable, Codable, CaseIterable {
  case contacts, invoices
}

/// What an accounting system declares about itself.
package struct AccountingCapabilities: Hashable, Sendable {
  package var feeds: [AccountingFeed]
  /// How an invoice's tax and lines are rounded: what our own arithmetic follows.
  package var arithmetic: InvoiceArithmeticRule
  /// How long a change may stay invisible in a listing, in seconds: cursors re-read this far back.
  package var listingLagSeconds: Int
  /// How long after a lost answer a look-up is trusted to show what was done, in seconds.
  package var settleSeconds: Int
  package var writesPerCall: Int
  package var invoicesPerRead: Int
  /// Longest reference, number and contact name, in characters.
  package var referenceLengthMax: Int
  package var contactNameLengthMax: Int
  package var supportsTemplates: Bool
  /// Whether customers see their invoices on a page of the accounting system.
  package var hasOnlineInvoices: Bool
  /// What its contacts can hold.
  package var contactTraits: PartyTraits = .accounting

  package init(
    feeds: [AccountingFeed], arithmetic: InvoiceArithmeticRule, listingLagSeconds: Int,
    settleSeconds: Int, writesPerCall: Int, invoicesPerRead: Int, referenceLengthMax: Int,
    contactNameLengthMax: Int, supportsTemplates: Bool, hasOnlineInvoices: Bool = false
  ) {
    self.feeds = feeds
    self.arithmetic = arithmetic
    self.listingLagSeconds = listingLagSeconds
    self.settleSeconds = settleSeconds
    self.writesPerCall = writesPerCall
    self.invoicesPerRead = invoicesPerRead
    self.referenceLengthMax = referenceLengthMax
    self.contactNameLengthMax = contactNameLengthMax
    self.supportsTemplates = supportsTemplates
    self.hasOnlineInvoices = hasOnlineInvoices
  }
}

/// One page of an accounting listing.
package struct AccountingPage: Sendable {
  package var contacts: [PartyRecord]
  package var invoices: [Invoice]
  package var rejected: [RejectedRecord]
  package var next: FeedCursor
  /// False on the last page of this pass.
  package var hasMore: Bool
  /// Records in this listing, where it tells: for a progress bar.
  package var total: Int?

  package init(next: FeedCursor, hasMore: Bool) {
    contacts = []
    invoices = []
    rejected = []
    self.next = next
    self.hasMore = hasMore
  }
}
