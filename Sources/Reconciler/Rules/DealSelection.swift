package import Domain

extension Planner {
  /// Whether the deal stands in a stage that counts as won: one the configuration lists, or,
  /// where it lists none, by the CRM's own notion.
  package func isWon(_ deal: Deal, crm: SystemName) -> Bool {
    guard let settings = policy.crms[crm], !settings.won.isEmpty else {
      return deal.outcome == .won
    }
    return settings.won.contains { won in
      deal.stage.matches(won.stage.value)
        && (won.pipeline.map { deal.pipeline.matches($0.value) } ?? true)
    }
  }

  /// Whether this configuration is about the deal: its CRM is configured, `only` lets it
  /// through, and it was not won before the start date. Conditions on a customer who was not
  /// read yet count as met.
  package func isConcerned(
    _ deal: Deal, crm: SystemName, zone: Zone, catalogue: CRMCatalogue? = nil
  ) -> Bool {
    let owner = catalogue?.owners.first { $0.id == deal.ownerID }
    let context = DealContext(
      crm: crm, deal: deal, customer: nil, owner: owner, knowsCustomer: false)
    return isAdmitted(context) && startsInTime(deal, zone: zone)
  }

  func isAdmitted(_ context: DealContext) -> Bool {
    guard let settings = policy.crms[context.crm] else { return false }
    return RuleBook.holdsForDeal(settings.only, in: context)
  }

  /// A deal without a won date passes: it is held, not dropped.
  package func startsInTime(_ deal: Deal, zone: Zone) -> Bool {
    guard let won = deal.wonOn?.date(in: zone) else { return true }
    return won >= policy.startDate
  }

  /// Whether a deal that has invoices still stands behind them: won, or moved by us or a person
  /// to a stage that follows winning.
  func standsBehindInvoices(_ deal: Deal, crm: SystemName) -> Bool {
    if isWon(deal, crm: crm) || deal.outcome == .won { return true }
    guard deal.outcome != .lost, let settings = policy.crms[crm] else { return false }
    return [settings.paidStage, settings.overdueStage].contains { stage in
      stage.map { deal.stage.matches($0.value) } ?? false
    }
  }

  /// The calendar that decides won dates, due dates and overdue alike.
  package func zone(_ ledger: Ledger) -> Zone { policy.zone ?? ledger.organisation.zone }
}
