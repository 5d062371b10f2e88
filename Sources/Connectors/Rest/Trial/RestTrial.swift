package import Domain
import Transport

/// The live system read for a look: what its records would be taken for, and what polling costs.
/// Nothing is written.
package struct RestTrial: Sendable, Encodable {
  package struct Feed: Sendable, Encodable {
    package var name: String
    package var pages: Int
    package var records: Int
    /// More pages follow that were not read.
    package var hasMore: Bool
    /// Calls of a pass in which nothing changed.
    package var idleCalls: Int

    private enum CodingKeys: String, CodingKey {
      case name, pages, records
      case hasMore = "has_more"
      case idleCalls = "idle_calls"
    }
  }

  package var title = ""
  package var feeds: [Feed] = []
  package var records: [RestShown] = []
  package var warnings: [String] = []
  /// Calls of this trial.
  package var calls = 0
  /// Calls a day when polled every five minutes and nothing changes.
  package var callsPerDay = 0
  /// What the description says the system allows; nil: nothing.
  package var dailyLimit: Int?
  /// Minutes between two passes that the limit allows.
  package var minutesBetweenPasses = 5

  private enum CodingKeys: String, CodingKey {
    case title, feeds, records, warnings, calls
    case callsPerDay = "calls_per_day"
    case dailyLimit = "daily_limit"
    case minutesBetweenPasses = "minutes_between_passes"
  }

  /// Reads at most `pages` pages of each list and completes at most `deals` deals.
  package static func run(
    settings: ConnectionSettings, environment: ConnectorEnvironment, pages: Int, deals: Int
  ) async throws -> RestTrial {
    let connector = try RestConnector(settings: settings, environment: environment)
    var trial = RestTrial()
    trial.title = connector.description.title
    trial.dailyLimit = settings.limits.dailyCalls ?? connector.description.limits.perDay
    _ = try await connector.catalogue()
    let setUp = await connector.callCount()
    for feed in connector.capabilities.feeds {
      try await trial.read(feed, connector, pages: pages, deals: deals)
    }
    trial.calls = await connector.callCount()
    trial.count(setUp: setUp, connector)
    return trial
  }

  private mutating func read(
    _ feed: CRMFeed, _ connector: RestConnector, pages most: Int, deals: Int
  ) async throws(RemoteError) {
    var cursor = FeedCursor.start
    var pages: [CRMPage] = []
    repeat {
      let page = try await connector.page(feed, from: cursor)
      pages.append(page)
      cursor = page.next
    } while pages.last?.hasMore == true && pages.count < most
    let found = pages.reduce(0) { $0 + $1.deals.count + $1.parties.count }
    let idle =
      if case .client = connector.list(feed)?.changed.strategy { pages.count } else { 1 }
    feeds.append(
      Feed(
        name: feed.rawValue, pages: pages.count, records: found,
        hasMore: pages.last?.hasMore == true, idleCalls: idle))
    for rejected in pages.flatMap(\.rejected) {
      warnings.append(
        "\(rejected.subject.kind.rawValue) \(rejected.subject.id): \(rejected.reason)")
    }
    records += pages.flatMap(\.parties).prefix(most * 5).map(RestShown.init)
    let listed = pages.flatMap(\.deals)
    let wanted = listed.filter { $0.outcome == .won } + listed.filter { $0.outcome != .won }
    for answer in try await connector.deals(wanted.prefix(deals).map(\.id)) {
      switch answer {
      case .found(let deal), .merged(_, let deal): records.append(RestShown(deal))
      case .gone(let id), .archived(let id):
        warnings.append("deal \(id) is listed, but deals.read does not find it")
      case .rejected(let id, let reason): warnings.append("deal \(id): \(reason)")
      }
    }
    note(feed, listed, pages, connector)
  }

  /// What looks like a slip in the description.
  private mutating func note(
    _ feed: CRMFeed, _ deals: [Deal], _ pages: [CRMPage], _ connector: RestConnector
  ) {
    let stamped = deals.filter { $0.modifiedAt != nil }.count
    if !deals.isEmpty, stamped == 0 {
      warnings.append("deals: none has a time of change; check deals.fields.modified")
    }
    if !deals.isEmpty, deals.allSatisfy({ $0.companyIDs.isEmpty && $0.personIDs.isEmpty }) {
      warnings.append("deals: none has a customer; check deals.fields.companies and people")
    }
    if !deals.isEmpty, !deals.contains(where: { $0.outcome == .won }) {
      warnings.append("deals: none of those read is won; check deals.won, or read more --pages")
    }
    if pages.last?.hasMore == true, connector.list(feed)?.changed.strategy.isWhole == true {
      warnings.append(
        "\(feed.rawValue): the whole list is read in every pass (strategy client), and it has more"
          + " than \(pages.count) pages")
    }
  }

  /// Five minutes apart; the rolling check twice an hour; the slow lists once a day.
  private mutating func count(setUp: Int, _ connector: RestConnector) {
    let idle = feeds.reduce(0) { $0 + $1.idleCalls }
    var perDeal = 1
    if case .list? = connector.description.deals.lines?.source { perDeal = 2 }
    let fixed = setUp + 48 * connector.capabilities.relationsPerRead * perDeal
    callsPerDay = idle * 288 + fixed
    guard let dailyLimit, callsPerDay > dailyLimit else { return }
    let left = max(1, dailyLimit - fixed)
    minutesBetweenPasses = max(5, (1440 * max(1, idle) + left - 1) / left)
    warnings.append(
      "polling every 5 minutes takes \(callsPerDay) calls a day, and \(dailyLimit) are allowed: run"
        + " it every \(minutesBetweenPasses) minutes, or set limits.per_day higher")
  }
}

extension RestChanged.Strategy {
  /// Whether each pass reads the whole list.
  var isWhole: Bool {
    switch self {
    case .client: true
    case .filter, .sorted, .delta: false
    }
  }
}
