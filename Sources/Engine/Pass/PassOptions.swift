package import Domain

/// How one pass is to be run: the flags of `xerosync run`.
package struct PassOptions: Hashable, Sendable {
  /// Reads from the systems, writes nowhere.
  package var isDryRun: Bool
  /// Ignores cursors and compares everything.
  package var isFull: Bool
  /// Reads and links, plans no remote write.
  package var isBaseline: Bool
  /// The snapshot is made anew: what the systems show to have been said is taken as said.
  package var isRebuild = false
  /// Empty: everything.
  package var only: Set<Scope>
  /// Empty: every subject.
  package var subjects: Set<Subject>
  /// The pass's clock; nil: the real one.
  package var asOf: Instant?
  /// The digest of the plan that was approved; another plan is refused. Nil: none was.
  package var approvedDigest: String?

  /// The parts of a pass a user can ask for alone.
  package enum Scope: String, Hashable, Sendable, CaseIterable {
    case invoices, payments, contacts, overdue

    /// Whether an operation belongs to this part.
    package func covers(_ operation: Operation) -> Bool {
      switch self {
      case .invoices:
        switch operation.object {
        case .invoice, .repeatingInvoice, .item, .contact, .link: true
        case .company, .person, .deal, .task, .alert: false
        }
      case .payments: operation.object == .deal && operation.action == .update
      case .contacts:
        switch operation.object {
        case .contact, .company, .person, .link: true
        case .invoice, .repeatingInvoice, .item, .deal, .task, .alert: false
        }
      case .overdue:
        switch operation.action {
        case .flag, .unflag, .notify: true
        case .create, .update, .void, .link: false
        }
      }
    }
  }

  package init() {
    isDryRun = false
    isFull = false
    isBaseline = false
    only = []
    subjects = []
  }

  /// Whether this pass looks at less than everything that changed.
  package var isPartial: Bool { !only.isEmpty || !subjects.isEmpty || isBaseline }
}
