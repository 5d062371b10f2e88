internal import Foundation

/// Why a file that the configuration names cannot be read.
package enum FileAccessFailure: Error, Hashable, Sendable {
  case missing
  case notPermitted
  case isDirectory
  case unreadable
}

/// Why a program that the configuration names gave no secret. Its output is never kept.
package enum CommandFailure: Error, Hashable, Sendable {
  case missing
  case exited(status: Int)
  case timedOut
}

/// What reading a configuration needs of the machine.
struct Access {
  var environment: [String: String]
  var readFile: (String) throws -> Data
  var runCommand: ([String]) throws -> String

  /// The failure in words.
  static func reason(_ error: any Error) -> String {
    switch error {
    case FileAccessFailure.missing: return "does not exist"
    case FileAccessFailure.notPermitted: return "may not be read by this user"
    case FileAccessFailure.isDirectory: return "is a directory"
    case CommandFailure.missing: return "does not exist or may not be run"
    case CommandFailure.exited(let status): return "ended with status \(status)"
    case CommandFailure.timedOut: return "did not end in time"
    default:
      switch (error as? CocoaError)?.code {
      case .fileNoSuchFile?, .fileReadNoSuchFile?: return "does not exist"
      case .fileReadNoPermission?: return "may not be read by this user"
      default: return "cannot be used"
      }
    }
  }
}
