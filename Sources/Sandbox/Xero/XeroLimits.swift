/// The vendor's call limits; nil switches one off.
package struct XeroLimits: Sendable, Hashable {
  package var minute: Int? = 60
  package var day: Int? = 5000
  package var appMinute: Int? = 10_000

  package init(minute: Int? = 60, day: Int? = 5000, appMinute: Int? = 10_000) {
    self.minute = minute
    self.day = day
    self.appMinute = appMinute
  }

  /// No limits at all.
  package static let none = XeroLimits(minute: nil, day: nil, appMinute: nil)
}

/// Counts calls of one app to one organisation: a sliding minute and a fixed day of 24 hours
/// that begins with the first call.
struct XeroCallCounter: Sendable {
  private var minute: [Int64] = []
  private var dayStart: Int64?
  private var day = 0

  private static let minuteLength: Int64 = 60_000
  private static let dayLength: Int64 = 86_400_000

  /// Counts a call, or refuses it uncounted.
  mutating func take(_ limits: XeroLimits, at now: SandboxTime) throws(XeroRefusal) {
    let time = now.milliseconds
    minute.removeAll { $0 <= time - Self.minuteLength || $0 > time }
    if let start = dayStart, time - start >= Self.dayLength || time < start { dayStart = nil }
    if dayStart == nil { day = 0 }
    let start = dayStart ?? time
    if let most = limits.day, day >= most {
      throw .rateLimited(problem: "day", retryAfter: Self.seconds(start + Self.dayLength - time))
    }
    if let most = limits.minute, minute.count >= most {
      let oldest = minute.first ?? time
      throw .rateLimited(
        problem: "minute", retryAfter: Self.seconds(oldest + Self.minuteLength - time))
    }
    if let most = limits.appMinute, minute.count >= most {
      throw .rateLimited(problem: "appminute", retryAfter: 60)
    }
    dayStart = start
    day += 1
    minute.append(time)
  }

  func headers(_ limits: XeroLimits) -> [SandboxResponse.Header] {
    let rows: [(String, Int?, Int)] = [
      ("X-DayLimit-Remaining", limits.day, day),
      ("X-MinLimit-Remaining", limits.minute, minute.count),
      ("X-AppMinLimit-Remaining", limits.appMinute, minute.count),
    ]
    return rows.compactMap { name, limit, used in
      limit.map { .init(name: name, value: String(max(0, $0 - used))) }
    }
  }

  private static func seconds(_ milliseconds: Int64) -> Int {
    Int(max(1, (milliseconds + 999) / 1000))
  }
}

/// Answers kept for their idempotency key: six minutes from the first call, errors included.
struct XeroReplayStore: Sendable {
  private var entries: [String: Entry] = [:]
  private static let lifetime: Int64 = 360_000

  private struct Entry: Sendable {
    var request: SandboxRequest
    var answer: SandboxResponse
    var expires: Int64
  }

  enum Verdict: Sendable {
    case fresh
    case replay(SandboxResponse)
    case mismatch
  }

  mutating func verdict(_ key: String, _ request: SandboxRequest, at now: SandboxTime) -> Verdict {
    guard let entry = entries[key], entry.expires > now.milliseconds else { return .fresh }
    let isSame =
      entry.request.method == request.method && entry.request.path == request.path
      && entry.request.query == request.query && entry.request.body == request.body
    return isSame ? .replay(entry.answer) : .mismatch
  }

  mutating func keep(
    _ key: String, _ request: SandboxRequest, _ answer: SandboxResponse, at now: SandboxTime
  ) {
    if entries.count > 1000 { entries = entries.filter { $0.value.expires > now.milliseconds } }
    entries[key] = Entry(
      request: request, answer: answer, expires: now.milliseconds + Self.lifetime)
  }
}
