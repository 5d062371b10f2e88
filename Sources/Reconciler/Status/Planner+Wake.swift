package import Domain

extension Planner {
  /// How `DealFacts.alertsSent` names an alert.
  package static func alertKey(
    _ invoice: ID<Invoice>, due: CalendarDate, level: Int, channel: AlertChannel
  ) -> String {
    "\(invoice)|\(due)|\(level)|\(channel.rawValue)"
  }

  /// The next day on which the plan of this deal may change though no record does: a schedule
  /// part falls due, an invoice becomes overdue, a reminder comes up. Nil when there is none.
  package func wakeDate(_ facts: DealFacts, today: CalendarDate, zone: Zone) -> CalendarDate? {
    var days: [CalendarDate] = []
    if let won = facts.deal.wonOn?.date(in: zone), isWon(facts.deal, crm: facts.crm) {
      days += policy.invoices.schedule.map { won.adding(days: $0.daysAfterWon) }
    }
    for linked in facts.invoices where linked.invoice.isOpen {
      guard let due = linked.invoice.dueDate else { continue }
      days.append(due.adding(days: 1))
      guard !policy.overdue.notify.isEmpty else { continue }
      let first = due.adding(days: policy.overdue.graceDays + 1)
      days.append(first)
      let every = policy.overdue.remindEveryDays
      if every > 0, today >= first {
        days.append(first.adding(days: (today.days(since: first) / every + 1) * every))
      }
    }
    return days.filter { $0 > today }.min()
  }
}
