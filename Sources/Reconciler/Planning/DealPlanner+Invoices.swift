internal import Domain

/// Invoices and repeating templates that a won deal still lacks.
extension DealPlanner {
  /// What is missing and may be made now.
  private struct Missing {
    var roles: [(role: InvoiceRole, revision: Int)] = []
    var groups: [Int] = []
    /// Templates of ours whose link was lost, with the group each stands for.
    var found: [(template: InvoiceTemplate, group: Int)] = []

    var isEmpty: Bool { roles.isEmpty && groups.isEmpty && found.isEmpty }
  }

  mutating func invoices(_ progress: inout PassProgress) {
    var composer = InvoiceComposer(policy: policy, pass: pass, facts: facts, zone: zone)
    let content: InvoiceContent
    do { content = try composer.compose(contact: facts.linkedContact) } catch {
      contentHeld(error, composer, progress)
      return
    }
    explanation.steps += composer.explanation.steps
    holds += content.flags
    if contentChanged {
      changed(content, progress)
      return
    }
    if let invoice = forgottenChange(content) {
      flagForgotten(invoice, content)
      return
    }
    let missing = missing(content)
    if !missing.isEmpty { create(missing, content, &progress) }
  }

  /// Content that cannot be composed stops a new invoice; beside an existing one it only means
  /// that the deal was changed into something that cannot be invoiced.
  private mutating func contentHeld(
    _ held: Held, _ composer: InvoiceComposer, _ progress: PassProgress
  ) {
    explanation.steps += composer.explanation.steps
    let isInvoiced = !facts.invoices.isEmpty || !facts.templates.isEmpty
    let isForgotten = forgotten?.isOpen ?? false
    guard !isInvoiced || contentChanged || expectsMore || isForgotten else { return }
    if !isInvoiced { _ = customer(progress) }
    holds += held.holds
  }

  private var invoicedRoles: [LinkedInvoice] {
    facts.invoices.filter {
      switch $0.role {
      case .whole, .part: true
      case .generated: false
      }
    }
  }

  /// Whether parts of the schedule are still to come.
  var expectsMore: Bool {
    let parts = Set(
      standing.compactMap { linked -> Int? in
        if case .part(let number) = linked.role { number } else { nil }
      })
    return !parts.isEmpty && parts.count < policy.invoices.schedule.count
  }

  private mutating func missing(_ content: InvoiceContent) -> Missing {
    var missing = Missing()
    for role in wantedRoles(content) {
      let same = invoicedRoles.filter { $0.role == role }
      guard same.allSatisfy({ $0.invoice.status.isTerminal }) else { continue }
      if !same.isEmpty, replaceable > facts.revision {
        voided(same.map { name(of: $0.invoice) })
      } else {
        missing.roles.append((role, same.count))
      }
    }
    addGroups(content, to: &missing)
    return missing
  }

  /// The roles that fall due by today; none where the invoices made so far follow another plan.
  private func wantedRoles(_ content: InvoiceContent) -> [InvoiceRole] {
    guard !content.lines.isEmpty else { return [] }
    let live = standing.map(\.role)
    let hasParts = live.contains { if case .part = $0 { true } else { false } }
    if policy.invoices.schedule.isEmpty || live.contains(.whole) {
      return hasParts ? [] : [.whole]
    }
    return policy.invoices.schedule.enumerated().compactMap { index, part in
      let day = content.wonOn.adding(days: part.daysAfterWon)
      return part.daysAfterWon <= 0 || day <= today ? .part(number: index + 1) : nil
    }
  }

  private mutating func voided(_ names: [String]) {
    explanation.note("voided", names.joined(separator: ", "))
    hold(
      .invoiceVoided,
      "The deal's invoice \(names.joined(separator: ", ")) was voided or deleted; the deal is "
        + "won and not invoiced.",
      "To invoice it anew: \(Remedy.accept(.invoiceVoided, facts.subject)); to leave it so: "
        + "`xerosync ignore \(facts.subject)`.")
  }

  /// Templates that ended before their time.
  private var endedTemplates: [InvoiceTemplate] {
    facts.templates.filter { !$0.isActive && ($0.end.map { $0 >= today } ?? true) }
  }

  /// Invoices and templates that only a person's word lets us replace.
  private var replaceable: Int {
    invoicedRoles.count { $0.invoice.status.isTerminal } + endedTemplates.count
  }

  /// Recurring groups no template stands for; never more than templates are lacking, because
  /// a group whose lines changed looks like a new one.
  private mutating func addGroups(_ content: InvoiceContent, to missing: inout Missing) {
    let ended = endedTemplates
    let mayReplace = !ended.isEmpty && replaceable <= facts.revision
    let counted = mayReplace ? facts.templates.filter { !ended.contains($0) } : facts.templates
    var serving = counted
    var lost = facts.freeTemplates
    var unserved: [Int] = []
    for (index, recurring) in content.recurring.enumerated() {
      if let served = serving.firstIndex(where: recurring.group.isServed) {
        serving.remove(at: served)
      } else if let found = lost.firstIndex(where: { isOurs($0, content, recurring) }) {
        missing.found.append((lost.remove(at: found), index))
      } else {
        unserved.append(index)
      }
    }
    let lacking = max(0, content.recurring.count - counted.count - missing.found.count)
    missing.groups = Array(unserved.prefix(lacking))
    if !ended.isEmpty, !mayReplace, !content.recurring.isEmpty {
      voided(ended.map { "repeating invoice “\($0.reference)”" })
    }
  }

