internal import Domain

/// What the deal is told about its invoices.
extension DealPlanner {
  mutating func report() {
    let awaited = awaitedInvoices
    let state = ReceivableState.derive(
      facts.invoices + awaited.map(\.invoice), today: today, expectsMore: expectsMore)
    guard let state else { return }
    explanation.note(
      "status", "\(state.status.rawValue), \(state.amountDue) due, \(state.amountPaid) paid")
    var values: [ReportField: String] = [:]
    var changes: [FieldChange] = []
    let reportable = pass.catalogues[facts.crm]?.reportable
    for (field, value) in state.values.sorted(by: { $0.key < $1.key }) {
      // A small CRM may have no place for some of them.
      guard reportable?.contains(field) ?? true else { continue }
      let before = deal.reported[field] ?? ""
      guard !field.saysTheSame(before, value) else { continue }
      values[field] = value
      changes.append(
        FieldChange(
          field: field.rawValue, from: before.isEmpty ? nil : before,
          to: value.isEmpty ? nil : value))
    }
    let stage = stageMove(state.status)
    if let stage {
      changes.append(FieldChange(field: "stage", from: deal.stage.label, to: stage.label))
    }
    guard !values.isEmpty || stage != nil else { return }
    var operation = reportOperation(state, values, stage, changes)
    if !awaited.isEmpty {
      operation.waitsFor = awaited.map(\.operation)
      operation.id = OperationID(
        hashing: ["reportOnDeal", facts.subject.description] + awaited.map(\.operation.rawValue))
    }
    operations.append(operation)
  }

  /// Invoices this plan creates, as they will be: the deal is told in the same pass. What only
  /// the answer brings (number, address) is filled in when they exist.
  private var awaitedInvoices: [(operation: OperationID, invoice: LinkedInvoice)] {
    operations.compactMap { operation in
      guard case .createInvoice(let draft) = operation.effect else { return nil }
      var invoice = Invoice(
        id: ID(operation.id.rawValue), contactID: ID(""), status: draft.status, date: draft.date,
        currency: draft.currency)
      invoice.number = draft.mark.number ?? ""
      invoice.dueDate = draft.dueDate
      invoice.total = draft.expected.total
      invoice.amountDue = draft.expected.total
      return (operation.id, LinkedInvoice(role: draft.role, invoice: invoice))
    }
  }

  private func reportOperation(
    _ state: ReceivableState, _ values: [ReportField: String], _ stage: Choice?,
    _ changes: [FieldChange]
  ) -> Operation {
    let wasOverdue = deal.reported[.invoiceStatus] == ReceivableStatus.overdue.rawValue
    let isOverdue = state.status == .overdue
    let action: Operation.Action =
      wasOverdue == isOverdue ? .update : isOverdue ? .flag : .unflag
    // The deal's stamp tells a value that comes back later from the same write planned twice.
    let parts =
      ["reportOnDeal", facts.subject.description, deal.modifiedAt?.description ?? ""]
      + changes.flatMap { [$0.field, $0.from ?? "", $0.to ?? ""] }
    return Operation(
      id: OperationID(hashing: parts), action: action, system: facts.crm, object: .deal,
      subject: facts.subject,
      effect: .reportOnDeal(DealReport(deal: deal.id, values: values, stage: stage)),
      summary: summary(of: state, action, stage), changes: changes)
  }

  private func summary(
    of state: ReceivableState, _ action: Operation.Action, _ stage: Choice?
  ) -> String {
    let number = state.numbers.isEmpty ? "invoice" : state.numbers.joined(separator: ", ")
    let words = state.status.rawValue.replacing("_", with: " ")
    let since = state.dueDate.map { " since \($0)" } ?? ""
    let figure =
      switch state.status {
      case .paid: "\(state.amountPaid) paid"
      case .overdue: "\(state.amountDue) due\(since)"
      case .draft, .awaitingPayment: "\(state.amountDue) due"
      case .partiallyPaid: "\(state.amountDue) of \(total(state)) due"
      case .voided, .credited: "nothing due"
      }
    let before = action == .unflag ? "no longer overdue, " : ""
    let move = stage.map { "; to stage \($0.label)" } ?? ""
    return "“\(deal.name)”: \(before)\(number) \(words), \(figure)\(move)"
  }

  private func total(_ state: ReceivableState) -> String {
    (try? state.amountDue.adding(state.amountPaid))?.description ?? ""
  }

  /// The stage to move the deal to: never out of a lost deal, never twice, never against a
  /// person who moved it back.
  private mutating func stageMove(_ status: ReceivableStatus) -> Choice? {
    let settings = policy.crms[facts.crm]
    let wanted: Sourced<String>? =
      switch status {
      case .paid: settings?.paidStage
      case .overdue: settings?.overdueStage
      case .draft, .awaitingPayment, .partiallyPaid, .voided, .credited: nil
      }
    guard let wanted, deal.outcome != .lost, !facts.isIgnored,
      planner.standsBehindInvoices(deal, crm: facts.crm),
      let target = stage(wanted.value), target.id != deal.stage.id
    else { return nil }
    guard facts.movedToStage != target.id else {
      stageMovedBack(target)
      return nil
    }
    return target
  }

  private func stage(_ name: String) -> Choice? {
    let pipelines = pass.catalogues[facts.crm]?.pipelines ?? []
    let own = pipelines.first { $0.choice.id == deal.pipeline.id }
    let stages = own.map(\.stages) ?? pipelines.flatMap(\.stages)
    return stages.map(\.choice).first { $0.matches(name) }
  }

  private mutating func stageMovedBack(_ target: Choice) {
    guard !facts.released.contains(.stageMovedBack) else { return }
    hold(
      .stageMovedBack,
      "We moved the deal to stage “\(target.label)”; somebody moved it to “\(deal.stage.label)”.",
      "It stays where it is. Move it in \(facts.crm) if that was a mistake; if not: "
        + "\(Remedy.accept(.stageMovedBack, facts.subject)).")
  }
}
