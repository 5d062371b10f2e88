package import Domain
package import Transport

/// A CRM as the engine sees it. Everything a vendor does in its own way ends behind this door.
///
/// Reads throw when nothing useful came back; writes never throw but judge each record alone.
package protocol CRMSystem: Sendable {
  var name: SystemName { get }
  var capabilities: CRMCapabilities { get }

  /// Pipelines, stages, owners, account: slow-moving, kept by the engine with an age.
  func catalogue() async throws(RemoteError) -> CRMCatalogue

  /// Takes the catalogue the engine keeps, so that it need not be asked for again.
  func adopt(_ catalogue: CRMCatalogue) async

  /// One page of a "modified since" listing, from where `cursor` stands.
  func page(_ feed: CRMFeed, from cursor: FeedCursor) async throws(RemoteError) -> CRMPage

  /// The deals as they are now, lines and customers included, in any order. An id merged away
  /// answers with its survivor.
  func deals(_ ids: [ID<Deal>]) async throws(RemoteError) -> [CRMDealAnswer]

  /// Companies and people as they are now.
  func parties(_ subjects: [Subject]) async throws(RemoteError) -> [CRMPartyAnswer]

  /// Which deals the given lines belong to (for lines that changed without moving their deal's
  /// stamp).
  func dealsOwning(lines: [String]) async throws(RemoteError) -> Set<ID<Deal>>

  /// A digest of each deal's relations (lines, companies, people), cheap enough for a rolling
  /// check; deals that no longer exist are left out.
  func relations(of deals: [ID<Deal>]) async throws(RemoteError) -> [ID<Deal>: String]

  /// Writes our fields (and stages) on deals; one outcome per report, in the same order. The
  /// answer is what the CRM now holds in those fields.
  func report(_ reports: [DealReport]) async -> [WriteOutcome<[ReportField: String]>]

  /// Creates a task for each alert's owner, unless a task with the same key exists; the answer
  /// is the task's id.
  func createTasks(_ alerts: [(key: OperationID, alert: AlertDraft)]) async
    -> [WriteOutcome<String>]

  /// Whether tasks created under these keys exist (for outcomes that were unknown).
  func findTasks(
    _ alerts: [(key: OperationID, alert: AlertDraft)]
  ) async throws(RemoteError) -> [OperationID: String]

  /// Creates companies or people; each carries its mark so that it is found again.
  func createParties(_ drafts: [(key: OperationID, draft: PartyDraft)]) async
    -> [WriteOutcome<PartyRecord>]

  /// Finds parties by the mark they were created with.
  func findParties(
    _ drafts: [(key: OperationID, draft: PartyDraft)]
  ) async throws(RemoteError) -> [OperationID: PartyRecord]

  /// Writes new values to companies or people.
  func updateParties(_ patches: [PartyPatch]) async -> [WriteOutcome<PartyRecord>]

  /// Requests sent in this pass, sign-in not counted.
  func callCount() async -> Int

  /// Clock and limits, as the answers so far told them.
  func health() async -> ClientHealth

  /// Ends the work in good order: nothing new is sent, writes on their way get their answer.
  func drain() async

  /// How far the server's clock is ahead of ours; nil before its first answer.
  func clockSkew() async -> Duration?

  /// The fields this configuration writes and the CRM does not have.
  func missingFields() async throws(RemoteError) -> [SetupField]

  /// Creates them; the answer names those that were made.
  func createMissingFields() async throws(RemoteError) -> [SetupField]
}

extension CRMSystem {
  package func adopt(_ catalogue: CRMCatalogue) async {}
}

/// A listing of a CRM that can be read "modified since".
package enum CRMFeed: String, Hashable, Sendable, Codable, CaseIterable {
  case deals, companies, people, lines
}

/// What a CRM declares about itself, so that the engine needs no vendor's name.
package struct CRMCapabilities: Hashable, Sendable {
  /// The feeds it has, in the order they are read.
  package var feeds: [CRMFeed]
  /// How long a change may stay invisible in a listing, in seconds: cursors re-read this far back.
  package var listingLagSeconds: Int
  /// How long after a lost answer a look-up is trusted to show what was done, in seconds.
  package var settleSeconds: Int
  package var dealsPerRead: Int
  package var relationsPerRead: Int
  package var reportsPerWrite: Int
  package var createsPerWrite: Int
  package var supportsTasks: Bool
  /// What its companies and people can hold.
  package var partyTraits: PartyTraits = .crm

  package init(
    feeds: [CRMFeed], listingLagSeconds: Int, settleSeconds: Int, dealsPerRead: Int,
    relationsPerRead: Int, reportsPerWrite: Int, createsPerWrite: Int, supportsTasks: Bool
  ) {
    self.feeds = feeds
    self.listingLagSeconds = listingLagSeconds
    self.settleSeconds = settleSeconds
    self.dealsPerRead = dealsPerRead
    self.relationsPerRead = relationsPerRead
    self.reportsPerWrite = reportsPerWrite
    self.createsPerWrite = createsPerWrite
    self.supportsTasks = supportsTasks
  }
}

/// One page of a CRM listing.
package struct CRMPage: Sendable {
  /// Deals as the listing shows them: `isComplete` is false where lines and customers need a
  /// further read.
  package var deals: [Deal]
  package var parties: [PartyRecord]
  /// Ids of lines that changed, with the deal where the listing names it.
  package var lines: [(id: String, deal: ID<Deal>?, stamp: String)]
  /// Records the listing says are gone.
  package var deleted: [Subject]
  package var rejected: [RejectedRecord]
  /// Where the next page or the next pass goes on.
  package var next: FeedCursor
  /// False on the last page of this pass.
  package var hasMore: Bool
  /// Records still to come, where the listing tells: for a progress bar.
  package var total: Int?

  package init(next: FeedCursor, hasMore: Bool) {
    deals = []
    parties = []
    lines = []
    deleted = []
    rejected = []
    self.next = next
    self.hasMore = hasMore
  }
}

/// What became of a deal that was asked for by id.
package enum CRMDealAnswer: Hashable, Sendable {
  case found(Deal)
  /// It was merged; the survivor as it is now.
  case merged(ID<Deal>, into: Deal)
  case archived(ID<Deal>)
  case gone(ID<Deal>)
  case rejected(ID<Deal>, reason: String)
}

/// What became of a party that was asked for by id.
package enum CRMPartyAnswer: Hashable, Sendable {
  case found(PartyRecord)
  case merged(Subject, into: PartyRecord)
  case gone(Subject)
}
