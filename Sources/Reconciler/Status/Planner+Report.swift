package import Domain

extension Planner {
  /// What the deal is to be told now that its invoices are as `deal` shows them; nil when it
  /// says so already. For an operation that waited for an invoice to be created.
  package func report(on deal: DealFacts, in pass: PassFacts) -> DealReport? {
    var planner = DealPlanner(policy: policy, pass: pass, facts: deal)
    planner.report()
    for operation in planner.operations {
      if case .reportOnDeal(let report) = operation.effect { return report }
    }
    return nil
  }
}
