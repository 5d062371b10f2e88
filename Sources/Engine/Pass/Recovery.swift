internal import Connectors
internal import Domain
internal import Logging
internal import Reconciler
internal import Snapshot
internal import Transport

/// The first step of every pass: operations whose outcome a broken pass left open are looked up
/// in their system before anything is sent again. One path for all of them, whether the request
/// never left, was lost, or was applied without an answer: the journal cannot tell these apart.
struct Recovery {
  let environment: PassEnvironment
  let store: SnapshotStore
  let now: Instant

  private var accounting: any AccountingSystem { environment.systems.accounting }

  func run() async throws(EngineError) {
    let open: [JournalEntry]
    do { open = try store.read { try $0.openOperations() } } catch { throw .snapshot(error) }
    let lost = open.filter { $0.state == .sent || $0.state == .unknown }
    guard !lost.isEmpty else { return }
    do { try recoverMessages(lost) } catch { throw Self.failure(error) }
    try await step(accounting.name) { try await recoverInvoices(lost) }
    try await step(accounting.name) { try await recoverContacts(lost) }
    try await step(accounting.name) { try await recoverTemplates(lost) }
    for crm in environment.systems.crms {
      try await step(crm.name) { try await recoverParties(lost, of: crm) }
      try await step(crm.name) { try await recoverTasks(lost, of: crm) }
    }
    let names = [accounting.name] + environment.systems.crms.map(\.name)
    for name in names { try await step(name) { try await withdrawRepeatable(lost, of: name) } }
  }

  /// One look-up. A system that cannot be asked keeps its own operations open: the records
  /// concerned are left alone, the next pass looks again, and the other systems do not wait.
  private func step(
    _ system: SystemName, _ body: () async throws -> Void
  ) async throws(EngineError) {
    do { try await body() } catch let error as RemoteError {
      environment.logger.warning(
        "look-up of open operations failed",
        metadata: ["system": "\(system)", "reason": "\(error)"])
      // Nothing is planned without the accounting system.
      if error.needsPerson, system == accounting.name { throw EngineError(error, of: system) }
    } catch { throw Self.failure(error) }
  }

  private static func failure(_ error: any Error) -> EngineError {
    guard let error = error as? SnapshotError else {
      return .snapshot(.failed(path: "", reason: "\(error)"))
    }
    return .snapshot(error)
  }

  private func recoverInvoices(_ lost: [JournalEntry]) async throws {
    let drafts = lost.compactMap { entry -> (JournalEntry, InvoiceDraft)? in
      if case .createInvoice(let draft) = entry.operation.effect { (entry, draft) } else { nil }
    }
    guard !drafts.isEmpty else { return }
    let found = try await accounting.findInvoices(drafts.map(\.1.mark))
    let recorder = OutcomeRecorder(environment: environment, now: now)
    try store.write { writer in
      for (entry, draft) in drafts {
        if let invoice = found.first(where: { draft.mark.identifies($0) }) {
          try recorder.invoiceCreated(entry.operation, draft, invoice, in: writer)
        } else {
          try decide(entry, settle: accounting.capabilities.settleSeconds, in: writer)
        }
      }
    }
  }

  private func recoverContacts(_ lost: [JournalEntry]) async throws {
    let drafts = lost.compactMap { entry -> (JournalEntry, PartyDraft)? in
      if case .createContact(let draft) = entry.operation.effect { (entry, draft) } else { nil }
    }
    guard !drafts.isEmpty else { return }
    let found = try await accounting.findContacts(drafts.map(\.1))
    let recorder = OutcomeRecorder(environment: environment, now: now)
    try store.write { writer in
      for (entry, draft) in drafts {
        if let contact = found.first(where: { $0.mark == draft.mark && $0.mergedInto == nil }) {
          try recorder.contactCreated(entry.operation, contact, in: writer)
        } else {
          try decide(entry, settle: accounting.capabilities.settleSeconds, in: writer)
        }
      }
    }
  }

