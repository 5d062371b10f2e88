package import Domain
internal import Foundation
package import Transport

/// Xero's Accounting API as the engine's accounting system.
package struct XeroConnector: AccountingSystem, ClientBacked {
  package let name: SystemName
  package let capabilities: AccountingCapabilities
  /// The client of this pass, which knows what is left of the budget.
  package let client: SystemClient
  let session: XeroSession
  /// `https://api.xero.com/api.xro/2.0`
  let api: URL
  let time: TimeSource
  /// Taken where Xero's name of the organisation's zone is unknown.
  let fallbackZone: Zone?

  /// Reads the settings; nothing is sent.
  package init(
    settings: ConnectionSettings, environment: ConnectorEnvironment
  ) throws(ConnectorSetupError) {
    name = settings.name
    capabilities = Self.declared
    let signIn = try XeroSignIn(settings, in: environment)
    let base = try signIn.address("api_url")
    guard let api = try? base.endpoint("api.xro", "2.0") else {
      throw signIn.badAddress("api_url")
    }
    self.api = api
    time = environment.time
    fallbackZone = settings.options["timezone"].flatMap { Zone($0.value) }
    client = SystemClient(
      system: settings.name.rawValue, baseURLs: [base], exchange: environment.exchange,
      time: environment.time, authorizer: try signIn.authorizer(),
      limits: Self.limits(settings.limits), budgetStore: environment.budget,
      reader: XeroErrors.reader, redactor: environment.redactor, logger: environment.logger,
      userAgent: environment.userAgent, passDeadline: environment.passDeadline,
      seed: environment.seed)
    session = XeroSession(
      system: settings.name, wanted: settings.organisation, tokens: environment.tokens,
      client: client, base: base, api: api)
  }

  /// Five at once, sixty a minute, and the smallest tier's thousand a day until the answers'
  /// headers tell more.
  private static func limits(_ settings: ConnectionSettings.Limits) -> ClientLimits {
    ClientLimits(
      maxConcurrent: 5, perMinute: 60, perDay: 1000, dailyCap: settings.dailyCalls,
      perCallDeadline: .seconds(settings.callSeconds))
  }

  /// What the configuration of a Xero connection holds.
  package static var kind: ConnectorKind { XeroSignIn.kind }

  /// A list, or one page of it.
  func read<Record: XeroRecord>(
    _ type: Record.Type, query: URLQuery = [:], since: Instant? = nil,
    priority: CallPriority, label: String
  ) async throws(RemoteError) -> XeroAnswer<Record> {
    let tenant = try await session.current()
    var headers = Self.headers(tenant)
    if let since { headers["If-Modified-Since"] = XeroDates.header(since) }
    let path = Record.listKey == "Organisations" ? "Organisation" : Record.listKey
    let url = try api.endpoint(path, query: query)
    let response: HTTPResponse
    do {
      response = try await client.call(
        .read(url, headers: headers, priority: priority, label: label))
    } catch {
      throw await session.explained(error)
    }
    return try Self.decoded(type, response.body, label: label)
  }

  /// Every page of a list, for look-ups: short lists, but never cut off in silence. `strict`:
  /// a record that cannot be read is an error, since it might be the one that is looked for.
  func readAll<Record: XeroRecord>(
    _ type: Record.Type, query: URLQuery, priority: CallPriority, label: String,
    strict: Bool = false
  ) async throws(RemoteError) -> [Record] {
    var records: [Record] = []
    for page in 1...50 {
      var paged = query
      paged.add("page", String(page))
      paged.add("pageSize", String(Self.pageSize))
      let answer = try await read(type, query: paged, priority: priority, label: label)
      if strict, let reason = answer.firstFlaw { throw .unreadable(reason: "\(label): \(reason)") }
      records += answer.readable
      if !answer.goesOn(after: page, pageSize: Self.pageSize) { return records }
    }
    throw .unreadable(reason: "\(label): more than 50,000 records fit the look-up")
  }

  static func headers(_ tenant: XeroSession.Tenant) -> [String: String] {
    tenant.id.isEmpty ? [:] : ["Xero-Tenant-Id": tenant.id]
  }

  static func decoded<Record: XeroRecord>(
    _ type: Record.Type, _ body: Data, label: String
  ) throws(RemoteError) -> XeroAnswer<Record> {
    do { return try JSONReading.decode(XeroAnswer<Record>.self, from: body) } catch {
      throw .unreadable(reason: "\(label): \(JSONReading.reason(error))")
    }
  }
}

extension XeroAnswer {
  /// Why the first unreadable record could not be read; nil where all could.
  var firstFlaw: String? {
    for slot in slots {
      if case .unreadable(_, let reason) = slot { return reason }
    }
    return nil
  }

  /// Whether another page follows; without page numbers, a full page promises one.
  func goesOn(after page: Int, pageSize: Int) -> Bool {
    if let pages = pagination?.pageCount { return pages > page }
    return slots.count >= pageSize
  }
}
