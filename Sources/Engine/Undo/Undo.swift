internal import Connectors
package import Domain
internal import Reconciler
package import Snapshot
internal import Transport

/// Takes back what is reversible of a pass, if nobody changed it since: contact fields, CRM
/// fields, draft invoices, links.
package struct Undo: Sendable {
  let environment: PassEnvironment
  let store: SnapshotStore

  package init(environment: PassEnvironment, store: SnapshotStore) {
    self.environment = environment
    self.store = store
  }

  /// What can be taken back, and what stays.
  package struct Proposal: Sendable {
    /// Remote changes, each the reverse of one of the pass.
    package var operations: [Operation] = []
    /// Links the pass made.
    package var links: [Link] = []
    package var kept: [Kept] = []
  }

  /// Something of the pass that stays as it is.
  package struct Kept: Sendable, Codable, Hashable {
    package var subject: Subject
    package var summary: String
    package var reason: String
  }

  /// Nil when there was no such run.
  package func propose(_ run: Int64, at now: Instant) async throws -> Proposal? {
    let entries = try store.read { reader -> [JournalEntry]? in
      guard try reader.hasRun(run) else { return nil }
      return try reader.history(run: run).filter { $0.state == .applied }
    }
    guard let entries else { return nil }
    let present = try await Present(environment: environment, entries: entries).read()
    return try store.read { reader in
      var proposal = Proposal()
      for entry in entries.reversed() { try add(entry, present, reader, to: &proposal) }
      return proposal
    }
  }

  private func add(
    _ entry: JournalEntry, _ present: Present.State, _ reader: SnapshotReader,
    to proposal: inout Proposal
  ) throws {
    let operation = entry.operation
    func keep(_ reason: String) {
      proposal.kept.append(
        Kept(subject: operation.subject, summary: operation.summary, reason: reason))
    }
    switch operation.effect {
    case .updateParty(let patch):
      guard let record = present.parties[patch.subject] else {
        return keep("the record is gone")
      }
      guard let reverse = try reverse(patch, record, reader) else {
        return keep("changed since, or taken back already")
      }
      proposal.operations.append(undoing(entry, .updateParty(reverse)))
    case .reportOnDeal(let report):
      guard let deal = present.deals[report.deal] else { return keep("the deal is gone") }
      guard let reverse = reverse(report, operation, deal) else {
        return keep("changed since, or taken back already")
      }
      proposal.operations.append(undoing(entry, .reportOnDeal(reverse)))
    case .createInvoice:
      guard let id = entry.externalID, let invoice = present.invoices[ID(id)] else {
        return keep("the invoice is gone")
      }
      guard invoice.status == .draft || invoice.status == .submitted else {
        return keep("the invoice is \(invoice.status.rawValue): only drafts are taken back")
      }
      proposal.operations.append(undoing(entry, .cancelInvoice(invoice.id)))
    case .link(let link):
      guard try reader.links(of: link.left).contains(where: { $0.link == link }) else {
        return keep("no longer linked")
      }
      proposal.links.append(link)
    case .createContact, .createParty:
      keep("records cannot be deleted from here: archive it in \(operation.system)")
    case .reviseInvoice, .cancelInvoice, .createTemplate, .endTemplate, .createItem:
      keep("not reversible from here: change it in \(operation.system)")
    case .emailInvoice, .notify: keep("what was sent cannot be called back")
    }
  }

  private func undoing(_ entry: JournalEntry, _ effect: Effect) -> Operation {
    let old = entry.operation
    let isCancel = if case .cancelInvoice = effect { true } else { false }
    return Operation(
      id: OperationID(hashing: ["undo", old.id.rawValue, "\(entry.sequence)"]),
      action: isCancel ? .void : .update, system: old.system, object: old.object,
      subject: old.subject, effect: effect, summary: "take back: " + old.summary,
      changes: isCancel
        ? [] : old.changes.map { FieldChange(field: $0.field, from: $0.to, to: $0.from) })
  }

  private func reverse(
    _ patch: PartyPatch, _ record: PartyRecord, _ reader: SnapshotReader
  ) throws -> PartyPatch? {
    guard let former = patch.former else { return nil }
    let accounting = environment.systems.accounting.name
    let anchor = try Clerk.anchor(of: patch.subject, accounting, reader)
    let memory = try reader.partyMemory(of: anchor)
    var reverse = PartyPatch(subject: patch.subject)
    var now = PartyPatch.Former()
    for field in PartyMerge.untouched(patch, record, memory) {
      if let kind = field.addressKind {
        reverse.addresses[kind] = former.addresses[kind] ?? PostalAddress()
        now.addresses[kind] = record.addresses[kind]
      } else {
        reverse.texts[field] = former.texts[field] ?? ""
        now.texts[field] = record.value(field).text
      }
    }
    reverse.former = now
    // What is back already needs no write.
    return reverse.fields.contains { reverse.value($0) != record.value($0) } ? reverse : nil
  }

  private func reverse(
    _ report: DealReport, _ operation: Operation, _ deal: Deal
  ) -> DealReport? {
    var values: [ReportField: String] = [:]
    for change in operation.changes {
      guard let field = ReportField(rawValue: change.field), let sent = report.values[field],
        field.saysTheSame(deal.reported[field] ?? "", sent)
      else { continue }
      values[field] = change.from ?? ""
    }
    return values.isEmpty ? nil : DealReport(deal: report.deal, values: values)
  }

  /// Carries a proposal out as a run of its own; its number, and how each operation ended.
  package func apply(
    _ proposal: Proposal, at now: Instant
  ) async throws -> (run: Int64, states: [OperationState]) {
    let run = try store.write { writer in
      let run = try writer.beginRun(at: now)
      for operation in proposal.operations { try writer.plan(operation, run: run, at: now) }
      for link in proposal.links { try takeApart(link, writer) }
      return run
    }
    let executor = Executor(
      environment: environment, store: store, clock: { now }, report: { _, _ in nil })
    let isDone = try await executor.run(proposal.operations)
    return try store.write { writer in
      let states = try proposal.operations.map {
        try writer.reader.operation($0.id)?.state ?? .planned
      }
      let isWhole = isDone && states.allSatisfy { $0 == .applied }
      try writer.endRun(
        run, outcome: isWhole ? "ok" : "failed", exitCode: isWhole ? 0 : 3, report: nil, at: now)
      return (run, states)
    }
  }

  private func takeApart(_ link: Link, _ writer: SnapshotWriter) throws {
    _ = try writer.unlink(link.left, link.right)
    if link.role == .party {
      try writer.setApart(link.left, link.right, true)
      try PartyDesk(writer: writer).unlinked(link.left, link.right)
    }
    if link.left.kind == .deal { try writer.markDirty(link.left, because: "undo") }
    for deal in try writer.reader.deals(of: link.left) {
      try writer.markDirty(deal, because: "undo")
    }
  }
}

