package import Domain
internal import Reconciler
package import Snapshot

/// Draws the report from the snapshot: no system is asked, nothing is changed.
package struct BusinessReporter {
  private let store: SnapshotStore
  private let policy: Policy
  private let accounting: Explainer.AccountingTraits
  private let crms: [SystemName]
  private let now: Instant

  package init(
    store: SnapshotStore, policy: Policy, accounting: Explainer.AccountingTraits,
    crms: [SystemName], now: Instant
  ) {
    self.store = store
    self.policy = policy
    self.accounting = accounting
    self.crms = crms
    self.now = now
  }

  private static let recentPasses = 10
  private static let differenceCodes: [HoldCode] = [.totalDiffers, .answerDiffers, .dealChanged]

  package func report() throws(SnapshotError) -> BusinessReport {
    try store.read { reader in
      let ledger = try reader.cache(ListReader.ledgerKey, as: Ledger.self)?.body
      let zone = policy.zone ?? ledger?.organisation.zone ?? .utc
      var report = BusinessReport(asOf: zone.date(at: now))
      let builder = FactsBuilder(
        accounting: accounting.name, contactNameLengthMax: accounting.contactNameLengthMax,
        policy: policy, reader: reader, now: now)
      for crm in crms {
        let catalogue = try reader.cache(
          ListReader.catalogueKey(crm), as: CRMCatalogue.self)?.body
        for subject in try deals(of: crm, reader) {
          guard let facts = try builder.deal(subject, zone: zone) else { continue }
          let holds = try reader.holds(of: subject).map(\.hold)
          add(facts, holds, catalogue, zone, to: &report)
        }
      }
      report.owners = Self.totals(report.receivables)
      report.receivables.sort {
        (-$0.daysLate, $0.owner, $0.number, $0.invoice) < (
          -$1.daysLate, $1.owner, $1.number, $1.invoice
        )
      }
      report.passes = try reader.runs(limit: Self.recentPasses).map {
        .init(
          run: $0.run, startedAt: $0.startedAt, finishedAt: $0.finishedAt, outcome: $0.outcome)
      }
      return report
    }
  }

  private func deals(of crm: SystemName, _ reader: SnapshotReader) throws -> [Subject] {
    var subjects: [Subject] = []
    try reader.forEach(Deal.self, of: crm, kind: .deal) { deal in
      guard deal.isComplete else { return }
      subjects.append(Subject(system: crm, kind: .deal, id: deal.id.rawValue))
    }
    return subjects
  }

  private func add(
    _ facts: DealFacts, _ holds: [Hold], _ catalogue: CRMCatalogue?, _ zone: Zone,
    to report: inout BusinessReport
  ) {
    let owner = Self.owner(of: facts.deal, catalogue)
    let standing = facts.invoices.map(\.invoice).filter { !$0.status.isTerminal }
    for invoice in standing where invoice.isOpen {
      report.receivables.append(receivable(invoice, facts, owner, report.asOf))
    }
    for hold in holds where Self.differenceCodes.contains(hold.code) {
      report.differences.append(
        .init(
          deal: facts.subject, name: facts.deal.name, code: hold.code.rawValue,
          message: hold.message, remedy: hold.remedy))
    }
    if let state = ReceivableState.derive(facts.invoices, today: report.asOf), !standing.isEmpty {
      let shown = standing.filter { $0.currency == state.amountDue.currency }
      report.invoiced.append(
        .init(
          deal: facts.subject, name: facts.deal.name, owner: owner,
          status: state.status.rawValue, invoices: state.numbers,
          currency: state.amountDue.currency,
          total: Self.sum(shown.map(\.total), in: state.amountDue.currency).figure,
          amountDue: state.amountDue.figure))
    } else if let open = openDeal(facts, holds, owner, catalogue, zone, report.asOf) {
      report.notInvoiced.append(open)
    }
  }

  private static func owner(of deal: Deal, _ catalogue: CRMCatalogue?) -> String {
    guard let id = deal.ownerID else { return "nobody" }
    return catalogue?.owners.first { $0.id == id }?.name ?? "owner \(id)"
  }

  private func receivable(
    _ invoice: Invoice, _ facts: DealFacts, _ owner: String, _ today: CalendarDate
  ) -> BusinessReport.Receivable {
    let late = max(0, invoice.dueDate.map { today.days(since: $0) } ?? 0)
    return BusinessReport.Receivable(
      invoice: Subject(system: accounting.name, kind: .invoice, id: invoice.id.rawValue),
      number: invoice.number, deal: facts.subject, dealName: facts.deal.name, owner: owner,
      customer: invoice.contactName, dueDate: invoice.dueDate, daysLate: late,
      age: BusinessReport.Age(daysLate: late), currency: invoice.currency,
      amountDue: invoice.amountDue.figure, total: invoice.total.figure)
  }

  /// Nil for a deal that is not to be invoiced.
  private func openDeal(
    _ facts: DealFacts, _ holds: [Hold], _ owner: String, _ catalogue: CRMCatalogue?,
    _ zone: Zone, _ today: CalendarDate
  ) -> BusinessReport.OpenDeal? {
    let planner = Planner(policy: policy)
    guard !facts.deal.isArchived, planner.isWon(facts.deal, crm: facts.crm),
      planner.isConcerned(facts.deal, crm: facts.crm, zone: zone, catalogue: catalogue)
    else { return nil }
    var open = BusinessReport.OpenDeal(
      deal: facts.subject, name: facts.deal.name, owner: owner,
      amount: facts.deal.amount?.plain, currency: facts.deal.currency?.code, code: "next_pass",
      reason: "The next pass looks at it.", remedy: "Run `xerosync run`.")
    if facts.isIgnored {
      open.code = "ignored"
      open.reason = "Somebody chose never to invoice it."
      open.remedy = "`xerosync retry \(facts.subject)` takes that back."
    } else if let hold = holds.first {
      open.code = hold.code.rawValue
      open.reason = holds.map(\.message).joined(separator: " ")
      open.remedy = holds.map(\.remedy).joined(separator: " ")
    } else if !facts.templates.isEmpty {
      open.code = "scheduled"
      open.reason = "Its repeating invoice has not made one yet."
      open.remedy = ""
    } else if let first = policy.invoices.schedule.map(\.daysAfterWon).min(),
      let won = facts.deal.wonOn?.date(in: zone), won.adding(days: first) > today
    {
      open.code = "scheduled"
      open.reason = "Its first part is invoiced on \(won.adding(days: first))."
      open.remedy = ""
    }
    return open
  }

  private static func totals(_ open: [BusinessReport.Receivable]) -> [BusinessReport.OwnerTotal] {
    struct Key: Hashable { var owner: String; var currency: Currency }
    var groups: [Key: [BusinessReport.Receivable]] = [:]
    for item in open {
      groups[Key(owner: item.owner, currency: item.currency), default: []].append(item)
    }
    func sum(_ items: [BusinessReport.Receivable], _ currency: Currency) -> String {
      let amounts = items.compactMap { item -> Money? in
        guard let exact = try? ExactDecimal(parsing: item.amountDue) else { return nil }
        return try? Money(exact, in: currency)
      }
      return Self.sum(amounts, in: currency).figure
    }
    return groups.sorted { ($0.key.owner, $0.key.currency) < ($1.key.owner, $1.key.currency) }
      .map { key, items in
        var amounts: [String: String] = [:]
        for age in BusinessReport.Age.allCases {
          amounts[age.rawValue] = sum(items.filter { $0.age == age }, key.currency)
        }
        return BusinessReport.OwnerTotal(
          owner: key.owner, currency: key.currency, amounts: amounts,
          total: sum(items, key.currency))
      }
  }

  private static func sum(_ amounts: [Money], in currency: Currency) -> Money {
    (try? Money.sum(amounts, in: currency)) ?? Money(minorUnits: .max, currency: currency)
  }
}
