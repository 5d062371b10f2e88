internal import Domain

/// Plans everything about one deal: its customer, its invoices, what is written back, alerts.
struct DealPlanner {
  let policy: Policy
  let pass: PassFacts
  let facts: DealFacts
  let zone: Zone
  let today: CalendarDate

  var operations: [Operation] = []
  var holds: [Hold] = []
  var explanation = Explanation()

  init(policy: Policy, pass: PassFacts, facts: DealFacts) {
    self.policy = policy
    self.pass = pass
    var facts = facts
    facts.candidates.sort(by: CustomerMatch.order)
    facts.invoices.sort { ($0.role, $0.invoice.id) < ($1.role, $1.invoice.id) }
    facts.templates.sort { $0.id < $1.id }
    facts.freeTemplates.sort { $0.id < $1.id }
    facts.lookalikes.sort { ($0.date, $0.id) < ($1.date, $1.id) }
    self.facts = facts
    zone = policy.zone ?? pass.ledger.organisation.zone
    today = zone.date(at: pass.now)
  }

  var deal: Deal { facts.deal }
  var planner: Planner { Planner(policy: policy) }
  /// Invoices that were neither voided nor deleted.
  var standing: [LinkedInvoice] { facts.invoices.filter { !$0.invoice.status.isTerminal } }

  mutating func run(_ progress: inout PassProgress) {
    guard facts.unresolved.isEmpty else {
      waitForOutcome()
      return
    }
    if facts.isIgnored {
      explanation.note("ignored", "by `xerosync ignore \(facts.subject)`")
    } else {
      bill(&progress)
      holds += facts.kept
    }
    guard !deal.isArchived else { return }
    report()
    alert()
  }

  mutating func hold(_ code: HoldCode, _ message: String, _ remedy: String) {
    holds.append(
      Hold(subject: facts.subject, code: code, message: message, remedy: remedy))
  }

  private mutating func waitForOutcome() {
    let ids = facts.unresolved.sorted().map(\.rawValue).joined(separator: ", ")
    explanation.note("unknown", "the outcome of \(ids) is not known yet")
    hold(
      .outcomeUnknown, "It is not known yet whether an earlier write for this deal arrived.",
      "Nothing to do: the next pass looks it up in \(pass.accounting).")
  }

  private mutating func bill(_ progress: inout PassProgress) {
    let isWon = planner.isWon(deal, crm: facts.crm)
    explanation.note("won", "\(isWon) (pipeline \(deal.pipeline.label), stage \(deal.stage.label))")
    if deal.isArchived {
      dealDeleted()
      return
    }
    guard planner.standsBehindInvoices(deal, crm: facts.crm) else {
      reopened()
      return
    }
    guard isConcerned() else { return }
    guard deal.isComplete else {
      explanation.note("read", "the deal's lines and customer were not read yet")
      return
    }
    guard facts.mergedWithInvoices.isEmpty || facts.released.contains(.dealsMerged) else {
      merged()
      return
    }
    if isWon || !facts.invoices.isEmpty { invoices(&progress) }
    emails()
  }

  private mutating func isConcerned() -> Bool {
    let context = DealContext(facts, in: pass)
    guard planner.isAdmitted(context) else {
      explanation.note("only", "the configuration is not about this deal")
      return false
    }
    guard planner.startsInTime(deal, zone: zone) else {
      let won = deal.wonOn?.date(in: zone).description ?? ""
      explanation.note("start_date", "won on \(won), before \(policy.startDate)")
      return false
    }
    return true
  }

  /// Invoices of ours that are approved and were not sent; those this plan makes follow their
  /// creation in the same pass.
  private mutating func emails() {
    for linked in standing where facts.emailsDue.contains(linked.invoice.id) {
      let invoice = linked.invoice
      guard invoice.status == .authorised, !invoice.sentToContact else { continue }
      operations.append(
        email(
          invoice.id, "email \(name(of: invoice)) to \(invoice.contactName)", waitsFor: []))
    }
    for operation in operations {
      guard case .createInvoice(let draft) = operation.effect, draft.sendEmail,
        draft.status == .authorised
      else { continue }
      let customer = operation.changes.first { $0.field == "contact" }?.to ?? "the customer"
      operations.append(
        email(
          ID(operation.id.rawValue), "email \(draft.mark.number ?? "the invoice") to \(customer)",
          waitsFor: [operation.id]))
    }
  }

  /// An invoice that is yet to be made is named by the operation that makes it.
  private func email(
    _ invoice: ID<Invoice>, _ summary: String, waitsFor: [OperationID]
  ) -> Operation {
    Operation(
      id: OperationID(hashing: ["emailInvoice", invoice.rawValue]), action: .notify,
      system: pass.accounting, object: .invoice, subject: facts.subject,
      effect: .emailInvoice(invoice), summary: summary, waitsFor: waitsFor)
  }

  /// How a person calls an invoice.
  func name(of invoice: Invoice) -> String {
    invoice.number.isEmpty ? "invoice \(invoice.id)" : invoice.number
  }

  func invoiceSubject(_ invoice: Invoice) -> Subject {
    Subject(system: pass.accounting, kind: .invoice, id: invoice.id.rawValue)
  }
}
