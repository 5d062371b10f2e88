internal import Connectors
internal import Domain
internal import Snapshot
internal import Transport

/// One batch of one kind of write: journalled, sent, judged element by element.
struct Writes {
  let environment: PassEnvironment
  let store: SnapshotStore
  let recorder: OutcomeRecorder
  let clock: @Sendable () -> Instant

  private var accounting: any AccountingSystem { environment.systems.accounting }

  func items(_ operations: [Operation]) async throws(SnapshotError) {
    try await perform(
      operations, pick: { if case .createItem(let draft) = $0 { draft } else { nil } },
      send: { await accounting.createItems($0) },
      record: { try recorder.itemCreated($0, $2, in: $3) })
  }

  func contacts(_ operations: [Operation]) async throws(SnapshotError) {
    try await perform(
      operations, pick: { if case .createContact(let draft) = $0 { draft } else { nil } },
      send: { await accounting.createContacts($0) },
      record: { try recorder.contactCreated($0, $2, in: $3) })
  }

  func invoices(_ operations: [Operation]) async throws(SnapshotError) {
    try await perform(
      operations, pick: { if case .createInvoice(let draft) = $0 { draft } else { nil } },
      send: { await accounting.createInvoices($0) },
      record: { try recorder.invoiceCreated($0, $1, $2, in: $3) })
  }

  func templates(_ operations: [Operation]) async throws(SnapshotError) {
    try await perform(
      operations, pick: { if case .createTemplate(let draft) = $0 { draft } else { nil } },
      send: { await accounting.createTemplates($0) },
      record: { try recorder.templateCreated($0, $2, in: $3) })
  }

  func endTemplates(_ operations: [Operation]) async throws(SnapshotError) {
    try await perform(
      operations, pick: { if case .endTemplate(let id) = $0 { id } else { nil } },
      send: { writes in
        var outcomes: [WriteOutcome<Bool>] = []
        for write in writes { outcomes.append(await accounting.endTemplate(write)) }
        return outcomes
      },
      record: { operation, id, _, writer in
        try recorder.templateEnded(operation, id, in: writer)
      })
  }

  func revisions(_ operations: [Operation]) async throws(SnapshotError) {
    try await perform(
      operations, pick: { if case .reviseInvoice(let revision) = $0 { revision } else { nil } },
      send: { await accounting.reviseInvoices($0) },
      record: { try recorder.invoiceRevised($0, $1.content, $2, in: $3) })
  }

  func cancellations(_ operations: [Operation]) async throws(SnapshotError) {
    try await perform(
      operations, pick: { if case .cancelInvoice(let id) = $0 { id } else { nil } },
      send: { await accounting.cancelInvoices($0) },
      record: { try recorder.invoiceCancelled($0, $2, in: $3) })
  }

  func emails(_ operations: [Operation]) async throws(SnapshotError) {
    try await perform(
      operations, pick: { if case .emailInvoice(let id) = $0 { id } else { nil } },
      send: { writes in
        var outcomes: [WriteOutcome<Bool>] = []
        for write in writes { outcomes.append(await accounting.emailInvoice(write)) }
        return outcomes
      },
      record: { operation, id, _, writer in try recorder.emailed(operation, id, in: writer) })
  }

  func partyUpdates(
    _ operations: [Operation], of system: SystemName
  ) async throws(SnapshotError) {
    let crm = environment.systems.crm(system)
    try await perform(
      operations, pick: { if case .updateParty(let patch) = $0 { patch } else { nil } },
      send: { writes in
        if let crm { return await crm.updateParties(writes.map(\.content)) }
        return await accounting.updateContacts(writes)
      },
      record: { try recorder.partyUpdated($0, $2, in: $3) })
  }

  func parties(_ operations: [Operation], of system: SystemName) async throws(SnapshotError) {
    guard let crm = environment.systems.crm(system) else { return }
    try await perform(
      operations, pick: { if case .createParty(let draft) = $0 { draft } else { nil } },
      send: { writes in
        await crm.createParties(writes.map { (OperationID($0.key), $0.content) })
      },
      record: { try recorder.partyCreated($0, $2, in: $3) })
  }

  func reports(_ operations: [Operation], of system: SystemName) async throws(SnapshotError) {
    guard let crm = environment.systems.crm(system) else { return }
    try await perform(
      operations, pick: { if case .reportOnDeal(let report) = $0 { report } else { nil } },
      send: { writes in await crm.report(writes.map(\.content)) },
      record: { try recorder.reported($0, $1, $2, in: $3) })
  }

  func alerts(_ operations: [Operation], of system: SystemName) async throws(SnapshotError) {
    let crm = environment.systems.crm(system)
    let tasks = operations.filter { $0.effect.alert?.channel == .crmTask }
    if !tasks.isEmpty {
      try await alert(tasks) { writes in
        guard let crm else {
          return writes.map { _ in .notSent(reason: "\(system) is not connected") }
        }
        return await crm.createTasks(writes.map { (OperationID($0.key), $0.content) })
      }
    }
    for group in AlertGroups(notifiers: environment.systems.notifiers).groups(operations) {
      // Each message is journalled alone: a crash leaves no more than one in doubt.
      if environment.shouldStop() { return }
      try await alert(group) { writes in
        let outcome = await deliver(writes)
        return writes.map { _ in outcome }
      }
    }
  }

