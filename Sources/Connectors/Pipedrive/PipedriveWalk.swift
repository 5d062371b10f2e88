import Domain

/// A place in a listing.
///
/// The vendor's cursors are keysets on the sorted field and the id: a record that changes while
/// the listing is read moves to its end, and of many records in one second none is lost. The
/// first reading goes by id, because records that are older than their modified stamp come in no
/// increment; what changes meanwhile is met by the increment that begins at the newest stamp there
/// was when it started.
enum PipedriveWalk: Hashable, Sendable {
  /// Nothing was read yet.
  case beginning
  /// Everything, by id.
  case whole(cursor: String?)
  /// Everything modified at or after this moment, by stamp.
  case since(Instant, cursor: String?)
  /// Deals archived since: they have left the listing of deals.
  case archived(Instant, cursor: String?)

  /// Nil where the text was written by nobody we know.
  init?(position: String) {
    let parts = position.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let milliseconds = Int64(parts[1]) else { return nil }
    let moment = Instant(milliseconds: milliseconds)
    let cursor = parts[2].isEmpty ? nil : String(parts[2])
    switch parts[0] {
    case "whole": self = .whole(cursor: cursor)
    case "since": self = .since(moment, cursor: cursor)
    case "archived": self = .archived(moment, cursor: cursor)
    default: return nil
    }
  }

  var position: String {
    switch self {
    case .beginning: ""
    case .whole(let cursor): "whole:0:\(cursor ?? "")"
    case .since(let moment, let cursor): "since:\(moment.milliseconds):\(cursor ?? "")"
    case .archived(let moment, let cursor): "archived:\(moment.milliseconds):\(cursor ?? "")"
    }
  }

  /// The same walk further on.
  func at(_ cursor: String) -> PipedriveWalk {
    switch self {
    case .beginning, .whole: .whole(cursor: cursor)
    case .since(let moment, _): .since(moment, cursor: cursor)
    case .archived(let moment, _): .archived(moment, cursor: cursor)
    }
  }

  var cursor: String? {
    switch self {
    case .beginning: nil
    case .whole(let cursor), .since(_, let cursor), .archived(_, let cursor): cursor
    }
  }
}

/// Between passes the place of a listing tells how far archived deals were looked through.
struct PipedriveRest: Hashable, Sendable {
  /// When archived deals were last looked through, by the pass's own clock.
  var checkedAt: Instant
  /// The newest stamp there was then.
  var seen: Instant

  private static let word = "rest"

  init(checkedAt: Instant, seen: Instant) {
    self.checkedAt = checkedAt
    self.seen = seen
  }

  init?(position: String) {
    let parts = position.split(separator: ":")
    guard parts.count == 3, parts[0] == Self.word, let checked = Int64(parts[1]),
      let seen = Int64(parts[2])
    else { return nil }
    self.init(
      checkedAt: Instant(milliseconds: checked), seen: Instant(milliseconds: seen))
  }

  var position: String { "\(Self.word):\(checkedAt.milliseconds):\(seen.milliseconds)" }
}
