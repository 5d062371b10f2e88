internal import Connectors
internal import Domain
internal import Reconciler
internal import Snapshot
internal import Transport

/// Carries out a journalled plan, stage by stage, in the batches each system takes.
///
/// For every batch: `sent` is committed, the request leaves, and each element of the answer is
/// settled alone in one transaction with what it changes.
struct Executor {
  let environment: PassEnvironment
  let store: SnapshotStore
  let clock: @Sendable () -> Instant
  /// What a deal is to be told once its new invoice is in the snapshot; nil: nothing.
  let report: (SnapshotReader, Subject) throws -> DealReport?

  private var accounting: any AccountingSystem { environment.systems.accounting }

  /// Applies the operations in order of dependency; false when it was asked to stop midway.
  func run(_ operations: [Operation]) async throws(SnapshotError) -> Bool {
    for stage in ApplyStage.allCases {
      let group = operations.filter { ApplyStage(of: $0.effect) == stage }
      guard !group.isEmpty else { continue }
      let bySystem = Dictionary(grouping: group, by: \.system)
      for system in bySystem.keys.sorted() {
        for batch in (bySystem[system] ?? []).chunked(batchSize(stage, system)) {
          if environment.shouldStop() { return false }
          try await apply(batch, stage)
        }
      }
    }
    return true
  }

  private func batchSize(_ stage: ApplyStage, _ system: SystemName) -> Int {
    guard let crm = environment.systems.crm(system) else {
      return stage.isBatched ? accounting.capabilities.writesPerCall : 1
    }
    return stage == .reports
      ? crm.capabilities.reportsPerWrite : crm.capabilities.createsPerWrite
  }

  private func apply(_ batch: [Operation], _ stage: ApplyStage) async throws(SnapshotError) {
    if stage == .reports {
      try await OnlineLinks(environment: environment, store: store, now: clock())
        .read(for: batch.map(\.subject))
    }
    let ready = try prepare(batch)
    guard !ready.isEmpty else { return }
    let system = ready[0].system
    environment.progress(
      PassProgress(system: system, what: stage.rawValue, done: 0, total: ready.count))
    let writes = Writes(
      environment: environment, store: store,
      recorder: OutcomeRecorder(environment: environment, now: clock()), clock: clock)
    switch stage {
    case .items: try await writes.items(ready)
    case .contacts: try await writes.contacts(ready)
    case .parties, .people: try await writes.parties(ready, of: system)
    case .invoices: try await writes.invoices(ready)
    case .templates: try await writes.templates(ready)
    case .links: try writes.links(ready)
    case .endings: try await writes.endTemplates(ready)
    case .revisions: try await writes.revisions(ready)
    case .cancellations: try await writes.cancellations(ready)
    case .emails: try await writes.emails(ready)
    case .partyUpdates: try await writes.partyUpdates(ready, of: system)
    case .reports: try await writes.reports(ready, of: system)
    case .alerts: try await writes.alerts(ready, of: system)
    }
  }

  /// Leaves out what waits for an operation that did not succeed, and fills in what only became
  /// known in this pass: the contact an earlier operation created, the number of an invoice.
  private func prepare(_ batch: [Operation]) throws(SnapshotError) -> [Operation] {
    try store.write { writer in
      var ready: [Operation] = []
      for var operation in batch {
        let awaited = try operation.waitsFor.map { try writer.reader.operation($0) }
        // What waits for a withdrawn one would else stay open and be tried in every pass.
        if awaited.contains(where: { $0?.state == .refused || $0?.state == .withdrawn }) {
          try writer.settle(
            operation.id, as: .withdrawn, answer: "an operation it waits for was refused",
            at: clock())
          continue
        }
        guard awaited.allSatisfy({ $0?.state == .applied }) else { continue }
        guard try complete(&operation, in: writer) else { continue }
        ready.append(operation)
      }
      return ready
    }
  }

  /// False when nothing is left to do.
  private func complete(_ operation: inout Operation, in writer: SnapshotWriter) throws -> Bool {
    switch operation.effect {
    case .createInvoice(var draft):
      guard case .created(let creator) = draft.contact,
        let id = try writer.reader.operation(creator)?.externalID
      else { return true }
      draft.contact = .existing(ID(id))
      operation.effect = .createInvoice(draft)
    case .createTemplate(var draft):
      guard case .created(let creator) = draft.content.contact,
        let id = try writer.reader.operation(creator)?.externalID
      else { return true }
      draft.content.contact = .existing(ID(id))
      operation.effect = .createTemplate(draft)
    case .createParty(var draft):
      guard case .created(let creator) = draft.employer,
        let id = try writer.reader.operation(creator)?.externalID
      else { return true }
      draft.employer = .existing(ID(id))
      operation.effect = .createParty(draft)
    case .emailInvoice where !operation.waitsFor.isEmpty:
      guard let creator = operation.waitsFor.first,
        let id = try writer.reader.operation(creator)?.externalID
      else { return false }
      operation.effect = .emailInvoice(ID(id))
    case .reportOnDeal where !operation.waitsFor.isEmpty:
      guard let report = try report(writer.reader, operation.subject) else {
        try writer.settle(
          operation.id, as: .withdrawn, answer: "the deal says so already", at: clock())
        return false
      }
      operation.effect = .reportOnDeal(report)
    case .createContact, .reviseInvoice, .cancelInvoice, .emailInvoice, .endTemplate,
      .createItem, .reportOnDeal, .updateParty, .notify, .link:
      return true
    }
    try writer.replaceBody(operation)
    return true
  }
}

/// The order in which kinds of operation are applied: what others wait for comes first.
enum ApplyStage: String, CaseIterable {
  case items, contacts, parties, people, invoices, templates, links, endings, revisions
  case cancellations, emails
  case partyUpdates = "party_updates"
  case reports, alerts

  init(of effect: Effect) {
    self =
      switch effect {
      case .createItem: .items
      case .createContact: .contacts
      // A person is made once its company is there.
      case .createParty(let draft): draft.employer == nil ? .parties : .people
      case .createInvoice: .invoices
      case .createTemplate: .templates
      case .link: .links
      case .endTemplate: .endings
      case .reviseInvoice: .revisions
      case .cancelInvoice: .cancellations
      case .emailInvoice: .emails
      case .updateParty: .partyUpdates
      case .reportOnDeal: .reports
      case .notify: .alerts
      }
  }

  /// Whether the accounting system takes several in one call.
  var isBatched: Bool {
    switch self {
    case .items, .contacts, .invoices, .templates, .revisions, .cancellations, .partyUpdates,
      .links:
      true
    case .parties, .people, .endings, .emails, .reports, .alerts: false
    }
  }
}
