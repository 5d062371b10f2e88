extension PipedriveSandbox {
  /// The company's limits; nil lifts one.
  struct Limits: Sendable, Hashable {
    /// Cost units a day for the whole company: 30,000 × plan × seats.
    var daily: Int? = 30_000
    /// Requests in two seconds for an API token, for OAuth, and for searches of either.
    var burst: Int? = 20
    var burstOAuth: Int? = 80
    var searchBurst: Int? = 10
    /// Refusals in a row after which API tokens are answered with a block page.
    var blockAfter: Int? = 20
    /// Whether answers carry the undocumented headers of the daily budget.
    var tellsDaily = true
  }

  /// Counts cost by day and calls by rolling window.
  struct Meter: Sendable {
    private var calls: [String: [Int64]] = [:]
    private(set) var spentToday = 0
    private var day: Int64 = 0
    private var refusals: [String: Int] = [:]

    mutating func used(_ name: String, now: Int64) -> Int {
      let kept = (calls[name] ?? []).filter { $0 > now - 2000 && $0 <= now }
      calls[name] = kept
      return kept.count
    }

    /// When the oldest call of the window leaves it, in whole seconds.
    func reset(_ name: String, now: Int64) -> Int {
      guard let oldest = calls[name]?.first else { return 0 }
      return Int(max(0, oldest + 2000 - now + 999) / 1000)
    }

    mutating func note(_ name: String, now: Int64) { calls[name, default: []].append(now) }

    /// The day of the server ends at midnight UTC here.
    mutating func spent(now: Int64) -> Int {
      if now / 86_400_000 != day {
        day = now / 86_400_000
        spentToday = 0
      }
      return spentToday
    }

    mutating func spend(_ cost: Int) { spentToday += cost }
    mutating func set(_ spent: Int, now: Int64) {
      day = now / 86_400_000
      spentToday = spent
    }

    /// How many refusals in a row this makes.
    mutating func refuse(_ token: String) -> Int {
      refusals[token, default: 0] += 1
      return refusals[token, default: 0]
    }

    mutating func admit(_ token: String) { refusals[token] = 0 }
  }

  /// The vendor's price of a call in cost units.
  func cost(_ call: Call) -> Int {
    let isOne = call.parts.last.flatMap { Int($0) } != nil || call.parts.last == "me"
    if call.version == "v1" {
      switch call.method {
      case "GET": return isOne ? 2 : 20
      case "DELETE": return 6
      case _ where call.parts.last == "merge": return 40
      default: return 10
      }
    }
    switch call.method {
    case "GET":
      if isSearch(call) || call.parts.last == "archived" { return 20 }
      if ["pipelines", "stages"].contains(call.parts.last) { return 5 }
      if isOne || (call.parts.count == 2 && call.parts[0].hasSuffix("Fields")) { return 1 }
      return 10
    case "DELETE": return call.parts.last == "products" ? 15 : 3
    default: return call.parts.last == "bulk" ? 25 : 5
    }
  }

  private func isSearch(_ call: Call) -> Bool {
    call.parts.last == "search" || call.parts.first == "itemSearch"
  }

  private func window(_ call: Call) -> (name: String, limit: Int?) {
    if isSearch(call) { return ("search/\(call.token)", limits.searchBurst) }
    return (call.token, call.isOAuth ? limits.burstOAuth : limits.burst)
  }

  /// Counts the call; an answer means it was one too many.
  mutating func limited(_ call: Call) -> SandboxResponse? {
    let (name, most) = window(call)
    let isOutOfDay = limits.daily.map { meter.spent(now: call.now) >= $0 } ?? false
    let isBurst = most.map { meter.used(name, now: call.now) >= $0 } ?? false
    guard isOutOfDay || isBurst else {
      meter.admit(call.token)
      if most != nil { meter.note(name, now: call.now) }
      meter.spend(cost(call))
      return nil
    }
    let inARow = meter.refuse(call.token)
    if let most = limits.blockAfter, inARow > most, !call.isOAuth {
      return .html(
        "<!doctype html><title>Access denied</title><h1>Error 1015</h1>You are being rate limited",
        status: 403)
    }
    let words = isOutOfDay ? "Daily API token budget exceeded" : "Request over limit"
    return .json(
      [
        "success": false, "error": .string(words), "errorCode": 429,
        "error_info":
          "You have reached the rate limit. Please check developers.pipedrive.com",
      ], status: 429, headers: rateHeaders(call))
  }

  /// `x-ratelimit-reset` counts seconds; it is no epoch.
  mutating func rateHeaders(_ call: Call) -> [SandboxResponse.Header] {
    typealias Header = SandboxResponse.Header
    var headers: [Header] = []
    let (name, most) = window(call)
    if let most {
      let used = meter.used(name, now: call.now)
      headers += [
        Header(name: "x-ratelimit-limit", value: String(most)),
        Header(name: "x-ratelimit-remaining", value: String(max(0, most - used))),
        Header(name: "x-ratelimit-reset", value: String(meter.reset(name, now: call.now))),
      ]
    }
    if let daily = limits.daily, limits.tellsDaily {
      let left = max(0, daily - meter.spent(now: call.now))
      headers += [
        Header(name: "x-daily-ratelimit-token-limit", value: String(daily)),
        Header(name: "x-daily-ratelimit-token-remaining", value: String(left)),
      ]
    }
    return headers
  }
}