  private func alert(
    _ operations: [Operation],
    send: ([KeyedWrite<AlertDraft>]) async -> [WriteOutcome<String>]
  ) async throws(SnapshotError) {
    try await perform(
      operations, pick: \.alert, send: send,
      record: { try recorder.alertSent($0, $1, $2, in: $3) })
  }

  private func deliver(_ writes: [KeyedWrite<AlertDraft>]) async -> WriteOutcome<String> {
    guard let channel = writes.first?.content.channel,
      let notifier = environment.systems.notifiers[channel]
    else { return .notSent(reason: "its channel is not set up under notify") }
    let alerts = writes.map { KeyedAlert(key: OperationID($0.key), alert: $0.content) }
    return await notifier.deliver(AlertMessage(alerts: alerts, sentAt: clock()))
  }

  func links(_ operations: [Operation]) throws(SnapshotError) {
    try store.write { writer in
      for operation in operations {
        if case .link(let link) = operation.effect {
          try recorder.linked(operation, link, in: writer)
        }
      }
    }
  }

  /// `sent` is durable before the request leaves; each outcome is settled with what it changes.
  private func perform<Content: Sendable, Answer: Sendable>(
    _ operations: [Operation], pick: (Effect) -> Content?,
    send: ([KeyedWrite<Content>]) async -> [WriteOutcome<Answer>],
    record: (Operation, Content, Answer, SnapshotWriter) throws -> Void
  ) async throws(SnapshotError) {
    let picked = operations.compactMap { operation in
      pick(operation.effect).map { (operation: operation, content: $0) }
    }
    let keys = try store.write { writer in
      try writer.markSent(picked.map(\.operation.id), at: clock())
      return try picked.map { try key(of: $0.operation, writer.reader) }
    }
    let outcomes = await send(
      zip(keys, picked).map { KeyedWrite(key: $0, content: $1.content) })
    try store.write { writer in
      for (index, (operation, content)) in picked.enumerated() {
        let outcome =
          index < outcomes.count
          ? outcomes[index] : .unknown(reason: "the answer holds no outcome for it")
        switch outcome {
        case .applied(let answer): try record(operation, content, answer, writer)
        case .refused(let refusal): try refuse(operation, refusal, in: writer)
        case .unknown(let reason):
          try writer.settle(operation.id, as: .unknown, answer: reason, at: clock())
        case .notSent(let reason):
          try writer.settle(operation.id, as: .planned, answer: reason, at: clock())
        }
      }
    }
  }

  /// The accounting system keeps the answer to a key, refusals and its own failures included: a
  /// write that was looked up, or planned again after a refusal, needs a key of its own.
  private func key(of operation: Operation, _ reader: SnapshotReader) throws -> String {
    guard operation.system == accounting.name,
      let entry = try reader.operation(operation.id)
    else { return operation.id.rawValue }
    return "\(operation.id)-\(entry.sequence)-\(entry.attempts)"
  }

  private func refuse(
    _ operation: Operation, _ refusal: WriteRefusal, in writer: SnapshotWriter
  ) throws {
    try writer.settle(operation.id, as: .refused, answer: refusal.message, at: clock())
    if operation.subject.kind == .deal {
      try writer.updateDealState(operation.subject) { $0.released.remove(refusal.code) }
    }
    try writer.put(
      Hold(
        subject: operation.subject, code: refusal.code,
        message: "\(operation.system) refused to \(operation.action.rawValue) "
          + "\(operation.summary): \(refusal.message)",
        remedy: Remedy.resend(refusal.remedy, operation.subject)),
      at: clock())
    try forgetLists(after: refusal, in: writer)
  }

  /// A refusal may mean that what we know of the organisation is out of date: the next pass reads
  /// the lists anew, and says in its own words what is wrong. Not where they are of this pass.
  private func forgetLists(after refusal: WriteRefusal, in writer: SnapshotWriter) throws {
    guard refusal.code.isAboutLists,
      let ledger = try writer.reader.cache(ListReader.ledgerKey, as: Ledger.self),
      clock().seconds(since: ledger.readAt) > Self.freshness
    else { return }
    try writer.dropCache(ListReader.ledgerKey)
  }

  /// Seconds in which lists count as just read.
  private static let freshness: Int64 = 900
}

extension HoldCode {
  /// Whether the slow-moving lists of the accounting system decide it.
  fileprivate var isAboutLists: Bool {
    switch self {
    case .periodLocked, .currencyNotEnabled, .taxCodeUnknown, .accountUnknown, .itemUnknown,
      .trackingUnknown, .themeUnknown:
      true
    case .noCustomer, .customerUnsure, .contactArchived, .nameTaken, .noLines, .noAmount,
      .badLine, .currencyMissing, .currencyMixed, .termsUnknown, .wonDateMissing,
      .possibleDuplicate, .totalNegative, .totalDiffers, .answerDiffers, .numberTaken,
      .heldByRule, .recurringUnsupported, .scheduleInvalid, .invoiceVoided, .dealChanged,
      .dealReopened, .dealDeleted, .dealsMerged, .fieldConflict, .flipFlop, .fieldRefused,
      .ownerUnreachable, .stageMovedBack, .recordUnreadable, .outcomeUnknown, .refused,
      .planLimit, .emailRefused:
      false
    }
  }
}
