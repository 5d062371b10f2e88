package import Domain
package import Reconciler
package import Snapshot

/// Why a pass could not be run at all. A pass that ran and met trouble ends with a report.
package enum EngineError: Error, Sendable, CustomStringConvertible {
  case snapshot(SnapshotError)
  /// Names in the configuration that the systems do not have.
  case configuration([ConfigurationProblem])
  case signInNeeded(SystemName, reason: String)
  case unavailable(SystemName, reason: String)
  /// The sign-in reaches another organisation or account than at set-up.
  case wrongAccount(SystemName, expected: String, found: String)

  package var description: String {
    switch self {
    case .snapshot(let error): error.description
    case .configuration(let problems):
      problems.map(\.description).joined(separator: "\n")
    case .signInNeeded(let system, let reason):
      reason.contains("auth login")
        ? "\(system): \(reason)" : "\(system): \(reason); sign in: xerosync auth login \(system)"
    case .unavailable(let system, let reason):
      "\(system) cannot be reached: \(reason). Nothing was written; the next pass goes on."
    case .wrongAccount(let system, let expected, let found):
      "\(system) now signs in to account \(found), but this snapshot belongs to \(expected). "
        + "Nothing was written. Sign in to the right one with `xerosync auth login \(system)`, or "
        + "use another configuration with its own `state` for the other."
    }
  }

  package var exitCode: ExitCode {
    switch self {
    case .snapshot: .snapshotUnusable
    case .configuration: .configuration
    case .signInNeeded, .wrongAccount: .signInNeeded
    case .unavailable: .unavailable
    }
  }
}

/// The exit codes of the contract.
package enum ExitCode: Int32, Sendable, CaseIterable {
  case done = 0
  case operationsToApply = 2
  case operationFailed = 3
  case wrongUsage = 64
  case malformedInput = 65
  case unavailable = 69
  case internalError = 70
  case snapshotUnusable = 74
  case locked = 75
  case signInNeeded = 77
  case configuration = 78
  case interrupted = 130
  case terminated = 143
}