/// What the systems hold now of what a pass changed.
struct Present {
  let environment: PassEnvironment
  let entries: [JournalEntry]

  struct State {
    var parties: [Subject: PartyRecord] = [:]
    var deals: [ID<Deal>: Deal] = [:]
    var invoices: [ID<Invoice>: Invoice] = [:]
  }

  func read() async throws -> State {
    var state = State()
    let accounting = environment.systems.accounting
    var parties: Set<Subject> = []
    var invoices: Set<ID<Invoice>> = []
    for entry in entries {
      switch entry.operation.effect {
      case .updateParty(let patch): parties.insert(patch.subject)
      case .createInvoice: if let id = entry.externalID { invoices.insert(ID(id)) }
      case .createContact, .reviseInvoice, .cancelInvoice, .emailInvoice, .createTemplate,
        .endTemplate, .createItem, .reportOnDeal, .createParty, .notify, .link:
        continue
      }
    }
    let contacts = parties.filter { $0.system == accounting.name }.sorted().map { $0.id }
    if !contacts.isEmpty {
      for record in try await accounting.contacts(contacts.map { ID($0) }) {
        state.parties[record.subject] = record
      }
    }
    if !invoices.isEmpty {
      for invoice in try await accounting.invoices(invoices.sorted()) {
        state.invoices[invoice.id] = invoice
      }
    }
    for crm in environment.systems.crms { try await read(crm, parties, into: &state) }
    return state
  }

  private func read(
    _ crm: any CRMSystem, _ parties: Set<Subject>, into state: inout State
  ) async throws {
    let own = parties.filter { $0.system == crm.name }.sorted()
    if !own.isEmpty {
      for answer in try await crm.parties(own) {
        if case .found(let record) = answer { state.parties[record.subject] = record }
      }
    }
    let deals = Set(
      entries.filter { $0.operation.system == crm.name }
        .compactMap(\.operation.effect.reportedDeal)
    ).sorted()
    for answer in deals.isEmpty ? [] : try await crm.deals(deals) {
      if case .found(let deal) = answer { state.deals[deal.id] = deal }
    }
  }
}
