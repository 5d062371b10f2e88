extension SalesforceSandbox {
  /// The requests of a rolling day, for the whole organisation and every app in it.
  struct Meter: Sendable {
    var daily = 15_000
    var used = 0
    private var day: Int64 = 0
    private var count = 0

    /// Counts one request; refuses one too many. The day ends at midnight UTC here.
    mutating func admit(now: Int64) throws(Refusal) {
      turn(now)
      guard used < daily else {
        throw Refusal(
          "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", status: 403)
      }
      used += 1
    }

    mutating func info(now: Int64) -> String {
      turn(now)
      return "api-usage=\(used)/\(daily)"
    }

    mutating func set(_ used: Int, now: Int64) {
      turn(now)
      self.used = used
    }

    mutating func requestID() -> String {
      count += 1
      return "4f0e" + padded(count, 12)
    }

    private mutating func turn(_ now: Int64) {
      guard now / 86_400_000 != day else { return }
      day = now / 86_400_000
      used = 0
    }
  }
}
