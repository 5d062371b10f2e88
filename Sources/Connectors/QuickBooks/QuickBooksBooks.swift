internal import Domain
internal import Transport

/// The lists an invoice names by id, as they were when the pass first needed them.
struct QuickBooksLists: Sendable {
  var country: String
  var preferences: QuickBooksPreferences
  var accounts: [QuickBooksAccount]
  var items: [QuickBooksItem]
  var classes: [QuickBooksClass]
  var terms: [QuickBooksTerm]
  /// Per cent of each tax code, for amounts that contain their tax.
  var taxPercents: [String: ExactDecimal]

  var isUnitedStates: Bool { country == "US" }

  func account(_ code: String) -> QuickBooksAccount? {
    accounts.first { $0.code == code && $0.isActive }
  }

  /// The item of that code: exactly, else by name, else but for letter case.
  func item(_ code: String) -> QuickBooksItem? {
    let usable = items.filter { $0.isActive && $0.isSold }
    return usable.first { $0.code == code } ?? usable.first { $0.name == code }
      ?? usable.first { $0.code.lowercased() == code.lowercased() }
  }

  /// Terms under which an invoice of this date falls due on this day.
  func term(from date: CalendarDate, to due: CalendarDate) -> QuickBooksTerm? {
    terms.first { $0.isActive && $0.domain?.dueDate(from: date) == due }
  }

  func term(_ wanted: PaymentTerms) -> QuickBooksTerm? {
    terms.first { $0.isActive && $0.domain == wanted }
  }

  /// The item that stands for a line of an account: the items of the account decide which
  /// account a sale goes to. Nil where it would be a guess.
  func item(forAccount code: String, preferring wanted: String?) -> QuickBooksItem? {
    guard let account = account(code) else { return nil }
    let fitting = items.filter {
      $0.isActive && $0.isSold && $0.type != "Inventory" && $0.incomeAccount == account.id
    }
    let names = [wanted, account.name, "Services", "Sales"].compactMap { $0?.lowercased() }
    for name in names {
      let named = fitting.first { $0.name.lowercased() == name || $0.code.lowercased() == name }
      if let named { return named }
    }
    return fitting.count == 1 ? fitting.first : nil
  }
}

/// Reads the lists once in a pass, and only when a write or a term asks for them.
actor QuickBooksBooks {
  private var lists: QuickBooksLists?
  private var terms: [QuickBooksTerm]?
  private var listing: Task<Result<QuickBooksLists, RemoteError>, Never>?

  func lists(_ connector: QuickBooksConnector) async throws(RemoteError) -> QuickBooksLists {
    if let lists { return lists }
    let task = listing ?? Task { await Self.read(connector) }
    listing = task
    let result = await task.value
    listing = nil
    let read = try result.get()
    lists = read
    return read
  }

  /// Terms alone: what a listing of customers needs.
  func terms(_ connector: QuickBooksConnector) async throws(RemoteError) -> [QuickBooksTerm] {
    if let known = lists?.terms ?? terms { return known }
    let read = try await connector.terms()
    terms = read
    return read
  }

  /// What was just made can be named at once.
  func add(_ item: QuickBooksItem) { lists?.items.append(item) }

  func keep(_ read: QuickBooksLists) { lists = read }

  private static func read(
    _ connector: QuickBooksConnector
  ) async -> Result<QuickBooksLists, RemoteError> {
    do { return .success(try await connector.readLists().lists) } catch { return .failure(error) }
  }
}
