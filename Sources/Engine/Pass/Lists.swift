internal import Connectors
internal import Domain
internal import Reconciler
internal import Snapshot
internal import Transport

/// The slow-moving lists of every system: read once a day, checked against the configuration
/// before the first write of every pass.
struct Lists: Sendable {
  var ledger: Ledger
  var catalogues: [SystemName: CRMCatalogue]
  /// CRMs whose lists could neither be read nor remembered.
  var failures: [SystemName: RemoteError]
  /// The ledger was read in this pass: held deals are looked at again.
  var isLedgerFresh: Bool
}

struct ListReader {
  let environment: PassEnvironment
  let store: SnapshotStore
  let now: Instant
  let isFull: Bool

  /// Seconds a list is trusted.
  private static let age: Int64 = 86_400
  static let ledgerKey = "ledger"

  static func catalogueKey(_ crm: SystemName) -> String { "catalogue:\(crm)" }

  func run() async throws(EngineError) -> Lists {
    let (ledger, isFresh) = try await ledger()
    try pin(
      environment.systems.accounting.name, key: "organisation", id: ledger.organisation.id)
    var lists = Lists(ledger: ledger, catalogues: [:], failures: [:], isLedgerFresh: isFresh)
    for crm in environment.systems.crms {
      switch try await catalogue(of: crm) {
      case .success(let catalogue):
        try pin(crm.name, key: "account:\(crm.name)", id: catalogue.account)
        lists.catalogues[crm.name] = catalogue
        await crm.adopt(catalogue)
      case .failure(let error): lists.failures[crm.name] = error
      }
    }
    return lists
  }

  private func ledger() async throws(EngineError) -> (Ledger, Bool) {
    let accounting = environment.systems.accounting
    let cached = try snapshot { try $0.cache(Self.ledgerKey, as: Ledger.self) }
    if let cached, !isFull, now.seconds(since: cached.readAt) < Self.age {
      return (cached.body, false)
    }
    do {
      var ledger = try await accounting.ledger()
      ledger.readAt = now
      try keep(Self.ledgerKey, ledger)
      return (ledger, true)
    } catch let error as RemoteError {
      if let cached, !error.needsPerson { return (cached.body, false) }
      throw EngineError(error, of: accounting.name)
    } catch let error as EngineError {
      throw error
    } catch {
      throw .unavailable(accounting.name, reason: "\(error)")
    }
  }

  private func catalogue(
    of crm: any CRMSystem
  ) async throws(EngineError) -> Result<CRMCatalogue, RemoteError> {
    let key = Self.catalogueKey(crm.name)
    let cached = try snapshot { try $0.cache(key, as: CRMCatalogue.self) }
    if let cached, !isFull, now.seconds(since: cached.readAt) < Self.age {
      return .success(cached.body)
    }
    let fresh: CRMCatalogue
    do { fresh = try await crm.catalogue() } catch {
      if let cached, !error.needsPerson { return .success(cached.body) }
      return .failure(error)
    }
    try keep(key, fresh)
    return .success(fresh)
  }

  /// Fixes the account a system signs in to at its first pass and refuses another later.
  private func pin(_ system: SystemName, key: String, id: String) throws(EngineError) {
    let known = try snapshot { try $0.meta(key) }
    if let known, known != id { throw .wrongAccount(system, expected: known, found: id) }
    guard known == nil else { return }
    do { try store.write { try $0.setMeta(key, id) } } catch { throw .snapshot(error) }
  }

  private func snapshot<Value>(
    _ body: (SnapshotReader) throws -> Value
  ) throws(EngineError) -> Value {
    do { return try store.read(body) } catch { throw .snapshot(error) }
  }

  private func keep(_ key: String, _ body: some Encodable) throws(EngineError) {
    do { try store.write { try $0.setCache(key, body, readAt: now) } } catch {
      throw .snapshot(error)
    }
  }
}

extension RemoteError {
  /// Whether only a person can mend it.
  var needsPerson: Bool {
    switch self {
    case .signInNeeded: true
    case .notSent, .outcomeUnknown, .refused, .rateLimited, .budgetExhausted, .unreadable,
      .deadlinePassed:
      false
    }
  }
}

extension EngineError {
  init(_ error: RemoteError, of system: SystemName) {
    switch error {
    case .signInNeeded(let reason): self = .signInNeeded(system, reason: reason)
    case .notSent, .outcomeUnknown, .refused, .rateLimited, .budgetExhausted, .unreadable,
      .deadlinePassed:
      self = .unavailable(system, reason: error.description)
    }
  }
}
