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

  package init(highWater: Instant? = nil, position: String? = nil, reached: Instant? = nil) {
    self.highWater = highWater
    self.position = position
    self.reached = reached
  }

  package static let start = FeedCursor()
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
