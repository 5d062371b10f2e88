import Domain
import Transport

/// How one row of a collection ended.
enum SalesforceRow: Sendable {
  case done(id: String)
  case refused(SalesforceFailure)
  case unknown(reason: String)
  case notSent(reason: String)

  /// Somebody else holds the row for a moment.
  var isLocked: Bool {
    if case .refused(let failure) = self { failure.code == "UNABLE_TO_LOCK_ROW" } else { false }
  }

  /// The outcome of a row that was not done; nil for one that was.
  func failing<Value>(on object: SalesforceObject) -> WriteOutcome<Value>? {
    switch self {
    case .done: nil
    case .refused(let failure) where failure.code == "UNABLE_TO_LOCK_ROW":
      .notSent(reason: "somebody else is changing the record; the next pass tries again")
    case .refused(let failure): .refused(SalesforceProblem.refusal(failure, on: object))
    case .unknown(let reason): .unknown(reason: reason)
    case .notSent(let reason): .notSent(reason: reason)
    }
  }
}

/// Collections: up to two hundred rows in one call, each judged by itself.
extension SalesforceConnector {
  typealias Member = OutgoingJSON.Member

  /// A row as it is sent: its kind stands before everything else.
  static func row(
    _ object: SalesforceObject, id: String? = nil, _ members: [Member]
  ) -> OutgoingJSON {
    let kind = Member("attributes", .fields([("type", .text(object.rawValue))]))
    return .object([kind] + (id.map { [Member("id", .text($0))] } ?? []) + members)
  }

  /// Writes rows. `key`: the external id under which they are created or found.
  func write(
    _ method: HTTPMethod, _ object: SalesforceObject, key: String? = nil, _ rows: [OutgoingJSON]
  ) async -> [SalesforceRow] {
    var results = [SalesforceRow](
      repeating: .notSent(reason: "nothing was sent"), count: rows.count)
    for batch in Array(rows.indices).batches(of: SalesforceLimit.rows) {
      var open = Array(batch)
      var tries = 0
      while !open.isEmpty {
        let told = await send(method, object, key, open.map { rows[$0] })
        for (index, row) in zip(open, told) { results[index] = row }
        open = open.filter { results[$0].isLocked }
        tries += 1
        guard !open.isEmpty, tries < SalesforceLimit.lockRepeats,
          await patience.wait(tries)
        else { break }
      }
    }
    return results
  }

  private func send(
    _ method: HTTPMethod, _ object: SalesforceObject, _ key: String?, _ rows: [OutgoingJSON]
  ) async -> [SalesforceRow] {
    let path = ["composite", "sobjects"] + (key.map { [object.rawValue, $0] } ?? [])
    let body = OutgoingJSON.fields([
      ("allOrNone", .flag(false)), ("records", .array(rows)),
    ])
    do {
      let call = try post(
        method, path, body, priority: object.priority,
        label: "\(object.rawValue.lowercased()).write")
      let results = try await send(call, [SalesforceResult].self)
      guard results.count == rows.count else {
        return rows.map { _ in .unknown(reason: "the answer names another number of records") }
      }
      return results.map(Self.row)
    } catch {
      return await fallen(error, method, object, key, rows)
    }
  }

  private static func row(_ result: SalesforceResult) -> SalesforceRow {
    if result.success, let id = result.id { return .done(id: id) }
    guard !result.success else {
      return .unknown(reason: "the answer says that it was written, but not where")
    }
    return .refused(
      result.errors?.first ?? SalesforceFailure(code: "UNKNOWN", message: "no reason was given"))
  }

  /// One row that makes no sense to the vendor may spoil its whole collection: each is sent alone.
  private func fallen(
    _ error: RemoteError, _ method: HTTPMethod, _ object: SalesforceObject, _ key: String?,
    _ rows: [OutgoingJSON]
  ) async -> [SalesforceRow] {
    switch error {
    case .refused(let refusal):
      let failure = SalesforceProblem.failure(refusal)
      guard refusal.status == 400, rows.count > 1, failure.code != "UNABLE_TO_LOCK_ROW" else {
        return rows.map { _ in .refused(failure) }
      }
      var results: [SalesforceRow] = []
      for row in rows { results += await send(method, object, key, [row]) }
      return results
    case .outcomeUnknown(let reason): return rows.map { _ in .unknown(reason: reason) }
    case .notSent, .rateLimited, .budgetExhausted, .unreadable, .signInNeeded, .deadlinePassed:
      return rows.map { _ in .notSent(reason: error.description) }
    }
  }
}
