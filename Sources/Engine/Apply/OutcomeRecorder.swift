internal import Connectors
internal import Domain
internal import Reconciler
internal import Snapshot

extension Operation {
  /// The operation with the number its invoice got, in place of the word "invoice".
  fileprivate func numbered(_ number: String) -> Operation {
    guard !number.isEmpty, !summary.contains(number) else { return self }
    var named = self
    named.summary = summary.replacing("invoice", with: number, maxReplacements: 1)
    return named
  }
}

/// What a definite yes changes in the snapshot: the answer, the link, the memory. One place, used
/// by the executor and by recovery, so that an outcome found later is recorded like one that
/// came at once.
struct OutcomeRecorder {
  let environment: PassEnvironment
  let now: Instant

  private var accounting: SystemName { environment.systems.accounting.name }

  /// A customer is no deal that the planner looks at: what an earlier refusal said of it is over
  /// once it has its contact.
  private func liftRefusals(of subject: Subject, in writer: SnapshotWriter) throws {
    guard subject.kind != .deal else { return }
    let said = try writer.reader.history(of: subject)
      .filter { $0.state == .refused && $0.operation.subject == subject }.compactMap(\.answer)
    for stored in try writer.reader.holds(of: subject)
    where said.contains(where: stored.hold.message.hasSuffix) {
      try writer.liftHold(subject, stored.hold.code)
    }
  }

  func contactCreated(
    _ operation: Operation, _ contact: PartyRecord, in writer: SnapshotWriter
  ) throws {
    try writer.settle(operation.id, as: .applied, externalID: contact.subject.id, at: now)
    try liftRefusals(of: operation.subject, in: writer)
    _ = try writer.store(party: contact)
    try writer.link(
      Link(left: operation.subject, right: contact.subject, role: .party), by: "pass", at: now)
    if case .createContact(let draft) = operation.effect {
      try remember(contact, from: operation.subject, as: draft, anchor: contact.subject, in: writer)
    }
    for deal in try writer.reader.deals(of: operation.subject) {
      try writer.markDirty(deal, because: "contact created")
    }
  }

  /// A new record and the one it was made from agree from the start.
  private func remember(
    _ made: PartyRecord, from subject: Subject, as draft: PartyDraft, anchor: Subject,
    in writer: SnapshotWriter
  ) throws {
    guard let source = try writer.reader.party(subject) else { return }
    let systems = environment.systems
    var context = PartyContext(
      now: now, accounting: accounting, crms: systems.crms.map(\.name))
    context.traits[accounting] = systems.accounting.capabilities.contactTraits
    for crm in systems.crms { context.traits[crm.name] = crm.capabilities.partyTraits }
    let memory = PartyMerge(policy: environment.policy.contacts, context: context).born(
      made, from: source, as: draft, into: try writer.reader.partyMemory(of: anchor))
    try writer.setPartyMemory(memory, of: anchor)
    try writer.markPartyDirty(anchor, because: "created")
  }

  func partyCreated(
    _ operation: Operation, _ party: PartyRecord, in writer: SnapshotWriter
  ) throws {
    try writer.settle(operation.id, as: .applied, externalID: party.subject.id, at: now)
    _ = try writer.store(party: party)
    guard case .createParty(let draft) = operation.effect else { return }
    if case .existing(let company) = draft.employer {
      let employer = Subject(
        system: party.subject.system, kind: .company, id: company.rawValue)
      try writer.setPerson(party.subject, of: employer)
      try writer.markPartyDirty(operation.subject, because: "created")
      return
    }
    try writer.link(
      Link(left: party.subject, right: operation.subject, role: .party), by: "pass", at: now)
    try remember(
      party, from: operation.subject, as: draft, anchor: operation.subject, in: writer)
  }

