internal import Connectors
internal import Domain
internal import Transport

extension Checkup {
  /// Calls of the lists that are read once a day, and of open invoices that are read again.
  private static let accountingListCalls = 20
  private static let crmListCalls = 10

  func limits(of accounting: any AccountingSystem) async -> Check {
    limits(
      accounting.name, await accounting.health(), feeds: accounting.capabilities.feeds.count,
      fixed: Self.accountingListCalls)
  }

  func limits(of crm: any CRMSystem) async -> Check {
    limits(
      crm.name, await crm.health(), feeds: crm.capabilities.feeds.count, fixed: Self.crmListCalls)
  }

  private func limits(
    _ system: SystemName, _ health: ClientHealth, feeds: Int, fixed: Int
  ) -> Check {
    guard let limit = health.callsPerDay else {
      return .ok(.calls, "it has no daily limit", of: system)
    }
    if let left = health.callsLeft, left <= limit / 20 {
      return .warning(
        .calls, "\(left) of \(limit) calls are left today",
        remedy: "wait for the next day, or find what else uses them", of: system)
    }
    // An idle pass asks each listing once; what passes really cost is better where known.
    let perPass = max(memory.measuredCalls[system] ?? 0, feeds * 1000)
    return CallEstimate(perPassThousandths: perPass, fixedPerDay: fixed, limit: limit)
      .check(of: system)
  }

  /// This machine's clock against those of the servers.
  func clocks() async -> [Check] {
    var skews = [(systems.accounting.name, await systems.accounting.health().clockSkewSeconds)]
    for crm in systems.crms { skews.append((crm.name, await crm.health().clockSkewSeconds)) }
    let known = skews.compactMap { name, skew in skew.map { (name, $0) } }
    guard let worst = known.max(by: { abs($0.1) < abs($1.1) }) else {
      return [.ok(.clock, "no server has told the time")]
    }
    return [ClockCheck.check(worst.0, skewSeconds: worst.1)]
  }
}

/// How far this machine's clock may be off.
enum ClockCheck {
  /// Beyond it a due date may be judged by the wrong day: no pass is planned.
  static let mostSeconds: Int64 = 3600
  private static let fineSeconds: Int64 = 120

  static func check(_ system: SystemName, skewSeconds: Int64) -> Check {
    let off = abs(skewSeconds)
    guard off > fineSeconds else {
      return .ok(.clock, "this machine's clock agrees with the servers'")
    }
    let message = words(system, skewSeconds)
    let remedy = "set the clock, and keep it right with a time service (timedatectl set-ntp true)"
    return off > mostSeconds
      ? .error(.clock, message, remedy: remedy) : .warning(.clock, message, remedy: remedy)
  }

  /// “this machine's clock is 3 h 20 min ahead of hubspot's”.
  static func words(_ system: SystemName, _ skewSeconds: Int64) -> String {
    let off = abs(skewSeconds)
    let span =
      switch off {
      case ..<120: "\(off) s"
      case ..<7200: "\(off / 60) min"
      case ..<172_800: "\(off / 3600) h \(off % 3600 / 60) min"
      case _: "\(off / 86_400) days"
      }
    let side = skewSeconds > 0 ? "behind" : "ahead of"
    return "this machine's clock is \(span) \(side) that of \(system)"
  }
}
