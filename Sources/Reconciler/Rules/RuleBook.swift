package import Domain

/// The configuration's rules, read top to bottom: for each attribute the first matching rule
/// that sets it decides.
package struct RuleBook: Sendable {
  let rules: [Rule]

  package init(_ rules: [Rule]) { self.rules = rules }

  /// A value with the place that decided it; nil where nobody wrote it.
  struct Ruled<Value> {
    var value: Value
    var origin: Origin?
  }

  /// What the rules set for one line.
  func value<Value>(
    _ attribute: KeyPath<Rule.Settings, Value?>, for line: DealLine, in context: DealContext
  ) -> Ruled<Value>? {
    for rule in rules {
      guard let value = rule.set[keyPath: attribute] else { continue }
      if Self.holds(rule.conditions, in: context, line: line) {
        return Ruled(value: value, origin: rule.origin)
      }
    }
    return nil
  }

  /// What the rules set for the whole invoice: conditions on lines must all hold for one of them.
  func value<Value>(
    _ attribute: KeyPath<Rule.Settings, Value?>, in context: DealContext
  ) -> Ruled<Value>? {
    for rule in rules {
      guard let value = rule.set[keyPath: attribute] else { continue }
      if Self.holdsForDeal(rule.conditions, in: context) {
        return Ruled(value: value, origin: rule.origin)
      }
    }
    return nil
  }

  static func holdsForDeal(_ conditions: [Condition], in context: DealContext) -> Bool {
    guard conditions.contains(where: \.field.concernsLine) else {
      return holds(conditions, in: context, line: nil)
    }
    return context.deal.lines.contains { holds(conditions, in: context, line: $0) }
  }

  static func holds(
    _ conditions: [Condition], in context: DealContext, line: DealLine?
  ) -> Bool {
    conditions.allSatisfy { condition in
      guard let values = context.values(of: condition.field, line: line) else { return true }
      return condition.patterns.contains { pattern in values.contains(where: pattern.matches) }
    }
  }
}
