extension HubSpotSandbox {
  /// The account's call limits; nil lifts one.
  struct Limits: Sendable, Hashable {
    var tenSecondly: Int? = 190
    var tenSecondlyOAuth: Int? = 110
    var associationsTenSecondly: Int? = 150
    var searchSecondly: Int? = 5
    var daily: Int? = 625_000
    /// How many linked ids one page of an association read holds.
    var associationPage = 500
  }

  /// Rolling windows over the request times.
  struct Meter: Sendable {
    private var calls: [String: [Int64]] = [:]
    private var dailyCount = 0
    private var dailyResets: Int64 = 0

    /// Calls still inside the window ending now.
    mutating func used(_ name: String, within window: Int64, now: Int64) -> Int {
      guard let times = calls[name] else { return 0 }
      // A clock that was set back must not lock the client out for ever.
      let kept = times.filter { $0 > now - window && $0 <= now }
      calls[name] = kept
      return kept.count
    }

    mutating func note(_ name: String, now: Int64) { calls[name, default: []].append(now) }

    mutating func usedToday(resets: Int64) -> Int {
      if resets != dailyResets {
        dailyResets = resets
        dailyCount = 0
      }
      return dailyCount
    }

    mutating func noteToday() { dailyCount += 1 }
    mutating func setToday(_ count: Int, resets: Int64) {
      dailyResets = resets
      dailyCount = count
    }
  }

  enum Policy: String {
    case tenSecondly = "TEN_SECONDLY_ROLLING"
    case secondly = "SECONDLY"
    case daily = "DAILY"

    var limitName: String {
      switch self {
      case .tenSecondly: "ten_secondly_rolling"
      case .secondly: "secondly"
      case .daily: "daily"
      }
    }
  }

  /// Counts the call; an answer means it was one too many. Refused calls count towards nothing.
  mutating func limited(
    _ call: Call, isOAuth: Bool, now: Int64
  ) -> SandboxResponse? {
    let resets = account.nextMidnight(after: now)
    if !isOAuth, let daily = limits.daily, meter.usedToday(resets: resets) >= daily {
      return tooMany(.daily, headers: rateHeaders(call, isOAuth: isOAuth, now: now))
    }
    if call.isSearch {
      if let most = limits.searchSecondly, meter.used("search", within: 1000, now: now) >= most {
        return tooMany(.secondly, headers: [])
      }
      if limits.searchSecondly != nil { meter.note("search", now: now) }
    } else {
      if let most = isOAuth ? limits.tenSecondlyOAuth : limits.tenSecondly,
        meter.used(call.token, within: 10_000, now: now) >= most
      {
        return tooMany(.tenSecondly, headers: rateHeaders(call, isOAuth: isOAuth, now: now))
      }
      if call.isAssociation {
        if let most = limits.associationsTenSecondly,
          meter.used("associations", within: 10_000, now: now) >= most
        {
          return tooMany(.tenSecondly, headers: rateHeaders(call, isOAuth: isOAuth, now: now))
        }
        if limits.associationsTenSecondly != nil { meter.note("associations", now: now) }
      }
      if (isOAuth ? limits.tenSecondlyOAuth : limits.tenSecondly) != nil {
        meter.note(call.token, now: now)
      }
    }
    if !isOAuth { meter.noteToday() }
    return nil
  }

  /// Search replies carry no rate headers; OAuth apps have no daily ones.
  mutating func rateHeaders(
    _ call: Call, isOAuth: Bool, now: Int64
  ) -> [SandboxResponse.Header] {
    guard !call.isSearch else { return [] }
    typealias Header = SandboxResponse.Header
    var headers: [Header] = []
    if !isOAuth, let daily = limits.daily {
      let used = meter.usedToday(resets: account.nextMidnight(after: now))
      headers += [
        Header(name: "X-HubSpot-RateLimit-Daily", value: String(daily)),
        Header(name: "X-HubSpot-RateLimit-Daily-Remaining", value: String(max(0, daily - used))),
      ]
    }
    if let most = isOAuth ? limits.tenSecondlyOAuth : limits.tenSecondly {
      let used = meter.used(call.token, within: 10_000, now: now)
      headers += [
        Header(name: "X-HubSpot-RateLimit-Interval-Milliseconds", value: "10000"),
        Header(name: "X-HubSpot-RateLimit-Max", value: String(most)),
        Header(name: "X-HubSpot-RateLimit-Remaining", value: String(max(0, most - used))),
        Header(name: "X-HubSpot-RateLimit-Secondly", value: String(most / 10)),
        Header(name: "X-HubSpot-RateLimit-Secondly-Remaining", value: String(most / 10)),
      ]
    }
    return headers
  }

  private mutating func tooMany(
    _ policy: Policy, headers: [SandboxResponse.Header]
  ) -> SandboxResponse {
    let id = nextCorrelationID()
    return .json(
      [
        "status": "error",
        "message": .string("You have reached your \(policy.limitName) limit."),
        "errorType": "RATE_LIMIT", "correlationId": .string(id),
        "policyName": .string(policy.rawValue), "requestId": .string(id),
      ], status: 429, headers: headers)
  }
}
