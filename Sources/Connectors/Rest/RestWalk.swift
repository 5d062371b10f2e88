import Domain
import Foundation

/// A place in a listing, between two pages or two passes.
struct RestWalk: Hashable, Sendable, Codable {
  /// Changes since this moment, in milliseconds; nil: the whole list.
  var since: Int64?
  /// When this walk began, by the server's clock as far as it is known: nothing it met counts as
  /// later, so that a record from the future hides no other.
  var started: Int64
  var pages = 0
  var records = 0
  /// Page number, offset or cursor of the page to come.
  var place: String?
  /// Its address, where pages have one.
  var address: String?
  /// A digest of the last page's ids: a page that repeats it ends the walk with an error.
  var last: String?
  /// When the whole list was read last.
  var sweptAt: Int64?
  /// Where the changes after this walk are listed.
  var delta: String?
  /// False between passes.
  var isUnderWay = true

  init(since: Int64?, started: Int64) {
    self.since = since
    self.started = started
  }

  /// Nil where the text was written by nobody we know.
  init?(position: String) {
    guard position.hasPrefix(Self.mark),
      let walk = try? JSONDecoder().decode(
        RestWalk.self, from: Data(position.dropFirst(Self.mark.count).utf8))
    else { return nil }
    self = walk
  }

  private static let mark = "rest "

  var position: String? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return (try? encoder.encode(self)).map { Self.mark + String(decoding: $0, as: UTF8.self) }
  }

  /// What is kept between passes; nil where there is nothing to keep.
  var atRest: String? {
    guard sweptAt != nil || delta != nil else { return nil }
    var rest = RestWalk(since: nil, started: started)
    rest.sweptAt = sweptAt
    rest.delta = delta
    rest.isUnderWay = false
    return rest.position
  }

  /// Where a pass begins.
  static func beginning(
    _ changed: RestChanged, from cursor: FeedCursor, lag: Int, now: Int64
  ) -> RestWalk {
    let known = cursor.position.flatMap(RestWalk.init(position:))
    if let known, known.isUnderWay { return known }
    var walk = RestWalk(since: nil, started: now)
    walk.sweptAt = known?.sweptAt
    let isSweepDue = changed.sweepHours.map { hours in
      known?.sweptAt.map { now - $0 >= Int64(hours) * 3_600_000 || now < $0 } ?? true
    }
    if case .delta = changed.strategy {
      walk.address = known?.delta
      walk.delta = known?.delta
      return walk
    }
    guard let seen = cursor.highWater, isSweepDue != true else {
      walk.sweptAt = changed.sweepHours == nil ? nil : now
      return walk
    }
    walk.since = seen.milliseconds - 1000 * Int64(changed.backSeconds(lag: lag))
    return walk
  }
}

extension RestChanged {
  /// How far before the newest known change a reading begins.
  func backSeconds(lag: Int) -> Int {
    // Days are days of a zone that may not be ours: one more is read.
    let day = granuleSeconds >= 86_400 ? 86_400 : 0
    return lag + lookbackSeconds + (isInclusive ? 0 : granuleSeconds) + day
  }
}

/// What a page means for a listing that is read for changes. Pure.
struct RestStep: Sendable {
  var changed: RestChanged
  var walk: RestWalk
  var label: String

  /// A record with the time of its last change; nil: it counts as new every time.
  struct Stamped: Sendable {
    var value: RestValue
    var id: String?
    var stamp: Instant?
  }

  /// The records that matter of a page, and whether reading ends with it.
  func judged(_ records: [Stamped]) throws(RestUnreadable) -> (kept: [Stamped], isOver: Bool) {
    let since = walk.since.map(Instant.init(milliseconds:))
    switch changed.strategy {
    case .filter, .delta: return (records, false)
    case .client:
      guard let since else { return (records, false) }
      return (records.filter { $0.stamp.map { $0 >= since } ?? true }, false)
    case .sorted:
      try checkOrder(records)
      guard let since else { return (records, false) }
      let kept = records.filter { $0.stamp.map { $0 >= since } ?? true }
      return (kept, records.contains { $0.stamp.map { $0 < since } ?? false })
    }
  }

  /// Reading ends where the known begins: in a list that is not sorted that would lose records.
  private func checkOrder(_ records: [Stamped]) throws(RestUnreadable) {
    let stamps = records.compactMap(\.stamp)
    for (left, right) in zip(stamps, stamps.dropFirst()) where left < right {
      throw RestUnreadable(
        reason: "\(label): the list is not sorted by its time of change, newest first; correct the"
          + " request's sorting, or choose the strategy client")
    }
  }

  /// Whether a filter let through what it should have held back: it takes no effect, or goes by
  /// another time than the records show.
  func seemsIgnored(_ records: [Stamped]) -> Bool {
    guard case .filter = changed.strategy, let since = walk.since, records.count > 1 else {
      return false
    }
    let limit = Instant(milliseconds: since).advanced(seconds: -2 * 86_400)
    return records.allSatisfy { $0.stamp.map { $0 < limit } ?? false }
  }

  static func digest(_ records: [Stamped]) -> String? {
    records.isEmpty ? nil : String(StableHash.hex(records.map { $0.id ?? "" }).prefix(16))
  }
}