  /// - Returns: the hold that shows how the answer differs from our own figures, if it does.
  @discardableResult
  func invoiceCreated(
    _ operation: Operation, _ draft: InvoiceDraft, _ invoice: Invoice, in writer: SnapshotWriter
  ) throws -> Hold? {
    let subject = Subject(system: accounting, kind: .invoice, id: invoice.id.rawValue)
    // The deal may have been merged while the answer was missing.
    let deal = try writer.reader.survivor(of: operation.subject) ?? operation.subject
    try writer.replaceBody(operation.numbered(invoice.number))
    try writer.settle(
      operation.id, as: .applied, externalID: invoice.id.rawValue,
      answer: "\(invoice.number) \(invoice.total)", at: now)
    _ = try writer.store(invoice: invoice, of: accounting, readAt: now)
    try writer.link(
      Link(left: deal, right: subject, role: .invoice(draft.role)), by: "pass", at: now)
    try writer.updateDealState(deal) { $0.invoicedContent = draft.madeFrom }
    try writer.markDirty(deal, because: "invoice created")
    return try flagDifference(operation, draft, invoice, in: writer)
  }

  @discardableResult
  func invoiceRevised(
    _ operation: Operation, _ draft: InvoiceDraft, _ invoice: Invoice, in writer: SnapshotWriter
  ) throws -> Hold? {
    try writer.settle(
      operation.id, as: .applied, externalID: invoice.id.rawValue,
      answer: "\(invoice.number) \(invoice.total)", at: now)
    _ = try writer.store(invoice: invoice, of: accounting, readAt: now)
    try writer.updateDealState(operation.subject) { state in
      state.invoicedContent = draft.madeFrom
      // What a person let pass was said of the content before.
      state.released.subtract([.totalDiffers, .dealChanged])
    }
    try writer.markDirty(operation.subject, because: "invoice revised")
    return try flagDifference(operation, draft, invoice, in: writer)
  }

  private func flagDifference(
    _ operation: Operation, _ draft: InvoiceDraft, _ invoice: Invoice, in writer: SnapshotWriter
  ) throws -> Hold? {
    let differences = InvoiceArithmetic.differences(draft.expected, invoice)
    guard !differences.isEmpty else {
      try writer.liftHold(operation.subject, .answerDiffers)
      return nil
    }
    let hold = Hold(
      subject: operation.subject, code: .answerDiffers,
      message: "Invoice \(invoice.number) was made, but \(accounting) computed it differently: "
        + differences.map(\.description).joined(separator: "; ") + ".",
      remedy: "Compare the invoice with the deal, and correct it in \(accounting) where it is "
        + "wrong. Then: \(Remedy.accept(.answerDiffers, operation.subject)).")
    try writer.put(hold, at: now)
    return hold
  }

  func invoiceCancelled(
    _ operation: Operation, _ invoice: Invoice, in writer: SnapshotWriter
  ) throws {
    try writer.settle(operation.id, as: .applied, externalID: invoice.id.rawValue, at: now)
    _ = try writer.store(invoice: invoice, of: accounting, readAt: now)
    try writer.markDirty(operation.subject, because: "invoice cancelled")
  }

  func templateCreated(
    _ operation: Operation, _ template: InvoiceTemplate, in writer: SnapshotWriter
  ) throws {
    let subject = Subject(system: accounting, kind: .template, id: template.id.rawValue)
    try writer.settle(operation.id, as: .applied, externalID: template.id.rawValue, at: now)
    try writer.setCache(TemplateReader.key(template.id), template, readAt: now)
    try writer.link(
      Link(left: operation.subject, right: subject, role: .template), by: "pass", at: now)
    if case .createTemplate(let draft) = operation.effect {
      try writer.updateDealState(operation.subject) {
        $0.invoicedContent = draft.content.madeFrom
      }
    }
    try writer.markDirty(operation.subject, because: "template created")
  }

  func templateEnded(
    _ operation: Operation, _ id: ID<InvoiceTemplate>, in writer: SnapshotWriter
  ) throws {
    try writer.settle(operation.id, as: .applied, externalID: id.rawValue, at: now)
    let key = TemplateReader.key(id)
    if var stored = try writer.reader.cache(key, as: InvoiceTemplate.self)?.body {
      stored.isActive = false
      try writer.setCache(key, stored, readAt: now)
    }
  }

