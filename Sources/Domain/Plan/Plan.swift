/// What a pass will do, in order. The same facts, policy and clock give the same plan, byte for
/// byte.
package struct Plan: Hashable, Sendable, Codable {
  /// Dependencies first; within a kind by subject.
  package var operations: [Operation]
  /// Every hold that stands after this pass for the subjects it looked at.
  package var holds: [Hold]
  package var conflicts: [Conflict]
  /// Subjects the planner looked at: a hold of theirs that is not in `holds` is lifted.
  package var considered: [Subject]
  /// Set when unusual numbers stop the pass before its first write.
  package var brake: Brake?

  package init(
    operations: [Operation] = [], holds: [Hold] = [], conflicts: [Conflict] = [],
    considered: [Subject] = [], brake: Brake? = nil
  ) {
    self.operations = operations
    self.holds = holds
    self.conflicts = conflicts
    self.considered = considered
    self.brake = brake
  }
}

/// An unusual number that stops a pass.
package struct Brake: Hashable, Sendable, Codable {
  package var reason: Reason
  package var count: Int
  package var limit: Int
  /// What to type when the number is right after all.
  package var override: String

  package enum Reason: String, Hashable, Sendable, Codable {
    case tooManyCreates = "too_many_creates"
    case tooManyChanges = "too_many_changes"
    case emptySide = "empty_side"
  }

  package init(reason: Reason, count: Int, limit: Int, override: String) {
    self.reason = reason
    self.count = count
    self.limit = limit
    self.override = override
  }
}

/// How one operation ended, or stands.
package enum OperationState: String, Hashable, Sendable, Codable, CaseIterable {
  /// Intended; nothing sent.
  case planned
  /// The request may be on its way: look before sending again.
  case sent
  case applied
  /// A definite no.
  case refused
  /// No answer: look before sending again.
  case unknown
  /// Withdrawn before it was sent, because a fact changed.
  case withdrawn
}
