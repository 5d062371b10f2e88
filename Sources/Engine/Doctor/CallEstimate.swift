package import Domain

/// What passes cost a system in a day, and how often they may run.
package struct CallEstimate: Hashable, Sendable {
  /// Calls of one pass in thousandths, so that an average needs no fraction.
  package var perPassThousandths: Int
  /// Calls a day that do not depend on how often a pass runs: lists, open invoices read again.
  package var fixedPerDay: Int
  package var limit: Int

  package init(perPassThousandths: Int, fixedPerDay: Int, limit: Int) {
    self.perPassThousandths = perPassThousandths
    self.fixedPerDay = fixedPerDay
    self.limit = limit
  }

  /// Minutes between two passes that a cron line can say.
  package static let intervals = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60]

  /// Of a day's calls a fifth stays free: for what people do, and for others who share the limit.
  private static let usablePercent = 80

  package func perDay(every minutes: Int) -> Int {
    let passes = 1440 / max(1, minutes)
    return (passes * perPassThousandths + 999) / 1000 + fixedPerDay
  }

  package func fits(every minutes: Int) -> Bool {
    perDay(every: minutes) <= limit * Self.usablePercent / 100
  }

  /// The shortest interval that fits; nil: not even once an hour.
  package var shortest: Int? { Self.intervals.first(where: fits) }

  /// How the line of `doctor` says it, for a pass every five minutes.
  package func check(of system: SystemName) -> Check {
    let usual = 5
    let count = "about \(perDay(every: usual)) calls a day at a pass every \(usual) minutes"
    let allowed = "of \(limit) that are known to be allowed"
    guard let shortest else {
      return .error(
        .calls, "\(count), \(allowed): even one pass an hour is too much",
        remedy: "raise limits.daily_calls, or the subscription of \(system)", of: system)
    }
    guard shortest <= usual else {
      return .warning(
        .calls, "\(count), \(allowed)", remedy: "run a pass every \(shortest) minutes at most",
        of: system)
    }
    return .ok(
      .calls,
      "\(count), \(allowed); the shortest interval that fits is "
        + (shortest == 1 ? "1 minute" : "\(shortest) minutes"), of: system)
  }
}
