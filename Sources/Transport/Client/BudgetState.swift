/// What the vendor said about its day.
package struct DayReading: Codable, Hashable, Sendable {
  /// Calls left when it was said, less those sent since; may be negative.
  package var remaining: Int
  package var limit: Int?
  /// Milliseconds since 1970 UTC.
  package var at: Int64

  package init(remaining: Int, limit: Int? = nil, at: Int64) {
    self.remaining = remaining
    self.limit = limit
    self.at = at
  }
}

/// The part of a budget that outlives a pass. Stored as JSON through `BudgetStore`.
package struct BudgetState: Codable, Hashable, Sendable {
  package struct Block: Codable, Hashable, Sendable {
    /// Milliseconds since 1970 UTC.
    package var until: Int64
    package var scope: String
  }

  /// Requests sent, by hour since 1970 UTC; the last 24 hours.
  package var hours: [Int64: Int] = [:]
  /// Starts of the newest requests, milliseconds since 1970 UTC; as far as short windows reach.
  package var recent: [Int64] = []
  /// nil: the vendor has said nothing yet.
  package var reading: DayReading?
  /// The vendor asked not to be called before a time; nil: it did not.
  package var block: Block?

  package init() {}

  private static let hour: Int64 = 3_600_000
  private static let day: Int64 = 24 * hour

  /// Requests in the last 24 hours, to the hour.
  package func used(at wall: Int64) -> Int {
    hours.filter { Self.isWithinDay($0.key, wall) }.values.reduce(0, +)
  }

  /// Calls left today by the vendor's word where it is fresh, else by our own count; nil: no limit.
  package func remaining(_ limits: ClientLimits, at wall: Int64) -> Int? {
    let own = used(at: wall)
    let vendor = freshReading(at: wall)?.remaining ?? limits.perDay.map { $0 - own }
    let cap = limits.dailyCap.map { $0 - own }
    return [vendor, cap].compactMap { $0 }.min()
  }

  /// A reading is trusted for an hour: the vendor's day may start anew at any time.
  func freshReading(at wall: Int64) -> DayReading? {
    guard let reading, wall >= reading.at, wall - reading.at <= Self.hour else { return nil }
    return reading
  }

  /// When our own count says "used up", one call an hour asks whether the vendor's day is new.
  /// The user's own cap is not asked about.
  func mayProbe(_ limits: ClientLimits, at wall: Int64) -> Bool {
    if let cap = limits.dailyCap, cap - used(at: wall) <= 0 { return false }
    guard freshReading(at: wall) == nil else { return false }
    guard let last = recent.last else { return true }
    return wall - last > Self.hour || last > wall
  }

  /// When the oldest hour we counted leaves the day.
  func nextRelief(at wall: Int64) -> Duration? {
    let counted = hours.filter { Self.isWithinDay($0.key, wall) && $0.value > 0 }.keys.min()
    return counted.map { .milliseconds(max(0, ($0 + 24) * Self.hour - wall)) }
  }

  mutating func spend(at wall: Int64, keeping span: Duration) {
    forget(at: wall)
    hours[wall / Self.hour, default: 0] += 1
    reading?.remaining -= 1
    recent.append(wall)
    let horizon = wall - span.milliseconds
    let newest = recent.removeLast()
    recent.removeAll { $0 < horizon || $0 > wall }
    recent.append(newest)
  }

  mutating func refund(at wall: Int64) {
    guard let last = recent.popLast() else { return }
    if let count = hours[last / Self.hour] { hours[last / Self.hour] = max(0, count - 1) }
    reading?.remaining += 1
  }

  /// Drops hours outside the last day; a clock that jumped must not block for a year.
  mutating func forget(at wall: Int64) {
    hours = hours.filter { Self.isWithinDay($0.key, wall) }
    if let until = block?.until, until <= wall || until - wall > Self.day { block = nil }
  }

  private static func isWithinDay(_ index: Int64, _ wall: Int64) -> Bool {
    index <= wall / hour && index > wall / hour - 24
  }
}

/// Where a system's budget is kept between passes. Both may throw; then nothing is sent.
package struct BudgetStore: Sendable {
  /// nil: nothing stored yet.
  package var load: @Sendable () throws -> BudgetState?
  /// Called before each request leaves.
  package var save: @Sendable (BudgetState) throws -> Void

  package init(
    load: @escaping @Sendable () throws -> BudgetState?,
    save: @escaping @Sendable (BudgetState) throws -> Void
  ) {
    self.load = load
    self.save = save
  }

  /// Keeps nothing: for dry runs and tests.
  package static func none() -> BudgetStore { BudgetStore(load: { nil }, save: { _ in }) }
}
