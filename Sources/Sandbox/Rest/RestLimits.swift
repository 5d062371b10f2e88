extension RestSandbox {
  /// The account's limits; nil lifts one.
  struct Limits: Sendable, Hashable {
    /// Requests in ten seconds and in a day.
    var window: Int? = 60
    var day: Int? = 20_000
  }

  /// Counts calls by rolling window and by day.
  struct Meter: Sendable {
    private var calls: [Int64] = []
    private var day: Int64 = 0
    private(set) var today = 0

    mutating func inWindow(now: Int64) -> Int {
      calls.removeAll { $0 <= now - 10_000 || $0 > now }
      return calls.count
    }

    mutating func inDay(now: Int64) -> Int {
      if now / 86_400_000 != day {
        day = now / 86_400_000
        today = 0
      }
      return today
    }

    mutating func note(now: Int64) {
      calls.append(now)
      today += 1
    }

    mutating func setToday(_ count: Int, now: Int64) {
      day = now / 86_400_000
      today = count
    }

    /// Whole seconds until the oldest call leaves the window.
    func wait(now: Int64) -> Int { Int(max(0, (calls.first ?? now) + 10_000 - now + 999) / 1000) }

    mutating func headers(_ limits: Limits, now: Int64) -> [SandboxResponse.Header] {
      var headers: [SandboxResponse.Header] = []
      if let window = limits.window {
        headers.append(
          .init(name: "X-Limit-Remaining", value: String(max(0, window - inWindow(now: now)))))
        headers.append(.init(name: "X-Limit-Reset", value: String(wait(now: now))))
      }
      if let day = limits.day {
        headers.append(
          .init(name: "X-Day-Remaining", value: String(max(0, day - inDay(now: now)))))
      }
      return headers
    }
  }

  /// Counts the call; an answer means it was one too many.
  mutating func limited(_ call: Call) -> SandboxResponse? {
    if let most = limits.day, meter.inDay(now: call.now) >= most {
      var answer = Refusal(429, "day_limit", "The day's calls are used up").answer
      answer.headers += meter.headers(limits, now: call.now)
      return answer
    }
    if let most = limits.window, meter.inWindow(now: call.now) >= most {
      var answer = Refusal(429, "too_many_requests", "Slow down").answer
      answer.headers += meter.headers(limits, now: call.now)
      answer.headers.append(.init(name: "Retry-After", value: String(meter.wait(now: call.now))))
      return answer
    }
    meter.note(now: call.now)
    return nil
  }
}