  private func recoverTemplates(_ lost: [JournalEntry]) async throws {
    let drafts = lost.compactMap { entry -> (JournalEntry, TemplateDraft)? in
      if case .createTemplate(let draft) = entry.operation.effect { (entry, draft) } else { nil }
    }
    guard !drafts.isEmpty else { return }
    let templates = try await accounting.templates()
    let recorder = OutcomeRecorder(environment: environment, now: now)
    try store.write { writer in
      for (entry, draft) in drafts {
        let match = try templates.first { template in
          let subject = Subject(
            system: accounting.name, kind: .template, id: template.id.rawValue)
          return try isMade(template, from: draft) && writer.reader.links(of: subject).isEmpty
        }
        if let match {
          try recorder.templateCreated(entry.operation, match, in: writer)
        } else {
          try decide(entry, settle: accounting.capabilities.settleSeconds, in: writer)
        }
      }
    }
  }

  /// A template has no address of its own: it is known by everything it was made with.
  private func isMade(_ template: InvoiceTemplate, from draft: TemplateDraft) -> Bool {
    template.isActive && template.reference == draft.content.mark.reference
      && template.start == draft.start && template.every == draft.every
      && template.unit == draft.unit && template.currency == draft.content.currency
      && template.total == draft.content.expected.total
      && ContactReference.existing(template.contactID) == draft.content.contact
  }

  private func recoverParties(
    _ lost: [JournalEntry], of crm: any CRMSystem
  ) async throws {
    let drafts = lost.compactMap { entry -> (entry: JournalEntry, draft: PartyDraft)? in
      guard entry.operation.system == crm.name,
        case .createParty(let draft) = entry.operation.effect
      else { return nil }
      return (entry, draft)
    }
    guard !drafts.isEmpty else { return }
    let found = try await crm.findParties(drafts.map { ($0.entry.operation.id, $0.draft) })
    let recorder = OutcomeRecorder(environment: environment, now: now)
    try store.write { writer in
      for (entry, _) in drafts {
        if let party = found[entry.operation.id] {
          try recorder.partyCreated(entry.operation, party, in: writer)
        } else {
          try decide(entry, settle: crm.capabilities.settleSeconds, in: writer)
        }
      }
    }
  }

  private func recoverTasks(_ lost: [JournalEntry], of crm: any CRMSystem) async throws {
    let alerts = lost.compactMap { entry -> (entry: JournalEntry, alert: AlertDraft)? in
      guard entry.operation.system == crm.name,
        case .notify(let alert) = entry.operation.effect, alert.channel == .crmTask
      else { return nil }
      return (entry, alert)
    }
    guard !alerts.isEmpty else { return }
    let found = try await crm.findTasks(alerts.map { ($0.entry.operation.id, $0.alert) })
    let recorder = OutcomeRecorder(environment: environment, now: now)
    try store.write { writer in
      for (entry, alert) in alerts {
        if let task = found[entry.operation.id] {
          try recorder.alertSent(entry.operation, alert, task, in: writer)
        } else {
          try decide(entry, settle: crm.capabilities.settleSeconds, in: writer)
        }
      }
    }
  }

  /// Messages cannot be looked up. One whose outcome is not known is sent once more and says so;
  /// after that only where the receiver tells repeats by their id.
  private func recoverMessages(_ lost: [JournalEntry]) throws {
    let alerts = lost.compactMap { entry -> (entry: JournalEntry, alert: AlertDraft)? in
      guard let alert = entry.operation.effect.alert, alert.channel != .crmTask else { return nil }
      return (entry, alert)
    }
    guard !alerts.isEmpty else { return }
    try store.write { writer in
      for (entry, alert) in alerts {
        let recognises =
          environment.systems.notifiers[alert.channel]?.recognisesRepeats ?? false
        if !alert.mayBeRepeat || recognises {
          try sendOnceMore(entry, alert, in: writer)
        } else {
          try writer.settle(
            entry.operation.id, as: .withdrawn, answer: "sent twice without an answer", at: now)
          try writer.recordAlert(alert.key, of: entry.operation.subject, at: now)
          try writer.recordAlert(
            AlertDraft.unconfirmed(alert.key), of: entry.operation.subject, at: now)
        }
        try writer.markDirty(entry.operation.subject, because: "an alert got no answer")
      }
    }
  }

