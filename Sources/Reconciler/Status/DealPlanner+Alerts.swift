internal import Domain

/// Telling the owner about overdue invoices, once per level.
extension DealPlanner {
  mutating func alert() {
    guard !policy.overdue.notify.isEmpty else { return }
    for invoice in standing.map(\.invoice) {
      guard ReceivableState.isOverdue(invoice, today: today), let due = invoice.dueDate,
        let level = level(daysLate: today.days(since: due))
      else { continue }
      for channel in Set(policy.overdue.notify).sorted(by: { $0.rawValue < $1.rawValue }) {
        let key = Planner.alertKey(invoice.id, due: due, level: level, channel: channel)
        guard !facts.alertsSent.contains(key) else { continue }
        notify(invoice, due: due, level: level, channel: channel)
      }
    }
  }

  /// 1 on the first late day after grace, then one more every few days; nil within grace.
  private func level(daysLate: Int) -> Int? {
    let sinceFirst = daysLate - policy.overdue.graceDays - 1
    guard sinceFirst >= 0 else { return nil }
    let every = policy.overdue.remindEveryDays
    return every > 0 ? 1 + sinceFirst / every : 1
  }

  private mutating func notify(
    _ invoice: Invoice, due: CalendarDate, level: Int, channel: AlertChannel
  ) {
    let owner = reachableOwner(by: channel)
    let late = today.days(since: due)
    let draft = AlertDraft(
      deal: facts.subject, invoice: invoice, dealName: deal.name, dueDate: due, daysLate: late,
      owner: owner, level: level, channel: channel)
    let days = late == 1 ? "1 day" : "\(late) days"
    let isTask = channel == .crmTask
    operations.append(
      Operation(
        id: OperationID(hashing: [
          "notify", Planner.alertKey(invoice.id, due: due, level: level, channel: channel),
        ]),
        action: .notify, system: facts.crm, object: isTask ? .task : .alert,
        subject: facts.subject, effect: .notify(draft),
        summary: "\(owner?.name ?? "fallback address"): \(name(of: invoice)) of "
          + "\(invoice.contactName) is \(days) late, \(invoice.amountDue) due (\(channel.rawValue))"
      ))
  }

  /// The active owner; a missing one is shown as a hold where the channel needs one.
  private mutating func reachableOwner(by channel: AlertChannel) -> Owner? {
    let owners = pass.catalogues[facts.crm]?.owners ?? []
    let owner = owners.first { $0.id == deal.ownerID }
    let active = owner.flatMap { $0.isActive ? $0 : nil }
    switch channel {
    case .slack, .webhook: return active
    case .crmTask: if active != nil { return active }
    case .email: if active?.email?.isEmpty == false { return active }
    }
    guard !facts.released.contains(.ownerUnreachable),
      !holds.contains(where: { $0.code == .ownerUnreachable })
    else { return channel == .email ? nil : active }
    let message =
      switch (deal.ownerID, owner) {
      case (nil, _): "The deal has no owner to be told that its invoice is overdue."
      case (_?, nil): "The deal's owner no longer exists in \(facts.crm)."
      case (_?, let owner?) where !owner.isActive:
        "The deal's owner \(owner.name) is deactivated in \(facts.crm)."
      case (_?, let owner?): "The deal's owner \(owner.name) has no email address."
      }
    hold(
      .ownerUnreachable, message,
      "Give the deal an owner in \(facts.crm); the alert goes to the fallback address meanwhile.")
    return channel == .email ? nil : active
  }
}