  /// A template has no address of its own: it is known by everything it was made with.
  private func isOurs(
    _ template: InvoiceTemplate, _ content: InvoiceContent,
    _ recurring: (group: RecurringGroup, lines: [DraftLine], totals: InvoiceTotals)
  ) -> Bool {
    recurring.group.isServed(by: template) && template.reference == content.reference
      && template.currency == content.currency && template.total == recurring.totals.total
  }

  private mutating func create(
    _ missing: Missing, _ content: InvoiceContent, _ progress: inout PassProgress
  ) {
    guard isScheduleValid, let customer = customer(progress) else { return }
    var content = content
    useContactTerms(customer, &content)
    let drafting = InvoiceDrafting(
      facts: facts, pass: pass, policy: policy, content: content, customer: customer,
      today: today)
    var planned: [Operation] = []
    let items = drafting.itemOperations()
    var groups = missing.groups
    for (template, group) in missing.found {
      if template.contactID == customer.record?.id {
        planned.append(adoption(of: template))
      } else {
        groups.append(group)
      }
    }
    do {
      for (role, revision) in missing.roles {
        let draft = try drafting.draft(role, revision: revision)
        guard isFree(draft, customer) else { continue }
        planned.append(drafting.creation(of: draft, revision: revision, items: items))
      }
      for index in groups {
        planned.append(try drafting.templateCreation(index, items: items))
      }
    } catch {
      hold(
        .badLine, "The deal's line items cannot be divided: the amounts are too large.",
        "Correct the line items in \(facts.crm).")
      return
    }
    guard !planned.isEmpty else { return }
    operations += customer.operations + items + planned
    if let made = customer.made {
      progress.contacts[made.subject] = (made.operation, made.record)
      progress.names.insert(made.record.name.lowercased())
    }
  }

  private func adoption(of template: InvoiceTemplate) -> Operation {
    let subject = Subject(
      system: pass.accounting, kind: .template, id: template.id.rawValue)
    return Operation(
      id: OperationID(hashing: ["link", facts.subject.description, subject.description]),
      action: .link, system: pass.accounting, object: .link, subject: facts.subject,
      effect: .link(Link(left: facts.subject, right: subject, role: .template)),
      summary: "repeating invoice “\(template.reference)” is this deal's",
      changes: [FieldChange(field: "link", from: nil, to: subject.description)])
  }

  private var isScheduleValid: Bool {
    mutating get {
      let percents = policy.invoices.schedule.map(\.percent)
      guard !percents.isEmpty else { return true }
      var sum = ExactDecimal.zero
      for percent in percents { sum = (try? sum.adding(percent)) ?? .zero }
      if sum == .hundred, percents.allSatisfy({ !$0.isNegative && !$0.isZero }) { return true }
      hold(
        .scheduleInvalid, "The parts of `invoices.schedule` add up to \(sum.plain) %, not 100 %.",
        "Correct `invoices.schedule` in the configuration.")
      return false
    }
  }

  /// A contact matched just now may bring terms of its own.
  private func useContactTerms(_ customer: Customer, _ content: inout InvoiceContent) {
    guard facts.linkedContact == nil, let record = customer.record else { return }
    var composer = InvoiceComposer(policy: policy, pass: pass, facts: facts, zone: zone)
    if let again = try? composer.compose(contact: record) { content.terms = again.terms }
  }

  /// Whether nothing in the ledger stands against the draft.
  private mutating func isFree(_ draft: InvoiceDraft, _ customer: Customer) -> Bool {
    if isLocked(draft.date) {
      lockedHold("The invoice cannot be made", date: draft.date, isNew: true)
      return false
    }
    guard policy.invoices.possibleDuplicate == .hold,
      !facts.released.contains(.possibleDuplicate), let contact = customer.record
    else { return true }
    let twins = facts.lookalikes.filter { other in
      !other.status.isTerminal && other.contactID == contact.id
        && other.total == draft.expected.total && abs(other.date.days(since: draft.date)) <= 30
        && !facts.invoices.contains { $0.invoice.id == other.id }
    }
    guard !twins.isEmpty else { return true }
    let names = twins.map { "\(name(of: $0)) of \($0.date)" }.joined(separator: ", ")
    let commands = twins.map { "`xerosync link \(facts.subject) \(invoiceSubject($0))`" }
    hold(
      .possibleDuplicate,
      "\(names) for the same customer and the same total, \(draft.expected.total), was made by "
        + "hand.",
      "If it bills this deal: \(commands.joined(separator: " or ")); if not: "
        + "\(Remedy.accept(.possibleDuplicate, facts.subject)).")
    return false
  }
}
