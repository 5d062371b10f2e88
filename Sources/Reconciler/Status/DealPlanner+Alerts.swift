internal import Domain

/// Telling the owner about overdue invoices, once per level.
extension DealPlanner {
  mutating func alert() {
    let channels = alertChannels
    guard !channels.isEmpty else { return }
    for invoice in standing.map(\.invoice) {
      guard ReceivableState.isOverdue(invoice, today: today), let due = invoice.dueDate,
        let level = level(daysLate: today.days(since: due))
      else { continue }
      for channel in channels {
        // Asked even where the alert has gone: the hold stands as long as nobody can be told.
        let owner = reachableOwner(by: channel)
        let key = Planner.alertKey(invoice.id, due: due, level: level, channel: channel)
        if facts.alertsSent.contains(key) {
          showUnconfirmed(key, invoice, channel)
        } else {
          notify(
            AlertDraft(
              deal: facts.subject, invoice: invoice, dealName: deal.name, dueDate: due,
              daysLate: today.days(since: due), owner: owner, level: level, channel: channel,
              dealURL: deal.url, mayBeRepeat: facts.alertsInDoubt.contains(key)),
            about: invoice)
        }
      }
    }
  }

  /// Those of the policy, and email where a task would be nobody's.
  private var alertChannels: [AlertChannel] {
    var channels = Set(policy.overdue.notify)
    if channels.contains(.crmTask), policy.overdue.hasFallback, activeOwner == nil {
      channels.insert(.email)
    }
    return channels.sorted { $0.rawValue < $1.rawValue }
  }

  /// 1 on the first late day after grace, then one more every few days; nil within grace.
  private func level(daysLate: Int) -> Int? {
    let sinceFirst = daysLate - policy.overdue.graceDays - 1
    guard sinceFirst >= 0 else { return nil }
    let every = policy.overdue.remindEveryDays
    return every > 0 ? 1 + sinceFirst / every : 1
  }

  private mutating func notify(_ draft: AlertDraft, about invoice: Invoice) {
    let days = draft.daysLate == 1 ? "1 day" : "\(draft.daysLate) days"
    let copy = draft.mayBeRepeat ? ", perhaps a second copy" : ""
    operations.append(
      Operation(
        id: OperationID(hashing: ["notify", draft.key]), action: .notify, system: facts.crm,
        object: draft.channel == .crmTask ? .task : .alert, subject: facts.subject,
        effect: .notify(draft),
        summary: "\(draft.owner?.name ?? addressee(draft.channel)): \(name(of: invoice)) of "
          + "\(invoice.contactName) is \(days) late, \(invoice.amountDue) due "
          + "(\(draft.channel.rawValue)\(copy))"))
  }

  /// Who gets an alert that has no owner.
  private func addressee(_ channel: AlertChannel) -> String {
    switch channel {
    case .crmTask: "nobody"
    case .email: "fallback address"
    case .slack, .webhook: "everybody there"
    }
  }

  private mutating func showUnconfirmed(
    _ key: String, _ invoice: Invoice, _ channel: AlertChannel
  ) {
    guard facts.alertsSent.contains(AlertDraft.unconfirmed(key)),
      !facts.released.contains(.outcomeUnknown)
    else { return }
    hold(
      .outcomeUnknown,
      "The alert about \(name(of: invoice)) was sent twice by \(channel.rawValue); neither was "
        + "answered.",
      "Ask the owner whether it arrived; it is not sent a third time. Check notify."
        + "\(channel.rawValue) before the next reminder. If it arrived: "
        + "\(Remedy.accept(.outcomeUnknown, facts.subject)).")
  }

  private var owner: Owner? {
    pass.catalogues[facts.crm]?.owners.first { $0.id == deal.ownerID }
  }

  private var activeOwner: Owner? { owner.flatMap { $0.isActive ? $0 : nil } }

  /// The active owner; a missing one is shown as a hold where the channel needs one.
  private mutating func reachableOwner(by channel: AlertChannel) -> Owner? {
    let active = activeOwner
    switch channel {
    case .slack, .webhook: return active
    case .crmTask: if active != nil { return active }
    case .email:
      if let active, MailAddress(name: "", address: active.email ?? "") != nil { return active }
    }
    if !facts.released.contains(.ownerUnreachable),
      !holds.contains(where: { $0.code == .ownerUnreachable })
    {
      hold(.ownerUnreachable, ownerProblem, ownerRemedy(channel))
    }
    return channel == .email ? nil : active
  }

  private var ownerProblem: String {
    switch (deal.ownerID, owner) {
    case (nil, _): "The deal has no owner to be told that its invoice is overdue."
    case (_?, nil): "The deal's owner no longer exists in \(facts.crm)."
    case (_?, let owner?) where !owner.isActive:
      "The deal's owner \(owner.name) is deactivated in \(facts.crm)."
    case (_?, let owner?) where owner.email?.isEmpty != false:
      "The deal's owner \(owner.name) has no email address."
    case (_?, let owner?):
      "The email address of the deal's owner \(owner.name) is none that mail can be sent to."
    }
  }

  private func ownerRemedy(_ channel: AlertChannel) -> String {
    let whom = activeOwner == nil ? "Give the deal an active owner" : "Correct the owner's address"
    return channel == .email || policy.overdue.hasFallback
      ? "\(whom) in \(facts.crm); alerts go to the fallback address meanwhile."
      : "\(whom) in \(facts.crm). The task is nobody's meanwhile; with notify.email.fallback "
        + "somebody is told."
  }
}
