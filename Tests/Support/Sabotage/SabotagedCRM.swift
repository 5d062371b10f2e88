import Connectors
import Domain
import Synchronization
import Transport

/// A CRM connector with one deliberate bug; everything else is the real one's.
final class SabotagedCRM: CRMSystem {
  private let base: any CRMSystem
  private let bug: Sabotage
  private let clock: VirtualClock
  private let count = Mutex(0)

  init(_ base: any CRMSystem, bug: Sabotage, clock: VirtualClock) {
    self.base = base
    self.bug = bug
    self.clock = clock
  }

  var name: SystemName { base.name }

  var capabilities: CRMCapabilities {
    var capabilities = base.capabilities
    if bug == .settleIgnored { capabilities.settleSeconds = 0 }
    return capabilities
  }

  func catalogue() async throws(RemoteError) -> CRMCatalogue { try await base.catalogue() }
  func adopt(_ catalogue: CRMCatalogue) async { await base.adopt(catalogue) }

  // MARK: Reading

  func page(_ feed: CRMFeed, from cursor: FeedCursor) async throws(RemoteError) -> CRMPage {
    var from = cursor
    if bug == .cursorWithoutMargin, cursor.position == nil {
      from.highWater = cursor.highWater?.advanced(
        seconds: Int64(capabilities.listingLagSeconds) + 600)
    }
    var page = try await base.page(feed, from: from)
    switch bug {
    case .lastOfPageSkipped: page.deals = page.deals.dropLast()
    case .cursorTooFar where !page.hasMore:
      page.next.highWater = page.next.highWater?.advanced(seconds: 3600)
    case .localClockInCursor where !page.hasMore:
      page.next.highWater = Instant(milliseconds: clock.machine)
    case .linesUnwatched: page.lines = []
    case .deletionsIgnored: page.deleted = []
    case .endlessCalls:
      for _ in 0..<300 { _ = try await base.page(feed, from: from) }
    default: break
    }
    return page
  }

  func deals(_ ids: [ID<Deal>]) async throws(RemoteError) -> [CRMDealAnswer] {
    try await base.deals(ids).filter { answer in
      if bug == .deletionsIgnored, case .archived = answer { false } else { true }
    }
  }

  func parties(_ subjects: [Subject]) async throws(RemoteError) -> [CRMPartyAnswer] {
    try await base.parties(subjects)
  }

  func dealsOwning(lines: [String]) async throws(RemoteError) -> Set<ID<Deal>> {
    try await base.dealsOwning(lines: lines)
  }

  func relations(of deals: [ID<Deal>]) async throws(RemoteError) -> [ID<Deal>: String] {
    bug == .linesUnwatched ? [:] : try await base.relations(of: deals)
  }

  // MARK: Writing

  func report(_ reports: [DealReport]) async -> [WriteOutcome<[ReportField: String]>] {
    switch bug {
    case .reportNotSent: return reports.map { .applied($0.values) }
    case .echoNotKept:
      return await base.report(reports).map { outcome in
        if case .applied = outcome { .applied([:]) } else { outcome }
      }
    case .reportTwisted:
      return judged(await base.report(reports.map(Self.twisted)))
    case .reportToOther where reports.count > 1:
      var turned = reports
      for index in reports.indices {
        turned[index].values = reports[(index + 1) % reports.count].values
      }
      return judged(await base.report(turned))
    default: return judged(await base.report(reports))
    }
  }

  private static func twisted(_ report: DealReport) -> DealReport {
    var twisted = report
    if let due = report.values[.amountDue], due != "0.00" { twisted.values[.amountDue] = "1.00" }
    return twisted
  }

  func createTasks(
    _ alerts: [(key: OperationID, alert: AlertDraft)]
  ) async -> [WriteOutcome<String>] {
    switch bug {
    case .tasksForgotten: return alerts.map { .applied($0.key.rawValue) }
    case .tasksRepeated:
      let again = alerts.map { (key: OperationID($0.key.rawValue + "a"), alert: $0.alert) }
      _ = await base.createTasks(again)
    default: break
    }
    return judged(await base.createTasks(alerts))
  }

  func findTasks(
    _ alerts: [(key: OperationID, alert: AlertDraft)]
  ) async throws(RemoteError) -> [OperationID: String] {
    bug == .lookUpsOff ? [:] : try await base.findTasks(alerts)
  }

  func createParties(
    _ drafts: [(key: OperationID, draft: PartyDraft)]
  ) async -> [WriteOutcome<PartyRecord>] {
    judged(await base.createParties(drafts))
  }

  func findParties(
    _ drafts: [(key: OperationID, draft: PartyDraft)]
  ) async throws(RemoteError) -> [OperationID: PartyRecord] {
    try await base.findParties(drafts)
  }

  func updateParties(_ patches: [PartyPatch]) async -> [WriteOutcome<PartyRecord>] {
    guard bug == .partyEditsLost else { return judged(await base.updateParties(patches)) }
    let now = (try? await base.parties(patches.map(\.subject))) ?? []
    return patches.map { patch in
      for case .found(let record) in now where record.subject == patch.subject {
        return .applied(record)
      }
      return .notSent(reason: "sabotage")
    }
  }

  func callCount() async -> Int { await base.callCount() }
  func health() async -> ClientHealth { await base.health() }
  func drain() async { await base.drain() }
  func clockSkew() async -> Duration? { await base.clockSkew() }

  func missingFields() async throws(RemoteError) -> [SetupField] {
    try await base.missingFields()
  }

  func createMissingFields() async throws(RemoteError) -> [SetupField] {
    try await base.createMissingFields()
  }

  private func judged<Value>(_ outcomes: [WriteOutcome<Value>]) -> [WriteOutcome<Value>] {
    outcomes.map { bug.judged($0) }
  }
}
