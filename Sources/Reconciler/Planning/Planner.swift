package import Domain

/// What a pass must do: a pure function of facts and policy. The same facts in any order give
/// the same plan.
package struct Planner: Sendable {
  let policy: Policy

  package init(policy: Policy) { self.policy = policy }

  /// The ordered operations, the holds that stand, and the brake where numbers are unusual.
  package func plan(_ facts: PassFacts) -> Plan {
    var progress = PassProgress()
    var operations: [Operation] = []
    var holds: [Hold] = []
    let deals = facts.deals.sorted { $0.subject < $1.subject }
    for deal in deals {
      var planner = DealPlanner(policy: policy, pass: facts, facts: deal)
      planner.run(&progress)
      operations += planner.operations
      holds += planner.holds
    }
    let ordered = PlanOrder.sorted(operations)
    return Plan(
      operations: ordered, holds: holds.merged(), considered: deals.map(\.subject),
      brake: Brakes(policy: policy.brakes).check(ordered, facts.census))
  }

  /// Why one deal has (or has not) an invoice, with the rules that decided.
  package func explain(_ deal: DealFacts, _ facts: PassFacts) -> Explanation {
    var progress = PassProgress()
    var planner = DealPlanner(policy: policy, pass: facts, facts: deal)
    planner.run(&progress)
    var explanation = planner.explanation
    for operation in PlanOrder.sorted(planner.operations) {
      explanation.note("next", "\(operation.action.rawValue) \(operation.summary)")
    }
    for hold in planner.holds.merged() {
      explanation.note("hold", "\(hold.code.rawValue): \(hold.message) \(hold.remedy)")
    }
    if planner.operations.isEmpty && planner.holds.isEmpty {
      explanation.note("next", "nothing to do")
    }
    return explanation
  }

  /// What of the deal an invoice would be made from now: kept as `DealFacts.invoicedContent`.
  package func madeFrom(_ deal: DealFacts) -> String { MadeFrom(deal).text }

  /// Whether an invoice of which nothing is remembered may count as made from the deal as it is
  /// now: not where the two differ, because then one of them was changed unseen.
  package func isAsInvoiced(_ deal: DealFacts, _ facts: PassFacts) -> Bool {
    let planner = DealPlanner(policy: policy, pass: facts, facts: deal)
    guard let invoice = planner.forgotten else { return true }
    var composer = InvoiceComposer(
      policy: policy, pass: facts, facts: deal, zone: planner.zone)
    guard let content = try? composer.compose(contact: deal.linkedContact) else {
      return !invoice.isOpen
    }
    return planner.forgottenChange(content) == nil
  }
}

/// What earlier deals of the same pass have already decided.
struct PassProgress {
  /// Contacts about to be created, by the CRM record they stand for.
  var contacts: [Subject: (operation: OperationID, record: PartyRecord)] = [:]
  var names: Set<String> = []
}

/// Dependencies first; within a kind by subject, then in the order they were planned in.
enum PlanOrder {
  static func sorted(_ operations: [Operation]) -> [Operation] {
    var seen: Set<OperationID> = []
    let once = operations.filter { seen.insert($0.id).inserted }
    return once.enumerated().sorted { left, right in
      (rank(left.element.effect), left.element.subject, left.offset)
        < (rank(right.element.effect), right.element.subject, right.offset)
    }.map(\.element)
  }

  private static func rank(_ effect: Effect) -> Int {
    switch effect {
    case .createContact, .createItem, .createParty: 0
    case .createInvoice: 1
    case .createTemplate: 2
    case .link: 3
    case .reviseInvoice, .cancelInvoice, .endTemplate, .updateParty: 4
    case .emailInvoice: 5
    case .reportOnDeal: 6
    case .notify: 7
    }
  }
}

/// The numbers that stop a pass before its first write.
struct Brakes {
  var policy: BrakePolicy

  func check(_ operations: [Operation], _ census: PassFacts.Census) -> Brake? {
    guard !policy.allowLarge else { return nil }
    if !census.emptied.isEmpty, census.linked > 0 {
      return Brake(
        reason: .emptySide, count: census.linked, limit: 0, override: "--allow-large")
    }
    let creates = operations.count { Self.creates($0.effect) }
    if creates > policy.maxCreatesPerRun {
      return Brake(
        reason: .tooManyCreates, count: creates, limit: policy.maxCreatesPerRun,
        override: "--allow-large")
    }
    let changes = operations.count { Self.changesInvoices($0.effect) }
    guard changes > policy.maxCreatesPerRun else { return nil }
    return Brake(
      reason: .tooManyChanges, count: changes, limit: policy.maxCreatesPerRun,
      override: "--allow-large")
  }

  private static func changesInvoices(_ effect: Effect) -> Bool {
    switch effect {
    case .reviseInvoice, .cancelInvoice, .endTemplate: true
    case .createContact, .createInvoice, .createTemplate, .createItem, .createParty,
      .emailInvoice, .reportOnDeal, .updateParty, .notify, .link:
      false
    }
  }

  private static func creates(_ effect: Effect) -> Bool {
    switch effect {
    case .createContact, .createInvoice, .createTemplate, .createItem, .createParty: true
    case .reviseInvoice, .cancelInvoice, .emailInvoice, .endTemplate, .reportOnDeal,
      .updateParty, .notify, .link:
      false
    }
  }
}
