package import Domain
internal import Foundation
package import Transport

/// QuickBooks Online's Accounting API as the engine's accounting system.
package struct QuickBooksConnector: AccountingSystem, ClientBacked {
  package let name: SystemName
  package let capabilities: AccountingCapabilities
  /// The client of this pass, which knows what is left of the budget.
  package let client: SystemClient
  let company: QuickBooksCompany
  /// Lists that writes need, read once in a pass.
  let books: QuickBooksBooks
  let time: TimeSource
  /// The configured zone: QuickBooks does not reliably tell a company's own.
  let configuredZone: Zone?
  /// The item of lines without one, as configured.
  let defaultItem: String?
  /// Where people look at documents.
  let pages: QuickBooksPages

  /// Reads the settings; nothing is sent.
  package init(
    settings: ConnectionSettings, environment: ConnectorEnvironment
  ) throws(ConnectorSetupError) {
    name = settings.name
    capabilities = Self.declared
    let signIn = try QuickBooksSignIn(settings, in: environment)
    let base = try Self.kind.address("api_url", of: settings)
    time = environment.time
    configuredZone = settings.options["timezone"].flatMap { Zone($0.value) }
    defaultItem = settings.options["default_item"]?.value
    pages = QuickBooksPages(isSandbox: base.host?.hasPrefix("sandbox-") == true)
    client = SystemClient(
      system: settings.name.rawValue, baseURLs: [base], exchange: environment.exchange,
      time: environment.time, authorizer: try signIn.authorizer(),
      limits: Self.limits(settings.limits), budgetStore: environment.budget,
      reader: QuickBooksErrors.reader, redactor: environment.redactor,
      logger: environment.logger, userAgent: environment.userAgent,
      passDeadline: environment.passDeadline, seed: environment.seed)
    company = QuickBooksCompany(
      system: settings.name, wanted: settings.organisation, tokens: environment.tokens,
      client: client, base: base)
    books = QuickBooksBooks()
  }

  /// Ten a second and five hundred a minute for each company; there is no daily limit.
  private static func limits(_ settings: ConnectionSettings.Limits) -> ClientLimits {
    ClientLimits(
      maxConcurrent: 5, perMinute: 500,
      // Half of it: a pass may follow another at once, and too much costs a whole minute.
      windows: [RateWindow(name: "second", limit: 5, length: .seconds(1))],
      dailyCap: settings.dailyCalls, perCallDeadline: .seconds(settings.callSeconds))
  }

  /// What the configuration of a QuickBooks connection holds.
  package static var kind: ConnectorKind { QuickBooksSignIn.kind }

  /// Reads one document by its path.
  func read<Answer: Decodable & Sendable>(
    _ type: Answer.Type, _ path: [String], query: URLQuery = [:], priority: CallPriority,
    label: String
  ) async throws(RemoteError) -> Answer {
    let url = try await company.address(path, query)
    return try Self.decoded(
      type, try await company.call(.read(url, priority: priority, label: label)), label: label)
  }

  /// One page of a statement. It is sent as a POST: a statement may be long.
  func page<Record: QuickBooksRecord>(
    _ type: Record.Type, _ query: QuickBooksQuery, from start: Int, priority: CallPriority,
    label: String
  ) async throws(RemoteError) -> QuickBooksQueryAnswer<Record> {
    let url = try await company.address(["query"])
    let statement = query.statement(from: start, most: Self.pageSize)
    let call = Call(
      .post, url, headers: ["Content-Type": "application/text", "Accept": "application/json"],
      body: Data(statement.utf8), purpose: .read, priority: priority, label: label)
    return try Self.decoded(
      QuickBooksQueryAnswer<Record>.self, try await company.call(call), label: label)
  }

  /// Every record of a statement. A record that cannot be read is an error: it might be the one
  /// that is looked for.
  func all<Record: QuickBooksRecord>(
    _ type: Record.Type, _ query: QuickBooksQuery, priority: CallPriority, label: String
  ) async throws(RemoteError) -> [Record] {
    var records: [Record] = []
    let query = query.order == nil ? query.ordered(by: "Id") : query
    for page in 0..<50 {
      let answer = try await self.page(
        type, query, from: page * Self.pageSize + 1, priority: priority, label: label)
      for slot in answer.slots {
        switch slot {
        case .read(let record): records.append(record)
        case .unreadable(_, let reason): throw .unreadable(reason: "\(label): \(reason)")
        }
      }
      if answer.slots.count < Self.pageSize { return records }
    }
    throw .unreadable(reason: "\(label): more than 50,000 records fit the look-up")
  }

  static func decoded<Value: Decodable>(
    _ type: Value.Type, _ body: Data, label: String
  ) throws(RemoteError) -> Value {
    do { return try JSONReading.decode(type, from: body) } catch {
      throw .unreadable(reason: "\(label): \(JSONReading.reason(error))")
    }
  }
}

/// Addresses of documents on QuickBooks' own pages.
struct QuickBooksPages: Hashable, Sendable {
  /// A developer's test company has pages of its own.
  var isSandbox: Bool

  func invoice(_ id: String) -> String {
    "https://app.\(isSandbox ? "sandbox." : "")qbo.intuit.com/app/invoice?txnId=\(id)"
  }
}