  private func sendOnceMore(
    _ entry: JournalEntry, _ alert: AlertDraft, in writer: SnapshotWriter
  ) throws {
    var operation = entry.operation
    var alert = alert
    alert.mayBeRepeat = true
    operation.effect = .notify(alert)
    try writer.replaceBody(operation)
    try writer.settle(
      operation.id, as: .planned, answer: "it may have arrived; it is sent once more, marked",
      at: now)
  }

  /// Not found. Young: wait until the look-up can be trusted. Old: it never happened, and the
  /// same operation with the same key may be sent.
  private func decide(_ entry: JournalEntry, settle: Int, in writer: SnapshotWriter) throws {
    let age = now.seconds(since: entry.sentAt ?? entry.plannedAt)
    let state: OperationState = age < Int64(settle) ? .unknown : .planned
    try writer.settle(
      entry.operation.id, as: state, answer: "not found by its mark", at: now)
    try writer.markDirty(entry.operation.subject, because: "outcome looked up")
  }

  /// Contacts, companies and people whose update got no answer, as they are now.
  private func partiesNow(
    of entries: [JournalEntry], in system: SystemName
  ) async throws -> [PartyRecord] {
    let subjects = Set(
      entries.compactMap { entry -> Subject? in
        if case .updateParty(let patch) = entry.operation.effect { patch.subject } else { nil }
      }
    ).filter { $0.system == system }.sorted()
    guard !subjects.isEmpty else { return [] }
    guard let crm = environment.systems.crm(system) else {
      return try await accounting.contacts(subjects.map { ID($0.id) })
    }
    return try await crm.parties(subjects).compactMap { answer in
      switch answer {
      case .found(let record), .merged(_, let record): record
      case .gone: nil
      }
    }
  }

  /// Where the state that an operation changes is read; what no system here knows goes with the
  /// accounting system.
  private func home(of operation: Operation) -> SystemName {
    let system =
      if case .updateParty(let patch) = operation.effect {
        patch.subject.system
      } else { operation.system }
    return environment.systems.crm(system) == nil ? accounting.name : system
  }

  /// Changes that are the same when made twice: the present state is read, and the planner
  /// decides from it whether anything is left to do.
  private func withdrawRepeatable(_ lost: [JournalEntry], of system: SystemName) async throws {
    let entries = lost.filter {
      $0.operation.effect.isRepeatable && home(of: $0.operation) == system
    }
    guard !entries.isEmpty else { return }
    let invoiceIDs = Set(entries.compactMap(\.operation.effect.invoiceID))
    let invoices =
      invoiceIDs.isEmpty ? [] : try await accounting.invoices(invoiceIDs.sorted())
    let crm = environment.systems.crm(system)
    let ids = Set(entries.compactMap(\.operation.effect.reportedDeal)).sorted()
    let deals = ids.isEmpty ? [] : try await crm?.deals(ids) ?? []
    let parties = try await partiesNow(of: entries, in: system)
    try store.write { writer in
      for party in parties {
        _ = try writer.store(party: party)
        try PartyStaging.changed(party, in: writer)
      }
      for invoice in invoices {
        _ = try writer.store(invoice: invoice, of: accounting.name, readAt: now)
      }
      for deal in deals.compactMap(\.deal) {
        let subject = Subject(system: system, kind: .deal, id: deal.id.rawValue)
        let head = try writer.reader.headDigest(of: subject)
        _ = try writer.store(deal, of: system, headDigest: head)
      }
      for entry in entries {
        try writer.settle(
          entry.operation.id, as: .withdrawn, answer: "state read anew after a lost answer",
          at: now)
        try writer.markDirty(entry.operation.subject, because: "state read anew")
      }
    }
  }
}