  func itemCreated(_ operation: Operation, _ item: Item, in writer: SnapshotWriter) throws {
    try writer.settle(operation.id, as: .applied, externalID: item.id.rawValue, at: now)
    if var ledger = try writer.reader.cache(ListReader.ledgerKey, as: Ledger.self) {
      ledger.body.items.append(item)
      try writer.setCache(ListReader.ledgerKey, ledger.body, readAt: ledger.readAt)
    }
  }

  /// The CRM's own answer becomes what the deal says, so that it does not come back as an edit.
  func reported(
    _ operation: Operation, _ report: DealReport, _ answer: [ReportField: String],
    in writer: SnapshotWriter
  ) throws {
    try writer.settle(operation.id, as: .applied, externalID: report.deal.rawValue, at: now)
    let subject = Subject(
      system: operation.system, kind: .deal, id: report.deal.rawValue)
    if var deal = try writer.reader.deal(report.deal, of: operation.system) {
      deal.reported.merge(answer) { _, new in new }
      if let stage = report.stage { deal.stage = stage }
      let head = try writer.reader.headDigest(of: subject)
      _ = try writer.store(deal, of: operation.system, headDigest: head)
    }
    if let stage = report.stage {
      try writer.updateDealState(subject) { $0.movedToStage = stage.id }
    }
  }

  func partyUpdated(
    _ operation: Operation, _ party: PartyRecord, in writer: SnapshotWriter
  ) throws {
    try writer.settle(operation.id, as: .applied, externalID: party.subject.id, at: now)
    let change = try writer.store(party: party)
    guard case .updateParty(let patch) = operation.effect else { return }
    if let anchor = try anchor(of: patch.subject, writer.reader) {
      var memory = try writer.reader.partyMemory(of: anchor)
      var heard = party
      heard.subject = patch.subject
      memory.heard(heard, patch.fields)
      try writer.setPartyMemory(memory, of: anchor)
    }
    if change == .changed || change == .new {
      try writer.markPartyDirty(patch.subject, because: "answered")
    }
    let ignored = PartyMerge.ignored(patch, party)
    guard !ignored.isEmpty else { return }
    let words = ignored.map(\.words).joined(separator: ", ")
    try writer.put(
      Hold(
        subject: patch.subject, code: .fieldRefused,
        message: "\(operation.system) answered the new \(words) with the old value.",
        remedy: "Change it in \(operation.system) by hand, if it can be changed there."),
      at: now)
  }

  /// The accounting contact whose party a record belongs to; nil when it is not linked.
  private func anchor(of subject: Subject, _ reader: SnapshotReader) throws -> Subject? {
    let planner = Planner(policy: environment.policy)
    let context = PartyContext(now: now, accounting: accounting, crms: [])
    let found = try PartyFactsBuilder(context: context, planner: planner, reader: reader)
      .anchor(of: subject)
    return found.system == accounting ? found : nil
  }

  func alertSent(
    _ operation: Operation, _ alert: AlertDraft, _ id: String, in writer: SnapshotWriter
  ) throws {
    try writer.settle(operation.id, as: .applied, externalID: id, at: now)
    try writer.recordAlert(alert.key, of: operation.subject, at: now)
  }

  func emailed(
    _ operation: Operation, _ id: ID<Invoice>, in writer: SnapshotWriter
  ) throws {
    try writer.settle(operation.id, as: .applied, externalID: id.rawValue, at: now)
    if var invoice = try writer.reader.invoice(id, of: accounting) {
      invoice.sentToContact = true
      _ = try writer.store(invoice: invoice, of: accounting, readAt: now)
    }
  }

  func linked(_ operation: Operation, _ link: Link, in writer: SnapshotWriter) throws {
    try writer.settle(operation.id, as: .applied, at: now)
    try liftRefusals(of: operation.subject, in: writer)
    try writer.link(link, by: "pass", at: now)
    if link.role == .party { try writer.markPartyDirty(link.right, because: "linked") }
    // What a repeating invoice has generated is the deal's now.
    if link.role == .template { try writer.markDirty(link.left, because: "template linked") }
  }
}
