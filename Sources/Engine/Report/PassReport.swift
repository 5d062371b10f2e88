package import Domain

/// What one pass did: the document of `run --json`, the text of a cron mail, the exit code.
package struct PassReport: Sendable, Codable {
  package var schema = 1
  package var run: Int64
  package var dryRun: Bool
  package var startedAt: Instant
  package var finishedAt: Instant
  package var outcome: Outcome
  package var planDigest: String
  /// New or changed records by system and listing.
  package var polled: [SystemName: [String: Int]]
  /// Requests sent, sign-in not counted.
  package var apiCalls: [SystemName: Int]
  package var operations: [ReportedOperation]
  /// All open holds, not only new ones.
  package var holds: [ReportedHold]
  package var conflicts: [Conflict]
  /// Systems that could not be read or written to the end, and why.
  package var troubles: [Trouble]
  package var brake: Brake?
  /// Operations on contacts beyond the listed ones; nil: all are listed. `history` has them.
  package var leftOut: Int?

  package enum Outcome: String, Sendable, Codable {
    /// All was done.
    case ok
    /// An operation was refused.
    case failed
    /// A system was unavailable or out of budget; the next pass goes on.
    case deferred
    /// Unusual numbers stopped the pass before its first write.
    case braked
    case interrupted
    case signInNeeded = "sign_in_needed"
    /// The plan differs from the one approved.
    case planMoved = "plan_moved"
  }

  package struct Trouble: Sendable, Codable, Hashable {
    package var system: SystemName
    package var message: String
  }

  enum CodingKeys: String, CodingKey {
    case schema, run, outcome, polled, operations, holds, conflicts, troubles, brake
    case dryRun = "dry_run"
    case startedAt = "started_at"
    case finishedAt = "finished_at"
    case planDigest = "plan_digest"
    case apiCalls = "api_calls"
    case leftOut = "operations_left_out"
  }

  /// What went wrong, in one line; empty when nothing did.
  var troubleWords: String {
    let words =
      troubles.map { "\($0.system): \($0.message)" }
      + (brake.map { ["\($0.count) \($0.reason.rawValue), the limit is \($0.limit)"] } ?? [])
      + operations.compactMap(\.error)
    let shown = words.prefix(3).joined(separator: "; ")
    return words.count > 3 ? "\(shown); and \(words.count - 3) more" : shown
  }

  /// Whether there is nothing to tell: an idle pass that met no new hold.
  package var isQuiet: Bool {
    operations.isEmpty && troubles.isEmpty && outcome == .ok
      && !holds.contains { $0.since >= startedAt }
  }

  package var exitCode: ExitCode {
    switch outcome {
    case .ok: .done
    case .failed, .braked, .planMoved: .operationFailed
    case .deferred: .unavailable
    case .interrupted: .terminated
    case .signInNeeded: .signInNeeded
    }
  }
}

/// An operation as a report shows it.
package struct ReportedOperation: Sendable, Codable, Hashable {
  package var id: OperationID
  package var action: Operation.Action
  package var system: SystemName
  package var object: Operation.ObjectKind
  package var subject: Subject
  package var externalID: String?
  package var summary: String
  /// The invoice total or amount due it is about, where it is about money.
  package var amount: Money?
  package var changes: [String: Change]
  /// A state of the journal.
  package var outcome: OperationState
  package var error: String?

  package struct Change: Sendable, Codable, Hashable {
    package var from: String?
    package var to: String?

    package func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(from, forKey: .from)
      try container.encode(to, forKey: .to)
    }
  }

  enum CodingKeys: String, CodingKey {
    case id, action, system, object, subject, summary, amount, currency, changes, outcome, error
    case externalID = "external_id"
  }

  package init(_ operation: Operation, state: OperationState, externalID: String?, error: String?) {
    id = operation.id
    action = operation.action
    system = operation.system
    object = operation.object
    subject = operation.subject
    self.externalID = externalID
    summary = operation.summary
    amount = operation.effect.amount
    changes = Dictionary(
      operation.changes.map { ($0.field, Change(from: $0.from, to: $0.to)) },
      uniquingKeysWith: { _, last in last })
    outcome = state
    self.error = error
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    id = try container.decode(OperationID.self, forKey: .id)
    action = try container.decode(Operation.Action.self, forKey: .action)
    system = try container.decode(SystemName.self, forKey: .system)
    object = try container.decode(Operation.ObjectKind.self, forKey: .object)
    subject = try container.decode(Subject.self, forKey: .subject)
    externalID = try container.decodeIfPresent(String.self, forKey: .externalID)
    summary = try container.decode(String.self, forKey: .summary)
    if let figure = try container.decodeIfPresent(ExactDecimal.self, forKey: .amount),
      let currency = try container.decodeIfPresent(Currency.self, forKey: .currency)
    {
      amount = try Money(figure, in: currency)
    }
    changes = try container.decode([String: Change].self, forKey: .changes)
    outcome = try container.decode(OperationState.self, forKey: .outcome)
    error = try container.decodeIfPresent(String.self, forKey: .error)
  }

  /// Keys without a value are written as null, money as a decimal text beside its currency.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(id, forKey: .id)
    try container.encode(action, forKey: .action)
    try container.encode(system, forKey: .system)
    try container.encode(object, forKey: .object)
    try container.encode(subject, forKey: .subject)
    try container.encode(externalID, forKey: .externalID)
    try container.encode(summary, forKey: .summary)
    try container.encodeIfPresent(amount?.figure, forKey: .amount)
    try container.encodeIfPresent(amount?.currency, forKey: .currency)
    try container.encode(changes, forKey: .changes)
    try container.encode(outcome, forKey: .outcome)
    try container.encode(error, forKey: .error)
  }
}

extension Effect {
  /// The money it is about; nil where it is about none.
  var amount: Money? {
    switch self {
    case .createInvoice(let draft): draft.expected.total
    case .reviseInvoice(let revision): revision.content.expected.total
    case .createTemplate(let draft): draft.content.expected.total
    case .notify(let alert): alert.amountDue
    case .createContact, .cancelInvoice, .emailInvoice, .endTemplate, .createItem, .reportOnDeal,
      .createParty, .updateParty, .link:
      nil
    }
  }
}

/// A hold as a report shows it.
package struct ReportedHold: Sendable, Codable, Hashable {
  package var subject: Subject
  package var code: HoldCode
  package var message: String
  package var remedy: String
  package var since: Instant
  /// The deal or customer it is about; nil where it is about neither.
  package var about: HoldContext?

  package init(_ hold: Hold, since: Instant, about: HoldContext? = nil) {
    self.about = about
    subject = hold.subject
    code = hold.code
    message = hold.message
    remedy = hold.remedy
    self.since = since
  }
}
