import Domain

/// A place in a listing.
///
/// A page begins at a stamp, inclusive, and the next one at the last stamp of the page before:
/// records that change meanwhile move to the end, and none can slip through. Only where one second
/// holds more records than a page does the vendor's page token lead on, which is also what a list
/// of more than 2,000 needs.
enum ZohoWalk: Hashable, Sendable {
  /// Everything modified at or after this moment (nil: everything there is), by stamp.
  case since(Instant?, token: String?)
  /// Everything deleted at or after this moment, by page number.
  case deleted(Instant, page: Int)

  /// Nil where the text was written by nobody we know.
  init?(position: String) {
    let parts = position.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    let moment = Int64(parts[1]).map { Instant(milliseconds: $0) }
    switch parts[0] {
    case "since": self = .since(moment, token: parts[2].isEmpty ? nil : String(parts[2]))
    case "deleted":
      guard let moment, let page = Int(parts[2]), page > 0 else { return nil }
      self = .deleted(moment, page: page)
    default: return nil
    }
  }

  var position: String {
    switch self {
    case .since(let moment, let token):
      "since:\(moment.map { String($0.milliseconds) } ?? ""):\(token ?? "")"
    case .deleted(let moment, let page): "deleted:\(moment.milliseconds):\(page)"
    }
  }

  /// Where the page behind this one begins; nil: this was the last one. A promise of more without
  /// a way to it is an error, never an end.
  func next(after page: ZohoPage) throws(ZohoUnreadable) -> ZohoWalk? {
    guard page.hasMore else { return nil }
    switch self {
    case .deleted(let moment, let number):
      return number < ZohoLimit.numberedPages ? .deleted(moment, page: number + 1) : nil
    case .since(let moment, let token):
      if let last = page.records.compactMap(\.modified).max(), last > Self.floor(moment) {
        return .since(last, token: nil)
      }
      guard let next = page.token, next != token else {
        throw ZohoUnreadable(reason: "the listing promises more and does not lead on")
      }
      return .since(moment, token: next)
    }
  }

  private static func floor(_ moment: Instant?) -> Instant {
    moment ?? Instant(milliseconds: Int64.min / 2)
  }
}

/// Between passes the place of a listing tells how far deletions were looked through.
struct ZohoRest: Hashable, Sendable {
  var seen: Instant

  private static let word = "rest"

  init(seen: Instant) { self.seen = seen }

  init?(position: String) {
    let parts = position.split(separator: ":")
    guard parts.count == 2, parts[0] == Self.word, let seen = Int64(parts[1]) else { return nil }
    self.init(seen: Instant(milliseconds: seen))
  }

  var position: String { "\(Self.word):\(seen.milliseconds)" }
}
