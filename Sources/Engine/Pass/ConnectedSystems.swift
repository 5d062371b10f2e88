package import Connectors
package import Domain
package import Logging
package import Transport

/// The systems of one configuration, connected.
package struct ConnectedSystems: Sendable {
  package var accounting: any AccountingSystem
  /// In the order of the configuration.
  package var crms: [any CRMSystem]
  /// The ways to reach an owner beside a task in the CRM; they reach the operator too.
  package var notifiers: [AlertChannel: Notifier]
  /// When sign-ins end that must be renewed by a person, as far as that is known.
  package var signInEnds: @Sendable () -> [SystemName: Instant]

  package init(
    accounting: any AccountingSystem, crms: [any CRMSystem],
    notifiers: [AlertChannel: Notifier] = [:],
    signInEnds: @escaping @Sendable () -> [SystemName: Instant] = { [:] }
  ) {
    self.signInEnds = signInEnds
    self.accounting = accounting
    self.crms = crms
    self.notifiers = notifiers
  }

  package func crm(_ name: SystemName) -> (any CRMSystem)? { crms.first { $0.name == name } }
}

/// What a pass needs from the world beside its snapshot.
package struct PassEnvironment: Sendable {
  package var systems: ConnectedSystems
  package var policy: Policy
  /// The accounting organisation as configured: name or id; nil: the only one.
  package var time: TimeSource
  package var logger: Logger
  /// True once the process was asked to end: the operation in flight is finished, then the pass
  /// stops.
  package var shouldStop: @Sendable () -> Bool
  package var progress: @Sendable (PassProgress) -> Void
  /// When the operator hears that the sync itself is in trouble.
  package var watch = WatchPolicy()
  /// How long passes and small changes are remembered.
  package var historyDays = 400

  package init(
    systems: ConnectedSystems, policy: Policy, time: TimeSource, logger: Logger,
    shouldStop: @escaping @Sendable () -> Bool = { false },
    progress: @escaping @Sendable (PassProgress) -> Void = { _ in }
  ) {
    self.systems = systems
    self.policy = policy
    self.time = time
    self.logger = logger
    self.shouldStop = shouldStop
    self.progress = progress
  }
}

/// How far a long reading or writing has come.
package struct PassProgress: Hashable, Sendable {
  package var system: SystemName
  /// `contacts`, `invoices`, `deals`, … or the kind of write.
  package var what: String
  package var done: Int
  package var total: Int?
}
