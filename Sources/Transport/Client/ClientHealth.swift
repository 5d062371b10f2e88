/// What the answers of a system told beside their content.
package struct ClientHealth: Hashable, Sendable {
  /// The server's clock less ours, in seconds; nil: no answer has told the time.
  package var clockSkewSeconds: Int64?
  /// Calls left today, by the vendor's word or our own count; nil: no daily limit.
  package var callsLeft: Int?
  /// Calls in a day, as far as known: the vendor's word, else the smallest subscription's, and
  /// never more than the user's own limit; nil: no daily limit.
  package var callsPerDay: Int?

  package init(clockSkewSeconds: Int64? = nil, callsLeft: Int? = nil, callsPerDay: Int? = nil) {
    self.clockSkewSeconds = clockSkewSeconds
    self.callsLeft = callsLeft
    self.callsPerDay = callsPerDay
  }
}

extension SystemClient {
  /// What was learned so far.
  package var health: ClientHealth {
    let left = dayRemaining
    let vendor = [budget?.state.reading?.limit ?? limits.perDay, left].compactMap { $0 }.max()
    // A server on this machine has this machine's clock; one that says otherwise plays a part.
    let isElsewhere = !origins.contains { Origin.isLoopback($0.host) }
    let skew = isElsewhere ? serverClockSkew : nil
    return ClientHealth(
      clockSkewSeconds: skew.map(\.components.seconds), callsLeft: left,
      callsPerDay: [vendor, limits.dailyCap].compactMap { $0 }.min())
  }
}
