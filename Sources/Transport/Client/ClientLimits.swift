/// A number of requests in any span of a length: a sliding window.
package struct RateWindow: Sendable, Hashable {
  package var name: String
  package var limit: Int
  package var length: Duration

  package init(name: String, limit: Int, length: Duration) {
    self.name = name
    self.limit = limit
    self.length = length
  }

  package static func perMinute(_ limit: Int) -> RateWindow {
    RateWindow(name: "minute", limit: limit, length: .seconds(60))
  }
}

/// What one remote system allows, and how patient we are with it.
package struct ClientLimits: Sendable, Hashable {
  /// Requests in flight at once.
  package var maxConcurrent: Int
  /// Short windows; a call waits for them.
  package var windows: [RateWindow]
  /// The vendor's daily limit, as far as known beforehand; readings from answers replace it.
  /// nil: no daily limit.
  package var perDay: Int?
  /// The user's own limit for any 24 hours; never exceeded, whatever the vendor would allow.
  package var dailyCap: Int?
  /// Least time between the starts of two requests.
  package var minimumInterval: Duration
  /// Share of the day, in percent, that only `.money` calls may use.
  package var moneyReservePercent: Int
  /// Further share of the day, in percent, that `.background` calls may not use.
  package var contactsReservePercent: Int
  /// Longest life of a call on the wire, with its repeats; waits for limits come on top.
  package var perCallDeadline: Duration
  /// Longest silence of a server.
  package var idle: Duration
  /// Largest answer accepted, in bytes after decompression.
  package var maxBodyBytes: Int

  package init(
    maxConcurrent: Int, perMinute: Int? = nil, windows: [RateWindow] = [], perDay: Int? = nil,
    dailyCap: Int? = nil, minimumInterval: Duration = .zero, moneyReservePercent: Int = 10,
    contactsReservePercent: Int = 5, perCallDeadline: Duration = .seconds(60),
    idle: Duration = .seconds(30), maxBodyBytes: Int = 64 << 20
  ) {
    self.maxConcurrent = max(1, maxConcurrent)
    self.windows = windows + (perMinute.map { [.perMinute($0)] } ?? [])
    self.perDay = perDay
    self.dailyCap = dailyCap
    self.minimumInterval = minimumInterval
    self.moneyReservePercent = moneyReservePercent
    self.contactsReservePercent = contactsReservePercent
    self.perCallDeadline = perCallDeadline
    self.idle = idle
    self.maxBodyBytes = maxBodyBytes
  }
}
