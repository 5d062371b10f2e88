internal import Connectors
internal import Domain
internal import Reconciler
internal import Snapshot
internal import Transport

/// How deals and customers of one CRM enter the snapshot.
struct DealStaging {
  let crm: any CRMSystem
  let planner: Planner
  let zone: Zone
  let catalogue: CRMCatalogue
  let now: Instant

  /// A deal of a listing against what is stored.
  struct Listed {
    var deal: Deal
    var headDigest: String
    /// The listing shows nothing new.
    var isKnown: Bool
    /// Nothing new but our own fields on it: the deal is known and they are not as stored.
    var hasNewReport: Bool
    /// It is new or changed, and it matters.
    var needsCompletion: Bool
  }

  func subject(_ id: ID<Deal>) -> Subject {
    Subject(system: crm.name, kind: .deal, id: id.rawValue)
  }

  func judge(_ deal: Deal, _ reader: SnapshotReader) throws -> Listed {
    // What we wrote ourselves is compared apart: it calls for no further reading.
    var head = deal
    head.reported = [:]
    let digest = try reader.digest(of: head)
    let isKnown = try reader.hasHead(digest, of: subject(deal.id))
    let stored = isKnown ? try reader.deal(deal.id, of: crm.name) : nil
    let isToBill =
      planner.isWon(deal, crm: crm.name)
      && planner.isConcerned(deal, crm: crm.name, zone: zone, catalogue: catalogue)
    let matters =
      try isToBill || isTracked(deal.id, reader)
      || deal.mergedFrom.contains { try isTracked($0, reader) }
    return Listed(
      deal: deal, headDigest: digest, isKnown: isKnown,
      hasNewReport: stored.map { $0.reported != deal.reported } ?? false,
      needsCompletion: !isKnown && matters && !deal.isComplete)
  }

  /// Whether the deal has an invoice, a hold, or was complete before.
  func isTracked(_ id: ID<Deal>, _ reader: SnapshotReader) throws -> Bool {
    let subject = subject(id)
    if try !reader.links(of: subject).isEmpty { return true }
    return try reader.deal(id, of: crm.name)?.isComplete ?? false
  }

  /// The deals with lines and customers, in chunks the CRM takes.
  func complete(_ ids: [ID<Deal>]) async throws(RemoteError) -> [CRMDealAnswer] {
    var answers: [CRMDealAnswer] = []
    for chunk in ids.chunked(crm.capabilities.dealsPerRead) {
      answers += try await crm.deals(chunk)
    }
    return answers
  }

  func parties(of deal: Deal) -> [Subject] {
    deal.companyIDs.map { Subject(system: crm.name, kind: .company, id: $0.rawValue) }
      + deal.personIDs.map { Subject(system: crm.name, kind: .person, id: $0.rawValue) }
  }

  /// A deal that does not matter (yet), as the listing shows it; true when it was new or changed.
  func storeHead(_ listed: Listed, in writer: SnapshotWriter) throws -> Bool {
    let change = try writer.store(
      listed.deal, of: crm.name, headDigest: listed.headDigest)
    guard change == .new || change == .changed else { return false }
    if listed.deal.isComplete { try settleIn(listed.deal, writer) }
    return true
  }

  /// Our fields on a deal as the CRM now holds them: a person may have overwritten them.
  func storeReport(_ listed: Listed, in writer: SnapshotWriter) throws {
    guard var stored = try writer.reader.deal(listed.deal.id, of: crm.name) else { return }
    stored.reported = listed.deal.reported
    stored.modifiedAt = listed.deal.modifiedAt
    let change = try writer.store(stored, of: crm.name, headDigest: listed.headDigest)
    if change == .changed { try writer.markDirty(subject(stored.id), because: "report changed") }
  }

  /// What became of a deal read by id; true when something changed.
  func store(
    _ answer: CRMDealAnswer, heads: [ID<Deal>: String], in writer: SnapshotWriter
  ) throws -> Bool {
    switch answer {
    case .found(let deal):
      return try store(deal, head: heads[deal.id], in: writer)
    case .merged(let old, let deal):
      try writer.rekey(deal: subject(old), to: subject(deal.id))
      return try store(deal, head: heads[deal.id], in: writer)
    case .archived(let id), .gone(let id):
      try delete(subject(id), in: writer)
      return true
    case .rejected(let id, let reason):
      try writer.put(RejectedRecord(subject: subject(id), reason: reason).hold, at: now)
      return true
    }
  }

  private func store(_ deal: Deal, head: String?, in writer: SnapshotWriter) throws -> Bool {
    let kept = try head ?? writer.reader.headDigest(of: subject(deal.id))
    let change = try writer.store(deal, of: crm.name, headDigest: kept)
    guard change == .new || change == .changed else { return false }
    try settleIn(deal, writer)
    return true
  }

  /// Ties a complete deal to its customers, its merged forerunners and the next plan.
  private func settleIn(_ deal: Deal, _ writer: SnapshotWriter) throws {
    let subject = subject(deal.id)
    for old in deal.mergedFrom where old != deal.id {
      try writer.rekey(deal: self.subject(old), to: subject)
    }
    try writer.setParties(parties(of: deal), of: subject)
    for line in deal.lines where !line.stamp.isEmpty {
      _ = try writer.store(LineStamp(id: line.id, stamp: line.stamp), of: crm.name)
    }
    try writer.updateDealState(subject) { $0.relationsDigest = deal.relations }
    try writer.markDirty(subject, because: "deal changed")
    try writer.liftHold(subject, .recordUnreadable)
  }

  /// True when the party was new or changed.
  func store(_ party: PartyRecord, in writer: SnapshotWriter) throws -> Bool {
    let change = try writer.store(party: party)
    guard change == .new || change == .changed else { return false }
    for old in party.mergedFrom where old != party.id {
      let loser = Subject(system: crm.name, kind: party.subject.kind, id: old.rawValue)
      try writer.rekey(party: loser, to: party.subject)
    }
    for deal in try writer.reader.deals(of: party.subject) {
      try writer.markDirty(deal, because: "customer changed")
    }
    try PartyStaging.changed(party, in: writer)
    try writer.liftHold(party.subject, .recordUnreadable)
    return true
  }

  /// Keeps a record that is gone from its CRM, marked as such: its link survives a restore.
  func delete(_ subject: Subject, in writer: SnapshotWriter) throws {
    switch subject.kind {
    case .deal:
      guard var deal = try writer.reader.deal(ID(subject.id), of: crm.name), !deal.isArchived,
        try writer.reader.survivor(of: subject) == nil
      else { return }
      deal.isArchived = true
      _ = try writer.store(deal, of: crm.name, headDigest: "archived")
      try writer.markDirty(subject, because: "deal deleted")
    case .company, .person:
      guard var party = try writer.reader.party(subject), party.status == .active else { return }
      party.status = .archived
      _ = try writer.store(party: party)
      for deal in try writer.reader.deals(of: subject) {
        try writer.markDirty(deal, because: "customer deleted")
      }
      try writer.markPartyDirty(subject, because: "deleted")
    case .contact, .invoice, .template, .product, .item, .alert, .line, .creditNote: break
    }
  }
}

extension Array {
  /// The elements in order, at most `size` in each part.
  func chunked(_ size: Int) -> [[Element]] {
    stride(from: 0, to: count, by: Swift.max(1, size)).map {
      Array(self[$0..<Swift.min($0 + Swift.max(1, size), count)])
    }
  }
}
