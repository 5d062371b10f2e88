package import Domain

/// How far a listing has been read. Times are the server's own, never the local clock.
package struct FeedCursor: Hashable, Sendable, Codable {
  /// Everything modified at or before this moment has been seen; nil: nothing read yet.
  package var highWater: Instant?
  /// The connector's place inside a listing being walked (page number, offset, last id …);
  /// nil between passes. Only the connector that wrote it reads it.
  package var position: String?
  /// The highest stamp met so far in the listing being walked; becomes `highWater` at its end.
  package var reached: Instant?
  /// When the listing being walked was begun, by the server's clock; nil between passes and
  /// where that is not known.
  package var begun: Instant?

  package init(highWater: Instant? = nil, position: String? = nil, reached: Instant? = nil) {
    self.highWater = highWater
    self.position = position
    self.reached = reached
  }

  package static let start = FeedCursor()

  /// This cursor, given by a connector for the place behind a page, with what the engine knows of
  /// the listing. At its end all that was modified before it began has been seen, so that a quiet
  /// system's last burst of changes is not read again in every pass.
  package func following(
    _ last: FeedCursor, begun: Instant?, hasMore: Bool
  ) -> FeedCursor {
    var next = self
    let isMidway = last.reached != nil || last.begun != nil
    let start = isMidway ? last.begun : begun
    next.begun = hasMore ? start : nil
    if !hasMore { next.highWater = [highWater, start].compactMap { $0 }.max() }
    return next
  }
}

/// A record that could not be understood; the others of its page are unaffected.
package struct RejectedRecord: Hashable, Sendable {
  package var subject: Subject
  /// Which field, and what was expected; no customer data.
  package var reason: String

  package init(subject: Subject, reason: String) {
    self.subject = subject
    self.reason = reason
  }
}
